"""Threads we are in: what is said to us there, what is not, and what is taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.local_workspace.people import Spoken
from kam_knowledge.clock import Clock
from kam_knowledge.store.models import Outbox, Person, ThreadTurn
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.watching import LI_NA, OWES, all_quiet, answers, payload_of, room_of, said

PRIYA, JONAS = "priya.raman@example.com", "jonas.weber@example.com"
PROMISED = "What did we promise them?"


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where the transport makes no difference."""
    return http_office


@pytest.fixture
def thread(office: Office, request: pytest.FixtureRequest) -> Spoken:
    """A thread of Li Na, Priya and Jonas in which we have answered Li Na once."""
    name = "".join(one for one in request.node.name.lower() if one.isalnum())[-60:]
    channel = office.channel(name, PRIYA, JONAS)
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} {OWES}")
    assert len(answers(office, spoken)) == 1
    return spoken


def says(office: Office, who: str, thread: Spoken, text: str) -> list[str]:
    """What we have said in the thread once somebody has said that."""
    office.person(who).says(thread.channel, text, thread.ts)
    return answers(office, thread)


TALK = [
    "I talked to Dana yesterday, she is worried about the migration cost.",
    "I think ACME will renew, but procurement is slow.",
    "Sounds good to me",
    "when are you back in the office?",
    "Shall we grab lunch before the ACME call?",
    "Can you take the Globex call on Friday?",
    "My flight is delayed, start without me.",
    "我刚跟Dana通完电话，她担心迁移成本",
    "价格再降我们就没利润了",
    "你们中午吃什么？",
    "好的，谢谢",
]
ASKED = [
    "What did we promise ACME?",
    "Who knows Dana Wu?",
    "Give me ACME in five lines",
    "ACME 欠我们多少钱？",
    "上次谁跟Dana Wu聊过？",
]


def test_people_who_talk_to_each_other_are_not_interrupted(office: Office, thread: Spoken) -> None:
    for text in TALK:
        told = says(office, JONAS, thread, text)
        assert len(told) == 1, (text, told[-1])


def test_whoever_asks_what_we_know_is_answered_without_a_mention(
    office: Office, thread: Spoken
) -> None:
    for number, text in enumerate(ASKED, start=2):
        assert len(says(office, PRIYA, thread, text)) == number, text


def test_what_is_said_right_after_our_answer_by_whom_we_answered_is_said_to_us(
    office: Office, thread: Spoken
) -> None:
    assert len(says(office, LI_NA, thread, "and the CFO")) == 2
    assert len(says(office, LI_NA, thread, "thanks")) == 3


def test_once_others_have_spoken_courtesies_are_theirs(office: Office, thread: Spoken) -> None:
    assert len(says(office, JONAS, thread, "I'll call them tomorrow.")) == 1
    assert len(says(office, LI_NA, thread, "thanks")) == 1
    assert len(says(office, LI_NA, thread, PROMISED)) == 2


def user_of(office: Office, email: str) -> str:
    users = office.people.do("users")
    return str(next(one["id"] for one in users if one["profile"].get("email") == email))


@pytest.mark.parametrize(
    "text",
    ["{jonas} " + PROMISED, "Jonas, " + PROMISED, "<!here> " + PROMISED],
    ids=["mentioned", "called", "everybody"],
)
def test_what_is_addressed_to_somebody_else_is_left_to_them(
    office: Office, thread: Spoken, text: str
) -> None:
    asked = text.replace("{jonas}", f"<@{user_of(office, JONAS)}>")
    assert len(says(office, LI_NA, thread, asked)) == 1


def test_who_is_not_in_the_book_and_says_nothing_to_us_is_left_alone(
    office: Office, thread: Spoken
) -> None:
    unknown = office.adds("Uwe Unlisted", "uwe@example.com")
    office.person(LI_NA).do("invite", channel=thread.channel, who=unknown)
    assert len(says(office, unknown, thread, "Nice to be here.")) == 1
    told = says(office, unknown, thread, "What did we promise ACME?")
    assert len(told) == 2
    assert "I don't know you yet" in told[1]
    spoken = office.person(unknown).says(thread.channel, "What did we promise Globex?", thread.ts)
    assert len(answers(office, thread)) == 3
    office.person(unknown).edits(spoken, "What did we promise Initech?")
    assert len(answers(office, thread)) == 3, "the refusal stands there"


