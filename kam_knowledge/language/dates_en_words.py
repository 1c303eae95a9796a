"""The pieces English date words are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from kam_knowledge.language.date_grammar import Item
from kam_knowledge.language.date_numbers import CARDINAL_EN, YEAR_WORDS_EN, english
from kam_knowledge.language.date_spans import Span, Unit

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu",
            "friday fri", "saturday sat", "sunday sun",
        )
    )
    for name in names.split()
}  # fmt: skip
_UNITS: dict[str, Unit] = {
    "day": "day", "night": "day", "week": "week", "wk": "week", "fortnight": "fortnight",
    "month": "month", "mth": "month", "quarter": "quarter", "half year": "half",
    "half-year": "half", "year": "year", "yr": "year",
}  # fmt: skip


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


MONTH = rf"(?P<month>(?:{_any(MONTHS)})(?![a-z]))\.?"
ANY_MONTH = rf"(?:{_any(MONTHS)})(?![a-z])"
WEEKDAY = rf"(?P<weekday>\b(?:{_any(WEEKDAYS)})\b)"
YEAR = rf"(?P<year>(?:1[5-9]|20|21)\d\d(?![\d%])|{YEAR_WORDS_EN}\b)"
SHORT_YEAR = rf"(?P<year>(?:1[5-9]|20|21)\d\d(?![\d%])|'?\d\d(?![\d:%.])|{YEAR_WORDS_EN}\b)"
OF_YEAR = r"(?:\s*,\s*|\s+of\s+|\s+in\s+|\s*[-/]\s*|\s+)(?:the year\s+(?:of\s+)?)?"
PLAIN_COUNT = (
    r"(?:\d+(?:\.\d+)?|(?:a )?couple(?: of)?|(?:a )?few|several|some|half an?|an?|one|"
    rf"{CARDINAL_EN})"
)
COUNT = rf"(?P<count>{PLAIN_COUNT})"
PLAIN_UNIT = (
    r"(?:(?:business |working |work |week)?days?|nights?|weeks?|wks?|fortnights?|months?|mths?|"
    r"quarters?|half[- ]years?|years?|yrs?|decades?)"
)
UNIT = rf"(?P<unit>{PLAIN_UNIT})"
LAST = r"last|past|previous|prior|preceding"
NEXT = r"next|coming|upcoming|following"


def unit(words: str) -> tuple[Unit, int]:
    """The unit of a word, and how many of it: decade → ten years."""
    words = words.strip().removesuffix("s")
    if words.endswith("day") and words != "day":
        return "business_day", 1
    return ("year", 10) if words == "decade" else (_UNITS[words], 1)


def count(words: str) -> tuple[float, bool] | None:
    """How many, and whether it is only a guess (a few); None for what is no number."""
    words = words.strip()
    if words.startswith("half"):
        return 0.5, False
    if words in ("a", "an", "one"):
        return 1, False
    if "couple" in words:
        return 2, False
    if "few" in words or words in ("several", "some"):
        return 3, True
    if re.fullmatch(r"\d+(?:\.\d+)?", words):
        return min(float(words), 100_000.0), False
    value = english(words)
    return (value, False) if value is not None else None


def item(span: Span | None) -> Item | None:
    """The span as an item, or nothing."""
    return Item(span) if span else None


def of_next(make: Callable[[Span], Span | None]) -> Item:
    """An item that makes its span of the one that follows, in whichever year that is."""

    def made(of: Span) -> Span | None:
        span = make(of)
        if span is None or of.in_year is None:
            return span
        whole = of.in_year
        return replace(span, in_year=lambda y: make(there) if (there := whole(y)) else None)

    return Item(of_next=made)


def step(which: str) -> int:
    """-1 for last, 1 for next, 0 for this."""
    if re.search(rf"\b(?:{LAST})\Z", which):
        return -1
    return 1 if re.search(rf"\b(?:{NEXT})\Z", which) else 0
