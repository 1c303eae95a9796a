"""What happens in the workspace, told to the apps that may hear of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.local_workspace.errors import Json
from bot.local_workspace.manifest import subscribed
from bot.local_workspace.scopes import MESSAGE_EVENT
from bot.local_workspace.shapes import message_object
from bot.local_workspace.state import Channel, Message, SlackApp
from bot.local_workspace.workspace import Workspace

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}


def tell(
    workspace: Workspace,
    event: Json,
    *,
    channel: Channel | None = None,
    app: SlackApp | None = None,
) -> None:
    """Sends an event to `app`, or else to every app that has subscribed to its type."""
    for one in [app] if app else list(workspace.state.apps.values()):
        if one.installed and event["type"] in subscribed(one):
            _send(workspace, one, event, channel)


def tell_members(workspace: Workspace, event: Json, channel: Channel) -> None:
    """Sends an event of a conversation to the apps that are in it."""
    for app in _apps_in(workspace, channel):
        if event["type"] in subscribed(app):
            _send(workspace, app, event, channel)


def tell_message(workspace: Workspace, channel: Channel, event: Json, mention: str = "") -> None:
    """Sends a message event, and an app_mention to the apps that `mention` names."""
    named = set(MENTION.findall(mention))
    for app in _apps_in(workspace, channel):
        if MESSAGE_EVENT[channel.kind] in subscribed(app):
            body = {**event, "channel": channel.id, "channel_type": CHANNEL_TYPE[channel.kind]}
            _send(workspace, app, body, channel)
        if app.bot_user in named and channel.kind != "im" and "app_mention" in subscribed(app):
            _send(workspace, app, _mention(event, channel), channel)


def tell_posted(workspace: Workspace, channel: Channel, message: Message) -> None:
    """A message has been posted, by a person or an app."""
    event = message_object(workspace.state, message) | {"event_ts": message.ts}
    if message.broadcast:
        event["subtype"] = "thread_broadcast"
    mention = message.text if message.bot_id is None else ""
    tell_message(workspace, channel, event, mention)


def tell_changed(
    workspace: Workspace, channel: Channel, message: Message, before: Json, mention: str = ""
) -> None:
    """A message has been edited, by its author or its app."""
    now = workspace.clock.message_ts()
    event: Json = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "ts": now,
        "event_ts": now,
        "message": message_object(workspace.state, message),
        "previous_message": before,
    }
    tell_message(workspace, channel, event)
    if mention:
        after = message_object(workspace.state, message) | {"event_ts": now}
        for app in _apps_in(workspace, channel):
            if app.bot_user in MENTION.findall(mention) and "app_mention" in subscribed(app):
                _send(workspace, app, _mention(after, channel), channel)


def tell_deleted(workspace: Workspace, channel: Channel, message: Message, before: Json) -> None:
    """A message has been deleted."""
    now = workspace.clock.message_ts()
    event: Json = {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "ts": now,
        "event_ts": now,
        "deleted_ts": message.ts,
        "previous_message": before,
    }
    tell_message(workspace, channel, event)


def _mention(event: Json, channel: Channel) -> Json:
    dropped = ("channel_type", "subtype", "bot_profile")
    kept = {name: value for name, value in event.items() if name not in dropped}
    return kept | {"type": "app_mention", "channel": channel.id}


def _apps_in(workspace: Workspace, channel: Channel) -> Iterable[SlackApp]:
    return [
        app
        for app in workspace.state.apps.values()
        if app.installed and app.bot_user in channel.members
    ]


def _send(workspace: Workspace, app: SlackApp, event: Json, channel: Channel | None) -> None:
    team = workspace.state.team.id
    body: Json = {
        "token": "local",
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": {"event_ts": workspace.clock.message_ts(), **event},
        "type": "event_callback",
        # No other workspace has it, though channels and users elsewhere may have the same ids.
        "event_id": f"{workspace.state.new_id('Ev')}{team[1:]}",
        "event_time": int(workspace.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": channel is not None and channel.is_ext_shared,
        "event_context": f"4-{workspace.state.secret()}",
    }
    workspace.delivery.event(app, body)
