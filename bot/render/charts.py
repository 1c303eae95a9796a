"""Charts that are read on a phone: sales by quarter, health by week."""

from __future__ import annotations

from itertools import pairwise

from bot.render.canvas import BLUE, FAINT, GREEN, INK, ORANGE, PAPER, SOFT, Canvas, width_of
from bot.render.drawings import HealthChart, QuarterSales, RevenueChart
from bot.render.words import said

WIDTH, HEIGHT = 7.2, 5.4
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.45, 6.85, 1.45, 4.65
_BODY = 13.0
_UNITS = {"en": (1_000_000, 1_000), "zh": (100_000_000, 10_000)}
BEFORE = "#c5cbd2"
BANDS = {"green": "#dff1ea", "amber": "#fbf0d3", "red": "#fae3d6"}


def revenue(shown: RevenueChart) -> Canvas:
    """Bars for what was booked, pale ones for the year before, a mark for the plan."""
    canvas = _sheet(said("revenue_title", shown.language, account=shown.account))
    values = [
        value
        for one in shown.quarters
        for value in (one.amount, one.plan, one.year_before)
        if value is not None
    ]
    unit = unit_of(values, shown.language)
    top = max([*values, 0.0]) * 1.12 or 1.0
    name = said(f"unit_{unit}", shown.language) if unit > 1 else ""
    told = said("revenue_unit", shown.language, unit=name, currency=shown.currency).strip()
    _under_title(canvas, [told, said("as_of", shown.language, day=shown.on.isoformat())])
    room = (_RIGHT - _LEFT) / max(len(shown.quarters), 1)
    for number, one in enumerate(shown.quarters):
        _quarter(canvas, one, _LEFT + number * room, room, top, unit)
    canvas.line([(_LEFT, _BOTTOM), (_RIGHT, _BOTTOM)], colour=SOFT, thick=1.2)
    _revenue_legend(canvas, shown)
    return canvas


def _quarter(
    canvas: Canvas, one: QuarterSales, x: float, room: float, top: float, unit: int
) -> None:
    wide = room * 0.4
    high = (_BOTTOM - _TOP) / top
    middle = x + room / 2
    left = middle - wide / 2
    if one.year_before is not None:
        left = middle - wide * 0.9
        canvas.box(
            left, _BOTTOM - one.year_before * high, wide * 0.8, one.year_before * high, fill=BEFORE
        )
        left += wide * 0.8
    canvas.box(left, _BOTTOM - one.amount * high, wide, one.amount * high, fill=BLUE)
    label = plain(one.amount, unit)
    canvas.text(
        left + wide / 2,
        _BOTTOM - one.amount * high - 0.14,
        label,
        _BODY,
        across="center",
        strong=True,
    )
    if one.plan is not None:
        y = _BOTTOM - one.plan * high
        ends = [(left - 0.1, y), (left + wide + 0.1, y)]
        canvas.line(ends, colour=PAPER, thick=4.5, layer=5)
        canvas.line(ends, colour=ORANGE, thick=2.6, layer=6)
    canvas.text(middle, _BOTTOM + 0.2, one.label, _BODY, across="center")


def _revenue_legend(canvas: Canvas, shown: RevenueChart) -> None:
    y, x = HEIGHT - 0.28, _LEFT
    entries = [("booked", BLUE)]
    if any(one.year_before is not None for one in shown.quarters):
        entries.append(("year_before", BEFORE))
    for key, fill in entries:
        canvas.box(x, y - 0.08, 0.2, 0.16, fill=fill)
        x = _word(canvas, x + 0.27, y, said(key, shown.language))
    if any(one.plan is not None for one in shown.quarters):
        canvas.line([(x, y), (x + 0.26, y)], colour=ORANGE, thick=2.6)
        _word(canvas, x + 0.33, y, said("plan", shown.language))
    else:
        canvas.text(_RIGHT, y, said("no_plan", shown.language), 10.5, colour=SOFT, across="right")


