"""canvases.*: documents beside the conversation."""

from __future__ import annotations

import re
from typing import Any

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.state import Canvas
from bot.local_workspace.web_api.registry import JSON, LIST, STR, Call, Family

CANVASES = Family()
LARGEST = 1 << 20
TOO_LARGE = "the content exceeds 1 MiB"
_OPERATIONS = {"insert_at_start", "insert_at_end", "insert_before", "insert_after"}
_OPERATIONS |= {"replace", "delete", "rename"}
_PLACED = {"insert_before", "insert_after", "delete"}


def _markdown(value: Any, *, required: bool = True) -> str:
    if value is None and not required:
        return ""
    if not isinstance(value, dict) or value.get("type") != "markdown":
        raise SlackError("invalid_arguments", ["[ERROR] document_content must be markdown"])
    text = value.get("markdown")
    if not isinstance(text, str):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: markdown"])
    if len(text) > LARGEST:
        raise SlackError("canvas_creation_failed", detail=TOO_LARGE)
    return text


def _sections(call: Call, text: str) -> list[Json]:
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    return [{"id": f"temp:C:{call.workspace.state.new_id('')}", "text": part} for part in parts]


def _canvas(call: Call) -> Canvas:
    canvas = call.workspace.state.canvases.get(call["canvas_id"])
    if canvas is None:
        raise SlackError("canvas_not_found")
    if canvas.owner != call.bot.id and canvas.access.get(call.bot.id) != "write":
        raise SlackError("restricted_action")
    return canvas


def _new(call: Call, title: str, text: str, channel: str | None) -> Json:
    state = call.workspace.state
    canvas = Canvas(state.new_id("F"), title, call.bot.id, channel, _sections(call, text))
    state.canvases[canvas.id] = canvas
    call.workspace.changed()
    return {"canvas_id": canvas.id}


@CANVASES.method(
    "canvases.create",
    "canvases:write",
    tier=2,
    takes={"title": STR, "document_content": JSON, "channel_id": STR},
)
def create(call: Call) -> Json:
    """A canvas of its own; a free team has them only as channel tabs."""
    text = _markdown(call.get("document_content"), required=False)
    channel_id = call.get("channel_id")
    if channel_id is None and call.workspace.free_team:
        raise SlackError("free_teams_cannot_create_non_tabbed_canvases")
    if channel_id is not None:
        return _in_channel(call, channel_id, call.get("title", ""), text)
    return _new(call, call.get("title", ""), text, None)


@CANVASES.method(
    "conversations.canvases.create",
    "canvases:write",
    tier=2,
    needs={"channel_id": STR},
    takes={"document_content": JSON, "title": STR},
)
def create_in_channel(call: Call) -> Json:
    """The canvas of a channel; there is one at most."""
    text = _markdown(call.get("document_content"), required=False)
    return _in_channel(call, call["channel_id"], call.get("title", ""), text)


def _in_channel(call: Call, channel_id: str, title: str, text: str) -> Json:
    channel = call.workspace.visible_channel(call.app, channel_id)
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.canvas_id is not None:
        code = "free_team_canvas_tab_already_exists" if call.workspace.free_team else ""
        raise SlackError(code or "channel_canvas_already_exists")
    made = _new(call, title, text, channel.id)
    channel.canvas_id = made["canvas_id"]
    return made


@CANVASES.method(
    "canvases.edit",
    "canvases:write",
    tier=3,
    needs={"canvas_id": STR, "changes": JSON},
)
def edit(call: Call) -> Json:
    """One change a call: insert, replace, delete, rename."""
    canvas, changes = _canvas(call), call["changes"]
    if not isinstance(changes, list) or len(changes) != 1 or not isinstance(changes[0], dict):
        problem = "[ERROR] no more than 1 items allowed [json-pointer:/changes]"
        raise SlackError("invalid_arguments", [problem])
    change = changes[0]
    operation, section = change.get("operation"), change.get("section_id")
    if operation not in _OPERATIONS:
        raise SlackError("invalid_arguments", ["[ERROR] operation [json-pointer:/changes/0]"])
    if operation == "rename":
        canvas.title = _markdown(change.get("title_content"))
        call.workspace.changed()
        return {}
    ids = [one["id"] for one in canvas.sections]
    if (operation in _PLACED or section is not None) and section not in ids:
        raise SlackError("canvas_editing_failed", detail="section not found")
    fresh = (
        [] if operation == "delete" else _sections(call, _markdown(change.get("document_content")))
    )
    canvas.sections = _changed(canvas.sections, operation, fresh, section)
    if sum(len(one["text"]) for one in fresh) > LARGEST:
        raise SlackError("canvas_editing_failed", detail=TOO_LARGE)
    call.workspace.changed()
    return {}


def _changed(
    sections: list[Json], operation: str, fresh: list[Json], section: str | None
) -> list[Json]:
    place = next((i for i, one in enumerate(sections) if one["id"] == section), None)
    if operation == "insert_at_start":
        return fresh + sections
    if operation == "insert_at_end":
        return sections + fresh
    if place is None:
        return fresh
    before = place + (operation == "insert_after")
    after = place + (operation != "insert_before")
    return sections[:before] + fresh + sections[after:]


@CANVASES.method(
    "canvases.sections.lookup",
    "canvases:read",
    tier=3,
    needs={"canvas_id": STR, "criteria": JSON},
)
def lookup(call: Call) -> Json:
    """The ids of sections that contain a text or are headings."""
    canvas, criteria = _canvas(call), call["criteria"]
    if not isinstance(criteria, dict) or not set(criteria) <= {"section_types", "contains_text"}:
        raise SlackError("invalid_arguments", ["[ERROR] criteria [json-pointer:/criteria]"])
    wanted = criteria.get("contains_text", "")
    levels = {
        "#" * int(kind[1]) + " "
        for kind in criteria.get("section_types", [])
        if kind in ("h1", "h2", "h3")
    }
    any_header = "any_header" in criteria.get("section_types", [])
    found = [
        {"id": one["id"]}
        for one in canvas.sections
        if wanted in one["text"]
        and (
            not (levels or any_header)
            or one["text"].startswith(tuple(levels) + (("#",) if any_header else ()))
        )
    ]
    return {"sections": found}


@CANVASES.method(
    "canvases.access.set",
    "canvases:write",
    tier=3,
    needs={"canvas_id": STR, "access_level": STR},
    takes={"channel_ids": LIST, "user_ids": LIST},
)
def set_access(call: Call) -> Json:
    """Lets people or channels read or write a canvas."""
    canvas = _canvas(call)
    if call["access_level"] not in ("read", "write"):
        raise SlackError("invalid_parameters")
    named = call.get("channel_ids", []) + call.get("user_ids", [])
    if not named or (call.get("channel_ids") and call.get("user_ids")):
        raise SlackError("invalid_parameters")
    for one in named:
        canvas.access[one] = call["access_level"]
    call.workspace.changed()
    return {}


@CANVASES.method("canvases.delete", "canvases:write", tier=3, needs={"canvas_id": STR})
def delete(call: Call) -> Json:
    """Deletes a canvas."""
    canvas = _canvas(call)
    del call.workspace.state.canvases[canvas.id]
    for channel in call.workspace.state.channels.values():
        if channel.canvas_id == canvas.id:
            channel.canvas_id = None
    call.workspace.changed()
    return {}
