"""Cards that nobody settles: one reminder, then a draft, offered once on a Friday, then the end.

Nothing here asks Slack: who it is for, and where they live, was told when the card was laid out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot.assistant.note_cards import WAITING, card_of
from bot.assistant.note_drafts import DRAFT_AFTER, offer, offered_at, put_aside, remind_at
from bot.slack import outbox
from bot.slack.answers import with_user
from bot.slack.asked import Asked
from bot.slack.blocks.note_card import closed_card
from bot.slack.blocks.note_drafts import drafts_offered, reminder
from bot.slack.card_places import card_key, standing
from kam_knowledge import schedules
from kam_knowledge.changes import proposals
from kam_knowledge.clock import Clock
from kam_knowledge.schedules import Due
from kam_knowledge.store.models import Proposal

if TYPE_CHECKING:
    from bot.app import App

CARD, OFFER = "note_card", "note_drafts"
"""Kinds of schedule."""


def watch(session: Session, team: str, asked: Asked, key: str, zone: str) -> None:
    """Has the card of a proposal brought to mind once, in the transaction that lays it out."""
    to = {"team": team, "user": asked.asker.user, "zone": zone, "language": asked.language}
    at = remind_at(Clock.now(), zone)
    schedules.once(session, f"{CARD}:{key}", CARD, at, {"key": key, "step": "remind", "to": to})


class WaitingNotes:
    """Does what is due for cards, whatever workspace they stand in. Safe to share."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.does = {CARD: self.card, OFFER: self.friday}

    def card(self, due: Due) -> None:
        """The next step of a card that may wait still. Raises NotOurs."""
        payload, now = due.payload, Clock.now()
        to, key = payload["to"], payload["key"]
        with self._app.store.write() as session:
            proposal = proposals.by_key(session, key, None)
            if proposal.state != WAITING:
                schedules.finish(session, due)
            elif payload["step"] == "remind":
                _put(session, f"{card_key(key)}:reminder", to, reminder(proposal, to["language"]))
                again = now + DRAFT_AFTER
                schedules.finish(session, due, again_at=again, payload={**payload, "step": "draft"})
            elif payload["step"] == "draft":
                _aside(session, due, proposal, to)
                again = proposal.expires_at
                schedules.finish(session, due, again_at=again, payload={**payload, "step": "end"})
            else:
                proposals.cancel(session, proposal)
                schedules.finish(session, due)

    def friday(self, due: Due) -> None:
        """Offers somebody's drafts that were not offered before. Raises NotOurs."""
        payload = due.payload
        with self._app.store.write() as session:
            found = offer(session, payload["person"], Clock.now())
            if found:
                message = drafts_offered(found, payload["to"]["language"])
                _put(session, _named(due, 0), payload["to"], message)
            schedules.finish(session, due)


def _aside(session: Session, due: Due, proposal: Proposal, to: dict[str, Any]) -> None:
    """A draft from now on: what others could read of its card goes."""
    now = Clock.now()
    put_aside(session, proposal, now)
    shown = closed_card(card_of(proposal), "draft")
    for number, one in enumerate(standing(session, proposal.key)):
        message = one.where | shown | {"replaces": one.outbox_id}
        outbox.put(session, _named(due, number), one.conversation, message, None)
    key = f"{OFFER}:{to['team']}:{to['user']}"
    if not schedules.is_set(session, key):
        at = offered_at(now, to["zone"])
        schedules.once(session, key, OFFER, at, {"person": proposal.person_id, "to": to})


def _put(session: Session, key: str, to: dict[str, Any], message: dict[str, Any]) -> None:
    """A direct message to whoever it is for."""
    there = with_user(to["team"], to["user"])
    outbox.put(session, key, there, {"user": to["user"], **message}, None)


def _named(due: Due, number: int) -> str:
    """What is written at one moment of a schedule is written once."""
    return f"schedule:{due.id}:{due.due_at.timestamp():.0f}:{number}"