def health(shown: HealthChart) -> Canvas:
    """A line over the bands of the colours; a week held down by a warning is marked."""
    title = said("health_title", shown.language, account=shown.account, n=len(shown.weeks))
    canvas = _sheet(title)
    axis = said("health_axis", shown.language)
    _under_title(canvas, [axis, said("as_of", shown.language, day=shown.on.isoformat())])
    left, right = _LEFT + 0.1, _RIGHT - 0.75

    def at(score: float) -> float:
        return _BOTTOM - score / 100 * (_BOTTOM - _TOP)

    bounds = [(0, "red"), (shown.amber_from, "amber"), (shown.green_from, "green"), (100, "")]
    for (low, colour), (high, _) in pairwise(bounds):
        canvas.box(left, at(high), right - left, at(low) - at(high), fill=BANDS[colour])
        word = said(f"band_{colour}", shown.language)
        canvas.text(right + 0.1, (at(low) + at(high)) / 2, word, 12, colour=SOFT)
        if low:
            canvas.text(right + 0.1, at(low), str(low), 10.5, colour=SOFT)
    inner = (right - left - 0.6) / max(len(shown.weeks) - 1, 1)
    places = [
        (left + 0.3 + number * inner, at(one.score) if one.score is not None else None)
        for number, one in enumerate(shown.weeks)
    ]
    for before, after in pairwise(places):
        if before[1] is not None and after[1] is not None:
            ends = [(before[0], before[1]), (after[0], after[1])]
            canvas.line(ends, colour=INK, thick=2.4, layer=4)
    held = ""
    for one, (x, y) in zip(shown.weeks, places, strict=True):
        canvas.text(x, _BOTTOM + 0.2, one.day.strftime("%m-%d"), 11, across="center")
        if y is None or one.score is None:
            canvas.text(x, at(50), "?", _BODY, colour=SOFT, across="center")
            continue
        warned = one.colour != _band(one.score, shown)
        held = one.colour if warned else held
        _point(canvas, x, y, one.colour, warned=warned)
        above = -0.26 if one.score < 92 else 0.26
        canvas.text(x, y + above, str(one.score), _BODY, across="center", strong=True, layer=8)
    _health_legend(canvas, shown, held)
    return canvas


def _band(score: int, shown: HealthChart) -> str:
    if score >= shown.green_from:
        return "green"
    return "amber" if score >= shown.amber_from else "red"


def _point(canvas: Canvas, x: float, y: float, colour: str, *, warned: bool) -> None:
    """A disc; a triangle where a warning holds the colour down."""
    fill = {"green": GREEN, "amber": "#e69f00", "red": ORANGE}.get(colour, FAINT)
    if warned:
        corners = [(x - 0.13, y + 0.1), (x + 0.13, y + 0.1), (x, y - 0.13)]
        canvas.polygon(corners, fill=fill, edge=INK, thick=1.2, layer=6)
    else:
        canvas.disc(x, y, 0.1, fill=fill, edge=INK, thick=1.2, layer=6)


def _health_legend(canvas: Canvas, shown: HealthChart, held: str) -> None:
    y, x = HEIGHT - 0.28, _LEFT + 0.1
    if held:
        _point(canvas, x + 0.13, y, held, warned=True)
        word = said(f"band_{held}", shown.language)
        x = _word(canvas, x + 0.36, y, said("held_down", shown.language, colour=word))
    if any(one.score is None for one in shown.weeks):
        _word(canvas, x, y, "? " + said("too_little", shown.language))


def _sheet(title: str) -> Canvas:
    canvas = Canvas(WIDTH, HEIGHT)
    canvas.fitted(_LEFT, 0.42, title, 19, _RIGHT - _LEFT, strong=True, least=0.7)
    return canvas


def _under_title(canvas: Canvas, parts: list[str]) -> None:
    canvas.fitted(_LEFT, 0.8, "  ·  ".join(parts), 12, _RIGHT - _LEFT, colour=SOFT)


def _word(canvas: Canvas, x: float, y: float, text: str) -> float:
    """Writes a word of a legend; where the next sign may begin."""
    canvas.text(x, y, text, 12)
    return x + width_of(text, 12) + 0.25


def unit_of(values: list[float], language: str) -> int:
    """In which unit amounts are written shortest: one in which the largest is 1 or more."""
    largest = max((abs(value) for value in values), default=0.0)
    return next((unit for unit in _UNITS.get(language, ()) if largest >= unit), 1)


def plain(value: float, unit: int) -> str:
    """A value in that unit, with as many decimals as say something."""
    scaled = value / unit
    decimals = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 1_000 else 0
    text = f"{scaled:,.{0 if unit == 1 else decimals}f}"
    return text.removesuffix(".0")
