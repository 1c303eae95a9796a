"""chat.startStream, chat.appendStream, chat.stopStream."""

from __future__ import annotations

from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.events import tell_changed
from bot.local_workspace.posting import post
from bot.local_workspace.shapes import message_object
from bot.local_workspace.state import Channel, Message, Stream
from bot.local_workspace.streams import STREAM_SECONDS, append, checked_chunks
from bot.local_workspace.web_api.content import (
    LOOK,
    by_app,
    destination,
    look,
    metadata,
    thread_of,
)
from bot.local_workspace.web_api.registry import JSON, STR, Call, Family
from bot.local_workspace.web_api.sessions import STATES
from bot.local_workspace.workspace import Workspace

STREAM = Family()
_TEXT = {"markdown_text": STR, "chunks": JSON}


def _live(call: Call) -> tuple[Channel, Message]:
    channel = destination(call, may_open=False)
    message = channel.messages.get(call["ts"])
    if message is None:
        raise SlackError("message_not_found")
    if message.app_id != call.app.id:
        raise SlackError("message_not_owned_by_app")
    if message.stream is None or not message.stream.live:
        stopped = message.stream is not None and message.stream.stopped_by_user
        raise SlackError("stopped_by_user" if stopped else "message_not_in_streaming_state")
    return channel, message


def end_stream(
    workspace: Workspace, channel: Channel, message: Message, *, by_user: bool = False
) -> None:
    """The message is as it stands from now on; apps hear of its final form."""
    if message.stream is None or not message.stream.live:
        return
    before = message_object(workspace.state, message)
    message.stream.live = False
    message.stream.stopped_by_user = by_user
    tell_changed(workspace, channel, message, before)
    workspace.changed()


@STREAM.method(
    "chat.startStream",
    "chat:write",
    tier=2,
    needs={"channel": STR},
    takes={
        **_TEXT,
        **LOOK,
        "thread_ts": STR,
        "recipient_team_id": STR,
        "recipient_user_id": STR,
        "task_display_mode": STR,
    },
)
def start_stream(call: Call) -> Json:
    """Begins a message that grows; in channels its one reader must be named."""
    workspace, channel = call.workspace, destination(call, may_open=False)
    if channel.kind == "mpim" or channel.is_ext_shared:
        raise SlackError("channel_type_not_supported")
    if channel.kind == "im" and "thread_ts" not in call.args:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: thread_ts"])
    thread_ts = thread_of(channel, call.get("thread_ts"))
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if name not in call.args:
                raise SlackError(f"missing_{name}")
        if call["recipient_user_id"] not in workspace.state.users:
            raise SlackError("user_not_found")
    if call.get("task_display_mode", "timeline") not in ("timeline", "plan", "dense"):
        raise SlackError("invalid_arguments", ["[ERROR] task_display_mode"])
    chunks = checked_chunks(call.get("markdown_text"), call.get("chunks"))
    message = by_app(call, channel, **look(call), thread_ts=thread_ts)
    message.stream = Stream(recipient=call.get("recipient_user_id"))
    append(message, chunks)
    post(workspace, channel, message)
    workspace.clock.later(STREAM_SECONDS, lambda: end_stream(workspace, channel, message))
    return {"channel": channel.id, "ts": message.ts}


@STREAM.method(
    "chat.appendStream",
    "chat:write",
    tier=4,
    needs={"channel": STR, "ts": STR},
    takes=_TEXT,
)
def append_stream(call: Call) -> Json:
    """Adds text, tasks or blocks to a stream that lives."""
    channel, message = _live(call)
    chunks = checked_chunks(call.get("markdown_text"), call.get("chunks"))
    if not chunks:
        raise SlackError("no_text")
    append(message, chunks)
    call.workspace.changed()
    return {"channel": channel.id, "ts": message.ts}


@STREAM.method(
    "chat.stopStream",
    "chat:write",
    tier=2,
    needs={"channel": STR, "ts": STR},
    takes={**_TEXT, "blocks": JSON, "metadata": JSON, "session_status": STR},
)
def stop_stream(call: Call) -> Json:
    """Ends a stream; its blocks come below the text."""
    channel, message = _live(call)
    if call.get("session_status", "active") not in STATES:
        raise SlackError("invalid_arguments", ["[ERROR] session_status"])
    chunks = checked_chunks(call.get("markdown_text"), call.get("chunks"))
    if "blocks" in call.args:
        chunks.append({"type": "blocks", "blocks": check_message_blocks(call["blocks"])})
    if "metadata" in call.args:
        message.metadata = metadata(call["metadata"])
    append(message, chunks)
    key = (channel.id, message.thread_ts or message.ts)
    if "session_status" in call.args and key in call.workspace.state.threads:
        call.workspace.state.threads[key].session = call["session_status"]
    end_stream(call.workspace, channel, message)
    shown = message_object(call.workspace.state, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}
