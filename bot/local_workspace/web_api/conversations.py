"""conversations.* and users.conversations: what there is, who is in it, what was said."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
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
    users = call.workspace.state.users
    page, more = call.page([one for one in channel.members if not users[one].deleted])
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
