"""chat.*: posting, updating, deleting, permalinks, scheduled and ephemeral messages."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.posting import delete, edit, post, post_ephemeral
from bot.local_workspace.shapes import message_object
from bot.local_workspace.state import Channel, Message
from bot.local_workspace.web_api.content import (
    CONTENT,
    LOOK,
    by_app,
    content,
    destination,
    look,
    metadata,
    own_message,
    require_content,
    thread_of,
)
from bot.local_workspace.web_api.registry import BOOL, INT, JSON, PAGE, STR, Call, Family

CHAT = Family()
LONGEST_UPDATE = 4_000
LONGEST_WAIT = 120 * 86_400
_DRESS = {"link_names": BOOL, "parse": STR, "as_user": BOOL}
_UNFURL = {"unfurl_links": BOOL, "unfurl_media": BOOL, "mrkdwn": BOOL}


def _refuse_if_too_often(call: Call, channel: Channel) -> None:
    seconds = call.workspace.limits.refuse_post(call.app.id, channel.id)
    if seconds is not None:
        raise SlackError("ratelimited", retry_after=seconds)


def _composed(call: Call, channel: Channel) -> Message:
    found = content(call)
    require_content(found)
    dress = look(call)
    given = metadata(call["metadata"]) if "metadata" in call.args else None
    thread_ts = thread_of(channel, call.get("thread_ts"))
    message = by_app(call, channel, **found, **dress, metadata=given)
    message.thread_ts = thread_ts
    message.broadcast = bool(thread_ts and call.get("reply_broadcast"))
    return message


@CHAT.method(
    "chat.postMessage",
    "chat:write",
    tier=None,
    needs={"channel": STR},
    takes={
        **CONTENT,
        **LOOK,
        **_DRESS,
        **_UNFURL,
        "thread_ts": STR,
        "reply_broadcast": BOOL,
        "metadata": JSON,
        "container_id": STR,
        "client_msg_id": STR,
    },
)
def post_message(call: Call) -> Json:
    """Posts; one message a second a channel, with short bursts."""
    channel = destination(call)
    message = _composed(call, channel)
    _refuse_if_too_often(call, channel)
    cut = {}
    if len(call.get("text") or "") > len(message.text):
        cut = {"response_metadata": {"warnings": ["message_truncated"]}}
    post(call.workspace, channel, message)
    shown = message_object(call.workspace.state, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown, **cut}


@CHAT.method(
    "chat.postEphemeral",
    "chat:write",
    tier=4,
    needs={"channel": STR, "user": STR},
    takes={**CONTENT, **LOOK, **_DRESS, "thread_ts": STR},
)
def post_ephemeral_message(call: Call) -> Json:
    """Shows a message to one member; no history keeps it."""
    channel = destination(call, may_open=False)
    if call["user"] not in call.workspace.state.users:
        raise SlackError("user_not_found")
    if call["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    message = _composed(call, channel)
    message.only_for = call["user"]
    post_ephemeral(call.workspace, channel, message)
    return {"message_ts": message.ts}


@CHAT.method(
    "chat.update",
    "chat:write",
    tier=3,
    needs={"channel": STR, "ts": STR},
    takes={**CONTENT, **_DRESS, "metadata": JSON, "file_ids": JSON, "reply_broadcast": BOOL},
)
def update_message(call: Call) -> Json:
    """Changes a message of the app's own; blocks that are not given stay."""
    channel = destination(call, may_open=False)
    message = own_message(call, channel, call["ts"], "cant_update_message")
    if message.stream is not None and message.stream.live:
        raise SlackError("streaming_state_conflict")
    found = content(call, longest=LONGEST_UPDATE)
    if not found and "metadata" not in call.args:
        raise SlackError("no_text")
    if "metadata" in call.args:
        found["metadata"] = metadata(call["metadata"])
    edit(call.workspace, channel, message, **found)
    shown = message_object(call.workspace.state, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@CHAT.method(
    "chat.delete",
    "chat:write",
    tier=3,
    needs={"channel": STR, "ts": STR},
    takes={"as_user": BOOL},
)
def delete_message(call: Call) -> Json:
    """Deletes a message of the app's own."""
    channel = destination(call, may_open=False)
    message = own_message(call, channel, call["ts"], "cant_delete_message")
    delete(call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


@CHAT.method("chat.getPermalink", tier=None, needs={"channel": STR, "message_ts": STR})
def get_permalink(call: Call) -> Json:
    """The address of a message in Slack."""
    channel = call.workspace.visible_channel(call.app, call["channel"])
    message = channel.messages.get(call["message_ts"])
    if message is None:
        raise SlackError("message_not_found")
    domain = call.workspace.state.team.domain
    address = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


@CHAT.method(
    "chat.scheduleMessage",
    "chat:write",
    tier=3,
    needs={"channel": STR, "post_at": INT},
    takes={
        **CONTENT,
        **_DRESS,
        **_UNFURL,
        "thread_ts": STR,
        "reply_broadcast": BOOL,
        "metadata": JSON,
    },
)
def schedule_message(call: Call) -> Json:
    """Posts later, at most 120 days from now."""
    workspace, channel = call.workspace, destination(call)
    wait = call["post_at"] - workspace.clock.now()
    if wait <= 0:
        raise SlackError("time_in_past")
    if wait > LONGEST_WAIT:
        raise SlackError("time_too_far")
    message = _composed(call, channel)
    scheduled_id = workspace.state.new_id("Q")

    def act() -> None:
        if workspace.state.scheduled.pop(scheduled_id, None) is not None:
            message.ts = workspace.clock.message_ts()
            post(workspace, channel, message)

    workspace.state.scheduled[scheduled_id] = {
        "id": scheduled_id,
        "channel_id": channel.id,
        "post_at": call["post_at"],
        "date_created": int(workspace.clock.now()),
        "text": message.text,
    }
    workspace.clock.later(wait, act)
    shown = message_object(workspace.state, message)
    return {
        "channel": channel.id,
        "scheduled_message_id": scheduled_id,
        "post_at": call["post_at"],
        "message": shown,
    }


@CHAT.method(
    "chat.scheduledMessages.list",
    tier=3,
    takes={**PAGE, "channel": STR, "latest": STR, "oldest": STR, "team_id": STR},
)
def list_scheduled(call: Call) -> Json:
    """What waits to be posted."""
    rows = [
        one
        for one in call.workspace.state.scheduled.values()
        if call.get("channel") in (None, one["channel_id"])
    ]
    page, more = call.page(rows)
    return {"scheduled_messages": page, "response_metadata": more}


@CHAT.method(
    "chat.deleteScheduledMessage",
    "chat:write",
    tier=3,
    needs={"channel": STR, "scheduled_message_id": STR},
    takes={"as_user": BOOL},
)
def delete_scheduled(call: Call) -> Json:
    """Calls a scheduled message off."""
    if call.workspace.state.scheduled.pop(call["scheduled_message_id"], None) is None:
        raise SlackError("invalid_scheduled_message_id")
    return {}
