"""Fiscal periods: the quarter a day lies in, and the days a written period spans (P-3)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Period:
    """A named span of days, both included."""

    label: str
    first: date
    last: date

    def holds(self, day: date | None) -> bool:
        """Whether the day lies in it; an unknown day does not."""
        return day is not None and self.first <= day <= self.last

    def within(self, other: Period) -> bool:
        """Whether the whole of it lies in the other."""
        return other.first <= self.first and self.last <= other.last


def fiscal_quarter(day: date, year_start: int = 1) -> Period:
    """The fiscal quarter of the day; a fiscal year is named for the year it begins in (P-3).

    `year_start` is the month, 1 to 12, in which the fiscal year begins.
    """
    behind = (day.month - year_start) % 12
    year = day.year if day.month >= year_start else day.year - 1
    return _quarter(year, behind // 3 + 1, year_start)


def quarters(first: date, last: date, year_start: int = 1) -> Iterator[Period]:
    """The fiscal quarters that the days from `first` to `last` touch, in order."""
    day = first
    while day <= last:
        quarter = fiscal_quarter(day, year_start)
        yield quarter
        day = quarter.last + timedelta(days=1)


def period_of(written: str, year_start: int = 1) -> Period | None:
    """The span of `2026`, `2026-Q4` or `2026-11`; None for anything else.

    Years and quarters are fiscal, months are the calendar's.
    """
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        return None
    year = int(match[1])
    if match[2]:
        return _quarter(year, int(match[2]), year_start)
    if match[3]:
        month = int(match[3])
        return Period(written, date(year, month, 1), _month_end(year, month))
    last = _quarter(year, 4, year_start).last
    return Period(str(year), date(year, year_start, 1), last)


def _quarter(year: int, number: int, year_start: int) -> Period:
    month = year_start + (number - 1) * 3
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    end = month + 2
    return Period(
        f"{year}-Q{number}", first, _month_end(year + (end - 1) // 12, (end - 1) % 12 + 1)
    )


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
