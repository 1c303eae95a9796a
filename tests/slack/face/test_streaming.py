"""A model's answer grows in Slack by checked sentence, and ends as one whole message."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.integration.chat_api import ChatApi, Said
from tests.slack.face import modelled
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.modelled import (
    ASKS,
    FIRST,
    QUESTION,
    answers,
    calls_of,
    filled,
    final,
    growing,
    rests,
    whole,
)
from tests.slack.face.watching import LI_NA, all_quiet, room_of, said

api, office = modelled.api, modelled.office


@pytest.mark.parametrize("office", ["socket", "http"], indirect=True)
def test_an_answer_grows_sentence_by_sentence_and_ends_with_its_sources(
    office: Office, api: ChatApi
) -> None:
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    begun = growing(office, spoken)
    assert begun["streaming_state"] == "in_progress"
    assert begun["text"].startswith("INV-10432 was due on 2026-11-09 [")
    assert "96,500" not in begun["text"]
    api.goes_on.set()
    message = final(office, spoken)
    assert message["ts"] == begun["ts"]
    assert whole(message)
    assert len(office.people.calls("chat.update")) == 0


def test_in_a_channel_the_stream_is_for_whoever_asked(office: Office, api: ChatApi) -> None:
    channel = office.channel("streams")
    api.plays(ASKS, answers)
    spoken = office.person(LI_NA).says(channel, f"{mention(office)} {QUESTION}")
    assert whole(final(office, spoken))


def test_what_the_built_in_brain_says_is_posted_once(office: Office, api: ChatApi) -> None:
    before = len(office.people.calls("chat.startStream"))
    spoken = said(office, "thanks")
    all_quiet(office)
    assert len(office.from_bot(LI_NA, spoken.channel, spoken.thread)) == 1
    assert len(office.people.calls("chat.startStream")) == before


@pytest.mark.parametrize("code", ["ratelimited", "internal_error"])
def test_where_slack_refuses_a_stream_the_answer_is_posted(
    office: Office, api: ChatApi, code: str
) -> None:
    kind = {"kind": "rate_limited"} if code == "ratelimited" else {"kind": "error", "code": code}
    office.people.fail("chat.startStream", **kind)
    api.plays(ASKS, answers)
    assert whole(final(office, said(office, QUESTION)))


def test_where_there_are_no_streams_a_message_is_posted_and_updated_as_it_grows(
    office: Office, api: ChatApi
) -> None:
    office.people.fail("chat.startStream", "error", code="channel_type_not_supported")
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    begun = growing(office, spoken)
    assert "96,500" not in begun["text"]
    assert "streaming_state" not in begun
    office.minutes.ahead += 4
    api.goes_on.set()
    message = final(office, spoken)
    assert message["ts"] == begun["ts"]
    assert whole(message)


def test_the_thread_shows_that_an_answer_is_made_until_it_is_there(
    office: Office, api: ChatApi
) -> None:
    room = room_of(office)
    api.plays(lambda heard: ASKS(heard) if api.goes_on.wait(20) else 500, answers)
    spoken = office.person(LI_NA).says(room, QUESTION)

    def status() -> str:
        return str(office.person(LI_NA).thread(room, spoken.ts)["status"])

    assert office.people.waits_until(status) == "is looking through the records…"
    api.goes_on.set()
    assert whole(final(office, spoken))
    assert status() == ""


def test_a_streamed_answer_mentions_nobody_and_links_nothing(office: Office, api: ChatApi) -> None:
    api.plays(ASKS, rests)
    spoken = said(office, QUESTION)
    growing(office, spoken)
    api.goes_on.set()
    final(office, spoken)
    sent = json.dumps(list(calls_of(office, "chat.startStream", spoken)))
    assert not re.search(r"<[!@#h]|\]\(", sent)


def test_a_table_ends_as_a_table(office: Office, api: ChatApi) -> None:
    def table(heard: Said) -> dict[str, Any]:
        row = filled("| INV-10432 | 2026-11-09 | 96,500 USD {} |", heard)
        head = "| Invoice | Due | Amount |\n|---|---|---|"
        text = f"{filled(FIRST, heard)}\n\n{head}\n{row}"
        return {"role": "assistant", "content": text}

    api.plays(ASKS, table)
    message = final(office, said(office, QUESTION))
    (shown,) = [one for one in message["blocks"] if one["type"] == "table"]
    assert [cell["text"] for cell in shown["rows"][0]] == ["Invoice", "Due", "Amount"]
    assert shown["rows"][1][0]["text"] == "INV-10432"
    assert "receivables:" in text_of(message)


def test_a_long_answer_ends_in_parts_each_with_its_sources(office: Office, api: ChatApi) -> None:
    def long(heard: Said) -> dict[str, Any]:
        text = filled("- INV-10432 was due on 2026-11-09 {}\n", heard) * 500
        return {"role": "assistant", "content": text}

    api.plays(ASKS, long)
    spoken = said(office, QUESTION)
    all_quiet(office)
    read = office.person(LI_NA).reads(spoken.channel, spoken.thread)
    parts = [one for one in read if one.get("bot_id")]
    assert len(parts) > 1
    assert sum(text_of(one).count("was due on") for one in parts) == 500
    for one in parts:
        assert "receivables:" in text_of(one)
        assert one.get("streaming_state") != "in_progress"
