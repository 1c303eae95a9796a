"""What a column of the workbook holds is recognised by what the workbook says of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ingest.crm.cells import CLEAR, Bad, Reference
from ingest.crm.columns import Settled, address, recognise
from ingest.crm.spec import workbook


def read(place: str, *cells: Any, settled: Settled | None = None) -> list[Any]:
    sheet, _, name = place.partition(".")
    reading = recognise(workbook()[sheet].by_name[name], cells, settled)
    assert reading.ambiguous is None, reading.ambiguous
    return reading.values


def refused(place: str, cell: Any) -> str:
    (value,) = read(place, cell)
    assert isinstance(value, Bad), value
    return value.reason


def test_a_hyphen_clears_and_an_empty_cell_says_nothing() -> None:
    assert read("accounts.renewal_date", "-", None, "2026-11-12") == [
        CLEAR,
        None,
        date(2026, 11, 12),
    ]
    assert read("accounts.industry", "-", None) == [CLEAR, None]
    assert read("accounts.aliases", "-") == [CLEAR]
    assert read("accounts.owner", "-") == [CLEAR]


def test_probabilities_count_to_one_or_to_a_hundred_as_the_whole_column_says() -> None:
    assert read("opportunities.probability", "0.5", "1", "0") == [
        Decimal("0.5"),
        Decimal(1),
        Decimal(0),
    ]
    assert read("opportunities.probability", "50", "1", "0") == [
        Decimal("0.5"),
        Decimal("0.01"),
        Decimal(0),
    ]
    assert read("opportunities.probability", "80%", "0.5") == [Decimal("0.8"), Decimal("0.5")]
    assert read("opportunities.probability", 0.5, 1) == [Decimal("0.5"), Decimal(1)]
    assert read("opportunities.probability", "1", settled=Settled(percent=True)) == [
        Decimal("0.01")
    ]


@pytest.mark.parametrize("cells", [("70", "0.4"), ("0,4", "100", "25"), (0.4, 70)])
def test_a_probability_column_that_counts_both_ways_is_left_out_whole(cells: tuple[Any]) -> None:
    field = workbook()["opportunities"].by_name["probability"]
    reading = recognise(field, cells, None)
    assert reading.ambiguous is not None
    assert "two ways" in reading.ambiguous
    declared = recognise(field, ["70", "0.5"], Settled(percent=True))
    assert declared.values == [Decimal("0.7"), Decimal("0.005")]


@pytest.mark.parametrize("cell", ["140", "-5", "likely"])
def test_what_is_no_probability_is_refused(cell: str) -> None:
    bad, good = read("opportunities.probability", cell, "50")
    assert isinstance(bad, Bad)
    assert good == Decimal("0.5")


def test_a_share_lies_between_nothing_and_all() -> None:
    assert read("accounts.share_of_wallet", "0.34", "34%", "1") == [
        Decimal("0.34"),
        Decimal("0.34"),
        Decimal(1),
    ]
    assert "from 0 to 1" in refused("accounts.share_of_wallet", "34")


def test_scores_lie_between_one_and_ten() -> None:
    assert read("scores.score", "1", "10", "7,5") == [Decimal(1), Decimal(10), Decimal("7.5")]
    assert "from 1 to 10" in refused("scores.score", "11")
    assert "from 1 to 10" in refused("scores.score", "0")


def test_a_per_cent_column_keeps_the_number_of_per_cent() -> None:
    assert read("contracts.last_increase_pct", "3.5", "3.5%", "12") == [
        Decimal("3.5"),
        Decimal("3.5"),
        Decimal(12),
    ]


@pytest.mark.parametrize(
    ("place", "cell", "choice"),
    [
        ("contacts.decision_role", "decision_maker", "decision_maker"),
        ("contacts.decision_role", "Decision Maker", "decision_maker"),
        ("contacts.decision_role", "DECISION-MAKER", "decision_maker"),
        ("contacts.decision_role", "决策者", "decision_maker"),
        ("contacts.decision_role", "Economic buyer", "economic_buyer"),
        ("contacts.support", "Non-supporter", "non_supporter"),
        ("contacts.support", "支持者", "supporter"),
        ("contacts.coverage", "In depth", "in_depth"),
        ("opportunities.kind", "Cross-sell", "cross_sell"),
        ("opportunities.forecast", "Best Case", "best_case"),
        ("opportunities.outcome", "赢单", "won"),
        ("opportunities.amount_basis", "One-off", "one_off"),
        ("accounts.class", "重点客户", "key"),
        ("accounts.kind", "经销商", "distributor"),
        ("team.seat", "Executive Sponsor", "executive_sponsor"),
        ("team.seat", "客户经理", "account_manager"),
        ("actions.status", "已完成", "done"),
        ("installed.state", "Not applicable", "not_applicable"),
        ("people.language", "zh-CN", "zh"),
        ("satisfaction.kind", "NPS", "nps"),
    ],
)
def test_choices_are_known_whatever_their_spelling_in_both_languages(
    place: str, cell: str, choice: str
) -> None:
    assert read(place, cell) == [choice]


def test_every_choice_of_the_workbook_means_itself_in_its_column() -> None:
    for sheet in workbook().values():
        for column in sheet.columns:
            for choice in column.choices:
                assert read(f"{sheet.name}.{column.name}", choice, choice.upper()) == [choice] * 2


def test_a_word_that_is_no_choice_is_refused_with_the_choices() -> None:
    assert "vendor, preferred, partner, alliance" in refused("accounts.relationship", "friend")


def test_yes_and_no_are_known_in_both_languages() -> None:
    assert read("contracts.auto_renews", "yes", "Y", "TRUE", 1, "1", "是", True) == [True] * 7
    assert read("contracts.auto_renews", "no", "N", "false", 0, "0", "否", False) == [False] * 7
    assert "neither yes nor no" in refused("contracts.auto_renews", "maybe")


@pytest.mark.parametrize(
    ("cell", "tier"), [("1", 1), (2.0, 2), ("Tier 3", 3), ("T1", 1), ("一级", 1), ("第二级", 2)]
)
def test_tiers_are_one_two_and_three(cell: Any, tier: int) -> None:
    assert read("accounts.tier", cell) == [tier]


def test_another_tier_is_refused() -> None:
    assert "1, 2 or 3" in refused("accounts.tier", "4")


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2026-Q1", "2026-Q1"),
        ("2026Q1", "2026-Q1"),
        ("Q1 2026", "2026-Q1"),
        ("2026年第一季度", "2026-Q1"),
        ("2026年3季度", "2026-Q3"),
        ("2026-03", "2026-03"),
        ("2026/3", "2026-03"),
        ("2026年3月", "2026-03"),
        (date(2026, 3, 1), "2026-03"),
        ("2026", "2026"),
        (2026, "2026"),
        (2026.0, "2026"),
        ("2026年", "2026"),
    ],
)
def test_periods_are_quarters_months_and_years(cell: Any, period: str) -> None:
    assert read("financials.period", cell) == [period]


@pytest.mark.parametrize("cell", ["2026-H1", "2026-13", "2026-Q5", "March", date(2026, 3, 2)])
def test_what_is_no_period_is_refused(cell: Any) -> None:
    assert refused("financials.period", cell)


def test_weeks_are_iso_weeks() -> None:
    assert read("time.week", "2026-W47", "2026W7", "2026年第7周") == [
        "2026-W47",
        "2026-W07",
        "2026-W07",
    ]
    assert "no week 60" in refused("time.week", "2026-W60")
    assert refused("time.week", "last week")


def test_months_are_numbers_or_names() -> None:
    assert read("accounts.fiscal_year_start", "4", 4, "April", "Apr", "4月") == [4] * 5
    assert refused("accounts.fiscal_year_start", "13")


def test_currencies_are_codes_and_what_stands_for_one_of_them() -> None:
    assert read("accounts.currency", "USD", "eur", "€", "人民币", "RMB") == [
        "USD",
        "EUR",
        "EUR",
        "CNY",
        "CNY",
    ]
    assert "CNY, JPY" in refused("accounts.currency", "¥")
    assert refused("accounts.currency", "Dollarydoo")


def test_rates_are_above_nothing() -> None:
    assert read("rates.rate", "7.245", "0.138") == [Decimal("7.245"), Decimal("0.138")]
    assert refused("rates.rate", "0")


def test_email_addresses_are_checked_and_kept_in_small_letters() -> None:
    assert read("people.email", "Li.Na@Example.com") == ["li.na@example.com"]
    assert "not an email address" in refused("people.email", "li.na at example.com")
    assert address("Li Na <Li.Na@example.com>") == "li.na@example.com"
    assert address("Li Na (li.na@example.com)") == "li.na@example.com"
    assert address("mailto:li.na@example.com") == "li.na@example.com"
    assert address("Li Na") is None


def test_time_zones_are_known_ones() -> None:
    assert read("people.time_zone", "asia/shanghai") == ["Asia/Shanghai"]
    assert refused("people.time_zone", "Shanghai time")


def test_lists_are_separated_by_semicolons_of_either_width() -> None:
    assert read("accounts.aliases", "ACME; Acme Corporation ;艾克米；ACME;") == [
        ("ACME", "Acme Corporation", "艾克米")
    ]
    assert read("activities.people", "a@x.com;b@x.com") == [
        (Reference("a@x.com"), Reference("b@x.com"))
    ]


def test_text_stays_as_it_was_written_even_where_a_spreadsheet_would_compute() -> None:
    cells = ["=HYPERLINK(1)", "+49 170", "@SUM(1)", "=cmd|' /C calc'!A0", "a;b", "１２３"]
    assert read("accounts.notes", *cells) == cells


def test_what_a_spreadsheet_took_for_a_number_or_a_date_is_text_again() -> None:
    assert read("receivables.invoice", 10432.0, 8613800000000, date(2026, 3, 1)) == [
        "10432",
        "8613800000000",
        "2026-03-01",
    ]
