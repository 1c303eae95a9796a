"""Messages: threads, edits, metadata, ephemerals, permalinks, reactions, what is too long."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from bot.local_workspace.errors import Impossible
from tests.slack.conftest import Office
from tests.slack.tiny_bot import section

Refused = Callable[..., Any]


def test_threads_are_read_apart_from_the_channel(office: Office, refused: Refused) -> None:
    channel, client = office.channel("threads"), office.client
    asked = office.li_na.says(channel, "Status with ACME's CTO?")
    reply = client.chat_postMessage(channel=channel, text="Doubtful.", thread_ts=asked.ts)
    client.chat_postMessage(
        channel=channel, text="For all.", thread_ts=asked.ts, reply_broadcast=True
    )
    history = client.conversations_history(channel=channel)["messages"]
    assert [one["text"] for one in history] == ["For all.", "Status with ACME's CTO?"]
    assert history[1]["reply_count"] == 2
    thread = client.conversations_replies(channel=channel, ts=asked.ts)["messages"]
    assert [one["text"] for one in thread][1:] == ["Doubtful.", "For all."]
    nested = refused(client.chat_postMessage, channel=channel, text="x", thread_ts=reply["ts"])
    assert nested["error"] == "cannot_reply_to_message"
    missing = refused(client.conversations_replies, channel=channel, ts="1000000000.000001")
    assert missing["error"] == "thread_not_found"
    odd = refused(client.chat_postMessage, channel=channel, text="x", thread_ts="yesterday")
    assert odd["error"] == "invalid_thread_ts"


def test_history_is_read_by_time_window(office: Office) -> None:
    channel = office.channel("window")
    said = [office.li_na.says(channel, str(number)) for number in range(4)]
    window = {"channel": channel, "oldest": said[1].ts, "latest": said[3].ts}
    inner = office.client.conversations_history(**window)["messages"]
    assert [one["text"] for one in inner] == ["2"]
    whole = office.client.conversations_history(**window, inclusive=True)["messages"]
    assert [one["text"] for one in whole] == ["3", "2", "1"]


def test_metadata_is_returned_only_when_it_is_asked_for(office: Office, refused: Refused) -> None:
    channel, client = office.channel("metadata"), office.client
    metadata = {"event_type": "kam_answer", "event_payload": {"outbox": 7}}
    client.chat_postMessage(channel=channel, text="x", metadata=metadata)
    plainly = client.conversations_history(channel=channel)["messages"][0]
    assert "metadata" not in plainly
    fully = client.conversations_history(channel=channel, include_all_metadata=True)
    assert fully["messages"][0]["metadata"] == metadata
    for wrong, error in (
        ({"event_type": "x"}, "invalid_metadata_schema"),
        ({"event_type": "x", "event_payload": {"y": "z" * 20_000}}, "metadata_too_large"),
    ):
        answer = refused(client.chat_postMessage, channel=channel, text="x", metadata=wrong)
        assert answer["error"] == error


def test_a_message_needs_something_to_read(office: Office, refused: Refused) -> None:
    channel, client = office.channel("content"), office.client
    # By api_call, since the SDK warns of this before Slack can refuse it.
    blank = {"channel": channel, "text": " "}
    assert refused(client.api_call, "chat.postMessage", json=blank)["error"] == "no_text"
    for more in ({"text": "x"}, {"blocks": [section("x")], "text": None}):
        answer = refused(client.chat_postMessage, channel=channel, markdown_text="**x**", **more)
        assert answer["error"] == "markdown_text_conflict"
    long = refused(client.chat_postMessage, channel=channel, markdown_text="x" * 12_001)
    assert long["error"] == "msg_too_long"
    posted = client.chat_postMessage(channel=channel, markdown_text="**x**")
    assert posted["message"]["blocks"][0]["type"] == "markdown"


def test_a_text_is_cut_at_40000_when_posted_and_refused_over_4000_when_updated(
    office: Office, refused: Refused
) -> None:
    channel, client = office.channel("long"), office.client
    posted = client.chat_postMessage(channel=channel, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert posted["response_metadata"]["warnings"] == ["message_truncated"]
    answer = refused(client.chat_update, channel=channel, ts=posted["ts"], text="x" * 4_001)
    assert answer["error"] == "msg_too_long"


def test_an_app_changes_and_deletes_only_its_own_messages(office: Office, refused: Refused) -> None:
    channel, client = office.channel("own"), office.client
    theirs = office.li_na.says(channel, "mine")
    for method, error in (
        (client.chat_update, "cant_update_message"),
        (client.chat_delete, "cant_delete_message"),
    ):
        more = {"text": "yours"} if method == client.chat_update else {}
        assert refused(method, channel=channel, ts=theirs.ts, **more)["error"] == error
    posted = client.chat_postMessage(channel=channel, text="one", blocks=[section("one")])
    client.chat_update(channel=channel, ts=posted["ts"], text="two")
    shown = office.li_na.reads(channel)[-1]
    assert (shown["text"], shown["blocks"][0]["text"]["text"]) == ("two", "one")
    client.chat_update(channel=channel, ts=posted["ts"], text="three", blocks=[])
    assert office.li_na.reads(channel)[-1]["blocks"] == []
    client.chat_delete(channel=channel, ts=posted["ts"])
    assert [one["text"] for one in office.li_na.reads(channel)] == ["mine"]
    again = refused(client.chat_delete, channel=channel, ts=posted["ts"])
    assert again["error"] == "message_not_found"


def test_an_ephemeral_message_is_for_one_pair_of_eyes_and_no_history(
    office: Office, refused: Refused
) -> None:
    channel, client = office.channel("ephemeral"), office.client
    li_na = office.id_of("Li Na")
    client.chat_postEphemeral(channel=channel, user=li_na, text="between us")
    assert [one["is_ephemeral"] for one in office.li_na.reads(channel)] == [True]
    assert office.tom.reads(channel) == []
    assert client.conversations_history(channel=channel)["messages"] == []
    outsider = office.people.do("add_user", name="Olga Out")["id"]
    away = refused(client.chat_postEphemeral, channel=channel, user=outsider, text="x")
    assert away["error"] == "user_not_in_channel"


def test_a_user_id_is_a_place_to_write_to(office: Office, refused: Refused) -> None:
    posted = office.client.chat_postMessage(channel=office.id_of("Li Na"), text="privately")
    assert posted["channel"].startswith("D")
    assert office.li_na.reads("Tiny")[-1]["text"] == "privately"
    office.people.do("change_user", user="Li Na", deleted=True)
    gone = refused(office.client.chat_postMessage, channel=posted["channel"], text="still there?")
    assert gone["error"] == "is_archived"


def test_permalinks_name_the_thread(office: Office, refused: Refused) -> None:
    channel, client = office.channel("permalinks"), office.client
    asked = office.li_na.says(channel, "?")
    reply = client.chat_postMessage(channel=channel, text="!", thread_ts=asked.ts)
    link = client.chat_getPermalink(channel=channel, message_ts=reply["ts"])["permalink"]
    bare = reply["ts"].replace(".", "")
    assert link == (
        f"https://home.slack.com/archives/{channel}/p{bare}?thread_ts={asked.ts}&cid={channel}"
    )
    missing = refused(client.chat_getPermalink, channel=channel, message_ts="1.2")
    assert missing["error"] == "message_not_found"


def test_reactions_are_put_and_taken_back_once(office: Office, refused: Refused) -> None:
    channel, client = office.channel("reactions"), office.client
    said = office.li_na.says(channel, "Signed!")
    where = {"channel": channel, "timestamp": said.ts, "name": "tada"}
    client.reactions_add(**where)
    office.tom.reacts(said, "tada")
    found = client.reactions_get(channel=channel, timestamp=said.ts)["message"]["reactions"]
    assert found[0]["count"] == 2
    assert refused(client.reactions_add, **where)["error"] == "already_reacted"
    client.reactions_remove(**where)
    assert refused(client.reactions_remove, **where)["error"] == "no_reaction"
    odd = refused(client.reactions_add, channel=channel, timestamp=said.ts, name="no such thing!")
    assert odd["error"] == "invalid_name"
    when = refused(client.reactions_add, channel=channel, timestamp="today", name="tada")
    assert when["error"] == "bad_timestamp"


def test_a_scheduled_message_comes_in_its_time(office: Office, refused: Refused) -> None:
    channel, client = office.channel("scheduled"), office.client
    past = refused(client.chat_scheduleMessage, channel=channel, text="x", post_at=1)
    assert past["error"] == "time_in_past"
    at = int(time.time()) + 3600
    kept = client.chat_scheduleMessage(channel=channel, text="good morning", post_at=at)
    dropped = client.chat_scheduleMessage(channel=channel, text="never", post_at=at)
    client.chat_deleteScheduledMessage(
        channel=channel, scheduled_message_id=dropped["scheduled_message_id"]
    )
    listed = client.chat_scheduledMessages_list()["scheduled_messages"]
    assert [one["id"] for one in listed] == [kept["scheduled_message_id"]]
    office.people.move_on(3601)
    assert [one["text"] for one in office.li_na.reads(channel)] == ["good morning"]


def test_people_change_and_delete_only_what_they_wrote(office: Office) -> None:
    channel = office.channel("people")
    said = office.li_na.says(channel, "Dana agrees")
    with pytest.raises(Impossible):
        office.tom.edits(said, "Dana disagrees")
    office.li_na.edits(said, "Dana disagrees")
    assert office.tom.reads(channel)[0]["edited"]["user"] == office.id_of("Li Na")
    office.client.chat_postMessage(channel=channel, text="noted", thread_ts=said.ts)
    office.li_na.deletes(said)
    assert office.tom.reads(channel)[0]["subtype"] == "tombstone"


def test_status_title_and_prompts_belong_to_a_thread_and_fade(
    office: Office, refused: Refused
) -> None:
    client = office.client
    direct = office.li_na.opens(tab="messages")
    asked = office.li_na.says(direct, "Status?")
    client.assistant_threads_setStatus(
        channel_id=direct, thread_ts=asked.ts, status="is looking", loading_messages=["Reading"]
    )
    client.assistant_threads_setTitle(channel_id=direct, thread_ts=asked.ts, title="ACME")
    prompts = [{"title": "Next", "message": "What next?"}]
    client.assistant_threads_setSuggestedPrompts(channel_id=direct, prompts=prompts)
    thread = office.li_na.thread(direct, asked.ts)
    assert (thread["status"], thread["title"]) == ("is looking", "ACME")
    assert office.li_na.thread(direct)["prompts"] == prompts
    office.people.move_on(121)
    assert office.li_na.thread(direct, asked.ts)["status"] == ""
    client.assistant_threads_setStatus(channel_id=direct, thread_ts=asked.ts, status="is writing")
    client.chat_postMessage(channel=direct, thread_ts=asked.ts, text="Doubtful.")
    assert office.li_na.thread(direct, asked.ts)["status"] == ""
    many = refused(
        client.assistant_threads_setSuggestedPrompts, channel_id=direct, prompts=prompts * 5
    )
    assert many["error"] == "invalid_arguments"
    loud = refused(
        client.assistant_threads_setStatus,
        channel_id=direct,
        thread_ts=asked.ts,
        status="x",
        loading_messages=["x"] * 11,
    )
    assert loud["error"] == "invalid_arguments"
