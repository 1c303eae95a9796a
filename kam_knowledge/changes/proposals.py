"""Writes that wait for their author's yes: proposed, confirmed once, receipted, undoable.

The states change by condition (`UPDATE … WHERE state = 'waiting'`), so however often a yes
arrives, and from how many workers, the change is written once and the first receipt comes back.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, select, update
from sqlalchemy.orm import Session

from kam_knowledge import schedules
from kam_knowledge.changes.ledger import Ledger, from_json, to_json
from kam_knowledge.changes.logged import (
    LoggedNote,
    put_back_note,
    store_logged,
    take_back_notes,
)
from kam_knowledge.changes.merging import move_touches, put_touches_back
from kam_knowledge.changes.plans import PlanEdit, save_edit, take_back_versions
from kam_knowledge.errors import DeniedError, KamError, UsageError
from kam_knowledge.store.models import SHEETS, Change, Contact, Proposal

LIFE, LIFE_OF_NOTES = timedelta(days=7), timedelta(days=30)
WAITING = "waiting"


@dataclass(frozen=True)
class FieldChange:
    """One field of one row: what it holds and what it would hold (values as JSON)."""

    table: str
    row_id: int
    key: str
    """What a person calls the row."""
    field: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """The contract's shape."""
        return {name: getattr(self, name) for name in ("table", "key", "field", "before", "after")}


@dataclass(frozen=True)
class Receipt:
    """What was written: the change's public id, its fields, and when."""

    change: str
    fields: tuple[FieldChange, ...]
    recorded_at: str
    notes: tuple[str, ...] = ()
    """The public ids of the notes that were stored."""


class OutOfDate(KamError):
    """What the proposal would change has changed meanwhile."""


def propose(
    session: Session,
    *,
    person_id: int,
    kind: str,
    summary: str,
    changes: Sequence[FieldChange],
    now: datetime,
    thread_id: int | None = None,
    notes: Sequence[LoggedNote] = (),
    more: Mapping[str, Any] | None = None,
) -> Proposal:
    """A proposal that waits for its author; nothing is written to the book.

    `more` of its payload: `creates` (`{table, values}`, and `refers`: the fields that hold the id
    of an earlier one, by its place), `offers` to tick, `instead_of` (proposals whose notes it
    replaces), `merges` (a contact's id and the one it becomes), `plan_edit` (`PlanEdit`),
    `schedule` (its `key`, and `after`: how it is to stand, `schedules.stand`).
    """
    row = Proposal(
        key=f"proposal-{secrets.token_hex(5)}",
        person_id=person_id,
        thread_id=thread_id,
        kind=kind,
        payload={
            "summary": summary,
            "changes": [asdict(change) for change in changes],
            "notes": [note.as_payload() for note in notes],
            "creates": [],
            **(more or {}),
        },
        state=WAITING,
        created_at=now,
        expires_at=now + (LIFE_OF_NOTES if kind == "note" else LIFE),
    )
    session.add(row)
    session.flush()
    return row


def field_changes(proposal: Proposal) -> tuple[FieldChange, ...]:
    """What the proposal would change."""
    return tuple(FieldChange(**change) for change in proposal.payload["changes"])


def logged_notes(proposal: Proposal) -> tuple[LoggedNote, ...]:
    """The notes that the proposal would store."""
    return tuple(map(LoggedNote.of_payload, proposal.payload.get("notes", ())))


def waiting(session: Session, person_id: int, thread_id: int | None) -> Proposal | None:
    """The person's newest proposal of that thread that still waits; None for none."""
    return session.scalar(
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.thread_id == thread_id,
            Proposal.state == WAITING,
        )
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def rewrite(session: Session, proposal: Proposal, payload: dict[str, Any]) -> bool:
    """Changes what is proposed while it waits; False when it no longer does."""
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == WAITING)
        .values(payload=payload)
    )
    session.refresh(proposal)
    return bool(getattr(taken, "rowcount", 0))


def by_key(session: Session, key: str, person_id: int | None) -> Proposal:
    """The person's proposal of that id, or anybody's for None. Raises UsageError for none."""
    row = session.scalar(select(Proposal).where(Proposal.key == key))
    if row is None or person_id not in (None, row.person_id):
        raise UsageError(f"you have no proposal {key!r}.", "Ask again to get a new one.")
    return row


