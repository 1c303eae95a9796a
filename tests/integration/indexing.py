"""What tests of indexing share: models small enough to see through, and notes to index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from kam_knowledge.changes.notes import NoteDraft, NoteWriter
from kam_knowledge.store.engine import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class HashingEmbedder:
    """A model whose vector is made of the text's hash: equal for equal texts, and fast."""

    def __init__(
        self, model_id: str = "hashing-a", *, multilingual: bool = False, refused: str = ""
    ) -> None:
        self.model_id = model_id
        self.dimension = 8
        self.multilingual = multilingual
        self.refused = refused
        self.seen: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.refused and any(self.refused in text for text in texts):
            raise ValueError(f"cannot read {self.refused}")
        self.seen += texts
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        digest = sha256(f"{self.model_id}{text}".encode()).digest()
        row = np.frombuffer(digest[: self.dimension], np.uint8).astype(np.float32) - 127.5
        return row / np.linalg.norm(row)


class BrokenEmbedder(HashingEmbedder):
    """A model that cannot be reached."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise ConnectionError("nobody answers")


class DictionaryVectors:
    """A vector index in memory, the port's contract and nothing more."""

    def __init__(self, model_id: str = "hashing-a") -> None:
        self.model_id = model_id
        self.held: dict[int, Any] = {}

    def upsert(self, ids: Sequence[int], vectors: Sequence[Any]) -> None:
        self.held |= dict(zip(ids, vectors, strict=True))

    def delete(self, ids: Sequence[int]) -> None:
        for key in ids:
            self.held.pop(key, None)

    def query(self, vector: Any, k: int) -> list[tuple[int, float]]:
        scored = [(key, float(held @ vector)) for key, held in self.held.items()]
        return sorted(scored, key=lambda hit: -hit[1])[:k]

    def count(self) -> int:
        return len(self.held)

    def ids(self) -> set[int]:
        return set(self.held)

    def reset(self, model_id: str) -> None:
        self.rebuild(model_id, ())

    def rebuild(self, model_id: str, batches: Any) -> int:
        fresh = {key: vec for ids, vecs in batches for key, vec in zip(ids, vecs, strict=True)}
        self.held, self.model_id = fresh, model_id
        return len(fresh)

    def close(self) -> None: ...


def add_note(store: Store, text: str, *, title: str = "Note", language: str = "en") -> int:
    """A note of one passage a paragraph section; gives its id."""
    draft = NoteDraft(
        text=text,
        title=title,
        kind="document",
        content_hash=sha256(text.encode()).hexdigest(),
        visibility="open",
        language=language,
    )
    with store.write() as session:
        return NoteWriter(session, NOW).add(draft).id
