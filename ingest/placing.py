"""Where a document's note goes: a new note, the note it was, or one that other files hold too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kam_knowledge.changes.notes import NoteDraft, NoteWriter, Place
from kam_knowledge.store.models import Interaction, Note, NotePlace

Outcome = Literal["added", "updated", "unchanged"]


class Placing:
    """Puts drafts at their places, in the caller's transaction.

    `bereft` are the notes that lost a place and keep
    another: what was inferred at the one that went may be wrong now.
    """

    def __init__(self, session: Session, writer: NoteWriter) -> None:
        self.session = session
        self.bereft: set[int] = set()
        self._writer = writer

    @property
    def passages(self) -> int:
        """How many passages were written."""
        return self._writer.passages

    def put(self, draft: NoteDraft, place: Place) -> Outcome:
        """The draft's note stands at the place, and nothing else does.

        A note that stands at this place alone is revised. One that other files hold stays theirs,
        and the draft becomes a note of its own, or joins the note that has the same content.
        """
        row = self._row(place)
        old = self.session.get(Note, row.note_id) if row else None
        if row is None or old is None:
            self._join(draft, place)
            return "added"
        if old.content_hash == draft.content_hash and not old.removed:
            self._writer.attach(old, place)
            if self._is_first(row) and differs(self.session, old, draft):
                self._writer.revise(old, draft)
                return "updated"
            return "unchanged"
        alone = self._places_of(old) == 1 and old.origin == "file"
        twin = self._twin(draft) if alone else None
        if alone and (twin is None or twin.removed):
            self._writer.revise(old, draft)
            self._writer.attach(old, place)
        else:
            self.take_away(row)
            self._join(draft, place)
        return "updated"

    def take_away(self, row: NotePlace) -> None:
        """The place holds its note no more; a note without places is removed."""
        note_id = row.note_id
        if not self._writer.detach(row):
            self.bereft.add(note_id)

    def take_away_others(self, path: str, parts: Sequence[str]) -> int:
        """Takes away the places of a file's parts that are not among these; how many they were."""
        rows = self.session.scalars(select(NotePlace).where(NotePlace.path == path))
        gone = [row for row in rows if row.part not in parts]
        for row in gone:
            self.take_away(row)
        return len(gone)

    def _join(self, draft: NoteDraft, place: Place) -> None:
        note = self._twin(draft)
        if note is None:
            note = self._writer.add(draft)
        elif note.removed:
            # The file is back: its note keeps its id, and citations of it hold again.
            self._writer.revise(note, draft)
        self._writer.attach(note, place)

    def _row(self, place: Place) -> NotePlace | None:
        return self.session.scalar(
            select(NotePlace).where(NotePlace.path == place.path, NotePlace.part == place.part)
        )

    def _twin(self, draft: NoteDraft) -> Note | None:
        """The note of a file with the same content, if there is one; a removed one where no other
        is."""
        return self.session.scalar(
            select(Note)
            .where(
                Note.content_hash == draft.content_hash,
                Note.origin == "file",
            )
            .order_by(Note.removed, Note.id)
            .limit(1)
        )

    def _places_of(self, note: Note) -> int:
        count = select(func.count(NotePlace.id)).where(NotePlace.note_id == note.id)
        return self.session.scalar(count) or 0

    def _is_first(self, row: NotePlace) -> bool:
        first = select(func.min(NotePlace.id)).where(NotePlace.note_id == row.note_id)
        return self.session.scalar(first) == row.id


def differs(session: Session, note: Note, draft: NoteDraft) -> bool:
    """Whether the note, of the same content, would be filed otherwise now."""
    stored = (
        note.account_id,
        note.author_id,
        note.date,
        note.kind,
        note.title,
        note.visibility,
        note.inferred,
    )
    wanted = (
        draft.account_id,
        draft.author_id,
        draft.date,
        draft.kind,
        draft.title[:400],
        draft.visibility,
        dict(draft.inferred),
    )
    if stored != wanted:
        return True
    touch = session.scalar(select(Interaction).where(Interaction.note_id == note.id))
    return touch is not None and (
        tuple(touch.contact_ids),
        tuple(touch.person_ids),
        tuple(touch.unknown_names),
        touch.assumed,
    ) != (draft.contact_ids, draft.person_ids, draft.unknown_names, draft.participants_assumed)
