"""The process that the test kills: ingests a folder and indexes it, again and again.

Reads a line a round on stdin, forks (so that nothing is imported twice), and writes the child's
process id; the child ends, or is ended. Run as a script: STORE FOLDER INDEX.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.files import ingest_paths
from ingest.indexer import Indexer
from kam_knowledge.clock import clock
from kam_knowledge.language.names import NameEntry, NameIndex
from kam_knowledge.language.tokens import tokens
from kam_knowledge.search.vectors import ChromaVectors, VectorIndex
from kam_knowledge.store.engine import Store
from tests.integration.indexing import HashingEmbedder


class FileVectors:
    """A vector index that, like any, commits by itself: SQL's transactions do not cover it."""

    def __init__(self, path: Path, model_id: str) -> None:
        self.model_id = model_id
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, vector BLOB)")

    def upsert(self, ids: Sequence[int], vectors: Sequence[Any]) -> None:
        for key, vector in zip(ids, vectors, strict=True):
            row = (key, np.asarray(vector, np.float32).tobytes())
            self._base.execute("INSERT OR REPLACE INTO held VALUES (?, ?)", row)

    def delete(self, ids: Sequence[int]) -> None:
        for key in ids:
            self._base.execute("DELETE FROM held WHERE id = ?", (key,))

    def held(self) -> dict[int, Any]:
        rows = self._base.execute("SELECT id, vector FROM held")
        return {key: np.frombuffer(vector, np.float32) for key, vector in rows}

    def query(self, vector: Any, k: int) -> list[tuple[int, float]]:
        raise NotImplementedError

    def count(self) -> int:
        return len(self.held())

    def ids(self) -> set[int]:
        return set(self.held())

    def reset(self, model_id: str) -> None:
        raise NotImplementedError

    def rebuild(self, model_id: str, batches: Any) -> int:
        raise NotImplementedError

    def close(self) -> None:
        self._base.close()


def open_index(path: Path) -> VectorIndex:
    """Chroma's where the path is called so, else the small one."""
    if path.name == "chroma":
        return ChromaVectors.local(path, HashingEmbedder().model_id)
    return FileVectors(path, HashingEmbedder().model_id)


def run(store: Store, folder: Path, index: Path) -> None:
    """One whole run."""
    ingest_paths(store, [folder], clock=clock("2026-11-21", "Asia/Shanghai"))
    vectors = open_index(index)
    embedder = HashingEmbedder()
    Indexer(store, lambda: embedder, lambda: vectors).run_due()
    vectors.close()


def main() -> None:
    path, folder, index = (Path(argument) for argument in sys.argv[1:])
    # Before forking: loading libraries and dictionaries takes longer than a run.
    if index.name == "chroma":
        import chromadb  # noqa: F401
    NameIndex([NameEntry("account", 1, "ACME Corp")]).find("Dana Wu of ACME, 吴总")
    tokens("续约 renewal")
    for _ in sys.stdin:
        if (child := os.fork()) == 0:
            store = Store.at(path)
            run(store, folder, index)
            store.close()
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
