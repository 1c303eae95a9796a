"""The business date, and the real clock beside it.

`today` governs business dates only ("as it stood then"); leases, signatures and records of
when something was written use `now()`, the real clock (contract.md, "State and clock").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kam_knowledge.errors import UsageError

_YEARS = range(1900, 3000)
"""Years in which a business day can lie: dates are counted from it in both directions."""


@dataclass(frozen=True)
class Clock:
    """A moment of business time in a zone, with `now()` for instants."""

    moment: datetime
    """Aware, in the zone of whoever asks."""
    fixed: bool = False
    """True when a person said which day it is."""

    @property
    def today(self) -> date:
        """The business date."""
        return self.moment.date()

    @staticmethod
    def now() -> datetime:
        """The real instant, in UTC."""
        return datetime.now(UTC)


def zone(name: str | None) -> ZoneInfo | None:
    """The zone of that name, None for None. Raises UsageError for an unknown one."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            f"{name!r} is not a time zone.", "Use a name such as Asia/Shanghai or Europe/Berlin."
        ) from error


def clock(today: str | None = None, time_zone: str | None = None) -> Clock:
    """The clock for a person in `time_zone` (else the machine's zone).

    `today` is a date (noon is meant) or a date-time. Raises UsageError when it is neither.
    """
    where = zone(time_zone)
    if today is None or not today.strip():
        return Clock(datetime.now(where) if where else datetime.now().astimezone())
    text = today.strip()
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= 10:
            moment = datetime.combine(moment.date(), time(12))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=where) if where else moment.astimezone()
        elif where:
            moment = moment.astimezone(where)
        if moment.year not in _YEARS:
            raise ValueError("no business was done then")
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{today!r} is not a date.", "Write KAM_TODAY or --today as 2026-11-21."
        ) from error
    return Clock(moment, fixed=True)
