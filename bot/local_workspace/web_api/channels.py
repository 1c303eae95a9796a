"""conversations.*: opening, making, joining, leaving and filling conversations."""

from __future__ import annotations

import re

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.membership import create, direct, join, leave
from bot.local_workspace.scopes import require
from bot.local_workspace.shapes import channel_object
from bot.local_workspace.state import Channel
from bot.local_workspace.web_api.registry import BOOL, LIST, STR, Call, Family

CHANNELS = Family()
NAME = re.compile(r"[\w-]+")


@CHANNELS.method(
    "conversations.open",
    "im:write",
    "mpim:write",
    tier=3,
    takes={"channel": STR, "users": LIST, "return_im": BOOL, "prevent_creation": BOOL},
)
def open_direct(call: Call) -> Json:
    """A direct message with one person, or with several."""
    workspace, me = call.workspace, call.bot.id
    if "channel" in call.args:
        channel = workspace.visible_channel(call.app, call["channel"])
    else:
        users = [one for one in call.get("users", []) if one != me]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 8:
            raise SlackError("too_many_users")
        require(call.app.scopes, "im:write" if len(users) == 1 else "mpim:write")
        for one in users:
            if one not in workspace.state.users:
                raise SlackError("user_not_found")
            if workspace.state.users[one].deleted:
                raise SlackError("user_disabled")
            if workspace.state.users[one].is_bot:
                raise SlackError("cannot_dm_bot")
        known = workspace.state.direct(me, *users)
        channel = known or direct(workspace, me, *users)
        if not call.get("return_im"):
            more = {"no_op": True, "already_open": True} if known else {}
            return {"channel": {"id": channel.id}, **more}
    return {"channel": channel_object(workspace.state, channel, me)}


@CHANNELS.method("conversations.join", "channels:join", tier=3, needs={"channel": STR})
def join_channel(call: Call) -> Json:
    """The app joins a public channel."""
    channel = call.workspace.visible_channel(call.app, call["channel"])
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    joined = join(call.workspace, channel, call.bot.id)
    shown = channel_object(call.workspace.state, channel, call.bot.id)
    return {"channel": shown} if joined else {"channel": shown, "warning": "already_in_channel"}


@CHANNELS.method("conversations.leave", tier=3, needs={"channel": STR})
def leave_channel(call: Call) -> Json:
    """The app leaves."""
    channel = call.workspace.visible_channel(call.app, call["channel"])
    require(call.app.scopes, "channels:manage", "channels:join", "groups:write", "mpim:write")
    if channel.is_general:
        raise SlackError("cant_leave_general")
    if not leave(call.workspace, channel, call.bot.id):
        return {"not_in_channel": True}
    return {}


def _writable(call: Call) -> Channel:
    channel = call.workspace.visible_channel(call.app, call["channel"])
    scopes = {"public": "channels:manage", "private": "groups:write"}
    if channel.kind not in scopes:
        raise SlackError("method_not_supported_for_channel_type")
    require(call.app.scopes, scopes[channel.kind])
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


@CHANNELS.method(
    "conversations.invite",
    tier=3,
    needs={"channel": STR, "users": LIST},
    takes={"force": BOOL},
)
def invite(call: Call) -> Json:
    """Brings people into a channel of the app's."""
    channel = _writable(call)
    for one in call["users"]:
        user = call.workspace.state.users.get(one)
        if user is None or user.deleted:
            raise SlackError("user_not_found")
        if user.is_ultra_restricted:
            raise SlackError("ura_max_channels")
        if one in channel.members:
            raise SlackError("already_in_channel")
        join(call.workspace, channel, one, inviter=call.bot.id)
    return {"channel": channel_object(call.workspace.state, channel, call.bot.id)}


@CHANNELS.method("conversations.kick", tier=3, needs={"channel": STR, "user": STR})
def kick(call: Call) -> Json:
    """Takes somebody out of a channel of the app's."""
    channel = _writable(call)
    if call["user"] == call.bot.id:
        raise SlackError("cant_kick_self")
    if not leave(call.workspace, channel, call["user"]):
        raise SlackError("not_in_channel")
    return {}


@CHANNELS.method(
    "conversations.create", tier=2, needs={"name": STR}, takes={"is_private": BOOL, "team_id": STR}
)
def create_channel(call: Call) -> Json:
    """A new channel with the app in it."""
    private = call.get("is_private", False)
    require(call.app.scopes, "groups:write" if private else "channels:manage")
    name = call["name"]
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength")
    if not NAME.fullmatch(name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if any(one.name == name for one in call.workspace.state.channels.values()):
        raise SlackError("name_taken")
    channel = create(call.workspace, "private" if private else "public", name, call.bot.id)
    return {"channel": channel_object(call.workspace.state, channel, call.bot.id)}


@CHANNELS.method("conversations.setTopic", tier=2, needs={"channel": STR, "topic": STR})
def set_topic(call: Call) -> Json:
    """The line under a channel's name."""
    channel = _writable(call)
    if len(call["topic"]) > 250:
        raise SlackError("too_long")
    channel.topic = call["topic"]
    call.workspace.changed()
    return {"channel": channel_object(call.workspace.state, channel, call.bot.id)}
