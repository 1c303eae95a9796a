"""What may be pressed below the receipt of a note."""

from __future__ import annotations

from bot.assistant.note_offers import departures_told
from bot.slack.blocks.reply import Block, button
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.queries.records import Records
from prompts import replies


def buttons(records: Records, logged: LoggedNote, key: str, language: str) -> list[Block]:
    """What may be pressed below a receipt, besides Undo."""
    words = replies("recap")
    found = []
    if logged.draft.contact_ids or logged.draft.unknown_names:
        found.append(button(words["button_recap"][language], "note:recap", key))
    found.append(button(words["button_crm"][language], "note:crm", key))
    for row in departures_told(records, logged):
        label = words["button_left"][language].format(name=row.name)
        found.append(button(label, f"note:left:{row.id}", key))
    return found
