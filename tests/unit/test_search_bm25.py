"""BM25, k1 1.2 and b 0.75: the figures, and the laws they obey."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.search.bm25 import BM25Index, Statistics, contributions

words = st.sampled_from(["renewal", "price", "acme", "续约", "价格", "gateway"])
passages = st.lists(st.lists(words, min_size=1, max_size=12), min_size=1, max_size=8)


def naive(passage: list[str], query: list[str], collection: list[list[str]]) -> float:
    """The formula as a textbook has it, one passage and one token at a time."""
    average = sum(map(len, collection)) / len(collection)
    total = 0.0
    for token in query:
        holding = sum(token in other for other in collection)
        weight = log(1 + (len(collection) - holding + 0.5) / (holding + 0.5))
        count = passage.count(token)
        norm = 1.2 * (1 - 0.75 + 0.75 * len(passage) / average)
        total += weight * count * 2.2 / (count + norm)
    return total


@given(passages, st.lists(words, min_size=1, max_size=4))
def test_scores_are_those_of_the_formula(collection: list[list[str]], query: list[str]) -> None:
    scores = BM25Index(collection).scores(query)
    expected = [naive(passage, query, collection) for passage in collection]
    assert scores == pytest.approx(expected, rel=1e-4, abs=1e-5)


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 9))
def test_a_rarer_token_weighs_more_and_none_weighs_nothing(n: int, few: int, more: int) -> None:
    statistics = Statistics(n + few + more, 10.0, {"rare": few, "common": few + more})
    assert statistics.weight("rare") > statistics.weight("common") > 0


def test_a_frequency_larger_than_the_collection_still_gives_a_weight() -> None:
    assert Statistics(3, 10.0, {"renewal": 5}).weight("renewal") > 0


def test_a_longer_passage_with_the_same_words_scores_less() -> None:
    statistics = Statistics(100, 10.0, {"renewal": 5})
    counts = np.array([[1], [1]], dtype=np.float32)
    lengths = np.array([5, 50], dtype=np.float32)
    short, long = contributions(["renewal"], counts, lengths, statistics)[:, 0]
    assert short > long > 0


def test_a_token_that_stands_nowhere_scores_nothing() -> None:
    assert not BM25Index([["renewal"], ["price"]]).scores(["gateway"]).any()


def test_an_index_of_nothing_has_no_scores() -> None:
    assert len(BM25Index([]).scores(["renewal"])) == 0
