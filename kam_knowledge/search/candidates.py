"""Candidates of a query, and what its words say for each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kam_knowledge.search.bm25 import Statistics, contributions
from kam_knowledge.search.question import Human, Question, Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

NEAR = 15
"""Tokens within which words stand together: a sentence."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage as far as ranking goes."""

    id: int
    note: int | str
    """What its neighbours share with it: the note's id, the method's document."""
    ordinal: int
    tokens: str
    """Space-separated."""
    length: int
    content_hash: str = ""
    account_id: int | None = None
    language: str = "en"
    method: bool = False
    day: int = 0
    """The ordinal of its date: of two equals the newer goes first."""


class WordScorer:
    """Scores candidates by a query's words; what it read of one it does not read again."""

    def __init__(
        self,
        question: Question,
        statistics: Statistics,
        present: Mapping[int | str, frozenset[Human]] | None = None,
    ) -> None:
        self.statistics = statistics
        self.present = present or {}
        """Who was at the touches that notes tell of, by note."""
        self._question = question
        self._tokens = question.tokens
        self._column = {token: number for number, token in enumerate(self._tokens)}
        self._weights = [statistics.weight(token) for token in self._tokens]
        self._held: dict[int, list[tuple[int, int]]] = {}

    def scores(self, candidates: Sequence[Candidate]) -> Vector:
        """BM25 of the query's own tokens and of the best writing of each term with several."""
        import numpy as np

        lengths = np.array([candidate.length for candidate in candidates], dtype=np.float32)
        counts = self._counts(candidates)
        added = contributions(self._tokens, counts, lengths, self.statistics)
        return self._weighed(added, candidates)

    def coverage(self, candidates: Sequence[Candidate]) -> Vector:
        """How much of the query's words each holds, by their weight, 0 to 1."""
        import numpy as np

        there = np.minimum(self._counts(candidates), 1.0)
        held = np.asarray(there * np.array(self._weights), dtype=np.float32)
        most = self._most(self._question.terms)
        most += sum(self._most(term.writings[0]) for term in self._question.variants)
        found = self._weighed(held, candidates) / max(most, 1e-9)
        return np.asarray(np.minimum(found, 1.0), dtype=np.float32)

    def together(self, candidates: Sequence[Candidate]) -> Vector:
        """The weight of the tokens that stand within `NEAR` of each other, at the best place.

        The names of accounts are left out: they stand in front of every passage of theirs.
        """
        import numpy as np

        weights = [0.0] * len(self._tokens)
        terms = [term.writings for term in self._question.variants if term.account_id is None]
        for writing in (self._question.terms, *(way for ways in terms for way in ways)):
            for token, times in writing.items():
                column = self._column[token]
                weights[column] = max(weights[column], times * self._weights[column])
        found = [_densest(self._places(candidate), weights) for candidate in candidates]
        return np.array(found, dtype=np.float32)

    def _weighed(self, matrix: NDArray[np.float32], candidates: Sequence[Candidate]) -> Vector:
        """The columns of a matrix (candidates, tokens) added up as the query weighs them."""
        import numpy as np

        def added(writing: Weights) -> Vector:
            columns = [self._column[token] for token in writing]
            weights = np.array(list(writing.values()), dtype=np.float32)
            return np.asarray(matrix[:, columns] @ weights, dtype=np.float32)

        total = added(self._question.terms)
        for term in self._question.variants:
            first, *others = term.writings
            best = added(first)
            for writing in others:
                # A writing that few passages have is no rarer a thing than the term itself.
                least = min(self._rarity(first), self._rarity(writing))
                best = np.maximum(best, added(writing) * (least / self._rarity(writing)))
            if term.account_id is not None and len(candidates):
                own = [candidate.account_id == term.account_id for candidate in candidates]
                best[own] = best.max()
            if term.humans and len(candidates):
                own = [self._present(candidate, term.humans) for candidate in candidates]
                best[own] = best.max()
            total += best
        return total

    def _present(self, candidate: Candidate, humans: frozenset[Human]) -> bool:
        return not humans.isdisjoint(self.present.get(candidate.note, ()))

    def company(self, candidates: Sequence[Candidate]) -> Vector:
        """Which part of the humans that the query names was at the touch that each tells of."""
        import numpy as np

        named = self._question.humans
        found = [sum(self._present(one, humans) for humans in named) for one in candidates]
        return np.array(found, dtype=np.float32) / np.float32(max(len(named), 1))

    def _rarity(self, writing: Weights) -> float:
        """The mean weight of a writing's tokens; of none it is boundless."""
        return self._most(writing) / sum(writing.values()) if writing else math.inf

    def _most(self, writing: Weights) -> float:
        return sum(weight * self.statistics.weight(token) for token, weight in writing.items())

    def _counts(self, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        import numpy as np

        width = len(self._tokens)
        flat = [
            row * width + column
            for row, candidate in enumerate(candidates)
            for _, column in self._places(candidate)
        ]
        counts = np.bincount(flat, minlength=len(candidates) * width)
        return counts.reshape(-1, width).astype(np.float32)

    def _places(self, candidate: Candidate) -> list[tuple[int, int]]:
        """Where the candidate holds tokens of the query: (place in the text, token)."""
        known = self._held.get(candidate.id)
        if known is None:
            column = self._column
            known = self._held[candidate.id] = [
                (place, column[token])
                for place, token in enumerate(candidate.tokens.split(" "))
                if token in column
            ]
        return known


def _densest(places: Sequence[tuple[int, int]], weights: Sequence[float]) -> float:
    """The most that different tokens within `NEAR` of each other weigh."""
    inside: dict[int, int] = {}
    first, held, best = 0, 0.0, 0.0
    for place, token in places:
        inside[token] = inside.get(token, 0) + 1
        if inside[token] == 1:
            held += weights[token]
        while places[first][0] < place - NEAR:
            left = places[first][1]
            inside[left] -= 1
            if not inside[left]:
                held -= weights[left]
            first += 1
        best = max(best, held)
    return best
