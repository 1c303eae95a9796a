"""Why an account has its class and score."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.account_class import account_class
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Score
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
    acme = book.account(
        "ACME", owner_id=ana, account_class="ordinary", tier=2, relationship="vendor",
        relationship_target="partner",
    )  # fmt: skip
    return World(book, ana, acme)


def classed(world: World, who: str = "ana", language: Language = "en") -> Reply:
    return ask(world.book.store, account_class, who, language, account_ids=(world.acme,))


def score(world: World, days: int, **scores: tuple[int, str]) -> None:
    for criterion, (value, weight) in scores.items():
        world.book.add(
            Score, account_id=world.acme, criterion=criterion, score=Decimal(value),
            weight=Decimal(weight), scored_by_id=world.ana, scored_on=TODAY - timedelta(days=days),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "now", "before"),
    [
        (
            "en",
            "- Score 7.40 of 10 on 2026-11-01 (by Ana): spend 9 and fit 5",
            "- Before that 8.20 on 2026-08-13; what moved: fit 7 → 5",
        ),
        (
            "zh",
            "- 评分 7.40（满分 10），2026-11-01（Ana）：spend 9 和 fit 5",
            "- 上一次 8.20，2026-08-13；变动：fit 7 → 5",
        ),
    ],
)
def test_the_score_is_told_with_its_formula_and_what_moved(
    world: World, language: Language, now: str, before: str
) -> None:
    score(world, 100, spend=(9, "0.6"), fit=(7, "0.4"))
    score(world, 20, spend=(9, "0.6"), fit=(5, "0.4"))
    reply = classed(world, language=language)
    said = bare(reply.markdown)
    assert now in said
    assert before in said
    quotes = [citation.source.quote for citation in reply.citations]
    assert "(spend 9×0.6 + fit 5×0.4) / 1.0 = 7.40" in quotes


def test_size_that_holds_more_than_half_of_the_weight_is_pointed_out(world: World) -> None:
    score(world, 20, spend=(9, "0.5"), fit=(5, "0.5"))
    assert "hold" not in classed(world).markdown
    score(world, 10, spend=(9, "0.51"), fit=(5, "0.49"))
    assert "Spend and revenue hold 51.0 % of the weight" in classed(world).markdown


def test_a_scoring_of_tomorrow_is_not_known_yet(world: World) -> None:
    score(world, -1, spend=(9, "0.5"), fit=(5, "0.5"))
    assert "No score is on record" in classed(world).markdown


def test_who_changed_the_class_when_is_told(world: World) -> None:
    world.book.change(
        Account, world.acme, recorded=datetime(2026, 9, 1, 4, tzinfo=UTC), actor=world.ana,
        account_class="key",
    )  # fmt: skip
    said = bare(classed(world).markdown)
    assert "- 2026-09-01: class ordinary account → key account (by Ana)" in said
    assert "- No reason for the class is on record" in said
    assert "No change of class" not in said


def test_the_relationship_level_is_for_the_team(world: World) -> None:
    assert "Relationship level: vendor, target partner" in classed(world).markdown
    outside = classed(world, "otto")
    assert "vendor" not in outside.markdown
    assert "vendor" not in str([citation.source for citation in outside.citations])


def test_an_account_of_which_nothing_is_known_says_so(world: World) -> None:
    bare_account = world.book.account("Bare", owner_id=world.ana)
    reply = ask(world.book.store, account_class, "ana", account_ids=(bare_account,))
    assert reply.outcome is Outcome.UNKNOWN
    assert str(TODAY) in reply.looked_at[0]
