"""The product's source of candidates: SQL for words and rights, Chroma or SQL for nearness."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.errors import StoreUnavailable
from kam_knowledge.language.normalise import has_han
from kam_knowledge.search.bm25 import Statistics
from kam_knowledge.search.candidates import Candidate
from kam_knowledge.search.fulltext import FullText
from kam_knowledge.search.question import Human, Question
from kam_knowledge.search.stored_vectors import StoredVectors
from kam_knowledge.search.visible import COLUMNS, Visible
from kam_knowledge.store.models import Interaction, Note, Passage

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from kam_knowledge.search.vectors import VectorIndex

    Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Limits:
    """How many passages are few. Up to `handful` visible ones all are candidates; up to `few`
    each gets an exact cosine; of more the index is asked, for at most `farthest` neighbours:
    who may see fewer of these than wanted gets exact cosines after all."""

    handful: int = 400
    few: int = 4_000
    farthest: int = 8_192


T = TypeVar("T")
_LOG = logging.getLogger(__name__)


class SqlSource:
    """What one reader may see of the store, as candidates (see `ranking.Source`)."""

    def __init__(
        self,
        session: Session,
        visible: Visible,
        fulltext: FullText,
        stored: StoredVectors | None,
        index: Callable[[], VectorIndex | None],
        limits: Limits,
    ) -> None:
        self._session = session
        self._visible = visible
        self._fulltext = fulltext
        self._stored = stored
        self._index = index
        self._limits = limits

    def statistics(self, question: Question) -> Statistics:
        """See `Source`. Of the whole collection, whoever asks: rarity is no secret, and scores
        stay comparable."""
        return self._fulltext.statistics(self._session, question.tokens)

    def by_words(self, question: Question, statistics: Statistics, k: int) -> Sequence[Candidate]:
        """See `Source`."""
        if self._all is not None:
            return self._all
        share = min(self._at_most / max(statistics.passages, 1), 1.0)
        few = self._visible.listed(Passage.id) if self._at_most <= self._limits.few else None
        found: dict[int, Candidate] = {}
        # One script after the other: the words of a question would leave no room for its
        # translation, which fewer passages hold and none holds whole.
        for tokens in _by_script(question.tokens):
            sought = self._fulltext.choose(tokens, statistics, share, k + k // 2)
            if sought.tokens:
                statement = self._fulltext.matching(self._visible.candidates(), sought, few)
                found |= {one.id: one for one in self._visible.read(statement)}
        return list(found.values())

    def by_vector(self, vector: Vector, k: int) -> Sequence[Candidate]:
        """See `Source`."""
        if self._stored is None:
            return []
        if self._all is not None:
            return _nearest(self._all, self.similarities(vector, self._all), k)
        index = self._index() if self._at_most > self._limits.few else None
        if index is not None:
            try:
                near = self._indexed(index, vector, k)
            except StoreUnavailable as error:
                _LOG.warning("%s", error)
            else:
                if near is not None:
                    return near
        return self._exact(vector, k)

    def beside(self, places: Collection[tuple[int | str, int]]) -> Sequence[Candidate]:
        """See `Source`."""
        if self._all is not None:
            return [one for one in self._all if (one.note, one.ordinal) in places]
        return self._visible.beside(places)

    def present(self, notes: Collection[int | str]) -> dict[int | str, frozenset[Human]]:
        """See `Source`."""
        rows = self._visible.rows(
            select(Note.id, Note.author_id, Interaction.contact_ids, Interaction.person_ids)
            .outerjoin(Interaction, Interaction.note_id == Note.id)
            .where(Note.id.in_(sorted(note for note in notes if isinstance(note, int))))
        )
        found: dict[int | str, frozenset[Human]] = {}
        for note, author, contacts, people in rows:
            ours = {*(people or ()), *([author] if author is not None else ())}
            found[note] = frozenset(
                [*(("contact", key) for key in contacts or ()), *(("person", key) for key in ours)]
            )
        return found

    def similarities(self, vector: Vector, candidates: Sequence[Candidate]) -> Vector:
        """See `Source`."""
        import numpy as np

        if self._stored is None:
            return np.full(len(candidates), np.nan, dtype=np.float32)
        hashes = [candidate.content_hash for candidate in candidates]
        return self._stored.cosines(self._session, vector, hashes)

    @cached_property
    def _at_most(self) -> int:
        return self._visible.at_most(self._fulltext.figures(self._session), self._limits.few)

    @cached_property
    def _all(self) -> list[Candidate] | None:
        """All that is visible, where that is but a handful."""
        if self._at_most > self._limits.handful:
            return None
        # Read even where nothing was counted: a note may have come since.
        return self._visible.read(self._visible.listed(*COLUMNS))

    def _indexed(self, index: VectorIndex, vector: Vector, k: int) -> list[Candidate] | None:
        """The index's nearest that are visible; None where they lie too thin among the others."""
        held = self._fulltext.figures(self._session).passages
        reach = int(k * held / max(self._at_most, 1) * 1.2) + 8
        while True:
            near = index.query(vector, min(reach, held))
            found = self._visible.by_id([key for key, _ in near])
            if len(found) >= k or reach >= held:
                return found[:k]
            if reach >= self._limits.farthest:
                return None
            reach *= 2

    def _exact(self, vector: Vector, k: int) -> list[Candidate]:
        assert self._stored is not None
        rows = self._visible.rows(self._visible.listed(Passage.id, Passage.content_hash))
        cosines = self._stored.cosines(self._session, vector, [content for _, content in rows])
        return self._visible.by_id([key for key, _ in _nearest(rows, cosines, k)])


def _by_script(tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    """The Latin tokens and the Chinese ones."""
    han = [token for token in tokens if has_han(token)]
    return [token for token in tokens if token not in set(han)], han


def _nearest(rows: Sequence[T], cosines: Vector, k: int) -> list[T]:
    """The k rows of the greatest cosines, those without one left out."""
    import numpy as np

    order = np.argsort(-cosines, kind="stable")[:k]  # NaN goes last
    return [rows[i] for i in order if not np.isnan(cosines[i])]
