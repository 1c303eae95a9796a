"""Contacts who have not been in two-way contact for longer than their cadence (P-2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from kam_knowledge.analysis.cadence import cadence_days
from kam_knowledge.queries.last_touches import last_touches
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left, is_open, open_now
from kam_knowledge.queries.touches import Touch, touches
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Account, Contact, Opportunity

KEY_DAYS, OTHER_DAYS = 30, 90
"""Days after which a whole account is quiet, where nobody says how many."""
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


@dataclass(frozen=True)
class QuietAccount:
    """An account with nobody of which there was two-way contact for too long."""

    account: Account
    last: date | None
    """The day of the last two-way contact; None where none is on record."""
    days: int
    """Days since; 0 where there was none."""
    limit: int


def quiet_accounts(
    records: Records, accounts: Iterable[Account], *, days: int | None = None
) -> list[QuietAccount]:
    """Accounts without two-way contact for more than `days`, else than their class asks for (key
    30, all others 90); the longest first, those never in contact on record last."""
    chosen = {account.id: account for account in accounts}
    today = records.rights.today
    last = last_touches(records, list(chosen)).by_account
    found = []
    for account in chosen.values():
        limit = days or (KEY_DAYS if account.account_class == "key" else OTHER_DAYS)
        one = last.get(account.id)
        gap = (today - one).days if one else 0
        if one is None or gap > limit:
            found.append(QuietAccount(account, one, gap, limit))
    return sorted(found, key=lambda one: (one.last is None, -one.days, one.account.name))


def last_met(records: Records, quiet: Iterable[QuietAccount]) -> dict[int, Touch]:
    """The last two-way contact with each of the accounts, by id."""
    days = {one.account.id: one.last for one in quiet if one.last}
    found: dict[int, Touch] = {}
    if days:
        for touch in touches(records, account_ids=list(days), since=min(days.values())):
            if touch.two_way:
                found.setdefault(touch.account_id, touch)
    return found


def silences(
    records: Records,
    accounts: Iterable[Account],
    *,
    days: int | None = None,
    roles: Collection[str] | None = None,
) -> list[Silence]:
    """Contacts with a role, one of `roles` if those are given, whose silence is too long, those
    never met last, longest first.

    `days` replaces the cadence for everybody. An account without any touch on record is left
    out: on the first day of an import nothing is red (demand: missing data is grey).
    """
    chosen = {account.id: account for account in accounts}
    today = records.rights.today
    last = last_touches(records, list(chosen))
    prospects = [row.id for row in chosen.values() if row.account_class == "prospect"]
    working = {
        row.account_id
        for row in records.all(Opportunity, account_ids=prospects, now=[open_now()])
        if is_open(row, today)
    }
    found: dict[int, tuple[date | None, int, int]] = {}
    needed = ("id", "account_id", "decision_role", "left_on")
    named = [
        Contact.decision_role.is_not(None) if roles is None else Contact.decision_role.in_(roles)
    ]
    classes = {key: account.account_class for key, account in chosen.items()}
    for contact in records.fields(Contact, needed, account_ids=list(chosen), now=named):
        account_id, role = contact.account_id, contact.decision_role
        if account_id not in last.by_account or has_left(contact, today):
            continue
        cadence = cadence_days(classes[account_id], role)
        if account_id in working:
            cadence = PROSPECT_DAYS if role else None
        if cadence is None or (roles is not None and role not in roles):
            continue
        limit = days or cadence
        day = last.by_contact.get(contact.id)
        gap = (today - day).days if day else 0
        if day is None or gap > limit:
            found[contact.id] = (day, gap, limit)
    rows = records.all(Contact, among(Contact.id, found))
    silent = [Silence(chosen[row.account_id], row, *found[row.id]) for row in rows]
    return sorted(silent, key=lambda one: (one.last is None, -one.days, one.contact.name))
