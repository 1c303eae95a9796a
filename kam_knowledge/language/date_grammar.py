"""How date words are found, and how neighbours join: a weekday with its date, "the end of".

A language gives patterns for its words; each makes an item. Items next to each other join by what
stands between them. One grammar serves both languages, since notes mix them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kam_knowledge.language.date_spans import (
    Prefer,
    Span,
    Unit,
    day,
    moved,
    nearest,
    unit_of,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What the words are read against: the folded text, the text as written, and the day."""

    text: str
    written: Callable[[int, int], str]
    today: date
    prefer: Prefer

    def before(self, place: int) -> str:
        """The few words in front of a place."""
        return self.text[max(0, place - 40) : place]

    def after(self, place: int) -> str:
        """The few words behind a place."""
        return self.text[place : place + 40]

    def yearless(self, make: Callable[[int], Span | None]) -> Span | None:
        """The span of words that name no year, as the caller prefers."""
        return nearest(make, self.today, self.prefer)


@dataclass(frozen=True, slots=True)
class Item:
    """A date word: a span, or something that makes one of the span that follows."""

    span: Span | None = None
    of_next: Callable[[Span], Span | None] | None = None
    weekday: int | None = None
    day_number: int | None = None
    alone: bool = True
    """Whether it is a date without a neighbour (a bare "of 26" is not)."""


@dataclass(frozen=True, slots=True)
class Found:
    """An item at its place in the folded text."""

    start: int
    end: int
    item: Item


Maker = Callable[["re.Match[str]", Context], Item | None]
Pattern = tuple[re.Pattern[str], Maker]


def scan(patterns: Iterable[Pattern], context: Context) -> list[Found]:
    """The items of the text: from left to right the longest, of equals the first pattern's."""
    candidates: list[tuple[int, int, int, Item]] = []
    for rank, (pattern, make) in enumerate(patterns):
        for match in pattern.finditer(context.text):
            item = make(match, context)
            if item is not None:
                candidates.append((match.start(), -match.end(), rank, item))
    found: list[Found] = []
    taken = 0
    for start, minus_end, _, item in sorted(candidates, key=lambda c: c[:3]):
        if start >= taken:
            found.append(Found(start, -minus_end, item))
            taken = -minus_end
    return found


_TOUCH = re.compile(r"[\s,，]*(?:the |of |in |on |的)?[\s,，(（]*\Z")
_WEEK_DAY = re.compile(r"[\s,，]*(?:on |in |of |的)?(?:the )?\s*\Z")


def join(found: list[Found], context: Context) -> list[Found]:
    """Joins weekdays with their dates and parts ("the end of") with what they are parts of."""
    joined = _of_next(_weekdays(found, context), context)
    return [f for f in joined if f.item.span is not None]


def _of_next(found: list[Found], context: Context) -> list[Found]:
    """Joins "the end of", "two weeks before" with what follows, from right to left."""
    joined: list[Found] = []
    for here in reversed(found):
        after = joined[0] if joined else None
        if here.item.of_next is None or after is None or after.item.span is None:
            joined.insert(0, here)
            continue
        gap = context.text[here.end : after.start]
        made = here.item.of_next(after.item.span) if _TOUCH.fullmatch(gap) else None
        if made is None:
            joined.insert(0, here)
        else:
            joined[0] = Found(here.start, after.end, Item(made))
    return joined


def _weekdays(found: list[Found], context: Context) -> list[Found]:
    """Joins a weekday with the date or the week beside it: Tue May 9, next week on Tuesday."""
    joined: list[Found] = []
    for here in found:
        before = joined[-1] if joined else None
        merged = None
        if before is not None:
            gap = context.text[before.end : here.start]
            if _WEEK_DAY.fullmatch(gap) or _TOUCH.fullmatch(gap):
                merged = _weekday_and(before.item, here.item, context)
        if merged is not None and before is not None:
            end = here.end
            if context.text[before.end : here.start].rstrip().endswith(("(", "（")):
                closing = re.match(r"\s*[)）]", context.text[end:])
                end += closing.end() if closing else 0
            joined[-1] = Found(before.start, end, merged)
        else:
            joined.append(here)
    return joined


def _weekday_and(one: Item, other: Item, context: Context) -> Item | None:
    if (one.weekday is None) == (other.weekday is None):
        return None
    number = one.weekday if one.weekday is not None else other.weekday
    rest = other if one.weekday is not None else one
    assert number is not None
    if rest.day_number is not None:
        found = _weekday_of_month(number, rest.day_number, context)
        return Item(found) if found else None
    span = rest.span
    named = one.span if rest is other else other.span
    if span is None:
        return None
    if span.grain == "week" and (span.end - span.start).days == 6:
        plain = named is None or named.recurs is not None
        return Item(day(span.start + timedelta(days=number))) if plain else None
    if span.grain != "day" or span.start != span.end or span.recurs is not None:
        return None
    if span.in_year is None:
        # "Tuesday, 24 November 2026" is one date, "tomorrow, Monday" on a Friday is two.
        return Item(span) if span.start.weekday() == number else None
    # Tue May 9: the last or the next 9 May, if one of them is a Tuesday. A wrong weekday is
    # likelier than a date years away.
    for year_number in range(context.today.year - 1, context.today.year + 2):
        there = span.in_year(year_number)
        near = there is not None and abs((there.start - context.today).days) <= 366
        if there is not None and near and there.start.weekday() == number:
            return Item(replace(there, in_year=None))
    return Item(replace(span, in_year=None))


def _weekday_of_month(weekday: int, number: int, context: Context) -> Span | None:
    """Monday 21: the month near today in which the 21st is a Monday."""
    today = context.today
    for step in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6):
        if (context.prefer == "past" and step > 0) or (context.prefer == "future" and step < 0):
            continue
        index = today.year * 12 + today.month - 1 + step
        try:
            there = date(index // 12, index % 12 + 1, number)
        except ValueError:
            continue
        if there.weekday() == weekday:
            return day(there)
    return None


def calendar_units(context: Context, unit: Unit, first: int, last: int) -> Span | None:
    """The calendar units from `first` to `last` away from the current one (0), both included."""
    begins = moved(unit_of(context.today, unit).start, first, unit)
    ends = moved(unit_of(context.today, unit).start, last, unit)
    if begins is None or ends is None or ends < begins:
        return None
    return replace(unit_of(begins, unit), end=unit_of(ends, unit).end)


def rolling(context: Context, count: float, unit: Unit) -> Span | None:
    """So many units up to yesterday (negative), or from tomorrow on."""
    one_day = timedelta(days=1)
    if count < 0:
        first = moved(context.today, count, unit)
        return Span(first, context.today - one_day) if first and first < context.today else None
    last = moved(context.today, count, unit)
    return Span(context.today + one_day, last) if last and last > context.today else None
