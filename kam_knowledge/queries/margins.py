"""What is left of our sales to an account after their cost (S0-4, S1-2). Inner: for its team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import percent, twelve_months
from kam_knowledge.store.models import Account, Financial


@dataclass(frozen=True)
class Margin:
    """Revenue and cost of one account, in one currency."""

    account: Account
    revenue: Decimal
    cost: Decimal
    currency: str | None
    last: str | None
    """The last of the twelve months; None where the account's own annual figures are meant."""
    rows: tuple[Financial, ...] = ()

    @property
    def share(self) -> Decimal:
        """The margin as a share of revenue: 0.415 is 41.5 %."""
        return (self.revenue - self.cost) / self.revenue

    @property
    def formula(self) -> str:
        """The sums and the share, as a computed citation quotes them."""
        sums = f"({self.revenue:f} - {self.cost:f}) / {self.revenue:f} = {percent(self.share)} %"
        return f"12 months to {self.last}: {sums}" if self.last else sums


def margins(records: Records, accounts: Iterable[Account]) -> list[Margin]:
    """The margin of each account whose cost the reader may see and that has one on record, the
    lowest first. Booked figures go before the annual ones of the account's record."""
    chosen = [one for one in accounts if records.rights.sees_inner(one.id)]
    years = twelve_months(records, chosen)
    found = []
    for account in chosen:
        year = years.get(account.id)
        if year and year.revenue and all(row.cost is not None for row in year.rows):
            cost = sum((row.cost or Decimal(0) for row in year.rows), Decimal(0))
            found.append(Margin(account, year.revenue, cost, year.currency, year.last, year.rows))
        elif account.annual_revenue and account.cost is not None:
            found.append(
                Margin(account, account.annual_revenue, account.cost, account.currency, None)
            )
    return sorted(found, key=lambda one: (one.share, one.account.name))