def test_nothing_that_was_only_overheard_is_kept(office: Office, thread: Spoken) -> None:
    says(office, JONAS, thread, "My flight is delayed, start without me.")
    with office.app.store.read() as session:
        rows = session.connection().exec_driver_sql("select payload from inbox").all()
        turns = session.connection().exec_driver_sql("select question from thread_turns").all()
    assert "flight" not in json.dumps([list(map(str, row)) for row in (*rows, *turns)])


# edits and deletions


def messages(office: Office, spoken: Spoken) -> list[dict[str, Any]]:
    all_quiet(office)
    read = office.person(LI_NA).reads(spoken.channel, spoken.thread)
    return [one for one in read if one.get("bot_id")]


def test_an_edited_question_has_its_answer_changed_where_it_stands(office: Office) -> None:
    channel = office.channel("edited-question")
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} {OWES}")
    before = messages(office, spoken)
    office.person(LI_NA).edits(spoken, f"{mention(office)} Who owns Globex?")
    after = messages(office, spoken)
    assert [one["ts"] for one in after] == [one["ts"] for one in before]
    assert "INV-10432" not in text_of(after[0])
    assert "Globex" in text_of(after[0])
    assert "The question was edited" in text_of(after[0])
    office.person(LI_NA).edits(spoken, f"{mention(office)} {OWES}")
    again = messages(office, spoken)
    assert [one["ts"] for one in again] == [one["ts"] for one in before]
    assert "INV-10432" in text_of(again[0])


def test_a_direct_question_that_is_edited_before_it_is_answered_is_answered_as_it_stands(
    office: Office,
) -> None:
    office.minutes.ahead += 61
    office.people.fail("users.info", "slow", seconds=0.7)
    spoken = said(office, OWES)
    office.person(LI_NA).edits(spoken, "Who owns Globex?")
    found = messages(office, spoken)
    assert len(found) == 1
    assert "INV-10432" not in text_of(found[0])


@pytest.mark.parametrize("then", ["edited", "deleted"])
def test_what_was_taken_back_before_we_heard_of_it_is_not_answered(
    office: Office, then: str
) -> None:
    spoken = said(office, OWES)
    assert len(messages(office, spoken)) == 1
    heard = payload_of(office, spoken)
    first = {**heard["event"], "ts": "1795320000.000100", "text": "Who owns Globex?"}
    change = (
        {"message": {**first, "text": "Who owns ACME?", "edited": {}}} if then == "edited" else {}
    )
    event = {
        "type": "message",
        "subtype": "message_changed" if change else "message_deleted",
        "channel": spoken.channel,
        "channel_type": "im",
        "previous_message": {**first, "thread_ts": spoken.ts},
        **change,
    }
    if change:
        change["message"] |= {"thread_ts": spoken.ts, "edited": {"user": "U1", "ts": "1.1"}}
    assert office.hears(heard | {"event_id": f"EvBefore{then}", "event": event}) == 200
    all_quiet(office)
    late = {**first, "thread_ts": spoken.ts}
    assert office.hears(heard | {"event_id": f"EvLate{then}", "event": late}) == 200
    assert len(messages(office, spoken)) == (2 if then == "edited" else 1)


def test_a_mention_that_comes_with_an_edit_is_a_question(office: Office) -> None:
    channel = office.channel("mentioned-later")
    spoken = office.person(LI_NA).says(channel, OWES)
    assert messages(office, spoken) == []
    office.person(LI_NA).edits(spoken, f"{mention(office)} {OWES}")
    found = messages(office, spoken)
    assert len(found) == 1
    assert "edited" not in text_of(found[0]), "nothing stood there before"


def test_an_answer_that_becomes_private_with_an_edit_leaves_the_channel(office: Office) -> None:
    channel = office.channel("turns-private")
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} {OWES}")
    assert "INV-10432" in text_of(messages(office, spoken)[0])
    office.person(LI_NA).edits(spoken, f"{mention(office)} What is ACME's margin?")
    found = messages(office, spoken)
    assert len(found) == 1
    assert "I answered you privately." in text_of(found[0])
    assert "41.5" in office.from_bot(LI_NA, room_of(office))[-1]


