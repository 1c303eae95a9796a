"""Which payloads are addressed to us, and what makes a second delivery a duplicate."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.arrivals import Arrival, Ourselves, arrival, team_of

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


def changed(now: str | None, before: str = "What then?", **more: Any) -> dict[str, Any]:
    """A message that was edited, or deleted where there is no text any more."""
    said = {"user": PERSON, "ts": "10.1", "text": before, "team": "T0"} | more
    event = {"type": "message", "channel": ROOM, "channel_type": "channel", "ts": "11.0"}
    event |= {"subtype": "message_deleted", "previous_message": said, "deleted_ts": "10.1"}
    if now is not None:
        event |= {"subtype": "message_changed", "edited": None}
        event["message"] = {**said, "text": now, "edited": {"user": PERSON, "ts": "11.0"}}
    return {"event_id": "Ev3", "event": event}


def test_an_edit_and_a_deletion_are_of_the_message_where_we_answered_or_were_called() -> None:
    for body, kind in ((changed("What now?"), "edited"), (changed(None), "deleted")):
        one = found(body, "10.1")
        assert one is not None
        assert (one.kind, one.payload["ts"]) == (kind, "10.1")
        assert one.conversation == f"slack:T0:{ROOM}:10.1"
        assert found(body) is None, "talk among people, of which nothing is kept"
    called = found(changed(f"<@{BOT}> now?"))
    assert called is not None
    assert "overheard" not in called.payload


@pytest.mark.parametrize("text", ["What now?", None])
@pytest.mark.parametrize("odd", [{"bot_id": "B9"}, {"user": BOT}, {"subtype": "tombstone"}])
def test_what_bots_and_we_ourselves_change_or_delete_is_no_arrival(
    odd: dict[str, Any], text: str | None
) -> None:
    assert found(changed(text, **odd), "10.1") is None


def test_an_edit_that_leaves_the_text_is_none() -> None:
    assert found(changed("What then?"), "10.1") is None


@pytest.mark.parametrize("kind", ["message", "app_mention"])
def test_only_a_message_that_nobody_called_us_in_is_overheard(kind: str) -> None:
    one = found(
        message(f"<@{BOT}> hi" if kind == "app_mention" else "hi", type=kind, thread_ts="9.9"),
        "9.9",
    )
    assert one is not None
    assert one.payload.get("overheard", False) is (kind == "message")
    direct = found(message("hi", channel="D1", channel_type="im"))
    assert direct is not None
    assert "overheard" not in direct.payload


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
    assert one.key == f"action:T0:77.7:{PERSON}:ask_again:0"
    assert not one.payload["direct"]
    assert "response_url" not in one.payload


def test_a_button_that_one_person_saw_is_answered_to_that_person_alone() -> None:
    one = found(pressed(is_ephemeral=True))
    assert one is not None
    assert one.payload["direct"]
    assert one.payload["response_url"] == "http://here"


def test_a_button_that_is_not_ours_to_answer_is_no_arrival() -> None:
    assert found(pressed("open_link")) is None


def test_a_press_of_the_same_user_at_the_same_instant_elsewhere_is_another() -> None:
    there = Ourselves("T0ELSEWHERE", BOT, lambda key: False)
    here_too, elsewhere = found(pressed()), arrival(pressed(), there)
    assert here_too is not None
    assert elsewhere is not None
    assert here_too.key != elsewhere.key
    assert here_too.conversation != elsewhere.conversation


@pytest.mark.parametrize(
    ("key", "team"),
    [("slack:T0:C1:10.1", "T0"), ("slack:T0:with:U1", "T0"), ("terminal:T0:x", ""), ("deadly", "")],
)
def test_a_conversation_says_which_workspace_it_is_in(key: str, team: str) -> None:
    assert team_of(key) == team


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("log met Dana today", "log", "log: met Dana today"),
        ("记录 今天见了吴总", "log", "记录: 今天见了吴总"),
        ("Log: met Dana", "log", "Log: met Dana"),
        ("记录：见了吴总", "log", "记录：见了吴总"),
        ("log", "log", ""),
        ("what did we log last week?", "command", "what did we log last week?"),
        ("logistics at ACME?", "command", "logistics at ACME?"),
    ],
)
def test_a_command_that_logs_is_told_from_one_that_asks(text: str, kind: str, kept: str) -> None:
    body = {
        "command": "/kam",
        "text": text,
        "user_id": PERSON,
        "team_id": "T0",
        "channel_id": ROOM,
        "trigger_id": "1.2",
        "response_url": "https://hooks.example/1",
    }
    one = found(body)
    assert one is not None
    assert (one.kind, one.payload["text"]) == (kind, kept)
    assert ("response_url" in one.payload) == (kind == "command"), "a card is no ephemeral"


def on_card(action: dict[str, Any], **more: Any) -> Arrival | None:
    return found(
        {
            "type": "block_actions",
            "actions": [{"action_ts": "11.1", **action}],
            "user": {"id": PERSON, "team_id": "T0"},
            "channel": {"id": "D1"},
            "container": {"message_ts": "10.2", "thread_ts": "10.1"},
            "message": {"ts": "10.2", "thread_ts": "10.1"},
            **more,
        }
    )


def test_what_is_pressed_on_a_card_names_the_card_and_its_ticked_boxes() -> None:
    boxes = {"type": "checkboxes", "selected_options": [{"value": "1"}]}
    one = on_card({"action_id": "note:tick:proposal-1", **boxes})
    assert one is not None
    assert (one.payload["value"], one.payload["ticked"]) == ("proposal-1", ["1"])
    held = {"values": {"b1": {"note:tick:proposal-1": boxes}}}
    one = on_card({"action_id": "note:confirm", "value": "proposal-1"}, state=held)
    assert one is not None
    assert one.kind == "note"
    assert (one.payload["value"], one.payload["ticked"]) == ("proposal-1", ["1"])
    one = on_card({"action_id": "note:confirm", "value": "proposal-1"})
    assert one is not None
    assert one.payload["ticked"] is None, "nothing is unticked that was not told"
    assert on_card({"action_id": "note:edit", "value": "proposal-1"}) is None


def test_a_message_that_is_kept_is_its_keepers_when_it_is_edited_or_deleted() -> None:
    where = f"slack:T0:{ROOM}:10.1"
    keeping = Ourselves(
        "T0", BOT, lambda _: False, lambda key: ("U0KEEPS", "U0TOO") if key == where else ()
    )
    before = {"user": "U0TOM", "text": "old", "ts": "10.1"}
    now = {**before, "text": "new", "edited": {"ts": "12.1"}}
    event = {"type": "message", "channel": ROOM, "subtype": "message_changed"}
    changed = {"event_id": "Ev9", "event": {**event, "message": now, "previous_message": before}}
    one = arrival(changed, keeping)
    assert one is not None
    assert (one.kind, one.payload["user"]) == ("save", "U0KEEPS")
    assert one.payload["message"]["text"] == "new"
    (other,) = one.others
    assert (other.kind, other.payload["user"]) == ("save", "U0TOO"), "each hears of it alone"
    assert other.key != one.key
    assert other.conversation != one.conversation
    gone = {"event": {**event, "subtype": "message_deleted", "previous_message": before}}
    one = arrival({"event_id": "Ev10", **gone}, keeping)
    assert one is not None
    assert (one.kind, one.payload["user"], one.payload["ts"]) == ("deleted", "U0KEEPS", "10.1")
    assert found(changed) is None, "of what nobody keeps nothing is heard"
