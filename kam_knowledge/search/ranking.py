"""The ranking, the same for the product and for measurements: words and vectors, weighed by what
the query holds, each passage helped by its neighbours and by the best passage of its note.

Where the passages come from is a `Source`'s business; only numbers are seen here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from kam_knowledge.search.bm25 import Statistics
from kam_knowledge.search.candidates import Candidate, WordScorer
from kam_knowledge.search.question import Human, Question

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

# Few figures, each flat around its place on the validation meetings and the sample book.
POOL = 48
"""How many passages each of the two rankings sends into the pool; the words send half as many
again in the language that the query is not in."""
HEAD = 24
"""How many of the pool bring their neighbours along."""
TOGETHER = 0.8
"""What the query's words standing together add to BM25, which does not see where they stand."""
FLOOR = 0.35
"""The part of the best cosine that says nothing: any two texts are that near."""
NEIGHBOUR = 0.3
"""What a neighbour's score adds to a passage's own. A place without a neighbour counts as the
passage itself: else a long document would always go before a note of one passage."""
NOTE = 0.5
"""What the best passage of a note adds to each of its passages."""
NAMED = 0.35
"""What being about an account that the query names adds, as a part of the best score."""
METHOD = 0.8
"""What is left of the score of a passage of the method, which speaks of no account: among notes
that say as much it is the less likely answer."""
OTHER_LANGUAGE = 0.6
"""What is left of that when it is not in the asker's language; the method is there in both."""
FOREIGN = 0.65
"""What part of the best score the best note in the other language has at least: a translated
question holds fewer of a passage's words than one in the passage's language."""
PRESENT = 0.12
"""What having been there adds, of those whom the query names, as a part of the best score."""
DATED = 0.35
"""What lying in a time that the query speaks of adds, as a part of the best score."""
MOST = (1 + 2 * NEIGHBOUR) * (1 + NOTE) * (1 + NAMED + PRESENT + DATED)
"""The most that a passage can reach: what scores are divided by, to lie between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage's place in the ranking and what brought it there."""

    id: int
    score: float
    coverage: float
    """How much of the query's words the passage holds, by their weight, 0 to 1."""
    similarity: float | None
    """The cosine, None where no vector has a say."""


class Source(Protocol):
    """Where candidates come from; all of them are passages that may be seen."""

    def statistics(self, question: Question) -> Statistics:
        """The collection's numbers for the query's tokens."""

    def by_words(self, question: Question, statistics: Statistics, k: int) -> Sequence[Candidate]:
        """Passages that hold some of the query's tokens, among them the k that BM25 likes best."""

    def by_vector(self, vector: Vector, k: int) -> Sequence[Candidate]:
        """The k passages nearest to the vector."""

    def beside(self, places: Collection[tuple[int | str, int]]) -> Sequence[Candidate]:
        """The passages at these places (note, ordinal), where there are any."""

    def present(self, notes: Collection[int | str]) -> Mapping[int | str, frozenset[Human]]:
        """Who was at the touches that these notes tell of, their authors too."""

    def similarities(self, vector: Vector, candidates: Sequence[Candidate]) -> Vector:
        """The cosine of each; NaN for a passage that has no vector, or none that means anything."""


