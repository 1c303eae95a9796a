"""What is written in the outbox when an arrival has been dealt with: in one transaction with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot.slack import inbox, outbox
from bot.slack.asked import Asked

Row = tuple[dict[str, Any], dict[str, Any]]
"""Where a message goes, and the message."""


class AnsweredElsewhere(Exception):
    """Another worker, whose lease was thought lost, answered first: ours is rolled back."""


def finish(
    session: Session,
    team: str,
    asked: Asked,
    rows: list[Row],
    state: str = inbox.DONE,
    *,
    key: str | None = None,
) -> None:
    """Marks it answered by these messages; `key` names the first where it may come again, a
    message's own `named` any other.

    Raises AnsweredElsewhere.
    """
    received = asked.received
    if not inbox.finish(session, received, state):
        raise AnsweredElsewhere
    for number, (where, message) in enumerate(rows):
        named = message.get("named") or f"inbox:{received.id}:{number}"
        if key and number == 0:
            named = key
        there = conversation_of_row(team, asked, where)
        told = {name: one for name, one in message.items() if name != "named"}
        outbox.put(session, named, there, where | told, received.id)


def conversation_of_row(team: str, asked: Asked, where: dict[str, Any]) -> str:
    """The conversation that a message goes to: it is delivered after those before it there."""
    if "user" in where:
        return with_user(team, str(where["user"]))
    return asked.received.conversation


def with_user(team: str, user: str) -> str:
    """What goes to somebody by direct message, outside of a thread."""
    return f"slack:{team}:with:{user}"
