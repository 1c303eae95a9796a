"""Notes: the shortcuts, and the forms, which must open and be checked within three seconds."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_bolt import App as Bolt

from bot.slack.desks import Desks


def register(bolt: Bolt, desks: Desks) -> None:
    """The button that opens a form, both shortcuts, both forms."""

    @bolt.action("note:edit")
    def edit(ack: Ack, body: dict[str, Any], context: Any) -> None:
        ack()
        desks.of(context.team_id).forms.edits(body)

    @bolt.shortcut("log_meeting")
    def begin(ack: Ack, body: dict[str, Any], context: Any) -> None:
        ack()
        desks.of(context.team_id).forms.begins(body)

    @bolt.shortcut("save_note")
    def save(ack: Ack) -> None:
        ack()  # the inbox has it

    @bolt.view("note_edit")
    def edited(ack: Ack, body: dict[str, Any], context: Any) -> None:
        _taken(ack, desks.of(context.team_id).forms.edited(body))

    @bolt.view("note_new")
    def begun(ack: Ack, body: dict[str, Any], context: Any) -> None:
        _taken(ack, desks.of(context.team_id).forms.begun(body))


def _taken(ack: Ack, errors: dict[str, str]) -> None:
    if errors:
        ack(response_action="errors", errors=errors)
    else:
        ack()
