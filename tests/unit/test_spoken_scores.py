"""Scores and weights as people say them, in both languages (S1-3)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.assistant.understanding.scores import spoken_scores, spoken_set, spoken_weights
from kam_knowledge.analysis.scoring import FEWEST, MOST, TOO_MUCH_SIZE, Criterion, share_of_size
from kam_knowledge.methodology.criteria import (
    code_of,
    find_criteria,
    label,
    measures_size,
    presets,
)

USED = ("spend", "revenue", "fit", "relationship", "strategic")


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("score ACME fit=8 revenue=9 relationship=6", {"fit": 8, "revenue": 9, "relationship": 6}),
        ("give it 9 points for revenue and a 7 for the relationship",
         {"revenue": 9, "relationship": 7}),
        ("product fit 8/10, strategic fit: 7.5", {"fit": 8, "strategic": "7.5"}),
        ("change the revenue score from 7 to 9", {"revenue": 9}),
        ("fit=11, spend=-2", {"fit": 11, "spend": -2}),
        ("给 ACME 打分:契合 8,收入 9,关系 6", {"fit": 8, "revenue": 9, "relationship": 6}),
        ("战略契合给八分，收入分从7改到9", {"strategic": 8, "revenue": 9}),
        ("score ACME", {}),
    ],
)  # fmt: skip
def test_scores_are_heard_under_the_names_on_record(
    text: str, scores: dict[str, int | str]
) -> None:
    heard = spoken_scores(text, USED)
    assert heard.given == {name: Decimal(one) for name, one in scores.items()}


def test_a_criterion_of_the_books_own_is_called_as_the_book_calls_it() -> None:
    assert spoken_scores("契合=8 spend=9", ["契合度", "采购额"]).given == {
        "契合度": Decimal(8),
        "采购额": Decimal(9),
    }


def test_words_of_the_accounts_name_are_no_criteria() -> None:
    heard = spoken_scores("score Value Partners 7 fit=8", USED, ["Value Partners 7"])
    assert heard.given == {"fit": Decimal(8)}


def test_what_is_no_criterion_is_named() -> None:
    heard = spoken_scores("score ACME fit=8 charm=3", USED, ["ACME"])
    assert heard.unknown == {"charm": Decimal(3)}


@pytest.mark.parametrize(
    ("text", "factors", "shares"),
    [
        ("what if strategic fit counts double?", {"strategic": "2"}, {}),
        ("如果战略匹配权重加倍,排名怎么变?", {"strategic": "2"}, {}),
        ("fit and strategy count double, revenue half",
         {"fit": "2", "strategic": "2", "revenue": "0.5"}, {}),
        ("rank again without spend", {"spend": "0"}, {}),
        ("去掉采购额再排一次", {"spend": "0"}, {}),
        ("if revenue weighs 40%", {}, {"revenue": "0.4"}),
        ("把收入权重改成20%", {}, {"revenue": "0.2"}),
        ("fit ×3", {"fit": "3"}, {}),
        ("rank the candidates", {}, {}),
    ],
)  # fmt: skip
def test_other_weights_are_heard(
    text: str, factors: dict[str, str], shares: dict[str, str]
) -> None:
    heard = spoken_weights(text, USED)
    assert heard.factors == {name: Decimal(one) for name, one in factors.items()}
    assert heard.shares == {name: Decimal(one) for name, one in shares.items()}


def test_a_ready_set_is_named_by_its_row() -> None:
    assert spoken_set("score ACME by s2-6: value 7") == "S2-6"
    assert spoken_set("按 S9-9 打分") is None


def test_every_ready_set_has_three_to_five_criteria_that_are_not_all_size() -> None:
    for ready in presets().values():
        assert FEWEST <= len(ready.weights) <= MOST
        assert all(code_of(name) == name for name in ready.weights)
        weights = [one for one in ready.weights.values() if one is not None]
        assert not weights or (len(weights) == len(ready.weights) and sum(weights) == 1)
        share = share_of_size(Criterion(n, Decimal(5), w) for n, w in ready.weights.items())
        assert (share or 0) <= TOO_MUCH_SIZE, "S0-2"


def test_a_criterion_has_a_label_in_both_languages_and_may_measure_size() -> None:
    assert label("采购额", "en") == "spend"
    assert label("spend", "zh") == "采购额"
    assert label("charm", "zh") == "charm"
    assert [one for one in USED if measures_size(one)] == ["spend", "revenue"]


def test_of_overlapping_words_the_longest_is_meant() -> None:
    named = [one.name for one in find_criteria("revenue potential, cultural fit and fit")]
    assert named == ["revenue potential", "cultural fit", "fit"]
