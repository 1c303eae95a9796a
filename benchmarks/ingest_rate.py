"""How fast notes are ingested, as a share of the bare embedding rate of the same passages.

The same passages are embedded by the bare model and by the whole of ingest (reading, inference,
splitting, tokens, SQL, full text, embedding, Chroma) in one run; 1.0 would be embedding alone.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from ingest.documents import DEFAULT_LIMITS
from ingest.files import ingest_paths
from ingest.indexer import Indexer
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.clock import clock
from kam_knowledge.search.embeddings import open_embedder
from kam_knowledge.search.vectors import ChromaVectors
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Account, Passage

SENTENCES = (
    "{name} is worried about the {thing} and asked for a plan before the {thing} review.",
    "We promised the {thing} by the end of the month; {name} will check it with finance.",
    "The {thing} went well, the {thing} did not, and nobody from IT joined the call.",
    "{name} said the budget for the {thing} is frozen until the new quarter starts.",
    "Next step: send the {thing} sheet and agree the {thing} with procurement.",
    "Their team compared our {thing} with a competitor and found the {thing} easier to run.",
)
THINGS = (
    "migration", "renewal", "pilot", "rollout", "contract", "invoice", "security audit",
    "training", "dashboard", "gateway", "integration", "support level", "roadmap", "price",
)  # fmt: skip
NAMES = ("Dana", "Robert", "Mei", "Anna", "Jonas", "Priya", "Tom", "Helen")


def main() -> None:
    """Writes notes, times both ways, prints the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a few notes, one round")
    options = parser.parse_args()
    if options.quick:
        options.notes, options.rounds = 8, 1
    out = Table(
        "round", "passages", "bare embedding", "whole ingest", "share of the bare rate",
        "share by processor time",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_notes(folder / "notes", options.notes)
        embedder = open_embedder(None, folder / "models")
        embedder.embed_passages(["warm"] * 8)
        for number in range(options.rounds):
            store = Store.at(folder / f"kam{number}.sqlite3")
            upgrade(store)
            with store.write() as session:
                Ledger(session, cause="import", origin="benchmark").create(
                    Account, {"name": "ACME Corp"}
                )
            index = ChromaVectors.local(folder / f"index{number}", embedder.model_id)
            started, before = time.perf_counter(), processor()
            ingest_paths(
                store,
                [folder / "notes"],
                clock=clock(date(2026, 11, 21).isoformat()),
                limits=DEFAULT_LIMITS,
            )
            Indexer(store, lambda: embedder, lambda index=index: index).run_due()
            whole, worked = time.perf_counter() - started, processor() - before
            with store.read() as session:
                texts = [
                    f"{context}\n{text}"
                    for context, text in session.execute(select(Passage.context, Passage.text))
                ]
            started, before = time.perf_counter(), processor()
            embedder.embed_passages(texts)
            bare, bare_worked = time.perf_counter() - started, processor() - before
            index.close()
            store.close()
            out.add_row(
                str(number + 1),
                str(len(texts)),
                f"{len(texts) / bare:.1f}/s",
                f"{len(texts) / whole:.1f}/s",
                f"{bare / whole:.2f}",
                f"{bare_worked / worked:.2f}",
            )
    Console(width=110).print(out)


def processor() -> float:
    """Seconds of processor time of this process and of the readers it started."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def write_notes(folder: Path, count: int) -> None:
    """Seeded English notes of a page each."""
    chance = random.Random(11)
    folder.mkdir()
    for number in range(count):
        body = []
        for _ in range(5):
            lines = [
                chance.choice(SENTENCES).format(
                    name=chance.choice(NAMES), thing=chance.choice(THINGS)
                )
                for _ in range(7)
            ]
            body.append(" ".join(lines))
        day = f"2026-{number % 10 + 1:02}-{number % 28 + 1:02}"
        head = (
            f"---\naccount: ACME Corp\ndate: {day}\nkind: meeting\ntitle: Meeting {number}\n---\n"
        )
        (folder / f"{number:04}.md").write_text(head + "\n\n".join(body), encoding="utf-8")


if __name__ == "__main__":
    main()
