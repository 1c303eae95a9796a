"""Figures over time: revenue by quarter, satisfaction, engagement (S1-17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from kam_knowledge.analysis.periods import Period, fiscal_quarter, period_of
from kam_knowledge.analysis.trend import Against, Direction, direction
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import has_ended, percent, year_before
from kam_knowledge.queries.touches import Touch, touches
from kam_knowledge.store.models import Account, Financial, Satisfaction, Target

QUARTERS = 4


@dataclass(frozen=True)
class Booked:
    """Our sales to an account in one period, and in the same a year before."""

    period: Period
    currency: str | None
    figure: Against
    rows: tuple[Financial, ...]
    before_rows: tuple[Financial, ...]

    @property
    def formula(self) -> str:
        """The sums with the periods they add, and the change where there is one."""
        unit = f" {self.currency}" if self.currency else ""
        text = f"{self.period.label}: {_sum(self.rows)} = {self.figure.now:f}{unit}"
        if self.figure.before is None or self.figure.change is None:
            return text
        before = f"{_sum(self.before_rows)} = {self.figure.before:f}{unit}"
        return f"{text}; a year before: {before}; change = {percent(self.figure.change)} %"


@dataclass(frozen=True)
class Series:
    """The satisfaction of an account over time, one kind of survey."""

    account: Account
    kind: str
    rows: tuple[Satisfaction, ...]
    """Oldest first."""

    def last(self, values: int) -> Series:
        """The same with its newest values only."""
        return replace(self, rows=self.rows[-values:])

    @property
    def direction(self) -> Direction:
        """Which way it goes, from the first value to the last."""
        return direction([row.value for row in self.rows])


@dataclass(frozen=True)
class Contacts:
    """How many days we were in touch, both ways, in one quarter."""

    period: Period
    touches: tuple[Touch, ...]

    @property
    def days(self) -> int:
        """Days, not messages: a chat of twenty lines is one."""
        return len({touch.date for touch in self.touches})


def revenue_by_quarter(records: Records, account: Account, *, last: int = QUARTERS) -> list[Booked]:
    """The last quarters (calendar) that are over and booked whole, oldest first.

    Where only years are booked, the years.
    """
    booked = _booked(records, account)
    found: dict[str, Booked] = {}
    for name in booked:
        span = period_of(name)
        if span is None:
            continue
        wanted = fiscal_quarter(span.first) if "-" in name else span
        if wanted.label not in found and wanted.last < records.rights.today:
            entry = _in_span(account, booked, wanted)
            if entry:
                found[wanted.label] = entry
    quarters = [entry for label, entry in found.items() if "-" in label]
    chosen = quarters or list(found.values())
    return sorted(chosen, key=lambda entry: entry.period.first)[-last:]


def planned(
    records: Records, account: Account, periods: Iterable[Period], *, year_start: int = 1
) -> dict[str, tuple[Target, ...]]:
    """The account's revenue targets by the label of the period that they are for, word for word:
    a year's plan is not cut into quarters (P-3)."""
    found: dict[str, tuple[Target, ...]] = {}
    wanted = {(one.first, one.last): one.label for one in periods}
    for row in records.all(Target, account_ids=[account.id]):
        span = period_of(row.period, year_start)
        if row.kind not in (None, "revenue") or span is None:
            continue
        if label := wanted.get((span.first, span.last)):
            found[label] = (*found.get(label, ()), row)
    return found


def revenue_between(records: Records, account: Account, since: date, until: date) -> Booked | None:
    """What was booked from `since` to `until`; None unless periods fill the whole span.

    A span that reaches beyond the last period that is over ends there.
    """
    booked = _booked(records, account)
    spans = [span for name in booked if (span := period_of(name))]
    ended = [span.last for span in spans if since <= span.first and span.last <= until]
    if not ended:
        return None
    return _in_span(account, booked, Period(f"{since}..{max(ended)}", since, max(ended)))


def satisfaction_series(records: Records, accounts: Iterable[Account]) -> list[Series]:
    """Every account's surveys up to the business day by kind, oldest first."""
    chosen = {account.id: account for account in accounts}
    today = records.rights.today
    grouped: defaultdict[tuple[int, str], list[Satisfaction]] = defaultdict(list)
    for row in records.all(Satisfaction, account_ids=list(chosen)):
        if row.date <= today:
            grouped[(row.account_id, row.kind)].append(row)
    return [
        Series(chosen[key], kind, tuple(sorted(rows, key=lambda row: (row.date, row.id))))
        for (key, kind), rows in grouped.items()
    ]


def contacts_by_quarter(
    records: Records, account: Account, *, last: int = QUARTERS, year_start: int = 1
) -> list[Contacts]:
    """Two-way touches of the last quarters, the running one included, oldest first.

    Quarters before the first touch on record are left out: nothing was kept then.
    """
    met = [touch for touch in touches(records, account_ids=[account.id]) if touch.two_way]
    if not met:
        return []
    first = min(touch.date for touch in met)
    found: list[Contacts] = []
    period = fiscal_quarter(records.rights.today, year_start)
    while len(found) < last and period.last >= first:
        inside = tuple(touch for touch in met if period.holds(touch.date))
        found.append(Contacts(period, inside))
        period = fiscal_quarter(period.first - timedelta(days=1), year_start)
    return found[::-1]


def _booked(records: Records, account: Account) -> dict[str, Financial]:
    return {
        row.period: row
        for row in records.all(Financial, account_ids=[account.id])
        if row.revenue is not None and has_ended(row.period, records.rights.today)
    }


def _in_span(account: Account, booked: dict[str, Financial], span: Period) -> Booked | None:
    rows = _covering(booked, span)
    if not rows:
        return None
    earlier = [booked.get(year_before(row.period)) for row in rows]
    before = tuple(row for row in earlier if row is not None)
    complete = len(before) == len(rows)
    return Booked(
        span,
        rows[0].currency or account.currency,
        Against(_total(rows), _total(before) if complete else None),
        rows,
        before if complete else (),
    )


def _covering(booked: dict[str, Financial], span: Period) -> tuple[Financial, ...]:
    """The booked periods that fill the span without gap or overlap, finer ones first."""
    held = [(period, booked[name]) for name in booked if (period := period_of(name))]
    inside = [(period, row) for period, row in held if period.within(span)]
    chosen: list[Financial] = []
    day = span.first
    while day <= span.last:
        step = min(
            ((period, row) for period, row in inside if period.first == day),
            key=lambda pair: pair[0].last,
            default=None,
        )
        if step is None:
            return ()
        chosen.append(step[1])
        day = step[0].last + timedelta(days=1)
    return tuple(chosen)


def _total(rows: Iterable[Financial]) -> Decimal:
    return sum((row.revenue or Decimal(0) for row in rows), Decimal(0))


def _sum(rows: Iterable[Financial]) -> str:
    return " + ".join(f"{row.period} {row.revenue or 0:f}" for row in rows)
