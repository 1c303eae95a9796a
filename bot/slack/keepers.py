"""Who keeps somebody's message as a note: they hear of it when it is edited or deleted."""

from __future__ import annotations

from sqlalchemy import select

from kam_knowledge.changes.proposals import from_place, logged_notes
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Note, NotePlace


class Keepers:
    """Looks places of notes up. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, where: str) -> tuple[str, ...]:
        """The Slack users who saved the message of that place and have its note still, whoever
        saved it last first: each has a note of their own and hears of it alone."""
        with self._store.read() as session:
            stands = select(NotePlace.id).join(Note, Note.id == NotePlace.note_id)
            stands = stands.where(NotePlace.path == where, Note.removed.is_(False)).limit(1)
            if session.scalar(stands) is None:
                return ()
            saved = [one for one in from_place(session, where) if one.state == "confirmed"]
            users = [note.source.get("keeper") for one in saved for note in logged_notes(one)]
        return tuple(dict.fromkeys(str(one) for one in reversed(users) if one))
