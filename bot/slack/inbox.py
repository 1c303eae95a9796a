"""The inbox: what arrived and waits to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.slack.arrivals import Arrival
from bot.slack.claims import Bell, claim
from ingest import leases
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Inbox as Row

DONE, FAILED = "done", "failed"
LEASE = timedelta(seconds=180)
ATTEMPTS = 3


@dataclass(frozen=True)
class Received:
    """An arrival that a worker has claimed."""

    id: int
    conversation: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    """Counting this one."""


class Inbox:
    """The rows of `inbox`. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.bell = Bell()

    def receive(self, arrival: Arrival) -> bool:
        """Commits what arrived; False when it had arrived before."""
        try:
            with self._store.write() as session:
                session.add(
                    Row(
                        key=arrival.key,
                        conversation=arrival.conversation,
                        kind=arrival.kind,
                        payload=arrival.payload,
                        received_at=Clock.now(),
                    )
                )
                session.flush()
        except IntegrityError:
            return False
        self.bell.ring()
        return True

    def knows(self, key: str) -> bool:
        """Whether something of that key has arrived."""
        with self._store.read() as session:
            return bool(session.scalar(select(exists().where(Row.key == key))))

    def claim(self, owner: str) -> Received | None:
        """The oldest arrival whose conversation has none before it, leased to `owner`."""
        row = claim(self._store, Row, owner, LEASE)
        if row is None:
            return None
        return Received(row.id, row.conversation, row.kind, row.payload, row.attempts)

    def put_back(self, received: Received, after: timedelta) -> None:
        """Gives it back, to be tried again after a while; this attempt does not count."""
        with self._store.write() as session:
            row = session.get_one(Row, received.id)
            row.lease_owner, row.lease_until = None, Clock.now() + after
            row.attempts -= 1

    def free_the_gone(self) -> None:
        """Gives back what killed processes of this machine had begun."""
        leases.free_the_gone(self._store, Row)


def finish(session: Session, received: Received, state: str = DONE) -> bool:
    """Marks it answered, in the transaction of its answer; False when somebody else did.

    Of what arrived only where it stands is kept, for edits and deletions to find its answer.
    """
    kept = {name: received.payload[name] for name in ("ts",) if name in received.payload}
    done = session.execute(
        update(Row)
        .where(Row.id == received.id, Row.state == leases.DUE)
        .values(state=state, lease_owner=None, lease_until=None, payload=kept)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]
