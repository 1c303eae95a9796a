"""English words for weeks, months, quarters and years and distances from a day.

"Last week", "next quarter" are calendar units; "the last 3 months" are the months up to
yesterday, "the next 30 days" begin tomorrow, and only quarters are counted as calendar ones.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from kam_knowledge.language.date_grammar import Context, Item, Maker, calendar_units, rolling
from kam_knowledge.language.date_numbers import CARDINAL_EN, english
from kam_knowledge.language.date_spans import (
    Span,
    Unit,
    day,
    moved,
    unit_of,
    week,
    weekend,
)
from kam_knowledge.language.dates_en_days import nothing
from kam_knowledge.language.dates_en_words import (
    COUNT,
    LAST,
    NEXT,
    PLAIN_COUNT,
    PLAIN_UNIT,
    UNIT,
    WEEKDAY,
    count,
    item,
    of_next,
    step,
    unit,
)


def _unit_near(m: re.Match[str], context: Context) -> Item | None:
    """This week, last quarter, the next decade."""
    words, steps, today = m["unit"].strip(), step(m["which"].strip()), context.today
    aside = timedelta(days=7 * steps)
    if words.startswith("weekend"):
        of = weekend(today + aside)
        return Item(replace(of, recurs=timedelta(days=7)))
    if words.startswith(("work", "business")):
        of = week(today + aside)
        return Item(Span(of.start, of.end - timedelta(days=2), "week"))
    kind, many = unit(words.split()[-1])
    if m["which"].strip().endswith("past") and kind != "quarter":
        return item(rolling(context, -many, kind))
    if many > 1:
        first = today.year // 10 * 10 + 10 * steps
        return Item(Span(date(first, 1, 1), date(first + 9, 12, 31), "year"))
    if kind == "fortnight":
        return Item(unit_of(today + timedelta(days=14 * steps), kind))
    span = calendar_units(context, kind, steps, steps)
    fiscal = words.startswith(("fiscal", "financial"))
    return item(replace(span, grain="fiscal") if span and fiscal else span)


def _unit_beyond(m: re.Match[str], context: Context) -> Item | None:
    """The week after next, the month before last."""
    kind, _ = unit(m["unit"])
    steps = 2 if m["which"].startswith("after") else -2
    return item(calendar_units(context, kind, steps, steps))


def _units_near(m: re.Match[str], context: Context) -> Item | None:
    """Last 3 months and 2 weeks, the next couple of weeks, 2 next days."""
    sign = -1 if re.search(rf"\b(?:{LAST})\b", m["which"]) else 1
    pieces = (
        _pieces(m["length"]) if "length" in m.groupdict() else _pieces(f"{m['one']} {m['unit']}")
    )
    if not pieces:
        return None
    number, kind, vague = pieces[0]
    if kind == "quarter":
        steps = (1, int(number)) if sign > 0 else (-int(number), -1)
        return item(calendar_units(context, kind, *steps))
    span = rolling(context, sign * number, kind)
    for number, kind, _ in pieces[1:]:
        if span is None:
            return None
        if sign < 0:
            begins = moved(span.start, -number, kind)
            span = replace(span, start=begins) if begins else None
        else:
            ends = moved(span.end, number, kind)
            span = replace(span, end=ends) if ends else None
    return item(replace(span, vague=vague) if span else None)


def _pieces(words: str) -> list[tuple[float, Unit, bool]]:
    found: list[tuple[float, Unit, bool]] = []
    for piece in re.finditer(rf"\b{COUNT}[ -]*{UNIT}\b", words):
        number = count(piece["count"])
        if number is None:
            return []
        kind, many = unit(piece["unit"])
        found.append((number[0] * many, kind, number[1]))
    return found


def _distance(m: re.Match[str], context: Context) -> Item | None:
    """In 90 days, two weeks ago, 3 days later, 2 years 1 month later."""
    sign = -1 if m["back"] else 1
    when: date | None = context.today
    vague = False
    pieces = _pieces(m["length"])
    for number, kind, guess in pieces:
        when = moved(when, sign * number, kind) if when else None
        vague = vague or guess
    if "and a half" in m["length"] and pieces and when:
        when = moved(when, sign * 0.5, pieces[-1][1])
    return Item(day(when, vague=vague)) if when and pieces else None


def _within(m: re.Match[str], context: Context) -> Item | None:
    """Within 90 days: from today on, or up to today where the caller prefers the past."""
    number = count(m["count"])
    if number is None:
        return None
    kind, many = unit(m["unit"])
    sign = -1 if context.prefer == "past" else 1
    when = moved(context.today, sign * number[0] * many, kind)
    if when is None:
        return None
    first, last = sorted((context.today, when))
    return Item(Span(first, last, vague=number[1], relation="by"))


def _offset(m: re.Match[str], _: Context) -> Item | None:
    """Two weeks before (Christmas), 3 days after (tomorrow)."""
    pieces = _pieces(m["length"])
    sign = -1 if m["direction"] in ("before", "prior to", "ahead of") else 1

    def make(of: Span) -> Span | None:
        when: date | None = of.start if sign < 0 or m["direction"] == "since" else of.end
        for number, kind, _guess in pieces:
            when = moved(when, sign * number, kind) if when else None
        return day(when) if when else None

    return of_next(make) if pieces else None


def _length(m: re.Match[str], _: Context) -> Item | None:
    """3 days starting from (next Monday)."""
    pieces = _pieces(m["length"])

    def make(of: Span) -> Span | None:
        end: date | None = of.start
        for number, kind, _guess in pieces:
            end = moved(end, number, kind) if end else None
        return Span(of.start, end - timedelta(days=1)) if end and end > of.start else None

    return of_next(make) if pieces else None


def _week_of(_: re.Match[str], __: Context) -> Item | None:
    return of_next(lambda of: week(of.start) if of.grain == "day" else None)


def _week_number(m: re.Match[str], context: Context) -> Item | None:
    number = english(m["number"])
    year_number = int(m["year"]) if m["year"] else context.today.year
    try:
        return Item(week(date.fromisocalendar(year_number, number or 0, 1)))
    except ValueError:
        return None


_LENGTH = (
    rf"(?P<length>{PLAIN_COUNT}[ -]+{PLAIN_UNIT}(?:(?:,? and |,? ){PLAIN_COUNT} {PLAIN_UNIT}"
    rf")*(?: and a half)?)"
)


_EACH = r"(?:every|each|any|per|one|some)(?: other| second| single)?"


PATTERNS: tuple[tuple[str, Maker], ...] = (
    # what only looks like a date
    (
        rf"\b{_EACH}\s+(?:{CARDINAL_EN}\s+|\d+\s+)?(?:{WEEKDAY}s?|days?|weeks?|weekends?|"
        rf"months?|quarters?|years?)\b(?:\s*(?:,|and|or|&)\s*(?:mon|tues|wednes|thurs|fri|"
        rf"satur|sun)days?)*",
        nothing,
    ),
    (r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b", nothing),
    (r"\bday (?:after|by) day\b|\b(?:up|equals?) to date\b|\bout of date\b", nothing),
    # units
    (
        rf"\b(?P<which>(?:the |this )?(?:{LAST}|{NEXT})|this|(?:the )?current|the same|same|"
        rf"that|the)\s+(?P<unit>(?:calendar |fiscal |financial |working |business |work)?\s?"
        rf"(?:weekend|week|fortnight|month|quarter|year|half-year|decade))\b(?!\s+(?:after|"
        rf"before|of|starting|beginning|commencing|ending|later|ago|to date|or so|\d)|-|"
        rf"'s (?:first|second|third|fourth))",
        _unit_near,
    ),
    (r"\b(?P<which>)(?P<unit>weekend)\b", _unit_near),
    (
        r"\b(?:the )?(?P<unit>week|month|quarter|year) (?P<which>after next|before last)\b",
        _unit_beyond,
    ),
    (rf"\b(?P<which>(?:the )?(?:{LAST}|{NEXT}))\s+{_LENGTH}\b(?!\s+of\b)(?!\s+ago)", _units_near),
    (rf"\b(?P<one>{PLAIN_COUNT}) (?P<which>{LAST}|{NEXT})\s+{UNIT}\b", _units_near),
    # distances
    (
        rf"\b{_LENGTH}\s*(?:(?P<back>ago|back|earlier)|later|from (?:now|today)|hence)"
        rf"\b(?! (?:on|than))",
        _distance,
    ),
    (
        rf"\bin (?:about |around |exactly |roughly )?{_LENGTH}(?:'s?)?(?P<back>)\b(?! (?:of|"
        rf"after|before|from|since|or))",
        _distance,
    ),
    (
        rf"\b(?:within|in less than|in under) (?:the next )?{COUNT}\s+{UNIT}\b(?! (?:of|"
        rf"after|before))",
        _within,
    ),
    (
        rf"\b(?:in )?{_LENGTH}\s+(?P<direction>before|after|from|prior to|ahead of|since)"
        rf"\b(?!\s+now\b)",
        _offset,
    ),
    (
        rf"\b(?:for )?{_LENGTH}\s*,?\s*(?:starting|beginning|from|commencing)(?: from| on|"
        rf" in)?\b",
        _length,
    ),
    # weeks by name
    (r"\b(?:the )?(?:week (?:of|starting|beginning|commencing)|w/c|wc)(?: on| from)?\b", _week_of),
    (
        rf"\bweek (?P<number>\d\d?|{CARDINAL_EN})\b(?:\s+of\s+(?P<year>(?:19|20)\d\d))?",
        _week_number,
    ),
)
