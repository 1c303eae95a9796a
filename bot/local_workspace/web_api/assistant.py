"""assistant.threads.*: status, title and prompts of an agent's threads."""

from __future__ import annotations

from typing import Any

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.state import AssistantThread, Channel
from bot.local_workspace.web_api.content import LOOK, look
from bot.local_workspace.web_api.registry import JSON, STR, Call, Family

ASSISTANT = Family()
STATUS_SECONDS = 120
MOST_PROMPTS = 4
MOST_LOADING = 10


def _thread(call: Call, thread_ts: str) -> AssistantThread:
    channel = _channel(call)
    if thread_ts not in channel.messages:
        raise SlackError("invalid_thread_ts")
    return call.workspace.state.threads.setdefault((channel.id, thread_ts), AssistantThread())


def _channel(call: Call) -> Channel:
    channel = call.workspace.visible_channel(call.app, call["channel_id"])
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


@ASSISTANT.method(
    "assistant.threads.setStatus",
    "assistant:write",
    "chat:write",
    tier=None,
    needs={"channel_id": STR, "thread_ts": STR},
    takes={**LOOK, "status": STR, "loading_messages": JSON},
)
def set_status(call: Call) -> Json:
    """What the agent is at; gone after two minutes, or with its next message."""
    if "status" not in call.args:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: status"])
    thread = _thread(call, call["thread_ts"])
    look(call)
    loading: Any = call.get("loading_messages", [])
    if not isinstance(loading, list) or not all(isinstance(one, str) for one in loading):
        raise SlackError("invalid_arguments", ["[ERROR] loading_messages must be strings"])
    if len(loading) > MOST_LOADING:
        problem = f"[ERROR] no more than {MOST_LOADING} items allowed"
        raise SlackError("invalid_arguments", [f"{problem} [json-pointer:/loading_messages]"])
    workspace = call.workspace
    thread.status, thread.loading, thread.set_at = call["status"], loading, workspace.clock.now()

    def fade() -> None:
        if workspace.clock.now() >= thread.set_at + STATUS_SECONDS:
            thread.status, thread.loading = "", []
            workspace.changed()

    workspace.clock.later(STATUS_SECONDS, fade)
    workspace.changed()
    return {}


@ASSISTANT.method(
    "assistant.threads.setTitle",
    "assistant:write",
    tier=4,
    needs={"channel_id": STR, "thread_ts": STR, "title": STR},
)
def set_title(call: Call) -> Json:
    """The name of a thread in its reader's history."""
    thread = _thread(call, call["thread_ts"])
    if len(call["title"]) > 255:
        raise SlackError("invalid_arguments", ["[ERROR] must be less than 256 characters"])
    thread.title = call["title"]
    call.workspace.changed()
    return {}


@ASSISTANT.method(
    "assistant.threads.setSuggestedPrompts",
    "assistant:write",
    tier=4,
    needs={"channel_id": STR, "prompts": JSON},
    takes={"thread_ts": STR, "title": STR},
)
def set_suggested_prompts(call: Call) -> Json:
    """Up to four things to ask; without a thread, those of a new conversation."""
    prompts = call["prompts"]
    shaped = isinstance(prompts, list) and all(
        isinstance(one, dict)
        and set(one) == {"title", "message"}
        and all(isinstance(value, str) and value for value in one.values())
        for one in prompts
    )
    if not shaped or not 1 <= len(prompts) <= MOST_PROMPTS:
        raise SlackError("invalid_arguments", ["[ERROR] prompts [json-pointer:/prompts]"])
    if "thread_ts" in call.args:
        thread = _thread(call, call["thread_ts"])
    else:
        key = (_channel(call).id, "")
        thread = call.workspace.state.threads.setdefault(key, AssistantThread())
    thread.prompts, thread.prompts_title = prompts, call.get("title", "")
    call.workspace.changed()
    return {}
