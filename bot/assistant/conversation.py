"""What a thread is about, kept in SQL, apart for every person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.thread import remembered
from kam_knowledge import digests
from kam_knowledge.clock import Clock
from kam_knowledge.store.models import AuditEntry, Thread, ThreadTurn


def focus(session: Session, turn: Turn, days: int) -> Mapping[str, Any]:
    """The ids the conversation is about; empty for a new or forgotten one."""
    row = _thread(session, turn)
    if row is None or row.updated_at < Clock.now() - timedelta(days=days):
        return {}
    return row.focus


def thread_id(session: Session, turn: Turn) -> int | None:
    """The conversation's row, made if it is new; None for a question on its own."""
    if turn.thread is None:
        return None
    row = _thread(session, turn)
    if row is None:
        row = Thread(
            key=turn.thread, person_id=turn.viewer.person_id, focus={}, updated_at=Clock.now()
        )
        session.add(row)
        session.flush()
    return row.id


def previous(session: Session, turn: Turn, days: int) -> Mapping[str, Any] | None:
    """The last reply of the conversation, as JSON; None in a new or forgotten one."""
    row = _thread(session, turn)
    if row is None or row.updated_at < Clock.now() - timedelta(days=days):
        return None
    said = session.scalars(
        select(ThreadTurn.reply)
        .where(ThreadTurn.thread_id == row.id)
        .order_by(ThreadTurn.id.desc())
    )
    return next((reply for reply in said if not reply.get("deleted")), None)


def asked(session: Session, turn: Turn, focus: Mapping[str, Any]) -> str | None:
    """The earlier message of this person that waits for an answer to our question, if one does."""
    number = (focus.get("pending") or {}).get("turn")
    if number is None:
        return None
    question = session.scalar(
        select(ThreadTurn.question)
        .join(Thread, Thread.id == ThreadTurn.thread_id)
        .where(
            ThreadTurn.id == number,
            Thread.key == turn.thread,
            Thread.person_id == turn.viewer.person_id,
        )
    )
    return question or None


def forget(session: Session, place: str) -> None:
    """Keeps no word of what was asked by the message of that place, nor of the reply, which may
    repeat it; that it was asked, how it ended and that it was deleted stay on record."""
    for said in session.scalars(select(ThreadTurn).where(ThreadTurn.place == place)):
        kept: dict[str, object] = {name: said.reply.get(name) for name in ("language", "outcome")}
        said.question, said.reply = "", {**kept, "deleted": True}


def carry_over(session: Session, person_id: int, from_key: str, to_key: str) -> None:
    """Begins a conversation of that person with what another one of theirs is about, and with its
    last turn; does nothing where it has begun already."""
    keys = select(Thread).where(Thread.person_id == person_id)
    before = session.scalar(keys.where(Thread.key == from_key))
    if before is None or session.scalar(keys.where(Thread.key == to_key)) is not None:
        return
    row = Thread(key=to_key, person_id=person_id, focus={}, updated_at=before.updated_at)
    session.add(row)
    session.flush()
    about = {**before.focus, "pending": None}
    last = session.scalar(
        select(ThreadTurn)
        .where(ThreadTurn.thread_id == before.id)
        .order_by(ThreadTurn.id.desc())
        .limit(1)
    )
    if last is not None:
        said = ThreadTurn(
            thread_id=row.id,
            place=last.place,
            question=last.question,
            reply=last.reply,
            asked_at=last.asked_at,
        )
        session.add(said)
        session.flush()
        pending = before.focus.get("pending") or {}
        if pending.get("turn") == last.id:
            about["pending"] = {**pending, "turn": said.id}
    row.focus = about


def carried_on(focus: Mapping[str, Any], request: Request, reply: Reply) -> dict[str, Any]:
    """What the thread is about after a turn: as before, as understood, as answered."""
    understood = remembered(request, asked_back=reply.outcome is Outcome.CLARIFY)
    answered = {key: value for key, value in reply.focus.items() if value}
    return {**focus, **understood, **answered}


def remember(
    session: Session, turn: Turn, reply: Reply, focus: Mapping[str, Any] | None = None
) -> None:
    """Writes the turn into its thread, and that it happened into the audit.

    `focus` is what the thread is about from now on; without it the reply's is added to what was.
    """
    now = Clock.now()
    if reply.digest is not None:
        digests.keep(session, reply.digest)
    if turn.thread is not None:
        row = _thread(session, turn)
        if row is None:
            row = Thread(key=turn.thread, person_id=turn.viewer.person_id, focus={})
            session.add(row)
        row.updated_at = now
        session.flush()
        said = ThreadTurn(
            thread_id=row.id,
            place=turn.told.where or None if turn.told else None,
            question=turn.text,
            reply=reply.as_json(elapsed_ms=0),
            asked_at=now,
        )
        session.add(said)
        session.flush()
        about = {**row.focus, **reply.focus} if focus is None else dict(focus)
        row.focus = _waiting_for(about, said)
    session.add(
        AuditEntry(
            at=now,
            person_id=turn.viewer.person_id,
            act="ask",
            outcome=str(reply.outcome),
            subject="; ".join(reply.accounts)[:200],
            detail={"citations": len(reply.citations), "brain": reply.brain},
        )
    )


def _waiting_for(focus: dict[str, Any], said: ThreadTurn) -> dict[str, Any]:
    """The focus, with the turn that an open question of ours is about."""
    pending = focus.get("pending")
    if pending and "turn" not in pending:
        focus["pending"] = {**pending, "turn": said.id}
    return focus


def _thread(session: Session, turn: Turn) -> Thread | None:
    if turn.thread is None:
        return None
    return session.scalar(
        select(Thread).where(Thread.key == turn.thread, Thread.person_id == turn.viewer.person_id)
    )
