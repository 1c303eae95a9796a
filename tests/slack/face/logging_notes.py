"""Cards of notes as people see them, and what the book holds of the notes."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from bot.local_workspace.people import Spoken
from kam_knowledge.store.models import (
    Action,
    Change,
    Contact,
    LedgerEntry,
    Note,
    NotePlace,
    Passage,
    Person,
    Proposal,
)
from tests.slack.face.conftest import Office, text_of
from tests.slack.face.watching import LI_NA, all_quiet, room_of

ENGLISH = (
    "Log: met Dana Wu (ACME Corp CTO) today. She is worried about migration cost. "
    "I'll send the {subject} by Thursday."
)
CHINESE = "记录：今天拜访了ACME的吴丹（Dana Wu）。她担心迁移成本。我周四前发{subject}给她。"


def cards(office: Office, who: str, channel: str, thread: str | None = None) -> list[Any]:
    """The cards that wait there, oldest first, once all is quiet."""
    all_quiet(office)
    found = office.person(who).reads(channel, thread)
    return [one for one in found if "note:confirm" in text_of(one)]


def card(office: Office, who: str, spoken: Spoken) -> Any:
    """The one card below a message."""
    (found,) = cards(office, who, spoken.channel, spoken.thread)
    return found


def direct_card(office: Office, who: str = LI_NA) -> Any:
    """The newest card by direct message outside of a thread."""
    return cards(office, who, room_of(office, who))[-1]


def now(office: Office, who: str, shown: Any, thread: str | None = None) -> str:
    """What a message that was seen says by now."""
    all_quiet(office)
    found = office.person(who).reads(shown["channel"], thread)
    return next(text_of(one) for one in found if one["ts"] == shown["ts"])


def notes(office: Office, words: str) -> list[Note]:
    """The notes that hold these words."""
    with office.app.store.read() as session:
        found = session.scalars(
            select(Note).where(Note.text.contains(words), Note.removed.is_(False))
        ).all()
        session.expunge_all()
        return list(found)


def actions(office: Office, words: str) -> list[Action]:
    """The promises of these words that are on record."""
    with office.app.store.read() as session:
        found = session.scalars(
            select(Action).where(Action.action.contains(words), Action.retracted.is_(False))
        ).all()
        session.expunge_all()
        return list(found)


def contact(office: Office, name: str) -> Contact:
    """The contact of that name."""
    with office.app.store.read() as session:
        found = session.scalars(select(Contact).where(Contact.name == name)).one()
        session.expunge_all()
        return found


def passages(office: Office, words: str) -> int:
    """How many passages can be found by these words."""
    with office.app.store.read() as session:
        return len(session.scalars(select(Passage).where(Passage.text.contains(words))).all())


def places(office: Office, note: Note) -> list[str]:
    """Where a note's original stands."""
    with office.app.store.read() as session:
        return list(session.scalars(select(NotePlace.place).where(NotePlace.note_id == note.id)))


def proposal(office: Office, shown: Any) -> Proposal:
    """The proposal of a card."""
    found = re.search(r"proposal-[0-9a-f]+", text_of(shown))
    assert found
    with office.app.store.read() as session:
        row = session.scalars(select(Proposal).where(Proposal.key == found[0])).one()
        session.expunge_all()
        return row


def person(office: Office, email: str) -> Person:
    """The person of ours with that email."""
    with office.app.store.read() as session:
        found = session.scalars(select(Person).where(Person.email == email)).one()
        session.expunge_all()
        return found


def who_wrote(office: Office, note: Note) -> int | None:
    """The id of whoever said yes to a note."""
    with office.app.store.read() as session:
        of_note = select(LedgerEntry.change_id).where(
            LedgerEntry.table == "notes", LedgerEntry.row_id == note.id
        )
        return session.scalar(select(Change.actor_id).where(Change.id.in_(of_note)))
