"""Search at 10,000 and 100,000 passages, by viewers who see 1, 8, 70 % and all of 200 accounts.

The vectors and texts are synthetic and seeded. What is reported is a ratio measured in one run:
a search of ours against one bare embedding plus one unfiltered Chroma query plus one unfiltered
full-text query of the same k. Memory is what the process grew by until the last search.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from _large_notes import stored_vectors
from _words import vocabulary
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.embeddings import Embedder, open_embedder
from kam_knowledge.search.service import Search
from kam_knowledge.search.vectors import ChromaVectors
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Account, Note, Passage, PassageVector, Person, TeamSeat

ACCOUNTS, PER_NOTE, K, QUERIES = 200, 5, 10, 60
TODAY = date(2026, 11, 21)
SEES = {"1 account": 1, "8 accounts": 8, "70 % of accounts": 140, "all 200 accounts": 200}


def main() -> None:
    """Measures each size and prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--quick", action="store_true", help="5,000 passages, few queries")
    options = parser.parse_args()
    sizes, queries = ([5_000], 5) if options.quick else (options.passages, QUERIES)
    out = Table("passages", "viewer sees", "p50", "p95", "base p50", "p50 ratio", "p95 ratio")
    notes = []
    with tempfile.TemporaryDirectory() as cache:
        embedder = open_embedder(None, Path(cache))
        embedder.embed_query("warm")
        for size in sizes:
            gc.collect()
            before = _resident()
            with tempfile.TemporaryDirectory() as folder:
                rows, highest = measure(Path(folder), size, queries, embedder)
            for row in rows:
                out.add_row(*row)
            grown = highest - before
            notes.append(
                f"{size:,} passages: memory grew by {grown:,.0f} MiB at most "
                f"({grown * 100_000 / size:,.0f} MiB per 100,000)"
            )
    console = Console(width=110)
    console.print(out)
    for note in notes:
        console.print(note)


def measure(
    folder: Path, size: int, count: int, embedder: Embedder
) -> tuple[list[tuple[str, ...]], float]:
    """One row a viewer (times in ms, ratios to the bare parts), and the highest memory in MiB."""
    chance = random.Random(7)
    words = vocabulary(chance)
    store = Store.at(folder / "kam.sqlite3")
    upgrade(store)
    people = _people(store)
    texts = _fill(store, size, chance, words, embedder)
    index = ChromaVectors.local(folder / "index", embedder.model_id)
    index.rebuild(embedder.model_id, stored_vectors(store))
    search = Search(store, lambda: embedder, lambda: index)
    queries = [" ".join(chance.sample(chance.choice(texts).split(), 5)) for _ in range(count)]
    base = [_bare(store, index, embedder, query) for query in queries]
    rows = []
    for name, email in people.items():
        spent = []
        for query in [queries[0], *queries]:
            started = time.perf_counter()
            with store.read() as session:
                rights = decide(session, Viewer(email), Audience.only(email), TODAY)
                search.search(session, rights, query, K)
            spent.append((time.perf_counter() - started) * 1000)
        spent = spent[1:]
        p50, p95 = np.percentile(spent, [50, 95])
        base50, base95 = np.percentile(base, [50, 95])
        rows.append(
            (
                f"{size:,}", name, f"{p50:.1f} ms", f"{p95:.1f} ms", f"{base50:.1f} ms",
                f"{p50 / base50:.2f}", f"{p95 / base95:.2f}",
            )
        )  # fmt: skip
    highest = _resident()
    index.close()
    store.close()
    return rows, highest


def _bare(store: Store, index: ChromaVectors, embedder: Embedder, query: str) -> float:
    """One embedding, one unfiltered Chroma query, one unfiltered full-text query, in ms."""
    started = time.perf_counter()
    vector = embedder.embed_query(query)
    index.query(vector, K)
    match = " OR ".join(f'"{token}"' for token in set(tokens(query)))
    with store.read() as session:
        session.execute(
            text(
                "SELECT rowid FROM passage_fts WHERE passage_fts MATCH :match "
                "ORDER BY rank LIMIT :k"
            ),
            {"match": match, "k": K},
        ).all()
    return (time.perf_counter() - started) * 1000


def _people(store: Store) -> dict[str, int]:
    """A viewer for each share of the accounts, all of which are for their team only."""
    found = {}
    with store.write() as session:
        ledger = Ledger(session, cause="import", origin="benchmark", as_of=TODAY)
        accounts = ledger.create_many(
            Account,
            [{"name": f"Account {n:03}", "visibility": "team"} for n in range(ACCOUNTS)],
        )
        for name, count in SEES.items():
            person = ledger.create(
                Person, {"email": f"sees{count}@example.com", "name": f"Sees {count}"}
            )
            found[name] = person.id
            ledger.create_many(
                TeamSeat,
                [
                    {"account_id": key, "person_id": person.id, "seat": "specialist"}
                    for key in accounts[:count]
                ],
            )
    return found


def _fill(
    store: Store, size: int, chance: random.Random, words: list[str], embedder: Embedder
) -> list[str]:
    """Notes with passages and vectors, written in bulk; returns some of the texts."""
    numbers = np.random.default_rng(7)
    centres = numbers.normal(size=(300, embedder.dimension)).astype(np.float32)
    weights = [1 / (rank + 2) for rank in range(len(words))]
    now, kept = datetime.now(UTC), list[str]()
    made = 0
    while made < size:
        notes, passages, vectors = [], [], []
        for note_id in range(made // PER_NOTE + 1, (made + 5_000) // PER_NOTE + 1):
            notes.append(
                {
                    "id": note_id, "key": f"note-{note_id}",
                    "account_id": note_id % ACCOUNTS + 1, "kind": "meeting",
                    "date": TODAY - timedelta(days=note_id % 700), "title": f"Meeting {note_id}",
                    "visibility": "team", "language": "en", "text": "", "content_hash": "",
                    "origin": "file", "format": "text", "inferred": {}, "removed": False,
                    "recorded_at": now, "updated_at": now,
                }
            )  # fmt: skip
            for ordinal in range(PER_NOTE):
                content = " ".join(chance.choices(words, weights, k=60))
                key = f"{note_id}-{ordinal}"
                found = tokens(content)
                passages.append(
                    {
                        "note_id": note_id, "method_key": None, "ordinal": ordinal,
                        "language": "en", "title": f"Meeting {note_id}", "heading": "",
                        "context": "", "text": content, "tokens": " ".join(found),
                        "length": len(found), "content_hash": key,
                    }
                )  # fmt: skip
                vector = centres[note_id % len(centres)] + numbers.normal(
                    size=embedder.dimension
                ).astype(np.float32)
                vector /= np.linalg.norm(vector)
                vectors.append(
                    {
                        "content_hash": key,
                        "model_id": embedder.model_id,
                        "vector": vector.astype("<f2").tobytes(),
                    }
                )
                if len(kept) < 500:
                    kept.append(content)
        with store.write() as session:
            session.execute(insert(Note), notes)
            session.execute(insert(Passage), passages)
            session.execute(insert(PassageVector), vectors)
        made += len(passages)
    return kept


def _resident() -> float:
    """The process's resident memory in MiB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
