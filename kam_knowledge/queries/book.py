"""The book's names: what a message or a file can call an account, a person, a product."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kam_knowledge.language.names import NameEntry, NameIndex
from kam_knowledge.language.normalise import fold
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Change,
    Competitor,
    Contact,
    Installed,
    Opportunity,
    Person,
    Product,
)


@dataclass(frozen=True)
class Book:
    """Every name on record as of one change. It knows no rights: what it finds is filtered by
    the reader's before anything is said of it."""

    version: int
    names: NameIndex


class BookNames:
    """The book's names, read anew when anything was written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._book: Book | None = None

    def current(self, session: Session) -> Book:
        """The names as of the session's view."""
        version = session.scalar(select(func.max(Change.id))) or 0
        with self._lock:
            if self._book is None or self._book.version != version:
                self._book = Book(version, NameIndex(name_entries(session)))
            return self._book


def name_entries(session: Session) -> list[NameEntry]:
    """Accounts, contacts (within their account), people of ours, products and competitors.

    Competitors have no rows of their own: the key of one is the id of an account where it is on
    record, so that rights can be asked of it.
    """
    found: list[NameEntry] = []
    for account in session.execute(
        select(Account.id, Account.name, Account.aliases).where(Account.retracted.is_(False))
    ):
        found.append(NameEntry("account", account.id, account.name, tuple(account.aliases or ())))
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


def accounts_named(session: Session, name: str) -> list[int]:
    """Ids of accounts whose name or alias this is, whatever its case or script."""
    wanted = fold(name).strip()
    rows = session.execute(
        select(Account.id, Account.name, Account.aliases).where(Account.retracted.is_(False))
    ).all()
    exact = [row.id for row in rows if fold(row.name) == wanted]
    return exact or [row.id for row in rows if wanted in {fold(a) for a in row.aliases or ()}]
