"""The ranking on passages in memory: what lifts one above another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.language.glossary import Glossary, TermPair
from kam_knowledge.language.tokens import query_tokens, tokens
from kam_knowledge.search.bm25 import BM25Index, Statistics
from kam_knowledge.search.candidates import Candidate, WordScorer
from kam_knowledge.search.question import Human, NamedThing, Question, understand
from kam_knowledge.search.ranking import rank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


class Shelf:
    """Passages in memory; `vectors` gives the ones that have any, `humans` who was at a note's."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        vectors: Mapping[int, Vector] | None = None,
        humans: Mapping[int | str, frozenset[Human]] | None = None,
    ) -> None:
        self.candidates = list(candidates)
        self.humans = humans or {}
        self.vectors = dict(vectors or {})

    def statistics(self, question: Question) -> Statistics:
        held = [set(c.tokens.split()) for c in self.candidates]
        frequencies = Counter(t for t in question.tokens for words in held if t in words)
        lengths = [c.length for c in self.candidates]
        return Statistics(len(held), sum(lengths) / max(len(lengths), 1), frequencies)

    def by_words(self, question: Question, statistics: Statistics, k: int) -> list[Candidate]:
        return [c for c in self.candidates if set(c.tokens.split()) & set(question.tokens)]

    def by_vector(self, vector: Vector, k: int) -> list[Candidate]:
        near = [c for c in self.candidates if c.id in self.vectors]
        return sorted(near, key=lambda c: -float(self.vectors[c.id] @ vector))[:k]

    def beside(self, places: Collection[tuple[int | str, int]]) -> list[Candidate]:
        return [c for c in self.candidates if (c.note, c.ordinal) in places]

    def present(self, notes: Collection[int | str]) -> dict[int | str, frozenset[Human]]:
        return {note: found for note, found in self.humans.items() if note in notes}

    def similarities(self, vector: Vector, candidates: Sequence[Candidate]) -> Vector:
        none = np.full(len(vector), np.nan, dtype=np.float32)
        held = [self.vectors.get(c.id, none) @ vector for c in candidates]
        return np.array(held, dtype=np.float32)


def passage(
    key: int, text: str, note: int | str | None = None, at: int = 0, **more: object
) -> Candidate:
    words = tokens(text)
    return Candidate(
        id=key,
        note=key if note is None else note,
        ordinal=at,
        tokens=" ".join(words),
        length=len(words),
        **more,  # type: ignore[arg-type]
    )


def order(question: Question, shelf: Shelf, vector: Vector | None = None) -> list[int]:
    return [hit.id for hit in rank(question, vector, shelf)]


FILLER = [passage(900 + n, f"filler number {n} about nothing at all") for n in range(6)]
EAST = np.array([1, 0], dtype=np.float32)
NORTH = np.array([0, 1], dtype=np.float32)


def test_a_passage_gains_from_neighbours_that_match() -> None:
    shelf = Shelf(
        [
            passage(1, "the migration cost worries them", note=10, at=4),
            passage(2, "the migration cost worries them", note=20, at=4),
            passage(3, "migration again and its cost", note=20, at=5),
            passage(4, "lunch and weather", note=10, at=5),
            *FILLER,
        ]
    )
    assert order(understand("migration cost worries"), shelf)[0] == 2


def test_a_passage_without_a_match_of_its_own_is_found_between_two_that_match() -> None:
    shelf = Shelf(
        [
            passage(1, "migration cost", note=10, at=0),
            passage(2, "they paused here", note=10, at=1),
            passage(3, "migration cost once more", note=10, at=2),
            *FILLER,
        ]
    )
    assert 2 in order(understand("migration cost"), shelf)


def test_a_note_of_one_passage_is_not_behind_a_long_document_for_its_length() -> None:
    document = [passage(n, "intro" if n % 2 else "outro", note=10, at=n) for n in range(1, 6)]
    document[2] = passage(3, "the price floor is agreed", note=10, at=3)
    shelf = Shelf([passage(50, "the price floor is agreed", note=50), *document, *FILLER])
    assert order(understand("price floor agreed"), shelf)[0] == 50


