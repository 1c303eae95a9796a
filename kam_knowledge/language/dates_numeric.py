"""Dates in figures, alike in both languages, and dates in file names.

2026-11-12 and 12.11.2026 are read one way only. With slashes the month stands first, as in
11/12/2026 (12 November), unless only the other reading exists (22/04/2026); where both exist the
span is vague, so that a caller may ask.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from kam_knowledge.language.date_grammar import Context, Item, Maker
from kam_knowledge.language.date_numbers import full_year
from kam_knowledge.language.date_spans import Span, day, half, month, on, quarter, week, year

_EDGE, _END = r"(?<![\d.])", r"(?![\d]|\.\d)"


def _item(span: Span | None) -> Item | None:
    return Item(span) if span else None


def _iso(m: re.Match[str], _: Context) -> Item | None:
    when = on(int(m[1]), int(m[3]), int(m[4]))
    if when is None:
        when = on(int(m[1]), int(m[4]), int(m[3]))
    return Item(day(when)) if when else None


def _slashed(m: re.Match[str], _: Context) -> Item | None:
    first, second, year_number = int(m[1]), int(m[3]), full_year(m[4])
    month_first, day_first = on(year_number, first, second), on(year_number, second, first)
    if m[2] == ".":
        month_first, day_first = None, day_first or month_first
    when = month_first or day_first
    if when is None:
        return None
    return Item(day(when, vague=bool(month_first and day_first and month_first != day_first)))


_DATE_WORD = re.compile(
    r"(?:\b(?:on|by|until|till|since|from|before|after|due|to|between|and|next|this|last|is|"
    r"(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?)|"
    r"[-–~(（:：]|在|到|至|从|于)[ ,]*\Z"
)


def _short(m: re.Match[str], context: Context) -> Item | None:
    """7/6: a date only where a word for dates stands before it, or nothing else is there."""
    first, second = int(m[1]), int(m[2])
    before = context.before(m.start())
    whole = m.start() < 3 and not before.strip() and not context.after(m.end()).strip(" .?!-~")
    follows = re.match(r"\s*[-–~]\s*\d{1,2}/\d{1,2}", context.after(m.end()))
    if not (whole or follows or _DATE_WORD.search(before)):
        return None
    month_number, day_number = (first, second) if first <= 12 else (second, first)
    if m.group().replace(" ", "") in ("24/7",):
        return None
    span = context.yearless(lambda y: _maybe(on(y, month_number, day_number)))
    if span is None:
        return None
    return Item(replace(span, vague=first <= 12 and second <= 12 and first != second))


def _maybe(when: date | None) -> Span | None:
    return day(when) if when else None


def _range_of_days(m: re.Match[str], _: Context) -> Item | None:
    """5/1-5/7, 2020: the year of the second is also the first's."""
    year_number = full_year(m[5])
    first, last = on(year_number, int(m[1]), int(m[2])), on(year_number, int(m[3]), int(m[4]))
    if first is None or last is None or first > last:
        return None
    return Item(Span(first, last))


def _quarter(m: re.Match[str], context: Context) -> Item | None:
    return _counted(m, context, "q")


def _half(m: re.Match[str], context: Context) -> Item | None:
    return _counted(m, context, "h")


def _counted(m: re.Match[str], context: Context, kind: str) -> Item | None:
    make = quarter if kind == "q" else half
    number = int(m["n"])
    written_year = m["before"] or m["after"]
    if written_year:
        span = make(full_year(written_year), number)
        fiscal = "fy" in m.group()
        return _item(replace(span, grain="fiscal") if span and fiscal else span)
    if context.prefer == "none":
        span = make(context.today.year, number)
        return _item(replace(span, in_year=lambda y: make(y, number)) if span else None)
    return _item(context.yearless(lambda y: make(y, number)))


def _fiscal(m: re.Match[str], _: Context) -> Item | None:
    span = year(full_year(m["year"]))
    return _item(replace(span, grain="fiscal") if span and m["kind"] != "cy" else span)


def _iso_week(m: re.Match[str], context: Context) -> Item | None:
    number = int(m["week"])
    year_number = int(m["year"]) if m["year"] else context.today.year
    try:
        return Item(week(date.fromisocalendar(year_number, number, 1)))
    except ValueError:
        return None


def _year_month(m: re.Match[str], _: Context) -> Item | None:
    return _item(month(int(m[1]), int(m[2])))


