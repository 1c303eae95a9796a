"""Signs that an ordinary account is ready to be a key account (S1-15, S2-20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import TwelveMonths, twelve_months
from kam_knowledge.queries.stakeholder import is_open, open_now
from kam_knowledge.store.models import Account, Opportunity, Satisfaction

GROWTH = Decimal("0.2")
"""Growth from here counts as a sign (house practice)."""
GROWING = ("upsell", "cross_sell", "new")
ENOUGH = 2
"""Signs it takes."""


@dataclass(frozen=True)
class Candidate:
    """An account with what speaks for and against it; what is not on record is None or empty."""

    account: Account
    year: TwelveMonths | None
    surveys: tuple[Satisfaction, ...]
    """The last surveys of one kind, oldest first."""
    deals: tuple[Opportunity, ...]
    """Open upsell, cross-sell and new deals."""

    @property
    def grows(self) -> bool:
        """Whether revenue grew enough to be a sign."""
        growth = self.year.growth if self.year else None
        return growth is not None and growth >= GROWTH

    @property
    def pleased(self) -> bool:
        """Whether satisfaction is high or rises."""
        if not self.surveys:
            return False
        first, last = self.surveys[0], self.surveys[-1]
        return last.value >= (50 if last.kind == "nps" else 4) or last.value > first.value

    @property
    def signs(self) -> int:
        """How many signs there are."""
        return sum((self.grows, self.pleased, bool(self.deals)))


def promotion_candidates(records: Records, accounts: Iterable[Account]) -> list[Candidate]:
    """Ordinary accounts and prospects with growth and at least one more sign, most signs first."""
    chosen = [row for row in accounts if row.account_class in ("ordinary", "prospect", None)]
    growth = {key: one.growth for key, one in twelve_months(records, chosen).items()}
    growing = [row for row in chosen if (growth.get(row.id) or 0) >= GROWTH]
    enough = [one for one in readiness(records, growing) if one.grows and one.signs >= ENOUGH]
    return sorted(
        enough,
        key=lambda one: (-one.signs, -(one.year.growth or 0) if one.year else 0),
    )


def readiness(records: Records, accounts: Iterable[Account]) -> list[Candidate]:
    """The signs of each of these accounts, whatever their class and however few there are."""
    chosen = list(accounts)
    ids = [account.id for account in chosen]
    today = records.rights.today
    years = twelve_months(records, chosen)
    surveys: defaultdict[int, list[Satisfaction]] = defaultdict(list)
    for survey in records.all(Satisfaction, account_ids=ids):
        surveys[survey.account_id].append(survey)
    deals: defaultdict[int, list[Opportunity]] = defaultdict(list)
    growth = [open_now(), Opportunity.kind.in_(GROWING)]
    for deal in records.all(Opportunity, account_ids=ids, now=growth):
        if deal.kind in GROWING and is_open(deal, today):
            deals[deal.account_id].append(deal)
    found = []
    for account in chosen:
        known = sorted(
            (row for row in surveys[account.id] if row.date <= today),
            key=lambda row: row.date,
        )
        kinds = {row.kind for row in known[-1:]}
        found.append(
            Candidate(
                account,
                years.get(account.id),
                tuple([row for row in known if row.kind in kinds][-3:]),
                tuple(deals[account.id]),
            )
        )
    return found
