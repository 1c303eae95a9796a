"""One fact about a person: the phone number, the address, whom they report to."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.person_status import person_status
from kam_knowledge.store.engine import Store
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare


class World(NamedTuple):
    book: SmallBook
    acme: int
    boss: int
    dana: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    acme = book.account("ACME", owner_id=book.person("Ana"))
    boss = book.contact(acme, "Frank Osterman", title="CEO")
    dana = book.contact(
        acme, "Dana Wu", title="CTO", phone="+86 21 5550", email="dana@acme.example",
        reports_to_id=boss,
    )  # fmt: skip
    return World(book, acme, boss, dana)


def asked(
    world: World, fact: str, contact: int, text: str = "", language: Language = "en"
) -> Reply:
    return ask(
        world.book.store, person_status, "ana", language, text=text,
        account_ids=(world.acme,), contact_ids=(contact,), slots={"ask": fact},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "language", "said"),
    [
        ("phone", "en", "Dana Wu (ACME): phone +86 21 5550"),
        ("phone", "zh", "Dana Wu（ACME）电话：+86 21 5550"),
        ("email", "en", "Dana Wu (ACME): email dana@acme.example"),
        ("email", "zh", "Dana Wu（ACME）邮箱：dana@acme.example"),
    ],
)
def test_how_to_reach_somebody_is_one_cited_line(
    world: World, fact: str, language: Language, said: str
) -> None:
    reply = asked(world, fact, world.dana, language=language)
    assert bare(reply.markdown) == said
    assert len(reply.citations) == 1
    assert reply.suggestions


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_nobody_recorded_is_said_to_be_unknown(world: World, language: Language) -> None:
    reply = asked(world, "phone", world.boss, language=language)
    assert reply.outcome is Outcome.UNKNOWN
    assert "Frank Osterman" in reply.markdown
    assert reply.looked_at
    assert not reply.citations


def test_of_somebody_who_left_that_comes_first(world: World) -> None:
    gone = world.book.contact(
        world.acme, "Li Wei", email="li@acme.example", left_on=TODAY - timedelta(days=9)
    )
    first, second = bare(asked(world, "email", gone).markdown).split("\n")
    assert first == f"Li Wei left ACME on {TODAY - timedelta(days=9)}"
    assert second == "Li Wei (ACME): email li@acme.example"


def test_understanding_hands_over_the_superior_of_whoever_is_named(world: World) -> None:
    reply = asked(world, "boss", world.boss, "Who does Dana Wu report to?")
    assert bare(reply.markdown) == "Dana Wu reports to Frank Osterman (CEO)"
    reply = asked(world, "boss", world.boss, "Who is Frank's boss?")
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.markdown.startswith("No superior of Frank Osterman is on record")


def test_a_superior_who_was_asked_for_without_a_name_gets_the_whole_answer(world: World) -> None:
    reply = asked(world, "boss", world.boss, "他老板呢?")
    assert reply.markdown.startswith("Frank Osterman is CEO at ACME")
