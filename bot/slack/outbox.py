"""The outbox: messages written with what they report, delivered once, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.slack.claims import Bell, claim
from ingest import leases
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Outbox as Row

DELIVERED, FAILED = "delivered", "failed"
LEASE = timedelta(seconds=60)
FOLLOWED = timedelta(hours=24)
"""How long a thread that we answered in is followed without a mention."""


@dataclass(frozen=True)
class Parcel:
    """A message to be delivered, claimed by lease."""

    id: int
    payload: dict[str, Any]
    attempts: int
    """Counting this one: from the second on it may be there already."""
    conversation: str = ""


class Outbox:
    """The rows of `outbox`. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.bell = Bell()

    def claim(self, owner: str) -> Parcel | None:
        """The oldest message whose conversation has none before it, leased to `owner`."""
        row = claim(self._store, Row, owner, LEASE)
        return None if row is None else Parcel(row.id, row.payload, row.attempts, row.conversation)

    def delivered(self, parcel: Parcel, reference: str | None) -> None:
        """It is there; `reference` is its ts."""
        self._settle(parcel, DELIVERED, reference)

    def failed(self, parcel: Parcel) -> None:
        """It can never be delivered."""
        self._settle(parcel, FAILED, None)

    def later(self, parcel: Parcel, seconds: float, *, counts: bool = True) -> None:
        """Tries again after so many seconds; an attempt that never reached Slack need not count."""
        with self._store.write() as session:
            row = session.get_one(Row, parcel.id)
            row.lease_owner, row.lease_until = None, Clock.now() + timedelta(seconds=seconds)
            if not counts:
                row.attempts -= 1

    def becomes(self, parcel: Parcel, payload: dict[str, Any]) -> None:
        """From now on it is this message, however often it is tried."""
        with self._store.write() as session:
            session.get_one(Row, parcel.id).payload = payload

    def free_the_gone(self) -> None:
        """Gives back what killed processes of this machine had begun to deliver."""
        leases.free_the_gone(self._store, Row)

    def reference(self, outbox_id: int) -> str | None:
        """The ts of a message that was delivered; None for one that was not."""
        with self._store.read() as session:
            return session.scalar(select(Row.delivered_ref).where(Row.id == outbox_id))

    def ending(self, conversation: str) -> set[str]:
        """The streams in that conversation whose answer waits to be delivered."""
        with self._store.read() as session:
            waiting = session.scalars(
                select(Row.payload).where(Row.conversation == conversation, Row.state == leases.DUE)
            )
            return {one["stream"]["ts"] for one in waiting if "stream" in one}

    def answered_in(self, conversation: str) -> bool:
        """Whether we wrote into that conversation in the last 24 hours."""
        since = Row.created_at > Clock.now() - FOLLOWED
        with self._store.read() as session:
            return bool(
                session.scalar(select(exists().where(Row.conversation == conversation, since)))
            )

    def ever_answered_in(self, conversation: str) -> bool:
        """Whether we wrote into that conversation at any time that is on record."""
        with self._store.read() as session:
            return bool(session.scalar(select(exists().where(Row.conversation == conversation))))

    def _settle(self, parcel: Parcel, state: str, reference: str | None) -> None:
        with self._store.write() as session:
            row = session.get_one(Row, parcel.id)
            row.state, row.delivered_ref = state, reference
            row.lease_owner = row.lease_until = None
            row.payload = {}  # the message stands in Slack now; its text is not kept twice


def is_written(session: Session, key: str) -> bool:
    """Whether a message of that key was written, delivered by now or not."""
    return bool(session.scalar(select(exists().where(Row.key == key))))


def put(
    session: Session, key: str, conversation: str, payload: dict[str, Any], inbox_id: int | None
) -> None:
    """Writes a message to be delivered, in the caller's transaction."""
    session.add(
        Row(
            key=key,
            inbox_id=inbox_id,
            conversation=conversation,
            payload=payload,
            created_at=Clock.now(),
        )
    )
