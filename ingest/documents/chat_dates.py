"""The dates of chat lines: read as a whole, since one line alone may be read two ways."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_WEEKDAY = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}|今天|昨天|前天|(?:星期|周|週)[一二三四五六日天]"
)
DATE = (
    rf"(?:(?:{_WEEKDAY})[,，]?\s{{0,2}})?"
    r"(?:\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|\d{1,2}月\d{1,2}日"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}"
    r"|\d{1,2}\.\d{1,2}\.|\d{1,2}[-/]\d{1,2}"
    rf"|\d{{1,2}}\s{_MONTH}(?:,?\s\d{{4}})?|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?)"
    rf"(?:[,，]?\s?(?:{_WEEKDAY}))?"
    rf"|{_WEEKDAY}|Yesterday|Today|yesterday|today"
)
_YEAR_FIRST = re.compile(r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})\s({_MONTH}),?\s(\d{{4}})")
_MONTH_DAY = re.compile(rf"({_MONTH})\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}})")
_AMERICAN = re.compile(r"\b[AP]M\b")


@dataclass(frozen=True)
class RawDate:
    """A date as written: `parts` in the order of the text, `order` "ymd" or "" when unsure."""

    parts: tuple[int, int, int]
    order: str
    looks_american: bool = False


def raw_date(written: str | None, line: str) -> RawDate | None:
    """The date of a line, or None where it names no year ("昨天", "12.11.")."""
    if written is None:
        return None
    if match := _YEAR_FIRST.search(written):
        return RawDate((int(match[1]), int(match[2]), int(match[3])), "ymd")
    if match := _DAY_MONTH.search(written):
        return RawDate((int(match[3]), _MONTHS[match[2][:3].lower()], int(match[1])), "ymd")
    if match := _MONTH_DAY.search(written):
        return RawDate((int(match[3]), _MONTHS[match[1][:3].lower()], int(match[2])), "ymd")
    if match := _YEAR_LAST.search(written):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        if match[2] == ".":  # with points, only day before month is written
            return RawDate((year, int(match[3]), int(match[1])), "ymd")
        # "11/12/26, 2:03 PM" is the American form; others write 24 hours, or a small "pm".
        looks_american = _AMERICAN.search(line) is not None
        return RawDate((int(match[1]), int(match[3]), year), "", looks_american)
    return None


def resolve(dates: Sequence[RawDate]) -> dt.date | None:
    """The latest of the dates; those that could be read two ways are read alike.

    Day and month are told apart by a number above 12, then by which reading keeps the lines in
    order, then by which makes the chat shorter, then by the form. None when no date has a year.
    """
    plain = [day for raw in dates if raw.order and (day := _date(*raw.parts)) is not None]
    unsure = [raw for raw in dates if not raw.order]
    if unsure:
        day_first = [_date(y, m, d) for d, m, y in (raw.parts for raw in unsure)]
        month_first = [_date(y, m, d) for m, d, y in (raw.parts for raw in unsure)]
        plain += _better(day_first, month_first, any(raw.looks_american for raw in unsure))
    return max(plain, default=None)


def _better(
    day_first: list[dt.date | None], month_first: list[dt.date | None], american: bool
) -> list[dt.date]:
    def cost(reading: list[dt.date | None]) -> tuple[int, int, int]:
        days = [day for day in reading if day is not None]
        steps_back = sum(later < earlier for earlier, later in pairwise(days))
        span = (max(days) - min(days)).days if days else 0
        return len(reading) - len(days), steps_back, span

    one, other = cost(day_first), cost(month_first)
    use_month_first = other < one or (other == one and american)
    return [day for day in (month_first if use_month_first else day_first) if day is not None]


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
