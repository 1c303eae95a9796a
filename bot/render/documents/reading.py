"""The lines of a section, as they are written in Markdown, read as blocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby

from bot.render.documents.content import Block, Grid, Paragraph, Run, Runs

_HEADING = re.compile(r"#{1,6}\s+(.+)|\*\*([^*]+)\*\*")
_SUBHEADING = re.compile(r"\*([^*]+)\*")
_ITEM = re.compile(r"(\s*)[-*•]\s+(.+)")
_RULE = re.compile(r"\|(\s*:?-{3,}:?\s*\|)+")
_INLINE = re.compile(r"\*\*(.+?)\*\*|(?<!\[)\[(\d+)\]")


def blocks_of(lines: Iterable[str], numbers: Collection[int] = ()) -> tuple[Block, ...]:
    """The lines as headings, paragraphs, lists and tables; `numbers` are those of the sources."""
    found: list[Block] = []
    kept = [line.rstrip() for line in lines if line.strip()]
    for is_row, group in groupby(kept, key=lambda line: _is_row(line)):
        if is_row:
            found.append(_grid(list(group), numbers))
        else:
            found += [_paragraph(line, numbers) for line in group]
    return tuple(found)


def _is_row(line: str) -> bool:
    return line.startswith("| ") and line.endswith("|")


def _paragraph(line: str, numbers: Collection[int]) -> Paragraph:
    if found := _HEADING.fullmatch(line):
        return Paragraph("heading", (Run(found[1] or found[2]),))
    if found := _SUBHEADING.fullmatch(line):
        return Paragraph("subheading", (Run(found[1]),))
    if found := _ITEM.fullmatch(line):
        kind = "subitem" if len(found[1]) > 1 else "item"
        return Paragraph(kind, runs_of(found[2], numbers))  # type: ignore[arg-type]
    return Paragraph("text", runs_of(line.strip(), numbers))


def _grid(lines: list[str], numbers: Collection[int]) -> Grid:
    """Rows shorter than the head are filled up, longer ones keep what is too much in the last."""
    cells = [
        [runs_of(cell.strip(), numbers) for cell in line.strip().strip("|").split("|")]
        for line in lines
        if not _RULE.fullmatch(line)
    ]
    heads, wide = cells[0], len(cells[0])
    rows = []
    for row in cells[1:]:
        last = tuple(run for cell in row[wide - 1 :] for run in cell)
        rows.append((*row[: wide - 1], *((),) * max(0, wide - 1 - len(row)), last))
    return Grid(tuple(heads), tuple(rows))


def runs_of(text: str, numbers: Collection[int] = ()) -> Runs:
    """The text with what is strong in it and the markers of its sources apart."""
    return tuple(run for run in _runs(text, numbers) if run.text)


def _runs(text: str, numbers: Collection[int]) -> Iterator[Run]:
    place = 0
    for found in _INLINE.finditer(text):
        mark = int(found[2]) if found[2] else None
        if mark is not None and mark not in numbers:
            continue
        before = text[place : found.start()]
        # Between two markers a space lets a line break.
        yield Run(before or (" " if mark is not None and place else ""))
        yield Run(found[1], strong=True) if found[1] else Run(f"[{mark}]", mark=mark)
        place = found.end()
    yield Run(text[place:])
