"""The book's names: what a message or a file can call an account, a person, a product."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kam_knowledge.language.chinese_names import is_chinese_word
from kam_knowledge.language.names import NameEntry, NameIndex
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.tokens import is_common
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Change,
    Competitor,
    Contact,
    Installed,
    LedgerEntry,
    Opportunity,
    Person,
    Product,
)

Version = tuple[str | None, int, int]
"""The last change's key, how many changes there are, the last entry of the ledger. Keys are
random, so what is rolled back never comes again; the number tells of a change that began earlier
and was committed later, the entry of more that was written in the same change."""


@dataclass(frozen=True)
class Book:
    """Every name on record as of one change. It knows no rights: what it finds is filtered by
    the reader's before anything is said of it."""

    version: Version
    names: NameIndex


class BookNames:
    """The book's names: read anew when anything was written, indexed anew when a name was."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._book: Book | None = None

    def current(self, session: Session) -> Book:
        """The names as of the session's view."""
        version = _version(session)
        with self._lock:
            if self._book is None or self._book.version != version:
                entries = name_entries(session)
                known = self._book.names if self._book else None
                if known is None or known.entries != tuple(entries):
                    known = NameIndex(entries)
                self._book = Book(version, known)
            return self._book


def _version(session: Session) -> Version:
    last = select(Change.key).order_by(Change.id.desc()).limit(1).scalar_subquery()
    changes = select(func.count(Change.id)).scalar_subquery()
    entries = select(func.max(LedgerEntry.id)).scalar_subquery()
    key, count, entry = session.execute(select(last, changes, entries)).one()
    return key, count, entry or 0


def name_entries(session: Session) -> list[NameEntry]:
    """Accounts, contacts (within their account), people of ours, products and competitors.

    Competitors have no rows of their own: the key of one is the id of an account where it is on
    record, so that rights can be asked of it.
    """
    found: list[NameEntry] = []
    accounts = session.execute(
        select(Account.id, Account.name, Account.aliases, Account.parent_id).where(
            Account.retracted.is_(False)
        )
    ).all()
    called = {row.id: (row.name, *(row.aliases or ())) for row in accounts}
    for row in accounts:
        aliases = tuple(row.aliases or ())
        aliases += _without_parent(called[row.id], called.get(row.parent_id, ()))
        found.append(NameEntry("account", row.id, row.name, aliases))
    for contact in session.execute(
        select(Contact.id, Contact.name, Contact.aliases, Contact.account_id).where(
            Contact.retracted.is_(False)
        )
    ):
        found.append(
            NameEntry(
                "contact",
                contact.id,
                contact.name,
                tuple(contact.aliases or ()),
                scope=contact.account_id,
            )
        )
    for person in session.execute(
        select(Person.id, Person.name, Person.aliases).where(
            Person.retracted.is_(False), Person.listed
        )
    ):
        found.append(NameEntry("person", person.id, person.name, tuple(person.aliases or ())))
    for product in session.execute(
        select(Product.id, Product.product).where(Product.retracted.is_(False))
    ):
        found.append(NameEntry("product", product.id, product.product, ()))
    rivals: set[tuple[str, int]] = set()
    for model in (Competitor, Opportunity, Installed):
        rows = session.execute(
            select(model.competitor, model.account_id).where(
                model.retracted.is_(False), model.competitor.is_not(None)
            )
        )
        rivals |= {(name.strip(), key) for name, key in rows if name and name.strip()}
    for name, account_id in sorted(rivals):
        found.append(NameEntry("competitor", account_id, name, (), scope=account_id))
    return found


def _without_parent(names: tuple[str, ...], parents: tuple[str, ...]) -> tuple[str, ...]:
    """What a daughter is called within its group: 智装 for 华远智装 of 华远. Chinese only, where a
    name of two characters is one, and no word that says only what the company does."""
    short: list[str] = []
    for name in names:
        for parent in parents:
            rest = name.removeprefix(parent)
            if rest != name and 2 <= len(rest) <= 4 and has_han(rest) and not is_common(rest):
                short.append(rest)
    return tuple(dict.fromkeys(one for one in short if not is_chinese_word(one)))


def accounts_named(session: Session, name: str) -> list[int]:
    """Ids of accounts whose name or alias this is, whatever its case or script."""
    wanted = fold(name).strip()
    rows = session.execute(
        select(Account.id, Account.name, Account.aliases).where(Account.retracted.is_(False))
    ).all()
    exact = [row.id for row in rows if fold(row.name) == wanted]
    return exact or [row.id for row in rows if wanted in {fold(a) for a in row.aliases or ()}]
