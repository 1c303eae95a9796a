"""Search on real meetings: at least as good as the best of the plain rankings, and by how much."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.evaluation.retrieval import evaluate
from kam_knowledge.search.embeddings import EmbeddedMiniLM

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "retrieval"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"{DATA} is absent: search was not measured on real meetings"
)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedMiniLM:
    return EmbeddedMiniLM(tmp_path_factory.mktemp("models"))


@needs_data
@pytest.mark.slow
@pytest.mark.timeout(900)  # two thousand passages are embedded, a minute on two idle cores
def test_english_meetings_are_ranked_better_than_by_any_plain_ranking(
    embedder: EmbeddedMiniLM,
) -> None:
    report = evaluate(DATA / "meetings_en", embedder)
    assert report.gain >= 1.25, report
    assert report.ours.recall > report.fusion.recall
    assert report.ours.mrr > report.vectors.mrr


@needs_data
@pytest.mark.slow
def test_chinese_meetings_are_not_ranked_worse_by_an_english_model(
    embedder: EmbeddedMiniLM,
) -> None:
    report = evaluate(DATA / "meetings_zh", embedder)
    assert report.gain >= 1.0, report
    assert report.fusion.ndcg < 0.7 * report.bm25.ndcg, "naive fusion loses: the reason for ours"
