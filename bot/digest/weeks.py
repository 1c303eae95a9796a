"""ISO weeks as people write them: 2026-W47."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time

from kam_knowledge.clock import Clock
from kam_knowledge.errors import UsageError

_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)


def week_of(day: date) -> str:
    """The ISO week of a day."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def as_of(clock: Clock, written: str | None) -> Clock:
    """The moment for which the digest of a week is written: the business day in its own week or
    without one, the Monday of an earlier week.

    Raises UsageError for what is no week, and for one that has not begun.
    """
    if written is None:
        return clock
    match = _WEEK.fullmatch(written.strip())
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        monday = None
    if monday is None:
        raise UsageError(f"{written!r} is not a week.", "Write it as 2026-W47.")
    if week_of(monday) == week_of(clock.today):
        return clock
    if monday > clock.today:
        raise UsageError(f"{written} has not begun.", "Ask for this week or an earlier one.")
    moment = datetime.combine(monday, time(12), clock.moment.tzinfo)
    return replace(clock, moment=moment, fixed=True)
