"""Numbers are recognised by column."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.crm.cells import Amount, Bad
from ingest.crm.numbers import read_numbers


def numbers(*cells: Any, **options: Any) -> list[Any]:
    reading = read_numbers(cells, **({"money": True} | options))
    assert reading.ambiguous is None, reading.ambiguous
    return [value.number if isinstance(value, Amount) else value for value in reading.values]


def currencies(cell: str) -> set[str]:
    (value,) = read_numbers([cell], money=True).values
    assert isinstance(value, Amount), value
    return set(value.currencies)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1234.5", "1234.5"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234\u202f567,5", "1234567.5"),
        ("1'234.50", "1234.5"),
        ("12,34,567.00", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("0,234", "0.234"),
        ("12,5", "12.5"),
        (".5", "0.5"),
        ("-7", "-7"),
        ("−7", "-7"),
        ("(1,200.00)", "-1200"),
        ("1.234,56-", "-1234.56"),
        ("1.2E+06", "1200000"),
        ("３．５万", "35000"),
        ("1,200万元", "12000000"),
        ("1.2亿", "120000000"),
        ("1.234亿", "123400000"),
        ("350k", "350000"),
        ("1.2M", "1200000"),
        ("2 bn", "2000000000"),
        ("5 Mio. €", "5000000"),
        ("$ 1,234.50", "1234.5"),
        ("1200 EUR", "1200"),
        ("RMB 300", "300"),
        ("￥12,000.5", "12000.5"),
        ("($5.50)", "-5.5"),
    ],
)
def test_a_number_that_can_mean_only_one_thing_is_that(written: str, number: str) -> None:
    assert numbers(written) == [Decimal(number)]


def test_numbers_of_a_spreadsheet_are_taken_at_its_own_precision() -> None:
    assert numbers(1200, 0.1 + 0.2, 1e6) == [Decimal(1200), Decimal("0.3"), Decimal(1000000)]


def test_the_other_cells_say_what_one_thousand_two_hundred_and_thirty_four_is() -> None:
    assert numbers("1,234", "1,234.50") == [Decimal(1234), Decimal("1234.5")]
    assert numbers("1,234", "12,5") == [Decimal("1.234"), Decimal("12.5")]
    assert numbers("1.234", "1.234.567") == [Decimal(1234), Decimal(1234567)]
    assert numbers("1.234", "0.5") == [Decimal("1.234"), Decimal("0.5")]


@pytest.mark.parametrize("written", ["1,234", "1.234", "850,000"])
def test_a_column_that_may_be_read_two_ways_is_reported(written: str) -> None:
    reading = read_numbers([written, "500", None], money=True)
    assert reading.ambiguous is not None
    assert written in reading.ambiguous
    assert reading.values == [None, None, None]


def test_two_decimal_marks_in_one_column_are_reported() -> None:
    reading = read_numbers(["12,5", "12.5"], money=True)
    assert reading.ambiguous is not None
    assert "'12,5' and '12.5'" in reading.ambiguous


def test_a_rate_is_never_written_with_thousands_points() -> None:
    assert numbers("7.245", thousands="comma") == [Decimal("7.245")]
    assert numbers("7.245", "16,800.5", thousands="comma") == [Decimal("7.245"), Decimal("16800.5")]


def test_a_decimal_mark_said_beforehand_settles_the_column() -> None:
    assert numbers("1.234", mark="comma") == [Decimal(1234)]
    assert numbers("1.234", mark="point") == [Decimal("1.234")]


def test_the_sign_of_a_currency_says_which_it_may_be() -> None:
    assert currencies("€ 5") == {"EUR"}
    assert currencies("5 CHF") == {"CHF"}
    assert currencies("US$5") == {"USD"}
    assert currencies("120万美元") == {"USD"}
    assert currencies("¥5") == {"CNY", "JPY"}
    assert {"USD", "CAD"} < currencies("$5")
    assert currencies("5") == set()


@pytest.mark.parametrize(
    "written", ["abc", "12-13", "1/2", "n/a", "5 XYZ", "1.2.3", "1,23,4", "--5", "(5", "80%", "1 2"]
)
def test_what_is_no_amount_is_a_problem_of_its_cell(written: str) -> None:
    bad, good = numbers(written, "5")
    assert isinstance(bad, Bad)
    assert good == Decimal(5)


def test_a_formula_is_never_evaluated() -> None:
    (bad,) = numbers("=1+1")
    assert isinstance(bad, Bad)
    assert "formula" in bad.reason


AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


def written(number: Decimal, decimal: str, group: str) -> str:
    return f"{number:,.2f}".replace(",", "_").replace(".", decimal).replace("_", group)


@given(
    st.lists(AMOUNTS, min_size=1, max_size=8),
    st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", ""), (",", "")]),
)
def test_any_column_of_one_style_comes_back_as_it_was(
    amounts: list[Decimal], style: tuple[str, str]
) -> None:
    assert numbers(*(written(amount, *style) for amount in amounts)) == amounts


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.sampled_from([",", "."]))
def test_whole_numbers_with_thousands_are_read_right_or_not_at_all(
    whole: list[int], group: str
) -> None:
    reading = read_numbers([f"{number:,}".replace(",", group) for number in whole], money=True)
    if reading.ambiguous is None:
        assert [value.number for value in reading.values] == whole
    else:
        assert all(number < 10**6 for number in whole)


@given(st.lists(st.text(max_size=12), max_size=5))
def test_no_text_makes_the_reading_fail(cells: list[str]) -> None:
    assert len(read_numbers(cells, money=True).values) == len(cells)
