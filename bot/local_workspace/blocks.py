"""Block Kit as Slack holds it: which blocks stand where, and how large they may be."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any, Literal

from bot.local_workspace.block_rules import (
    Check,
    Report,
    Shape,
    anything,
    by_type,
    flag,
    many,
    number,
    one_of,
    string,
    text,
)
from bot.local_workspace.charts import CHART
from bot.local_workspace.elements import (
    ELEMENTS,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    SLACK_FILE,
    element,
)
from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.rich_text import RICH_TEXT

Surface = Literal["message", "modal", "home"]

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_CHARACTERS = 13_200
MOST_MARKDOWN = 12_000

_EVERYWHERE = {"actions", "context", "divider", "header", "image", "input", "rich_text"}
_EVERYWHERE |= {"section", "video"}
_MESSAGES = {"markdown", "table", "context_actions", "task_card", "plan", "card", "carousel"}
_MESSAGES |= {"container", "data_table", "data_visualization", "file", "call"}
STAND_IN: dict[str, set[str]] = {
    "message": _EVERYWHERE | _MESSAGES,
    "modal": _EVERYWHERE | {"alert"},
    "home": _EVERYWHERE,
}


def _block_id(value: Any, where: str, report: Report) -> None:
    string(255)(value, where, report)
    if isinstance(value, str):
        if value in report.block_ids:
            report.wrong(f"`block_id` `{value}` already exists", where)
        report.block_ids[value] = where


def _markdown(value: Any, where: str, report: Report) -> None:
    string(None, 1, counted=True)(value, where, report)
    if isinstance(value, str):
        report.markdown += len(value)
        if report.markdown > MOST_MARKDOWN:
            report.wrong(f"must be less than {MOST_MARKDOWN + 1} characters", where)


def _block(must: dict[str, Check], may: dict[str, Check], **rules: Any) -> Shape:
    return Shape(must, {"block_id": _block_id, **may}, **rules)


_RICH = _block({"elements": many(by_type(RICH_TEXT), None, 0)}, {})
_RICH_TEXT = by_type({"rich_text": _RICH})
_RAW_TEXT = Shape({"text": string(None, 1, counted=True)}, {})
_CELL = by_type(
    {
        "rich_text": _RICH,
        "raw_text": _RAW_TEXT,
        "raw_number": Shape({"value": anything}, {"text": string(None, 1, counted=True)}),
    }
)
_IMAGE = by_type(ELEMENTS, ("image",))
_SOURCE = by_type({"url": Shape({"url": string(3000), "text": string()}, {})})
_STATUS = one_of(("pending", "in_progress", "complete", "error"))
_TASK = _block(
    {"task_id": string(255, 1), "title": string(None, 1, counted=True), "status": _STATUS},
    {"details": _RICH_TEXT, "output": _RICH_TEXT, "sources": many(_SOURCE, None, 0)},
)
_CARD = _block(
    {},
    {
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "actions": many(element({"button"})),
    },
    one_of=("hero_image", "title", "actions", "body"),
)


def _table(value: Any, where: str, report: Report) -> None:
    _TABLE(value, where, report)
    report.tables += 1
    rows = value.get("rows") if isinstance(value, dict) else None
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        report.wrong("every row must have the same number of cells", f"{where}/rows")


_TABLE = _block(
    {"rows": many(many(_CELL, 20), 100)},
    {
        "column_settings": many(
            Shape({}, {"align": one_of(("left", "center", "right")), "is_wrapped": flag}), 20, 0
        )
    },
)

BLOCKS: dict[str, Check] = {
    "actions": _block({"elements": many(element(IN_ACTIONS), 25)}, {}),
    "alert": _block(
        {"text": text(3000)},
        {"level": one_of(("default", "info", "warning", "error", "success"))},
    ),
    "call": _block({"call_id": string()}, {"api_decoration_available": flag, "call": anything}),
    "card": _CARD,
    "carousel": _block({"elements": many(by_type({"card": _CARD}), 10)}, {}),
    "context": _block(
        {
            "elements": many(
                by_type(
                    {"image": ELEMENTS["image"], "mrkdwn": text(3000), "plain_text": text(3000)}
                ),
                10,
            )
        },
        {},
    ),
    "context_actions": _block(
        {"elements": many(element({"feedback_buttons", "icon_button"}), 5)}, {}
    ),
    "data_table": _block(
        {"caption": string(None, 1, counted=True), "rows": many(many(_CELL, 20), 101, 2)},
        {"page_size": number(1, 100), "row_header_column_index": number(0, 19)},
    ),
    "data_visualization": _block({"title": string(50, 1, counted=True), "chart": CHART}, {}),
    "divider": _block({}, {}),
    "file": _block({"external_id": string(), "source": one_of(("remote",))}, {}),
    "header": _block({"text": text(150, plain=True)}, {}),
    "image": _block(
        {"alt_text": string(2000)},
        {"image_url": string(3000, 1), "slack_file": SLACK_FILE, "title": text(2000, plain=True)},
        one_of=("image_url", "slack_file"),
        not_both=("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": text(2000, plain=True), "element": element(IN_INPUT)},
        {"hint": text(2000, plain=True), "dispatch_action": flag, "optional": flag},
    ),
    "markdown": _block({"text": _markdown}, {}),
    "plan": _block(
        {"title": string(None, 1, counted=True)},
        {"tasks": many(by_type({"task_card": _TASK}), None, 0)},
    ),
    "rich_text": _RICH,
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": many(text(2000), 10),
            "accessory": element(IN_SECTION),
            "expand": flag,
        },
        one_of=("text", "fields"),
    ),
    "table": _table,
    "task_card": _TASK,
    "video": _block(
        {
            "alt_text": string(),
            "video_url": string(),
            "thumbnail_url": string(),
            "title": text(199, plain=True),
        },
        {
            "title_url": string(),
            "description": text(200, plain=True),
            "provider_icon_url": string(),
            "provider_name": string(),
            "author_name": string(49),
        },
    ),
}
_IN_CONTAINER = STAND_IN["message"] - {"container"}
BLOCKS["container"] = _block(
    {"child_blocks": many(by_type(BLOCKS, _IN_CONTAINER), 10)},
    {
        "title": text(150, plain=True),
        "rich_text_title": _RICH_TEXT,
        "subtitle": text(150),
        "width": one_of(("narrow", "standard", "wide", "full")),
        "icon": _IMAGE,
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    one_of=("title", "rich_text_title"),
)


def examine(blocks: Any, surface: Surface, where: str = "/blocks") -> Report:
    """Everything that is wrong with blocks on a surface."""
    report = Report(surface)
    least = 0 if surface == "message" else 1
    many(by_type(BLOCKS, STAND_IN[surface]), MOST_BLOCKS[surface], least)(blocks, where, report)
    return report


def check_message_blocks(blocks: Any) -> list[Json]:
    """The blocks of a message, each with a block_id. Raises SlackError as Slack would."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    report = examine(blocks, "message")
    if report.tables > 1:
        raise SlackError("invalid_attachments", ["[ERROR] only_one_table_allowed"])
    if report.problems:
        raise SlackError(
            "invalid_blocks",
            [f"[ERROR] {problem}" for problem in report.problems],
            errors=report.problems,
        )
    if report.characters > MOST_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks)


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks as they are kept: every block and every interactive element has its id."""
    kept = []
    for block in blocks:
        one = {**block, "block_id": block.get("block_id") or token_urlsafe(4)[:5]}
        for name in ("accessory", "element"):
            if isinstance(one.get(name), dict):
                one[name] = _with_action_id(one[name])
        if one["type"] in ("actions", "context_actions"):
            one["elements"] = [_with_action_id(element_) for element_ in one["elements"]]
        kept.append(one)
    return kept


def _with_action_id(inner: Json) -> Json:
    if inner.get("type") == "image" or inner.get("action_id"):
        return inner
    return {**inner, "action_id": token_urlsafe(4)[:5]}
