"""The index of the book's names: it holds what is on record now, and is built no oftener."""

from __future__ import annotations

from typing import Any

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.queries.book import BookNames
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Action, Change, Contact


def written(store: Store, model: type[BusinessRow], **values: Any) -> int:
    with store.write() as session:
        return Ledger(session, "import").create(model, values).id


def found(names: BookNames, store: Store, text: str) -> list[str]:
    with store.read() as session:
        return [match.entry.name for match in names.current(session).names.find(text)]


def test_a_new_name_is_found_at_once_whichever_process_wrote_it(store: Store) -> None:
    names, other = BookNames(store), Store(store.url)
    written(store, Account, name="Globex")
    assert found(names, store, "How is Initech?") == []
    written(other, Account, name="Initech")
    assert found(names, store, "How is Initech?") == ["Initech"]
    other.close()


def test_a_renamed_and_a_retracted_account_are_no_longer_found_by_the_old_name(
    store: Store,
) -> None:
    names = BookNames(store)
    key, other = written(store, Account, name="Globex"), written(store, Account, name="Initech")
    assert found(names, store, "Globex and Initech") == ["Globex", "Initech"]
    with store.write() as session:
        Ledger(session, "message").update(session.get_one(Account, key), {"name": "Hooli"})
        Ledger(session, "message").retract(session.get_one(Account, other))
    assert found(names, store, "Globex and Initech and Hooli") == ["Hooli"]


def test_what_does_not_touch_a_name_leaves_the_index_as_it_is(store: Store) -> None:
    names = BookNames(store)
    key = written(store, Account, name="Globex")
    with store.read() as session:
        before = names.current(session).names
    written(store, Action, account_id=key, action="Send the offer")
    with store.write() as session:
        Ledger(session, "message").update(session.get_one(Account, key), {"region": "North"})
    with store.read() as session:
        assert names.current(session).names is before


def test_names_of_a_unit_of_work_that_was_given_up_are_forgotten(store: Store) -> None:
    names = BookNames(store)
    account = written(store, Account, name="Globex")
    with store.write() as session:
        Ledger(session, "import").create(Contact, {"account_id": account, "name": "Dana Wu"})
        assert names.current(session).names.find("Dana Wu")
        session.rollback()
    assert found(names, store, "Dana Wu and Robert Hale") == []
    # The same number of rows and entries, and on SQLite the same ids again.
    written(store, Contact, account_id=account, name="Robert Hale")
    assert found(names, store, "Dana Wu and Robert Hale") == ["Robert Hale"]


def test_names_written_later_in_the_same_change_are_found(store: Store) -> None:
    names = BookNames(store)
    with store.write() as session:
        ledger = Ledger(session, "import")
        ledger.create(Account, {"name": "Globex"})
        assert not names.current(session).names.find("Initech")
        ledger.create(Account, {"name": "Initech"})
        assert names.current(session).names.find("Initech")
        assert session.query(Change).count() == 1
