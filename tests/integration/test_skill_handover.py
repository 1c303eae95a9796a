"""A handover: what goes with an account, what hangs on a person, and what stays private."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.handover import handover
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Action,
    Activity,
    Contract,
    Cover,
    Goal,
    Opportunity,
    TeamSeat,
)
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare


class World(NamedTuple):
    book: SmallBook
    ana: int
    ben: int
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana, ben = book.person("Ana"), book.person("Ben")
    book.person("Otto")
    acme = book.account(
        "ACME", owner_id=ana, currency="USD", account_class="key", key_reason="Our reference"
    )
    book.add(TeamSeat, account_id=acme, person_id=ben, seat="delivery_manager")
    return World(book, ana, ben, acme)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def handed(world: World, who: str = "ana", language: Language = "en", **request: object) -> Reply:
    return ask(world.book.store, handover, who, language, **request)


def of_acme(world: World, who: str = "ana", language: Language = "en") -> str:
    return bare(handed(world, who, language, account_ids=(world.acme,)).markdown)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            [
                "- Owner Ana (key account); reason for its status: Our reference",
                "- Introductions still to make (known to Ana alone): Dana Wu",
                "- We owe: Send the model (Ana), due",
                "- MSA-1: notice unknown, end",
                "price clause: capped at 4 %",
                "- Goal without an owner: Grow",
                "never part of a handover",
            ],
        ),
        (
            "zh",
            [
                "- 负责人 Ana（重点客户）；定级理由：Our reference",
                "- 待引见（只有 Ana 认识）：Dana Wu",
                "- 我方承诺：Send the model（Ana）",
                "- MSA-1：通知期未知，到期",
                "价格条款：capped at 4 %",
                "- 没有负责人的目标：Grow",
                "个人私有纪要不进入交接",
            ],
        ),
    ],
)
def test_an_accounts_page_holds_people_promises_contracts_and_gaps(
    world: World, language: Language, wanted: list[str]
) -> None:
    book, acme = world.book, world.acme
    book.contact(acme, "Dana Wu", title="CTO", decision_role="champion", known_by_ids=[world.ana])
    book.contact(acme, "Tang Rui", known_by_ids=[world.ana, world.ben])
    book.add(
        Action, account_id=acme, action="Send the model", direction="ours", due=day(3),
        owner_person_id=world.ana, status="open",
    )  # fmt: skip
    book.add(Contract, account_id=acme, contract="MSA-1", end=day(90), price_clause="capped at 4 %")
    book.add(Goal, account_id=acme, goal="Grow", horizon="long")
    said = of_acme(world, language=language)
    assert [part for part in wanted if part not in said] == []


def test_politics_stance_and_price_clauses_are_for_the_team(world: World) -> None:
    book, acme = world.book, world.acme
    pieter = book.contact(acme, "Pieter Dal", title="Plant Manager", support="enemy")
    book.note(acme, "He will not move. A clear no.", day(-3), contacts=(pieter,),
              people=(world.ben,))  # fmt: skip
    book.add(Contract, account_id=acme, contract="MSA-1", end=day(90), price_clause="capped")
    inside = of_acme(world)
    assert "- Pieter Dal (Plant Manager) is on record as opposed" in inside
    assert "“He will not move. A clear no.”" in inside
    outside = of_acme(world, "otto")
    for inner in ("opposed", "Politics", "capped", "clear no"):
        assert inner not in outside


def test_ones_own_private_notes_stay_ones_own(world: World) -> None:
    book, acme = world.book, world.acme
    pieter = book.contact(acme, "Pieter Dal", support="enemy")
    book.note(
        acme, "For me only: Pieter Dal looks for a job.", day(-1), author=world.ana,
        visibility="author", contacts=(pieter,), people=(world.ana,),
    )  # fmt: skip
    assert "looks for a job" not in of_acme(world)
    assert "never met on record" in of_acme(world)


def test_what_somebody_who_left_leaves_behind(world: World) -> None:
    book, acme = world.book, world.acme
    kay = book.person("Kay", left_on=day(-30))
    hidden = book.account("Hidden", owner_id=world.ben, visibility="team")
    for account, action in ((acme, "Introduce an architect"), (hidden, "Secret promise")):
        book.add(
            Action, account_id=account, action=action, direction="ours", due=day(-20),
            owner_person_id=kay, status="open",
        )  # fmt: skip
    book.add(
        Opportunity, account_id=acme, name="Assessment", owner_id=kay, outcome="open",
        created_on=day(-90),
    )  # fmt: skip
    book.add(TeamSeat, account_id=acme, person_id=kay, seat="solution_manager")
    book.contact(acme, "Jan Kessler", title="Security", known_by_ids=[kay])
    said = bare(handed(world, person_ids=(kay,)).markdown)
    for wanted in (
        f"Kay left on {day(-30)}",
        "- ACME: We owe: Introduce an architect (Kay, who left on",
        "- ACME: Assessment",
        "- ACME: solution manager",
        "- Jan Kessler (Security), ACME",
    ):
        assert wanted in said
    assert "Secret promise" not in said
    assert "Secret promise" in handed(world, "ben", person_ids=(kay,)).markdown


def test_a_stand_in_reads_from_when_to_when_and_what_is_planned(world: World) -> None:
    book = world.book
    book.add(Cover, person_id=world.ana, cover_id=world.ben, from_date=day(2), to_date=day(9))
    book.add(
        Activity, account_id=world.acme, date=day(4), kind="call", status="planned",
        person_ids=[world.ana], subject="Review",
    )  # fmt: skip
    said = bare(handed(world, "ben", person_ids=(world.ana,)).markdown)
    assert f"Ana is away from {day(2)} to {day(9)}; Ben stands in" in said
    assert f"- {day(4)}: call, ACME: Review" in said
    assert "- ACME (key account)" in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_that_hangs_on_somebody_is_said(world: World, language: Language) -> None:
    otto = world.book.person("Olga")
    reply = handed(world, language=language, person_ids=(otto,))
    assert reply.outcome is Outcome.UNKNOWN
    assert "Olga" in reply.markdown
    assert reply.looked_at


def test_ones_own_book_is_a_line_an_account_without_those_one_covers(world: World) -> None:
    book = world.book
    globex = book.account("Globex", owner_id=world.ben)
    book.add(
        Cover, person_id=world.ben, cover_id=world.ana, from_date=day(-1), to_date=day(5),
        account_ids=[globex],
    )  # fmt: skip
    book.add(
        Action, account_id=world.acme, action="Send the model", direction="ours", due=day(-3),
        owner_person_id=world.ana, status="open",
    )  # fmt: skip
    reply = handed(world)
    assert "- ACME: open promises of ours: 1 (1 late); open deals: 0" in bare(reply.markdown)
    assert "Globex" not in reply.markdown
    assert reply.suggestions == ("Handover ACME",)
