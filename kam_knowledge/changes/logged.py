"""A note that was logged: as a proposal keeps it, and how it is stored once its author says yes.

The note, its actions and its index jobs are one change, so that one undo takes all of it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kam_knowledge.changes.ledger import Ledger, from_json
from kam_knowledge.changes.notes import NoteDraft, NoteWriter, Place
from kam_knowledge.language.normalise import fold
from kam_knowledge.store.models import Action, Change, LedgerEntry, Note

ORIGIN = "log"
"""What a note's `origin` says of one that was logged."""
_DATES = frozenset({"date"})
_LISTS = frozenset({"contact_ids", "person_ids", "unknown_names"})


@dataclass(frozen=True)
class LoggedNote:
    """A note with the promises it tells of."""

    draft: NoteDraft
    actions: tuple[Mapping[str, Any], ...]
    """Values of `Action` by attribute, as JSON."""
    said: Mapping[str, Any]
    """The note as it was shown (contract.md, "Logging")."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """What it was made from: `where` (`slack:…`), `author`, `at`; empty for a text on its own."""

    def as_payload(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        fields = dict(vars(self.draft))
        fields["date"] = self.draft.date.isoformat() if self.draft.date else None
        fields["inferred"] = dict(self.draft.inferred)
        return {
            "draft": fields,
            "actions": [dict(one) for one in self.actions],
            "said": dict(self.said),
            "source": dict(self.source),
        }

    @classmethod
    def of_payload(cls, kept: Mapping[str, Any]) -> LoggedNote:
        """The inverse of `as_payload`."""
        fields = dict(kept["draft"])
        fields["date"] = date.fromisoformat(fields["date"]) if fields["date"] else None
        fields |= {name: tuple(fields[name]) for name in _LISTS}
        source = kept.get("source") or {}
        return cls(NoteDraft(**fields), tuple(kept["actions"]), kept["said"], source)


def logged_hash(text: str, account_id: int | None, day: date | None) -> str:
    """What makes two logged notes one: the words, whatever their spacing and case, the account,
    the day."""
    words = " ".join(fold(text).split())
    return sha256(json.dumps([words, account_id, str(day)]).encode()).hexdigest()


def logged_before(session: Session, content_hash: str, author_id: int) -> Note | None:
    """The person's own logged note of the same content, if there is one."""
    return session.scalar(
        select(Note)
        .where(
            Note.content_hash == content_hash,
            Note.author_id == author_id,
            Note.origin == ORIGIN,
            Note.removed.is_(False),
        )
        .order_by(Note.id)
        .limit(1)
    )


def store_logged(ledger: Ledger, logged: LoggedNote, now: datetime) -> Note:
    """Writes the note and its actions in the ledger's change; the note of the same content where
    its author has logged one before."""
    session, draft = ledger.session, logged.draft
    before = logged_before(session, draft.content_hash, draft.author_id or 0)
    if before is not None:
        return before
    writer = NoteWriter(
        session, now, cause=ledger.cause, actor_id=ledger.actor_id, change=ledger.change
    )
    note = writer.add(draft, _place(logged))
    for values in logged.actions:
        _store_action(ledger, values, note)
    session.flush()
    return note


def _place(logged: LoggedNote) -> Place | None:
    """Where its original stands: a message may have been kept by several people, for several
    accounts."""
    where, draft = logged.source.get("where"), logged.draft
    if not where:
        return None
    part = f"{draft.author_id}:{draft.account_id}"
    return Place(ORIGIN, where, where, draft.content_hash, part)


def take_back_notes(ledger: Ledger, change: Change, now: datetime) -> list[Note]:
    """Removes the notes that a change wrote; they are found no more, their history stays."""
    session = ledger.session
    written = select(LedgerEntry.row_id).where(
        LedgerEntry.change_id == change.id, LedgerEntry.table == Note.__tablename__
    )
    notes = session.scalars(select(Note).where(Note.id.in_(written), Note.removed.is_(False)))
    writer = NoteWriter(session, now, cause="undo", actor_id=ledger.actor_id, change=ledger.change)
    taken = list(notes)
    for note in taken:
        writer.remove(note)
    return taken


def put_back_note(ledger: Ledger, key: str, logged: LoggedNote, now: datetime) -> None:
    """A note that was taken back is found again, as it was."""
    session = ledger.session
    note = session.scalar(select(Note).where(Note.key == key, Note.removed.is_(True)))
    if note is None:
        return
    writer = NoteWriter(session, now, cause="undo", actor_id=ledger.actor_id, change=ledger.change)
    writer.revise(note, logged.draft)
    place = _place(logged)
    if place is not None:
        writer.attach(note, place)


def _store_action(ledger: Ledger, values: Mapping[str, Any], note: Note) -> None:
    """A new action; where the same one is open already, its date and owner as they are now."""
    attributes = {name: from_json(Action, name, value) for name, value in values.items()}
    same = ledger.session.scalar(
        select(Action)
        .where(
            Action.account_id == attributes["account_id"],
            Action.direction == attributes["direction"],
            func.lower(Action.action) == str(attributes["action"]).lower(),
            Action.retracted.is_(False),
            func.coalesce(Action.status, "open").not_in(("done", "dropped")),
        )
        .order_by(Action.id)
        .limit(1)
    )
    if same is None:
        ledger.create(Action, attributes, source=note.key)
        return
    moved = {
        name: attributes[name]
        for name in ("due", "owner", "owner_person_id", "owner_contact_id")
        if attributes.get(name) is not None
    }
    if moved.get("due") and same.first_due is None and same.due not in (None, moved["due"]):
        moved["first_due"] = same.due
    ledger.update(same, moved, source=note.key)
