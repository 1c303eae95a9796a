"""The forecast: what counts, what does not, and the gap."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from bot.assistant.context import Company
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.forecast import forecast
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Cover, Opportunity, Rate, Receivable, Target
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare


class World(NamedTuple):
    book: SmallBook
    ana: int
    ben: int
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    chief = book.person("Chief", role="leader")
    ana, ben = book.person("Ana", manager_id=chief), book.person("Ben", manager_id=chief)
    return World(book, ana, ben, book.account("ACME", owner_id=ana, currency="CNY"))


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def deal(world: World, name: str, amount: int | None, close: date | None, **values: object) -> int:
    given: dict[str, object] = {"kind": "new", "outcome": "open", "account_id": world.acme}
    return world.book.add(
        Opportunity, name=name, amount=None if amount is None else Decimal(amount),
        close_date=close, **(given | values),
    )  # fmt: skip


def told(
    world: World,
    who: str = "ana",
    language: Language = "en",
    company: Company | None = None,
    **request: object,
) -> Reply:
    return ask(world.book.store, forecast, who, language, company=company, **request)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            [
                "**Forecast 2026-Q4 (2026-10-01 to 2026-12-31)**",
                "- Growth: commit 1,000,000 CNY; best case 1,500,000 CNY; "
                "weighted 1,150,000 CNY (deals: 2)",
                "- Renewals, apart from growth: commit 300,000 CNY; best case 300,000 CNY; "
                "weighted 0 (deals: 1, 1 without a probability)",
                "- Won so far: 200,000 CNY",
            ],
        ),
        (
            "zh",
            [
                "**2026-Q4 预测（2026-10-01 至 2026-12-31）**",
                "- 增长：承诺 100万 CNY；最好情况 150万 CNY；加权 115万 CNY（2 个商机）",
                "- 续约（单列）：承诺 30万 CNY；最好情况 30万 CNY；加权 0"
                "（1 个商机，其中 1 个没有概率）",
                "- 已赢单：20万 CNY",
            ],
        ),
    ],
)
def test_growth_stands_apart_from_renewals_and_no_probability_is_invented(
    world: World, language: Language, wanted: list[str]
) -> None:
    deal(world, "Sure", 1_000_000, day(10), forecast="commit", probability=Decimal("0.9"))
    deal(world, "Maybe", 500_000, day(20), forecast="best_case", probability=Decimal("0.5"))
    deal(world, "Left out", 900_000, day(20), forecast="omitted", probability=Decimal("0.9"))
    deal(world, "Frame", 300_000, day(30), kind="renewal", forecast="commit")
    deal(world, "Won", 200_000, day(-20), outcome="won")
    said = bare(told(world, language=language).markdown).split("\n")
    assert [line for line in wanted if line not in said] == []


def test_a_deal_past_its_date_is_listed_and_not_counted(world: World) -> None:
    deal(world, "Stalled", 70_000, day(-8), forecast="commit", probability=Decimal("0.9"))
    said = bare(told(world).markdown)
    assert "- No open growth deal closes in this period." in said
    past = said.partition("**Past their close date, not counted**")[2]
    assert "ACME: Stalled, 70,000 CNY, 90 %, commit, closes" in past


def test_a_deal_without_a_date_is_listed_apart(world: World) -> None:
    deal(world, "Someday", 70_000, None)
    assert "Someday" in told(world).markdown.partition("**Without a close date")[2]


def test_the_next_quarters_get_a_line_each(world: World) -> None:
    deal(world, "Next", 400_000, date(2027, 2, 1), probability=Decimal("0.25"))
    said = bare(told(world).markdown)
    assert (
        "- 2027-Q1: growth commit 0, best case 0, weighted 100,000 CNY; renewals weighted 0" in said
    )


def test_the_gap_is_what_is_won_and_committed_short_of_the_target(world: World) -> None:
    world.book.add(
        Target, owner_id=world.ana, period="2026-Q4", amount=Decimal(1_000_000), currency="CNY",
        kind="bookings",
    )  # fmt: skip
    world.book.add(
        Target, owner_id=world.ana, period="2026-Q4", amount=Decimal(400), currency="CNY",
        kind="collections",
    )  # fmt: skip
    deal(world, "Won", 200_000, day(-20), outcome="won")
    deal(world, "Sure", 300_000, day(10), forecast="commit")
    world.book.add(
        Receivable, account_id=world.acme, invoice="I-1", amount=500, due=day(-9), paid_on=day(-3)
    )
    said = bare(told(world, slots={"ask": "gap"}).markdown)
    assert (
        "- bookings 2026-Q4, target 1,000,000 CNY: won 200,000 CNY, commit 300,000 CNY; "
        "gap 500,000 CNY" in said
    )
    assert "target 400 CNY: paid so far 500 CNY; 100 CNY beyond it" in said


def test_currencies_are_added_only_at_a_dated_rate_that_is_named(world: World) -> None:
    globex = world.book.account("Globex", owner_id=world.ana, currency="EUR")
    deal(world, "Sure", 1_000, day(10), forecast="commit")
    deal(world, "Euro", 100, day(10), forecast="commit", account_id=globex)
    assert "commit 1,000 CNY and 100 EUR" in told(world).markdown
    company = Company("CNY")
    assert "= " not in told(world, company=company).markdown, "there is no rate yet"
    world.book.add(Rate, currency="EUR", to="CNY", rate=Decimal("7.75"), as_of=day(-2))
    said = bare(told(world, company=company).markdown)
    assert f"= 1,775 CNY at 1 EUR = 7.75 CNY ({day(-2)})" in said


def test_the_fiscal_year_says_which_quarter_it_is(world: World) -> None:
    deal(world, "Sure", 1_000, day(10), forecast="commit")
    said = told(world, company=Company(None, 4)).markdown
    assert "Forecast 2026-Q3 (2026-10-01 to 2026-12-31)" in said


def test_ones_own_forecast_holds_no_account_one_only_covers(world: World) -> None:
    globex = world.book.account("Globex", owner_id=world.ben, currency="EUR")
    deal(world, "Bens", 100, day(10), forecast="commit", account_id=globex)
    deal(world, "Anas", 200, day(10), forecast="commit")
    world.book.add(
        Cover, person_id=world.ben, cover_id=world.ana, from_date=day(-1), to_date=day(5),
        account_ids=[globex],
    )  # fmt: skip
    assert "commit 200 CNY;" in told(world).markdown


def test_a_colleagues_target_is_for_that_person_and_those_above(world: World) -> None:
    world.book.add(
        Target, owner_id=world.ben, period="2026-Q4", amount=Decimal(777), currency="CNY",
        kind="bookings",
    )  # fmt: skip
    assert "777" not in told(world, "ana", slots={"ask": "gap"}).markdown
    assert "Ben: bookings" in told(world, "chief", slots={"ask": "gap"}).markdown or (
        "target 777 CNY" in told(world, "chief", slots={"ask": "gap"}).markdown
    )


def test_what_slipped_is_told_from_the_ledger(world: World) -> None:
    key = deal(world, "Moving", 1_000, day(10))
    world.book.change(
        Opportunity, key, recorded=datetime(2026, 11, 1, tzinfo=UTC), close_date=day(60)
    )
    said = bare(told(world, slots={"ask": "slipped"}).markdown)
    assert f"- Moving (ACME): first {day(10)}, now {day(60)}" in said


def test_the_pipeline_is_told_largest_first(world: World) -> None:
    for name, amount in (("Small", 10), ("Large", 1_000), ("Unsaid", None)):
        deal(world, name, amount, day(200))
    said = told(world, slots={"ask": "pipeline"}).markdown
    assert said.index("Large") < said.index("Small") < said.index("Unsaid")


@pytest.mark.parametrize("ask_for", [None, "gap", "slipped", "pipeline"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_pipeline_is_said_to_be_empty(
    world: World, language: Language, ask_for: str | None
) -> None:
    reply = told(world, language=language, slots={"ask": ask_for} if ask_for else {})
    assert reply.outcome is Outcome.UNKNOWN
    assert "ACME" in reply.markdown
    assert reply.looked_at
