"""Fiscal periods: no day is lost and none is counted twice (P-3)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.analysis.periods import Period, fiscal_quarter, period_of, quarters

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
STARTS = st.integers(1, 12)


@given(DAYS, STARTS)
def test_a_day_lies_in_its_own_quarter_of_three_months(day: date, start: int) -> None:
    quarter = fiscal_quarter(day, start)
    assert quarter.holds(day)
    assert 89 <= (quarter.last - quarter.first).days + 1 <= 92
    assert (quarter.first.month - start) % 3 == 0


@given(DAYS, st.integers(0, 800), STARTS)
def test_quarters_follow_each_other_without_gap_or_overlap(
    first: date, days: int, start: int
) -> None:
    last = first + timedelta(days=days)
    found = list(quarters(first, last, start))
    assert found[0].holds(first)
    assert found[-1].holds(last)
    for one, following in pairwise(found):
        assert following.first == one.last + timedelta(days=1)


@given(DAYS, STARTS)
def test_a_quarters_label_is_read_back_as_the_same_days(day: date, start: int) -> None:
    quarter = fiscal_quarter(day, start)
    assert period_of(quarter.label, start) == quarter


@given(DAYS, STARTS)
def test_four_quarters_fill_their_year(day: date, start: int) -> None:
    quarter = fiscal_quarter(day, start)
    year = period_of(quarter.label.partition("-")[0], start)
    assert year is not None
    assert quarter.within(year)
    assert [one.label[-2:] for one in quarters(year.first, year.last, start)] == [
        "Q1",
        "Q2",
        "Q3",
        "Q4",
    ]


def test_a_fiscal_year_is_named_for_the_year_it_begins_in() -> None:
    assert fiscal_quarter(date(2026, 11, 21)) == Period(
        "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)
    )
    assert fiscal_quarter(date(2027, 2, 1), 4) == Period(
        "2026-Q4", date(2027, 1, 1), date(2027, 3, 31)
    )


def test_a_month_is_the_calendars_whatever_the_fiscal_year() -> None:
    assert period_of("2028-02", 4) == Period("2028-02", date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize("written", ["", "2026-Q5", "2026-13", "Q1", "26-Q1", "2026-Q1-2"])
def test_what_is_no_period_is_none(written: str) -> None:
    assert period_of(written) is None
