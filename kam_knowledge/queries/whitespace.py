"""The whitespace grid: units by products, ours, a rival's, or open (S4-1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import is_open, open_now
from kam_knowledge.store.models import Account, Installed, Opportunity

UNSOLD = (None, "open", "competitor")
"""States of a cell where nothing of ours is installed and something could be."""


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
    deals: defaultdict[tuple[int, str], list[Opportunity]] = defaultdict(list)
    for deal in records.all(Opportunity, account_ids=list(chosen), now=[open_now()]):
        # A renewal keeps what is there; it wins no unit that is still open.
        if is_open(deal, today) and deal.product and deal.kind != "renewal":
            deals[deal.account_id, fold(deal.product)].append(deal)
    return [
        Cell(
            chosen[row.account_id],
            row,
            row.currency or chosen[row.account_id].currency,
            tuple(
                deal
                for deal in deals[row.account_id, fold(row.product)]
                if not deal.unit or fold(deal.unit) == fold(row.unit)
            ),
        )
        for row in records.all(Installed, account_ids=list(chosen))
    ]


def unworked(cells: Iterable[Cell]) -> list[Cell]:
    """Cells that are open or a rival's and that no open deal of ours works."""
    return [cell for cell in cells if cell.row.state in UNSOLD and not cell.deals]
