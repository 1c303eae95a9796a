"""The scoring matrix, worked by hand (S1-3, S0-2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.scoring import Criterion, share_of_size, weighted_score

SCORES = st.decimals(1, 10, places=1)
WEIGHTS = st.decimals(Decimal("0.01"), 1, places=2)
CRITERIA = st.lists(
    st.builds(Criterion, st.text("abc", min_size=1), SCORES, WEIGHTS), min_size=1, max_size=6
)


def criterion(name: str, score: int, weight: str | None) -> Criterion:
    return Criterion(name, Decimal(score), Decimal(weight) if weight else None)


ACME = [
    criterion("spend", 9, "0.3"),
    criterion("revenue", 8, "0.25"),
    criterion("fit", 9, "0.2"),
    criterion("relationship", 6, "0.15"),
    criterion("strategic", 8, "0.1"),
]


def test_the_score_is_the_weighed_mean_and_its_formula_says_how() -> None:
    found = weighted_score(ACME)
    assert found is not None
    # 2.7 + 2 + 1.8 + 0.9 + 0.8
    assert found.value == Decimal("8.20")
    assert found.formula == (
        "(spend 9×0.3 + revenue 8×0.25 + fit 9×0.2 + relationship 6×0.15 + strategic 8×0.1) "
        "/ 1.00 = 8.20"
    )


def test_a_missing_weight_makes_all_count_the_same() -> None:
    found = weighted_score([criterion("fit", 4, None), criterion("spend", 7, "0.9")])
    assert found is not None
    assert found.value == Decimal("5.50")


def test_nothing_scored_is_no_score() -> None:
    assert weighted_score([]) is None
    assert share_of_size([criterion("fit", 4, None)]) is None


@pytest.mark.parametrize("weights", [["0", "0"], ["-1", "2"]])
def test_weights_that_weigh_nothing_are_refused(weights: list[str]) -> None:
    with pytest.raises(ValueError):
        weighted_score([criterion("fit", 5, weight) for weight in weights])


@given(CRITERIA, st.integers(2, 9))
def test_the_score_lies_between_its_criteria_and_does_not_mind_the_scale_of_weights(
    criteria: list[Criterion], factor: int
) -> None:
    found = weighted_score(criteria)
    assert found is not None
    scores = [one.score for one in criteria]
    assert min(scores) <= found.value <= max(scores)
    scaled = [Criterion(c.name, c.score, (c.weight or Decimal(0)) * factor) for c in criteria]
    again = weighted_score(scaled)
    assert again is not None
    assert again.value == found.value


def test_spend_and_revenue_hold_more_than_half_of_the_weight() -> None:
    assert share_of_size(ACME) == Decimal("0.55")
    assert share_of_size([criterion("fit", 5, "0.4")]) == 0
