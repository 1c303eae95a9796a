"""What stands on which slide: texts and tables cut so that each fits, by what they measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.render.documents.content import Chapter, Figure, Grid, Paragraph, Runs
from bot.render.documents.fitting import columns, high, unwrapped, wrapped
from bot.render.documents.slide_master import BOTTOM, INSET, ROOM, TOP

SIZES = {"heading": 15.0, "subheading": 13.0, "text": 13.0, "item": 13.0, "subitem": 12.0}
BEFORE = {"heading": 9.0, "subheading": 6.0, "text": 3.0, "item": 3.5, "subitem": 2.0}
"""Points of each kind of paragraph, and the points above it."""
INDENT = {"item": 0.22, "subitem": 0.5}
CELL, CELL_PAD, CELL_GAP = 10.5, 0.08, 0.04
"""A table's letters in points, the room beside and above them in inches."""
UNDER = 0.25
"""Inches between a table and the text below it."""
_BODY_ROOM = BOTTOM - TOP - 2 * INSET


@dataclass
class Slide:
    """What stands on one slide below its title; text stands below a table where there is room."""

    topic: str = ""
    table: Grid | None = None
    text: Sequence[Paragraph] = ()
    figure: Figure | None = None


def slides_of(chapter: Chapter) -> list[Slide]:
    """Tables and text in the chapter's order, then its pictures on slides of their own."""
    slides: list[Slide] = []
    pending: list[Paragraph] = []
    for block in chapter.blocks:
        if isinstance(block, Paragraph):
            pending.append(block)
        elif isinstance(block, Grid):
            headed = bool(pending) and pending[-1].kind in ("heading", "subheading")
            topic = pending.pop().text if headed else ""
            _add_text(slides, pending)
            slides += [Slide(topic, part) for part in _parts(block)]
            pending = []
    _add_text(slides, pending)
    figures = [block for block in chapter.blocks if isinstance(block, Figure)]
    return slides + [Slide(one.title, figure=one) for one in figures]


def _add_text(slides: list[Slide], paragraphs: Sequence[Paragraph]) -> None:
    """Begins below the table of the last slide where that leaves room, else on a new one."""
    last = slides[-1] if slides else None
    rest = _BODY_ROOM
    if last is not None and last.table is not None:
        rest -= table_height(last.table) + UNDER
        first, *pages = _pages(paragraphs, rest) or [[]]
        last.text = first
    else:
        pages = _pages(paragraphs, rest)
    slides += [Slide(text=page) for page in pages if page]


def table_height(table: Grid) -> float:
    """Inches that the whole table takes."""
    rows = [table.heads, *table.rows]
    widths = columns(rows, CELL, ROOM, 2 * CELL_PAD)
    return sum(row_height(row, widths) for row in rows)


def _pages(paragraphs: Sequence[Paragraph], first: float) -> list[list[Paragraph]]:
    """The paragraphs on as many slides as they take; a heading goes with what it is above. The
    first page has so many inches: it stays empty where nothing fits there."""
    pages: list[list[Paragraph]] = []
    page: list[Paragraph] = []
    used, room = 0.0, first
    for one in _whole(paragraphs, _BODY_ROOM):
        takes = _height(one)
        if used + takes > room:
            held: list[Paragraph] = []
            while page and _leads_to(page[-1], held[0] if held else one):
                held.insert(0, page.pop())
            pages.append(page)
            page, used, room = held, sum(map(_height, held)), _BODY_ROOM
        page.append(one)
        used += takes
    return [*pages, page] if page else pages


def _leads_to(one: Paragraph, following: Paragraph) -> bool:
    """Whether the two stand on one slide: a heading and what is below it, an item and the first
    item under it."""
    under = one.kind == "item" and following.kind == "subitem"
    return under or one.kind in ("heading", "subheading")


def _whole(paragraphs: Iterable[Paragraph], room: float) -> Iterable[Paragraph]:
    """Paragraphs, those longer than half a slide in parts."""
    for one in paragraphs:
        most = int(room / 2 / high(1, SIZES[one.kind]))
        lines = _lines(one)
        for start in range(0, len(lines), most):
            part = unwrapped(lines[start : start + most]) if len(lines) > most else one.runs
            yield Paragraph(one.kind, part)


def _lines(one: Paragraph) -> list[Runs]:
    room = ROOM - 2 * INSET - INDENT.get(one.kind, 0.0)
    size = SIZES[one.kind] * (1.06 if one.kind in ("heading", "subheading") else 1.0)
    return wrapped(one.runs, size, room)


def _height(one: Paragraph) -> float:
    return high(len(_lines(one)), SIZES[one.kind]) + BEFORE[one.kind] / 72


def _parts(grid: Grid) -> list[Grid]:
    """The table in parts that fit on a slide each; a row too high for one is cut in two."""
    widths = columns([grid.heads, *grid.rows], CELL, ROOM, 2 * CELL_PAD)
    head = row_height(grid.heads, widths)
    room = BOTTOM - TOP - head
    parts: list[list[tuple[Runs, ...]]] = [[]]
    used = 0.0
    for row in grid.rows:
        for piece in _pieces(row, widths, room):
            takes = row_height(piece, widths)
            if parts[-1] and used + takes > room:
                parts.append([])
                used = 0.0
            parts[-1].append(piece)
            used += takes
    return [Grid(grid.heads, tuple(part)) for part in parts]


def row_height(row: Sequence[Runs], widths: Sequence[float]) -> float:
    """Inches of a row in columns of those widths."""
    most = max(map(len, _cells(row, widths)))
    return high(most, CELL) + 2 * CELL_GAP


def _cells(row: Sequence[Runs], widths: Sequence[float]) -> list[list[Runs]]:
    return [
        wrapped(cell, CELL, across - 2 * CELL_PAD) for cell, across in zip(row, widths, strict=True)
    ]


def _pieces(
    row: tuple[Runs, ...], widths: Sequence[float], room: float
) -> Iterable[tuple[Runs, ...]]:
    if row_height(row, widths) <= room:
        return [row]
    cells = _cells(row, widths)
    most = int((room - 2 * CELL_GAP) / high(1, CELL))
    starts = range(0, max(map(len, cells)), most)
    return [tuple(unwrapped(cell[start : start + most]) for cell in cells) for start in starts]
