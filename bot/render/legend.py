"""What the signs of a relationship map mean, laid out in lines below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.render import cards
from bot.render.canvas import FAINT, GREY, INK, PAPER, SOFT, Canvas, width_of
from bot.render.drawings import Bond, RelationshipMap
from bot.render.words import coded, said

SIZE = 8.0
LINE = 0.225
_GAP, _PART = 0.15, 0.3

Sign = Callable[[Canvas, float, float], None]


@dataclass(frozen=True)
class _Entry:
    """A sign and its word; `opens` begins a part."""

    text: str
    sign: Sign | None = None
    wide: float = 0.0
    opens: bool = False

    @property
    def width(self) -> float:
        """Inches at scale 1, with the gap to the next one."""
        sign = self.wide + 0.06 if self.sign else 0.0
        return sign + width_of(self.text, SIZE) + _GAP


class Legend:
    """The legend of a map in so many inches of width; `height` is what it takes."""

    def __init__(
        self, shown: RelationshipMap, names: cards.Names, width: float, scale: float
    ) -> None:
        self._width, self._scale = width, scale
        width /= scale
        parts = [_roles(shown), _stances(shown), _coverage(shown), _layers(shown), _ties(shown)]
        self._lines = _flowed([part for part in parts if len(part) > 1], width)
        ours = _ours(shown, names)
        if len(ours) > 1:
            self._lines += _flowed([ours], width)
        note = "" if shown.inner else said("inner_hidden", shown.language)
        touches = said("map_touches", shown.language, days=shown.window_days)
        told = [_Entry(one) for one in (touches, note) if one]
        self._lines += _flowed([told], width)
        self.height = (len(self._lines) * LINE + 0.1) * scale

    def draw(self, canvas: Canvas, x: float, y: float) -> None:
        """Draws it with its top left corner there."""
        canvas.line([(x, y), (x + self._width, y)], colour=FAINT, thick=0.8)
        with canvas.scaled(x, y, self._scale) as scaled:
            for number, line in enumerate(self._lines):
                middle = 0.1 + (number + 0.5) * LINE
                for at, entry in line:
                    _drawn(scaled, at, middle, entry)


def _drawn(canvas: Canvas, x: float, y: float, entry: _Entry) -> None:
    if entry.sign:
        entry.sign(canvas, x, y)
        x += entry.wide + 0.06
    colour = SOFT if entry.opens or not entry.sign else INK
    canvas.text(x, y, entry.text, SIZE, colour=colour, strong=entry.opens)


def _flowed(parts: list[list[_Entry]], width: float) -> list[list[tuple[float, _Entry]]]:
    """The entries in lines; a part stays on one line where a line holds it."""
    lines: list[list[tuple[float, _Entry]]] = [[]]
    x = 0.0
    for part in parts:
        whole = sum(one.width for one in part)
        if lines[-1] and x + _PART - _GAP + whole - _GAP > width and (whole <= width or x > 0):
            lines.append([])
            x = 0.0
        elif lines[-1]:
            x += _PART - _GAP
        for entry in part:
            if lines[-1] and x + entry.width - _GAP > width:
                lines.append([])
                x = 0.0
            lines[-1].append((x, entry))
            x += entry.width
    return [line for line in lines if line]


def _heading(key: str, shown: RelationshipMap) -> _Entry:
    return _Entry(said(key, shown.language), opens=True)


def _roles(shown: RelationshipMap) -> list[_Entry]:
    held = {one.role for one in shown.people}
    known = [code for code in _ROLES if code in held]

    def sign(code: str) -> Sign:
        return lambda canvas, x, y: cards.role(canvas, x + 0.1, y, code, shown.language)

    return [
        _heading("legend_role", shown),
        *(_Entry(coded("role", code, shown.language), sign(code), 0.2) for code in known),
    ]


_ROLES = (
    "decision_maker", "economic_buyer", "champion", "influencer", "gatekeeper", "user", "blocker",
)  # fmt: skip


def _stances(shown: RelationshipMap) -> list[_Entry]:
    if not shown.inner:
        return []

    def sign(code: str) -> Sign:
        return lambda canvas, x, y: cards.stance(canvas, x + 0.07, y, code)

    return [
        _heading("legend_stance", shown),
        *(
            _Entry(coded("support", code, shown.language), sign(code), 0.14)
            for code in cards.STANCES
        ),
    ]


def _coverage(shown: RelationshipMap) -> list[_Entry]:
    if not shown.inner:
        return []

    def sign(code: str) -> Sign:
        return lambda canvas, x, y: cards.coverage(canvas, x, y - 0.1, code)

    return [
        _heading("legend_coverage", shown),
        *(
            _Entry(coded("coverage", code, shown.language), sign(code), 0.07)
            for code in cards.STEPS
        ),
    ]


def _layers(shown: RelationshipMap) -> list[_Entry]:
    held = [one for one in ("key", "general", "organisational") if _has(shown, one)]

    def sign(code: str) -> Sign:
        return lambda canvas, x, y: cards.frame(canvas, x, y - 0.07, 0.24, 0.14, code)

    return [
        _heading("legend_frame", shown),
        *(_Entry(coded("layer", code, shown.language), sign(code), 0.24) for code in held),
    ]


def _has(shown: RelationshipMap, layer: str) -> bool:
    return any(one.layer == layer for one in shown.people)


def _ties(shown: RelationshipMap) -> list[_Entry]:
    def sign(fill: str, edge: str) -> Sign:
        return lambda canvas, x, y: canvas.box(
            x, y - 0.06, 0.2, 0.12, fill=fill, edge=edge, thick=0.7, round_by=0.04, layer=4
        )

    def assumed(canvas: Canvas, x: float, y: float) -> None:
        canvas.box(
            x, y - 0.06, 0.2, 0.12, fill=PAPER, edge=cards.NAVY, thick=0.7,
            style=cards.DASHED, round_by=0.04, layer=4,
        )  # fmt: skip

    entries = [_heading("legend_known", shown)]
    for least, fill, _ in reversed(cards.TONES):
        edge = cards.NAVY if least else GREY
        entries.append(_Entry(said(f"legend_known_{least}", shown.language), sign(fill, edge), 0.2))
    if any(not bond.entered for one in shown.people for bond in one.bonds):
        entries.append(_Entry(said("legend_assumed", shown.language), assumed, 0.2))
    return entries


def _ours(shown: RelationshipMap, names: cards.Names) -> list[_Entry]:
    entries = [_heading("legend_ours", shown)]
    for one in shown.ours:
        short = names.of[one.key]
        seat = coded("seat", one.seat, shown.language) if one.seat else ""
        text = ", " if shown.language == "en" else "，"
        told = one.name + (text + seat if seat else "")
        bond = Bond(one.key, 0, entered=True)
        wide = cards.chip_width(short, bond)

        def sign(canvas: Canvas, x: float, y: float, short: str = short, bond: Bond = bond) -> None:
            cards.chip(canvas, x, y, short, bond)

        entries.append(_Entry(told, sign, wide))
    return entries
