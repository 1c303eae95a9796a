"""What a click, a command, a shortcut or a submission carries to its app."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.shapes import message_object, view_object
from bot.local_workspace.state import Channel, Message, ResponseUrl, SlackApp, Trigger, User, View
from bot.local_workspace.workspace import Workspace

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800
RESPONSE_USES = 5


def new_trigger(workspace: Workspace, app: SlackApp, user: str, view_id: str | None = None) -> str:
    """A trigger id: one use, within three seconds."""
    trigger_id = f"{workspace.state.new_id('')}.{workspace.state.secret()}"
    born = workspace.clock.now()
    workspace.state.triggers[trigger_id] = Trigger(app.id, user, born, view_id=view_id)
    return trigger_id


def spend(workspace: Workspace, app: SlackApp, trigger_id: str) -> Trigger:
    """Uses a trigger id up. Raises SlackError as views.open does."""
    trigger = workspace.state.triggers.get(trigger_id)
    if trigger is None or trigger.app_id != app.id:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if workspace.clock.now() > trigger.born + TRIGGER_SECONDS:
        raise SlackError("expired_trigger_id")
    trigger.used = True
    return trigger


def response_url(
    workspace: Workspace, app: SlackApp, user: str, channel: str, message: Message | None = None
) -> str:
    """An address for five answers within thirty minutes."""
    key = workspace.state.secret()
    workspace.state.response_urls[key] = ResponseUrl(
        app_id=app.id,
        user=user,
        channel=channel,
        born=workspace.clock.now(),
        message_ts=message.ts if message else None,
        ephemeral=bool(message and message.only_for),
    )
    return f"{workspace.base_url}/response/{key}"


def _base(workspace: Workspace, app: SlackApp, user: User, kind: str) -> Json:
    state = workspace.state
    return {
        "type": kind,
        "token": "local",
        "team": {"id": state.team.id, "domain": state.team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": app.id,
    }


def block_actions(
    workspace: Workspace,
    app: SlackApp,
    user: User,
    action: Json,
    *,
    channel: Channel | None = None,
    message: Message | None = None,
    view: View | None = None,
    values: Json | None = None,
) -> Json:
    """A click on an element of a message, of a modal or of the Home."""
    body = _base(workspace, app, user, "block_actions")
    body["actions"] = [{**action, "action_ts": workspace.clock.message_ts()}]
    body["trigger_id"] = new_trigger(workspace, app, user.id, view.id if view else None)
    if message is not None and channel is not None:
        body["channel"] = {"id": channel.id, "name": _shown_name(channel)}
        shown = message_object(workspace.state, message)
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.only_for is not None,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        if message.only_for is None:
            body["message"] = shown
        body["container"] = container
        body["state"] = {"values": values or {}}
        body["response_url"] = response_url(workspace, app, user.id, channel.id, message)
    elif view is not None:
        body["view"] = view_object(workspace.state, view, app)
        body["container"] = {"type": "view", "view_id": view.id}
    return body


def block_suggestion(
    workspace: Workspace, app: SlackApp, user: User, element: Json, value: str, view: View | None
) -> Json:
    """A person types into an external select."""
    body = _base(workspace, app, user, "block_suggestion")
    body |= {"value": value, "action_id": element["action_id"], "block_id": element["block_id"]}
    if view is not None:
        body["view"] = view_object(workspace.state, view, app)
        body["container"] = {"type": "view", "view_id": view.id}
    return body


def view_event(
    workspace: Workspace, app: SlackApp, user: User, view: View, kind: str, cleared: bool = False
) -> Json:
    """A submission (`view_submission`) or the closing (`view_closed`) of a modal."""
    body = _base(workspace, app, user, kind)
    body["view"] = view_object(workspace.state, view, app)
    if kind == "view_closed":
        body["is_cleared"] = cleared
        return body
    body["trigger_id"] = new_trigger(workspace, app, user.id, view.id)
    body["response_urls"] = []
    return body


def shortcut(workspace: Workspace, app: SlackApp, user: User, callback_id: str) -> Json:
    """A global shortcut."""
    body = _base(workspace, app, user, "shortcut")
    body |= {"callback_id": callback_id, "action_ts": workspace.clock.message_ts()}
    body["trigger_id"] = new_trigger(workspace, app, user.id)
    return body


def message_shortcut(
    workspace: Workspace,
    app: SlackApp,
    user: User,
    callback_id: str,
    channel: Channel,
    message: Message,
) -> Json:
    """A shortcut on a message."""
    body = _base(workspace, app, user, "message_action")
    body |= {
        "callback_id": callback_id,
        "action_ts": workspace.clock.message_ts(),
        "trigger_id": new_trigger(workspace, app, user.id),
        "channel": {"id": channel.id, "name": _shown_name(channel)},
        "message_ts": message.ts,
        "message": message_object(workspace.state, message),
        "response_url": response_url(workspace, app, user.id, channel.id),
    }
    return body


def slash_command(
    workspace: Workspace, app: SlackApp, user: User, channel: Channel, command: str, text: str
) -> Json:
    """A slash command; every value is a string, as in a form."""
    state = workspace.state
    return {
        "token": "local",
        "team_id": state.team.id,
        "team_domain": state.team.domain,
        "channel_id": channel.id,
        "channel_name": _shown_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": response_url(workspace, app, user.id, channel.id),
        "trigger_id": new_trigger(workspace, app, user.id),
    }


def _shown_name(channel: Channel) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)
