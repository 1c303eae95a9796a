"""The names on record, as ingest needs them: whom and what a file may speak of."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib import resources

from sqlalchemy import select

from kam_knowledge.language.chinese_names import pinyin
from kam_knowledge.language.names import NameEntry, NameIndex, NameMatch
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Person

_OWN_NAME = 0.9
"""From here a match is the entry's own name (kam_knowledge.language.names)."""

_LATIN = re.compile(r"[a-z0-9\u00df-\u024f]+")


@dataclass(frozen=True)
class KnownAccount:
    """An account on record."""

    id: int
    name: str
    visibility: str
    """open or team."""


class Book:
    """What was on record when the run began. Retracted rows are not in it."""

    def __init__(
        self,
        accounts: Iterable[Account],
        contacts: Iterable[Contact],
        people: Iterable[Person],
    ) -> None:
        self._contacts = {contact.id: contact for contact in contacts}
        self._people = {person.id: person for person in people}
        self.accounts_in_names: dict[str, frozenset[int]] = {}
        """What names of files and folders gave: a folder's is asked for with each of its files."""
        self._humans: dict[tuple[str, int | None], list[NameMatch]] = {}
        rows = list(accounts)
        self.accounts = {row.id: KnownAccount(row.id, row.name, row.visibility) for row in rows}
        self._aliases = {row.id: tuple(row.aliases) for row in rows}
        self._called: defaultdict[str, set[int]] = defaultdict(set)
        for row in rows:
            for name in (row.name, *row.aliases):
                self._called[fold(name).strip()].add(row.id)
        self._person_at = {_address(p.email): p.id for p in self._people.values()}
        self._contacts_at: defaultdict[str, list[Contact]] = defaultdict(list)
        for contact in self._contacts.values():
            if contact.email:
                self._contacts_at[_address(contact.email)].append(contact)

    @classmethod
    def read(cls, store: Store) -> Book:
        """The book as it stands in the store."""
        with store.read() as session:
            book = cls(
                session.scalars(select(Account).where(Account.retracted.is_(False))).all(),
                session.scalars(
                    select(Contact).where(Contact.retracted.is_(False)).order_by(Contact.id)
                ).all(),
                session.scalars(select(Person).where(Person.retracted.is_(False))).all(),
            )
            session.expunge_all()  # they are read on after the session has ended
        return book

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a file could be understood differently."""
        rows = [
            sorted(
                [a.id, a.name, a.visibility, self._aliases[a.id]] for a in self.accounts.values()
            ),
            sorted(
                [c.id, c.account_id, c.name, c.aliases, c.email or "", str(c.left_on or "")]
                for c in self._contacts.values()
            ),
            sorted([p.id, p.name, p.aliases, p.email] for p in self._people.values()),
        ]
        return sha256(json.dumps(rows).encode()).hexdigest()

    @cached_property
    def names(self) -> NameIndex:
        """Accounts, their contacts and our people, to be found in texts."""
        entries = [
            NameEntry("account", a.id, a.name, self._aliases[a.id]) for a in self.accounts.values()
        ]
        entries += [
            NameEntry("contact", c.id, c.name, tuple(c.aliases), _titles(c), c.account_id)
            for c in self._contacts.values()
        ]
        entries += [
            NameEntry("person", p.id, p.name, tuple(p.aliases), _titles(p))
            for p in self._people.values()
        ]
        return NameIndex(entries)

    @cached_property
    def first_words(self) -> frozenset[str]:
        """With which a name of an account or contact begins, in Han also with which it goes on."""
        found: set[str] = set()
        for entry in self.names.entries:
            if entry.kind == "person":
                continue
            for name in (entry.name, *entry.aliases):
                folded = fold(name)
                found |= {folded[at : at + 2] for at in range(len(folded)) if has_han(folded[at])}
                found |= set(_LATIN.findall(folded)[:1])
                if has_han(folded):
                    found |= {"".join(pinyin(folded)), "".join(pinyin(folded)[:2])}
        return frozenset(word for word in found if len(word) > 1)

    def accounts_exactly(self, name: str) -> set[int]:
        """The accounts of exactly that name or alias."""
        return self._called.get(fold(name).strip(), set())

    def accounts_called(self, name: str) -> list[KnownAccount]:
        """The accounts of exactly that name or alias, else those it is the own name of."""
        ids = self.accounts_exactly(name)
        if not ids:
            matches = self.names.best(name, kinds=("account",))
            ids = {match.entry.key for match in matches if match.score >= _OWN_NAME}
        return [self.accounts[key] for key in sorted(ids)]

    def accounts_like(self, name: str) -> list[KnownAccount]:
        """The accounts that a misspelt name may mean, likeliest first."""
        return [
            self.accounts[match.entry.key] for match in self.names.best(name, kinds=("account",))
        ]

    def person_at(self, address: str) -> int | None:
        """The person of ours with this email."""
        return self._person_at.get(_address(address))

    def person_called(self, name: str) -> int | None:
        """The only person of ours whose own name this is."""
        matches = self.names.best(name, kinds=("person",))
        found = {match.entry.key for match in matches if match.score >= _OWN_NAME}
        return found.pop() if len(found) == 1 else None

    def contact_at(self, address: str, account_id: int, name: str = "") -> int | None:
        """The account's contact with this email; of several, the one whose name is nearest."""
        found = [c for c in self._contacts_at[_address(address)] if c.account_id == account_id]
        if len(found) > 1 and name:
            ids = {contact.id for contact in found}
            for match in self.names.best(name, kinds=("contact",), scope=account_id):
                if match.entry.key in ids:
                    return match.entry.key
        return found[0].id if found else None

    def accounts_at(self, address: str) -> set[int]:
        """The accounts that an email belongs to: its contact's, else its domain's."""
        address = _address(address)
        if address in self._person_at:
            return set()
        if found := self._contacts_at.get(address):
            return {contact.account_id for contact in found}
        return self._domains.get(_domain(address), set())

    def contact_name(self, contact_id: int) -> str:
        """The contact's name."""
        return self._contacts[contact_id].name

    def had_left(self, contact_id: int, day: dt.date) -> bool:
        """Whether the contact was no longer there on that day."""
        left_on = self._contacts[contact_id].left_on
        return left_on is not None and left_on < day

    def person_name(self, person_id: int) -> str:
        """The name of the person of ours."""
        return self._people[person_id].name

    def humans_called(self, name: str, account_id: int | None) -> list[NameMatch]:
        """Our people and the account's contacts that a name may mean, best first."""
        asked = (name, account_id)
        if asked not in self._humans:
            kinds = ("contact", "person")
            self._humans[asked] = self.names.best(name, kinds=kinds, scope=account_id or 0)
        return self._humans[asked]

    @cached_property
    def _domains(self) -> dict[str, set[int]]:
        """The accounts by the domains that are theirs; neither ours nor a mail provider's."""
        ours = {_domain(address) for address in self._person_at}
        found: defaultdict[str, set[int]] = defaultdict(set)
        for address, contacts in self._contacts_at.items():
            domain = _domain(address)
            if domain and domain not in ours and domain not in _mail_providers():
                found[domain] |= {contact.account_id for contact in contacts}
        return dict(found)


def _titles(row: Contact | Person) -> tuple[str, ...]:
    return tuple(text for text in (row.title, row.department) if text)


def _address(written: str) -> str:
    return written.strip().lower()


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


@cache
def _mail_providers() -> frozenset[str]:
    text = resources.files("ingest").joinpath("mail_providers.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).split())