def test_a_deleted_question_takes_its_answer_with_it_and_no_other(office: Office) -> None:
    channel = office.channel("deleted-question")
    li_na = office.person(LI_NA)
    first = li_na.says(channel, f"{mention(office)} {OWES}")
    assert len(messages(office, first)) == 1
    second = li_na.says(channel, PROMISED, first.ts)
    kept, taken = messages(office, second)
    li_na.deletes(second)
    assert [one["ts"] for one in messages(office, first)] == [kept["ts"]]
    assert taken["ts"] != kept["ts"]


def test_a_deleted_question_leaves_what_was_told_in_private(office: Office) -> None:
    channel = office.channel("deleted-private")
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} What is ACME's margin?")
    assert len(messages(office, spoken)) == 1
    private = office.from_bot(LI_NA, room_of(office))
    office.person(LI_NA).deletes(spoken)
    assert messages(office, spoken) == []
    assert office.from_bot(LI_NA, room_of(office)) == private


def kept(office: Office, word: str) -> list[str]:
    """The rows of conversations, of what arrived and of what goes out that have a word."""
    with office.app.store.read() as session:
        found = [
            "; ".join(map(str, row))
            for table in ("thread_turns", "inbox", "outbox", "proposals", "audit")
            for row in session.connection().exec_driver_sql(f"select * from {table}")
        ]
    return [row for row in found if word in row]


def deletes(office: Office, spoken: Spoken) -> None:
    office.person(LI_NA).deletes(spoken)
    all_quiet(office)


def test_of_a_deleted_question_no_word_is_kept(office: Office) -> None:
    channel, li_na = office.channel("forgotten-words"), office.person(LI_NA)
    first = li_na.says(channel, f"{mention(office)} {OWES}")
    assert len(answers(office, first)) == 1
    asked = li_na.says(channel, "What did we promise ACME, for the Zanzibar review?", first.ts)
    assert len(answers(office, first)) == 2
    li_na.edits(asked, "When did anyone last talk to Dana Wu, for the Zanzibar review?")
    all_quiet(office)
    assert len(kept(office, "Zanzibar")) == 2
    deletes(office, asked)
    assert kept(office, "Zanzibar") == []
    with office.app.store.read() as session:
        where = ThreadTurn.place.endswith(asked.ts)
        replies = [one.reply for one in session.scalars(select(ThreadTurn).where(where))]
    assert [(one["outcome"], one["deleted"]) for one in replies] == [("answered", True)] * 2
    li_na.says(channel, "Where does that come from?", first.ts)
    assert "INV-10432" in answers(office, first)[-1], "what was answered before is meant"


def test_of_a_deleted_question_that_went_on_in_private_no_word_is_kept(office: Office) -> None:
    channel, li_na = office.channel("forgotten-private"), office.person(LI_NA)
    spoken = li_na.says(channel, f"{mention(office)} What is ACME's margin, for Ouagadougou?")
    assert "I answered you privately." in answers(office, spoken)[0]
    all_quiet(office)
    following = said(office, "And Globex?")
    assert len(answers(office, following)) == 1
    assert kept(office, "Ouagadougou")
    deletes(office, spoken)
    assert kept(office, "Ouagadougou") == []


def test_what_was_said_days_ago_is_forgotten_too_when_it_is_deleted(office: Office) -> None:
    channel, li_na = office.channel("forgotten-late"), office.person(LI_NA)
    first = li_na.says(channel, f"{mention(office)} {OWES}")
    assert len(answers(office, first)) == 1
    asked = li_na.says(channel, "What did we promise ACME, for the Vaduz review?", first.ts)
    assert len(answers(office, first)) == 2
    with office.app.store.write() as session:
        for row in session.scalars(select(Outbox).where(Outbox.conversation.endswith(first.ts))):
            row.created_at = Clock.now() - timedelta(days=9)
    assert kept(office, "Vaduz")
    deletes(office, asked)
    assert kept(office, "Vaduz") == []
    assert len(answers(office, first)) == 1


def test_a_message_that_was_to_be_a_note_is_forgotten_with_its_card(office: Office) -> None:
    spoken = said(office, "Log: met Dana Wu of ACME. She is moving to Timbuktu, I'll call her.")
    assert len(answers(office, spoken)) == 1
    deletes(office, spoken)
    assert answers(office, spoken) == []
    with office.app.store.read() as session:
        turns = session.scalars(select(ThreadTurn).where(ThreadTurn.place.endswith(spoken.ts)))
        assert not any("Timbuktu" in f"{one.question} {one.reply}" for one in turns)


