"""A message becomes a note in Slack: card, form, yes, receipt, undo."""

from __future__ import annotations

import threading

import pytest

from kam_knowledge.store.models import Inbox
from tests.slack.face.conftest import Office, mention
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
    person,
    places,
    proposal,
    who_wrote,
)
from tests.slack.face.watching import LI_NA, all_quiet, answers, changes, room_of, rows, said

PRIYA = "priya.raman@example.com"


@pytest.mark.parametrize(
    ("said_so", "subject", "fixed", "owed"),
    [(ENGLISH, "TCO paper", "TCO folder", "We owe"), (CHINESE, "费用拆分表", "迁移报价单", "我方")],
)
def test_a_message_becomes_a_card_is_mended_saved_found_and_taken_back(
    office: Office, said_so: str, subject: str, fixed: str, owed: str
) -> None:
    li_na = office.person(LI_NA)
    spoken = said(office, said_so.format(subject=subject))
    shown = card(office, LI_NA, spoken)
    assert owed in str(shown)
    assert "ACME Corp" in str(shown)
    assert notes(office, subject) == [], "nothing is saved before a yes"

    li_na.presses(shown, "note:edit")
    form = li_na.waits_for_modal()
    assert form
    done = li_na.submits(action_1=f"send {fixed}", due_1="2026-11-30")
    assert not done.get("errors")
    assert fixed in now(office, LI_NA, shown, spoken.thread)
    assert notes(office, subject) == []

    li_na.presses(shown, "note:confirm")
    receipt = now(office, LI_NA, shown, spoken.thread)
    assert "note:undo" in receipt
    assert "note:confirm" not in receipt
    (note,) = notes(office, subject)
    assert note.visibility == "team"
    (promise,) = actions(office, fixed)
    assert str(promise.due) == "2026-11-30"
    assert places(office, note) == [f"slack:{office.face.team}:{spoken.channel}:{spoken.ts}"]
    assert fixed in "".join(answers(office, said(office, "What did we promise ACME?")))

    li_na.presses(shown, "note:undo")
    assert "note:undo" not in now(office, LI_NA, shown, spoken.thread)
    assert notes(office, subject) == []
    assert actions(office, fixed) == []
    assert passages(office, subject) == 0


def test_a_yes_pressed_three_times_saves_one_note(office: Office) -> None:
    spoken = said(office, ENGLISH.format(subject="thrice-sheet"))
    shown = card(office, LI_NA, spoken)
    before = changes(office)
    presses = [
        threading.Thread(target=lambda: office.person(LI_NA).presses(shown, "note:confirm"))
        for _ in range(3)
    ]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    all_quiet(office)
    assert len(notes(office, "thrice-sheet")) == 1
    assert changes(office) == before + 1
    assert len(answers(office, spoken)) == 1, "the receipt stands in the card's place"


def test_a_yes_in_words_closes_the_card(office: Office) -> None:
    spoken = said(office, ENGLISH.format(subject="worded-sheet"))
    shown = card(office, LI_NA, spoken)
    office.person(LI_NA).says(spoken.channel, "yes", spoken.ts)
    told = answers(office, spoken)
    assert len(told) == 2
    assert "note:undo" in told[1]
    assert "note:confirm" not in now(office, LI_NA, shown, spoken.thread)
    assert len(notes(office, "worded-sheet")) == 1


def test_a_no_saves_nothing_and_closes_the_card(http_office: Office) -> None:
    office = http_office
    spoken = said(office, ENGLISH.format(subject="unwanted-sheet"))
    shown = card(office, LI_NA, spoken)
    office.person(LI_NA).presses(shown, "note:cancel")
    assert "Not saved" in now(office, LI_NA, shown, spoken.thread)
    assert notes(office, "unwanted-sheet") == []
    other = said(office, ENGLISH.format(subject="unwelcome-sheet"))
    shown = card(office, LI_NA, other)
    office.person(LI_NA).says(other.channel, "cancel", other.ts)
    all_quiet(office)
    assert "Not saved" in now(office, LI_NA, shown, other.thread)


def test_who_may_read_a_note_is_one_click(http_office: Office) -> None:
    office = http_office
    spoken = said(office, ENGLISH.format(subject="private-sheet"))
    shown = card(office, LI_NA, spoken)
    office.person(LI_NA).presses(shown, "note:see_author")
    assert "Seen by you alone" in now(office, LI_NA, shown, spoken.thread)
    shown = card(office, LI_NA, spoken)
    office.person(LI_NA).presses(shown, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, "private-sheet")
    assert note.visibility == "author"


