"""Where the messages of a proposal's card stand: once it is settled, each of them says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kam_knowledge.store.models import Outbox


@dataclass(frozen=True)
class Standing:
    """A message that shows a card, or brings it to mind."""

    outbox_id: int
    conversation: str
    ts: str | None

    @property
    def where(self) -> dict[str, Any]:
        """The place in the outbox's terms."""
        _, _, channel, thread = self.conversation.split(":", 3)
        if channel == "with":
            return {"user": thread}
        return {"channel": channel, "thread_ts": thread}


def card_key(proposal: str) -> str:
    """The outbox key of the message that a proposal is shown on first."""
    return f"card:{proposal}"


def shown_again_key(proposal: str, inbox_id: int) -> str:
    """The key of the message that shows it once more, because somebody asked for it."""
    return f"{card_key(proposal)}:{inbox_id}"


def standing(session: Session, proposal: str, *, besides: str | None = None) -> list[Standing]:
    """The messages that show the proposal, but for the one with the ts `besides`."""
    key = card_key(proposal)
    rows = session.execute(
        select(Outbox.id, Outbox.conversation, Outbox.delivered_ref)
        .where(or_(Outbox.key == key, Outbox.key.startswith(f"{key}:", autoescape=True)))
        .order_by(Outbox.id)
    )
    found = [Standing(*row) for row in rows]
    return [one for one in found if besides is None or one.ts != besides]
