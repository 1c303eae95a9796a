"""Which way a series goes, and a figure against the year before (S1-17)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.trend import Against, Direction, direction

VALUES = st.lists(st.decimals(-100, 100, places=1), min_size=2, max_size=8)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([52, 47, 41, 18], Direction.FALLING),
        ([48, 61, 68], Direction.RISING),
        ([40, 60, 40], Direction.LEVEL),
        ([40], Direction.UNKNOWN),
        ([], Direction.UNKNOWN),
    ],
)
def test_a_series_goes_from_its_first_value_to_its_last(
    values: list[int], wanted: Direction
) -> None:
    assert direction([Decimal(value) for value in values]) is wanted


def test_a_change_within_the_tolerance_is_level() -> None:
    values = [Decimal(40), Decimal(42)]
    assert direction(values, tolerance=Decimal(2)) is Direction.LEVEL
    assert direction(values, tolerance=Decimal("1.9")) is Direction.RISING


@given(VALUES)
def test_read_backwards_it_goes_the_other_way(values: list[Decimal]) -> None:
    other = {Direction.RISING: Direction.FALLING, Direction.FALLING: Direction.RISING}
    forwards = direction(values)
    assert direction(values[::-1]) is other.get(forwards, forwards)


def test_a_figure_without_a_year_before_has_no_change() -> None:
    assert Against(Decimal(120), None).change is None
    assert Against(Decimal(120), Decimal(0)).change is None
    assert Against(Decimal(120), Decimal(100)).change == Decimal("0.2")
