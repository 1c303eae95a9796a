"""Whatever a note says, its card and its form are ones that Slack takes, and nothing is forged."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.assistant.note_cards import NoteCard
from bot.assistant.note_offers import Offer
from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.view_rules import check_view
from bot.local_workspace.web_api.chat import LONGEST_UPDATE
from bot.slack.blocks.note_card import deleted_original, note_card
from bot.slack.blocks.note_form import edit_form, new_form
from ingest.notes import MeetingNote, NoteAction

DAY = date(2026, 11, 21)
LONG = ("word " * 200, "&<>" * 300, "对方已确认迁移成本。" * 100, "**bold** `code` " * 50)


def a_card(words: str, promises: int, offered: int, language: str = "en") -> NoteCard:
    actions = tuple(
        NoteAction(f"{n} {words}", "ours", "li.na@example.com", DAY, words) for n in range(promises)
    )
    note = MeetingNote(
        words, 1, "ACME", DAY, False, "meeting", summary=words, actions=actions,
        attendees=("Dana",), decisions=(words,) * 5, concerns=(words,) * 5,
    )  # fmt: skip
    offers = tuple(
        Offer("support", f"Person {n}", words, None, "supporter", {}).as_payload(ticked=n < 2)
        for n in range(offered)
    )
    return NoteCard("proposal-1", "waiting", note, "team", offers, language, words[:300], "")


@pytest.mark.parametrize("words", LONG)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_card_of_any_length_is_one_message(words: str, language: str) -> None:
    for card in (a_card(words, 0, 1, language), a_card(words, 40, 14, language)):
        for shown in (note_card(card), deleted_original(card)):
            check_message_blocks(shown["blocks"])
            assert 1 <= len(shown["text"]) <= LONGEST_UPDATE
            assert "note:" in json.dumps(shown["blocks"][-1]), "what is pressed is never cut"


@pytest.mark.parametrize("words", LONG)
def test_a_form_of_any_length_is_one_view(words: str) -> None:
    for language in ("en", "zh"):
        check_view(
            edit_form(a_card(words, 40, 0, language), {"channel": "C0", "ts": "1.1"}), "modal"
        )
        check_view(new_form(language, DAY), "modal")


def test_nothing_in_a_note_mentions_or_links() -> None:
    card = a_card("<!channel> <@U0ADMIN> <https://evil.example|the offer>", 2, 2)
    for shown in (note_card(card), deleted_original(card)):
        said = json.dumps([shown["text"], shown["blocks"]])
        options = said.count('"plain_text", "text": "\\u201c<!channel>')
        assert said.count("<!channel>") == options, "only where Slack reads no markup"
        assert "<@U0ADMIN>" not in shown["text"]
        assert "<https" not in shown["text"]


def test_a_form_leaves_out_what_its_fields_would_cut() -> None:
    whole = {one["block_id"] for one in edit_form(a_card("word", 1, 0), {})["blocks"]}
    shown = {one["block_id"] for one in edit_form(a_card("word " * 700, 0, 0), {})["blocks"]}
    left_out = {"text", "summary", "decisions", "concerns"}
    assert left_out <= whole
    assert not left_out & shown
    assert {"account", "date", "visibility", "action_1"} <= shown
