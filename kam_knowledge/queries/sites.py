"""Where the accounts have their sites: the units of the whitespace grid and of deals (S4-1)."""

from __future__ import annotations

from sqlalchemy import select

from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Installed, Opportunity


def sites(records: Records) -> set[tuple[int, str]]:
    """Every account that these readers may see with each of its units, as recorded."""
    found: set[tuple[int, str | None]] = set()
    if records.as_it_stands:  # one grid holds a unit once for every product
        for model in (Installed, Opportunity):
            units = select(model.account_id, model.unit).where(records.held(model)).distinct()
            found |= {(account_id, unit) for account_id, unit in records.session.execute(units)}
    else:
        found |= {(row.account_id, row.unit) for row in records.all(Installed)}
        found |= {(row.account_id, row.unit) for row in records.all(Opportunity)}
    return {(account_id, unit) for account_id, unit in found if unit}
