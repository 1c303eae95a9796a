"""Commitments as they stand on the business day: ours, theirs, internal (S1-13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_

from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Action, Contact


@dataclass(frozen=True)
class Commitment:
    """One commitment, open unless it says when it was done."""

    action: Action
    owner: str | None
    """The name of whoever promised; None when nobody is named."""
    overdue_days: int
    """Days past its due date; 0 when it is not due yet or has no date."""
    slipped: bool
    """Whether the date was moved since it was first promised."""


def is_open(action: Action, today: date) -> bool:
    """Whether the commitment was open on that day: one done later still was."""
    if action.done_on is not None:
        return action.done_on > today
    return action.status not in ("done", "dropped")


def open_now(today: date) -> ColumnElement[bool]:
    """The same of present values, as SQL over `Action`."""
    undone = or_(Action.status.is_(None), Action.status.not_in(("done", "dropped")))
    return or_(Action.done_on > today, and_(Action.done_on.is_(None), undone))


def open_commitments(
    records: Records,
    *,
    account_ids: Iterable[int] | None = None,
    now: Iterable[ColumnElement[bool]] = (),
) -> list[Commitment]:
    """Open commitments: overdue first (longest first), then by due date, undated last.

    `now` narrows by present values what is read (see `Records.all`); the caller compares again.
    """
    today = records.rights.today
    rows = records.all(Action, account_ids=account_ids, now=[open_now(today), *now])
    rows = [action for action in rows if is_open(action, today)]
    records.keep(Contact, [row.owner_contact_id for row in rows])
    found = [as_commitment(records, action) for action in rows]
    return sorted(found, key=lambda c: (-c.overdue_days, c.action.due or date.max, c.action.id))


def as_commitment(records: Records, action: Action) -> Commitment:
    """The promise with its owner's name; how late it is, 0 for one that is kept."""
    today = records.rights.today
    late = action.due is not None and action.due < today and is_open(action, today)
    slipped = bool(action.first_due and action.due and action.due > action.first_due)
    days = (today - action.due).days if late and action.due else 0
    return Commitment(action, owner_name(records, action), days, slipped)


def owner_name(records: Records, action: Action) -> str | None:
    """The owner's name: a person of ours, a contact, or the text as written."""
    if action.owner_person_id is not None:
        person = records.people.get(action.owner_person_id)
        if person:
            return person.name
    if action.owner_contact_id is not None:
        contact = records.get(Contact, action.owner_contact_id)
        if contact:
            return contact.name
    return action.owner
