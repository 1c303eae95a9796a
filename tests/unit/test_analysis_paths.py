"""The cheapest way through who knows whom (S1-10, S3-4)."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.paths import Tie, cheapest_path, tie_cost

NODES = list(range(6))
TIES = st.lists(
    st.builds(
        Tie,
        st.sampled_from(NODES),
        st.sampled_from(NODES),
        st.integers(0, 20).map(lambda n: n / 4),  # quarters add up exactly
        st.just("met"),
    ),
    max_size=20,
)


def cheapest_by_trying(ties: list[Tie[int, str]], start: int, goal: int) -> float | None:
    """The cost of the best of all simple paths."""
    if start == goal:
        return 0.0
    step: dict[tuple[int, int], float] = {}
    for tie in ties:
        key = (tie.start, tie.end)
        step[key] = min(step.get(key, tie.cost), tie.cost)
    between = [node for node in NODES if node not in (start, goal)]
    costs = [
        sum(step[pair] for pair in pairwise([start, *middle, goal]))
        for size in range(len(between) + 1)
        for middle in permutations(between, size)
        if all(pair in step for pair in pairwise([start, *middle, goal]))
    ]
    return min(costs, default=None)


@given(TIES, st.sampled_from(NODES), st.sampled_from(NODES))
def test_no_path_is_cheaper_than_the_one_found(
    ties: list[Tie[int, str]], start: int, goal: int
) -> None:
    found = cheapest_path(ties, start, goal)
    wanted = cheapest_by_trying(ties, start, goal)
    assert (found is None) == (wanted is None)
    if found is not None:
        assert sum(step.cost for step in found) == wanted
        assert [step.start for step in found] == [start, *(step.end for step in found)][:-1]
        assert not found or found[-1].end == goal


@given(TIES, st.sampled_from(NODES), st.sampled_from(NODES))
def test_who_is_avoided_is_never_passed_through(
    ties: list[Tie[int, str]], avoided: int, goal: int
) -> None:
    found = cheapest_path(ties, 0, goal, without={avoided}) or []
    assert all(step.end != avoided or step.end == goal for step in found)


def test_a_negative_cost_is_refused() -> None:
    with pytest.raises(ValueError):
        cheapest_path([Tie(0, 1, -1.0, "met")], 0, 1)


def test_an_entered_and_recent_tie_is_the_warmest() -> None:
    warm = tie_cost(entered=True, touches=1, silent_days=10)
    assert warm == 1
    assert tie_cost(entered=True, touches=5, silent_days=100) == 1.5
    assert tie_cost(entered=False, touches=1, silent_days=10) == 2
    assert tie_cost(entered=True, touches=0, silent_days=None) == 2


@given(st.booleans(), st.integers(0, 30), st.one_of(st.none(), st.integers(0, 400)))
def test_more_touches_never_make_a_tie_dearer(
    entered: bool, touches: int, silent: int | None
) -> None:
    fewer = tie_cost(entered=entered, touches=touches, silent_days=silent)
    assert tie_cost(entered=entered, touches=touches + 1, silent_days=silent) <= fewer
    assert tie_cost(entered=True, touches=touches, silent_days=silent) <= fewer
