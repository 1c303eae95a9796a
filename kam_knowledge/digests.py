"""What digests have shown to whom, so that an unchanged line folds after its second week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kam_knowledge.store.models import DigestLine

SHOWN_TWICE = 2
"""In so many weeks a line is shown as long as nothing about it changes."""


@dataclass(frozen=True)
class Shown:
    """The lines of one digest: whose, of which ISO week (2026-W47), a state by each line's key."""

    person_id: int
    week: str
    states: Mapping[str, str]


def state_of(*parts: object) -> str:
    """What a line says of its matter, as a hash: what changes it makes the line new."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def folded(session: Session, person_id: int, week: str, states: Mapping[str, str]) -> set[str]:
    """Keys of the lines that were shown as they are in two earlier weeks."""
    rows = session.scalars(select(DigestLine).where(DigestLine.person_id == person_id))
    return {
        row.key
        for row in rows
        if states.get(row.key) == row.state and row.week < week and row.weeks >= SHOWN_TWICE
    }


def last_week(session: Session, person_id: int, before: str) -> str | None:
    """The last week before that one in which somebody was shown a digest; None for none."""
    mine = select(func.max(DigestLine.week)).where(DigestLine.person_id == person_id)
    found: str | None = session.scalar(mine.where(DigestLine.week < before))
    return found


def keep(session: Session, shown: Shown) -> None:
    """Writes down what a digest showed. The digest of a week counts once however often it is
    read, and one of a week before the last one shown not at all."""
    known = {
        row.key: row
        for row in session.scalars(
            select(DigestLine).where(DigestLine.person_id == shown.person_id)
        )
    }
    for key, state in sorted(shown.states.items()):
        row = known.get(key)
        if row is None:
            _add(session, shown, key, state)
        elif row.week <= shown.week:
            same = row.state == state
            weeks = row.weeks + (row.week < shown.week) if same else 1
            session.execute(
                update(DigestLine)
                .where(DigestLine.id == row.id)
                .values(state=state, week=shown.week, weeks=weeks)
            )


def _add(session: Session, shown: Shown, key: str, state: str) -> None:
    row = DigestLine(person_id=shown.person_id, key=key, state=state, week=shown.week, weeks=1)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # shown by another worker in the same moment
        return
