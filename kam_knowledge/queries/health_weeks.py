"""An account's health week by week, as the records said it then (P-1, S1-17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from kam_knowledge.analysis.health import Health
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account

WEEKS = 8


def health_by_week(
    records: Records, account: Account, *, weeks: int = WEEKS
) -> list[tuple[date, Health]]:
    """The health at the end of each of the last weeks, oldest first, the business day last.

    Each is computed from what is known today of that day: a correction made since then counts.
    """
    today = records.rights.today
    found = []
    for back in range(weeks - 1, -1, -1):
        day = today - timedelta(weeks=back)
        then = Records(records.session, replace(records.rights, today=day), keeps=True)
        row = then.accounts.get(account.id)
        if row is not None:
            found.append((day, HealthReader(then, [row.id], evidence=False).of(row).health))
    return found
