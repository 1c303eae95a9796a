"""The YAML block with which a file may begin."""

from __future__ import annotations

import re
from typing import Any

_MAX_CHARACTERS = 16_384
_MOST_BRACKETS = 200
_OPENING = re.compile(r"\s{0,40}---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_SIMPLE_LINE = re.compile(r"([A-Za-z\u3400-\u9fff][\w \u3400-\u9fff-]{0,39})[ \t]*[:：][ \t]*(.*)")


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(the front matter, the text after it); ({}, text) where the text has none.

    Keys are stripped and in lower case; scalars are strings as written ("2026-11-12", "NO",
    "007"), lists and mappings hold strings; keys without a value are left out. A block between
    two rules that is not a mapping is text, not front matter. Never raises.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return {}, text
    closing = _CLOSING.search(text, opening.end(), opening.end() + _MAX_CHARACTERS)
    if closing is None:
        return {}, text
    block = text[opening.end() : closing.start()]
    values = _as_mapping(block)
    if values is None:
        return {}, text
    return values, text[closing.end() :]


def _as_mapping(block: str) -> dict[str, Any] | None:
    import yaml

    class Loader(yaml.BaseLoader):
        """Strings only, and no aliases: a block of aliases can grow without bound."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise yaml.YAMLError("an alias")
            return super().compose_node(parent, index)

    if block.count("[") + block.count("{") > _MOST_BRACKETS:
        return None  # nested to be slow, not to be read
    try:
        loaded = yaml.load(block, Loader=Loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        loaded = _as_simple_lines(block)
    if not isinstance(loaded, dict):
        return None
    return {
        str(key).strip().lower(): value.strip() if isinstance(value, str) else value
        for key, value in loaded.items()
        if value not in ("", "~", "null", [], {})
    }


def _as_simple_lines(block: str) -> dict[str, Any] | None:
    """`title: Review: the second half` is no YAML, and is what people write."""
    values: dict[str, Any] = {}
    for line in block.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _SIMPLE_LINE.fullmatch(line.rstrip())
        if match is None:
            return None
        value = match.group(2).strip()
        if value.startswith("[") and value.endswith("]"):
            values[match.group(1)] = [v.strip(" '\"") for v in value[1:-1].split(",")]
        else:
            values[match.group(1)] = value.strip("'\"")
    return values or None
