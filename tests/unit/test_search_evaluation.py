"""The measurement of search: its figures, its files, and that it measures the product's ranking."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.retrieval import evaluate, quality, read, words
from kam_knowledge.errors import UsageError
from kam_knowledge.language.tokens import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class WordEmbedder:
    """A model that sees which words a text holds."""

    model_id = "words"
    dimension = 64
    multilingual = False

    def embed_query(self, text: str) -> Vectors:
        row = np.full(64, 0.01, dtype=np.float32)
        for token in tokens(text):
            row[crc32(token.encode()) % 64] += 1
        return np.asarray(row / np.linalg.norm(row), dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])


def folder(
    path: Path, corpus: Sequence[Mapping[str, Any]], queries: Mapping[str, str], qrels: str
) -> Path:
    path.mkdir(exist_ok=True)
    (path / "corpus.jsonl").write_text("\n".join(json.dumps(row) for row in corpus))
    (path / "queries.jsonl").write_text(
        "\n".join(json.dumps({"_id": key, "text": text}) for key, text in queries.items())
    )
    (path / "qrels.tsv").write_text(qrels)
    return path


def test_the_figures_are_those_of_the_definitions() -> None:
    found = quality(["x", "a", "y", "b"], {"a": 1.0, "b": 2.0, "c": 1.0})
    reached = 1 / log2(3) + 2 / log2(5)
    ideal = 2 / log2(2) + 1 / log2(3) + 1 / log2(4)
    assert found.ndcg == pytest.approx(reached / ideal)
    assert found.recall == pytest.approx(2 / 3)
    assert found.mrr == pytest.approx(1 / 2)


def test_beyond_the_tenth_place_only_the_first_hit_counts() -> None:
    found = quality([*"0123456789", "a"], {"a": 1.0})
    assert (found.ndcg, found.recall) == (0, 0)
    assert found.mrr == pytest.approx(1 / 11)


@given(st.permutations("abcdefgh"), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_no_order_is_better_than_the_relevant_first(
    order: Sequence[str], relevant: set[str]
) -> None:
    gains = dict.fromkeys(relevant, 1.0)
    best = quality(sorted(order, key=lambda key: key not in relevant), gains)
    found = quality(order, gains)
    assert best.ndcg == pytest.approx(1)
    assert best.mrr == 1
    assert 0 <= found.ndcg <= best.ndcg + 1e-9
    assert found.mrr > 0


def test_nothing_found_is_worth_nothing() -> None:
    found = quality([], {"a": 1.0})
    assert (found.ndcg, found.recall, found.mrr) == (0, 0, 0)


def test_words_are_those_of_a_dictionary_and_not_stemmed() -> None:
    assert words("Renewals of 续约价格") == ["renewals", "of", "续约", "价格"]


CORPUS = [
    {"_id": "m1#0", "text": "the renewal price was discussed"},
    {"_id": "m1#1", "text": "then lunch"},
    {"_id": "m2#0", "text": "canteen menu and weather"},
    {"_id": "m3#0", "text": "the gateway is hot"},
]


@pytest.mark.parametrize(
    "qrels",
    [
        "query-id\tcorpus-id\tscore\nq\tm1#0\t1\n",
        "q\tm1#0\t1\n",
        "q 0 m1#0 1\n",
        "q\tm1#0\t1\nq\tm2#0\t0\n\n",
    ],
)
def test_judgements_are_read_with_and_without_a_header(tmp_path: Path, qrels: str) -> None:
    judged = read(folder(tmp_path / "set", CORPUS, {"q": "renewal"}, qrels))
    assert judged.relevance == {"q": {"m1#0": 1.0}}


@pytest.mark.parametrize(
    ("qrels", "wrong"),
    [
        ("q\tm1#0\tyes\n", "qrels.tsv:1"),
        ("q\tm1#0\t1\nq\tnone\t1\n", "none"),
        ("other\tm1#0\t1\n", "other"),
        ("q\tm1#0\t0\n", "no judgement"),
    ],
)
def test_judgements_that_cannot_be_read_are_named(tmp_path: Path, qrels: str, wrong: str) -> None:
    made = folder(tmp_path / "set", CORPUS, {"q": "renewal"}, qrels)
    with pytest.raises(UsageError, match=wrong):
        read(made)


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"corpus\.jsonl cannot be read"):
        read(tmp_path)
    made = folder(tmp_path / "set", CORPUS, {"q": "x"}, "q\tm1#0\t1\n")
    (made / "corpus.jsonl").write_text('{"_id": "m1#0"}\n')
    with pytest.raises(UsageError, match=r"corpus\.jsonl:1"):
        read(made)


def test_all_four_rankings_are_measured_on_every_judged_query(tmp_path: Path) -> None:
    queries = {"a": "renewal price", "b": "gateway hot", "unjudged": "weather"}
    made = folder(tmp_path / "set", CORPUS, queries, "a\tm1#0\t1\nb\tm3#0\t1\n")
    report = evaluate(made, WordEmbedder())
    assert (report.queries, report.passages, report.model) == (2, 4, "words")
    for name in ("vectors", "bm25", "fusion", "ours"):
        assert getattr(report, name).ndcg == pytest.approx(1)
    assert report.gain == pytest.approx(1)
    assert report.as_json()["ours"]["recall"] == 1


def test_neighbours_of_the_same_note_help_ours_and_not_the_plain_ones(tmp_path: Path) -> None:
    """A passage without the word, between two that have it, is relevant too."""
    corpus = [
        {"_id": "a#0", "text": "migration cost came up"},
        {"_id": "a#1", "text": "they looked at each other"},
        {"_id": "a#2", "text": "migration cost again"},
        *({"_id": f"b{n}#0", "text": f"cost of item {n}"} for n in range(30)),
    ]
    qrels = "q\ta#0\t1\nq\ta#1\t1\nq\ta#2\t1\n"
    report = evaluate(
        folder(tmp_path / "set", corpus, {"q": "migration cost"}, qrels), WordEmbedder()
    )
    assert report.ours.recall == 1
    assert report.bm25.recall < 1


def test_a_note_may_be_named_by_a_column(tmp_path: Path) -> None:
    corpus = [
        {"_id": "1", "meeting_id": "m", "text": "migration cost came up"},
        {"_id": "2", "meeting_id": "m", "text": "they looked at each other"},
        {"_id": "3", "meeting_id": "m", "text": "migration cost again"},
        *({"_id": f"{n}", "text": f"cost of item {n}"} for n in range(4, 30)),
    ]
    qrels = "q\t1\t1\nq\t2\t1\nq\t3\t1\n"
    report = evaluate(
        folder(tmp_path / "set", corpus, {"q": "migration cost"}, qrels), WordEmbedder()
    )
    assert report.ours.recall == 1


def test_account_and_date_stand_before_a_passage_only_in_ours(tmp_path: Path) -> None:
    corpus = [
        {"_id": "1", "text": "they were late", "account": "Globex", "date": "2026-03-04"},
        {"_id": "2", "text": "they were late", "account": "ACME", "date": "2026-05-06"},
    ]
    queries = {"a": "Globex late", "b": "late on 2026-05-06"}
    made = folder(tmp_path / "set", corpus, queries, "a\t1\t1\nb\t2\t1\n")
    report = evaluate(made, WordEmbedder())
    assert report.ours.mrr == 1
    assert report.bm25.mrr < 1


def test_chinese_is_not_put_to_a_model_that_reads_none(tmp_path: Path) -> None:
    """The model's noise would put the wrong passage first; words alone find the right one."""

    class Noise(WordEmbedder):
        def embed_query(self, text: str) -> Vectors:
            near = "天气" in text or ("续约" in text and "合同" not in text)
            return np.array([1.0, 0.0] if near else [0.0, 1.0], dtype=np.float32)

    corpus = [
        {"_id": "1", "text": "续约合同的价格"},
        {"_id": "2", "text": "天气不错"},
        {"_id": "3", "text": "食堂菜单"},
    ]
    made = folder(tmp_path / "set", corpus, {"q": "续约"}, "q\t1\t1\n")
    report = evaluate(made, Noise())
    assert report.vectors.mrr < 1
    assert report.ours.ndcg == pytest.approx(1)