def test_the_account_that_the_query_names_goes_first() -> None:
    shelf = Shelf(
        [
            passage(1, "ACME Corp renewal in spring", account_id=1),
            passage(2, "Globex renewal in spring", account_id=2),
            *FILLER,
        ]
    )
    named = [NamedThing("格洛贝克斯", ("Globex",), 2, is_account=True)]
    assert order(understand("格洛贝克斯 renewal", named), shelf)[0] == 2


def test_passages_of_a_named_account_are_told_apart_by_what_else_they_say() -> None:
    once = passage(1, "Globex and Globex and Globex AG again Globex", account_id=2)
    other = passage(2, "about the firmware gateway heat", account_id=2)
    named = [NamedThing("Globex", ("Globex AG",), 2, is_account=True)]
    assert order(understand("Globex firmware", named), Shelf([once, other, *FILLER]))[0] == 2


def test_words_that_stand_together_go_before_the_same_words_far_apart() -> None:
    gap = " ".join(f"word{n}" for n in range(40))
    apart = passage(1, f"price {gap} floor")
    close = passage(2, f"price floor {gap}")
    assert order(understand("price floor"), Shelf([apart, close, *FILLER]))[0] == 2


def test_the_vectors_find_what_no_word_finds() -> None:
    vectors = {1: NORTH, 2: EAST, **{f.id: NORTH for f in FILLER}}
    shelf = Shelf(
        [passage(1, "unhappy people"), passage(2, "complaints piling up"), *FILLER], vectors
    )
    assert order(understand("dissatisfied customers"), shelf, EAST)[0] == 2


def test_without_a_vector_of_the_query_the_words_decide_alone() -> None:
    vectors = {f.id: EAST for f in FILLER}
    shelf = Shelf([passage(1, "renewal"), *FILLER], vectors)
    assert order(understand("renewal"), shelf) == [1]


def test_a_passage_without_a_vector_is_judged_by_its_words() -> None:
    shelf = Shelf([passage(1, "renewal price"), passage(2, "renewal"), *FILLER], {2: EAST})
    assert order(understand("renewal price"), shelf, EAST)[0] == 1


def test_either_language_finds_the_other_by_the_glossary() -> None:
    glossary = Glossary([TermPair(("renewal",), ("续约",), "contracts")])
    chinese = passage(1, "他们想推迟续约", language="zh")
    english = passage(2, "they want to postpone the renewal")
    assert order(understand("renewal", glossary=glossary), Shelf([chinese, *FILLER])) == [1]
    assert order(understand("续约", glossary=glossary), Shelf([english, *FILLER])) == [2]


def test_the_best_of_the_other_language_is_not_buried() -> None:
    glossary = Glossary([TermPair(("renewal",), ("续约",), "contracts")])
    own = [passage(n, f"the renewal talks about budget timing {n}") for n in range(1, 4)]
    chinese = passage(99, f"续约 {' '.join(f'w{n}' for n in range(60))}", language="zh")
    question = understand("renewal talks about budget timing", glossary=glossary)
    hits = rank(question, None, Shelf([*own, chinese, *FILLER]))
    scores = {hit.id: hit.score for hit in hits}
    assert scores[99] == pytest.approx(0.65 * hits[0].score, rel=1e-4)


def test_a_note_goes_before_the_method_that_says_as_much() -> None:
    text = "score the account by its growth"
    shelf = Shelf(
        [passage(1, text, note="methodology:en/scoring", method=True), passage(2, text), *FILLER]
    )
    assert order(understand("score growth"), shelf)[:2] == [2, 1]


def test_the_method_in_the_askers_language_goes_first() -> None:
    text = "评分 scoring matrix"
    shelf = Shelf(
        [
            passage(1, text, note="methodology:zh/s", method=True, language="zh"),
            passage(2, text, note="methodology:en/s", method=True, language="en"),
            *FILLER,
        ]
    )
    assert order(understand("what is the scoring matrix"), shelf)[0] == 2
    assert order(understand("评分怎么做"), shelf)[0] == 1


def test_of_two_equals_the_newer_goes_first() -> None:
    shelf = Shelf([passage(1, "renewal", day=738000), passage(2, "renewal", day=739000), *FILLER])
    assert order(understand("renewal"), shelf) == [2, 1]


