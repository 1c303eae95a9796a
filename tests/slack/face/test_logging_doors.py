"""The ways by which something becomes a note in Slack: words, `/kam log`, shortcuts, a form."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt import BoltRequest

from bot.local_workspace.people import Spoken
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.logging_notes import (
    CHINESE,
    ENGLISH,
    actions,
    card,
    cards,
    direct_card,
    notes,
    now,
    places,
)
from tests.slack.face.watching import LI_NA, all_quiet, changes, room_of

TOM = "tom.becker@example.com"
PRIYA = "priya.raman@example.com"


def confirmed(office: Office, shown: Any, who: str = LI_NA) -> str:
    """The receipt of a card."""
    office.person(who).presses(shown, "note:confirm")
    return now(office, who, shown, shown.get("thread_ts"))


@pytest.mark.parametrize(
    ("command", "subject"),
    [
        ("/kam log met Dana Wu of ACME today, I'll send the command-sheet by Thursday", None),
        ("/kam 记录 今天见了ACME的Dana Wu，我周四前发命令报价单", "命令报价单"),
        ("/kam 记录：今天见了ACME的Dana Wu，我周五前发冒号报价单", "冒号报价单"),
    ],
)
def test_a_command_is_answered_by_a_card_by_direct_message_and_nothing_in_the_channel(
    office: Office, command: str, subject: str | None
) -> None:
    subject = subject or "command-sheet"
    channel = office.channel(f"log-{abs(hash((command, office.url))) % 10**6}")
    before = len(office.person(LI_NA).reads(channel))
    office.person(LI_NA).commands(channel, command)
    shown = direct_card(office)
    assert subject in text_of(shown)
    assert len(office.person(LI_NA).reads(channel)) == before
    assert "note:undo" in confirmed(office, shown)
    assert len(notes(office, subject)) == 1


def test_a_command_that_says_nothing_is_told_what_to_write(http_office: Office) -> None:
    office = http_office
    office.person(TOM).commands("#globex", "/kam log")
    all_quiet(office)
    assert "Write what happened" in office.from_bot(TOM, room_of(office, TOM))[-1]


def test_a_command_that_names_no_account_is_about_the_channels(http_office: Office) -> None:
    office = http_office
    channel = office.channel("bound-log")
    office.person(LI_NA).commands(channel, "/kam bind Globex")
    all_quiet(office)
    office.person(LI_NA).commands(channel, "/kam log called them today, I'll send the bound-sheet")
    assert "Globex" in text_of(direct_card(office))


@pytest.mark.parametrize("said_so", [ENGLISH, CHINESE])
def test_a_mention_where_the_whole_team_reads_has_its_card_in_the_thread(
    office: Office, said_so: str
) -> None:
    english = said_so == ENGLISH
    subject = "thread-sheet" if english else "讨论串清单"
    channel = office.channel(f"crew-{'en' if english else 'zh'}", PRIYA, private=True)
    spoken = office.person(LI_NA).says(
        channel, f"{mention(office)} {said_so.format(subject=subject)}"
    )
    shown = card(office, PRIYA, spoken)
    assert subject in text_of(shown)
    office.person(LI_NA).presses(shown, "note:confirm")
    receipt = now(office, LI_NA, shown, spoken.thread)
    assert f"/archives/{channel}/p{spoken.ts.replace('.', '')}" in receipt
    (note,) = notes(office, subject)
    assert places(office, note) == [f"slack:{office.face.team}:{channel}:{spoken.ts}"]


def test_a_question_back_is_answered_once_and_the_source_is_kept(http_office: Office) -> None:
    office, priya = http_office, http_office.person(PRIYA)
    room = room_of(office, PRIYA)
    spoken = priya.says(room, "Log: called them today, I'll send the asked-sheet by Thursday.")
    told = priya.waits_for(spoken, from_="KAM", seconds=20)
    assert "Which account" in text_of(told)
    priya.says(room, "ACME Corp", spoken.ts)
    shown = card(office, PRIYA, spoken)
    confirmed(office, shown, PRIYA)
    (note,) = notes(office, "asked-sheet")
    assert places(office, note) == [f"slack:{office.face.team}:{room}:{spoken.ts}"]


def saved(office: Office, who: str, spoken: Spoken) -> Any:
    """The card that the shortcut on a message brings."""
    before = {one["ts"] for one in cards(office, who, room_of(office, who))}
    office.person(who).uses_shortcut("save_note", spoken)
    (shown,) = [one for one in cards(office, who, room_of(office, who)) if one["ts"] not in before]
    return shown


def test_a_colleagues_message_is_kept_with_who_said_it_and_where_it_stands(
    office: Office,
) -> None:
    channel = office.channel("hall", TOM)
    spoken = office.person(TOM).says(
        channel, "Met Nils Haas of Globex today. I will send the kept-sheet by Thursday."
    )
    shown = saved(office, LI_NA, spoken)
    assert "Said by Tom Becker" in text_of(shown)
    assert TOM in text_of(shown), "it is his promise"
    receipt = confirmed(office, shown)
    assert f"/archives/{channel}/p{spoken.ts.replace('.', '')}" in receipt
    (note,) = notes(office, "kept-sheet")
    assert places(office, note) == [f"slack:{office.face.team}:{channel}:{spoken.ts}"]
    (promise,) = actions(office, "kept-sheet")
    assert promise.owner == TOM
    assert office.person(LI_NA).reads(channel, spoken.ts)[1:] == [], "nothing is said there"


def test_a_thread_is_kept_with_who_said_what(office: Office) -> None:
    channel = office.channel("corridor", TOM)
    parent = office.person(LI_NA).says(channel, "How was Globex today?")
    office.person(TOM).says(
        channel, "Nils Haas is fine. I will send the threaded-sheet by Thursday.", parent.ts
    )
    office.person(LI_NA).says(channel, "I'll call Nils Haas on Friday.", parent.ts)
    shown = saved(office, LI_NA, parent)
    confirmed(office, shown)
    (note,) = notes(office, "threaded-sheet")
    assert "Li Na: How was Globex today?" in note.text
    assert "Tom Becker: Nils Haas is fine." in note.text
    (his,) = actions(office, "threaded-sheet")
    assert his.owner == TOM
    (hers,) = [one for one in actions(office, "all Nils Haas") if one.account_id == note.account_id]
    assert hers.owner == LI_NA


def test_a_thread_that_we_cannot_read_is_not_kept_by_half(http_office: Office) -> None:
    office, li_na = http_office, http_office.person(LI_NA)
    channel = str(li_na.do("create_channel", name="without-us")["id"])
    parent = li_na.says(channel, "Met Nils Haas of Globex, I'll send the lonely-sheet.")
    li_na.says(channel, "And more.", parent.ts)
    li_na.uses_shortcut("save_note", parent)
    all_quiet(office)
    assert "Invite me there" in office.from_bot(LI_NA, room_of(office))[-1]
    alone = li_na.says(channel, "Met Nils Haas of Globex, I'll send the single-sheet.")
    confirmed(office, saved(office, LI_NA, alone))
    assert len(notes(office, "single-sheet")) == 1


def test_a_message_that_is_kept_twice_is_one_note(http_office: Office) -> None:
    office, channel = http_office, http_office.channel("doubly", TOM)
    spoken = office.person(TOM).says(
        channel, "Met Nils Haas of Globex. I'll send the double-sheet."
    )
    confirmed(office, saved(office, LI_NA, spoken))
    before = changes(office)
    office.person(LI_NA).uses_shortcut("save_note", spoken)
    all_quiet(office)
    assert "saved already" in office.from_bot(LI_NA, room_of(office))[-1]
    assert changes(office) == before


@pytest.mark.parametrize("who", [TOM, "zhou.qiang@example.com"])
def test_a_meeting_is_logged_by_its_form(office: Office, who: str) -> None:
    person, chinese = office.person(who), who != TOM
    account, subject = ("澜石食品", "表单报价") if chinese else ("Globex", "formal-sheet")
    person.uses_shortcut("log_meeting")
    form = person.waits_for_modal()
    assert ("客户" if chinese else "Account") in text_of(form)
    wrong = person.submits(account="Nobody Ltd", text="-", date="2027-01-01")
    assert set(wrong["errors"]) == {"account", "date", "text"}
    step = f"我周四前发{subject}" if chinese else f"I'll send the {subject} by 2026-11-27"
    done = person.submits(
        account=account,
        date="2026-11-18",
        kind="call",
        text="他们担心交付时间。" if chinese else "She worries about the delivery date.",
        steps=step,
        visibility="author",
    )
    assert not done["errors"]
    shown = direct_card(office, who)
    confirmed(office, shown, who)
    (note,) = notes(office, subject)
    assert (str(note.date), note.kind, note.visibility) == ("2026-11-18", "call", "author")
    (promise,) = actions(office, subject)
    assert promise.owner == who


def submitted_again(office: Office) -> list[str]:
    """What is answered to the form that was submitted last, when Slack brings it twice more."""
    sent = office.people.journal("delivery", what="interactive", type="view_submission")
    payload = sent[-1]["payload"]
    again = [BoltRequest(body=payload, mode="socket_mode") for _ in range(2)]
    heard = [office.face.bolt.dispatch(one) for one in again]
    assert [one.status for one in heard] == [200, 200]
    all_quiet(office)
    return [one.body for one in heard]


def test_a_meetings_form_that_is_submitted_twice_is_logged_once(office: Office) -> None:
    person = office.person(TOM)
    before = len(cards(office, TOM, room_of(office, TOM)))
    person.uses_shortcut("log_meeting")
    person.waits_for_modal()
    steps = "I'll send the twin-sheet by 2026-11-27"
    done = person.submits(account="Globex", date="2026-11-18", text="A short call.", steps=steps)
    assert not done["errors"]
    assert submitted_again(office) == ["", ""]
    assert len(cards(office, TOM, room_of(office, TOM))) == before + 1
    confirmed(office, direct_card(office, TOM), TOM)
    held = changes(office)
    assert submitted_again(office) == ["", ""]
    assert len(cards(office, TOM, room_of(office, TOM))) == before
    assert changes(office) == held
    assert len(notes(office, "twin-sheet")) == 1


def test_a_cards_form_that_is_submitted_twice_changes_it_once(office: Office) -> None:
    li_na = office.person(LI_NA)
    spoken = li_na.says(room_of(office), ENGLISH.format(subject="edited-twin"))
    shown = card(office, LI_NA, spoken)
    li_na.presses(shown, "note:edit")
    li_na.waits_for_modal()
    assert not li_na.submits(summary="Mended by hand")["errors"]
    assert submitted_again(office) == ["", ""]
    told = office.from_bot(LI_NA, spoken.channel, spoken.thread)
    assert len(told) == 1
    assert "Mended by hand" in told[0]
    confirmed(office, shown)
    held = changes(office)
    assert submitted_again(office) == ["", ""], "its card has been settled meanwhile"
    assert changes(office) == held
    assert len(notes(office, "edited-twin")) == 1
    assert len(office.from_bot(LI_NA, spoken.channel, spoken.thread)) == 1


def test_who_is_nobody_of_ours_logs_nothing(http_office: Office) -> None:
    office = http_office
    unknown = office.adds("Ulla Unknown", "ulla@example.com")
    person = office.person(unknown)
    person.uses_shortcut("log_meeting")
    assert person.waits_for_modal()
    told = person.submits(account="ACME Corp", text="Met Dana Wu.")
    assert "account" in told["errors"]
    person.closes_modal()
    room = person.opens(tab="messages")
    spoken = person.says(room, "Met Dana Wu of ACME, I'll send the stranger-sheet.")
    person.uses_shortcut("save_note", spoken)
    all_quiet(office)
    assert "note:confirm" not in "".join(office.from_bot(unknown, room))
    assert notes(office, "stranger-sheet") == []
