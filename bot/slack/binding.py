"""Channels bound to an account: what a question there is about when it names none."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.access import Rights
from kam_knowledge.clock import Clock
from kam_knowledge.queries.book import accounts_named
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Channel


class BoundChannels:
    """The channels of one workspace. Binding sets the default account, never rights."""

    def __init__(self, store: Store, team: str) -> None:
        self._store = store
        self._team = team

    def bound_to(self, channel: str) -> int | None:
        """The id of the account that a channel is about."""
        with self._store.read() as session:
            return session.scalar(
                select(Channel.account_id).where(Channel.key == self._key(channel))
            )

    def bind(self, session: Session, channel: str, name: str, rights: Rights) -> str | None:
        """Binds it to the one account of that name that may be seen: its name, None for none."""
        found = [one for one in accounts_named(session, name) if rights.sees(one)]
        if len(found) != 1:
            return None
        row = session.scalar(select(Channel).where(Channel.key == self._key(channel)))
        if row is None:
            row = Channel(key=self._key(channel), updated_at=Clock.now())
            session.add(row)
        row.account_id, row.updated_at = found[0], Clock.now()
        return session.get_one(Account, found[0]).name

    def _key(self, channel: str) -> str:
        return f"slack:{self._team}:{channel}"