def test_nothing_is_found_where_nothing_matches() -> None:
    assert rank(understand("renewal"), None, Shelf(FILLER)) == []


def test_more_are_found_when_more_are_wanted() -> None:
    shelf = Shelf([passage(n, f"renewal {n}") for n in range(1, 301)])
    assert len(rank(understand("renewal"), None, shelf, 250)) >= 250


WORDS = ["renewal", "price", "acme", "gateway", "heat", "budget", "lunch"]
sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@given(st.lists(sentences, min_size=1, max_size=12), sentences, st.data())
def test_the_order_does_not_depend_on_the_order_of_the_candidates(
    texts: list[str], query: str, data: st.DataObject
) -> None:
    shelf = [passage(n, text, note=n // 3, at=n % 3) for n, text in enumerate(texts)]
    shuffled = data.draw(st.permutations(shelf))
    first = rank(understand(query), None, Shelf(shelf))
    second = rank(understand(query), None, Shelf(shuffled))
    assert {h.id: pytest.approx(h.score, abs=1e-5) for h in first} == {
        h.id: h.score for h in second
    }


@given(st.lists(sentences, min_size=1, max_size=12), sentences)
def test_scores_and_coverage_lie_between_0_and_1_and_descend(texts: list[str], query: str) -> None:
    shelf = Shelf([passage(n, text, note=n // 3, at=n % 3) for n, text in enumerate(texts)])
    hits = rank(understand(query), None, shelf)
    assert all(0 < hit.score <= 1 and 0 <= hit.coverage <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@given(st.lists(sentences, min_size=1, max_size=6), sentences)
def test_candidates_score_as_an_index_of_them_would(texts: list[str], query: str) -> None:
    """Also where a token stands twice in a row, as a two-character word always does."""
    shelf = Shelf([passage(n, f"{text} {text}") for n, text in enumerate(texts)])
    question = understand(query)
    scorer = WordScorer(question, shelf.statistics(question))
    index = BM25Index([c.tokens.split() for c in shelf.candidates])
    expected = index.scores(query_tokens(query))
    assert scorer.scores(shelf.candidates) == pytest.approx(expected, rel=1e-4, abs=1e-5)


DANA = frozenset({("contact", 1)})
NAMING_DANA = understand(
    "does Dana Wu want the pilot to end before summer", [NamedThing("Dana Wu", humans=DANA)]
)


def test_a_note_of_a_touch_with_the_named_person_goes_before_one_that_mentions_her() -> None:
    there = passage(1, "the pilot may well end before the summer")
    mentioned = passage(2, "the pilot may well end, says Dana Wu")
    shelf = [mentioned, there, *FILLER]
    assert order(NAMING_DANA, Shelf(shelf)) == [2, 1]
    assert order(NAMING_DANA, Shelf(shelf, humans={1: DANA})) == [1, 2]


def test_among_touches_with_the_named_person_the_other_words_decide() -> None:
    pilot = passage(1, "the pilot may well end before the summer")
    lunch = passage(2, "lunch with Dana Wu, Dana Wu was late")
    shelf = Shelf([lunch, pilot, *FILLER], humans={1: DANA, 2: DANA})
    assert order(NAMING_DANA, shelf) == [1, 2]


def test_a_time_in_the_query_lifts_the_notes_of_that_time() -> None:
    october, may = date(2026, 10, 14), date(2026, 5, 4)
    shelf = Shelf(
        [
            passage(1, "talk about the renewal price, the renewal again", day=may.toordinal()),
            passage(2, "talk about the renewal, lunch, then the price", day=october.toordinal()),
            *FILLER,
        ]
    )
    asked = "renewal price talk in October"
    assert order(understand(asked), shelf) == [1, 2]
    assert order(understand(asked, today=date(2026, 11, 21)), shelf) == [2, 1]


def test_a_synonym_finds_what_the_querys_own_word_does_not() -> None:
    glossary = Glossary([TermPair(("notice", "termination letter"), ("通知",), "contracts")])
    shelf = Shelf([passage(1, "the termination letter came by post"), *FILLER])
    assert order(understand("who gave notice"), shelf) == []
    assert order(understand("who gave notice", glossary=glossary), shelf) == [1]
