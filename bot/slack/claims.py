"""Rows that wait their turn: claimed by lease, one a conversation, in order, by any worker."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import aliased

from ingest.leases import DUE
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Inbox, Outbox

_Row = TypeVar("_Row", Inbox, Outbox)
_LOOKED_AT = 20


class Bell:
    """Rung when something came; a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self._rung = threading.Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it has rung: taken before one looks, given to `wait`."""
        return self._rings

    def ring(self) -> None:
        """Lets everybody look again."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Until it rings once more than was heard, or so long."""
        with self._rung:
            self._rung.wait_for(lambda: self._rings != heard, seconds)


def claim(store: Store, model: type[_Row], owner: str, lease: timedelta) -> _Row | None:
    """The oldest row whose conversation has none before it, leased to `owner`; None for none.

    `attempts` counts this claim. A lease that ran out is free: its worker died or hangs.
    """
    now = Clock.now()
    earlier = aliased(model)
    free = or_(model.lease_until.is_(None), model.lease_until < now)
    first = ~exists().where(
        earlier.conversation == model.conversation, earlier.state == DUE, earlier.id < model.id
    )
    with store.read() as session:
        found = session.scalars(
            select(model.id)
            .where(model.state == DUE, free, first)
            .order_by(model.id)
            .limit(_LOOKED_AT)
        ).all()
    for key in found:
        with store.write() as session:
            taken = session.scalars(
                update(model)
                .where(model.id == key, model.state == DUE, free)
                .values(lease_owner=owner, lease_until=now + lease, attempts=model.attempts + 1)
                .returning(model)
                .execution_options(synchronize_session=False)
            ).first()
            if taken is not None:
                session.refresh(taken)
                session.expunge(taken)
                return taken
    return None
