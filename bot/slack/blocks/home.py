"""The Home tab: a person's accounts with their colour, what is overdue, what must be decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.assistant.note_drafts import Draft
from bot.slack.blocks.mrkdwn import day, escape, shortened
from bot.slack.blocks.note_drafts import draft_blocks
from prompts import replies

_COLOURS = {"red": "🔴", "amber": "🟠", "green": "🟢", "grey": "⚪"}


@dataclass(frozen=True)
class AccountCard:
    """An account on Home."""

    name: str
    colour: str
    decide_by: date | None
    overdue: int


def home_view(
    cards: list[AccountCard], language: str, waiting: Sequence[Draft] = ()
) -> dict[str, Any]:
    """The view for `views.publish`."""
    words = {key: value[language] for key, value in replies("slack").items()}
    colours = {key: replies("lines")[f"colour_{key}"][language] for key in _COLOURS}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": words["home_title"]}}
    ]
    if not cards:
        blocks.append(_text(words["home_none"]))
    for number, card in enumerate(cards):
        facts = [f"{_COLOURS[card.colour]} {escape(colours[card.colour])}"]
        if card.overdue:
            facts.append(escape(words["home_overdue"]).format(n=card.overdue))
        if card.decide_by:
            facts.append(escape(words["home_renewal"]).format(date=day(card.decide_by)))
        block = _text(f"*{escape(card.name)}*\n" + " · ".join(facts))
        block["accessory"] = {
            "type": "button",
            "action_id": f"ask_again:{number}",
            "text": {"type": "plain_text", "text": shortened(words["home_open"], 75)},
            "value": words["home_question"].format(account=card.name),
        }
        blocks.append(block)
    if waiting:
        head = replies("note_drafts")["home_head"][language]
        blocks.append({"type": "header", "text": {"type": "plain_text", "text": head}})
        blocks += draft_blocks(waiting, language)
    blocks.append({"type": "context", "elements": [_mrkdwn(words["home_ask"])]})
    return {"type": "home", "blocks": blocks}


def _text(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
