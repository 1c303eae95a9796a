"""Questions that name a site, a deal, a part of a product or a rival nobody has on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.competitor import competitors
from bot.assistant.skills.concentration import concentration
from bot.assistant.skills.margin import margin
from bot.assistant.skills.promotion_candidates import candidates
from bot.assistant.skills.registry import Skill
from bot.assistant.skills.renewals import renewal_outlook
from bot.assistant.skills.stakeholders import stakeholders
from bot.assistant.skills.whitespace import whitespace
from bot.assistant.skills.who_knows import knows_whom
from bot.assistant.skills.win_loss import win_loss
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Competitor,
    Contact,
    Contract,
    Financial,
    Installed,
    Opportunity,
    Rate,
)
from tests.integration.asking import TODAY, SmallBook, ask, bare


@dataclass
class World:
    book: SmallBook
    ana: int
    kiln: int
    mill: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana", role="member")
    kiln = book.account("Kiln Works", owner_id=ana, currency="EUR", account_class="ordinary")
    mill = book.account("磨坊食品", owner_id=ana, currency="JPY", account_class="key")
    return World(book, ana, kiln, mill)


def asked(
    world: World, skill: Skill, text: str, account: int | None = None, **values: Any
) -> Reply:
    ids = (account,) if account else ()
    return ask(world.book.store, skill, "ana", text=text, account_ids=ids, **values)


def text_of(reply: Reply) -> str:
    return bare(reply.markdown)


def deal(world: World, account: int, name: str, outcome: str, **values: Any) -> None:
    days = {"won": 200, "lost": 100}
    world.book.add(
        Opportunity, account_id=account, name=name, kind="new", outcome=outcome,
        close_date=TODAY - timedelta(days=days[outcome]), **values,
    )  # fmt: skip


def test_a_deal_named_by_its_site_is_told_and_no_other(world: World) -> None:
    deal(world, world.kiln, "Sensors Lyon", "lost", competitor="Optra", reason="Too slow")
    deal(world, world.kiln, "Sensors Metz", "lost", competitor="Optra", reason="Too dear")
    said = text_of(asked(world, win_loss, "Why did we lose Metz?", slots={"outcome": "lost"}))
    assert "Too dear" in said
    assert "Too slow" not in said


def test_a_deal_that_ended_otherwise_than_the_question_has_it_is_told_as_it_ended(
    world: World,
) -> None:
    deal(world, world.kiln, "Sensors Lyon", "won", competitor="Optra", reason="Trial")
    reply = asked(
        world, win_loss, "Why did we lose Lyon to Optra?",
        slots={"outcome": "lost"}, competitors=("Optra",),
    )  # fmt: skip
    assert text_of(reply).startswith("By the records it was otherwise")
    assert "Won against Optra" in text_of(reply)


def test_a_chinese_deal_is_found_by_the_pinyin_of_its_place(world: World) -> None:
    deal(world, world.mill, "成都传感器", "won", reason="交期短")
    deal(world, world.mill, "沈阳传感器", "won", reason="价格")
    said = text_of(asked(world, win_loss, "how did we win Chengdu?", slots={"outcome": "won"}))
    assert "成都传感器" in said
    assert "沈阳传感器" not in said


@pytest.mark.parametrize("skill", [win_loss, competitors, whitespace])
def test_a_name_that_no_record_has_is_not_answered_with_others(world: World, skill: Skill) -> None:
    deal(world, world.kiln, "Sensors Lyon", "won", competitor="Optra")
    world.book.add(Competitor, account_id=world.kiln, competitor="Optra", strength="Price")
    world.book.add(
        Installed, account_id=world.kiln, unit="Lyon", product="Sensor", state="open", potential=5
    )
    reply = asked(world, skill, "What about Zandvoort?", unknown_names=("Zandvoort",))
    assert reply.outcome is Outcome.UNKNOWN
    assert "Zandvoort" in text_of(reply)
    assert "Optra" not in text_of(reply)
    assert "Lyon" not in text_of(reply)


def test_nobody_else_is_named_for_a_contact_that_is_on_no_record(world: World) -> None:
    world.book.add(Contact, account_id=world.kiln, name="Eva Roth", known_by_ids=[world.ana])
    reply = asked(
        world, knows_whom, "Who knows Ida Falk at Kiln?", world.kiln, unknown_names=("Ida Falk",)
    )
    assert reply.outcome is Outcome.UNKNOWN
    assert "Ida Falk" in text_of(reply)
    assert "Eva" not in text_of(reply)


def test_an_office_without_a_title_of_its_own_is_found_by_its_words(world: World) -> None:
    for name, title in (("Eva Roth", "Kiln Chemist"), ("Max Horn", "Works Council Speaker")):
        world.book.add(
            Contact, account_id=world.kiln, name=name, title=title, known_by_ids=[world.ana]
        )
    said = text_of(asked(world, knows_whom, "who knows the works council there?", world.kiln))
    assert "Max Horn" in said
    assert "Eva" not in said


def test_supporters_and_blockers_asked_for_together_leave_out_the_neutral(world: World) -> None:
    for name, support in (("Eva", "supporter"), ("Max", "enemy"), ("Ida", "neutral")):
        world.book.add(Contact, account_id=world.kiln, name=name, support=support)
    said = text_of(
        asked(world, stakeholders, "friends and foes", world.kiln, slots={"stance": "for+against"})
    )
    assert "Eva" in said
    assert "Max" in said
    assert "Ida" not in said


def test_whitespace_of_a_site_names_the_deal_that_works_the_rest_of_it(world: World) -> None:
    for unit, product in (("Lyon", "Sensor"), ("Lyon", "Care"), ("Metz", "Sensor")):
        world.book.add(
            Installed, account_id=world.kiln, unit=unit, product=product, state="open",
            potential=700,
        )  # fmt: skip
    world.book.add(
        Opportunity, account_id=world.kiln, name="Care for Lyon", kind="upsell", product="Care",
        unit="Lyon", outcome="open",
    )  # fmt: skip
    said = text_of(asked(world, whitespace, "what is left in Lyon?"))
    assert "Lyon: Sensor is open" in said
    assert "Care is worked already" in said
    assert "Metz" not in said


def test_a_renewal_does_not_work_a_cell_that_is_still_open(world: World) -> None:
    world.book.add(
        Installed, account_id=world.kiln, unit="Metz", product="Sensor", state="open", potential=9
    )
    world.book.add(
        Opportunity, account_id=world.kiln, name="Renewal", kind="renewal", product="Sensor",
        outcome="open",
    )  # fmt: skip
    assert "Metz: Sensor is open" in text_of(asked(world, whitespace, "whitespace?"))


def booked(world: World, account: int, revenue: int, cost: int | None, currency: str) -> None:
    for quarter in ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"):
        world.book.add(
            Financial, account_id=account, period=quarter, revenue=revenue, cost=cost,
            currency=currency,
        )  # fmt: skip


def test_the_least_profitable_account_comes_first_and_the_best_on_request(world: World) -> None:
    booked(world, world.kiln, 100, 90, "EUR")
    booked(world, world.mill, 100, 50, "JPY")
    worst = text_of(asked(world, margin, "least profitable?"))
    best = text_of(asked(world, margin, "most profitable?", slots={"order": "best"}))
    assert worst.index("Kiln Works") < worst.index("磨坊食品")
    assert best.index("磨坊食品") < best.index("Kiln Works")
    assert "10.0 %" in worst


def test_margins_are_told_to_nobody_outside_the_teams(world: World) -> None:
    booked(world, world.kiln, 100, 90, "EUR")
    world.book.person("Ben")
    reply = ask(world.book.store, margin, "ben", text="least profitable accounts?")
    assert reply.outcome is Outcome.DENIED
    assert "10" not in reply.markdown


def test_revenue_that_no_rate_joins_is_left_out_of_the_whole_and_named(world: World) -> None:
    dairy = world.book.account("Dairy", owner_id=world.ana, currency="GBP")
    booked(world, world.kiln, 100, None, "EUR")
    booked(world, world.mill, 10000, None, "JPY")
    booked(world, dairy, 50, None, "GBP")
    world.book.add(Rate, currency="JPY", to="EUR", rate="0.006", as_of=TODAY - timedelta(days=3))
    said = text_of(asked(world, concentration, "lose the biggest?", slots={"n": "1"}))
    assert "400 EUR of 640 EUR" in said
    assert "no dated rate leads to EUR: Dairy, 200 GBP" in said


def test_a_named_account_is_a_share_of_the_whole_and_not_of_itself(world: World) -> None:
    booked(world, world.kiln, 100, None, "EUR")
    other = world.book.account("Forge", owner_id=world.ana, currency="EUR")
    booked(world, other, 300, None, "EUR")
    assert "25.0 %" in text_of(asked(world, concentration, "what if Kiln leaves?", world.kiln))


def test_both_renewal_dates_stand_in_the_answer_where_records_differ(world: World) -> None:
    account = world.book.account(
        "Forge", owner_id=world.ana, currency="EUR", renewal_date=TODAY + timedelta(days=99)
    )
    end, notice = TODAY + timedelta(days=70), TODAY + timedelta(days=20)
    world.book.add(
        Contract, account_id=account, contract="F-1", end=end, notice_by=notice, value=10
    )
    said = text_of(asked(world, renewal_outlook, "when is Forge up?", account))
    assert f"notice by {notice}, ends {end}" in said
    assert str(TODAY + timedelta(days=99)) in said


def test_a_contract_that_has_run_out_is_told_where_nothing_lies_ahead(world: World) -> None:
    end = TODAY - timedelta(days=20)
    world.book.add(Contract, account_id=world.kiln, contract="K-1", end=end)
    reply = asked(world, renewal_outlook, "when does Kiln renew?", world.kiln)
    assert reply.outcome is Outcome.ANSWERED
    assert f"K-1 ended on {end}" in text_of(reply)


def test_a_named_account_is_told_what_it_lacks_for_promotion(world: World) -> None:
    reply = asked(world, candidates, "is Kiln ready?", world.kiln)
    assert reply.outcome is Outcome.ANSWERED
    assert "does not look ready yet: 0 of 3 signs" in text_of(reply)
    assert "Missing in the team" in text_of(reply)
