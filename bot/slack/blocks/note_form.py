"""The forms of a note: every field of one that is proposed, and a new meeting's."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.assistant.note_cards import NoteCard
from bot.slack.blocks.mrkdwn import shortened
from bot.slack.blocks.reply import Block
from ingest.notes import NoteAction
from prompts import replies

FIELD = 3_000
"""Characters that a field of Slack's takes."""
ACTIONS = 15
"""Promises that one form shows: a modal takes 100 blocks."""
KINDS = ("meeting", "call", "email", "chat", "document")
DIRECTIONS = ("ours", "theirs", "internal")
MOODS = ("none", "positive", "neutral", "negative", "mixed")
VISIBILITIES = ("team", "author", "open")


def edit_form(card: NoteCard, standing: Mapping[str, Any]) -> Block:
    """The form of a note that is proposed; `standing` is where its card stands."""
    language, note = card.language, card.note
    form = _Form(language)
    form.text("account", note.account, must=True)
    form.day("date", note.date)
    form.choice("kind", KINDS, note.kind, "kind_", "logging")
    form.text("attendees", ", ".join(note.attendees))
    form.text("ours", ", ".join(note.ours))
    form.text("text", note.text, lines=True, must=True)
    form.text("summary", note.summary, lines=True)
    form.text("decisions", "\n".join(note.decisions), lines=True)
    form.text("concerns", "\n".join(note.concerns), lines=True)
    form.text("competitors", ", ".join(note.competitors))
    form.choice("sentiment", MOODS, note.sentiment or "none", "mood_", "logging")
    form.choice("visibility", VISIBILITIES, card.visibility, "see_", "note_card")
    shown = note.actions[:ACTIONS]
    for number, action in enumerate([*shown, None], start=1):
        form.action(number, action)
    return form.view("note_edit", "form_title", "form_done", {**standing, "proposal": card.key})


def new_form(language: str, today: dt.date) -> Block:
    """The form of a meeting that is to be logged."""
    form = _Form(language)
    form.text("account", "", must=True)
    form.day("date", today)
    form.choice("kind", KINDS, "meeting", "kind_", "logging")
    form.text("attendees", "")
    form.text("text", "", lines=True, must=True)
    form.text("steps", "", lines=True)
    form.choice("visibility", VISIBILITIES, "team", "see_", "note_card")
    return form.view("note_new", "new_title", "form_next", {"language": language})


class _Form:
    def __init__(self, language: str) -> None:
        self._language = language
        self._words = replies("note_card")
        self._blocks: list[Block] = []

    def text(
        self, name: str, value: str | None, *, lines: bool = False, must: bool = False
    ) -> None:
        """A field of text; none where it would not hold what is there: that stays as it is."""
        element: Block = {"type": "plain_text_input", "max_length": FIELD, "multiline": lines}
        if value and len(value) > FIELD:
            return
        if value:
            element["initial_value"] = value
        self._input(name, self._word(f"field_{name}"), element, must=must)

    def day(self, name: str, value: dt.date | None, label: str = "") -> None:
        element: Block = {"type": "datepicker"}
        if value:
            element["initial_date"] = value.isoformat()
        self._input(name, label or self._word(f"field_{name}"), element)

    def choice(
        self,
        name: str,
        codes: Iterable[str],
        chosen: str,
        family: str,
        file: str,
        label: str = "",
    ) -> None:
        options = {code: self._option(code, family, file) for code in codes}
        element: Block = {"type": "static_select", "options": list(options.values())}
        if chosen in options:
            element["initial_option"] = options[chosen]
        self._input(name, label or self._word(f"field_{name}"), element, must=True)

    def action(self, n: int, action: NoteAction | None) -> None:
        """The fields of a promise; empty ones for one that is still to be written."""

        def label(key: str) -> str:
            return self._word(f"field_{key}").format(n=n)

        what: Block = {"type": "plain_text_input", "max_length": FIELD}
        who: Block = {"type": "plain_text_input", "max_length": 200}
        if action is not None:
            what["initial_value"] = action.action[:FIELD]
            if action.owner:
                who["initial_value"] = action.owner[:200]
        self._input(f"action_{n}", label("action"), what)
        side = action.direction if action else "ours"
        whose = label("direction")
        self.choice(f"direction_{n}", DIRECTIONS, side, "whose_", "logging", whose)
        self._input(f"owner_{n}", label("owner"), who)
        self.day(f"due_{n}", action.due if action else None, label("due"))

    def view(self, callback: str, title: str, submit: str, kept: Mapping[str, Any]) -> Block:
        face = replies("slack")
        return {
            "type": "modal",
            "callback_id": callback,
            "title": _plain(self._word(title)),
            "submit": _plain(self._word(submit)),
            "close": _plain(face["cancel"][self._language]),
            "private_metadata": json.dumps(dict(kept)),
            "blocks": self._blocks,
        }

    def _option(self, code: str, family: str, file: str) -> Block:
        key = "no_mood" if (family, code) == ("mood_", "none") else f"{family}{code}"
        words = self._words if key == "no_mood" else replies(file)
        return {"text": _plain(words[key][self._language]), "value": code}

    def _word(self, key: str) -> str:
        return self._words[key][self._language]

    def _input(self, name: str, label: str, element: Block, *, must: bool = False) -> None:
        self._blocks.append(
            {
                "type": "input",
                "block_id": name,
                "optional": not must,
                "label": _plain(label),
                "element": {**element, "action_id": name},
            }
        )


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": shortened(text, 75)}
