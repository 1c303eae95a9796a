"""Figures over time, from what is booked and surveyed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.trends import trends
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Activity, Financial, Satisfaction
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare


class World(NamedTuple):
    book: SmallBook
    ana: int
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    book.person("Otto")
    acme = book.account("ACME", owner_id=ana, currency="USD", share_of_wallet=Decimal("0.34"))
    return World(book, ana, acme)


def told(world: World, who: str = "ana", language: Language = "en", **request: object) -> Reply:
    given: dict[str, object] = {"account_ids": (world.acme,)}
    return ask(world.book.store, trends, who, language, **(given | request))


def booked(world: World, account: int, **periods: int) -> None:
    for period, revenue in periods.items():
        world.book.add(
            Financial, account_id=account, period=period[1:].replace("_", "-"),
            revenue=Decimal(revenue),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            [
                "- ACME: 500 USD in twelve months to 2026-Q3 (+25.0 % on the year before)",
                "  - 2025-Q4: 110 USD (+10.0 % on the year before)",
                "  - 2026-Q3: 150 USD (+50.0 % on the year before)",
            ],
        ),
        (
            "zh",
            [
                "- ACME：截至 2026-Q3 的十二个月 500 USD（同比 +25.0 %）",
                "  - 2025-Q4：110 USD（同比 +10.0 %）",
            ],
        ),
    ],
)
def test_revenue_is_told_by_quarter_against_the_year_before(
    world: World, language: Language, wanted: list[str]
) -> None:
    booked(
        world, world.acme, _2024_Q4=100, _2025_Q1=100, _2025_Q2=100, _2025_Q3=100,
        _2025_Q4=110, _2026_Q1=120, _2026_Q2=120, _2026_Q3=150,
    )  # fmt: skip
    said = bare(told(world, language=language).markdown).split("\n")
    assert [line for line in wanted if line not in said] == []


def test_months_make_a_quarter_only_when_all_three_are_booked(world: World) -> None:
    booked(world, world.acme, _2026_07=10, _2026_08=20, _2026_09=30, _2026_10=40)
    said = bare(told(world, slots={"metric": "revenue"}).markdown)
    assert "2026-Q3: 60 USD" in said
    assert "2026-Q4" not in said


def test_a_quarter_booked_both_ways_counts_once(world: World) -> None:
    booked(world, world.acme, _2026_07=10, _2026_08=20, _2026_09=30, _2026_Q3=61)
    assert "2026-Q3: 60 USD" in bare(told(world, slots={"metric": "revenue"}).markdown)


def test_the_revenue_of_a_span_ends_with_the_last_period_that_is_over(world: World) -> None:
    booked(
        world, world.acme, _2025_Q1=90, _2025_Q2=100, _2025_Q3=110,
        _2026_Q1=100, _2026_Q2=110, _2026_Q3=120,
    )  # fmt: skip
    reply = told(
        world, slots={"metric": "revenue"}, since=date(2026, 1, 1), until=date(2026, 12, 31)
    )
    assert "2026-01-01 to 2026-09-30: 330 USD (+10.0 % on the year before)" in reply.markdown
    gap = told(world, slots={"metric": "revenue"}, since=date(2025, 1, 1), until=date(2026, 9, 30))
    assert gap.outcome is Outcome.UNKNOWN, "2025-Q4 is missing: the sum would be wrong"


def test_satisfaction_is_a_series_with_its_direction_falling_ones_first(world: World) -> None:
    globex = world.book.account("Globex", owner_id=world.ana)
    for account, days, value in ((world.acme, 90, 41), (world.acme, 9, 18), (globex, 50, 40)):
        world.book.add(
            Satisfaction, account_id=account, date=TODAY - timedelta(days=days), kind="nps",
            value=Decimal(value),
        )  # fmt: skip
    world.book.add(
        Satisfaction, account_id=world.acme, date=TODAY + timedelta(days=1), kind="nps",
        value=Decimal(90),
    )  # fmt: skip
    said = bare(told(world, account_ids=()).markdown)
    assert "- ACME, NPS: 41 (2026-08-23) → 18 (2026-11-12); falling" in said
    assert said.index("ACME, NPS") < said.index("Globex, NPS: 40 (2026-10-02); only one value")
    assert "90" not in said


def test_engagement_counts_days_and_leaves_out_what_was_before_the_first(world: World) -> None:
    for day, kind in (("2026-05-04", "call"), ("2026-10-05", "chat"), ("2026-10-05", "call")):
        world.book.add(
            Activity, account_id=world.acme, date=date.fromisoformat(day), kind=kind,
            person_ids=[world.ana],
        )  # fmt: skip
    said = bare(told(world, slots={"metric": "engagement"}).markdown)
    assert "- ACME: 2026-Q2 1; 2026-Q3 0; 2026-Q4 1 so far" in said
    assert "2026-Q1" not in said


def test_the_share_of_wallet_is_told_with_its_day(world: World) -> None:
    said = told(world, slots={"metric": "wallet"}).markdown
    assert "our share of wallet is 34.0 % (as of" in said


@pytest.mark.parametrize("metric", [None, "revenue", "satisfaction", "engagement"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_figure_is_said_to_be_none(world: World, language: Language, metric: str | None) -> None:
    reply = told(world, language=language, slots={"metric": metric} if metric else {})
    assert reply.outcome is Outcome.UNKNOWN
    assert "ACME" in reply.markdown
    assert reply.looked_at
    assert reply.citations == ()
