"""What narrows an answer: one seat, one department, one gap, an order, a least amount."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.portfolio import portfolio
from bot.assistant.skills.registry import Skill
from bot.assistant.skills.renewals import renewal_outlook
from bot.assistant.skills.stakeholders import stakeholders
from bot.assistant.skills.team_seats import seats_of_teams
from bot.assistant.skills.whitespace import whitespace
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Contract, Installed, Rate, TeamSeat
from tests.integration.asking import TODAY, SmallBook, ask, bare, lines


class World(NamedTuple):
    book: SmallBook
    ana: int
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    acme = book.account("ACME", owner_id=ana, currency="USD", account_class="key")
    return World(book, ana, acme)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def asked(
    world: World, skill: Skill, who: str = "ana", *, named: bool = True, **slots: str
) -> Reply:
    ids = (world.acme,) if named else ()
    return ask(world.book.store, skill, who, account_ids=ids, slots=slots)


def said(reply: Reply) -> list[str]:
    return [bare(line) for line in lines(reply)]


def test_one_seat_is_answered_with_whoever_holds_it(world: World) -> None:
    ben = world.book.person("Ben")
    world.book.add(TeamSeat, account_id=world.acme, person_id=ben, seat="executive_sponsor")
    assert said(asked(world, seats_of_teams, seat="sponsor")) == ["- executive sponsor: Ben"]
    assert said(asked(world, seats_of_teams, seat="account_manager")) == ["- account manager: Ana"]
    assert said(asked(world, seats_of_teams, seat="delivery_manager")) == [
        "- ACME (key account): empty: delivery manager"
    ]


def test_a_question_for_gaps_does_not_list_who_sits_where(world: World) -> None:
    assert said(asked(world, seats_of_teams, seat="triangle", gap="yes")) == [
        "- ACME (key account): empty: solution manager and delivery manager"
    ]
    reply = asked(world, seats_of_teams, seat="account_manager", gap="yes")
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.markdown.startswith("No empty seat (account manager) at ACME")


@pytest.mark.parametrize(
    ("title", "department", "wanted", "found"),
    [
        ("General Counsel", None, "legal", True),
        ("Plant Manager", "Legal", "legal", True),
        ("采购经理", "采购部", "procurement", True),
        ("Chief Financial Officer", "财务部", "finance", True),
        ("Chief Financial Officer", "财务部", "legal", False),
    ],
)
def test_a_department_is_found_by_its_name_in_either_language(
    world: World, title: str, department: str | None, wanted: str, found: bool
) -> None:
    world.book.contact(world.acme, "Someone", title=title, department=department)
    reply = asked(world, stakeholders, department=wanted)
    assert ("Someone" in reply.markdown) is found
    assert "Nobody on record as" not in reply.markdown


def test_a_gap_that_was_asked_for_is_shown_alone(world: World) -> None:
    assert said(asked(world, portfolio, missing_plan="yes")) == [
        "**Without a plan (1)**", "- ACME (Ana)",
    ]  # fmt: skip


def test_load_counts_accounts_and_key_accounts_by_owner(world: World) -> None:
    world.book.account("Globex", owner_id=world.ana)
    world.book.account("Orphan")
    lead = world.book.person("Lead", role="leader")
    assert lead
    reply = ask(world.book.store, portfolio, "lead", slots={"ask": "load", "scope": "all"})
    assert said(reply) == [
        "**Accounts by owner**", "- Ana: 2 (key accounts: 1)",
        "- Nobody holds more than 10 key accounts", "- without an owner: 1 (Orphan)",
    ]  # fmt: skip


def contract(world: World, name: str, account: int | None = None, **values: object) -> None:
    values = {"start": day(-300), "end": day(60), "value": 1000, "auto_renews": True, **values}
    world.book.add(Contract, account_id=account or world.acme, contract=name, **values)


def test_the_terms_of_a_contract_are_for_all_its_prices_for_the_team(world: World) -> None:
    contract(
        world, "MSA-1", notice_by=day(10), payment_terms="60 days net", price_clause="Index",
        last_increase_on=day(-90), last_increase_pct=3, status="notice_given",
    )  # fmt: skip
    contract(world, "OLD-1", end=day(-1))
    assert said(asked(world, renewal_outlook, ask="terms")) == [
        "**ACME, MSA-1**",
        f"- 1,000 USD; runs {day(-300)} to {day(60)}, notice by {day(10)}; "
        "renews by itself without notice",
        "- notice has been given",
        "- payment: 60 days net",
        "- price clause: Index",
        f"- last increase: 3 % on {day(-90)}",
    ]
    world.book.person("Ben")
    outside = asked(world, renewal_outlook, "ben", ask="terms").markdown
    assert "60 days net" in outside
    assert "Index" not in outside
    assert "3 %" not in outside


def test_without_a_running_contract_its_terms_are_unknown(world: World) -> None:
    reply = asked(world, renewal_outlook, ask="terms")
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.looked_at


@pytest.mark.parametrize(
    ("sort", "first"), [("value", "Globex"), ("date", "Initech"), ("risk", "Initech")]
)
def test_renewals_come_in_the_order_asked_for(world: World, sort: str, first: str) -> None:
    globex = world.book.account("Globex", owner_id=world.ana, currency="EUR")
    initech = world.book.account("Initech", owner_id=world.ana, currency="CNY")
    world.book.add(Rate, currency="EUR", to="USD", rate="1.1", as_of=day(-3))
    world.book.add(Rate, currency="CNY", to="USD", rate="0.14", as_of=day(-3))
    contract(world, "A-1", value=1000)
    contract(world, "G-1", globex, value=2000, end=day(50))
    contract(world, "I-1", initech, value=5000, end=day(40))
    found = said(asked(world, renewal_outlook, named=False, sort=sort))
    assert found[0].startswith(f"**{first}** (")


def test_whitespace_shows_as_many_cells_as_wanted_and_none_below_the_amount(world: World) -> None:
    for product, potential in (("Edge", 900), ("Predict", 500), ("Care", 100)):
        world.book.add(
            Installed, account_id=world.acme, unit="Plant", product=product, state="open",
            potential=potential, currency="USD",
        )  # fmt: skip
    shown = asked(world, whitespace, n="1").markdown
    assert "Edge" in shown
    assert "Predict" not in shown
    least = asked(world, whitespace, min_amount="400").markdown
    assert "Predict" in least
    assert "Care" not in least
    none = asked(world, whitespace, min_amount="4000")
    assert none.outcome is Outcome.UNKNOWN
