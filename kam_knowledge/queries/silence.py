"""Contacts who have not been in two-way contact for longer than their cadence (P-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kam_knowledge.analysis.cadence import cadence_days
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left, is_open
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Account, Contact, Opportunity

PROSPECT_DAYS = 90
"""A prospect counts only while a deal is open, and then as an ordinary account does."""


@dataclass(frozen=True)
class Silence:
    """A contact over the cadence; `last` is None where no contact is on record at all."""

    account: Account
    contact: Contact
    last: date | None
    days: int
    """Days since the last two-way contact; 0 where there was none."""
    cadence: int


def silences(
    records: Records, accounts: Iterable[Account], *, days: int | None = None
) -> list[Silence]:
    """Contacts with a role whose silence is too long, those never met last, longest first.

    `days` replaces the cadence for everybody. An account without any touch on record is left
    out: on the first day of an import nothing is red (demand: missing data is grey).
    """
    chosen = {account.id: account for account in accounts}
    today = records.rights.today
    last: dict[int, date] = {}
    seen: set[int] = set()
    for touch in touches(records, account_ids=list(chosen)):
        if not touch.two_way:
            continue
        seen.add(touch.account_id)
        for contact_id in touch.contact_ids:
            last.setdefault(contact_id, touch.date)
    working = {
        row.account_id
        for row in records.all(Opportunity, account_ids=list(chosen))
        if is_open(row, today)
    }
    found = []
    for contact in records.all(Contact, account_ids=list(chosen)):
        account = chosen[contact.account_id]
        if has_left(contact, today) or account.id not in seen:
            continue
        cadence = cadence_days(account.account_class, contact.decision_role)
        if account.account_class == "prospect" and account.id in working:
            cadence = PROSPECT_DAYS if contact.decision_role else None
        if cadence is None:
            continue
        limit = days or cadence
        day = last.get(contact.id)
        gap = (today - day).days if day else 0
        if day is None or gap > limit:
            found.append(Silence(account, contact, day, gap, limit))
    return sorted(found, key=lambda one: (one.last is None, -one.days, one.contact.name))