def test_a_link_that_unfurls_is_no_edit(office: Office) -> None:
    spoken = said(office, OWES)
    before = messages(office, spoken)
    calls = len(office.people.calls("chat.update"))
    delivered = office.people.journal("delivery", type="message")[-1]["payload"]
    message = delivered["event"] | {"user": user_of(office, LI_NA), "ts": spoken.ts, "text": OWES}
    changed = {
        "type": "message",
        "subtype": "message_changed",
        "channel": spoken.channel,
        "channel_type": "im",
        "message": {**message, "subtype": None, "bot_id": None, "attachments": [{}]},
        "previous_message": message,
    }
    assert office.hears(delivered | {"event_id": "EvUnfurled", "event": changed}) == 200
    assert messages(office, spoken) == before
    assert len(office.people.calls("chat.update")) == calls


# what goes on from a private answer


@pytest.mark.parametrize("in_thread", [True, False])
def test_what_is_said_after_a_private_answer_goes_on_from_it(
    office: Office, in_thread: bool
) -> None:
    channel, li_na = office.channel(f"goes-on-{in_thread}".lower()), office.person(LI_NA)
    room = room_of(office)
    spoken = li_na.says(channel, f"{mention(office)} What's our status with Initech?")
    assert "privately" in answers(office, spoken)[0]
    private = [one for one in li_na.reads(room) if one.get("bot_id")][-1]
    follow = li_na.says(room, "And their CFO?", private["ts"] if in_thread else None)
    told = answers(office, follow)[-1]
    assert "Initech" in told, told
    third = li_na.says(room, "who knows them?", follow.thread)
    assert "Initech" in answers(office, third)[-1]


def test_a_direct_message_later_on_is_a_question_of_its_own(office: Office) -> None:
    channel, li_na = office.channel("of-its-own"), office.person(LI_NA)
    spoken = li_na.says(channel, f"{mention(office)} What's our status with Initech?")
    assert "privately" in answers(office, spoken)[0]
    assert "INV-10432" in answers(office, said(office, OWES))[0]
    told = answers(office, said(office, "And their CFO?"))[-1]
    assert "Which account" in told


def test_a_thread_that_went_private_goes_on_in_private(office: Office) -> None:
    channel, li_na = office.channel("stays-private"), office.person(LI_NA)
    room = room_of(office)
    spoken = li_na.says(channel, f"{mention(office)} What's our status with Initech?")
    assert "privately" in answers(office, spoken)[0]
    before = len(office.from_bot(LI_NA, room))
    li_na.says(channel, "And their CFO?", spoken.ts)
    there = answers(office, spoken)
    assert len(there) == 2
    assert "I answered you privately." in there[1]
    assert "Initech" in office.from_bot(LI_NA, room)[before:][0]


def test_a_thread_that_went_private_asks_back_where_nothing_is_meant(office: Office) -> None:
    channel, li_na = office.channel("asks-back"), office.person(LI_NA)
    spoken = li_na.says(channel, f"{mention(office)} What's our status with Initech?")
    assert "privately" in answers(office, spoken)[0]
    li_na.says(channel, "What did Dana say about the migration?", spoken.ts)
    there = answers(office, spoken)
    assert "Dana Wu" in there[1]
    assert "Dana Kovac" in there[1]
    li_na.says(channel, "the first", spoken.ts)
    assert "TCO" in answers(office, spoken)[2]


def test_a_failure_over_what_was_only_overheard_is_not_told_to_those_who_talk(
    office: Office, thread: Spoken
) -> None:
    with office.app.store.write() as session:
        row = session.scalars(select(Person).where(Person.email == JONAS)).one()
        zone, row.time_zone = row.time_zone, "Nowhere/At-All"
    try:
        assert len(says(office, JONAS, thread, "My flight is delayed.")) == 1
        assert len(says(office, LI_NA, thread, PROMISED)) == 2
    finally:
        with office.app.store.write() as session:
            session.scalars(select(Person).where(Person.email == JONAS)).one().time_zone = zone
