"""What goes on in a direct message from an answer that was given there outside of a thread."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.assistant import conversation
from bot.slack.answers import with_user
from bot.slack.asked import Asked
from bot.slack.outbox import FOLLOWED
from ingest.notes import is_command
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Inbox, Outbox, Thread, ThreadTurn

SOON = timedelta(hours=1)
"""How long after a note another one may be about the same account."""
_PRESSED = ("note", "settle", "feedback")
"""Arrivals that say nothing: what is pressed below an answer."""


def take_up(store: Store, team: str, asked: Asked) -> None:
    """Lets a new conversation by direct message know what the private answer before it was about:
    where it stands in the thread below that answer, or is the next thing said."""
    if not asked.payload.get("direct") or asked.asker.person is None:
        return
    with store.read() as session:
        before = _before(session, team, asked)
        if before is None and is_command(asked.text):
            before = _note_before(session, asked)
    if before is not None:
        with store.write() as session:
            conversation.carry_over(
                session, asked.asker.person.id, before, asked.received.conversation
            )


def went_private(store: Store, team: str, asked: Asked) -> bool:
    """Whether the asker was answered by direct message before in this conversation."""
    there = with_user(team, asked.payload["user"])
    with store.read() as session:
        return bool(
            session.scalar(
                select(
                    exists().where(
                        Outbox.inbox_id == Inbox.id,
                        Outbox.conversation == there,
                        Inbox.conversation == asked.received.conversation,
                        Inbox.id < asked.received.id,
                    )
                )
            )
        )


def _note_before(session: Session, asked: Asked) -> str | None:
    """The conversation in this room in which the same person logged a note just before: a second
    one that names no account goes on from it, and says so."""
    room, _, _ = asked.received.conversation.rpartition(":")
    person = asked.asker.person
    assert person is not None, "strangers log nothing"
    row = session.scalar(
        select(Thread)
        .where(
            Thread.person_id == person.id,
            Thread.key.startswith(f"{room}:", autoescape=True),
            Thread.key != asked.received.conversation,
            Thread.updated_at > Clock.now() - SOON,
        )
        .order_by(Thread.updated_at.desc())
        .limit(1)
    )
    if row is None:
        return None
    last = session.scalar(
        select(ThreadTurn.reply)
        .where(ThreadTurn.thread_id == row.id)
        .order_by(ThreadTurn.id.desc())
        .limit(1)
    )
    logged = ((last or {}).get("proposal") or {}).get("kind") == "note"
    return row.key if logged else None


def _before(session: Session, team: str, asked: Asked) -> str | None:
    """The conversation that the private answer belongs to."""
    payload, received = asked.payload, asked.received
    ours = (
        select(Outbox.inbox_id)
        .where(Outbox.conversation == with_user(team, payload["user"]))
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    thread = payload.get("thread_ts")
    if thread != payload.get("ts"):
        found = session.scalar(ours.where(Outbox.delivered_ref == thread))
    else:
        found = session.scalar(ours.where(Outbox.created_at > Clock.now() - FOLLOWED))
        room = received.conversation.rpartition(":")[0]
        said_since = exists().where(
            Inbox.kind.not_in(_PRESSED),
            Inbox.conversation.startswith(f"{room}:", autoescape=True),
            Inbox.id > (found or 0),
            Inbox.id < received.id,
        )
        if found is not None and session.scalar(select(said_since)):
            return None
    return session.scalar(select(Inbox.conversation).where(Inbox.id == found)) if found else None
