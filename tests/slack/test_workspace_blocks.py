"""Block Kit's sizes, types and ids, as messages and views are held to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.slack.conftest import Office
from tests.slack.tiny_bot import FORM, button, modal, plain, section, text_input

Json = dict[str, Any]
Refused = Callable[..., Any]


def _actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def _table(rows: int, columns: int) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def _select(**more: Any) -> Json:
    option = {"text": plain("One"), "value": "1"}
    return {"type": "static_select", "action_id": "s", "options": [option], **more}


TOO_MUCH = {
    "more than 50 blocks": [{"type": "divider"}] * 51,
    "a section over 3,000": [section("x" * 3001)],
    "an empty section": [{"type": "section"}],
    "an empty text": [section("")],
    "a header over 150": [{"type": "header", "text": plain("x" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "more than 10 fields": [{"type": "section", "fields": [plain("x")] * 11}],
    "a field over 2,000": [{"type": "section", "fields": [plain("x" * 2001)]}],
    "more than 10 in a context": [{"type": "context", "elements": [plain("x")] * 11}],
    "more than 25 actions": [_actions(*(button(f"b{i}") for i in range(26)))],
    "more than 5 context actions": [
        {
            "type": "context_actions",
            "elements": [
                {"type": "icon_button", "icon": "trash", "text": plain("x"), "action_id": f"a{i}"}
                for i in range(6)
            ],
        }
    ],
    "a table over 100 rows": [_table(101, 1)],
    "a table over 20 columns": [_table(1, 21)],
    "markdown over 12,000": [{"type": "markdown", "text": "x" * 12_001}],
    "markdown over 12,000 in all": [{"type": "markdown", "text": "x" * 6_001}] * 2,
    "a button over 75": [_actions({**button("b"), "text": plain("x" * 76)})],
    "a button value over 2,000": [_actions(button("b", value="x" * 2001))],
    "a button style that is none": [_actions(button("b", style="loud"))],
    "more than 100 options": [
        _actions(_select(options=[{"text": plain("x"), "value": str(i)} for i in range(101)]))
    ],
    "an initial option that is not offered": [
        _actions(_select(initial_option={"text": plain("Two"), "value": "2"}))
    ],
    "a block_id over 255": [{"type": "divider", "block_id": "x" * 256}],
    "an image without alt_text": [{"type": "image", "image_url": "https://example.com/a.png"}],
    "an unknown block": [{"type": "marquee"}],
    "an unknown element": [_actions({"type": "lever", "action_id": "x"})],
    "an element in the wrong block": [
        _actions({"type": "plain_text_input", "action_id": "x"}),
    ],
    "an unknown field": [{"type": "divider", "colour": "red"}],
    "an alert outside modals": [{"type": "alert", "text": plain("Look out")}],
    "a card without content": [{"type": "card", "subtitle": plain("x")}],
    "a task with a wrong status": [
        {"type": "task_card", "task_id": "1", "title": "x", "status": "idle"}
    ],
    "a pie of seven": [
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {"type": "pie", "segments": [{"label": "x", "value": 1}] * 7},
        }
    ],
    "a line without a value for each category": [
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {
                "type": "line",
                "series": [{"name": "a", "data": [{"label": "Q1", "value": 1}]}],
                "axis_config": {"categories": ["Q1", "Q2"]},
            },
        }
    ],
    "a list of rich text without style": [
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]}
    ],
    "the same block_id twice": [{"type": "divider", "block_id": "a"}] * 2,
    "the same action_id twice": [_actions(button("b"), button("b"))],
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_a_message_is_refused_for(office: Office, refused: Refused, what: str) -> None:
    channel = office.channel("blocks")
    answer = refused(
        office.client.chat_postMessage, channel=channel, text="x", blocks=TOO_MUCH[what]
    )
    assert answer["error"] == "invalid_blocks"
    assert all("[json-pointer:/blocks" in one for one in answer["errors"])
    assert office.li_na.reads(channel) == []


def test_what_is_just_small_enough_is_taken(office: Office) -> None:
    channel = office.channel("just-right")
    for blocks in (
        [{"type": "divider"}] * 50,
        [section("x" * 3000)],
        [{"type": "header", "text": plain("x" * 150)}],
        [_table(100, 20)],
        [{"type": "markdown", "text": "x" * 12_000}],
        [_actions(*(button(f"b{i}") for i in range(25)))],
        [_actions(button("b")), _actions(button("b"))],
    ):
        posted = office.client.chat_postMessage(channel=channel, text="x", blocks=blocks)
        assert all(one["block_id"] for one in posted["message"]["blocks"])


def test_all_blocks_together_hold_about_13200_characters(office: Office, refused: Refused) -> None:
    channel = office.channel("together")
    fits = [section("x" * 3000)] * 4 + [section("x" * 1200)]
    office.client.chat_postMessage(channel=channel, text="x", blocks=fits)
    answer = refused(
        office.client.chat_postMessage, channel=channel, text="x", blocks=[*fits, section("x")]
    )
    assert answer["error"] == "msg_blocks_too_long"


def test_a_message_holds_one_table(office: Office, refused: Refused) -> None:
    channel = office.channel("tables")
    two = [_table(1, 1), _table(1, 1)]
    answer = refused(office.client.chat_postMessage, channel=channel, text="x", blocks=two)
    assert answer["error"] == "invalid_attachments"
    assert "only_one_table_allowed" in answer["response_metadata"]["messages"][0]


def test_blocks_that_are_not_json_are_another_error(office: Office, refused: Refused) -> None:
    channel = office.channel("no-json")
    answer = refused(office.client.chat_postMessage, channel=channel, text="x", blocks="[{")
    assert answer["error"] == "invalid_blocks_format"


@pytest.mark.parametrize(
    ("view", "pointer"),
    [
        ({**FORM, "title": plain("x" * 25)}, "/view/title/text"),
        ({**FORM, "submit": plain("x" * 25)}, "/view/submit/text"),
        ({**FORM, "close": plain("x" * 25)}, "/view/close/text"),
        ({**FORM, "private_metadata": "x" * 3001}, "/view/private_metadata"),
        ({**FORM, "callback_id": "x" * 256}, "/view/callback_id"),
        ({**FORM, "type": "home"}, "/view/type"),
        ({**FORM, "blocks": [{"type": "divider"}] * 101}, "/view/blocks"),
        ({**FORM, "blocks": []}, "/view/blocks"),
        ({**FORM, "blocks": [{"type": "markdown", "text": "x"}]}, "/view/blocks/0"),
        ({**FORM, "colour": "red"}, "/view"),
        ({one: FORM[one] for one in FORM if one != "submit"}, "/view"),
        (modal(text_input("a"), text_input("a")), "/view/blocks/1/block_id"),
    ],
)
def test_a_modal_is_refused_with_a_pointer_to_the_fault(
    office: Office, refused: Refused, view: Json, pointer: str
) -> None:
    answer = refused(office.client.views_open, trigger_id=office.trigger(), view=view)
    assert answer["error"] == "invalid_arguments"
    assert f"[json-pointer:{pointer}]" in answer["response_metadata"]["messages"][0]
    assert office.li_na.modal() is None


def test_a_home_takes_100_blocks_and_no_title(office: Office, refused: Refused) -> None:
    li_na = office.id_of("Li Na")
    blocks = [{"type": "divider"}] * 100
    office.client.views_publish(user_id=li_na, view={"type": "home", "blocks": blocks})
    for wrong in (
        {"type": "home", "blocks": [*blocks, {"type": "divider"}]},
        {"type": "home", "blocks": blocks, "title": plain("Home")},
    ):
        answer = refused(office.client.views_publish, user_id=li_na, view=wrong)
        assert answer["error"] == "invalid_arguments"


def test_blocks_can_be_asked_about_before_they_are_sent(office: Office, refused: Refused) -> None:
    office.client.blocks_validate(blocks=[section("fine")])
    office.client.blocks_validate(view=FORM)
    long = refused(office.client.blocks_validate, blocks=[section("x" * 3001)])
    assert long["error"] == "invalid_blocks"
    assert refused(office.client.blocks_validate)["error"] == "invalid_arguments"