def confirm(
    session: Session,
    proposal: Proposal,
    *,
    today: date,
    now: datetime,
    origin: str,
    actor_id: int | None = None,
) -> Receipt:
    """Writes what was proposed, once; a second yes gets the first receipt.

    `actor_id` is whoever said yes, where that is not its author.
    Raises UsageError for one that was cancelled or has expired, OutOfDate when a field no
    longer holds what the proposal showed: nothing is written then.
    """
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == WAITING, Proposal.expires_at > now)
        .values(state="confirmed")
    )
    session.refresh(proposal)
    if not getattr(taken, "rowcount", 0):
        if proposal.state == "confirmed" and proposal.receipt is not None:
            return receipt_of(proposal)
        state = "has expired" if proposal.state == WAITING else f"was {proposal.state}"
        raise UsageError(f"{proposal.key} {state}.", "Ask again to get a new one.")
    replaced = [
        key
        for key in proposal.payload.get("instead_of", ())
        if take_back(
            session,
            by_key(session, key, None),
            person_id=actor_id or proposal.person_id,
            origin=origin,
            today=today,
        )
    ]
    ledger = Ledger(
        session,
        cause="message",
        origin=origin,
        actor_id=actor_id or proposal.person_id,
        as_of=today,
        as_of_stated=True,
    )
    changes = field_changes(proposal)
    for change in changes:
        model = SHEETS[change.table]
        row = session.get(model, change.row_id)
        if row is None or row.retracted or to_json(getattr(row, change.field)) != change.before:
            raise OutOfDate(
                f"{change.key} has changed since this was proposed.",
                "Ask again to see how it stands now.",
            )
        ledger.update(
            row, {change.field: from_json(model, change.field, change.after)}, source=proposal.key
        )
    created: list[int] = []
    for row in proposal.payload.get("creates", ()):
        model = SHEETS[row["table"]]
        values = {name: from_json(model, name, one) for name, one in row["values"].items()}
        values |= {name: created[at] for name, at in row.get("refers", {}).items()}
        created.append(ledger.create(model, values, source=proposal.key).id)
    _edited(ledger, proposal, today)
    touches = _merged(ledger, proposal)
    before = _scheduled(session, proposal, now)
    stored = [store_logged(ledger, note, now) for note in logged_notes(proposal)]
    notes = tuple(note.key for note in stored)
    receipt = Receipt(ledger.change.key, changes, now.isoformat(), notes)
    proposal.receipt = {
        "change": receipt.change,
        "fields": [asdict(change) for change in changes],
        "recorded_at": receipt.recorded_at,
        "notes": list(notes),
        "instead_of": replaced,
        "touches": touches,
        "schedule": before,
    }
    proposal.change_id = ledger.change.id
    session.flush()
    return receipt


def _edited(ledger: Ledger, proposal: Proposal, today: date) -> None:
    """A section of a plan as its editor wants it."""
    kept = proposal.payload.get("plan_edit")
    if kept and save_edit(ledger, PlanEdit.of_payload(kept), as_of=today) is None:
        raise OutOfDate(
            "the section has changed since this was proposed.",
            "Ask again to see how it stands now.",
        )


def plan_edit(proposal: Proposal) -> PlanEdit | None:
    """The change of a plan's section that is proposed, if one is."""
    kept = proposal.payload.get("plan_edit")
    return PlanEdit.of_payload(kept) if kept else None


def _merged(ledger: Ledger, proposal: Proposal) -> dict[str, Any]:
    """Takes the record that becomes a part of another one off the book; the touches that named it,
    as they were."""
    merged = proposal.payload.get("merges")
    if not merged:
        return {}
    gone, keep = (ledger.session.get_one(Contact, key) for key in merged)
    if gone.retracted or keep.retracted:
        raise OutOfDate(
            f"{(gone if gone.retracted else keep).name} is on record no more.",
            "Ask again to see how it stands now.",
        )
    ledger.retract(gone, source=proposal.key)
    return move_touches(ledger.session, gone.id, keep.id, keep.account_id)


