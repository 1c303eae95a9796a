"""Our sales to an account over twelve months, against the twelve before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Financial


@dataclass(frozen=True)
class TwelveMonths:
    """Revenue of the last twelve booked months (or four quarters, or the year)."""

    account: Account
    revenue: Decimal
    currency: str | None
    first: str
    last: str
    """The first and the last period counted."""
    before: Decimal | None
    """The same months a year earlier; None where one of them is missing."""
    counted: tuple[int, ...] = ()
    """Ids of the periods in the sum; none where the account itself states it."""
    counted_before: tuple[int, ...] = ()
    records: Records | None = field(default=None, repr=False, compare=False)
    """Where the periods themselves are read, when a claim rests on them."""

    @property
    def rows(self) -> tuple[Financial, ...]:
        """The periods in the sum, the latest first."""
        return self._read(self.counted)

    @property
    def before_rows(self) -> tuple[Financial, ...]:
        """Those of the year before."""
        return self._read(self.counted_before)

    def _read(self, ids: tuple[int, ...]) -> tuple[Financial, ...]:
        if not ids or self.records is None:
            return ()
        return tuple(self.records.several(Financial, ids))

    @property
    def growth(self) -> Decimal | None:
        """The change as a share (0.07 is 7 %); None without a year to compare with."""
        if not self.before:
            return None
        return (self.revenue - self.before) / self.before

    @property
    def formula(self) -> str:
        """The sums and the change, as a computed citation quotes them."""
        unit = f" {self.currency}" if self.currency else ""
        if not self.counted:
            return f"annual_revenue = {self.revenue:f}{unit}"
        sums = f"12 months {self.first}..{self.last}: {self.revenue:f}{unit}"
        if self.growth is None:
            return sums
        return f"{sums}; a year before: {self.before:f}{unit}; change = {percent(self.growth)} %"


def percent(share: Decimal) -> Decimal:
    """A share as percent with one decimal."""
    return (share * 100).quantize(Decimal("0.1"))


@lru_cache(maxsize=2_000)
def year_before(period: str) -> str:
    """The same period a year earlier: 2026-Q1 gives 2025-Q1."""
    year, dash, rest = period.partition("-")
    return f"{int(year) - 1}{dash}{rest}"


@lru_cache(maxsize=2_000)
def has_ended(period: str, today: date) -> bool:
    """Whether the period was over by that day: a running one would look bad."""
    year, _, rest = period.partition("-")
    if not rest:
        return int(year) < today.year
    month = int(rest[1]) * 3 if rest.startswith("Q") else int(rest)
    return (int(year), month) < (today.year, today.month)


@lru_cache(maxsize=2_000)
def periods_a_year(period: str) -> int:
    """How many periods of this length make a year: 12, 4 or 1."""
    rest = period.partition("-")[2]
    return 4 if rest.startswith("Q") else 12 if rest else 1


def twelve_months(records: Records, accounts: Iterable[Account]) -> dict[int, TwelveMonths]:
    """The last twelve months by account id; accounts without a full year in one currency are
    left out.

    Where months and quarters are both booked, the finer ones count, so that nothing counts twice.
    """
    chosen = {account.id: account for account in accounts}
    today = records.rights.today
    booked: dict[int, dict[str, Any]] = {}
    needed = ("id", "account_id", "period", "revenue", "currency")
    for row in records.fields(Financial, needed, account_ids=list(chosen)):
        if row.revenue is not None and has_ended(period := row.period, today):
            booked.setdefault(row.account_id, {})[period] = row
    found: dict[int, TwelveMonths] = {}
    for account_id, periods in booked.items():
        latest = sorted(periods, reverse=True)
        for size in (12, 4, 1):
            of_size = (one for one in latest if periods_a_year(one) == size)
            rows = [periods[period] for period in islice(of_size, size)]
            if len(rows) == size and len({row.currency for row in rows}) == 1:
                found[account_id] = _sums(records, chosen[account_id], rows, periods)
                break
    return found


def year_of_sales(records: Records, accounts: Iterable[Account]) -> dict[int, TwelveMonths]:
    """Twelve months' sales by account id: the booked ones, else what the account states.

    `financials` wins over `annual_revenue` (contract.md, "The workbook").
    """
    chosen = list(accounts)
    found = twelve_months(records, chosen)
    for account in chosen:
        if account.id not in found and account.annual_revenue is not None:
            found[account.id] = TwelveMonths(
                account, account.annual_revenue, account.currency, "", "", None
            )
    return found


def _sums(
    records: Records, account: Account, rows: list[Any], periods: dict[str, Any]
) -> TwelveMonths:
    earlier = [periods.get(year_before(row.period)) for row in rows]
    complete = tuple(row for row in earlier if row and row.currency == rows[0].currency)
    return TwelveMonths(
        account=account,
        revenue=sum((row.revenue or Decimal(0) for row in rows), Decimal(0)),
        currency=rows[0].currency or account.currency,
        first=rows[-1].period,
        last=rows[0].period,
        before=sum((row.revenue or Decimal(0) for row in complete), Decimal(0))
        if len(complete) == len(rows)
        else None,
        counted=tuple(row.id for row in rows),
        counted_before=tuple(row.id for row in complete),
        records=records,
    )
