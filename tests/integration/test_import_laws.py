"""Laws of the import: twice changes nothing; columns and separators may stand in any order."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ingest.crm import ImportReport, import_path
from ingest.crm.spec import Column, Kind, workbook
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import SHEETS, LedgerEntry

Book = dict[str, list[dict[str, str]]]

PEOPLE = ("li.na@example.com", "tom@example.com", "grace@example.com")
ACCOUNTS = ("Acme Corp", "华远重工", "Müller & Söhne", "O'Brien; Ltd")
CONTACTS = ("Dana Wu", "李伟", "Frank O.", "José Ñandú")
TEXT = st.text(
    alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=12
) | st.sampled_from(["=1+1", "a;b,c", 'say "hi"', "two\nlines", "+49", "二期"])
DAYS = st.dates(date(2000, 1, 1), date(2068, 12, 31)).map(date.isoformat)
AMOUNTS = st.decimals(0, 10**9, places=2).map(lambda number: format(number, "f"))


def cell(column: Column) -> st.SearchStrategy[str]:
    """Cells that the column may hold."""
    people = st.sampled_from(PEOPLE)
    kinds: dict[Kind, st.SearchStrategy[str]] = {
        Kind.DATE: DAYS,
        Kind.MONEY: AMOUNTS,
        Kind.NUMBER: st.integers(0, 100).map(str),
        Kind.RATE: st.decimals("0.1", 900, places=4).map(str),
        Kind.PROBABILITY: st.decimals(0, 1, places=2).map(str),
        Kind.SHARE: st.decimals(0, 1, places=2).map(str),
        Kind.PERCENT: st.integers(0, 20).map(str),
        Kind.SCORE: st.integers(1, 10).map(str),
        Kind.TIER: st.sampled_from("123"),
        Kind.BOOLEAN: st.sampled_from(["yes", "no"]),
        Kind.CHOICE: st.sampled_from(column.choices or ("",)),
        Kind.EMAIL: st.sampled_from(["d.wu@acme.example", "w@hy.example"]),
        Kind.CURRENCY: st.sampled_from(["USD", "EUR", "CNY"]),
        Kind.MONTH: st.integers(1, 12).map(str),
        Kind.PERIOD: st.sampled_from(["2026", "2026-Q1", "2026-03"]),
        Kind.WEEK: st.sampled_from(["2026-W47", "2026-W01"]),
        Kind.TIME_ZONE: st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]),
        Kind.TEXTS: st.lists(st.sampled_from(["A1", "别名", "B 2"]), max_size=2).map(";".join),
        Kind.PERSON: people,
        Kind.OWNER: people,
        Kind.PERSONS: st.lists(people, max_size=2, unique=True).map(";".join),
        Kind.ACCOUNT: st.sampled_from(ACCOUNTS),
        Kind.ACCOUNTS: st.lists(st.sampled_from(ACCOUNTS[:3]), max_size=2, unique=True).map(
            ";".join
        ),
    }
    # Names inside an account would have to be that account's: left empty here.
    return kinds.get(column.kind, st.just("") if column.kind.value in _INSIDE else TEXT)


_INSIDE = {"contact", "contacts", "goal", "opportunity"}


def row(sheet: str, **fixed: str) -> st.SearchStrategy[dict[str, str]]:
    cells = {}
    for column in workbook()[sheet].columns:
        if column.name in ("external_id", "as_of", "parent", "manager") and not column.required:
            continue
        strategy = cell(column)
        needed = column.required or column.name in workbook()[sheet].key
        if column.name in fixed:
            strategy = st.just(fixed[column.name])
        elif needed:
            strategy = strategy.filter(lambda text: text.strip() not in ("", "-"))
        else:
            strategy = st.just("") | strategy
        cells[column.name] = strategy
    return st.fixed_dictionaries(cells)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A valid book: everyone and every account it names is in it, and no key comes twice."""
    book: Book = {
        "people": [draw(row("people", email=email, name=email.title())) for email in PEOPLE],
        "accounts": [draw(row("accounts", name=name, aliases="")) for name in ACCOUNTS],
        "contacts": [
            draw(row("contacts", name=name, account=draw(st.sampled_from(ACCOUNTS)), aliases=""))
            for name in CONTACTS
        ],
    }
    for sheet in draw(st.sets(st.sampled_from(sorted(set(workbook()) - set(book))), max_size=5)):
        lines = draw(st.lists(row(sheet), max_size=4))
        if sheet == "cover":
            lines = [line | {"to": "2069-01-01"} for line in lines]
        if sheet == "targets":
            lines = [line | {"owner": PEOPLE[0]} for line in lines]
        unique: dict[tuple[str, ...], dict[str, str]] = {}
        for line in lines:
            unique[
                tuple(" ".join(line[name].casefold().split()) for name in workbook()[sheet].key)
            ] = line
        book[sheet] = list(unique.values())
    return book


