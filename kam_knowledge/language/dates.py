"""Dates in English and Chinese text, as the days they mean.

Conventions: weeks begin on Monday; "next Friday" is the Friday of the next week and "last Friday"
that of the week before, so that on a Friday they are seven days away; 下周三 said on a Sunday is
the Wednesday of the week that begins tomorrow. A weekday, a day of the month, a date without a year
is the next, the next, the nearest one, unless `prefer` says otherwise. 11/12/2026 is 12 November
(and vague), 12.11.2026 is 12 November too. "By Friday" and 周五前 end on that Friday, "before
Friday" ends on the eve. Fiscal years and quarters come back as calendar ones with the grain
`fiscal`: the company's own year is the caller's knowledge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from kam_knowledge.language import (
    dates_en_days,
    dates_en_parts,
    dates_en_units,
    dates_numeric,
    dates_zh_days,
    dates_zh_units,
)
from kam_knowledge.language.date_grammar import Context, Pattern, join, scan
from kam_knowledge.language.date_relations import relate
from kam_knowledge.language.date_spans import Grain, Prefer, Relation
from kam_knowledge.language.dates_numeric import date_in_name
from kam_knowledge.language.normalise import fold_with_offsets, has_han

__all__ = ["DateMatch", "Grain", "Prefer", "Relation", "date_in_name", "find_dates"]


@dataclass(frozen=True, slots=True)
class DateMatch:
    """Words for a time and the days they mean, both ends included."""

    span: tuple[int, int]
    text: str
    start: date
    end: date
    grain: Grain
    vague: bool
    """More than one reading is likely, or the words are loose (a few days, early May)."""
    relation: Relation = "on"
    """since, after, by, before: the span is open on one side, which today or the calendar's end
    (date.min, date.max) closes."""


def find_dates(
    text: str,
    today: date,
    language: str | None = None,
    prefer: Prefer = "none",
) -> list[DateMatch]:
    """The dates in a text, by place, without overlap.

    `language` "en" or "zh" reads the words of one language only; by default those of both.
    `prefer` settles what may be past or future: "past" for what happened, "future" for plans.
    Times of day are not part of a date, and repeated times (every Monday) are none.
    """
    folded, offsets = fold_with_offsets(text)

    def written(start: int, end: int) -> str:
        return text[offsets[start] : offsets[end]]

    context = Context(folded, written, today, prefer)
    patterns = list(_patterns("numeric"))
    if language != "zh":
        patterns += _patterns("en")
    if language != "en" and has_han(folded):
        patterns += _patterns("zh")
    matches = []
    for found in relate(join(scan(patterns, context), context), context):
        span = found.item.span
        if span is None or span.end < span.start:
            continue
        start, end = _trimmed(folded, found.start, found.end)
        matches.append(
            DateMatch(
                span=(offsets[start], offsets[end]),
                text=text[offsets[start] : offsets[end]],
                start=span.start,
                end=span.end,
                grain=span.grain,
                vague=span.vague,
                relation=span.relation,
            )
        )
    return matches


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " ,，":
        start += 1
    while end > start and text[end - 1] in " ,，":
        end -= 1
    return start, end


@cache
def _patterns(which: str) -> tuple[Pattern, ...]:
    if which == "zh":
        rows = (*dates_zh_units.PATTERNS, *dates_zh_days.PATTERNS)
        return tuple((re.compile(pattern), make) for pattern, make in rows)
    rows = dates_numeric.PATTERNS
    if which == "en":
        rows = (
            *dates_en_units.PATTERNS,
            *dates_en_parts.PATTERNS,
            *dates_en_days.PATTERNS,
        )
    # Chinese characters next to a word end it, as they would not if they counted as letters.
    return tuple((re.compile(pattern, re.ASCII), make) for pattern, make in rows)
