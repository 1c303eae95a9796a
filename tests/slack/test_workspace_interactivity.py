"""Buttons, modals, commands, shortcuts, Home and steps, through a real Bolt app."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.local_workspace.errors import Impossible
from bot.local_workspace.people import Spoken
from tests.slack.conftest import Office
from tests.slack.tiny_bot import FORM, button, modal, plain, until


def _buttons(office: Office, channel: str, *elements: dict[str, object]) -> dict[str, str]:
    blocks = [{"type": "actions", "elements": list(elements)}]
    posted = office.client.chat_postMessage(channel=channel, text="Well?", blocks=blocks)
    return {"channel": channel, "ts": posted["ts"]}


def test_a_mention_is_answered_in_its_thread(bolted: Office) -> None:
    channel = bolted.channel("mention")
    asked = bolted.li_na.says(channel, "@Tiny R&D <3 https://example.com/a?b=1.")
    reply = bolted.li_na.waits_for(asked, from_="Tiny")
    assert reply["thread_ts"] == asked.ts
    said = bolted.heard.of("app_mention", channel=channel)[-1]["body"]["blocks"][0]["elements"][0]
    assert [part["type"] for part in said["elements"]] == ["user", "text", "link", "text"]
    expected = f"<@{bolted.app['bot_user']}> R&amp;D &lt;3 <https://example.com/a?b=1>."
    assert reply["text"] == f"heard: {expected}"


def test_a_pressed_button_may_replace_its_message(bolted: Office) -> None:
    channel = bolted.channel("button")
    message = _buttons(bolted, channel, button("approve", value="42"))
    outcome = bolted.li_na.presses(message, "approve")
    assert outcome["acked"]
    bolted.people.waits_until(lambda: bolted.li_na.reads(channel)[-1]["text"] == "approved 42")
    assert len(bolted.li_na.reads(channel)) == 1
    assert "blocks" not in bolted.li_na.reads(channel)[-1]


def test_feedback_and_menus_carry_what_was_chosen(bolted: Office) -> None:
    channel = bolted.channel("feedback")
    blocks = [
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "rate",
                    "positive_button": {"text": plain("Good"), "value": "up"},
                    "negative_button": {"text": plain("Bad"), "value": "down"},
                }
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "static_select",
                    "action_id": "choose",
                    "options": [{"text": plain("ACME"), "value": "acme"}],
                }
            ],
        },
    ]
    posted = bolted.client.chat_postMessage(channel=channel, text="Rate me", blocks=blocks)
    where = {"channel": channel, "ts": posted["ts"]}
    bolted.tom.presses(where, "rate", "negative")
    bolted.tom.presses(where, "choose", "ACME")
    until(lambda: len([one for one in bolted.heard.of("action") if _in(one, channel)]) == 2)
    rated, chosen = (
        one["body"]["actions"][0] for one in bolted.heard.of("action") if _in(one, channel)
    )
    assert rated["value"] == "down"
    assert chosen["selected_option"]["value"] == "acme"
    with pytest.raises(Impossible):
        bolted.tom.presses(where, "choose", "Globex")


def _in(one: dict[str, dict[str, dict[str, str]]], channel: str) -> bool:
    return one["body"].get("channel", {}).get("id") == channel


def test_a_command_is_answered_to_its_sender_alone(bolted: Office) -> None:
    channel = bolted.channel("command")
    assert bolted.li_na.commands(channel, "/kam what is up")["acked"]
    assert [one["text"] for one in bolted.li_na.reads(channel)] == ["one moment: what is up"]
    assert bolted.tom.reads(channel) == []
    bolted.li_na.commands(channel, "/kam who knows @Tom Becker in #command")
    tom = f"<@{bolted.id_of('Tom Becker')}|tom.becker>"
    asked = bolted.heard.of("command", channel_id=channel)[-1]["body"]["text"]
    assert asked == f"who knows {tom} in <#{channel}|command>"
    bolted.li_na.commands(channel, "/kam late")
    bolted.people.waits_until(lambda: bolted.li_na.reads(channel)[-1]["text"] == "here it is, late")


def test_a_command_opens_a_modal_that_is_checked_by_the_client_and_by_the_app(
    bolted: Office,
) -> None:
    channel = bolted.channel("modal")
    bolted.li_na.commands(channel, "/kam form")
    assert bolted.li_na.waits_for_modal()["callback_id"] == FORM["callback_id"]
    assert bolted.tom.modal() is None
    assert bolted.li_na.submits(remark="none")["errors"] == {"amount": "required"}
    assert bolted.li_na.submits(amount="many")["errors"] == {"amount": "a number, please"}
    assert bolted.li_na.modal() is not None
    assert bolted.li_na.submits(amount="12")["errors"] == {}
    assert bolted.li_na.modal() is None
    sent = bolted.heard.of("view_submission")[-1]["body"]["view"]["state"]["values"]
    assert sent["amount"]["amount"]["value"] == "12"


def test_a_submission_may_update_push_and_clear(bolted: Office) -> None:
    channel = bolted.channel("stack")
    bolted.tom.commands(channel, "/kam form")
    bolted.tom.waits_for_modal()
    bolted.tom.submits(amount="update")
    shown = bolted.tom.modal()
    assert shown is not None
    assert [block["block_id"] for block in shown["blocks"]] == ["amount", "reason"]
    bolted.tom.submits(amount="push", reason="deeper")
    assert len(bolted.tom.do("modals")) == 2
    bolted.tom.submits(inner="done")
    assert len(bolted.tom.do("modals")) == 1
    bolted.tom.submits(amount="clear", reason="enough")
    assert bolted.tom.do("modals") == []


def test_the_app_hears_when_a_modal_is_closed(bolted: Office) -> None:
    channel = bolted.channel("closing")
    bolted.li_na.commands(channel, "/kam form")
    bolted.li_na.waits_for_modal()
    before = len(bolted.heard.of("view_closed"))
    bolted.li_na.closes_modal()
    until(lambda: len(bolted.heard.of("view_closed")) == before + 1)
    assert bolted.heard.of("view_closed")[-1]["body"]["is_cleared"] is False


def test_a_button_in_a_modal_pushes_another_and_an_external_menu_asks_the_app(
    bolted: Office,
) -> None:
    bolted.li_na.uses_shortcut("log_note")
    opened = bolted.li_na.waits_for_modal()
    account = {
        "type": "input",
        "block_id": "account",
        "label": plain("Account"),
        "optional": True,
        "element": {"type": "external_select", "action_id": "account", "min_query_length": 1},
    }
    view = modal(account, {"type": "actions", "elements": [button("deeper")]})
    bolted.client.views_update(view_id=opened["id"], view=view)
    offered = bolted.li_na.do("type_into", action_id="account", text="ACME")
    assert offered["answer"]["options"][0]["text"]["text"] == "ACME Corp"
    with pytest.raises(Impossible):
        bolted.li_na.presses_in_modal("account", "Globex Corp")
    bolted.li_na.presses_in_modal("account", "ACME Corp")
    assert bolted.li_na.presses_in_modal("deeper")["acked"]
    bolted.people.waits_until(lambda: len(bolted.li_na.do("modals")) == 2)
    lower, upper = bolted.li_na.do("modals")
    assert (upper["previous_view_id"], upper["root_view_id"]) == (lower["id"], lower["id"])
    bolted.li_na.closes_modal(everything=True)


def test_shortcuts_on_messages_carry_the_message(bolted: Office) -> None:
    channel = bolted.channel("shortcut")
    said = bolted.tom.says(channel, "Dana Wu was not amused")
    bolted.li_na.uses_shortcut("file_note", on=said)
    body = until(lambda: bolted.heard.of("message_shortcut"))[-1]["body"]
    assert body["message"]["text"] == "Dana Wu was not amused"
    assert body["channel"]["id"] == channel
    with pytest.raises(Impossible):
        bolted.li_na.uses_shortcut("unheard_of")


def test_the_home_is_published_for_whoever_opens_it(bolted: Office) -> None:
    bolted.li_na.opens("Tiny")
    shown = bolted.people.waits_until(lambda: bolted.li_na.home("Tiny"))
    assert shown["blocks"][0]["text"]["text"] == "Welcome"
    assert bolted.tom.home("Tiny") is None
    assert bolted.li_na.presses_at_home("at_home", app="Tiny")["acked"]
    pressed = until(lambda: [one for one in bolted.heard.of("action") if one["body"].get("view")])[
        -1
    ]["body"]
    assert pressed["view"]["type"] == "home"
    assert pressed["container"]["type"] == "view"


def test_a_workflow_step_completes_or_fails(bolted: Office) -> None:
    def state(**inputs: str) -> dict[str, object]:
        ran = bolted.li_na.do("run_step", callback_id="summarise", inputs=inputs)
        execution = ran["function_execution_id"]
        bolted.people.waits_until(
            lambda: bolted.people.do("step", function_execution_id=execution)["state"] != "running"
        )
        found = bolted.people.do("step", function_execution_id=execution)
        return {"state": found["state"], "of": found.get("outputs") or found.get("error")}

    assert state(account="ACME") == {"state": "completed", "of": {"summary": "about ACME"}}
    assert state() == {"state": "failed", "of": "no account"}
    with pytest.raises(Impossible):
        state(colour="red")


def test_say_stream_writes_one_message_that_grows(bolted: Office) -> None:
    direct = bolted.li_na.opens("Tiny", tab="messages")
    asked = bolted.li_na.says(direct, "stream, please")
    reply = bolted.li_na.waits_for(asked, from_="Tiny")
    assert reply["text"] == "once upon a time"
    assert reply["streaming_state"] == "completed"


def test_an_interaction_without_an_ack_is_shown_as_failed(bolted: Office) -> None:
    channel = bolted.channel("silence")
    message = _buttons(bolted, channel, button("nobody_listens"))
    with ThreadPoolExecutor(1) as waiting:
        pressing = waiting.submit(bolted.li_na.presses, message, "nobody_listens")
        if bolted.people.do("connections"):
            # Over Socket Mode Bolt stays silent, and the person waits for three seconds.
            until(lambda: bolted.people.journal("delivery", type="block_actions", acked=None))
            bolted.people.move_on(3.1)
        outcome = pressing.result(timeout=5)
    assert not outcome["acked"]
    assert outcome["problem"] in ("dispatch_failed", "operation_timeout")


def test_nobody_presses_what_they_cannot_see(bolted: Office) -> None:
    channel = bolted.channel("unseen")
    shown = bolted.client.chat_postEphemeral(
        channel=channel,
        user=bolted.id_of("Li Na"),
        text="for you",
        blocks=[{"type": "actions", "elements": [button("approve")]}],
    )
    hidden = Spoken(channel, shown["message_ts"])
    with pytest.raises(Impossible):
        bolted.tom.presses(hidden, "approve")
    assert bolted.li_na.presses(hidden, "approve")["acked"]