def write(
    folder: Path, book: Book, separator: str, order: Callable[[list[str]], list[str]]
) -> Path:
    folder.mkdir()
    for sheet, lines in book.items():
        names = order(list(lines[0])) if lines else []
        out = io.StringIO()
        writer = csv.DictWriter(out, names, delimiter=separator)
        writer.writeheader()
        writer.writerows(lines)
        (folder / f"{sheet}.csv").write_text(out.getvalue(), "utf-8")
    return folder


def contents(store: Store) -> dict[str, Any]:
    """Everything on record, but for when it was written and from which line."""
    bookkeeping = {"created_at", "updated_at", "source"}
    with store.read() as session:
        return {
            name: [
                {
                    attribute.key: getattr(found, attribute.key)
                    for attribute in model.__mapper__.column_attrs
                    if attribute.key not in bookkeeping
                }
                for found in session.scalars(select(model).order_by(model.id))
            ]
            for name, model in SHEETS.items()
        }


def entries(store: Store) -> int:
    with store.read() as session:
        return session.scalar(select(func.count(LedgerEntry.id))) or 0


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[[], Store]:
    """New, migrated stores: copies of one file."""
    template = tmp_path / "template.sqlite3"
    made = Store.at(template)
    upgrade(made)
    made.close()
    with made.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()

    def copy() -> Store:
        path = tmp_path / f"{secrets.token_hex(4)}.sqlite3"
        path.write_bytes(template.read_bytes())
        return Store.at(path)

    return copy


def total(report: ImportReport) -> int:
    return report.created + report.updated + report.unchanged


FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.mark.slow
@FEW
@given(book=books())
def test_importing_any_valid_book_twice_changes_nothing(
    fresh: Callable[[], Store], saturday: Clock, tmp_path: Path, book: Book
) -> None:
    store = fresh()
    folder = write(tmp_path / secrets.token_hex(4), book, ",", sorted)
    first = import_path(store, folder, clock=saturday)
    assert first.problems == []
    assert first.created == sum(map(len, book.values()))
    before, written = contents(store), entries(store)
    second = import_path(store, folder, clock=saturday)
    assert (second.created, second.updated, second.unchanged) == (0, 0, first.created)
    assert second.conflicts == second.problems == []
    assert (contents(store), entries(store)) == (before, written)
    store.close()


@pytest.mark.slow
@FEW
@given(
    book=books(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    seed=st.randoms(use_true_random=False),
)
def test_the_order_of_columns_and_the_separator_do_not_matter(
    fresh: Callable[[], Store],
    saturday: Clock,
    tmp_path: Path,
    book: Book,
    separator: str,
    seed: Any,
) -> None:
    def shuffled(names: list[str]) -> list[str]:
        seed.shuffle(names)
        return names

    plain, other = fresh(), fresh()
    import_path(plain, write(tmp_path / secrets.token_hex(4), book, ",", sorted), clock=saturday)
    folder = write(tmp_path / secrets.token_hex(4), book, separator, shuffled)
    report = import_path(other, folder, clock=saturday)
    assert report.problems == []
    assert contents(other) == contents(plain)
    again = import_path(other, folder, clock=saturday)
    assert again.unchanged == total(again) == report.created
    plain.close()
    other.close()


STRANGE = (
    "", "-", "Acme", "Globex", "华远", "a@x.com", "b@x.com;c@x.com", "2026-01-02", "03/04/2026",
    "13/04/2026", "1,234", "1.234,5", "12%", "$5", "¥9", "yes", "key", "won", "open", "meeting",
    "2026-Q1", "2026-W05", "1", "7", "100", "=1+1", "'", '"', "two\nlines", "\x00", "😀", "x" * 250,
    "Acme;Globex", "#N/A", "9999-12-31", "1e9", "-5", "(3)", "3万", "Dana Wu", "short", "ours",
    "account_manager", "\ufeff", "1794441600000", "46338", "٣", "½", "١٢/٠٣/٢٠٢٦",
)  # fmt: skip


@st.composite
def messes(draw: st.DrawFn) -> Book:
    """Sheets whose cells hold anything."""
    book: Book = {}
    for sheet in draw(st.sets(st.sampled_from(sorted(workbook())), min_size=1, max_size=6)):
        names = list(workbook()[sheet].by_name)
        book[sheet] = draw(
            st.lists(
                st.fixed_dictionaries({name: st.sampled_from(STRANGE) for name in names}),
                min_size=1,
                max_size=6,
            )
        )
    return book


@pytest.mark.slow
@FEW
@given(first=messes(), second=messes())
def test_no_book_makes_the_import_fail_and_none_is_taken_in_twice(
    fresh: Callable[[], Store], saturday: Clock, tmp_path: Path, first: Book, second: Book
) -> None:
    store = fresh()
    for book in (first, second):
        folder = write(tmp_path / secrets.token_hex(4), book, ",", sorted)
        report = import_path(store, folder, clock=saturday)
        json.dumps(report.as_json())
        assert import_path(store, folder, clock=saturday).created == 0
    store.close()
