"""The best way to somebody: every step rests on something that is on record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.best_path import best_path
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Activity, Contact, Opportunity, TeamSeat
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare, lines


class World(NamedTuple):
    book: SmallBook
    ana: int
    ben: int
    acme: int
    boss: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana, ben = book.person("Ana", title="Account Manager"), book.person("Ben", title="Engineer")
    book.person("Otto")
    acme = book.account("ACME", owner_id=ana)
    book.add(TeamSeat, account_id=acme, person_id=ana, seat="account_manager")
    boss = book.contact(acme, "Frank Osterman", title="CEO", decision_role="decision_maker")
    return World(book, ana, ben, acme, boss)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def met(world: World, days: int, contacts: list[int], people: list[int]) -> None:
    world.book.add(
        Activity, account_id=world.acme, date=day(days), kind="meeting", contact_ids=contacts,
        person_ids=people, subject=f"Meeting of {days}",
    )  # fmt: skip


def way(world: World, who: str = "ana", language: Language = "en", **request: object) -> Reply:
    given: dict[str, object] = {"account_ids": (world.acme,), "contact_ids": (world.boss,)}
    return ask(world.book.store, best_path, who, language, **(given | request))


def steps(reply: Reply) -> list[str]:
    return [bare(line) for line in lines(reply) if line[0].isdigit()]


def knows(world: World, name: str, *people: int, **values: object) -> int:
    return world.book.contact(world.acme, name, known_by_ids=list(people), **values)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            [
                "1. You know Dana Wu, in touch on 1 day within 180 days, last on 2026-11-11",
                "2. Dana Wu reports to Frank Osterman (CEO)",
            ],
        ),
        (
            "zh",
            [
                "1. 你认识 Dana Wu，180 天内有 1 天联系，最近一次 2026-11-11",
                "2. Dana Wu 汇报给 Frank Osterman（CEO）",
            ],
        ),
    ],
)
def test_the_way_goes_through_whom_one_knows_and_the_reporting_line(
    world: World, language: Language, wanted: list[str]
) -> None:
    dana = knows(world, "Dana Wu", world.ana, reports_to_id=world.boss)
    met(world, -10, [dana], [world.ana])
    assert steps(way(world, language=language)) == wanted


def test_whom_one_knows_needs_no_way(world: World) -> None:
    met(world, -10, [world.boss], [world.ana])
    assert steps(way(world)) == [
        "1. You know Frank Osterman yourself, in touch on 1 day within 180 days, last on 2026-11-11"
    ]


def test_a_colleague_who_knows_the_person_is_asked(world: World) -> None:
    world.book.change(
        Contact, world.boss, recorded=datetime(2026, 1, 7, tzinfo=UTC),
        known_by_ids=[world.ben],
    )  # fmt: skip
    assert steps(way(world)) == [
        "1. Ask Ben (Engineer)",
        "2. Ben knows Frank Osterman (CEO), by the record; no touch within 180 days",
    ]


def test_the_other_way_begins_with_somebody_else(world: World) -> None:
    dana = knows(world, "Dana Wu", world.ana, reports_to_id=world.boss)
    met(world, -10, [dana], [world.ana])
    met(world, -20, [world.boss], [world.ben])
    first, second = way(world).markdown.split("**Or**")
    assert "Dana Wu" in first + second
    assert "Ask Ben" in first + second
    assert ("Ask Ben" in first) != ("Ask Ben" in second)


def test_who_is_against_us_opens_no_door(world: World) -> None:
    foe = knows(world, "Peter Foe", world.ana, reports_to_id=world.boss, support="enemy")
    friend = knows(world, "Rosa Friend", world.ana, support="mentor")
    for contact in (foe, friend):
        met(world, -10, [contact], [world.ana])
    met(world, -12, [friend, world.boss], [])
    assert "Rosa Friend" in steps(way(world))[0]
    assert "were in the same meeting on" in steps(way(world))[1]


def test_who_left_is_on_no_way(world: World) -> None:
    kay = world.book.person("Kay", left_on=day(-5))
    gone = knows(world, "Gone Man", world.ana, reports_to_id=world.boss, left_on=day(-3))
    met(world, -10, [gone], [world.ana])
    knows(world, "Kays Friend", kay, reports_to_id=world.boss)
    reply = way(world)
    assert reply.outcome is Outcome.UNKNOWN
    assert "No way to Frank Osterman is on record" in reply.markdown


def test_somebody_who_moved_to_another_company_is_a_way_back(world: World) -> None:
    book = world.book
    partner = book.account("Partner", owner_id=world.ana)
    book.contact(world.acme, "Nils Haas", reports_to_id=world.boss, left_on=day(-90))
    book.contact(partner, "Nils Haas", known_by_ids=[world.ana])
    assert steps(way(world)) == [
        "1. You know Nils Haas, by the record; no touch within 180 days",
        f"2. Nils Haas worked with Frank Osterman (CEO) at ACME until {day(-90)}",
    ]


def test_without_a_name_it_leads_to_who_decides_and_a_title_to_who_holds_it(world: World) -> None:
    legal = knows(world, "Helen Brandt", world.ben, title="General Counsel", department="Legal")
    met(world, -5, [legal], [world.ben])
    met(world, -5, [world.boss], [world.ana])
    assert "Frank Osterman" in way(world, contact_ids=()).markdown
    titled = way(world, contact_ids=(), title_code="legal", title_text="legal")
    assert "Helen Brandt" in titled.markdown.split("\n")[0]
    nobody = way(world, contact_ids=(), title_code="cfo", title_text="CFO")
    assert nobody.outcome is Outcome.UNKNOWN
    assert "as CFO" in nobody.markdown


def test_in_a_bids_quiet_period_it_warns_first(world: World) -> None:
    met(world, -10, [world.boss], [world.ana])
    world.book.add(
        Opportunity, account_id=world.acme, name="Phase two", outcome="open", stage="Tender",
        created_on=day(-20),
    )  # fmt: skip
    first = lines(way(world))[0]
    assert "no contact is suggested until it is over" in first


def test_a_stance_on_the_way_is_for_the_team(world: World) -> None:
    dana = knows(world, "Dana Wu", world.ben, reports_to_id=world.boss, support="supporter")
    met(world, -10, [dana], [world.ben])
    assert "supporter" in way(world).markdown
    outside = way(world, "otto")
    assert "Ask Ben" in outside.markdown
    assert "supporter" not in outside.markdown
    assert "supporter" not in str([citation.source for citation in outside.citations])


def test_another_teams_contacts_are_on_no_way(world: World) -> None:
    hidden = world.book.account("Hidden", owner_id=world.ben, visibility="team")
    world.book.contact(world.acme, "Nils Haas", reports_to_id=world.boss, left_on=day(-90))
    world.book.contact(hidden, "Nils Haas", known_by_ids=[world.ana])
    assert way(world).outcome is Outcome.UNKNOWN
