"""Each question is answered once, whatever fails on the way."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.journal import log_file
from bot.slack.delivery import EVENT_TYPE
from kam_knowledge.clock import Clock
from kam_knowledge.store.models import Inbox, Outbox, Person
from tests.slack.face.conftest import Office, locked
from tests.slack.face.watching import (
    LI_NA,
    OWES,
    all_quiet,
    answers,
    payload_of,
    room_of,
    rows,
    said,
)


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("drop_after", {}),
        ("server_error", {}),
        ("drop", {}),
        ("rate_limited", {"seconds": 1}),
    ],
)
def test_an_answer_is_posted_once_whatever_slack_does(
    http_office: Office, kind: str, how: dict[str, Any]
) -> None:
    office = http_office
    office.people.fail("chat.postMessage", kind, **how)
    began = time.monotonic()
    spoken = said(office, OWES)
    office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=30)
    found = answers(office, spoken)
    assert len(found) == 1
    assert "INV-10432" in found[0]
    if kind == "rate_limited":
        assert time.monotonic() - began >= 1
    assert not any(one["state"] == "failed" for one in rows(office, Outbox))


def put(office: Office, channel: str, blocks: list[Any], **more: Any) -> int:
    """A message in the outbox, held by a worker that will not come back."""
    payload = {"channel": channel, "text": "It is on record.", "blocks": blocks, **more}
    now = Clock.now()
    with office.app.store.write() as session:
        row = Outbox(
            key=f"test:{now.timestamp()}",
            conversation=f"test:{now.timestamp()}",
            payload=payload,
            created_at=now,
            attempts=1,
            lease_owner="somebody",
            lease_until=now + timedelta(hours=1),
        )
        session.add(row)
        session.flush()
        return row.id


def lease_ends(office: Office, key: int) -> Outbox:
    """The row, once somebody else has taken it up and is done."""
    with office.app.store.write() as session:
        session.get_one(Outbox, key).lease_until = Clock.now() - timedelta(seconds=1)
    all_quiet(office)
    with office.app.store.read() as session:
        row = session.get_one(Outbox, key)
        session.expunge(row)
        return row


@pytest.mark.parametrize("in_thread", [True, False])
def test_what_was_posted_before_a_crash_is_found_and_not_posted_again(
    http_office: Office, in_thread: bool
) -> None:
    office, room = http_office, room_of(http_office)
    thread = said(office, OWES).ts if in_thread else None
    all_quiet(office)
    key = put(office, room, [], **({"thread_ts": thread} if thread else {}))
    client = WebClient(office.credentials["bot_token"], office.credentials["api_url"])
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"outbox": key}}
    posted = client.chat_postMessage(
        channel=room, thread_ts=thread, text="It is on record.", metadata=metadata
    )
    before = len(office.people.calls("chat.postMessage"))
    row = lease_ends(office, key)
    assert (row.state, row.delivered_ref) == ("delivered", posted["ts"])
    assert len(office.people.calls("chat.postMessage")) == before


def test_what_slack_will_not_lay_out_goes_as_text(http_office: Office) -> None:
    office, room = http_office, room_of(http_office)
    key = put(office, room, [{"type": "no_such_block"}])
    row = lease_ends(office, key)
    assert row.state == "delivered"
    assert "It is on record." in office.from_bot(LI_NA, room)[-1]


def test_a_question_waits_while_the_database_is_locked(http_office: Office) -> None:
    office = http_office
    room = room_of(office)
    with locked(office):
        spoken = office.person(LI_NA).says(room, OWES)
        time.sleep(0.7)
        assert office.from_bot(LI_NA, room, spoken.ts) == []
    office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=20)
    assert len(answers(office, spoken)) == 1


def test_a_failure_is_told_with_an_id_that_the_log_holds(http_office: Office) -> None:
    office = http_office
    with office.app.store.write() as session:
        found = session.scalars(select(Person).where(Person.email == "zhou.qiang@example.com"))
        found.one().time_zone = "Nowhere/At-All"
    spoken = said(office, "澜石欠我们多少钱?", "zhou.qiang@example.com")
    told = answers(office, spoken, "zhou.qiang@example.com")
    assert len(told) == 1
    assert "出错了" in told[0]
    identifier = "error-" + told[0].partition("error-")[2][:8]
    logged = log_file(office.app.home).read_text(encoding="utf-8")
    assert identifier in logged
    assert "澜石欠我们多少钱" not in logged


def test_what_ends_every_worker_that_begins_it_is_given_up_aloud(http_office: Office) -> None:
    office = http_office
    spoken = said(office, OWES)
    assert len(answers(office, spoken)) == 1
    event = payload_of(office, spoken)["event"]
    payload = {"text": OWES, "user": event["user"], "user_team": event["team"]}
    payload |= {"channel": spoken.channel, "thread_ts": spoken.ts, "direct": True}
    with office.app.store.write() as session:
        session.add(
            Inbox(
                key="event:EvDeadly",
                conversation="deadly",
                kind="message",
                payload=payload,
                attempts=3,
                received_at=Clock.now(),
            )
        )
    told = answers(office, spoken)
    assert len(told) == 2
    assert "error-" in told[1]
    state = {one["key"]: one["state"] for one in rows(office, Inbox)}
    assert state["event:EvDeadly"] == "failed"


@pytest.mark.parametrize("office", ["socket"], indirect=True)
def test_a_socket_cut_while_an_answer_is_made_loses_nothing(office: Office) -> None:
    office.people.fail("chat.postMessage", "slow", seconds=0.5)
    spoken = said(office, OWES)
    office.people.waits_until(
        lambda: [one for one in office.people.calls("chat.postMessage") if one.get("fault")], 20
    )
    office.people.do("cut_socket")
    office.person(LI_NA).waits_for(spoken, from_="KAM", seconds=20)
    office.people.waits_until(lambda: office.people.do("connections"), 30)
    assert len(answers(office, spoken)) == 1
    following = said(office, OWES)
    office.person(LI_NA).waits_for(following, from_="KAM", seconds=30)
    assert len(answers(office, following)) == 1