def test_what_others_have_no_business_with_is_pointed_out(http_office: Office) -> None:
    office = http_office
    spoken = said(office, "Log: met Dana Wu of ACME today, her husband is in hospital.")
    assert "Look at this before you save" in str(card(office, LI_NA, spoken))


def test_a_message_about_several_accounts_gives_one_card_each(http_office: Office) -> None:
    office = http_office
    spoken = said(
        office,
        "Log: ACME: met Dana Wu today, I'll send the split-sheet by Thursday.\n"
        "Globex: call today, they want the split-offer by Friday.",
    )
    found = cards(office, LI_NA, spoken.channel, spoken.thread)
    assert len(found) == 2
    assert "ACME" in str(found[0])
    assert "Globex" in str(found[1])
    office.person(LI_NA).presses(found[1], "note:confirm")
    all_quiet(office)
    assert len(notes(office, "split-offer")) == 1
    assert notes(office, "split-sheet") == []
    office.person(LI_NA).presses(found[0], "note:confirm")
    all_quiet(office)
    assert len(notes(office, "split-sheet")) == 1


def test_what_the_words_hint_at_is_written_where_it_is_ticked_and_nowhere_else(
    http_office: Office,
) -> None:
    office = http_office
    hints = "Robert Hale supports us. Jan Kessler left the company."
    spoken = said(office, f"Log: met Robert Hale of ACME today. {hints}")
    shown = card(office, LI_NA, spoken)
    boxes = next(
        element
        for block in shown["blocks"]
        for element in block.get("elements", ())
        if element.get("type") == "checkboxes"
    )
    assert len(boxes["options"]) == 2
    key = proposal(office, shown).key
    chosen = [one["value"] for one in boxes["options"] if "Hale" in str(one)]
    office.person(LI_NA).presses(shown, f"note:tick:{key}", chosen)
    all_quiet(office)
    office.person(LI_NA).presses(card(office, LI_NA, spoken), "note:confirm")
    all_quiet(office)
    assert contact(office, "Robert Hale").support == "supporter"
    assert contact(office, "Jan Kessler").left_on is None
    (receipt,) = [
        one
        for one in office.person(LI_NA).reads(spoken.channel, spoken.thread)
        if "note:undo" in str(one)
    ]
    office.person(LI_NA).presses(receipt, "note:undo")
    all_quiet(office)
    assert contact(office, "Robert Hale").support == "neutral"


def test_what_a_channel_may_not_read_is_proposed_by_direct_message(http_office: Office) -> None:
    office = http_office
    channel = office.channel("everybody-reads")
    spoken = office.person(LI_NA).says(
        channel, f"{mention(office)} {ENGLISH.format(subject='quiet-sheet')}"
    )
    (told,) = answers(office, spoken)
    assert "quiet-sheet" not in told
    shown = direct_card(office)
    assert "quiet-sheet" in str(shown)
    office.person(LI_NA).presses(shown, "note:confirm")
    all_quiet(office)
    assert len(notes(office, "quiet-sheet")) == 1


def test_only_the_author_or_the_accounts_team_settles_a_card(http_office: Office) -> None:
    office, tom = http_office, "tom.becker@example.com"
    channel = office.channel("team-cards", PRIYA, private=True)
    spoken = office.person(LI_NA).says(
        channel, f"{mention(office)} {ENGLISH.format(subject='team-sheet')}"
    )
    shown = card(office, LI_NA, spoken)
    office.person(LI_NA).do("invite", channel=channel, who=tom)
    office.person(tom).presses(shown, "note:confirm")
    office.person(tom).presses(shown, "note:edit")
    all_quiet(office)
    assert notes(office, "team-sheet") == []
    assert office.person(tom).modal() is None
    told = office.from_bot(tom, room_of(office, tom))
    assert "only whoever asked for it" in told[-1]
    assert "only whoever asked for it" in told[-2]


def test_a_colleague_of_the_accounts_team_may_say_yes_where_all_may_read_it(
    http_office: Office,
) -> None:
    office = http_office
    channel = office.channel("one-team", PRIYA, private=True)
    spoken = office.person(LI_NA).says(
        channel, f"{mention(office)} {ENGLISH.format(subject='shared-sheet')}"
    )
    shown = card(office, LI_NA, spoken)
    office.person(PRIYA).presses(shown, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, "shared-sheet")
    assert note.author_id == person(office, LI_NA).id
    assert who_wrote(office, note) == person(office, PRIYA).id


