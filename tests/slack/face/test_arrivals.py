"""Which payloads are addressed to us, and what makes a second delivery a duplicate."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.arrivals import Arrival, Ourselves, arrival

BOT, PERSON, ROOM = "U0KAM", "U0LI", "C0ACME"


def us(*threads: str) -> Ourselves:
    """The bot, which answered in these threads within a day."""
    return Ourselves("T0", BOT, lambda key: key.rpartition(":")[2] in threads)


def message(text: str = "What now?", **more: Any) -> dict[str, Any]:
    event = {"type": "message", "user": PERSON, "text": text, "ts": "10.1", "channel": ROOM}
    event |= {"channel_type": "channel", "team": "T0", **more}
    return {"event_id": "Ev1", "event": {k: v for k, v in event.items() if v is not None}}


def found(body: dict[str, Any], *threads: str) -> Arrival | None:
    return arrival(body, us(*threads))


def test_a_direct_message_is_addressed_and_keyed_by_its_event() -> None:
    one = found(message(channel="D1", channel_type="im"))
    assert one is not None
    assert (one.key, one.conversation) == ("event:Ev1", "slack:T0:D1:10.1")
    assert one.payload["direct"]


def test_talk_in_a_channel_is_not_ours_and_nothing_of_it_is_kept() -> None:
    assert found(message()) is None
    assert found(message(thread_ts="9.9")) is None


def test_a_follow_up_in_a_thread_we_answered_in_is_addressed() -> None:
    one = found(message(thread_ts="9.9"), "9.9")
    assert one is not None
    assert one.conversation.endswith(":9.9")


@pytest.mark.parametrize("text", [f"<@{BOT}> what now?", f"And <@{BOT}|kam>?"])
def test_a_mention_counts_once_though_it_comes_as_two_events(text: str) -> None:
    said = message(text, thread_ts="9.9")
    mentioned = {"event_id": "Ev2", "event": said["event"] | {"type": "app_mention"}}
    assert found(said, "9.9") is None
    assert found(mentioned, "9.9") is not None


@pytest.mark.parametrize(
    "odd",
    [
        {"subtype": "message_changed", "user": None},
        {"subtype": "message_deleted", "user": None},
        {"subtype": "channel_join"},
        {"subtype": "bot_message", "bot_id": "B9", "user": None},
        {"bot_id": "B9"},
        {"user": BOT},
        {"user": None},
        {"edited": {"user": PERSON, "ts": "11.0"}},
    ],
)
@pytest.mark.parametrize("kind", ["message", "app_mention"])
def test_edits_deletions_bots_and_ourselves_are_not_answered(
    odd: dict[str, Any], kind: str
) -> None:
    assert found(message(f"<@{BOT}> hi", type=kind, **odd), "10.1") is None
    assert found(message(channel_type="im", type=kind, **odd), "10.1") is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_a_message_with_a_file_or_told_to_the_channel_too_is_a_message(subtype: str) -> None:
    assert found(message(thread_ts="9.9", subtype=subtype), "9.9") is not None


def test_whose_team_it_is_stays_unknown_where_slack_does_not_say() -> None:
    one = found(message(channel_type="im", team=None))
    assert one is not None
    assert one.payload["user_team"] is None


def test_a_command_is_keyed_by_its_trigger_and_read_by_the_asker_alone() -> None:
    body = {"command": "/kam", "text": " help ", "user_id": PERSON, "team_id": "T0"}
    body |= {"channel_id": ROOM, "response_url": "http://here", "trigger_id": "1.2"}
    one = found(body)
    assert one is not None
    assert (one.key, one.payload["text"]) == ("trigger:1.2", "help")
    assert one.payload["direct"]


def pressed(action: str = "ask_again:0", **container: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": PERSON, "team_id": "T0"},
        "actions": [{"action_id": action, "action_ts": "77.7", "value": "What now?"}],
        "channel": {"id": ROOM},
        "container": {"message_ts": "10.1", "channel_id": ROOM, **container},
        "response_url": "http://here",
    }


def test_a_button_is_keyed_by_its_press_and_answered_where_everybody_saw_it() -> None:
    one = found(pressed())
    assert one is not None
    assert one.key == f"action:77.7:{PERSON}:ask_again:0"
    assert not one.payload["direct"]
    assert "response_url" not in one.payload


def test_a_button_that_one_person_saw_is_answered_to_that_person_alone() -> None:
    one = found(pressed(is_ephemeral=True))
    assert one is not None
    assert one.payload["direct"]
    assert one.payload["response_url"] == "http://here"


def test_a_button_that_is_not_ours_to_answer_is_no_arrival() -> None:
    assert found(pressed("open_link")) is None
