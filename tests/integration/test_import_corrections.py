"""What is corrected here is never overwritten in silence: three-way compare, conflicts, undo."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ingest.crm import ImportReport, import_path
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Action,
    Change,
    Contact,
    LedgerEntry,
    Opportunity,
    Person,
)

Importing = Callable[..., ImportReport]


@pytest.fixture
def importing(store: Store, saturday: Clock, tmp_path: Path) -> Importing:
    """Imports sheets given as CSV texts."""
    numbers = itertools.count()

    def run(*, as_of: date | None = None, **sheets: str) -> ImportReport:
        folder = tmp_path / f"book{next(numbers)}"
        folder.mkdir()
        for name, text in sheets.items():
            (folder / f"{name}.csv").write_text(text, "utf-8")
        return import_path(store, folder, as_of=as_of, clock=saturday)

    return run


def correct(store: Store, model: Any, name: str, *, confirmed: bool = True, **values: Any) -> None:
    """Somebody corrects the row of that name in Slack."""
    with store.write() as session:
        row = session.scalars(select(model).where(model.name == name)).one()
        ledger = Ledger(
            session, cause="message", origin="slack", as_of=date(2026, 11, 21), confirmed=confirmed
        )
        ledger.update(row, values, source="https://example.com/p1")


def undo_last(store: Store) -> None:
    with store.write() as session:
        change = session.scalars(select(Change).order_by(Change.id.desc()).limit(1)).one()
        Ledger(session, cause="undo", origin="slack").undo(change)


def value(store: Store, model: Any, name: str, field: str) -> Any:
    with store.read() as session:
        found = session.scalars(
            select(model).where(model.name == name, model.retracted.is_(False))
        ).one()
        return getattr(found, field)


def entries(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count(LedgerEntry.id))) or 0


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.created, report.updated, report.unchanged


def test_an_unchanged_cell_never_overwrites_a_later_correction(
    importing: Importing, store: Store
) -> None:
    text = "name,industry,region\nAcme,steel,Asia\n"
    importing(accounts=text)
    correct(store, Account, "Acme", industry="pumps")
    report = importing(accounts=text)
    assert counts(report) == (0, 0, 1)
    assert report.conflicts == []
    assert value(store, Account, "Acme", "industry") == "pumps"


def test_a_cell_changed_in_the_file_alone_is_taken(importing: Importing, store: Store) -> None:
    importing(accounts="name,industry,region\nAcme,steel,Asia\n")
    correct(store, Account, "Acme", region="Europe")
    report = importing(accounts="name,industry,region\nAcme,pumps,Asia\n")
    assert counts(report) == (0, 1, 0)
    assert value(store, Account, "Acme", "industry") == "pumps"
    assert value(store, Account, "Acme", "region") == "Europe"


def test_a_cell_changed_on_both_sides_is_a_conflict_and_neither_value_is_lost(
    importing: Importing, store: Store
) -> None:
    importing(
        people="email,name\na@x.com,A\nb@x.com,B\nc@x.com,C\n",
        accounts="name,industry,owner\nAcme,steel,a@x.com\n",
    )
    with store.read() as session:
        people = {person.email: person.id for person in session.scalars(select(Person))}
    correct(store, Account, "Acme", industry="pumps", owner_id=people["b@x.com"])
    changed = "name,industry,owner\nAcme,valves,c@x.com\n"
    report = importing(accounts=changed)
    assert counts(report) == (0, 0, 1)
    assert report.as_json()["conflicts"] == [
        {
            "where": "accounts.csv:2",
            "table": "accounts",
            "key": "Acme",
            "column": "industry",
            "imported": "valves",
            "current": "pumps",
        },
        {
            "where": "accounts.csv:2",
            "table": "accounts",
            "key": "Acme",
            "column": "owner",
            "imported": "c@x.com",
            "current": "b@x.com",
        },
    ]
    assert value(store, Account, "Acme", "industry") == "pumps"
    with store.read() as session:
        kept = session.execute(
            select(LedgerEntry.new, LedgerEntry.applied, LedgerEntry.source).where(
                LedgerEntry.conflict, LedgerEntry.field == "industry"
            )
        ).all()
    assert [tuple(entry) for entry in kept] == [("valves", False, "accounts.csv:2")]
    before = entries(store)
    again = importing(accounts=changed)
    assert (counts(again), again.conflicts) == ((0, 0, 1), [])
    assert entries(store) == before


def test_a_conflict_names_the_row_as_people_do(importing: Importing, store: Store) -> None:
    importing(accounts="name\nAcme\n", contacts="account,name,title\nAcme,Dana Wu,CTO\n")
    correct(store, Contact, "Dana Wu", title="CIO")
    report = importing(contacts="account,name,title\nAcme,Dana Wu,CFO\n")
    (conflict,) = report.conflicts
    assert (conflict.table, conflict.key, conflict.column) == (
        "contacts",
        "Acme / Dana Wu",
        "title",
    )


def test_both_sides_coming_to_the_same_value_is_no_conflict_and_is_remembered(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name,industry\nAcme,steel\n")
    correct(store, Account, "Acme", industry="pumps")
    same = "name,industry\nAcme,pumps\n"
    assert counts(importing(accounts=same)) == (0, 0, 1)
    correct(store, Account, "Acme", industry="valves")
    report = importing(accounts=same)
    assert (counts(report), report.conflicts) == ((0, 0, 1), [])
    assert value(store, Account, "Acme", "industry") == "valves"


def test_a_cleared_cell_and_a_correction_are_a_conflict_too(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name,industry\nAcme,steel\n")
    correct(store, Account, "Acme", industry="pumps")
    report = importing(accounts="name,industry\nAcme,-\n")
    (conflict,) = report.conflicts
    assert (conflict.imported, conflict.current) == (None, "pumps")


def test_what_was_known_here_first_is_not_overwritten_by_a_first_import(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name\nAcme\n")
    correct(store, Account, "Acme", industry="pumps")
    report = importing(accounts="name,industry,region\nAcme,steel,Asia\n")
    (conflict,) = report.conflicts
    assert (conflict.imported, conflict.current) == ("steel", "pumps")
    assert counts(report) == (0, 1, 0)
    assert value(store, Account, "Acme", "region") == "Asia"


def test_an_assumption_gives_way_to_an_import(importing: Importing, store: Store) -> None:
    importing(accounts="name\nAcme\n")
    correct(store, Account, "Acme", industry="pumps", confirmed=False)
    report = importing(accounts="name,industry\nAcme,steel\n")
    assert (counts(report), report.conflicts) == ((0, 1, 0), [])
    assert value(store, Account, "Acme", "industry") == "steel"


def test_a_value_older_than_what_is_held_is_kept_and_told_not_taken(
    importing: Importing, store: Store
) -> None:
    importing(accounts="name,industry\nAcme,steel\n", as_of=date(2026, 11, 1))
    report = importing(accounts="name,industry\nAcme,iron\n", as_of=date(2025, 1, 1))
    assert counts(report) == (0, 0, 1)
    (conflict,) = report.conflicts
    assert (conflict.imported, conflict.current) == ("iron", "steel")
    assert value(store, Account, "Acme", "industry") == "steel"


def test_an_import_that_was_undone_can_be_made_again(importing: Importing, store: Store) -> None:
    book = {
        "people": "email,name\na@x.com,A\n",
        "accounts": "external_id,name,owner,industry\n1,Acme,a@x.com,steel\n",
        "contacts": "account,name,title\nAcme,Dana Wu,CTO\n",
    }
    importing(**book)
    undo_last(store)
    report = importing(**book)
    assert report.problems == []
    assert report.conflicts == []
    assert value(store, Account, "Acme", "industry") == "steel"
    assert value(store, Contact, "Dana Wu", "title") == "CTO"
    assert value(store, Person, "A", "email") == "a@x.com"
    with store.read() as session:
        restated = select(LedgerEntry.field).where(
            LedgerEntry.table == "contacts", LedgerEntry.applied
        )
        assert session.scalars(restated).all().count("name") == 2
    again = importing(**book)
    assert counts(again) == (0, 0, 3)


def test_a_row_taken_back_here_does_not_come_back_with_the_next_import(
    importing: Importing, store: Store
) -> None:
    contacts = "account,name,title\nAcme,Dana Wu,CTO\nAcme,D. Wu,\n"
    importing(accounts="name\nAcme\n", contacts=contacts)
    with store.write() as session:  # what a merge of the two does
        kept = session.scalars(select(Contact).where(Contact.name == "Dana Wu")).one()
        gone = session.scalars(select(Contact).where(Contact.name == "D. Wu")).one()
        ledger = Ledger(session, cause="message", origin="slack")
        ledger.update(kept, {"aliases": ["D. Wu"]})
        ledger.retract(gone)
    report = importing(contacts=contacts)
    assert report.problems == []
    assert counts(report) == (0, 0, 2)
    with store.read() as session:
        live = session.scalars(select(Contact.name).where(Contact.retracted.is_(False))).all()
    assert live == ["Dana Wu"]


def test_an_import_is_one_change_with_its_origin(importing: Importing, store: Store) -> None:
    importing(accounts="name\nAcme\n", goals="account,goal,horizon\nAcme,Grow,long\n")
    with store.read() as session:
        (change,) = session.scalars(select(Change)).all()
        assert (change.cause, change.origin, change.actor_id) == ("import", "workbook", None)


def test_killed_in_the_middle_an_import_leaves_nothing_behind(
    store: Store, saturday: Clock, tmp_path: Path
) -> None:
    if store.path is None:
        pytest.skip("the process is killed over a SQLite file")
    folder = tmp_path / "big"
    folder.mkdir()
    (folder / "accounts.csv").write_text("name\nAcme\n")
    deals = "".join(f"Acme,Deal {number},{number}\n" for number in range(3000))
    (folder / "opportunities.csv").write_text("account,name,amount\n" + deals)
    script = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.engine import Engine
from ingest.crm import import_path
from kam_knowledge.clock import clock
from kam_knowledge.store.engine import Store

written = []

@event.listens_for(Engine, "after_cursor_execute")
def kill(connection, cursor, statement, parameters, context, many):
    written.append(statement)
    if sum(s.startswith("INSERT INTO opportunities") for s in written) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

import_path(Store.at(Path(sys.argv[1])), Path(sys.argv[2]), clock=clock("2026-11-21"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(store.path), str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    with store.read() as session:
        for model in (Account, Opportunity, Change, LedgerEntry):
            assert session.scalar(select(func.count(model.id))) == 0
    assert counts(import_path(store, folder, clock=saturday)) == (3001, 0, 0)


def test_an_action_that_changes_hands_belongs_to_the_new_owner_alone(
    importing: Importing, store: Store
) -> None:
    importing(
        accounts="name\nAcme\n",
        contacts="account,name\nAcme,Dana Wu\n",
        actions="account,action,owner\nAcme,Send TCO,li.na@example.com\n",
    )
    report = importing(actions="account,action,owner\nAcme,Send TCO,Dana Wu\n")
    assert (counts(report), report.problems) == ((0, 1, 0), [])
    with store.read() as session:
        (action,) = session.scalars(select(Action))
        assert action.owner == "Dana Wu"
        assert action.owner_person_id is None
        assert action.owner_contact_id is not None


def test_a_person_struck_off_the_list_here_is_not_listed_again_by_the_next_import(
    importing: Importing, store: Store
) -> None:
    people = "email,name\na@x.com,A\n"
    importing(people=people)
    correct(store, Person, "A", listed=False)
    report = importing(people=people)
    assert [conflict.column for conflict in report.conflicts] == ["listed"]
    assert value(store, Person, "A", "listed") is False
    assert importing(people=people).conflicts == []
    assert value(store, Person, "A", "listed") is False