def rank(question: Question, vector: Vector | None, source: Source, k: int = 10) -> list[Ranked]:
    """The passages found, best first: at least k where there are as many.

    `vector` is the query's, None where no model may vote: the words then decide alone, as they
    do for a passage without a vector.
    """
    scorer = WordScorer(question, source.statistics(question))
    size = max(POOL, k)
    by_words = source.by_words(question, scorer.statistics, size)
    scores = scorer.scores(by_words)
    pool: dict[int, Candidate] = {}
    for own in (True, False):
        some = [i for i, one in enumerate(by_words) if (one.language == question.language) is own]
        best = _best(scores[some], size if own else size // 2)
        pool |= {by_words[some[i]].id: by_words[some[i]] for i in best if scores[some[i]] > 0}
    if vector is not None:
        pool |= {candidate.id: candidate for candidate in source.by_vector(vector, size)}
    if not pool:
        return []
    candidates = list(pool.values())
    if question.humans:
        scorer.present = source.present({candidate.note for candidate in candidates})
    first, _ = _fused(question, scorer.scores(candidates), candidates, vector, source)
    places = {(candidate.note, candidate.ordinal) for candidate in candidates}
    head = [candidates[i] for i in _best(first, HEAD)]
    wanted = {(one.note, one.ordinal + step) for one in head for step in (-1, 1)} - places
    candidates += [one for one in source.beside(wanted) if one.id not in pool]
    words = _share(scorer.scores(candidates)) + TOGETHER * _share(scorer.together(candidates))
    score, cosine = _fused(question, words, candidates, vector, source)
    score = _in_context(question, candidates, score, scorer.company(candidates))
    coverage = scorer.coverage(candidates)
    order = sorted(
        (i for i in range(len(candidates)) if score[i] > 0),
        key=lambda i: (-score[i], -candidates[i].day, candidates[i].id),
    )
    return [
        Ranked(
            id=candidates[i].id,
            score=float(score[i]),
            coverage=float(coverage[i]),
            similarity=None if cosine is None or cosine[i] != cosine[i] else float(cosine[i]),
        )
        for i in order
    ]


def _fused(
    question: Question,
    words: Vector,
    candidates: Sequence[Candidate],
    vector: Vector | None,
    source: Source,
) -> tuple[Vector, Vector | None]:
    """Both rankings on one scale, the best of each being 1, and their weighted sum; the cosines."""
    import numpy as np

    by_words = _share(words)
    if vector is None:
        return by_words, None
    cosine = source.similarities(vector, candidates)
    heard = ~np.isnan(cosine)
    known = np.where(heard, np.maximum(cosine, 0.0), 0.0)
    by_vector = _share(np.maximum(known - FLOOR * known.max(initial=0.0), 0.0))
    weight = np.where(heard, question.words, 1.0)
    score = weight * by_words + (1 - weight) * by_vector
    return np.asarray(score, dtype=np.float32), cosine


def _best(scores: Vector, k: int) -> NDArray[np.int64]:
    """The places of the k highest scores, highest first."""
    return (-scores).argsort(kind="stable")[:k]


def _share(values: NDArray[Any]) -> Vector:
    """The values as parts of the largest."""
    import numpy as np

    return np.asarray(values / max(float(values.max(initial=0.0)), 1e-9), dtype=np.float32)


def _in_context(
    question: Question, candidates: Sequence[Candidate], score: Vector, company: Vector
) -> Vector:
    """The scores with what a passage's surroundings say for it."""
    import numpy as np

    at = {(c.note, c.ordinal): i for i, c in enumerate(candidates)}
    gained = score.copy()
    for i, candidate in enumerate(candidates):
        for step in (-1, 1):
            beside = at.get((candidate.note, candidate.ordinal + step))
            gained[i] += NEIGHBOUR * score[i if beside is None else beside]
    best: dict[int | str, float] = {}
    for i, candidate in enumerate(candidates):
        best[candidate.note] = max(best.get(candidate.note, 0.0), float(gained[i]))
    gained += NOTE * np.array([best[candidate.note] for candidate in candidates], np.float32)
    top = float(gained.max())
    if question.account_ids:
        named = np.array([one.account_id in question.account_ids for one in candidates])
        gained += np.float32(NAMED * top) * named
    gained += np.float32(PRESENT * top) * company
    if question.days:
        dated = [any(a <= one.day <= b for a, b in question.days) for one in candidates]
        gained += np.float32(DATED * top) * np.array(dated)
    own = np.array([one.language == question.language for one in candidates])
    method = np.array([one.method for one in candidates])
    gained *= np.where(method, np.where(own, METHOD, METHOD * OTHER_LANGUAGE), 1.0)
    foreign = ~own & ~method
    if foreign.any() and (lead := float(gained[foreign].max())) > 0:
        gained[foreign] *= max(1.0, FOREIGN * float(gained.max()) / lead)
    return np.asarray(gained / MOST, dtype=np.float32)
