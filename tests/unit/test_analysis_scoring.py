"""The scoring matrix, worked by hand (S1-3, S0-2)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.scoring import (
    Criterion,
    complete_each_other,
    on_scale,
    ranking,
    reweighed,
    share_of_size,
    shifts,
    size_and_growth,
    weighted_score,
)

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


# The method's own example: revenue potential, fit, relationship, purchasing (s1-scoring-matrix).
NAMES = ("revenue potential", "fit", "relationship", "purchasing process")
HELD = {
    "Alder": dict(zip(NAMES, map(Decimal, (10, 5, 5, 4)), strict=True)),
    "Birch": dict(zip(NAMES, map(Decimal, (6, 9, 6, 5)), strict=True)),
    "Cedar": dict(zip(NAMES, map(Decimal, (5, 7, 8, 8)), strict=True)),
}
WEIGHED = dict(zip(NAMES, map(Decimal, ("0.4", "0.3", "0.2", "0.1")), strict=True))
EVEN = dict.fromkeys(NAMES, Decimal(1))
FIT_TWICE = {"fit": Decimal(2)}


def placed(weights: dict[str, Decimal]) -> list[tuple[str, int, str]]:
    return [(one.key, one.rank, f"{one.weighted.value}") for one in ranking(HELD, weights)]


def test_without_weights_the_highest_mean_leads() -> None:
    # 24 / 4, 26 / 4, 28 / 4
    assert placed(EVEN) == [("Cedar", 1, "7.00"), ("Birch", 2, "6.50"), ("Alder", 3, "6.00")]


def test_weights_turn_the_ranking_round() -> None:
    # Alder 4.0 + 1.5 + 1.0 + 0.4; Birch 2.4 + 2.7 + 1.2 + 0.5; Cedar 2.0 + 2.1 + 1.6 + 0.8
    assert placed(WEIGHED) == [("Alder", 1, "6.90"), ("Birch", 2, "6.80"), ("Cedar", 3, "6.50")]


def test_who_moves_when_a_weight_doubles_is_told_by_both_places() -> None:
    # Fit 0.3 → 0.6, together 1.3: Alder 8.4, Birch 9.5, Cedar 8.6
    moved = {one.after.key: one for one in shifts(HELD, WEIGHED, reweighed(WEIGHED, FIT_TWICE))}
    assert {key: f"{one.after.weighted.value}" for key, one in moved.items()} == {
        "Birch": "7.31",
        "Cedar": "6.62",
        "Alder": "6.46",
    }
    assert {key: one.moved for key, one in moved.items()} == {"Birch": 1, "Cedar": 1, "Alder": -2}


def test_a_share_that_is_set_leaves_the_others_as_they_stood_to_each_other() -> None:
    # Potential 70 %: the other 30 % go 3 : 2 : 1
    found = reweighed(WEIGHED, {}, {"revenue potential": Decimal("0.7")})
    assert [found[name] for name in NAMES] == [
        Decimal(one) for one in ("0.7", "0.15", "0.1", "0.05")
    ]


@pytest.mark.parametrize(
    ("factors", "shares"),
    [
        (dict.fromkeys(NAMES, Decimal(0)), {}),
        ({"fit": Decimal(-1)}, {}),
        ({}, {"fit": Decimal("1.2")}),
        ({}, {"fit": Decimal("0.6"), "relationship": Decimal("0.6")}),
    ],
)
def test_weights_of_a_what_if_that_weigh_nothing_are_refused(
    factors: dict[str, Decimal], shares: dict[str, Decimal]
) -> None:
    with pytest.raises(ValueError):
        reweighed(WEIGHED, factors, shares)


def test_equal_scores_share_the_better_place() -> None:
    twins = {"One": HELD["Birch"], "Two": HELD["Birch"], "Last": HELD["Cedar"]}
    assert [(one.key, one.rank) for one in ranking(twins, WEIGHED)] == [
        ("One", 1), ("Two", 1), ("Last", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("score", ["0", "0.99", "10.01", "-3", "11", "NaN", "Infinity"])
def test_a_score_outside_one_to_ten_is_refused(score: str) -> None:
    assert not on_scale(Decimal(score))
    with pytest.raises(ValueError):
        ranking({"Alder": HELD["Alder"] | {"fit": Decimal(score)}}, WEIGHED)


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_score_is_on_the_scale_from_one_to_ten_only(score: Decimal) -> None:
    assert on_scale(score) == (score.is_finite() and 1 <= score <= 10)


def test_accounts_that_were_scored_on_other_criteria_are_not_compared() -> None:
    with pytest.raises(ValueError):
        ranking({"Alder": {"fit": Decimal(5)}}, WEIGHED)


BOOKS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2),
    st.fixed_dictionaries(dict.fromkeys(NAMES, SCORES)),
    min_size=2,
    max_size=8,
)
FOUR_WEIGHTS = st.fixed_dictionaries(dict.fromkeys(NAMES, WEIGHTS))


@given(BOOKS, FOUR_WEIGHTS, st.sampled_from(NAMES), st.integers(2, 5))
def test_a_weight_that_grows_never_lowers_the_criterions_leader_by_itself(
    book: dict[str, dict[str, Decimal]], weights: dict[str, Decimal], name: str, factor: int
) -> None:
    best = max(scores[name] for scores in book.values())
    leaders = {key for key, scores in book.items() if scores[name] == best}
    moved = shifts(book, weights, reweighed(weights, {name: Decimal(factor)}))
    assert all(one.moved >= 0 for one in moved if one.after.key in leaders)


@given(BOOKS, FOUR_WEIGHTS)
def test_a_ranking_holds_everybody_once_in_order_of_score(
    book: dict[str, dict[str, Decimal]], weights: dict[str, Decimal]
) -> None:
    order = ranking(book, weights)
    assert sorted(one.key for one in order) == sorted(book)
    values = [one.weighted.value for one in order]
    assert values == sorted(values, reverse=True)
    assert [one.rank for one in order] == sorted(one.rank for one in order)
    assert order[0].rank == 1


def test_size_and_growth_stand_side_by_side() -> None:
    size = {"A": Decimal(400), "B": Decimal(300), "C": Decimal(200), "D": Decimal(100)}
    growth = {"A": Decimal("-0.1"), "B": Decimal("0.3"), "C": Decimal("0.1"), "D": Decimal("0.2")}
    found = size_and_growth(size | {"E": Decimal(900)}, growth)
    assert [(one.key, one.by_size, one.by_growth) for one in found] == [
        ("A", 1, 4), ("B", 2, 1), ("C", 3, 3), ("D", 4, 2),
    ]  # fmt: skip
    assert [one.key for one in found if one.large_without_growth] == ["A"]
    assert [one.key for one in found if one.growing] == ["B", "D"]


def weights_of(**given_weights: str | None) -> dict[str, Decimal | None]:
    return {name: Decimal(one) if one else None for name, one in given_weights.items()}


@pytest.mark.parametrize(
    ("before", "now", "together"),
    [
        # some criteria of a set anew
        (weights_of(a="0.5", b="0.3", c="0.2"), weights_of(a="0.5"), True),
        # the same criteria with other weights
        (weights_of(a="0.5", b="0.3", c="0.2"), weights_of(a="0.4", b="0.4", c="0.2"), False),
        # two halves of one set
        (weights_of(a="0.5"), weights_of(b="0.3", c="0.2"), True),
        (weights_of(a=None, b=None), weights_of(c=None, d=None), True),
        # a new set beside a whole one
        (weights_of(a="0.5", b="0.3", c="0.2"), weights_of(d="0.4", e="0.3"), False),
        (weights_of(a=None, b=None, c=None), weights_of(d=None, e=None, f=None), False),
    ],
)
def test_scores_of_two_days_are_one_scoring_where_they_are_of_one_set(
    before: dict[str, Decimal | None], now: dict[str, Decimal | None], together: bool
) -> None:
    assert complete_each_other(before, now) is together
