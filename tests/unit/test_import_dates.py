"""Dates are recognised by column."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.crm.cells import Bad
from ingest.crm.dates import read_date, read_dates

DAY = date(2026, 11, 12)
DAYS = st.dates(min_value=date(1971, 1, 1), max_value=date(2068, 12, 31))


def values(*cells: Any, **options: Any) -> list[Any]:
    reading = read_dates(cells, **options)
    assert reading.ambiguous is None, reading.ambiguous
    return reading.values


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-12",
        "2026/11/12",
        "2026.11.12",
        "20261112",
        "12.11.2026",
        "2026年11月12日",
        "2026年11月12号",
        "２０２６年１１月１２日",
        "2026年11月12日 星期四",
        "2026年11月12日 上午9:30",
        "12 Nov 2026",
        "12-Nov-26",
        "November 12, 2026",
        "Nov 12 2026",
        "12th November 2026",
        "Thu, 12 Nov 2026",
        "2026-11-12 09:30",
        "2026-11-12T09:30:00",
        "2026-11-12T09:30:00.000Z",
        "2026/11/12 9:30:15 PM",
        "46338",
        "46338.75",
        "1794441600000",
    ],
)
def test_a_date_that_can_mean_only_one_day_is_that_day(written: str) -> None:
    assert values(written) == [DAY]
    assert read_date(written) == DAY


def test_real_dates_and_serials_of_a_spreadsheet_are_read() -> None:
    assert values(datetime.fromisoformat("2026-11-12T15:00"), DAY, 46338, 46338.5) == [DAY] * 4


def test_serials_count_from_1904_where_the_workbook_does() -> None:
    assert values(44876, epoch_1904=True) == [DAY]


def test_an_empty_cell_is_no_date_and_no_problem() -> None:
    assert values("2026-11-12", None) == [DAY, None]


def test_a_day_above_twelve_settles_the_order_of_the_whole_column() -> None:
    assert values("03/04/2026", "13/04/2026") == [date(2026, 4, 3), date(2026, 4, 13)]
    assert values("03/04/2026", "04/13/2026") == [date(2026, 3, 4), date(2026, 4, 13)]
    assert values("03-04-26", "12-31-26") == [date(2026, 3, 4), date(2026, 12, 31)]


def test_a_column_that_may_be_read_two_ways_is_reported_and_nothing_of_it_is_guessed() -> None:
    reading = read_dates(["03/04/2026", "2026-01-05", "05/06/2026"])
    assert reading.ambiguous is not None
    assert "day/month/year or month/day/year" in reading.ambiguous
    assert "03/04/2026" in reading.ambiguous
    assert reading.values == [None, None, None]


def test_a_date_that_is_the_same_day_either_way_is_no_doubt() -> None:
    assert values("05/05/2026", "07/07/2026") == [date(2026, 5, 5), date(2026, 7, 7)]


def test_dates_that_no_single_order_fits_are_reported_as_a_column() -> None:
    reading = read_dates(["13/04/2026", "04/13/2026"])
    assert reading.ambiguous is not None
    assert "'13/04/2026' and '04/13/2026'" in reading.ambiguous


def test_dots_mean_day_month_year() -> None:
    assert values("03.04.2026") == [date(2026, 4, 3)]


@pytest.mark.parametrize(
    "written", ["31.02.2026", "soon", "2026", "2026-13-01", "45/13/2026", "Q4", "0", "=TODAY()"]
)
def test_what_is_no_date_is_a_problem_of_its_cell_alone(written: str) -> None:
    bad, good = values(written, "2026-11-12")
    assert isinstance(bad, Bad)
    assert written in bad.reason
    assert good == DAY


def test_a_wrong_cell_does_not_unsettle_its_column() -> None:
    wrong, day = values("45/13/2026", "13/04/2026")
    assert isinstance(wrong, Bad)
    assert day == date(2026, 4, 13)


def test_an_order_said_beforehand_settles_the_column() -> None:
    assert values("03/04/2026", order="mdy") == [date(2026, 3, 4)]
    (wrong,) = values("13/04/2026", order="mdy")
    assert isinstance(wrong, Bad)


def test_an_instant_is_the_day_it_was_in_the_zone() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert values("2026-11-12T23:30:00Z", zone=shanghai) == [date(2026, 11, 13)]
    assert values("2026-11-12T23:30:00+08:00", zone=shanghai) == [DAY]


def test_a_column_of_midnights_holds_days_and_no_zone_moves_them() -> None:
    new_york = ZoneInfo("America/New_York")
    assert values("2026-11-12T00:00:00Z", "2026-11-13T00:00:00.000+0000", zone=new_york) == [
        DAY,
        date(2026, 11, 13),
    ]


@given(
    st.lists(DAYS, min_size=1, max_size=8), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d"])
)
def test_any_column_of_unmistakable_dates_comes_back_as_it_was(days: list[date], form: str) -> None:
    assert values(*(day.strftime(form) for day in days)) == days


@given(st.lists(DAYS, min_size=1, max_size=8), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_a_column_with_slashes_is_read_right_or_not_at_all(days: list[date], form: str) -> None:
    reading = read_dates([day.strftime(form) for day in days])
    assert reading.ambiguous is not None or reading.values == days
    if any(day.day > 12 for day in days):
        assert reading.values == days


@given(st.lists(st.text(max_size=12), max_size=5))
def test_no_text_makes_the_reading_fail(cells: list[str]) -> None:
    assert len(read_dates(cells).values) == len(cells)
