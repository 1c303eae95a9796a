"""English words for parts of a time: the end of May, the last Friday of, later this month."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from kam_knowledge.language.date_grammar import Context, Item, Maker, calendar_units
from kam_knowledge.language.date_numbers import CARDINAL_EN, ORDINAL_EN, english
from kam_knowledge.language.date_spans import (
    Grain,
    Span,
    Unit,
    day,
    moved,
    part,
    quarter,
    unit_of,
    week,
    weekend,
)
from kam_knowledge.language.dates_en_words import (
    LAST,
    NEXT,
    UNIT,
    WEEKDAYS,
    count,
    item,
    of_next,
    step,
    unit,
)


def _ordinal_quarter(m: re.Match[str], context: Context) -> Item | None:
    number = english(m["nth"])
    return item(quarter(context.today.year, number)) if number else None


def _part_of(m: re.Match[str], _: Context) -> Item | None:
    which = _which(m["part"])
    return of_next(lambda of: part(of, which) if of.start != of.end else None)


def _which(words: str) -> str:
    if re.match(r"(?:the )?(?:very )?(?:end|late|close)", words):
        return "late"
    return "mid" if re.match(r"(?:the )?mid", words) else "early"


_LETTERS: dict[str, Unit] = {"w": "week", "m": "month", "q": "quarter", "y": "year"}


def _part_of_this(m: re.Match[str], context: Context) -> Item | None:
    """End of month, year-end, EOQ: of the one we are in."""
    words = m["what"] or m["what2"] or m["what3"]
    span = part(unit_of(context.today, _LETTERS[words[0]]), _which(m["part"] or "end"))
    return Item(replace(span, in_year=None))


def _later_in(m: re.Match[str], context: Context) -> Item | None:
    """Later this month, earlier this year, the rest of the week."""
    of = unit_of(context.today, unit(m["unit"])[0])
    if m["part"].startswith("early") or m["part"].startswith("earlier"):
        return Item(Span(of.start, context.today, of.grain, vague=True))
    return Item(Span(context.today, of.end, of.grain, vague=True))


def _so_far(_: re.Match[str], context: Context) -> Item | None:
    """To date: whatever was, up to today."""
    return Item(Span(date.min, context.today, relation="by"))


def _to_date(m: re.Match[str], context: Context) -> Item | None:
    kind = _LETTERS[(m["what"] or m["letter"])[0]]
    return Item(Span(unit_of(context.today, kind).start, context.today))


def _nth_of(m: re.Match[str], _: Context) -> Item | None:
    """The first week of, the last Friday of, the last 3 weeks of, the third quarter of."""
    words = m["nth"]
    number = -1 if words in ("last", "final") else english(words)
    many = count(m["many"]) if m["many"] else (1, False)
    if number is None or many is None or not 1 <= many[0] <= 366:
        return None
    what, length = m["what"].removesuffix("s"), int(many[0])
    return of_next(lambda of: pick(of, number, what, length))


def pick(of: Span, number: int, what: str, many: int) -> Span | None:
    """The number-th (-1: last) day, weekday, week, month, quarter or half of a span, or `many`
    of them; None where it has none such."""
    one_day = timedelta(days=1)
    if what in WEEKDAYS:
        first = of.start + timedelta(days=(WEEKDAYS[what] - of.start.weekday()) % 7)
        last = of.end - timedelta(days=(of.end.weekday() - WEEKDAYS[what]) % 7)
        when = first + timedelta(days=7 * (number - 1)) if number > 0 else last
        return day(when) if of.start <= when <= of.end else None
    if what == "day":
        first = of.start + timedelta(days=number - 1)
        if number < 0:
            first = of.end - timedelta(days=many - 1)
        return Span(first, first + timedelta(days=many - 1)) if first <= of.end else None
    if what in ("week", "weekend"):
        # As in ISO 8601 a week belongs where its Thursday lies.
        first_week = week(of.start + timedelta(days=3)).start
        if week(of.start).start + timedelta(days=3) >= of.start:
            first_week = week(of.start).start
        last_week = week(of.end).start
        if last_week + timedelta(days=3) > of.end:
            last_week -= timedelta(days=7)
        start = first_week + timedelta(days=7 * (number - 1))
        if number < 0:
            start = last_week - timedelta(days=7 * (many - 1))
        if what == "weekend":
            return weekend(start)
        return Span(start, start + timedelta(days=7 * many - 1), "week")
    if what == "half" and of.grain == "month":
        middle = of.start.replace(day=15)
        return Span(of.start, middle) if number == 1 else Span(middle + one_day, of.end)
    grain: Grain = "month" if what == "month" else "quarter" if what == "quarter" else "half"
    size = {"month": 1, "quarter": 3, "half": 6}[grain]
    length = (of.end.year - of.start.year) * 12 + of.end.month - of.start.month + 1
    place = (number - 1) * size if number > 0 else length - many * size
    if not 0 <= place <= length - many * size:
        return None
    begins, ends = moved(of.start, place, "month"), moved(of.start, place + many * size, "month")
    return Span(begins, ends - one_day, grain) if begins and ends else None


def _ordinal_of(m: re.Match[str], context: Context) -> Item | None:
    """Next year's first quarter, this year's second half."""
    kind = unit(m["unit"])[0]
    of = calendar_units(context, kind, step(m["which"].strip()), step(m["which"].strip()))
    number = english(m["nth"])
    return item(pick(of, number, m["what"], 1)) if of and number else None


_NTH = rf"(?P<nth>last|final|{ORDINAL_EN}|\d\d?(?:st|nd|rd|th))"


_WHAT = (
    r"(?P<what>days?|weeks?|weekends?|months?|quarters?|half|(?:mon|tues|wednes|thurs|fri|"
    r"satur|sun)day)"
)


PATTERNS: tuple[tuple[str, Maker], ...] = (
    (
        rf"\b(?P<which>this|{LAST}|{NEXT}|the|that)\s+{UNIT}'s (?P<nth>first|second|third|"
        rf"fourth|last) (?P<what>quarter|half)\b",
        _ordinal_of,
    ),
    # parts
    (rf"\b(?:the )?{_NTH}\s+(?P<many>(?:{CARDINAL_EN}|\d\d?)\s+)?{_WHAT}\s+(?:of|in)\b", _nth_of),
    (
        rf"\b(?:the )?(?P<nth>{ORDINAL_EN})\s+(?P<many>(?:{CARDINAL_EN}|\d\d?)\s+)"
        rf"(?P<what>days?|weeks?|months?)\s+(?:of|in)\b",
        _nth_of,
    ),
    (
        r"\b(?P<part>(?:the )?(?:very )?(?:end|close|beginning|start|middle) of|"
        r"early(?: in)?|late(?: in)?|mid)\b-?",
        _part_of,
    ),
    (
        r"\b(?:the )?(?P<part>end|beginning|start|middle|close)[- ]of[- ](?:the[- ]|"
        r"this[- ])?(?P<what>week|month|quarter|year)\b(?P<what2>)(?P<what3>)",
        _part_of_this,
    ),
    (
        r"\b(?P<what2>month|quarter|year|week)[- ]end\b(?P<part>)(?P<what>)(?P<what3>)",
        _part_of_this,
    ),
    (r"\beo(?P<what3>[wmqy])\b(?P<part>)(?P<what>)(?P<what2>)", _part_of_this),
    (
        rf"\b(?:the )?(?P<part>later?|earlier|early|rest|remainder|remaining)(?: part)?"
        rf"(?: of| in)? (?:this|the) {UNIT}\b",
        _later_in,
    ),
    (r"\b(?P<what>year|quarter|month|week)[- ]to[- ]date\b(?P<letter>)", _to_date),
    (r"\b(?P<letter>[yqmw])td\b(?P<what>)", _to_date),
    (r"(?<=\w )to date\b(?! (?:from|with|back|the))", _so_far),
    (
        r"\b(?:the )?(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th) quarter\b(?!\s+"
        r"(?:of|in))",
        _ordinal_quarter,
    ),
)
