"""What people do with an agent: its Home and messages tab, its streams, its workflow steps."""

from __future__ import annotations

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.events import tell
from bot.local_workspace.manifest import app_of_function, has_agent_view
from bot.local_workspace.membership import direct
from bot.local_workspace.people_side.deeds import (
    Deeds,
    acting,
    conversation_of,
    must_be_in,
)
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.shapes import view_object
from bot.local_workspace.state import AssistantThread, Message, SlackApp, Token
from bot.local_workspace.web_api.stream import end_stream

AGENTS = Deeds()


def app_of(parts: Parts, name: str | None) -> SlackApp:
    """An app by id or name; the only one when no name is given. Raises Impossible."""
    apps = list(parts.workspace.state.apps.values())
    if name is None and len(apps) == 1:
        return apps[0]
    for app in apps:
        if name in (app.id, app.name):
            return app
    raise Impossible(f"no app {name!r}")


@AGENTS.deed
def open_app(
    parts: Parts,
    *,
    user: str,
    app: str | None = None,
    tab: str = "home",
    entities: list[Json] | None = None,
) -> Json:
    """A person opens an app: its `home` or its `messages`, with something in view beside it."""
    workspace = parts.workspace
    person, opened = acting(workspace, user), app_of(parts, app)
    if tab not in ("home", "messages"):
        raise Impossible(f"no tab {tab!r}")
    channel = direct(workspace, person.id, opened.bot_user)
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": channel.id,
        "tab": tab,
        "event_ts": workspace.clock.message_ts(),
    }
    if tab == "messages" and has_agent_view(opened):
        event["context"] = _context(parts, entities or [])
    view = workspace.state.homes.get((opened.id, person.id))
    if tab == "home" and view is not None:
        event["view"] = view_object(workspace.state, view, opened)
    tell(workspace, event, app=opened)
    return {"channel": channel.id}


@AGENTS.deed
def start_assistant_thread(parts: Parts, *, user: str, app: str | None = None) -> Json:
    """A person begins a conversation with an assistant of the legacy kind."""
    workspace = parts.workspace
    person, opened = acting(workspace, user), app_of(parts, app)
    if has_agent_view(opened):
        raise Impossible(f"{opened.name} is an agent: assistant_thread_started is not sent")
    channel = direct(workspace, person.id, opened.bot_user)
    thread_ts = workspace.clock.message_ts()
    root = Message(
        ts=thread_ts,
        channel=channel.id,
        user=opened.bot_user,
        text="New Assistant Thread",
        team=workspace.state.team.id,
        thread_ts=thread_ts,
        bot_id=opened.bot_id,
        app_id=opened.id,
        subtype="assistant_app_thread",
    )
    channel.messages[thread_ts] = root
    workspace.state.threads[channel.id, thread_ts] = AssistantThread()
    event: Json = {
        "type": "assistant_thread_started",
        "assistant_thread": {
            "user_id": person.id,
            "context": {},
            "channel_id": channel.id,
            "thread_ts": thread_ts,
        },
    }
    tell(workspace, event, app=opened)
    return {"channel": channel.id, "thread_ts": thread_ts}


@AGENTS.deed
def look_at(parts: Parts, *, user: str, entities: list[Json], app: str | None = None) -> Json:
    """A person looks at something else (a channel, a canvas) beside the agent."""
    workspace = parts.workspace
    person, opened = acting(workspace, user), app_of(parts, app)
    if not has_agent_view(opened):
        raise Impossible(f"{opened.name} is no agent: app_context_changed is not sent")
    event: Json = {
        "type": "app_context_changed",
        "user": person.id,
        "channel": direct(workspace, person.id, opened.bot_user).id,
        "context": _context(parts, entities),
    }
    tell(workspace, event, app=opened)
    return {}


def _context(parts: Parts, entities: list[Json]) -> Json:
    team = parts.workspace.state.team.id
    return {"entities": [{"team_id": team, **one} for one in entities]} if entities else {}


@AGENTS.deed
def stop_agent(parts: Parts, *, user: str, channel: str, thread_ts: str) -> Json:
    """A person presses the stop button of an agent that streams or is `processing`.

    Slack stops the streams; the session's status is left to the app.
    """
    workspace = parts.workspace
    person = acting(workspace, user)
    where = conversation_of(workspace, person, channel)
    must_be_in(person, where)
    thread = [one for one in where.messages.values() if thread_ts in (one.ts, one.thread_ts)]
    streams = [one for one in thread if one.stream is not None and one.stream.live]
    session = workspace.state.threads.get((where.id, thread_ts), AssistantThread())
    app_ids = {one.app_id for one in streams} or {one.app_id for one in thread if one.app_id}
    if not streams and session.session != "processing":
        raise Impossible(f"nothing is at work in {thread_ts}")
    for one in streams:
        end_stream(workspace, where, one, by_user=True)
    event: Json = {
        "type": "agent_session_stopped",
        "user": person.id,
        "channel": where.id,
        "thread_ts": thread_ts,
        "streaming_message_ts": [one.ts for one in streams],
    }
    for app in workspace.state.apps.values():
        if app.id in app_ids or (not app_ids and app.bot_user in where.members):
            tell(workspace, event, channel=where, app=app)
    return {}


@AGENTS.deed
def run_step(parts: Parts, *, user: str, callback_id: str, inputs: Json) -> Json:
    """A workflow reaches a step of an app."""
    workspace = parts.workspace
    acting(workspace, user)
    app = app_of_function(workspace.state, callback_id)
    if app is None:
        raise Impossible(f"no app offers the step {callback_id!r}")
    function = app.manifest["functions"][callback_id]
    declared: dict[str, Json] = function.get("input_parameters", {})
    missing = {name for name, one in declared.items() if one.get("is_required")} - set(inputs)
    if missing or set(inputs) - set(declared):
        raise Impossible(f"the step takes {sorted(declared)}, not {sorted(inputs)}")
    execution = workspace.state.new_id("Fx")
    token = f"xwfp-{workspace.state.secret()}"
    workspace.state.tokens[token] = Token("bot", app.id, app.scopes)
    workspace.state.functions[execution] = {
        "app_id": app.id,
        "callback_id": callback_id,
        "state": "running",
        "token": token,
    }
    event: Json = {
        "type": "function_executed",
        "function": {
            "id": workspace.state.new_id("Fn"),
            "callback_id": callback_id,
            "title": function.get("title", callback_id),
            "description": function.get("description", ""),
            "type": "app",
            "input_parameters": _listed(declared),
            "output_parameters": _listed(function.get("output_parameters", {})),
            "app_id": app.id,
        },
        "inputs": inputs,
        "function_execution_id": execution,
        "workflow_execution_id": workspace.state.new_id("Wx"),
        "bot_access_token": token,
    }
    tell(workspace, event, app=app)
    return {"function_execution_id": execution}


def _listed(parameters: dict[str, Json]) -> list[Json]:
    return [{"name": name, **one} for name, one in parameters.items()]


@AGENTS.deed
def step(parts: Parts, *, function_execution_id: str) -> Json:
    """How a workflow's step stands."""
    found = parts.workspace.state.functions.get(function_execution_id)
    if found is None:
        raise Impossible(f"no execution {function_execution_id!r}")
    return {name: value for name, value in found.items() if name != "token"}
