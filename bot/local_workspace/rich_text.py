"""Rich text: sections, lists, quotes, preformatted text and what stands in them."""

from __future__ import annotations

from bot.local_workspace.block_rules import (
    Check,
    Shape,
    anything,
    by_type,
    flag,
    many,
    number,
    one_of,
    string,
)

_STYLES = (
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
)
_STYLE = Shape({}, dict.fromkeys(_STYLES, flag))
_STYLED: dict[str, Check] = {"style": _STYLE}

_PARTS: dict[str, Check] = {
    "text": Shape({"text": string(None, 1, counted=True)}, _STYLED),
    "link": Shape(
        {"url": string(3000, 1)}, {**_STYLED, "text": string(counted=True), "unsafe": flag}
    ),
    "emoji": Shape(
        {"name": string(None, 1)}, {**_STYLED, "unicode": string(), "skin_tone": number()}
    ),
    "channel": Shape({"channel_id": string()}, _STYLED),
    "user": Shape({"user_id": string()}, _STYLED),
    "usergroup": Shape({"usergroup_id": string()}, _STYLED),
    "team": Shape({"team_id": string()}, _STYLED),
    "broadcast": Shape({"range": one_of(("here", "channel", "everyone"))}, _STYLED),
    "color": Shape({"value": string()}, _STYLED),
    "date": Shape(
        {"timestamp": anything, "format": string()},
        {**_STYLED, "url": string(), "fallback": string()},
    ),
}
_IN_LINE = many(by_type(_PARTS), None, 0)
_SECTION = Shape({"elements": _IN_LINE}, {})

RICH_TEXT: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": Shape({"elements": _IN_LINE}, {"border": number(0, 1)}),
    "rich_text_preformatted": Shape(
        {"elements": many(by_type(_PARTS, ("text", "link")), None, 0)},
        {"border": number(0, 1), "language": string()},
    ),
    "rich_text_list": Shape(
        {
            "elements": many(by_type({"rich_text_section": _SECTION})),
            "style": one_of(("bullet", "ordered")),
        },
        {"indent": number(0, 8), "offset": number(0), "border": number(0, 1)},
    ),
}
