"""Index jobs become vectors: in SQL first, then in the vector index, then the jobs are finished.

The order is what makes a kill harmless. A job stays due until the index holds what SQL holds;
whatever was done before the kill is found done when it is taken up again. What to do for a
passage is read from the passage itself when its job runs, never from the job: there, it is
upserted; gone, or not to be embedded, it is deleted. Jobs may therefore run twice, late, in any
order and side by side, and the index still ends as SQL stands.

A process without the index (another one owns its folder) embeds what has no vector yet and lets
go of the jobs, which stay due for the owner. No marker is needed: a vector that is there is the
marker, and the owner finds it there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from ingest import leases
from ingest.index_marks import (
    EMBEDDING_MODEL,
    TOKENISER,
    check_tokeniser,
    record_first,
    recorded_mark,
)
from ingest.passage_vectors import (
    Content,
    contents,
    lacks_vector,
    make_vectors,
    stored_vectors,
)
from ingest.reindex import Progress, Rebuild, Rebuilt
from kam_knowledge.clock import Clock
from kam_knowledge.errors import IndexMismatch, StoreUnavailable
from kam_knowledge.language.tokens import TOKENISER_VERSION
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import IndexJob, Passage

if TYPE_CHECKING:
    from kam_knowledge.search.embeddings import Embedder
    from kam_knowledge.search.vectors import VectorIndex

CLAIM = 1_024
"""Jobs claimed at once, so that texts of one length can be embedded together."""
LEASE = dt.timedelta(minutes=5)
TRIES = 5
"""After so many failures of its own a job is parked with its problem."""
PAUSE = dt.timedelta(minutes=1)
"""Until the second try; each further one waits four times as long."""

DUE, PARKED = leases.DUE, "parked"


@dataclass(frozen=True)
class _Job:
    id: int
    passage_id: int
    attempts: int


class Indexer:
    """Brings vectors and the vector index to what SQL holds.

    The providers are called when there is work: `embedder` gives None where only full text is
    wanted (jobs then wait until there is a model), `vectors` None where another process owns
    the index.
    """

    def __init__(
        self,
        store: Store,
        embedder: Callable[[], Embedder | None],
        vectors: Callable[[], VectorIndex | None],
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._vectors = vectors
        self._owner = leases.new_owner()

    def pending(self) -> int:
        """How many jobs are still to be done; parked ones are not counted."""
        with self._store.read() as session:
            return session.scalar(select(func.count()).where(IndexJob.state == DUE)) or 0

    def run_due(
        self,
        *,
        limit: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Does what is due, at most `limit` jobs; returns how many were done.

        Without the vector index a job counts as done when its vector is in SQL, and stays due.
        `progress` is told how many are done and how many there were. Raises IndexMismatch when
        the store was indexed by another model or tokeniser, and whatever the model or the index
        raises when it fails as a whole: the jobs are then due as before.
        """
        total = self.pending()
        if not total:
            return 0
        embedder = self._embedder()
        if embedder is None:
            return 0
        self.check(embedder)
        vectors = self._vectors()
        leases.free_the_gone(self._store, IndexJob)
        done = 0

        def tell(before: int, more: int = 0) -> None:
            if progress is not None:
                progress(min(before + more, total), total)

        while limit is None or done < limit:
            size = CLAIM if limit is None else min(CLAIM, limit - done)
            jobs = self._claim(size, embedder, with_index=vectors is not None)
            if not jobs:
                break
            with self._released_on_failure(jobs):
                done += self._do(jobs, embedder, vectors, partial(tell, done))
            tell(done)
        return done

    def rebuild(self, *, progress: Progress | None = None) -> Rebuilt:
        """Makes tokens, vectors and the vector index anew where they are not this program's.

        Embeds only what has no vector under the model. Raises StoreUnavailable when another
        process owns the index, and whatever the model raises; the old index then stays.
        """
        embedder = self._embedder()
        vectors = self._vectors() if embedder is not None else None
        if embedder is not None and vectors is None:
            raise StoreUnavailable(
                "another process owns the vector index.",
                "Stop it (`kam serve`), then run `kam reindex` again.",
            )
        rebuilt = Rebuild(self._store, progress).run(embedder, vectors)
        self.run_due()
        return rebuilt

    def check(self, embedder: Embedder) -> None:
        """Raises IndexMismatch when the store was indexed by another model or tokeniser.

        A store that no model has indexed yet is marked with this one.
        """
        with self._store.read() as session:
            check_tokeniser(session)
            recorded = recorded_mark(session, EMBEDDING_MODEL)
        if recorded is None:
            with self._store.write() as session:
                record_first(session, EMBEDDING_MODEL, embedder.model_id)
                record_first(session, TOKENISER, TOKENISER_VERSION)
                recorded = recorded_mark(session, EMBEDDING_MODEL)
        if recorded != embedder.model_id:
            raise IndexMismatch(
                f"the index was built with {recorded}, and {embedder.model_id} is set.",
                "Run `kam reindex` to build it anew, or set KAM_EMBEDDINGS back.",
            )

    def _claim(self, size: int, embedder: Embedder, *, with_index: bool) -> list[_Job]:
        now = Clock.now()
        free = and_(
            IndexJob.state == DUE, or_(IndexJob.lease_until.is_(None), IndexJob.lease_until < now)
        )
        wanted = select(IndexJob.id).where(free)
        if not with_index:
            wanted = wanted.join(Passage, Passage.id == IndexJob.passage_id).where(
                lacks_vector(embedder)
            )
        # On PostgreSQL the rows that another worker is claiming are passed over; SQLite, where
        # the clause compiles to nothing, has one writer at a time.
        wanted = wanted.order_by(IndexJob.id).limit(size)
        chosen = wanted.with_for_update(skip_locked=True, of=IndexJob).cte("chosen")
        claim = (
            update(IndexJob)
            .where(IndexJob.id.in_(select(chosen.c.id)), free)
            .values(lease_owner=self._owner, lease_until=now + LEASE)
            .returning(IndexJob.id, IndexJob.passage_id, IndexJob.attempts)
            .execution_options(synchronize_session=False)
        )
        with self._store.write() as session:
            return [_Job(*row) for row in session.execute(claim)]

    def _do(
        self,
        jobs: list[_Job],
        embedder: Embedder,
        vectors: VectorIndex | None,
        told: Callable[[int], None],
    ) -> int:
        ids = sorted({job.passage_id for job in jobs})
        with self._store.read() as session:
            found = contents(session, ids, embedder)
            wanted = {c.content_hash: c.text for c in found.values() if c.embeddable}
            known = stored_vectors(session, embedder, wanted.keys())
        missing = {key: text for key, text in wanted.items() if key not in known}
        fresh, problems = make_vectors(self._store, embedder, missing, told)
        if vectors is not None:
            known |= fresh
            placed = {
                key: known[content.content_hash]
                for key, content in found.items()
                if content.embeddable and content.content_hash in known
            }
            failed = {k for k, c in found.items() if c.content_hash in problems}
            if placed:
                vectors.upsert(list(placed), list(placed.values()))
            if gone := [key for key in ids if key not in placed and key not in failed]:
                vectors.delete(gone)
        return self._finish(jobs, found, problems, indexed=vectors is not None)

    def _finish(
        self,
        jobs: list[_Job],
        found: Mapping[int, Content],
        problems: Mapping[str, str],
        *,
        indexed: bool,
    ) -> int:
        """Finishes the jobs whose passage is still what was indexed; the others stay due."""
        done: list[int] = []
        free: list[int] = []
        with self._store.write() as session:
            now = dict(
                session.execute(
                    select(Passage.id, Passage.content_hash).where(
                        Passage.id.in_({job.passage_id for job in jobs})
                    )
                ).all()
            )
            for job in jobs:
                content = found.get(job.passage_id)
                was = content.content_hash if content else None
                if was is not None and was in problems:
                    self._fail(session, job, problems[was])
                elif indexed and now.get(job.passage_id) == was:
                    done.append(job.id)
                else:
                    free.append(job.id)
            session.execute(delete(IndexJob).where(IndexJob.id.in_(done)))
            self._release(session, free)
        return len(free) if not indexed else len(done)

    def _fail(self, session: Session, job: _Job, problem: str) -> None:
        attempts = job.attempts + 1
        session.execute(
            update(IndexJob)
            .where(IndexJob.id == job.id, IndexJob.lease_owner == self._owner)
            .values(
                attempts=attempts,
                problem=problem,
                state=PARKED if attempts >= TRIES else DUE,
                lease_owner=None,
                lease_until=Clock.now() + PAUSE * 4 ** (attempts - 1),
            )
        )

    def _release(self, session: Session, job_ids: list[int]) -> None:
        session.execute(
            update(IndexJob)
            .where(IndexJob.id.in_(job_ids), IndexJob.lease_owner == self._owner)
            .values(lease_owner=None, lease_until=None)
        )

    @contextmanager
    def _released_on_failure(self, jobs: list[_Job]) -> Iterator[None]:
        try:
            yield
        except BaseException:
            with self._store.write() as session:
                self._release(session, [job.id for job in jobs])
            raise
