"""What hangs on one of the customer's people, once they leave (P-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.renewals import Renewal, renewals
from kam_knowledge.queries.stakeholder import has_left, is_open, open_now
from kam_knowledge.store.models import Account, Contact, Opportunity, Person, TeamSeat

WITHIN = timedelta(days=14)
"""The sponsor's call and the first meeting with the successor."""
RENEWAL_WINDOW = timedelta(days=180)
"""How far ahead a renewal is at risk: where its timeline begins (P-4)."""
_NEAR = timedelta(days=60)
"""A successor may come that long before the other leaves."""


@dataclass(frozen=True)
class Departure:
    """Whoever left, who may follow, and what hung on them."""

    contact: Contact
    account: Account
    on: date
    successors: tuple[Contact, ...]
    """Who holds the same office or works in the same department since then."""
    commitments: tuple[Commitment, ...]
    """Open ones, by the person or to them."""
    owned: frozenset[int]
    """Ids of the actions among these that the person owns."""
    deals: tuple[Opportunity, ...]
    """Open ones that hang on the person."""
    reports: tuple[Contact, ...]
    """Who reported to the person."""
    alone_in_role: bool
    """Whether nobody else there has the person's role in decisions."""
    renewals: tuple[Renewal, ...]
    owner: Person | None
    """Of the account."""
    sponsor: Person | None
    """Our executive sponsor."""

    @property
    def successor(self) -> Contact | None:
        """The one who follows, where it can be only one."""
        return self.successors[0] if len(self.successors) == 1 else None


def departure(records: Records, contact: Contact, on: date) -> Departure:
    """What hangs on the contact, who leaves on that day."""
    account = records.accounts[contact.account_id]
    today = records.rights.today
    others = [row for row in records.contacts(account.id) if row.id != contact.id]
    here = [row for row in others if not has_left(row, today)]
    named = mentions_of([contact.name, *contact.aliases])
    promised = [
        one
        for one in open_commitments(records, account_ids=[account.id])
        if one.action.owner_contact_id == contact.id or named(one.action.action)
    ]
    deals = [
        row
        for row in records.all(Opportunity, account_ids=[account.id], now=[open_now()])
        if row.contact_id == contact.id and is_open(row, today)
    ]
    role = contact.decision_role
    return Departure(
        contact,
        account,
        on,
        tuple(row for row in here if _follows(row, contact, on)),
        tuple(promised),
        frozenset(one.action.id for one in promised if one.action.owner_contact_id == contact.id),
        tuple(deals),
        tuple(row for row in here if row.reports_to_id == contact.id),
        bool(role) and all(row.decision_role != role for row in here),
        tuple(renewals(records, [account], RENEWAL_WINDOW)),
        _here(records, account.owner_id),
        _sponsor(records, account.id),
    )


def _follows(row: Contact, gone: Contact, on: date) -> bool:
    """Whether the row took the place: the same office or department, there since about then."""
    if row.since is None or row.since < on - _NEAR:
        return False
    same_office = row.title and gone.title and fold(row.title) == fold(gone.title)
    same_place = (
        row.department and gone.department and fold(row.department) == fold(gone.department)
    )
    return bool(same_office or same_place)


def _sponsor(records: Records, account_id: int) -> Person | None:
    seats: Sequence[TeamSeat] = records.all(TeamSeat, account_ids=[account_id])
    held = [row.person_id for row in seats if row.seat == "executive_sponsor"]
    return next((one for key in held if (one := _here(records, key))), None)


def _here(records: Records, person_id: int | None) -> Person | None:
    """The person of ours, unless they have left."""
    person = records.people.get(person_id or 0)
    gone = person is not None and person.left_on and person.left_on <= records.rights.today
    return None if gone else person
