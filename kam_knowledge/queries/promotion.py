"""Signs that an ordinary account is ready to be a key account (S1-15, S2-20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import TwelveMonths, twelve_months
from kam_knowledge.queries.stakeholder import is_open
from kam_knowledge.store.models import Account, Opportunity, Satisfaction

GROWTH = Decimal("0.2")
"""Growth from here counts as a sign (house practice)."""
ENOUGH = 2
"""Signs it takes."""


@dataclass(frozen=True)
class Candidate:
    """An account with the signs on record; a sign that is not there is None or empty."""

    account: Account
    year: TwelveMonths | None
    surveys: tuple[Satisfaction, ...]
    """Rising or high satisfaction, oldest first."""
    deals: tuple[Opportunity, ...]
    """Open upsell, cross-sell and new deals."""

    @property
    def signs(self) -> int:
        """How many signs there are."""
        return sum((self.year is not None, bool(self.surveys), bool(self.deals)))


def promotion_candidates(records: Records, accounts: Iterable[Account]) -> list[Candidate]:
    """Ordinary accounts and prospects with growth and at least one more sign."""
    chosen = [row for row in accounts if row.account_class in ("ordinary", "prospect", None)]
    ids = [account.id for account in chosen]
    today = records.rights.today
    years = twelve_months(records, chosen)
    surveys = records.all(Satisfaction, account_ids=ids)
    deals = [
        row
        for row in records.all(Opportunity, account_ids=ids)
        if row.kind in ("upsell", "cross_sell", "new") and is_open(row, today)
    ]
    found = []
    for account in chosen:
        year = years.get(account.id)
        grows = year is not None and year.growth is not None and year.growth >= GROWTH
        if not grows:
            continue
        known = sorted(
            (row for row in surveys if row.account_id == account.id and row.date <= today),
            key=lambda row: row.date,
        )
        kinds = {row.kind for row in known[-1:]}
        known = [row for row in known if row.kind in kinds][-3:]
        high = bool(known) and (
            known[-1].value >= (50 if known[-1].kind == "nps" else 4)
            or known[-1].value > known[0].value
        )
        found.append(
            Candidate(
                account,
                year,
                tuple(known) if high else (),
                tuple(row for row in deals if row.account_id == account.id),
            )
        )
    enough = [one for one in found if one.signs >= ENOUGH]
    return sorted(
        enough,
        key=lambda one: (-one.signs, -(one.year.growth or 0) if one.year else 0),
    )
