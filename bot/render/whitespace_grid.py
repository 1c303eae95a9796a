"""The whitespace grid: units by products, ours, a rival's, or open (S4-1)."""

from __future__ import annotations

from bot.render.canvas import BLUE, FAINT, GREY, INK, ORANGE, PAPER, SOFT, Canvas, width_of
from bot.render.charts import plain, unit_of
from bot.render.drawings import GridCell, WhitespaceGrid
from bot.render.words import said

EDGE = 0.4
HIGH = 0.72
_HEAD = 0.62
_TOP = 1.1
FILLS = {"ours": "#d5e6f3", "competitor": "#f8dfd0", "open": PAPER, "not_applicable": "#eef0f2"}
_SALEABLE = ("competitor", "open")
_MARGINS = {"ours": BLUE, "competitor": ORANGE, "open": GREY, "not_applicable": FAINT}


def draw(shown: WhitespaceGrid) -> Canvas:
    """Units down, products across; every cell says its state in a word and by its frame."""
    first = min(2.1, max(1.1, *(width_of(unit, 12) + 0.2 for unit in shown.units)))
    wide = max(1.35, (7.2 - 2 * EDGE - first) / max(len(shown.products), 1))
    width = 2 * EDGE + first + wide * len(shown.products)
    height = _TOP + _HEAD + HIGH * len(shown.units) + 0.75
    canvas = Canvas(width, height)
    room = width - 2 * EDGE
    title = said("grid_title", shown.language, account=shown.account)
    canvas.fitted(EDGE, 0.4, title, 19, room, strong=True, least=0.7)
    potentials = [cell.potential for cell in shown.cells if cell.potential]
    unit = unit_of(potentials, shown.language)
    below = [said("as_of", shown.language, day=shown.on.isoformat())]
    if potentials:
        name = said(f"unit_{unit}", shown.language) if unit > 1 else ""
        told = said("grid_unit", shown.language, unit=name, currency=shown.currency)
        below.insert(0, " ".join(told.split()))
    canvas.fitted(EDGE, 0.76, "  ·  ".join(below), 12, room, colour=SOFT)
    cells = {(cell.unit, cell.product): cell for cell in shown.cells}
    for column, product in enumerate(shown.products):
        _product(canvas, EDGE + first + column * wide, wide, product)
    for row, name in enumerate(shown.units):
        y = _TOP + _HEAD + row * HIGH
        canvas.fitted(EDGE, y + HIGH / 2, name, 12, first - 0.12, least=0.75, strong=True)
        for column, product in enumerate(shown.products):
            cell = cells.get((name, product))
            _cell(canvas, EDGE + first + column * wide, y, wide, cell, shown.language, unit)
    _legend(canvas, shown, height - 0.34)
    return canvas


def _product(canvas: Canvas, x: float, wide: float, product: str) -> None:
    """A product's name, on two lines where one does not hold it."""
    lines = _in_two(product, 11.5, wide - 0.1)
    for number, line in enumerate(lines):
        y = _TOP + _HEAD - 0.16 - (len(lines) - 1 - number) * 0.2
        canvas.fitted(x + wide / 2, y, line, 11.5, wide - 0.1, across="center", least=0.8)


def _in_two(text: str, size: float, room: float) -> list[str]:
    if width_of(text, size) <= room:
        return [text]
    breaks = [place for place, one in enumerate(text) if one == " "] or [len(text) // 2]
    place = min(breaks, key=lambda one: abs(one - len(text) / 2))
    return [text[:place].strip(), text[place:].strip()]


def _cell(
    canvas: Canvas, x: float, y: float, wide: float, cell: GridCell | None, language: str, unit: int
) -> None:
    gap = 0.045
    if cell is None:
        canvas.text(x + wide / 2, y + HIGH / 2, "–", 12, colour=GREY, across="center")
        return
    state = cell.state if cell.state in FILLS else "open"
    frame(canvas, x + gap, y + gap, wide - 2 * gap, HIGH - 2 * gap, state)
    word = cell.rival if state == "competitor" and cell.rival else said(f"cell_{state}", language)
    below = plain(cell.potential, unit) if cell.potential and state in _SALEABLE else ""
    if cell.worked and state == "open":
        word = said("cell_worked", language)
    bar = 0.07 if state == "competitor" else 0.0
    middle = x + (wide + bar) / 2
    up = 0.12 if below else 0.0
    canvas.fitted(
        middle, y + HIGH / 2 - up, word, 11.5, wide - 0.22 - bar, across="center",
        strong=state != "not_applicable", colour=SOFT if state == "not_applicable" else INK,
        least=0.75,
    )  # fmt: skip
    canvas.fitted(
        middle,
        y + HIGH / 2 + 0.14,
        below,
        10.5,
        wide - 0.18 - bar,
        across="center",
        colour=SOFT,
        least=0.7,
    )


def frame(canvas: Canvas, x: float, y: float, wide: float, high: float, state: str) -> None:
    """Ours full, a rival's with a bar at its side, open with a dashed edge."""
    style = (0, (4, 3)) if state == "open" else "-"
    canvas.box(
        x,
        y,
        wide,
        high,
        fill=FILLS[state],
        edge=_MARGINS[state],
        thick=1.2,
        style=style,
        round_by=0.05,
    )
    if state == "competitor":
        canvas.box(x, y + 0.02, 0.07, high - 0.04, fill=ORANGE, layer=3)


def _legend(canvas: Canvas, shown: WhitespaceGrid, y: float) -> None:
    x = EDGE
    held = {cell.state if cell.state in FILLS else "open" for cell in shown.cells}
    for state in FILLS:
        if state in held:
            frame(canvas, x, y - 0.09, 0.26, 0.18, state)
            text = said(f"cell_{state}", shown.language)
            canvas.text(x + 0.33, y, text, 11)
            x += 0.33 + width_of(text, 11) + 0.24
    if len(shown.cells) < len(shown.units) * len(shown.products):
        canvas.text(x, y, "– " + said("cell_unknown", shown.language), 11)
