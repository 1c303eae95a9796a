"""The whitespace grid: units by products, ours, a rival's, or open (S4-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import is_open
from kam_knowledge.store.models import Account, Installed, Opportunity


@dataclass(frozen=True)
class Cell:
    """One cell of the grid, with the currency its potential is in."""

    account: Account
    row: Installed
    currency: str | None
    deals: tuple[Opportunity, ...] = ()
    """Open deals of ours for this unit and product."""


def grid(records: Records, accounts: Iterable[Account]) -> list[Cell]:
    """Every cell on record, with the open deals that work it."""
    chosen = {account.id: account for account in accounts}
    today = records.rights.today
    deals = [
        row for row in records.all(Opportunity, account_ids=list(chosen)) if is_open(row, today)
    ]
    return [
        Cell(
            chosen[row.account_id],
            row,
            row.currency or chosen[row.account_id].currency,
            tuple(deal for deal in deals if _works(deal, row)),
        )
        for row in records.all(Installed, account_ids=list(chosen))
    ]


def unworked(records: Records, accounts: Iterable[Account]) -> list[Cell]:
    """Cells that are open or a rival's and that no open deal of ours works."""
    return [
        cell
        for cell in grid(records, accounts)
        if cell.row.state in (None, "open", "competitor") and not cell.deals
    ]


def _works(deal: Opportunity, row: Installed) -> bool:
    """Whether the deal is for this product, at this unit if it names one."""
    if deal.account_id != row.account_id or not deal.product:
        return False
    same_product = fold(deal.product) == fold(row.product)
    return same_product and (not deal.unit or fold(deal.unit) == fold(row.unit))
