"""Whoever writes a note, and what of the book they may write to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kam_knowledge.access import Rights
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Contact, Person


@dataclass(frozen=True)
class Writer:
    """The desk a note is written at: names, rows under the writer's rights, the writer's day."""

    names: NameIndex
    records: Records
    account_id: int | None = None
    """The account that is meant where the text names none: the channel's, the conversation's."""
    chosen: tuple[tuple[str, int], ...] = ()
    """Answers to questions asked before: (account or contact, key)."""
    date: dt.date | None = None
    """The day that was answered when it was asked for."""
    takes_unknown: bool = False
    """Whether names that nobody knows are to be kept as written."""
    spoken_on: dt.date | None = None
    """The day that "today" means in it, where that is not the day of writing."""

    @property
    def rights(self) -> Rights:
        """What the writer, and whoever reads along, may see."""
        return self.records.rights

    @property
    def today(self) -> dt.date:
        """The day the message was said, in the writer's time zone."""
        return self.spoken_on or self.records.rights.today

    @property
    def person(self) -> Person | None:
        """The writer."""
        return self.records.people.get(self.rights.viewer.person_id or 0)

    @cached_property
    def accounts(self) -> dict[int, Account]:
        """The accounts that all may see."""
        return self.records.accounts

    def may_write(self, account_id: int) -> bool:
        """Whether the writer is of the account's team."""
        return self.rights.sees_inner(account_id)

    def contacts(self, account_id: int) -> Sequence[Contact]:
        """The account's contacts, those who left included."""
        if account_id not in self._contacts:
            self._contacts[account_id] = self.records.contacts(account_id)
        return self._contacts[account_id]

    @cached_property
    def _contacts(self) -> dict[int, Sequence[Contact]]:
        return {}

    def contact(self, key: int, account_id: int) -> Contact | None:
        """The contact of that id at the account."""
        return next((row for row in self.contacts(account_id) if row.id == key), None)
