"""What becomes of a saved note when its message is edited or deleted, or the book has moved on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.store.models import Contact
from tests.slack.face.conftest import Office, text_of
from tests.slack.face.logging_notes import (
    CHINESE,
    ENGLISH,
    actions,
    card,
    cards,
    contact,
    direct_card,
    notes,
    now,
    passages,
    proposal,
)
from tests.slack.face.watching import LI_NA, all_quiet, answers, room_of, said

TOM = "tom.becker@example.com"


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


@pytest.mark.parametrize(
    ("said_so", "first", "second", "told"),
    [(ENGLISH, "old-sheet", "new-sheet", "replaces"), (CHINESE, "旧报价表", "新报价表", "替换")],
)
def test_an_edited_message_proposes_to_replace_its_note_and_that_can_be_undone(
    office: Office, said_so: str, first: str, second: str, told: str
) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, said_so.format(subject=first))
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, first)

    li_na.edits(spoken, said_so.format(subject=second))
    update = card(office, LI_NA, spoken)
    assert told in text_of(update)
    assert "note:undo" in now(office, LI_NA, shown, spoken.thread), "the receipt stands"
    assert [one.key for one in notes(office, first)] == [note.key], "nothing without a yes"

    li_na.presses(update, "note:confirm")
    all_quiet(office)
    assert notes(office, first) == []
    assert actions(office, first) == []
    assert len(notes(office, second)) == len(actions(office, second)) == 1
    assert passages(office, first) == 0

    li_na.presses(update, "note:undo")
    all_quiet(office)
    assert notes(office, second) == []
    assert actions(office, second) == []
    assert [one.key for one in notes(office, first)] == [note.key]
    assert len(actions(office, first)) == 1
    assert passages(office, first) == 1

    li_na.presses(shown, "note:undo")
    all_quiet(office)
    assert notes(office, first) == actions(office, first) == []


@pytest.mark.parametrize(("answer", "left"), [("note:keep", 1), ("note:undo", 0)])
def test_when_a_message_is_deleted_its_writer_is_asked_about_the_note(
    office: Office, answer: str, left: int
) -> None:
    li_na, subject = office.person(LI_NA), f"gone-{left}-sheet"
    spoken = said(office, ENGLISH.format(subject=subject))
    li_na.presses(card(office, LI_NA, spoken), "note:confirm")
    all_quiet(office)
    li_na.deletes(spoken)
    all_quiet(office)
    asked = li_na.reads(room_of(office))[-1]
    assert "was deleted" in text_of(asked)
    assert len(notes(office, subject)) == 1
    li_na.presses(asked, answer)
    all_quiet(office)
    assert len(notes(office, subject)) == left
    assert "note:" not in now(office, LI_NA, asked)


def test_a_deleted_message_takes_its_card_with_it(office: Office) -> None:
    spoken = said(office, ENGLISH.format(subject="dropped-sheet"))
    shown = card(office, LI_NA, spoken)
    office.person(LI_NA).deletes(spoken)
    all_quiet(office)
    assert cards(office, LI_NA, spoken.channel, spoken.thread) == []
    assert proposal(office, shown).state == "cancelled"
    assert notes(office, "dropped-sheet") == []


def test_what_was_ticked_and_has_changed_meanwhile_is_not_overwritten_and_the_card_waits_on(
    office: Office,
) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, "Log: met Robert Hale of ACME, the moved-sheet. Robert Hale supports us.")
    shown = card(office, LI_NA, spoken)
    key = proposal(office, shown).key
    li_na.presses(shown, f"note:tick:{key}", ["0"])
    all_quiet(office)
    with office.app.store.write() as session:
        row = session.scalars(select(Contact).where(Contact.name == "Robert Hale")).one()
        Ledger(session, cause="import", origin="workbook").update(row, {"support": "enemy"})
    li_na.presses(shown, "note:confirm")
    assert "has changed since" in answers(office, spoken)[-1]
    assert notes(office, "moved-sheet") == []
    li_na.presses(shown, f"note:tick:{key}", [])
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    assert len(notes(office, "moved-sheet")) == 1
    assert contact(office, "Robert Hale").support == "enemy"


def test_a_kept_message_that_its_author_edits_or_deletes_is_brought_to_its_keeper(
    office: Office,
) -> None:
    tom, li_na = office.person(TOM), office.person(LI_NA)
    channel = office.channel("keeping", TOM)
    spoken = tom.says(channel, "Met Globex today. I will send the tom-sheet by Thursday.")
    li_na.uses_shortcut("save_note", spoken)
    first = direct_card(office)
    li_na.presses(first, "note:confirm")
    all_quiet(office)
    assert len(notes(office, "tom-sheet")) == 1

    tom.edits(spoken, "Met Globex today. I will send the tom-offer by Thursday.")
    update = direct_card(office)
    assert "replaces" in text_of(update)
    assert "tom-offer" in text_of(update)
    assert len(notes(office, "tom-sheet")) == 1
    li_na.presses(update, "note:confirm")
    all_quiet(office)
    assert notes(office, "tom-sheet") == []
    assert len(notes(office, "tom-offer")) == 1

    tom.deletes(spoken)
    all_quiet(office)
    asked = li_na.reads(room_of(office))[-1]
    assert "note:keep" in text_of(asked)
    li_na.presses(asked, "note:undo")
    all_quiet(office)
    assert notes(office, "tom-offer") == []
    assert office.from_bot(TOM, channel) == [], "nothing is said where it stood"
