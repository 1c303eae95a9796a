"""What is asked by direct message, and what can be seen of it once all is quiet."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from bot.local_workspace.people import Spoken
from kam_knowledge.store.models import Change, Inbox, Outbox
from tests.slack.face.conftest import Office

LI_NA = "li.na@example.com"
OWES = "What does ACME owe us?"


def room_of(office: Office, who: str = LI_NA) -> str:
    """The direct message of somebody with the bot."""
    return office.person(who).opens(tab="messages")


def said(office: Office, text: str, who: str = LI_NA) -> Spoken:
    """A direct message, without waiting for its answer."""
    return office.person(who).says(room_of(office, who), text)


def all_quiet(office: Office, seconds: float = 20) -> None:
    """Waits until nothing is due here and nothing happens in the workspace."""

    def due() -> bool:
        with office.app.store.read() as session:
            rows = [
                session.scalar(select(func.count()).where(one.state == "due"))
                for one in (Inbox, Outbox)
            ]
        return not any(rows)

    office.people.settle(quiet=0.05)
    office.people.waits_until(due, seconds)
    office.people.settle(quiet=0.05)


def answers(office: Office, spoken: Spoken, who: str = LI_NA) -> list[str]:
    """What the bot said in the thread, once all is quiet."""
    all_quiet(office)
    return office.from_bot(who, spoken.channel, spoken.thread)


def payload_of(office: Office, spoken: Spoken, kind: str = "message") -> dict[str, Any]:
    """What Slack brought of a message."""
    found = office.people.journal("delivery", type=kind)
    return dict(next(one["payload"] for one in found if one["payload"]["event"]["ts"] == spoken.ts))


def changes(office: Office) -> int:
    """How many writes the ledger holds."""
    with office.app.store.read() as session:
        return session.scalar(select(func.count()).select_from(Change)) or 0


def rows(office: Office, model: type[Inbox] | type[Outbox]) -> list[dict[str, Any]]:
    """The rows of the inbox or the outbox."""
    with office.app.store.read() as session:
        return [
            {"state": one.state, "key": one.key, "attempts": one.attempts}
            for one in session.scalars(select(model))
        ]
