"""`kam reindex`: tokens, vectors and the vector index are made anew from what SQL holds.

Everything is done in pieces that may be repeated, and what the store is indexed with is recorded
last: cut off at any moment, the mismatch that asked for it is still there, and doing it again
goes on from the vectors that were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from ingest.index_marks import EMBEDDING_MODEL, TOKENISER, recorded_mark
from ingest.passage_vectors import (
    BATCH,
    contents,
    is_embedded,
    lacks_vector,
    make_vectors,
    stored_vectors,
)
from kam_knowledge.language.tokens import TOKENISER_VERSION, tokens
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import IndexJob, Passage, PassageVector, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kam_knowledge.search.embeddings import Embedder
    from kam_knowledge.search.vectors import VectorIndex

    Vector = NDArray[np.float32]

_READ_AT_ONCE = 1_024

Progress = Callable[[str, int, int], None]
"""Told the step (tokens, vectors, index), how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did, in passages. `failed` are those the model gave no vector for."""

    retokenised: int = 0
    embedded: int = 0
    indexed: int = 0
    failed: int = 0


class Rebuild:
    """One rebuild; `run` does it."""

    def __init__(self, store: Store, progress: Progress | None) -> None:
        self._store = store
        self._progress = progress or (lambda *_: None)

    def run(self, embedder: Embedder | None, vectors: VectorIndex | None) -> Rebuilt:
        """Makes anew what another version made; without an embedder the tokens only."""
        retokenised = self._retokenise()
        if embedder is None or vectors is None:
            return Rebuilt(retokenised)
        embedded, failed = self._embed(embedder)
        placed: dict[int, str] = {}
        vectors.rebuild(embedder.model_id, self._batches(embedder, placed))
        self._catch_up(embedder, vectors, placed)
        with self._store.write() as session:
            session.merge(State(key=EMBEDDING_MODEL, value=embedder.model_id))
            _forget_unused(session, embedder.model_id)
            session.execute(
                update(IndexJob)
                .where(IndexJob.state == "parked")
                .values(state="due", attempts=0, problem=None, lease_until=None, lease_owner=None)
            )
        return Rebuilt(retokenised, embedded, len(placed), failed)

    def _retokenise(self) -> int:
        """Notes' passages get this version's tokens; the method's come with `catalogue.sync`."""
        with self._store.read() as session:
            recorded = recorded_mark(session, TOKENISER)
        done = 0
        if recorded not in (None, TOKENISER_VERSION):
            of_notes = Passage.note_id.is_not(None)
            total = self._count(of_notes)
            for ids in self._pages(of_notes, BATCH):
                with self._store.write() as session:
                    for passage in session.scalars(select(Passage).where(Passage.id.in_(ids))):
                        words = tokens(f"{passage.context}\n{passage.text}")
                        passage.tokens, passage.length = " ".join(words), len(words)
                done += len(ids)
                self._progress("tokens", done, total)
        with self._store.write() as session:
            session.merge(State(key=TOKENISER, value=TOKENISER_VERSION))
        return done

    def _embed(self, embedder: Embedder) -> tuple[int, int]:
        """(how many vectors were made, how many passages the model failed on)."""
        missing = lacks_vector(embedder)
        total = self._count(missing)
        done = failed = 0
        for page in self._pages(missing, _READ_AT_ONCE):
            with self._store.read() as session:
                found = contents(session, page, embedder)
            texts = {content.content_hash: content.text for content in found.values()}
            tell = partial(self._tell_embedded, done + failed, total)
            fresh, problems = make_vectors(self._store, embedder, texts, tell)
            done, failed = done + len(fresh), failed + len(problems)
        return done, failed

    def _tell_embedded(self, before: int, total: int, more: int) -> None:
        self._progress("vectors", min(before + more, total), total)

    def _batches(
        self, embedder: Embedder, placed: dict[int, str]
    ) -> Iterator[tuple[list[int], list[Vector]]]:
        """Ids and vectors of every passage that has one; `placed` notes what went in."""
        wanted = is_embedded(embedder)
        total = self._count(wanted)
        for ids in self._pages(wanted, _READ_AT_ONCE):
            with self._store.read() as session:
                found = contents(session, ids, embedder)
                hashes = {content.content_hash for content in found.values()}
                known = stored_vectors(session, embedder, hashes)
            here = {k: c.content_hash for k, c in found.items() if c.content_hash in known}
            placed |= here
            if here:
                yield list(here), [known[content_hash] for content_hash in here.values()]
            self._progress("index", len(placed), total)

    def _catch_up(self, embedder: Embedder, vectors: VectorIndex, placed: dict[int, str]) -> None:
        """What other workers wrote into the old index while the new one was being filled."""
        now: dict[int, str] = {}
        for ids in self._pages(is_embedded(embedder), _READ_AT_ONCE):
            with self._store.read() as session:
                found = contents(session, ids, embedder)
                changed = {
                    key: content.content_hash
                    for key, content in found.items()
                    if placed.get(key) != content.content_hash
                }
                known = stored_vectors(session, embedder, set(changed.values()))
            now |= {key: content.content_hash for key, content in found.items()}
            here = {key: value for key, value in changed.items() if value in known}
            if here:
                vectors.upsert(list(here), [known[value] for value in here.values()])
                placed |= here
        if gone := [key for key in placed if key not in now]:
            vectors.delete(gone)
            for key in gone:
                del placed[key]

    def _count(self, condition: ColumnElement[bool]) -> int:
        with self._store.read() as session:
            return session.scalar(select(func.count(Passage.id)).where(condition)) or 0

    def _pages(self, condition: ColumnElement[bool], size: int) -> Iterator[list[int]]:
        """The ids of the passages, ascending, page by page: nothing is held open between."""
        last = 0
        while True:
            page = select(Passage.id).where(condition, Passage.id > last)
            with self._store.read() as session:
                ids = list(session.scalars(page.order_by(Passage.id).limit(size)))
            if not ids:
                return
            yield ids
            last = ids[-1]


def _forget_unused(session: Session, model_id: str) -> None:
    """Drops the vectors of other models and of texts that no passage holds any more."""
    held = select(Passage.content_hash)
    session.execute(
        delete(PassageVector)
        .where((PassageVector.model_id != model_id) | PassageVector.content_hash.not_in(held))
        .execution_options(synchronize_session=False)
    )
