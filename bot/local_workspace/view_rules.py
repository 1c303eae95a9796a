"""What Slack holds a view to: titles, sizes, blocks."""

from __future__ import annotations

import json
from typing import Any

from bot.local_workspace.block_rules import Report, Shape, anything, flag, string, text
from bot.local_workspace.blocks import Surface, examine, with_ids
from bot.local_workspace.errors import Json, SlackError

LARGEST = 250_000

_MAY = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
    "blocks": anything,
    "type": anything,
}
_HOME = Shape({"blocks": anything}, _MAY)
_MODAL = Shape(
    {"title": text(24, plain=True), "blocks": anything},
    {
        **_MAY,
        "submit": text(24, plain=True),
        "close": text(24, plain=True),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)


def check_view(view: Any, surface: Surface) -> Json:
    """The view as it is kept. Raises SlackError(`invalid_arguments`) with what is wrong."""
    if not isinstance(view, dict):
        raise SlackError(
            "invalid_arguments", ["[ERROR] must provide an object [json-pointer:/view]"]
        )
    if len(json.dumps(view)) > LARGEST:
        raise SlackError("view_too_large")
    report = Report(surface)
    if view.get("type") != surface:
        report.wrong(f"unsupported type: {view.get('type')}", "/view/type")
    (_HOME if surface == "home" else _MODAL)(view, "/view", report)
    blocks = examine(view.get("blocks", []), surface, "/view/blocks")
    report.problems += blocks.problems
    if surface == "modal" and "submit" not in view and _has_input(view.get("blocks")):
        report.wrong("missing required field: submit", "/view")
    if report.problems:
        raise SlackError("invalid_arguments", [f"[ERROR] {one}" for one in report.problems])
    return {**view, "blocks": with_ids(view["blocks"])}


def _has_input(blocks: Any) -> bool:
    return isinstance(blocks, list) and any(
        isinstance(one, dict) and one.get("type") == "input" for one in blocks
    )
