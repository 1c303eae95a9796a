"""Streamed messages: who they are for, what they are made of, how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.messages.chunk import MarkdownTextChunk, TaskUpdateChunk

from bot.local_workspace.errors import Impossible
from bot.local_workspace.people import Spoken
from tests.slack.conftest import Office, manifest
from tests.slack.tiny_bot import button, section

Refused = Callable[..., Any]


def _direct(office: Office) -> Spoken:
    return office.li_na.says(office.li_na.opens(tab="messages"), "Tell me")


def test_the_helper_of_the_sdk_streams_a_direct_answer(office: Office) -> None:
    asked = _direct(office)
    stream = office.client.chat_stream(channel=asked.channel, thread_ts=asked.ts, buffer_size=4)
    stream.append(markdown_text="**Doubtful**")
    task = TaskUpdateChunk(id="1", title="Reading notes", status="in_progress")
    stream.append(chunks=[task])
    growing = office.li_na.reads(asked.channel, asked.ts)[-1]
    assert growing["streaming_state"] == "in_progress"
    stream.append(chunks=[TaskUpdateChunk(id="1", title="Reading notes", status="complete")])
    metadata = {"event_type": "answer", "event_payload": {"outbox": 1}}
    stream.stop(markdown_text=" she said", blocks=[section("Sources")], metadata=metadata)
    shown = office.li_na.reads(asked.channel, asked.ts)[-1]
    assert shown["text"] == "**Doubtful** she said"
    kinds = [block["type"] for block in shown["blocks"]]
    assert kinds == ["markdown", "task_card", "markdown", "section"]
    assert shown["blocks"][1]["status"] == "complete"
    assert (shown["metadata"], shown["streaming_state"]) == (metadata, "completed")


def test_in_a_channel_the_reader_must_be_named(office: Office, refused: Refused) -> None:
    channel = office.channel("streaming")
    asked, client = office.li_na.says(channel, "?"), office.client
    where = {"channel": channel, "thread_ts": asked.ts}
    team = {"recipient_team_id": "T0HOME"}
    user = {"recipient_user_id": office.id_of("Li Na")}
    assert refused(client.chat_startStream, **where)["error"] == "missing_recipient_team_id"
    missing = refused(client.chat_startStream, **where, **team)
    assert missing["error"] == "missing_recipient_user_id"
    assert client.chat_startStream(**where, **team, **user)["ts"]


def test_some_conversations_refuse_streams(office: Office, refused: Refused) -> None:
    people = [office.id_of("Li Na"), office.id_of("Tom Becker")]
    group = office.client.conversations_open(users=people)["channel"]["id"]
    asked = office.li_na.says(group, "?")
    answer = refused(office.client.chat_startStream, channel=group, thread_ts=asked.ts)
    assert answer["error"] == "channel_type_not_supported"


def test_a_stream_ends_after_five_minutes_and_can_then_be_updated(
    office: Office, refused: Refused
) -> None:
    asked, client = _direct(office), office.client
    stream = client.chat_stream(channel=asked.channel, thread_ts=asked.ts, buffer_size=1)
    stream.append(markdown_text="a long ")
    early = refused(client.chat_update, channel=asked.channel, ts=stream.ts, text="x")
    assert early["error"] == "streaming_state_conflict"
    office.people.move_on(280)
    stream.append(markdown_text="story")
    office.people.move_on(25)
    with pytest.raises(SlackApiError, match="message_not_in_streaming_state"):
        stream.append(markdown_text=" that never ends")
    client.chat_update(channel=asked.channel, ts=str(stream.ts), markdown_text="a long story")
    shown = office.li_na.reads(asked.channel, asked.ts)[-1]
    assert (shown["text"], shown["streaming_state"]) == ("a long story", "completed")


def test_a_person_may_stop_a_stream(office: Office, refused: Refused) -> None:
    asked = _direct(office)
    started = office.client.chat_startStream(channel=asked.channel, thread_ts=asked.ts)
    office.li_na.do("stop_agent", channel=asked.channel, thread_ts=asked.ts)
    told = office.people.journal("delivery", type="agent_session_stopped")[-1]["payload"]["event"]
    assert told["streaming_message_ts"] == [started["ts"]]
    answer = refused(
        office.client.chat_stopStream, channel=asked.channel, ts=started["ts"], markdown_text="x"
    )
    assert answer["error"] == "stopped_by_user"


def test_an_agent_at_work_can_be_stopped_before_it_streams(
    office: Office, refused: Refused
) -> None:
    asked, client = _direct(office), office.client
    where = {"channel_id": asked.channel, "thread_ts": asked.ts}
    with pytest.raises(Impossible):
        office.li_na.do("stop_agent", channel=asked.channel, thread_ts=asked.ts)
    begun = client.agents_sessions_setStatus(**where, status="processing", title="ACME")
    assert begun["title"] == "ACME"
    office.li_na.do("stop_agent", channel=asked.channel, thread_ts=asked.ts)
    told = office.people.journal("delivery", type="agent_session_stopped")[-1]["payload"]["event"]
    assert (told["thread_ts"], told["streaming_message_ts"]) == (asked.ts, [])
    assert office.li_na.thread(asked.channel, asked.ts)["session"] == "processing"
    stream = client.chat_stream(channel=asked.channel, thread_ts=asked.ts)
    stream.stop(markdown_text="stopped", session_status="active")
    assert office.li_na.thread(asked.channel, asked.ts)["session"] == "active"
    client.agents_sessions_rename(**where, title="ACME's CTO")
    assert office.li_na.thread(asked.channel, asked.ts)["title"] == "ACME's CTO"
    odd = refused(client.agents_sessions_setStatus, **where, status="daydreaming")
    assert odd["error"] == "invalid_arguments"
    deaf = manifest()
    deaf["settings"]["event_subscriptions"]["bot_events"] = []
    other = office.people.install_app(deaf)
    channel = office.channel("session")
    office.li_na.do("invite", channel=channel, who=other["bot_user"])
    said = office.li_na.says(channel, "?")
    warned = office.client_of(other).agents_sessions_setStatus(
        channel_id=channel, thread_ts=said.ts, status="processing"
    )
    assert warned["warning"] == "missing_agent_session_stopped_event_subscription"


def test_chunks_are_checked(office: Office, refused: Refused) -> None:
    asked, client = _direct(office), office.client
    started = client.chat_startStream(channel=asked.channel, thread_ts=asked.ts)
    where = {"channel": asked.channel, "ts": started["ts"]}
    for chunks in (
        [{"type": "confetti"}],
        [{"type": "task_update", "id": "1", "title": "x", "status": "idle"}],
        [MarkdownTextChunk(text="x" * 12_001)],
    ):
        assert (
            refused(client.chat_appendStream, **where, chunks=chunks)["error"] == "invalid_chunks"
        )
    long = refused(client.chat_appendStream, **where, markdown_text="x" * 12_001)
    assert long["error"] == "msg_too_long"
    assert refused(client.chat_appendStream, **where, chunks=[])["error"] == "no_text"
    wrong = [{"type": "actions", "elements": [button("a"), button("a")]}]
    assert refused(client.chat_stopStream, **where, blocks=wrong)["error"] == "invalid_blocks"
    posted = client.chat_postMessage(channel=asked.channel, text="no stream")
    many = [{"type": "blocks", "blocks": [{"type": "divider"}] * 50}] * 2
    assert refused(client.chat_appendStream, **where, chunks=many)["error"] == "msg_blocks_too_many"
    plainly = refused(
        client.chat_appendStream, channel=asked.channel, ts=posted["ts"], markdown_text="x"
    )
    assert plainly["error"] == "message_not_in_streaming_state"
    foreign = refused(
        client.chat_appendStream, channel=asked.channel, ts=asked.ts, markdown_text="x"
    )
    assert foreign["error"] == "message_not_owned_by_app"
