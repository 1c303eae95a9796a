"""Tables of an answer's markdown as Slack's table blocks; as lines where they do not fit one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS, ROWS = 20, 100
"""Slack's limits, the head included."""
_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*")
_BETWEEN = re.compile(r"(?<!\\)\|")
_MARKS = str.maketrans({"`": "ˋ"})
_FORGES = re.compile(r"<(?=[!@#]|https?:|mailto:)")
_NUMBER = re.compile(r"[-+−]?[\d.,  ]+(?:[%万亿]| ?[A-Z]{3})?(?:\s*\[\d+\])*")
_NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """A head and its rows, every row as wide as the head."""

    rows: tuple[tuple[str, ...], ...]

    @property
    def lines(self) -> str:
        """The table where there are no tables: its head in bold, a line for each row."""
        head, *rows = (" · ".join(row) for row in self.rows)
        return "\n".join((f"**{head.replace('*', '')}**", *(f"- {row}" for row in rows)))


def parts_of(markdown: str) -> list[str | Table]:
    """The markdown's texts and tables in order."""
    found: list[str | Table] = []
    text: list[str] = []
    lines = markdown.split("\n")
    at = 0
    while at < len(lines):
        table, after = _table(lines, at)
        if table is None:
            text.append(lines[at])
            at += 1
            continue
        found += ["\n".join(text), table]
        text, at = [], after
    found.append("\n".join(text))
    return [one for one in found if isinstance(one, Table) or one.strip()]


def fitting(table: Table, fits: Callable[[Table], bool]) -> list[Table | str]:
    """The table in as many pieces as halving its rows finds, each under the same head; as lines
    where it is too wide, or one row of it is too much."""
    head, *rows = table.rows
    if len(head) > COLUMNS:
        return [table.lines]
    if len(rows) < ROWS and fits(table):
        return [table]
    if len(rows) < 2:
        return [table.lines]
    half = len(rows) // 2
    return [
        piece
        for some in (rows[:half], rows[half:])
        for piece in fitting(Table((head, *some)), fits)
    ]


def block(table: Table) -> dict[str, Any]:
    """The table as a block; columns of figures stand to the right."""
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": _shown(one)} for one in row] for row in table.rows],
        "column_settings": [
            {"align": "right" if _are_figures(column) else "left", "is_wrapped": True}
            for column in zip(*table.rows[1:], strict=True)
        ]
        or [{"is_wrapped": True}] * len(table.rows[0]),
    }


def _table(lines: Sequence[str], at: int) -> tuple[Table | None, int]:
    """The table that begins on this line, and the line behind it."""
    if at + 1 >= len(lines) or "|" not in lines[at] or not _RULE.fullmatch(lines[at + 1]):
        return None, at
    head = _cells(lines[at])
    if len(head) != len(_cells(lines[at + 1])):
        return None, at
    rows, after = [head], at + 2
    while after < len(lines) and "|" in lines[after]:
        cells = _cells(lines[after])
        if len(cells) > len(head):  # what a row has too much of stays in its last cell
            cells = [*cells[: len(head) - 1], " | ".join(cells[len(head) - 1 :])]
        rows.append([*cells, *[""] * (len(head) - len(cells))])
        after += 1
    return Table(tuple(tuple(row) for row in rows)), after


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [one.strip().replace("\\|", "|") for one in _BETWEEN.split(inner)]


def _shown(cell: str) -> str:
    """What stands in a cell: letters, for a cell knows no marks; no token of Slack's among them."""
    text = cell.replace("**", "").translate(_MARKS).strip()
    return _FORGES.sub("‹", text) or _NOTHING


def _are_figures(column: Sequence[str]) -> bool:
    return all(_NUMBER.fullmatch(one.replace("**", "").strip() or "0") for one in column)
