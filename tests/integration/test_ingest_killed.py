"""Killed at any moment, ingestion goes on where it was: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import random
import select as readiness
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, text

from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    IndexJob,
    Interaction,
    Note,
    NotePlace,
    Passage,
    PassageVector,
)
from tests.integration.indexing import HashingEmbedder
from tests.integration.ingesting import add_book, write
from tests.integration.killed_ingest import open_index

FILES = 24


class Rounds:
    """A folder that changes, and a process that ingests it until it is killed."""

    def __init__(self, store: Store, folder: Path, index: Path, seed: int) -> None:
        self.store, self.folder, self.index = store, folder, index
        self.chance = random.Random(seed)
        self.killed = 0
        self._written = 0
        assert store.path is not None
        root = Path(__file__).resolve().parents[2]
        script = [sys.executable, "-m", "tests.integration.killed_ingest"]
        self._process = subprocess.Popen(
            [*script, str(store.path), str(folder), str(index)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
            text=True,
        )

    def change(self) -> None:
        """Files come, change, move and go."""
        there = sorted(self.folder.rglob("*.md"))
        for path in self.chance.sample(there, len(there) // 4):
            path.write_text(self.some_text(), encoding="utf-8")
        for path in self.chance.sample(there, 2) if len(there) > 2 else []:
            path.unlink()
        for path in self.chance.sample(there, 2) if len(there) > 2 else []:
            if path.exists():
                path.rename(path.with_name(f"moved-{path.name}"[-80:]))
        while len(list(self.folder.rglob("*.md"))) < FILES:
            self._written += 1
            write(self.folder, f"{self._written % 5}/{self._written}.md", self.some_text())

    def some_text(self) -> str:
        """A note of a few passages; some are equal to others'."""
        number = self.chance.randrange(60)
        parts = "\n\n".join(f"# Part {k}\n\nText {number} of part {k}." for k in range(3))
        return f"---\naccount: ACME\ndate: 2026-11-12\nkind: call\nattendees: []\n---\n{parts}\n"

    def once(self, seconds: float | None) -> tuple[float, bool]:
        """One run, killed after so many seconds if it lasts as long; (how long, whether killed)."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        child = int(process.stdout.readline())
        began = time.monotonic()
        ended = readiness.select([process.stdout], [], [], seconds)[0]
        if not ended:
            os.kill(child, signal.SIGKILL)
        code = int(process.stdout.readline())
        assert code in (0, -signal.SIGKILL)
        return time.monotonic() - began, code != 0

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(params=["vectors.sqlite3", "chroma"])
def rounds(
    request: pytest.FixtureRequest, sqlite_store: Store, home: Path, tmp_path: Path
) -> Iterator[Rounds]:
    add_book(sqlite_store)
    made = Rounds(sqlite_store, tmp_path / "notes", home / request.param, seed=20261121)
    yield made
    made.close()


@pytest.mark.slow
def test_after_fifty_kills_each_note_passage_and_vector_is_there_once(rounds: Rounds) -> None:
    rounds.change()
    lasts, _ = rounds.once(None)
    wanted = 50 if rounds.index.name != "chroma" else 10
    for _ in range(4 * wanted):  # a round may end before its kill comes
        rounds.change()
        _, killed = rounds.once(rounds.chance.uniform(0, lasts))
        rounds.killed += killed
        if rounds.killed == wanted:
            break
    assert rounds.killed == wanted
    assert rounds.once(None)[1] is False
    everything_is_there_once(rounds)


def everything_is_there_once(rounds: Rounds) -> None:
    files = {path: path.read_text(encoding="utf-8") for path in rounds.folder.rglob("*.md")}
    with rounds.store.read() as session:
        places = session.scalars(select(NotePlace)).all()
        notes = session.scalars(select(Note).where(Note.removed.is_(False))).all()
        passages = session.scalars(select(Passage)).all()
        touches = session.scalars(select(Interaction.note_id)).all()
        kept = session.execute(select(PassageVector.content_hash)).scalars().all()
        assert session.scalars(select(IndexJob)).all() == []
        by_id = {note.id: note for note in notes}
        assert Counter(place.path for place in places) == Counter(str(path) for path in files)
        for place in places:
            assert files[Path(place.path)].endswith(by_id[place.note_id].text)
        assert len(notes) == len(set(files.values()))
        assert {place.note_id for place in places} == set(by_id)
        assert sorted(touches) == sorted(by_id)
        assert Counter(p.note_id for p in passages) == Counter(
            {note.id: note.text.count("# Part") for note in notes}
        )
        assert {p.content_hash for p in passages} <= set(kept)
        embedder = HashingEmbedder()
        wanted = {p.id: embedder.embed_query(f"{p.context}\n{p.text}") for p in passages}
    index = open_index(rounds.index)
    try:
        assert index.ids() == set(wanted)
        if hasattr(index, "held"):
            for key, vector in index.held().items():
                assert np.allclose(vector, wanted[key], atol=1e-3)
    finally:
        index.close()
    with rounds.store.write() as session:
        # Raises when the full-text index is not what the passages' tokens are.
        session.execute(
            text("INSERT INTO passage_fts(passage_fts, rank) VALUES ('integrity-check', 1)")
        )
