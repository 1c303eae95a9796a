"""A message that two people save: a note of each, known to both, and each heard alone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.local_workspace.people import Spoken
from tests.slack.face.conftest import Office, text_of
from tests.slack.face.logging_notes import cards, notes, person
from tests.slack.face.watching import LI_NA, all_quiet, room_of

TOM, GRACE = "tom.becker@example.com", "grace.lin@example.com"


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


def brought(office: Office, who: str) -> Any:
    """The newest card that somebody has by direct message."""
    return cards(office, who, room_of(office, who))[-1]


def keeps(office: Office, who: str, spoken: Spoken) -> Any:
    """The card of somebody who saves a message, before they confirm it."""
    office.person(who).uses_shortcut("save_note", spoken)
    shown = brought(office, who)
    office.person(who).presses(shown, "note:confirm")
    all_quiet(office)
    return shown


def test_each_keeper_has_a_note_and_hears_of_the_edit_and_the_deletion(office: Office) -> None:
    tom = office.person(TOM)
    channel = office.channel("two-keepers", TOM, GRACE)
    spoken = tom.says(channel, "Met Globex today. I will send the twice-kept-sheet by Thursday.")
    first = keeps(office, LI_NA, spoken)
    assert "saved this message already" not in text_of(first)
    second = keeps(office, GRACE, spoken)
    assert "Li Na saved this message already" in text_of(second)
    kept = notes(office, "twice-kept-sheet")
    assert {one.author_id for one in kept} == {
        person(office, LI_NA).id,
        person(office, GRACE).id,
    }
    assert len(kept) == 2

    tom.edits(spoken, "Met Globex today. I will send the twice-kept-offer by Thursday.")
    all_quiet(office)
    for who in (LI_NA, GRACE):
        update = brought(office, who)
        assert "twice-kept-offer" in text_of(update)
    office.person(GRACE).presses(brought(office, GRACE), "note:confirm")
    all_quiet(office)
    assert [one.author_id for one in notes(office, "twice-kept-sheet")] == [
        person(office, LI_NA).id
    ], "what the other keeps is hers to decide on"

    tom.deletes(spoken)
    all_quiet(office)
    for who in (LI_NA, GRACE):
        asked = office.person(who).reads(room_of(office, who))[-1]
        assert "note:keep" in text_of(asked)
    assert office.from_bot(TOM, channel) == []


def test_a_note_for_its_keeper_alone_is_told_to_nobody(office: Office) -> None:
    tom = office.person(TOM)
    channel = office.channel("quiet-keeper", TOM, GRACE)
    spoken = tom.says(channel, "Met Globex today. I will send the hidden-kept-sheet by Thursday.")
    office.person(LI_NA).uses_shortcut("save_note", spoken)
    office.person(LI_NA).presses(brought(office, LI_NA), "note:see_author")
    all_quiet(office)
    office.person(LI_NA).presses(brought(office, LI_NA), "note:confirm")
    all_quiet(office)
    assert "saved this message already" not in text_of(keeps(office, GRACE, spoken))
