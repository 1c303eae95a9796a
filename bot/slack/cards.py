"""Which messages show a note that is proposed or was saved: cards, receipts, closed cards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from bot.assistant.note_cards import NoteCard, card_of, lay_out, show_to
from bot.assistant.reply import Outcome, Reply
from bot.slack import waiting_notes
from bot.slack.answers import Row
from bot.slack.asked import Asked
from bot.slack.blocks.note_card import closed_card, note_card, original
from bot.slack.blocks.reply import messages
from bot.slack.card_places import card_key, standing
from bot.slack.receipt_buttons import buttons
from bot.slack.streaming import Streams
from kam_knowledge.access import Audience, Rights, decide
from kam_knowledge.changes import proposals
from kam_knowledge.queries.records import Records

if TYPE_CHECKING:
    from bot.app import App


class Cards:
    """The messages of notes at one desk. Safe to share between threads."""

    def __init__(self, app: App, streams: Streams) -> None:
        self._app = app
        self._streams = streams

    def rows(self, session: Session, asked: Asked, reply: Reply) -> list[Row] | None:
        """The messages of a reply that proposes notes, or has settled one, whose card is closed
        then; None for any other reply."""
        proposal = reply.proposal
        if not proposal or proposal["kind"] != "note" or asked.payload.get("execution"):
            return None
        key = str(proposal["id"])
        if reply.outcome is Outcome.PROPOSED:
            return self._proposed(session, asked, key, reply.language)
        return self.receipt(session, asked, key, reply) + closing(session, key)

    def receipt(self, session: Session, asked: Asked, key: str, reply: Reply) -> list[Row]:
        """What was saved, with a way back and a way to what was said."""
        proposal = proposals.by_key(session, key, None)
        card = card_of(proposal)
        told = messages(reply)
        told[0]["blocks"] += original(card.where, self._site(card), reply.language)
        if asked.asker.person is not None and reply.outcome is Outcome.DONE:
            alone = self.rights(session, asked, Audience.only(asked.asker.person.id))
            (logged,) = proposals.logged_notes(proposal)
            more = buttons(Records(session, alone), logged, key, reply.language)
            for block in told[-1]["blocks"]:
                if block["type"] == "actions":
                    block["elements"] += more
        return [(_visible(asked), one) for one in told]

    def shown(self, card: NoteCard) -> dict[str, Any]:
        """The message of a card."""
        return note_card(card, self._site(card))

    def rights(self, session: Session, asked: Asked, audience: Audience) -> Rights:
        """What these readers may see, today."""
        today = self._app.clock(asked.asker.person, asked.asker.tz).today
        return decide(session, asked.viewer, audience, today)

    def _proposed(self, session: Session, asked: Asked, key: str, language: str) -> list[Row]:
        where = _visible(asked)
        alone = "user" in where and asked.asker.person is not None
        audience = Audience.only(asked.asker.person.id) if alone else asked.audience  # type: ignore[union-attr]
        records = Records(session, self.rights(session, asked, audience), keeps=False)
        rows: list[Row] = []
        for card in lay_out(session, records, key, language):
            visibility = asked.payload.get("visibility")
            if visibility:
                show_to(session, proposals.by_key(session, card.key, None), visibility)
                card = replace(card, visibility=visibility)
            rows.append((where, {**self.shown(card), "named": card_key(card.key)}))
            waiting_notes.watch(session, self._streams.team, asked, card.key, self._zone(asked))
        return rows + self._corrected(session, key)

    @staticmethod
    def _corrected(session: Session, key: str) -> list[Row]:
        """What takes the place of a card that waited and was corrected by this one."""
        corrects = proposals.by_key(session, key, None).payload.get("corrects")
        if corrects and proposals.by_key(session, corrects, None).state == "cancelled":
            return closing(session, corrects, "corrected")
        return []

    def _zone(self, asked: Asked) -> str:
        """Where the asker lives, as far as it is known."""
        moment = self._app.clock(asked.asker.person, asked.asker.tz).moment
        return str(getattr(moment.tzinfo, "key", "UTC"))

    def _site(self, card: NoteCard) -> Any:
        return self._streams.site() if card.where else None


def closing(
    session: Session, key: str, state: str | None = None, *, besides: str | None = None
) -> list[Row]:
    """What takes the place of every message that shows the card, but for the one with the ts
    `besides`: it is not to be pressed there any more. `state` says why, else its own does."""
    shown = closed_card(card_of(proposals.by_key(session, key, None)), state)
    return [
        (one.where, {**shown, "replaces": one.outbox_id})
        for one in standing(session, key, besides=besides)
    ]


def _visible(asked: Asked) -> dict[str, Any]:
    """Where it was asked; by direct message where only an ephemeral would be seen there."""
    here = asked.here
    return {"user": asked.asker.user} if "response_url" in here else here
