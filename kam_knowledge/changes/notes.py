"""The writer of notes: note, place, interaction, passages, full text and index jobs at once.

Everything is written in the caller's transaction, so a note is found a second later and a
kill at any moment leaves either all of it or nothing; only embedding waits (design.md, 5).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kam_knowledge.language.mass_mail import is_mass_mail
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.passages import content_hash, split
from kam_knowledge.store.models import (
    Account,
    Change,
    IndexJob,
    Interaction,
    LedgerEntry,
    Note,
    NotePlace,
    Passage,
)

TOUCHES = frozenset({"meeting", "call", "email", "chat"})
"""Kinds of note that describe a touch with the customer."""


@dataclass(frozen=True)
class NoteDraft:
    """A note as it is to be stored. `inferred` says which fields were not stated, and whence."""

    text: str
    title: str
    kind: str
    content_hash: str
    visibility: str
    language: str
    date: date | None = None
    account_id: int | None = None
    author_id: int | None = None
    origin: str = "file"
    format: str = "markdown"
    inferred: Mapping[str, str] = field(default_factory=dict)
    contact_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()
    unknown_names: tuple[str, ...] = ()
    participants_assumed: bool = False


@dataclass(frozen=True)
class Place:
    """Where a note's text stands: the file's identity, and what people are shown."""

    root: str
    path: str
    place: str
    file_hash: str
    part: str = ""


class NoteWriter:
    """Writes notes in one session; one `Change` holds what a run wrote."""

    def __init__(
        self,
        session: Session,
        now: datetime,
        *,
        cause: str = "note",
        actor_id: int | None = None,
        change: Change | None = None,
    ) -> None:
        """`change` is one that is being written already, of which the notes are a part."""
        self.session = session
        self.now = now
        self.passages = 0
        """How many passages were written: new ones, and those with other content."""
        self._cause = cause
        self._actor_id = actor_id
        self._change = change

    def add(self, draft: NoteDraft, place: Place | None = None) -> Note:
        """A new note with everything that hangs on it."""
        note = Note(key=f"note-{secrets.token_hex(8)}", recorded_at=self.now, removed=False)
        self._fill(note, draft)
        self.session.add(note)
        self.session.flush()
        self._log(note, None)
        self._interaction(note, draft)
        self._passages(note, [])
        if place is not None:
            self.attach(note, place)
        return note

    def revise(self, note: Note, draft: NoteDraft) -> None:
        """The note's new content; passages that stayed keep their ids and vectors."""
        old = None if note.removed else note.content_hash
        self._fill(note, draft)
        note.removed = False
        self.session.flush()
        if old != note.content_hash:
            self._log(note, old)
        self.session.execute(delete(Interaction).where(Interaction.note_id == note.id))
        self._interaction(note, draft)
        self._passages(note, self._stored(note))

    def attach(self, note: Note, place: Place) -> NotePlace:
        """The note stands at this place (too); a place holds one note.

        A note whose only place this was goes, as `detach` has it.
        """
        row = self.session.scalar(
            select(NotePlace).where(NotePlace.path == place.path, NotePlace.part == place.part)
        )
        if row is None:
            row = NotePlace(path=place.path, part=place.part)
            self.session.add(row)
        before = row.note_id
        row.note_id = note.id
        row.root, row.place = place.root, place.place
        row.file_hash, row.ingested_at = place.file_hash, self.now
        self.session.flush()
        if before is not None and before != note.id:
            self._without_place(before)
        return row

    def detach(self, place: NotePlace) -> bool:
        """The place no longer holds its note; returns whether the note went with it."""
        self.session.delete(place)
        self.session.flush()
        return self._without_place(place.note_id)

    def _without_place(self, note_id: int) -> bool:
        """Removes a file's note that stands nowhere any more."""
        note = self.session.get(Note, note_id)
        left = self.session.scalar(
            select(NotePlace.id).where(NotePlace.note_id == note_id).limit(1)
        )
        if note is None or note.removed or left is not None or note.origin != "file":
            return False
        self.remove(note)
        return True

    def remove(self, note: Note) -> None:
        """The note is found no more; its row and its history stay."""
        note.removed = True
        note.updated_at = self.now
        self._log(note, note.content_hash, gone=True)
        self.session.execute(delete(Interaction).where(Interaction.note_id == note.id))
        for passage in self._stored(note):
            self.session.add(self._job(passage.id, "delete"))
            self.session.delete(passage)
        self.session.flush()

    def _fill(self, note: Note, draft: NoteDraft) -> None:
        note.account_id, note.author_id = draft.account_id, draft.author_id
        note.date, note.kind, note.title = draft.date, draft.kind, draft.title[:400]
        note.visibility, note.language = draft.visibility, draft.language
        note.text, note.content_hash = draft.text, draft.content_hash
        note.origin, note.format = draft.origin, draft.format
        note.inferred, note.updated_at = dict(draft.inferred), self.now

    def _interaction(self, note: Note, draft: NoteDraft) -> None:
        if note.kind not in TOUCHES or note.account_id is None or note.date is None:
            return
        self.session.add(
            Interaction(
                note_id=note.id,
                account_id=note.account_id,
                date=note.date,
                kind=note.kind,
                contact_ids=list(draft.contact_ids),
                person_ids=list(draft.person_ids),
                unknown_names=list(draft.unknown_names),
                assumed=draft.participants_assumed,
                mass=is_mass_mail(note.kind, note.title, note.text),
            )
        )

    def _passages(self, note: Note, stored: list[Passage]) -> None:
        context = passage_context(self.session, note)
        pieces = [(piece, content_hash(context, piece.text)) for piece in split(note.text)]
        places = self._settled(stored, [key for _, key in pieces])
        fresh: list[Passage] = []
        for ordinal, ((piece, key), passage) in enumerate(zip(pieces, places, strict=True)):
            if passage is None:
                passage = Passage(note_id=note.id, method_key=None)
                self.session.add(passage)
            passage.ordinal, passage.heading = ordinal, piece.heading[:400]
            passage.language, passage.title = note.language, note.title
            if passage.content_hash == key:
                continue
            words = tokens(f"{context}\n{piece.text}")
            passage.context, passage.text, passage.content_hash = context, piece.text, key
            passage.tokens, passage.length = " ".join(words), len(words)
            fresh.append(passage)
        self.session.flush()
        self.session.add_all([self._job(passage.id, "upsert") for passage in fresh])
        self.session.flush()
        self.passages += len(fresh)

    def _settled(self, stored: list[Passage], keys: list[str]) -> list[Passage | None]:
        """Which stored passage each content goes to: its own, else one whose content is gone.

        The rest are deleted. None means that a new one is needed.
        """
        places: list[Passage | None] = [None] * len(keys)
        if not stored:
            return places
        by_key: dict[str, list[Passage]] = {}
        for passage in stored:
            by_key.setdefault(passage.content_hash, []).append(passage)
        for ordinal, key in enumerate(keys):
            if by_key.get(key):
                places[ordinal] = by_key[key].pop(0)
        spare = [passage for passage in stored if passage in by_key[passage.content_hash]]
        for ordinal, place in enumerate(places):
            if place is None and spare:
                places[ordinal] = spare.pop(0)
        for passage in spare:
            self.session.add(self._job(passage.id, "delete"))
            self.session.delete(passage)
        self.session.flush()
        for ordinal, kept in enumerate(places):
            if kept is not None and kept.ordinal != ordinal:
                kept.ordinal = -1 - kept.ordinal  # out of the way: an ordinal is unique
        self.session.flush()
        return places

    def _stored(self, note: Note) -> list[Passage]:
        return list(
            self.session.scalars(
                select(Passage).where(Passage.note_id == note.id).order_by(Passage.ordinal)
            )
        )

    def _job(self, passage_id: int, what: str) -> IndexJob:
        return IndexJob(
            passage_id=passage_id, what=what, state="due", attempts=0, created_at=self.now
        )

    def _log(self, note: Note, old: str | None, *, gone: bool = False) -> None:
        if self._change is None:
            self._change = Change(
                key=f"change-{secrets.token_hex(6)}",
                cause=self._cause,
                origin=note.origin,
                actor_id=self._actor_id,
                recorded_at=self.now,
            )
            self.session.add(self._change)
            self.session.flush()
        self.session.add(
            LedgerEntry(
                change_id=self._change.id,
                table="notes",
                row_id=note.id,
                field="content_hash",
                old=old,
                new=None if gone else note.content_hash,
                source=note.key,
                as_of=note.date or self.now.date(),
                as_of_stated=False,
                confirmed=True,
                applied=True,
                conflict=False,
            )
        )


def passage_context(session: Session, note: Note) -> str:
    """What is put in front of a note's passages: account, title, date (stack.md, Retrieval)."""
    named = select(Account.name).where(Account.id == note.account_id)
    parts = [
        (session.scalar(named) if note.account_id else None) or "",
        note.title,
        note.date.isoformat() if note.date else "",
    ]
    return " · ".join(part for part in parts if part)
