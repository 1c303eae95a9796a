"""conversations.* and users.conversations: what there is, who is in it, what was said."""

from __future__ import annotations

import re

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.membership import create, direct, join, leave
from bot.local_workspace.scopes import FAMILY, require, require_for
from bot.local_workspace.shapes import channel_object, message_object
from bot.local_workspace.state import Channel, ChannelKind, Message
from bot.local_workspace.web_api.registry import BOOL, LIST, PAGE, STR, Call, Family

CONVERSATIONS = Family()
TYPES: dict[str, ChannelKind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}
NAME = re.compile(r"[\w-]{1,80}")
_WINDOW = {
    **PAGE,
    "inclusive": BOOL,
    "include_all_metadata": BOOL,
    "latest": STR,
    "oldest": STR,
}


def _channel(call: Call, what: str) -> Channel:
    channel = call.workspace.visible_channel(call.app, call["channel"])
    require_for(call.app.scopes, channel, what)
    return channel


def _inside(call: Call, what: str) -> Channel:
    channel = _channel(call, what)
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _listed(call: Call, of: str | None) -> list[Channel]:
    wanted = call.get("types") or ["public_channel"]
    if any(one not in TYPES for one in wanted):
        raise SlackError("invalid_types")
    kinds = {TYPES[one] for one in wanted}
    for kind in sorted(kinds):
        require(call.app.scopes, f"{FAMILY[kind]}:read")
    reader = call.bot.id
    return [
        channel
        for channel in call.workspace.state.channels.values()
        if channel.kind in kinds
        and (of is None or of in channel.members)
        and (channel.kind == "public" or reader in channel.members)
        and not (call.get("exclude_archived") and channel.is_archived)
    ]


@CONVERSATIONS.method(
    "conversations.list",
    tier=2,
    takes={**PAGE, "exclude_archived": BOOL, "team_id": STR, "types": LIST},
)
def list_conversations(call: Call) -> Json:
    """The conversations that the app may know of."""
    page, more = call.page(_listed(call, None))
    shown = [channel_object(call.workspace.state, one, call.bot.id) for one in page]
    return {"channels": shown, "response_metadata": more}


@CONVERSATIONS.method(
    "users.conversations",
    tier=3,
    takes={**PAGE, "exclude_archived": BOOL, "team_id": STR, "types": LIST, "user": STR},
)
def users_conversations(call: Call) -> Json:
    """The conversations somebody is in, as far as the app shares them."""
    page, more = call.page(_listed(call, call.get("user", call.bot.id)))
    shown = [channel_object(call.workspace.state, one, call.bot.id) for one in page]
    return {"channels": shown, "response_metadata": more}


@CONVERSATIONS.method(
    "conversations.info",
    tier=3,
    needs={"channel": STR},
    takes={"include_locale": BOOL, "include_num_members": BOOL},
)
def info(call: Call) -> Json:
    """One conversation, with whether another company reads it."""
    channel = _channel(call, "read")
    shown = channel_object(call.workspace.state, channel, call.bot.id)
    if call.get("include_num_members"):
        shown["num_members"] = len(channel.members)
    if call.get("include_locale"):
        shown["locale"] = "en-US"
    return {"channel": shown}


@CONVERSATIONS.method("conversations.members", tier=4, needs={"channel": STR}, takes=PAGE)
def members(call: Call) -> Json:
    """Who is in a conversation."""
    channel = _channel(call, "read")
    page, more = call.page(channel.members)
    return {"members": page, "response_metadata": more}


def _window(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = call.get("oldest", "0"), call.get("latest", "9999999999.999999")
    try:
        low, high = float(oldest), float(latest)
    except ValueError:
        name = "invalid_ts_oldest" if not _is_number(oldest) else "invalid_ts_latest"
        raise SlackError(name) from None
    both = call.get("inclusive", False)
    return [
        one
        for one in messages
        if low < float(one.ts) < high or (both and float(one.ts) in (low, high))
    ]


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


@CONVERSATIONS.method("conversations.history", tier=3, needs={"channel": STR}, takes=_WINDOW)
def history(call: Call) -> Json:
    """What was said outside threads, newest first."""
    channel = _inside(call, "history")
    found = [
        one for one in channel.messages.values() if one.thread_ts in (None, one.ts) or one.broadcast
    ]
    page, more = call.page(_window(call, found)[::-1], most=999)
    shown = [
        message_object(call.workspace.state, one, metadata=call.get("include_all_metadata", False))
        for one in page
    ]
    return {
        "messages": shown,
        "has_more": bool(more["next_cursor"]),
        "pin_count": 0,
        "response_metadata": more,
    }


@CONVERSATIONS.method(
    "conversations.replies", tier=3, needs={"channel": STR, "ts": STR}, takes=_WINDOW
)
def replies(call: Call) -> Json:
    """A thread, oldest first, with its parent at the head."""
    channel = _inside(call, "history")
    message = channel.messages.get(call["ts"])
    if message is None:
        raise SlackError("thread_not_found")
    parent = channel.messages.get(message.thread_ts or message.ts, message)
    found = _window(call, channel.replies(parent.ts))
    page, more = call.page([parent, *found])
    shown = [
        message_object(call.workspace.state, one, metadata=call.get("include_all_metadata", False))
        for one in page
    ]
    return {
        "messages": shown,
        "has_more": bool(more["next_cursor"]),
        "response_metadata": more,
    }


@CONVERSATIONS.method(
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


@CONVERSATIONS.method("conversations.join", "channels:join", tier=3, needs={"channel": STR})
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


@CONVERSATIONS.method("conversations.leave", tier=3, needs={"channel": STR})
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


@CONVERSATIONS.method(
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


@CONVERSATIONS.method("conversations.kick", tier=3, needs={"channel": STR, "user": STR})
def kick(call: Call) -> Json:
    """Takes somebody out of a channel of the app's."""
    channel = _writable(call)
    if call["user"] == call.bot.id:
        raise SlackError("cant_kick_self")
    if not leave(call.workspace, channel, call["user"]):
        raise SlackError("not_in_channel")
    return {}


@CONVERSATIONS.method(
    "conversations.create", tier=2, needs={"name": STR}, takes={"is_private": BOOL, "team_id": STR}
)
def create_channel(call: Call) -> Json:
    """A new channel with the app in it."""
    private = call.get("is_private", False)
    require(call.app.scopes, "groups:write" if private else "channels:manage")
    name = call["name"]
    if not NAME.fullmatch(name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if any(one.name == name for one in call.workspace.state.channels.values()):
        raise SlackError("name_taken")
    channel = create(call.workspace, "private" if private else "public", name, call.bot.id)
    return {"channel": channel_object(call.workspace.state, channel, call.bot.id)}


@CONVERSATIONS.method("conversations.setTopic", tier=2, needs={"channel": STR, "topic": STR})
def set_topic(call: Call) -> Json:
    """The line under a channel's name."""
    channel = _writable(call)
    if len(call["topic"]) > 250:
        raise SlackError("too_long")
    channel.topic = call["topic"]
    call.workspace.changed()
    return {"channel": channel_object(call.workspace.state, channel, call.bot.id)}