def _month_year(m: re.Match[str], _: Context) -> Item | None:
    return _item(month(int(m[2]), int(m[1])))


_YEAR2 = r"(?:20\d\d|(?<!\d)'?\d\d(?!\d))"
PATTERNS: tuple[tuple[str, Maker], ...] = (
    (rf"{_EDGE}(?<!\d-)((?:19|20|21)\d\d)([-/. ])(\d\d?)\2(\d\d?)(?!\d)", _iso),
    (rf"{_EDGE}(?<![/-])(\d\d?)([/.-])(\d\d?)\2((?:19|20|21)\d\d|\d\d){_END}(?!\2\d)", _slashed),
    (rf"{_EDGE}(?<![/-])(\d\d?)-(\d\d?)-(\d\d?)-(\d\d?)-((?:19|20)\d\d)", _range_of_days),
    (
        rf"{_EDGE}(?<!/)(\d\d?)/(\d\d?)\s*[-–~]\s*(\d\d?)/(\d\d?)(?:/|,\s*)((?:19|20)\d\d){_END}",
        _range_of_days,
    ),
    (rf"{_EDGE}(?<!/)(\d\d?)/(\d\d?)(?!/|\d|\.\d|%)", _short),
    (rf"{_EDGE}(?<![-/])((?:19|20)\d\d)[-/](0[1-9]|1[0-2])(?![-/\d])", _year_month),
    (r"(?<![\d/-])(0?[1-9]|1[0-2])\s?[-/]\s?((?:19|20)\d\d)(?![-/\d])", _month_year),
    (
        rf"(?:(?<![a-z\d])(?:fy|cy)?\s?(?P<before>{_YEAR2})年?[ -]?)?(?<![a-z])q(?P<n>[1-4])\b"
        rf"(?(before)|(?:(?:\s+of)?[ ,/-]*(?:fy|cy)?\s?"
        rf"(?P<after>(?:19|20)\d\d|'\d\d|(?<=y)\d\d|(?<=/)\d\d))?)",
        _quarter,
    ),
    (
        rf"(?:(?<![a-z\d])(?:fy|cy)?\s?(?P<before>{_YEAR2})年?[ -]?)?(?<![a-z])h(?P<n>[12])\b"
        rf"(?(before)|(?:(?:\s+of)?[ ,/-]*(?:fy|cy)?\s?"
        rf"(?P<after>(?:19|20)\d\d|'\d\d|(?<=y)\d\d))?)",
        _half,
    ),
    (r"\b(?P<n>[1-4])q\s?(?P<before>(?:20)?\d\d)\b(?P<after>)", _quarter),
    (r"\b(?P<n>[12])h\s?(?P<before>(?:20)?\d\d)\b(?P<after>)", _half),
    (
        r"\b(?P<kind>fy|cy|(?:fiscal|financial)(?: year)?|calendar year)[ -]?'?"
        r"(?P<year>20\d\d|\d\d)\b",
        _fiscal,
    ),
    (r"(?:\b(?P<year>20\d\d)[ -]?)?\bw(?P<week>0[1-9]|[1-5]\d)\b", _iso_week),
)


_IN_NAME = (
    (
        re.compile(
            r"(?<!\d)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)"
        ),
        "ymd",
    ),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)[-_. ](\d\d?)[-_. ](\d\d?)(?!\d)"), "ymd"),
    (re.compile(r"(?<!\d)((?:19|20)\d\d)年(\d\d?)月(\d\d?)[日号]?"), "ymd"),
    (re.compile(r"(?<!\d)(\d\d?)[-_. ](\d\d?)[-_. ]((?:19|20)\d\d)(?!\d)"), "dmy"),
)


def date_in_name(file_name: str) -> date | None:
    """The one date that a file's name tells, else None: 2026-11-12-acme.md, 12.11.2026.docx.

    Eight figures are read as year, month, day; figures that end in the year as day, month, year
    (or month, day where only that exists). A name with two different dates tells none.
    """
    stem = PurePath(file_name).name
    found: set[date] = set()
    for pattern, order in _IN_NAME:
        for m in pattern.finditer(stem):
            numbers = [int(group) for group in m.groups()]
            if order == "ymd":
                when = on(numbers[0], numbers[1], numbers[2])
            else:
                when = on(numbers[2], numbers[1], numbers[0]) or on(
                    numbers[2], numbers[0], numbers[1]
                )
            if when is not None:
                found.add(when)
        if found:
            break
    return found.pop() if len(found) == 1 else None
