"""What was logged is put right by a message: a proposal with before and after, history kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from kam_knowledge.store.models import Action, Contact, LedgerEntry, Outbox, Thread
from tests.slack.face.conftest import Office, text_of
from tests.slack.face.logging_notes import (
    CHINESE,
    ENGLISH,
    card,
    cards,
    contact,
    direct_card,
    notes,
    now,
    proposal,
)
from tests.slack.face.watching import LI_NA, all_quiet, answers, room_of, said

WRONG = {
    ENGLISH: ("no, that was the CIO", "Dana Wu → Robert Hale"),
    CHINESE: ("不对,是 CIO", "Dana Wu → Robert Hale"),
}


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


@pytest.mark.parametrize(("said_so", "subject"), [(ENGLISH, "cio-sheet"), (CHINESE, "更正清单")])
def test_a_card_that_waits_is_corrected_by_a_message_and_the_wrong_one_goes(
    office: Office, said_so: str, subject: str
) -> None:
    li_na, (words, told) = office.person(LI_NA), WRONG[said_so]
    spoken = said(office, said_so.format(subject=subject))
    wrong = card(office, LI_NA, spoken)
    li_na.says(spoken.channel, words, spoken.ts)
    right = card(office, LI_NA, spoken)
    assert right["ts"] != wrong["ts"]
    assert told in text_of(right)
    assert "note:" not in now(office, LI_NA, wrong, spoken.thread)
    assert proposal(office, right).state == "waiting"
    li_na.presses(right, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, subject)
    assert note.title.endswith("Robert Hale") or "Robert Hale" in note.title
    assert words in note.text, "what was said first and what was said then are both kept"


@pytest.mark.parametrize(
    ("said_so", "subject"), [(ENGLISH, "saved-cio-sheet"), (CHINESE, "已存更正清单")]
)
def test_a_saved_note_is_corrected_and_stands_again_when_that_is_undone(
    office: Office, said_so: str, subject: str
) -> None:
    li_na, (words, told) = office.person(LI_NA), WRONG[said_so]
    spoken = said(office, said_so.format(subject=subject))
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    (before,) = notes(office, subject)
    li_na.says(spoken.channel, words, spoken.ts)
    update = card(office, LI_NA, spoken)
    assert told in text_of(update)
    assert [one.key for one in notes(office, subject)] == [before.key], "nothing without a yes"
    li_na.presses(update, "note:confirm")
    all_quiet(office)
    (after,) = notes(office, subject)
    assert "Robert Hale" in after.title
    li_na.presses(update, "note:undo")
    all_quiet(office)
    assert [one.key for one in notes(office, subject)] == [before.key]


def test_a_day_and_a_kind_are_corrected_too(office: Office) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, ENGLISH.format(subject="dated-sheet"))
    card(office, LI_NA, spoken)
    li_na.says(spoken.channel, "No, it was yesterday", spoken.ts)
    assert "2026-11-21 → 2026-11-20" in card(office, LI_NA, spoken)["text"]
    li_na.says(spoken.channel, "it was a call, not a meeting", spoken.ts)
    shown = card(office, LI_NA, spoken)
    assert "meeting → call" in text_of(shown)
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, "dated-sheet")
    assert (str(note.date), note.kind) == ("2026-11-20", "call")


def test_a_correction_that_nothing_can_be_made_of_asks_and_changes_nothing(
    office: Office,
) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, ENGLISH.format(subject="vague-sheet"))
    shown = card(office, LI_NA, spoken)
    li_na.says(spoken.channel, "No, that's wrong", spoken.ts)
    assert "What of the note is wrong" in answers(office, spoken)[-1]
    (standing,) = cards(office, LI_NA, spoken.channel, spoken.thread)
    assert standing["ts"] == shown["ts"]


@pytest.mark.parametrize(
    ("words", "name", "day", "head"),
    [
        ("Jan Kessler left ACME on 2026-11-10", "Jan Kessler", "2026-11-10", "Sponsor call"),
        ("孙美玲11月12日离职了", "Sun Meiling", "2026-11-12", "高层致电"),
    ],
)
def test_who_left_is_proposed_with_the_checklist_and_only_what_is_ticked_is_written(
    office: Office, words: str, name: str, day: str, head: str
) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, words)
    all_quiet(office)
    shown = li_na.reads(spoken.channel, spoken.thread)[-1]
    assert head in text_of(shown)
    assert "ACME-MSA-2" in text_of(shown), "renewals at risk"
    assert contact(office, name).left_on is None
    boxes = next(
        element
        for block in shown["blocks"]
        for element in block.get("elements", ())
        if element.get("type") == "checkboxes"
    )
    wanted = [
        one["value"] for one in boxes["options"] if str(one["text"]).count(day) or head in str(one)
    ]
    assert len(wanted) == 2
    li_na.presses(shown, boxes["action_id"], wanted)
    li_na.presses(shown, "settle:confirm")
    all_quiet(office)
    assert str(contact(office, name).left_on) == day
    written = tasks(office, name) + tasks(office, name.split()[0])
    assert {head in one.action for one in written} == {True}
    li_na.says(spoken.channel, "undo" if "left" in words else "撤销", spoken.ts)
    all_quiet(office)
    assert contact(office, name).left_on is None
    assert tasks(office, name) == []


def tasks(office: Office, name: str) -> list[Action]:
    """The internal tasks on record that name somebody who left."""
    with office.app.store.read() as session:
        found = session.scalars(
            select(Action).where(
                Action.action.contains(name),
                Action.retracted.is_(False),
                Action.direction == "internal",
                Action.action.contains("Sponsor call") | Action.action.contains("高层致电"),
            )
        ).all()
        session.expunge_all()
        return list(found)


def test_a_note_that_says_who_left_has_the_checklist_behind_a_button(office: Office) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, "Log: met Robert Hale of ACME, left-sheet. Jan Kessler left the company.")
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    number = contact(office, "Jan Kessler").id
    receipt = next(
        one for one in li_na.reads(spoken.channel, spoken.thread) if one["ts"] == shown["ts"]
    )
    li_na.presses(receipt, f"note:left:{number}")
    all_quiet(office)
    told = li_na.reads(room_of(office))[-1]
    assert "What hangs on Jan Kessler" in text_of(told)
    assert "OT security assessment" in text_of(told), "the deal that rests on him"
    li_na.presses(told, "settle:cancel")
    all_quiet(office)
    assert contact(office, "Jan Kessler").left_on is None


def test_two_records_of_one_person_become_one_and_two_again(office: Office) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, "merge D. Wu and Dana Wu")
    all_quiet(office)
    shown = li_na.reads(spoken.channel, spoken.thread)[-1]
    gone, kept = contact(office, "D. Wu"), contact(office, "Dana Wu")
    li_na.presses(shown, "settle:confirm")
    all_quiet(office)
    assert contact(office, "D. Wu").retracted
    assert "D. Wu" in contact(office, "Dana Wu").aliases
    with office.app.store.read() as session:
        entries = session.scalars(
            select(LedgerEntry).where(
                LedgerEntry.table == "contacts", LedgerEntry.row_id.in_((gone.id, kept.id))
            )
        ).all()
        assert "retracted" in {one.field for one in entries}, "history is kept"
    li_na.says(spoken.channel, "undo my last entry", spoken.ts)
    all_quiet(office)
    back: Contact = contact(office, "D. Wu")
    assert not back.retracted
    assert "D. Wu" not in contact(office, "Dana Wu").aliases
    assert contact(office, "Dana Wu").known_by_ids == kept.known_by_ids


def test_the_recap_is_for_the_customer_and_the_crms_form_to_be_copied(office: Office) -> None:
    li_na, room = office.person(LI_NA), room_of(office)
    spoken = said(
        office,
        "Log: met Dana Wu (ACME Corp CTO) today. I'll send the recap-sheet by Thursday. "
        "Chen Bo will check the discount floor internally by Friday. "
        "I'll send the comparison with Corvexa on Monday.",
    )
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    li_na.presses(shown, "note:recap")
    all_quiet(office)
    told = li_na.reads(room)[-1]
    draft = text_of(told).split("```")[1]
    assert "recap-sheet" in draft
    assert "discount" not in draft
    assert "Corvexa" not in draft
    assert "for us alone" in text_of(told)
    li_na.presses(told, "note:recap:zh" if "Dear" in draft else "note:recap:en")
    all_quiet(office)
    other = text_of(li_na.reads(room)[-1]).split("```")[1]
    assert ("Dear" in draft) != ("Dear" in other)
    li_na.presses(shown, "note:crm")
    all_quiet(office)
    form = text_of(li_na.reads(room)[-1]).split("```")[1]
    assert "account: ACME Corp" in form
    assert "recap-sheet" in form


def test_an_account_that_is_not_named_is_marked_as_carried_over(office: Office) -> None:
    li_na = office.person(LI_NA)
    channel = office.channel("before-it")
    li_na.commands(channel, "/kam log met Nils Haas of Globex today, carried-sheet")
    li_na.presses(direct_card(office), "note:confirm")
    all_quiet(office)
    for again in range(2):  # after a card by direct message, and after one in a thread there
        spoken = said(office, f"Log: called them again today, they want carried-offer {again}.")
        shown = card(office, LI_NA, spoken)
        assert "Globex" in text_of(shown)
        assert "carried over from your conversation" in text_of(shown)


def test_what_was_said_long_ago_is_not_carried_over(office: Office) -> None:
    spoken = said(office, ENGLISH.format(subject="long-ago-sheet"))
    card(office, LI_NA, spoken)
    with office.app.store.write() as session:
        for thread in session.scalars(select(Thread)):
            thread.updated_at -= timedelta(hours=2)
        for message in session.scalars(select(Outbox)):
            message.created_at -= timedelta(hours=25)
    other = said(office, "Log: called them today, they want the long-ago-offer.")
    assert "Which account" in answers(office, other)[-1]
