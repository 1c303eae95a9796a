"""Money that is due to us (回款)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_

from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Receivable


def open_invoices(records: Records, account_ids: Iterable[int] | None) -> list[Receivable]:
    """Invoices unpaid on the business day, due or not, the oldest due date first."""
    rows = records.all(Receivable, account_ids=account_ids, now=[owed_now(records.rights.today)])
    found = [row for row in rows if _owed(records, row)]
    return sorted(found, key=lambda row: (row.due, row.id))


def overdue_invoices(records: Records, account_ids: Iterable[int] | None) -> list[Receivable]:
    """Invoices past their due date and unpaid on the business day, oldest first."""
    today = records.rights.today
    now = [owed_now(today), Receivable.due < today]
    rows = records.all(Receivable, account_ids=account_ids, now=now)
    found = [row for row in rows if row.due < today and _owed(records, row)]
    return sorted(found, key=lambda row: (row.due, row.id))


def paid_invoices(
    records: Records, account_ids: Iterable[int] | None, since: date, until: date
) -> list[Receivable]:
    """Invoices paid from `since` to `until`, both included, the newest payment first."""
    last = min(until, records.rights.today)
    found = [
        row
        for row in records.all(
            Receivable, account_ids=account_ids, now=[Receivable.paid_on >= since]
        )
        if row.paid_on and since <= row.paid_on <= last
    ]
    return sorted(found, key=lambda row: (row.paid_on or date.min, row.id), reverse=True)


def owed_now(today: date) -> ColumnElement[bool]:
    """Unpaid by present values, as SQL over `Receivable`."""
    return or_(Receivable.paid_on.is_(None), Receivable.paid_on > today)


def _owed(records: Records, row: Receivable) -> bool:
    return row.paid_on is None or row.paid_on > records.rights.today
