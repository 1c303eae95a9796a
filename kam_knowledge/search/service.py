"""Search: a query in, the passages that answer it out, under the rights of all who will read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.access import Rights
from kam_knowledge.errors import KamError
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.queries.book import BookNames
from kam_knowledge.search.fulltext import FullText
from kam_knowledge.search.named import named_things
from kam_knowledge.search.parts import Parts
from kam_knowledge.search.question import NamedThing, Question, understand
from kam_knowledge.search.ranking import Ranked, rank
from kam_knowledge.search.sql_source import Limits, SqlSource
from kam_knowledge.search.stored_vectors import StoredVectors
from kam_knowledge.search.visible import DOCUMENT, METHODOLOGY, NOTE, Filters, Visible
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Note, NotePlace, State
from kam_knowledge.store.models import Passage as PassageRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kam_knowledge.search.embeddings import Embedder
    from kam_knowledge.search.vectors import VectorIndex

    Vector = NDArray[np.float32]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Passage:
    """A passage found, with all that is needed to cite it; `text` is verbatim in its source."""

    id: int
    where: str
    """A file's place, `note-…`, or `methodology:…`."""
    title: str
    kind: str
    """note, document or methodology."""
    date: date | None
    account_id: int | None
    account: str | None
    """The account's name."""
    score: float
    """0 to 1, to order one query's passages by; no measure of truth."""
    text: str
    note_id: int | None
    heading: str
    coverage: float
    """How much of the query's words it holds, by their weight, 0 to 1."""
    similarity: float | None
    """The cosine to the query, None where no model had a say."""


class Search:
    """Finds passages; one a process, safe between threads.

    The providers are called when first needed: `embedder` gives None where full text alone is
    wanted, `vectors` None where another process owns the index; `look` is called where vectors
    have a say, and may tell of that owner. What cannot be had is logged once, and the search goes
    on with what there is.
    """

    def __init__(
        self,
        store: Store,
        embedder: Callable[[], Embedder | None],
        vectors: Callable[[], VectorIndex | None],
        *,
        limits: Limits | None = None,
        close: Callable[[], None] | None = None,
        look: Callable[[], None] | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._close = close
        self._look = look
        self._embedder = embedder
        self._vectors = vectors
        self._names = BookNames(store)
        self._fulltext = FullText.of(store.dialect)
        self._stored: StoredVectors | None = None
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def search(
        self,
        session: Session,
        rights: Rights,
        query: str,
        k: int = 10,
        *,
        account_ids: Collection[int] | None = None,
        kinds: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        names: Sequence[NamedThing] | None = None,
    ) -> list[Passage]:
        """At most k passages that all readers may see, best first.

        `account_ids` keeps to notes of these accounts, `kinds` to note, document, methodology
        (or a note's own kind), `since` and `until` to notes of these days. `names` are what the
        query names, where the caller has resolved them; else that is done here.
        Raises UsageError for an unknown kind.
        """
        filters = Filters(
            account_ids=None if account_ids is None else frozenset(account_ids),
            kinds=None if kinds is None else frozenset(kinds),
            since=since,
            until=until,
        )
        if names is None:
            names = named_things(query, self._names.current(session).names, rights)
        question = understand(query, names, Glossary.load(), rights.today)
        if not question.tokens or k < 1:
            return []
        visible = Visible(session, rights, filters)
        vector = self._vector(session, question)
        source = SqlSource(
            session,
            visible,
            self._fulltext,
            self._stored if vector is not None else None,
            self._index,
            self._limits,
        )
        return _passages(session, visible, rank(question, vector, source, k)[:k])

    def embedder(self) -> Embedder | None:
        """The model, None where full text alone is wanted."""
        return self._embedder()

    def vectors(self) -> VectorIndex | None:
        """The vector index, None where this process may not have it."""
        return self._vectors()

    def close(self) -> None:
        """Lets go of the index, if it was opened."""
        if self._close is not None:
            self._close()

    def _vector(self, session: Session, question: Question) -> Vector | None:
        """The query's vector; None where no model reads it, or none can be had."""
        try:
            embedder = self._embedder()
            if embedder is None or not self._indexed_by(session, embedder.model_id):
                return None
            if question.language == "zh" and not embedder.multilingual:
                return None
            vector = embedder.embed_query(question.text)
        # Providers raise whatever their clients do; full text still answers.
        except Exception as error:
            self._tell(f"searching without vectors: {str(error) or type(error).__name__}")
            return None
        if self._look is not None:
            self._look()
        with self._lock:
            if self._stored is None or self._stored.model_id != embedder.model_id:
                self._stored = StoredVectors(embedder.model_id, len(vector))
        return vector

    def _indexed_by(self, session: Session, model_id: str) -> bool:
        """Whether the store's vectors are that model's; if not, that is told."""
        recorded = session.scalar(select(State.value).where(State.key == "embedding_model"))
        if recorded is None or recorded == model_id:
            return True
        self._tell(
            f"searching without vectors: the store holds those of {recorded}, and {model_id} is "
            "set. Run `kam reindex` to embed it anew, or set KAM_EMBEDDINGS back."
        )
        return False

    def _index(self) -> VectorIndex | None:
        """The index, if it can be had and holds this model's vectors."""
        try:
            index = self._vectors()
        except KamError as error:
            self._tell(str(error))
            return None
        if index is None or self._stored is None or index.model_id == self._stored.model_id:
            return index
        self._tell(
            f"the vector index holds vectors of {index.model_id or 'no model'}, and "
            f"{self._stored.model_id} is set. Run `kam reindex` to build it anew."
        )
        return None

    def _tell(self, what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            _LOG.warning("%s", what)


def open_search(store: Store, *, embeddings: str, home: Path, chroma_url: str | None) -> Search:
    """Search over the store as the settings describe it; nothing is opened before it is needed.

    `embeddings` is a name for `open_embedder`, or "none"; the model's files and the index live
    under `home`, unless `chroma_url` names a server.
    """
    parts = Parts(embeddings, home, chroma_url)
    return Search(store, parts.embedder, parts.index, close=parts.close, look=parts.look)


def _passages(session: Session, visible: Visible, ranked: Sequence[Ranked]) -> list[Passage]:
    """The ranked passages, read again under the same rights."""
    place = (
        select(NotePlace.place)
        .where(NotePlace.note_id == Note.id)
        .order_by(NotePlace.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            PassageRow.id,
            PassageRow.method_key,
            PassageRow.title,
            PassageRow.heading,
            PassageRow.text,
            PassageRow.note_id,
            Note.key,
            Note.kind,
            Note.date,
            Note.account_id,
            Account.name.label("account"),
            place.label("place"),
        )
        .outerjoin(Note, Note.id == PassageRow.note_id)
        .outerjoin(Account, Account.id == Note.account_id)
        .where(visible.clause, PassageRow.id.in_([hit.id for hit in ranked]))
    )
    found = {row.id: row for row in rows}
    return [_passage(hit, found[hit.id]) for hit in ranked if hit.id in found]


def _passage(hit: Ranked, row: Any) -> Passage:
    if row.method_key is not None:
        kind, where = METHODOLOGY, row.method_key
    else:
        kind = DOCUMENT if row.kind == DOCUMENT else NOTE
        where = row.place or row.key
    return Passage(
        id=row.id,
        where=where,
        title=row.title,
        kind=kind,
        date=row.date,
        account_id=row.account_id,
        account=row.account,
        score=round(hit.score, 4),
        text=row.text,
        note_id=row.note_id,
        heading=row.heading,
        coverage=round(hit.coverage, 4),
        similarity=None if hit.similarity is None else round(hit.similarity, 4),
    )
