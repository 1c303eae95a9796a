"""How many promises are open on each side of an account, as a figure that is computed (S1-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kam_knowledge.queries.commitments import Commitment
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Account

SIDES = ("ours", "theirs")


def by_side(found: Sequence[Commitment]) -> dict[str, list[Commitment]]:
    """What we owe and what they owe, in the order given."""
    return {side: [one for one in found if one.action.direction == side] for side in SIDES}


def counted(
    records: Records, account: Account, sides: Mapping[str, Sequence[Commitment]]
) -> ComputedSource:
    """The counts of open and overdue promises, with the records behind them."""
    said = "; ".join(
        f"{direction}: {len(own)} open, {sum(one.overdue_days > 0 for one in own)} overdue"
        for direction, own in sides.items()
    )
    rows = [one.action for own in sides.values() for one in own]
    return ComputedSource(
        "open_commitments (S1-13)",
        account.name,
        records.rights.today,
        said,
        tuple(records.source(row, ["action"]).where for row in rows),
    )
