"""Real pages and the sample book go in whole, and ingestion costs little beside embedding."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.sample_book import SampleBook, materialise
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Passage, Person
from tests.integration.ingesting import TODAY, add_book, counts, ingest, notes

HANDBOOK = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "handbook"
"""The rates are stated for two cores: embedding uses both, all else one."""


@pytest.fixture
def handbook() -> Path:
    if not HANDBOOK.is_dir():
        pytest.skip("../shared/data/handbook is not here: no real pages were ingested")
    return HANDBOOK


@pytest.fixture
def sample(sqlite_store: Store, tmp_path: Path) -> SampleBook:
    book = materialise(tmp_path / "book", TODAY)
    people, accounts, contacts = (rows(book, name) for name in ("people", "accounts", "contacts"))
    with sqlite_store.write() as session:
        ledger = Ledger(session, cause="import", origin="workbook", as_of=TODAY)
        named = [{k: row[k] for k in ("email", "name", "title")} for row in people]
        create(ledger, Person, named, people)
        named = [{"name": r["name"], "visibility": r["visibility"] or "open"} for r in accounts]
        create(ledger, Account, named, accounts)
        ids = dict(session.execute(select(Account.name, Account.id)).all())
        named = [
            {"name": r["name"], "email": r["email"] or None, "account_id": ids[r["account"]]}
            for r in contacts
        ]
        create(ledger, Contact, named, contacts)
    return book


@pytest.mark.slow
def test_every_page_of_a_real_handbook_goes_in(sqlite_store: Store, handbook: Path) -> None:
    add_book(sqlite_store)
    report = ingest(sqlite_store, handbook)
    pages = [path for path in handbook.rglob("*.md") if path.stat().st_size]
    assert report.failed == []
    assert counts(report) == (len(pages), 0, 0, 0)
    with sqlite_store.read() as session:
        assert session.scalar(select(func.count(Passage.id))) == report.passages
    assert counts(ingest(sqlite_store, handbook)) == (0, 0, len(pages), 0)


def test_the_notes_of_the_sample_book_go_in_and_are_filed(
    sqlite_store: Store, sample: SampleBook
) -> None:
    report = ingest(sqlite_store, sample.notes_folder)
    assert report.failed == []
    assert report.added == len(sample.notes)
    filed = {note.places[0]: note for note in notes(sqlite_store)}
    by_folder = {
        "acme": "ACME Corp",
        "globex": "Globex",
        "huayuan": "华远重工",
        "huayuan-smart": "华远智能装备",
        "initech": "Initech",
        "lanshi": "澜石食品",
        "nordvik": "Nordvik Pumps",
        "qiyue": "启岳汽配",
        "quellbrunn": "Quellbrunn Automation",
    }
    wrong = {
        place: note.account
        for place, note in filed.items()
        if (account := by_folder.get(place.split("/")[1])) and note.account != account
    }
    # A partner's chat is about the partner's customer.
    assert [place for place in wrong if "Teams-chat-leuna" not in place] == []
    assert filed["notes/inbox/memo.html"].account == "华远重工"
    assert filed["notes/inbox/scan-0031.txt"].account == "ACME Corp"
    assert filed["notes/inbox/voice-memo-0007.txt"].account == "Globex"
    kinds = {place.rpartition(".")[0][-12:]: note.kind for place, note in filed.items()}
    assert [kind for name, kind in kinds.items() if name.endswith("纪要")] == ["meeting"]
    assert [kind for name, kind in kinds.items() if name.endswith("-qbr")] == ["document"]
    undated = [place for place, note in filed.items() if note.date is None]
    assert all("-Q" in place for place in undated)  # a plan for a quarter has no day
    team = {"Initech", "华远重工", "华远智能装备", "启岳汽配"} & {
        row["name"] for row in rows(sample, "accounts") if row["visibility"] == "team"
    }
    assert {note.visibility for note in filed.values() if note.account in team} <= {
        "team",
        "author",
    }
    assert counts(ingest(sqlite_store, sample.notes_folder)) == (0, 0, len(sample.notes), 0)


def rows(book: SampleBook, sheet: str) -> list[dict[str, str]]:
    with book.sheets[sheet].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def create(
    ledger: Ledger, model: Any, named: list[dict[str, Any]], given: list[dict[str, str]]
) -> None:
    values = [
        row | {"aliases": [a for a in source["aliases"].split(";") if a]}
        for row, source in zip(named, given, strict=True)
    ]
    ledger.create_many(model, values, sources=["sample"] * len(values))
