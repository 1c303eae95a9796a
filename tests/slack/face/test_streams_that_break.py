"""Whatever becomes of a stream, one whole answer stands there in the end."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.local_workspace.people import Spoken
from kam_knowledge.clock import Clock
from kam_knowledge.store.models import Inbox
from tests.integration.chat_api import ChatApi, Said, breaks_off, fails
from tests.slack.face import modelled
from tests.slack.face.conftest import Office, text_of
from tests.slack.face.modelled import (
    ASKS,
    FIRST,
    QUESTION,
    answers,
    filled,
    final,
    growing,
    rests,
    whole,
)
from tests.slack.face.watching import LI_NA, said

api, office = modelled.api, modelled.office


@pytest.mark.parametrize("office", ["socket", "http"], indirect=True)
def test_a_stream_that_slack_ends_in_the_middle_is_replaced_by_the_whole_answer(
    office: Office, api: ChatApi
) -> None:
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    begun = growing(office, spoken)
    office.people.move_on(301)
    office.minutes.ahead += 301
    api.goes_on.set()
    message = final(office, spoken)
    assert message["ts"] == begun["ts"]
    assert whole(message)


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize("kind", ["drop", "drop_after", "server_error"])
def test_a_call_of_a_stream_that_is_lost_leaves_one_whole_answer(
    office: Office, api: ChatApi, method: str, kind: str
) -> None:
    office.people.fail(method, kind)
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    if method != "chat.startStream":
        growing(office, spoken)
        office.minutes.ahead += 2
    api.goes_on.set()
    try:
        assert whole(final(office, spoken))
    finally:
        office.people.do("clear_faults")


def test_a_provider_that_breaks_off_has_what_it_said_taken_back(
    office: Office, api: ChatApi
) -> None:

    def cut(heard: Said) -> Any:
        return breaks_off(filled(FIRST + " It is 96,500", heard))(heard)

    api.plays(ASKS, cut, answers)
    assert whole(final(office, said(office, QUESTION)))


@pytest.mark.parametrize("office", ["socket", "http"], indirect=True)
def test_a_provider_that_is_out_leaves_the_built_in_answer_which_says_so(
    office: Office, api: ChatApi
) -> None:
    def cut(heard: Said) -> Any:
        return breaks_off(filled(FIRST + " It is 96,500", heard))(heard)

    api.plays(ASKS, cut, fails(401))
    spoken = said(office, QUESTION)
    text = text_of(final(office, spoken))
    assert "model" in text
    assert "was due on" not in text
    assert "actions:" in text, "the sources of the built-in answer stand below"


@pytest.mark.parametrize("office", ["socket"], indirect=True)
def test_a_socket_cut_in_the_middle_of_an_answer_leaves_one_whole_answer(
    office: Office, api: ChatApi
) -> None:
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    growing(office, spoken)
    office.people.do("cut_socket")
    api.goes_on.set()
    assert whole(final(office, spoken))
    office.people.waits_until(lambda: office.people.do("connections"), 30)
    api.plays(ASKS, answers)
    following = said(office, QUESTION)
    office.person(LI_NA).waits_for(following, from_="KAM", seconds=30)
    assert whole(final(office, following))


def stops(office: Office, spoken: Spoken) -> None:
    """Li Na presses the stop button, and the face has heard of it."""
    office.person(LI_NA).do("stop_agent", channel=spoken.channel, thread_ts=spoken.ts)

    def heard() -> bool:
        told = office.people.journal("delivery", type="agent_session_stopped", acked=True)
        return any(one["payload"]["event"]["thread_ts"] == spoken.ts for one in told)

    office.people.waits_until(heard, 20)


@pytest.mark.parametrize("goes_on", [True, False], ids=["with-more-to-come", "at-its-end"])
def test_who_stops_an_answer_keeps_what_was_shown(
    office: Office, api: ChatApi, goes_on: bool
) -> None:
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    growing(office, spoken)
    stops(office, spoken)
    if goes_on:  # else what is left comes too soon to be sent on its own
        office.minutes.ahead += 2
    api.goes_on.set()
    text = text_of(final(office, spoken))
    assert "INV-10432 was due on" in text
    assert "Stopped here at your request." in text
    assert "receivables:" in text
    assert "96,500 USD [" not in text


def test_what_an_earlier_attempt_began_is_taken_up(office: Office, api: ChatApi) -> None:
    """Its process was killed while it streamed: the next one puts the answer in its place."""
    channel = office.channel("taken-up")
    client = WebClient(office.credentials["bot_token"], office.credentials["api_url"])
    api.plays(ASKS, answers)
    spoken = office.person(LI_NA).says(channel, QUESTION)
    reader = next(one for one in office.people.do("users") if one["profile"].get("email") == LI_NA)
    left = client.chat_startStream(
        channel=channel,
        thread_ts=spoken.ts,
        recipient_team_id=office.face.team,
        recipient_user_id=reader["id"],
        chunks=[{"type": "markdown_text", "text": "INV-10432 was"}],
    )
    payload = {"text": QUESTION, "ts": spoken.ts, "user": reader["id"], "channel": channel}
    payload |= {"user_team": office.face.team, "thread_ts": spoken.ts, "direct": False}
    with office.app.store.write() as session:
        session.add(
            Inbox(
                key="event:EvTakenUp",
                conversation=f"slack:{office.face.team}:{channel}:{spoken.ts}",
                kind="message",
                payload=payload,
                attempts=1,
                received_at=Clock.now(),
            )
        )
    message = final(office, spoken)
    assert message["ts"] == left["ts"]
    assert whole(message)