def test_nothing_can_be_logged_about_an_account_of_another_team(http_office: Office) -> None:
    office = http_office
    (told,) = answers(office, said(office, "Log: met the CFO of Nordvik Pumps, secret-sheet due."))
    assert "note:confirm" not in told
    assert "Nordvik Pumps" in told
    assert notes(office, "secret-sheet") == []


@pytest.mark.parametrize(
    ("entered", "where", "told"),
    [
        ({"account": "Nobody Ltd"}, "account", "No account"),
        ({"account": "Nordvik Pumps"}, "account", "No account"),
        ({"date": "2027-01-04"}, "date", "still to come"),
        ({"ours": "Nobody Atall"}, "ours", "Nobody Atall"),
        ({"owner_1": "Nobody Atall"}, "owner_1", "Nobody Atall"),
        ({"due_2": "2026-12-01"}, "action_2", "promise"),
    ],
)
def test_what_is_wrong_in_the_form_is_said_beside_it_and_nothing_changes(
    http_office: Office, entered: dict[str, str], where: str, told: str
) -> None:
    office, li_na = http_office, http_office.person(LI_NA)
    spoken = said(office, ENGLISH.format(subject="errant-sheet"))
    shown = card(office, LI_NA, spoken)
    before = now(office, LI_NA, shown, spoken.thread)
    li_na.presses(shown, "note:edit")
    assert li_na.waits_for_modal()
    done = li_na.submits(**entered)
    assert told in done["errors"][where]
    li_na.closes_modal()
    assert now(office, LI_NA, shown, spoken.thread) == before
    assert notes(office, "errant-sheet") == []


def test_every_field_can_be_mended(http_office: Office) -> None:
    office, li_na = http_office, http_office.person(LI_NA)
    spoken = said(office, ENGLISH.format(subject="mended-sheet"))
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:edit")
    assert li_na.waits_for_modal()
    done = li_na.submits(
        account="Globex",
        date="2026-11-19",
        kind="call",
        attendees="Somebody Else",
        ours="Tom Becker",
        text="Called about the mended-offer.",
        summary="A call",
        decisions="Pilot in May",
        concerns="",
        competitors="Rivalco",
        sentiment="positive",
        visibility="author",
        action_1="",
        owner_1="",
        action_2="Send the pilot plan",
        direction_2="theirs",
        owner_2="Somebody Else",
        due_2="2026-12-01",
    )
    assert not done["errors"]
    seen = now(office, LI_NA, shown, spoken.thread)
    for one in ("Globex", "Somebody Else", "Tom Becker", "A call", "Pilot in May", "Rivalco",
                "positive", "They owe: Send the pilot plan", "Seen by you alone"):  # fmt: skip
        assert one in seen, one
    assert "migration cost" not in seen
    li_na.presses(shown, "note:confirm")
    all_quiet(office)
    (note,) = notes(office, "mended-offer")
    assert (str(note.date), note.kind, note.visibility) == ("2026-11-19", "call", "author")
    (promise,) = actions(office, "Send the pilot plan")
    assert (promise.direction, promise.owner) == ("theirs", "Somebody Else")
    assert actions(office, "mended-sheet") == []


def test_a_form_that_is_submitted_twice_counts_once(http_office: Office) -> None:
    office, li_na = http_office, http_office.person(LI_NA)
    spoken = said(office, ENGLISH.format(subject="twofold-sheet"))
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:edit")
    assert li_na.waits_for_modal()
    li_na.submits(summary="Mended once")
    all_quiet(office)
    (sent,) = [
        one["payload"]
        for one in office.people.journal("delivery", type="view_submission")
        if "Mended once" in str(one["payload"])
    ]
    forms = [one for one in rows(office, Inbox) if one["key"].startswith("view:")]
    assert office.hears(sent) == 200
    all_quiet(office)
    assert [one for one in rows(office, Inbox) if one["key"].startswith("view:")] == forms


def test_an_edited_message_has_its_card_changed_and_the_old_one_is_gone(
    http_office: Office,
) -> None:
    office, li_na = http_office, http_office.person(LI_NA)
    spoken = said(office, ENGLISH.format(subject="first-sheet"))
    shown = card(office, LI_NA, spoken)
    old = proposal(office, shown)
    li_na.edits(spoken, ENGLISH.format(subject="second-sheet"))
    changed = card(office, LI_NA, spoken)
    assert changed["ts"] == shown["ts"]
    assert "second-sheet" in str(changed)
    assert proposal(office, shown).state == "cancelled"
    assert proposal(office, changed).key != old.key
    li_na.presses(changed, "note:confirm")
    all_quiet(office)
    assert notes(office, "first-sheet") == []
    assert len(notes(office, "second-sheet")) == 1
