"""A note on a card: what will be stored with the words it came from, and what to press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.assistant import note_lines
from bot.assistant.compose import Composer
from bot.assistant.note_cards import WAITING, NoteCard
from bot.assistant.note_corrections import lines as corrections
from bot.assistant.wording import listed, word
from bot.slack.blocks.mrkdwn import shortened
from bot.slack.blocks.reply import TICKS, Block, button, fitted, sections, told
from bot.slack.places import Site
from prompts import replies

_LABEL = 75
_NOTE, _OFFERS = 7_500, 3_000
"""Characters of a note's lines and of what is offered: a message holds some 13,000 in all."""


def note_card(card: NoteCard, site: Site | None = None) -> Block:
    """The message `{"text", "blocks"}` of a card as it stands."""
    if card.state != WAITING:
        return closed_card(card)
    composer, own = Composer("logging", card.language), Composer("note_card", card.language)
    for line in corrections(card.corrected, card.language):
        composer.unclaimed(f"- {line}")
    composer.blank()
    note_lines.card(composer, card.note, card.visibility, words=True)
    if card.author:
        composer.unclaimed(own.text("by_author", who=card.author))
    if card.keepers:
        who = listed(card.keepers, card.language)
        composer.unclaimed(own.text("kept_by", who=who))
    if card.replaces and not card.corrected:
        composer.unclaimed(own.text("replaces"))
    composer.unclaimed(own.text("words_first"))
    shown = told(fitted(composer.reply().markdown, _NOTE))
    shown["blocks"] += original(card.where, site, card.language)
    shown["blocks"] += _ticks(card, own)
    shown["blocks"].append({"type": "actions", "elements": _buttons(card)})
    return shown


def closed_card(card: NoteCard, state: str | None = None) -> Block:
    """What stands in the place of a card that is settled."""
    words = replies("note_card")[f"card_{state or card.state}"][card.language]
    return told(words.format(summary=card.summary))


def deleted_original(card: NoteCard) -> Block:
    """Asks what becomes of a note whose message is gone."""
    own = replies("note_card")
    shown = told(own["deleted"][card.language].format(summary=card.summary))
    buttons = [
        button(own[label][card.language], action, card.key)
        for label, action in (("delete_too", "note:undo"), ("keep", "note:keep"))
    ]
    shown["blocks"].append({"type": "actions", "elements": buttons})
    return shown


def original(where: str, site: Site | None, language: str) -> list[Block]:
    """A line that leads to the message that a note was made from."""
    link = site.permalink(where) if site else None
    if link is None:
        return []
    label = replies("note_card")["original"][language]
    text = {"type": "mrkdwn", "text": f"<{link}|{label}>"}
    return [{"type": "context", "elements": [text]}]


def _buttons(card: NoteCard) -> list[Block]:
    own, face = replies("note_card"), replies("slack")
    private = card.visibility == "author"
    see = ("for_team", "note:see_team") if private else ("only_me", "note:see_author")
    return [
        button(face["confirm"][card.language], "note:confirm", card.key, "primary"),
        button(own["edit"][card.language], "note:edit", card.key),
        button(own[see[0]][card.language], see[1], card.key),
        button(face["cancel"][card.language], "note:cancel", card.key),
    ]


def _ticks(card: NoteCard, own: Composer) -> list[Block]:
    offered = card.offers[:TICKS]
    if not offered:
        return []
    options = [_option(number, one, own) for number, one in enumerate(offered)]
    boxes: dict[str, Any] = {
        "type": "checkboxes",
        "action_id": f"note:tick:{card.key}",
        "options": options,
    }
    ticked = [option for option, one in zip(options, offered, strict=True) if one["ticked"]]
    if ticked:
        boxes["initial_options"] = ticked
    lines = [f"- {_offer(one, own)}: “{' '.join(one['words'].split())}”" for one in offered]
    head = sections(fitted("\n".join([own.text("offered"), *lines]), _OFFERS))
    return [*head, {"type": "actions", "elements": [boxes]}]


def _option(number: int, offer: Mapping[str, Any], own: Composer) -> Block:
    return {
        "text": {"type": "plain_text", "text": shortened(_offer(offer, own), _LABEL)},
        "description": {
            "type": "plain_text",
            "text": shortened(f"“{' '.join(offer['words'].split())}”", _LABEL),
        },
        "value": str(number),
    }


def _offer(offer: Mapping[str, Any], own: Composer) -> str:
    kind, before, after = offer["kind"], offer["before"], offer["after"]
    if kind == "support":
        before = word(f"support_{before}", own.language) if before else None
        after = word(f"support_{after}", own.language)
    if kind == "joined":
        after = own.text("with_title", title=after) if after else ""
    values = {"name": offer["name"], "before": before or own.text("not_known"), "after": after}
    return own.text(f"offer_{kind}", **values)
