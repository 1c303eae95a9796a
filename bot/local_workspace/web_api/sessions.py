"""agents.sessions.*: whether an agent is at work on a thread, and the thread's title."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.manifest import has_agent_view, subscribed
from bot.local_workspace.state import AssistantThread
from bot.local_workspace.web_api.content import LOOK, look
from bot.local_workspace.web_api.registry import STR, Call, Family

SESSIONS = Family()
STATES = ("processing", "active", "suspended", "closed")
LONGEST_TITLE = 255


def _session(call: Call) -> AssistantThread:
    if not has_agent_view(call.app):
        raise SlackError("not_allowed")
    channel = call.workspace.visible_channel(call.app, call["channel_id"])
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    thread_ts = call.get("thread_ts", "")
    if thread_ts and thread_ts not in channel.messages:
        raise SlackError("invalid_thread_ts")
    return call.workspace.state.threads.setdefault((channel.id, thread_ts), AssistantThread())


def _titled(call: Call, session: AssistantThread) -> None:
    if "title" in call.args:
        if len(call["title"]) > LONGEST_TITLE:
            raise SlackError("invalid_arguments", ["[ERROR] must be less than 256 characters"])
        session.title = call["title"]


@SESSIONS.method(
    "agents.sessions.setStatus",
    "chat:write",
    tier=3,
    needs={"channel_id": STR, "status": STR},
    takes={**LOOK, "thread_ts": STR, "title": STR, "initiator_user_id": STR},
)
def set_status(call: Call) -> Json:
    """While it is `processing`, people have a button to stop it, if the app listens to that."""
    if call["status"] not in STATES:
        raise SlackError("invalid_arguments", ["[ERROR] status [json-pointer:/status]"])
    session = _session(call)
    look(call)
    _titled(call, session)
    session.session = call["status"]
    call.workspace.changed()
    warning = {}
    if call["status"] == "processing" and "agent_session_stopped" not in subscribed(call.app):
        warning = {"warning": "missing_agent_session_stopped_event_subscription"}
    return {"status": session.session, "title": session.title, **warning}


@SESSIONS.method(
    "agents.sessions.rename",
    "chat:write",
    tier=3,
    needs={"channel_id": STR, "title": STR},
    takes={"thread_ts": STR},
)
def rename(call: Call) -> Json:
    """Another title."""
    _titled(call, _session(call))
    call.workspace.changed()
    return {"title": call["title"]}
