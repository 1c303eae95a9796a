"""Search on SQLite and on PostgreSQL: one book in both is found in the same order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from kam_knowledge.access import Audience, Rights, Viewer, decide
from kam_knowledge.search.service import Passage, Search
from kam_knowledge.search.sql_source import Limits
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Base, PassageVector, Person
from kam_knowledge.store.models import Passage as PassageRow
from tests.integration.searching import TODAY, Book, WordEmbedder

QUERIES = Path(__file__).resolve().parents[1] / "evaluation" / "sample_retrieval" / "queries.jsonl"
ASKED = [json.loads(line) for line in QUERIES.read_text(encoding="utf-8").splitlines()]
SOME = ASKED[::4]
"""Of both languages and across them."""
SIZES = [Limits(), Limits(handful=0)]
"""As where little may be seen, and as where the full text has to be asked."""

Twins = tuple[Store, Store]

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("store", ["postgresql"], indirect=True),
]


@pytest.fixture
def twins(sample_store: Store, store: Store, tmp_path: Path) -> Iterator[Twins]:
    """The sample book in a SQLite file of the test's own, and row by row in PostgreSQL."""
    path = tmp_path / "twin.sqlite3"
    source = sample_store.engine.url.database
    assert source
    with closing(sqlite3.connect(source)) as book, closing(sqlite3.connect(path)) as twin:
        book.backup(twin)
    lite = Store.at(path)
    with lite.write() as session:
        session.execute(delete(PassageVector))
    with lite.read() as session, store.engine.begin() as there:
        # Rows refer to rows of their own table in either direction.
        there.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            there.execute(table.delete())
            rows = [dict(row) for row in session.execute(select(table)).mappings()]
            if rows:
                there.execute(insert(table), rows)
    yield lite, store
    lite.close()


@pytest.mark.parametrize("vectors", [False, True], ids=["words", "words and vectors"])
def test_both_databases_find_the_same_in_the_same_order(twins: Twins, vectors: bool) -> None:
    embedder = WordEmbedder() if vectors else None
    if embedder is not None:
        for one in twins:
            Book(one).index(embedder)
    for limits in SIZES:
        searches = [Search(one, lambda: embedder, lambda: None, limits=limits) for one in twins]
        for question in SOME:
            here, there = (
                [(hit.id, hit.score, hit.coverage, hit.where) for hit in found]
                for found in _found(twins, searches, question["query"], question["as"])
            )
            assert here == there, question["query"]
            assert here, question["query"]


def test_rights_filters_and_the_day_hold_on_both(twins: Twins) -> None:
    before = date(2026, 10, 1)
    with twins[0].read() as session:
        acme, globex = (
            session.scalars(select(Account.id).where(Account.name == name)).one()
            for name in ("ACME Corp", "Globex")
        )
    narrowed: list[tuple[dict[str, Any], date]] = [
        ({"account_ids": [acme, globex]}, TODAY),
        ({"kinds": ["document"]}, TODAY),
        ({"kinds": ["call"], "account_ids": [acme]}, TODAY),
        ({"since": date(2026, 9, 1), "until": date(2026, 10, 31)}, TODAY),
        ({}, before),
    ]
    searches = [
        Search(one, lambda: None, lambda: None, limits=limits) for limits in SIZES for one in twins
    ]
    stores = [*twins, *twins]
    queries = ["renewal price Corvexa", "续约 价格 网关 付款"]
    found_any = 0
    for email in ("li.na@example.com", "tom.becker@example.com", "jonas.weber@example.com"):
        for more, today in narrowed:
            for query in queries:
                results = _found(stores, searches, query, email, today, 100, **more)
                ids = [[hit.id for hit in hits] for hits in results]
                assert all(one == ids[0] for one in ids), (query, more)
                found_any += len(ids[0])
                with twins[1].read() as session:
                    rights = _rights(session, email, today)
                    allowed = set(
                        session.scalars(select(PassageRow.id).where(rights.passage_clause()))
                    )
                for hit in results[0]:
                    assert hit.id in allowed
                    assert hit.date is None or hit.date <= today
                    assert hit.account_id in more.get("account_ids", [hit.account_id])
                    if more.get("kinds") == ["document"]:
                        assert hit.kind == "document"
                    if "since" in more:
                        assert hit.date
                        assert more["since"] <= hit.date <= more["until"]
    assert found_any > 200


def _found(
    stores: list[Store] | Twins,
    searches: list[Search],
    query: str,
    email: str,
    today: date = TODAY,
    k: int = 20,
    **more: Any,
) -> list[list[Passage]]:
    """What each of the searches finds in its store."""
    results = []
    for search, one in zip(searches, stores, strict=True):
        with one.read() as session:
            rights = _rights(session, email, today)
            results.append(search.search(session, rights, query, k, **more))
    return results


def _rights(session: Session, email: str, today: date = TODAY) -> Rights:
    person = session.scalars(select(Person.id).where(Person.email == email)).one()
    return decide(session, Viewer(person), Audience.only(person), today)
