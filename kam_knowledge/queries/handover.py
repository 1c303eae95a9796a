"""What goes with an account, and what hangs on a person, when either changes hands (P-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.relations import WINDOW
from kam_knowledge.queries.stakeholder import has_left, is_open
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import (
    Account,
    Activity,
    Contact,
    Cover,
    Goal,
    Opportunity,
    Person,
    TeamSeat,
)


@dataclass(frozen=True)
class Hanging:
    """What rests on one person of ours, at the accounts that may be seen."""

    person: Person
    cover: Cover | None
    """Who stands in for the person today or next."""
    accounts: tuple[Account, ...]
    seats: tuple[TeamSeat, ...]
    commitments: tuple[Commitment, ...]
    deals: tuple[Opportunity, ...]
    known: tuple[Contact, ...]
    """Contacts whom nobody else of ours who is still here knows."""
    meetings: tuple[Activity, ...]

    @property
    def account_ids(self) -> set[int]:
        """Where it does."""
        found = {account.id for account in self.accounts}
        found |= {one.action.account_id for one in self.commitments}
        found |= {row.account_id for row in self.deals} | {row.account_id for row in self.seats}
        return found | {c.account_id for c in self.known} | {m.account_id for m in self.meetings}

    @property
    def anything(self) -> bool:
        """Whether anything does."""
        return bool(self.account_ids)


def hanging_on(
    records: Records, person: Person, account_ids: Iterable[int] | None = None
) -> Hanging:
    """Everything open that bears the person's name."""
    today = records.rights.today
    wanted = set(records.accounts if account_ids is None else account_ids)
    deals = [
        row
        for row in records.all(Opportunity, account_ids=wanted)
        if row.owner_id == person.id and is_open(row, today)
    ]
    commitments = [
        one
        for one in open_commitments(records, account_ids=wanted)
        if one.action.owner_person_id == person.id
    ]
    seats = [row for row in records.all(TeamSeat, account_ids=wanted) if row.person_id == person.id]
    meetings = [
        row
        for row in records.all(Activity, account_ids=wanted)
        if row.status == "planned" and row.date >= today and person.id in row.person_ids
    ]
    owned = [row for row in records.accounts.values() if row.owner_id == person.id]
    covers = [
        row for row in records.all(Cover) if row.person_id == person.id and row.to_date >= today
    ]
    return Hanging(
        person,
        min(covers, key=lambda row: row.from_date, default=None),
        tuple(row for row in owned if row.id in wanted),
        tuple(seats),
        tuple(commitments),
        tuple(sorted(deals, key=lambda row: row.close_date or date.max)),
        tuple(known_only_to(records, person, wanted)),
        tuple(sorted(meetings, key=lambda row: (row.date, row.id))),
    )


def known_only_to(records: Records, person: Person, account_ids: Iterable[int]) -> list[Contact]:
    """Contacts, still there, whom of all who are still here this person alone knows.

    Knowing is an entry on record or a two-way touch within 180 days; a person who has left
    counts for what was entered.
    """
    today = records.rights.today
    ids = list(account_ids)
    known: defaultdict[int, set[int]] = defaultdict(set)
    for touch in touches(records, account_ids=ids, since=today - WINDOW):
        for contact_id in touch.contact_ids if touch.two_way else ():
            known[contact_id] |= set(touch.person_ids)
    found = []
    for row in records.all(Contact, account_ids=ids):
        people = known[row.id] | set(row.known_by_ids)
        others = {
            key
            for key in people - {person.id}
            if (one := records.people.get(key)) and (one.left_on is None or one.left_on > today)
        }
        if person.id in people and not others and not has_left(row, today):
            found.append(row)
    return found


def orphaned_goals(records: Records, account: Account) -> list[Goal]:
    """Open goals that nobody who is still here owns (S1-12)."""
    today = records.rights.today
    found = []
    for row in records.all(Goal, account_ids=[account.id]):
        owner = records.people.get(row.owner_id or 0)
        gone = owner is None or (owner.left_on is not None and owner.left_on <= today)
        if row.status not in ("done", "dropped") and gone:
            found.append(row)
    return found


def left(records: Records, person_id: int | None) -> Person | None:
    """The person, if they have left by the business day."""
    person = records.people.get(person_id or 0)
    if person and person.left_on and person.left_on <= records.rights.today:
        return person
    return None