def _scheduled(session: Session, proposal: Proposal, now: datetime) -> dict[str, Any] | None:
    """Has a weekly schedule stand as proposed; how it stood before."""
    wanted = proposal.payload.get("schedule")
    if not wanted:
        return None
    before = schedules.standing(session, wanted["key"])
    schedules.stand(session, wanted["key"], wanted["after"], now=now)
    return before


def receipt_of(proposal: Proposal) -> Receipt:
    """The receipt of a confirmed proposal."""
    kept = proposal.receipt or {}
    return Receipt(
        kept["change"],
        tuple(FieldChange(**change) for change in kept["fields"]),
        kept["recorded_at"],
        tuple(kept.get("notes", ())),
    )


def cancel(session: Session, proposal: Proposal) -> bool:
    """Takes the proposal off the table; False when it no longer waited."""
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == WAITING)
        .values(state="cancelled")
    )
    session.refresh(proposal)
    return bool(getattr(taken, "rowcount", 0))


def undo_last(session: Session, person_id: int, *, origin: str, today: date) -> Proposal:
    """Takes the person's last confirmed write back; returns the proposal it came from.

    Raises UsageError where there is nothing of theirs to take back, DeniedError when somebody
    else's write stands on it.
    """
    row = session.scalar(
        select(Proposal)
        .join(Change, Change.id == Proposal.change_id)
        .where(
            Proposal.person_id == person_id,
            Proposal.state == "confirmed",
            Change.undone_by_id.is_(None),
        )
        .order_by(Change.id.desc())
        .limit(1)
    )
    if row is None or row.change_id is None:
        raise UsageError("there is nothing of yours to take back.", "")
    change = session.get(Change, row.change_id)
    if change is None or change.actor_id != person_id:
        raise DeniedError("that write is not yours to take back.", "Ask whoever made it.")
    take_back(session, row, person_id=person_id, origin=origin, today=today)
    return row


def take_back(
    session: Session, proposal: Proposal, *, person_id: int, origin: str, today: date
) -> bool:
    """Takes back all that a confirmed proposal wrote; False where it stands no more."""
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == "confirmed")
        .values(state="undone")
    )
    session.refresh(proposal)
    change = session.get(Change, proposal.change_id) if proposal.change_id else None
    if change is None or not getattr(taken, "rowcount", 0):
        return False
    ledger = Ledger(
        session, cause="undo", origin=origin, actor_id=person_id, as_of=today, as_of_stated=True
    )
    ledger.undo(change)
    take_back_notes(ledger, change, ledger.recorded_at)
    take_back_versions(ledger, change)
    if merged := proposal.payload.get("merges"):
        put_touches_back(session, (proposal.receipt or {}).get("touches", {}), *merged)
    if wanted := proposal.payload.get("schedule"):
        schedules.stand(session, wanted["key"], (proposal.receipt or {}).get("schedule"))
    session.flush()
    for key in (proposal.receipt or {}).get("instead_of", ()):
        _stand_again(session, by_key(session, key, None), person_id, origin, today)
    return True


def _stand_again(
    session: Session, proposal: Proposal, person_id: int, origin: str, today: date
) -> None:
    """What was replaced holds again, now that what replaced it is taken back."""
    change = session.get(Change, proposal.change_id) if proposal.change_id else None
    undone_by = session.get(Change, change.undone_by_id) if change and change.undone_by_id else None
    if undone_by is None or proposal.state != "undone":
        return
    ledger = Ledger(
        session, cause="undo", origin=origin, actor_id=person_id, as_of=today, as_of_stated=True
    )
    ledger.undo(undone_by)
    for key, logged in zip(receipt_of(proposal).notes, logged_notes(proposal), strict=True):
        put_back_note(ledger, key, logged, ledger.recorded_at)
    proposal.state = "confirmed"
    session.flush()


def from_place(session: Session, where: str, person_id: int | None = None) -> list[Proposal]:
    """The proposals of notes that were made from what stands there, oldest first: the person's,
    or everybody's."""
    rows = select(Proposal).where(
        Proposal.kind == "note", cast(Proposal.payload, Text).contains(where, autoescape=True)
    )
    if person_id is not None:
        rows = rows.where(Proposal.person_id == person_id)
    return [
        one
        for one in session.scalars(rows.order_by(Proposal.id))
        if any(note.source.get("where") == where for note in logged_notes(one))
    ]
