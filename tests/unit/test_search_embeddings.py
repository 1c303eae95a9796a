"""Models of text: which name is which, the order of batches, what is found out about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.errors import ModelFileError, UsageError
from kam_knowledge.search.embeddings import (
    EmbeddedMiniLM,
    FastembedEmbedder,
    ProviderEmbedder,
    by_length,
    open_embedder,
)
from kam_knowledge.search.model_traits import reads_chinese, trait

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


@pytest.mark.parametrize("name", [None, "", "embedded"])
def test_no_name_means_the_embedded_model(name: str | None, tmp_path: Path) -> None:
    opened = open_embedder(name, tmp_path)
    assert isinstance(opened, EmbeddedMiniLM)
    assert (opened.dimension, opened.multilingual) == (384, False)
    assert open_embedder(opened.model_id, tmp_path).model_id == opened.model_id


def test_opening_a_model_loads_nothing(tmp_path: Path) -> None:
    for name in (None, "fastembed:BAAI/bge-small-zh-v1.5", "openai:text-embedding-3-small"):
        open_embedder(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_two_models_never_share_an_id(tmp_path: Path) -> None:
    names = [None, "fastembed:sentence-transformers/all-MiniLM-L6-v2", "openai:x", "ollama:x"]
    assert len({open_embedder(name, tmp_path).model_id for name in names}) == len(names)


@pytest.mark.parametrize("name", ["minilm", "fastembed:", ":x"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_embedder(name, tmp_path)


def test_a_model_that_fastembed_does_not_list_is_answered_with_near_ones(tmp_path: Path) -> None:
    wrong = FastembedEmbedder("BAAI/bge-small-cn", tmp_path)
    with pytest.raises(UsageError, match=r"BAAI/bge-small-zh-v1\.5"):
        _ = wrong.dimension


def test_a_listed_model_says_its_dimension_without_being_fetched(tmp_path: Path) -> None:
    assert FastembedEmbedder("baai/BGE-small-zh-v1.5", tmp_path).dimension == 512


def test_a_provider_whose_package_is_missing_says_which(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="langchain"):
        ProviderEmbedder("cohere:embed-v4", tmp_path).embed_query("x")


def test_a_provider_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nosuch:model"):
        ProviderEmbedder("nosuch:model", tmp_path).embed_query("x")


@given(st.lists(st.text(max_size=30), max_size=20))
def test_each_text_gets_its_own_vector_and_batches_go_by_length(texts: list[str]) -> None:
    lengths: list[int] = []

    def embed(ordered: list[str]) -> Iterator[list[float]]:
        lengths.extend(len(text.encode()) for text in ordered)
        for text in ordered:
            yield [len(text) + 1.0, 1.0]

    rows = by_length(texts, embed)
    assert lengths == sorted(lengths)
    assert len(rows) == len(texts)
    for text, row in zip(texts, rows, strict=True):
        assert row[0] / row[1] == pytest.approx(len(text) + 1, rel=1e-4)
        assert np.linalg.norm(row) == pytest.approx(1, rel=1e-5)


class Concepts:
    """Understands Chinese by a list of words, each of which stands for a direction."""

    model_id = "concepts"
    multilingual = True
    words = (
        "合同 续约",
        "太高 嫌贵",
        "晚了 延误",
        "财务总监 CFO",
        "崩溃 不稳定",
        "投标 竞标",
        "周二 星期二",
        "预算 经费",
    )
    dimension = len(words) + 1

    def embed_query(self, text: str) -> Vectors:
        row = [float(any(word in text for word in pair.split())) for pair in self.words]
        return np.array([*row, 0.1], dtype=np.float32)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])


class Characters(Concepts):
    """Sees single characters and no meaning, as an English model does."""

    dimension = 64

    def embed_query(self, text: str) -> Vectors:
        row = np.zeros(64, dtype=np.float32)
        for character in text:
            row[ord(character) % 64] += 1
        return row


def test_a_model_is_found_to_read_chinese_by_trial() -> None:
    assert reads_chinese(Concepts())
    assert not reads_chinese(Characters())


def test_a_trait_is_found_out_once_for_the_cache(tmp_path: Path) -> None:
    tried: list[int] = []
    for _ in range(2):
        assert trait(Concepts(), tmp_path, "dimension", lambda: tried.append(1) or 7) == 7
    assert len(tried) == 1


def test_a_spoilt_note_of_traits_is_written_anew(tmp_path: Path) -> None:
    trait(Concepts(), tmp_path, "dimension", lambda: 7)
    (written,) = tmp_path.iterdir()
    written.write_text("{not json")
    assert trait(Concepts(), tmp_path, "dimension", lambda: 8) == 8
