"""Notes that nobody confirmed: the reminder, and lists of drafts with what to press."""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.note_drafts import Draft
from bot.slack.blocks.mrkdwn import day, escape
from bot.slack.blocks.reply import Block, button, told
from kam_knowledge.store.models import Proposal
from prompts import replies

SHOWN = 10
"""Drafts of one list: a message takes 50 blocks, and each has two."""


def reminder(proposal: Proposal, language: str) -> Block:
    """The one reminder of a card that waits."""
    words = replies("note_drafts")
    shown = told(words["still_waits"][language].format(summary=proposal.payload["summary"]))
    buttons = [
        button(words["show"][language], "note:open", proposal.key),
        button(words["discard"][language], "note:cancel", proposal.key),
    ]
    shown["blocks"].append({"type": "actions", "elements": buttons})
    return shown


def drafts_offered(found: Sequence[Draft], language: str) -> Block:
    """The message that offers drafts; what it says once none is left."""
    words = replies("note_drafts")
    shown = told(words["offered" if found else "none_left"][language])
    shown["blocks"] += draft_blocks(found, language)
    return shown


def draft_blocks(found: Sequence[Draft], language: str) -> list[Block]:
    """Each draft with what to press, oldest first."""
    words = replies("note_drafts")
    blocks: list[Block] = []
    for one in found[:SHOWN]:
        line = words["line"][language].format(
            summary=escape(one.summary), date=day(one.until.date())
        )
        text = {"type": "mrkdwn", "text": line, "verbatim": True}
        buttons = [
            button(words["open"][language], f"note:bring:{one.key}", one.key),
            button(words["discard"][language], f"note:discard:{one.key}", one.key),
        ]
        blocks += [{"type": "section", "text": text}, {"type": "actions", "elements": buttons}]
    return blocks
