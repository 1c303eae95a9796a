"""Spans of days: weeks, months, quarters and what lies before or after them.

Weeks are ISO weeks (Monday first). Both ends of a span belong to it.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "half", "year", "fiscal"]
Prefer = Literal["past", "future", "none"]
Relation = Literal["on", "since", "after", "by", "before"]
Unit = Literal["day", "business_day", "week", "fortnight", "month", "quarter", "half", "year"]


@dataclass(frozen=True, slots=True)
class Span:
    """The days from start to end, and what kind of words said so."""

    start: date
    end: date
    grain: Grain = "day"
    vague: bool = False
    relation: Relation = "on"
    in_year: Callable[[int], Span | None] | None = None
    """The same words in another year, where they named none (5 May)."""
    recurs: timedelta | None = None
    """How soon the same words come again (a weekday: a week)."""


def day(when: date, *, vague: bool = False) -> Span:
    """One day."""
    return Span(when, when, vague=vague)


def week(when: date) -> Span:
    """The ISO week that holds a day."""
    monday = when - timedelta(days=when.weekday())
    return Span(monday, monday + timedelta(days=6), "week")


def weekend(when: date) -> Span:
    """Saturday and Sunday of the ISO week that holds a day."""
    monday = when - timedelta(days=when.weekday())
    return Span(monday + timedelta(days=5), monday + timedelta(days=6))


def month(year: int, number: int) -> Span | None:
    """A calendar month; None for a month or year that there is not."""
    if not 1 <= number <= 12 or not 1 <= year <= 9998:
        return None
    last = calendar.monthrange(year, number)[1]
    return Span(date(year, number, 1), date(year, number, last), "month")


def months(year: int, first: int, last: int, grain: Grain) -> Span | None:
    """The months first … last of one year."""
    begins, ends = month(year, first), month(year, last)
    return Span(begins.start, ends.end, grain) if begins and ends else None


def quarter(year: int, number: int) -> Span | None:
    """A calendar quarter, 1 to 4."""
    return months(year, 3 * number - 2, 3 * number, "quarter") if 1 <= number <= 4 else None


def half(year: int, number: int) -> Span | None:
    """A half of a calendar year, 1 or 2."""
    return months(year, 6 * number - 5, 6 * number, "half") if 1 <= number <= 2 else None


def year(number: int) -> Span | None:
    """A calendar year."""
    return months(number, 1, 12, "year")


def on(year_number: int, month_number: int, day_number: int) -> date | None:
    """A day, or None if there is none such."""
    try:
        return date(year_number, month_number, day_number)
    except ValueError:
        return None


def unit_of(when: date, unit: Unit) -> Span:
    """The calendar week, month, quarter, half or year (else the day) that holds a day."""
    found: Span | None = None
    if unit == "week":
        found = week(when)
    elif unit == "fortnight":
        first = week(when)
        found = replace(first, end=first.end + timedelta(days=7))
    elif unit == "month":
        found = month(when.year, when.month)
    elif unit == "quarter":
        found = quarter(when.year, (when.month + 2) // 3)
    elif unit == "half":
        found = half(when.year, (when.month + 5) // 6)
    elif unit == "year":
        found = year(when.year)
    return found or day(when)


def moved(when: date, count: float, unit: Unit) -> date | None:
    """The day so many units later (earlier if negative); None beyond the calendar.

    A month later than 31 January is the last day of February; half a month is 15 days.
    """
    try:
        if unit == "business_day":
            return _business_days(when, int(count))
        if unit in ("day", "week", "fortnight"):
            length = {"day": 1, "week": 7, "fortnight": 14}[unit]
            return when + timedelta(days=round(count * length))
        total = count * {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
        whole = int(total)
        index = when.year * 12 + when.month - 1 + whole
        year_number, month_number = index // 12, index % 12 + 1
        last = calendar.monthrange(year_number, month_number)[1]
        moved_to = date(year_number, month_number, min(when.day, last))
        return moved_to + timedelta(days=round((total - whole) * 30))
    except (OverflowError, ValueError):
        return None


def _business_days(when: date, count: int) -> date:
    step = timedelta(days=1 if count >= 0 else -1)
    left = min(abs(count), 10_000)
    while left:
        when += step
        left -= when.weekday() < 5
    return when


def nearest(
    make: Callable[[int], Span | None], today: date, prefer: Prefer, within: int = 8
) -> Span | None:
    """The year's reading of words without a year that `prefer` asks for.

    past: the latest that has begun; future: the earliest that is not over; none: the nearest.
    """
    years = range(max(1, today.year - within), min(9998, today.year + within) + 1)
    spans = [span for span in map(make, years) if span is not None]
    if prefer == "past":
        begun = [span for span in spans if span.start <= today]
        found = begun[-1] if begun else None
    elif prefer == "future":
        found = next((span for span in spans if span.end >= today), None)
    else:
        found = min(spans, key=lambda span: _distance(span, today), default=None)
    return replace(found, in_year=make) if found else None


def _distance(span: Span, today: date) -> tuple[int, int]:
    if span.start <= today <= span.end:
        return (0, 0)
    away = (span.start - today).days if span.start > today else (today - span.end).days
    return (away, int(span.start < today))


def weekday_near(number: int, today: date, prefer: Prefer) -> Span:
    """A weekday named alone: today or the next such day; with `past`, today or the last one."""
    ahead = (number - today.weekday()) % 7
    if prefer == "past" and ahead:
        ahead -= 7
    return replace(day(today + timedelta(days=ahead)), recurs=timedelta(days=7))


def day_of_month(number: int, today: date, prefer: Prefer) -> Span | None:
    """ "The 5th": of this month or the next one that has such a day; with `past`, the last one."""
    steps = range(13) if prefer != "past" else range(0, -13, -1)
    for step in steps:
        index = today.year * 12 + today.month - 1 + step
        found = on(index // 12, index % 12 + 1, number)
        if found and (found <= today if prefer == "past" else found >= today):
            return day(found)
    return None


def part(of: Span, which: str) -> Span:
    """The early, mid or late part of a span; the `end` of one is a deadline: its last days.

    Months part at the 10th and 20th (上旬, 中旬, 下旬), years by thirds, others by halves.
    """
    first, last = of.start, of.end
    length = (last - first).days + 1
    if of.grain == "month" and 28 <= length <= 31:
        cuts = (10, 20)
    elif of.grain == "year" and 365 <= length <= 366:
        cuts = ((date(first.year, 5, 1) - first).days, (date(first.year, 9, 1) - first).days)
    elif length < 3:
        return replace(of, vague=True)
    else:
        cuts = (length // 3, length - length // 3)
    if which == "early":
        last = first + timedelta(days=cuts[0] - 1)
    elif which == "mid":
        first, last = first + timedelta(days=cuts[0]), first + timedelta(days=cuts[1] - 1)
    else:
        first = first + timedelta(days=cuts[1])
    remade = None
    if of.in_year is not None:
        whole = of.in_year

        def remade(year_number: int) -> Span | None:
            again = whole(year_number)
            return part(again, which) if again else None

    return Span(first, last, of.grain, vague=True, in_year=remade)
