"""Scores put on record, ranked, re-weighed: by message and by command (S1-3, S0-1, S0-2)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from bot.assistant.assistant import Assistant
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.rank_candidates import rank_candidates
from bot.assistant.turn import Turn
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Financial, Person, Score
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare, lines
from tests.integration.conftest import Kam

LI_NA, HENRIK = "li.na@example.com", "henrik.aalto@example.com"
WEIGHTS = {"potential": "0.4", "fit": "0.3", "relationship": "0.2", "purchasing": "0.1"}
HELD = {"Alder": (10, 5, 5, 4), "Birch": (6, 9, 6, 5), "Cedar": (5, 7, 8, 8)}
"""The worked example of the method (s1-scoring-matrix)."""


class World(NamedTuple):
    book: SmallBook
    ids: dict[str, int]
    ana: int
    say: Callable[..., Reply]


@pytest.fixture
def world(store: Store, saturday: Clock) -> World:
    """Three accounts of Ana's, scored a month ago, and one that never was; Otto is on no team."""
    book = SmallBook(store)
    ana = book.person("Ana")
    book.person("Otto")
    ids = {name: book.account(name, owner_id=ana, account_class="ordinary") for name in HELD}
    ids["Dune"] = book.account("Dune", owner_id=ana)
    for name, held in HELD.items():
        for (criterion, weight), score in zip(WEIGHTS.items(), held, strict=True):
            book.add(
                Score, account_id=ids[name], criterion=criterion, score=Decimal(score),
                weight=Decimal(weight), scored_by_id=ana, scored_on=TODAY - timedelta(days=30),
            )  # fmt: skip
    assistant = Assistant(store, lambda: pytest.fail("no search is needed to score"))

    def say(text: str, who: str = "ana") -> Reply:
        with store.read() as session:
            person = session.scalar(select(Person.id).where(Person.email == f"{who}@example.com"))
        assert person is not None
        viewer, alone = Viewer(person), Audience.only(person)
        return assistant.answer(Turn(text, viewer, alone, saturday, f"thread of {who}"))

    return World(book, ids, ana, say)


def on_record(
    world: World, name: str
) -> list[tuple[str, str, str | None, int | None, date | None]]:
    """Criterion, score, weight, scorer and day of what stands today for the account."""
    with world.book.store.read() as session:
        rows = session.scalars(
            select(Score)
            .where(Score.account_id == world.ids[name], Score.retracted.is_(False))
            .where(Score.scored_on == TODAY)
            .order_by(Score.criterion)
        )
        return [
            (r.criterion, f"{r.score:f}", f"{r.weight:f}" if r.weight else None, r.scored_by_id,
             r.scored_on)
            for r in rows
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("score Alder fit=8 relationship=5", "- product fit: 5 → 8"),
        ("给 Alder 打分:契合 8,关系 5", "- 产品契合度：5 → 8"),
    ],
)
def test_scores_are_proposed_then_written_with_scorer_and_day_then_taken_back(
    world: World, text: str, said: str
) -> None:
    reply = world.say(text)
    assert reply.outcome is Outcome.PROPOSED
    assert said in bare(reply.markdown)
    # 10×0.4 + 8×0.3 + 5×0.2 + 4×0.1
    assert "6.90 → 7.80" in reply.markdown
    assert reply.proposal is not None
    fit = next(one for one in reply.proposal["changes"] if one["key"].startswith("Alder / fit"))
    assert (fit["table"], fit["field"], fit["before"], fit["after"]) == (
        "scores",
        "score",
        None,
        "8",
    )
    assert on_record(world, "Alder") == [], "nothing is written before the yes"
    assert world.say("yes").outcome is Outcome.DONE
    assert on_record(world, "Alder") == [
        ("fit", "8", "0.3", world.ana, TODAY),
        ("relationship", "5", "0.2", world.ana, TODAY),
    ]
    assert world.say("undo").outcome is Outcome.DONE
    assert on_record(world, "Alder") == []


def test_what_was_not_scored_anew_stands_as_it_was(world: World) -> None:
    world.say("score Alder fit=8")
    world.say("yes")
    ranked = ask(world.book.store, rank_candidates, "ana")
    assert "- 1. Alder (ordinary account): 7.80" in bare(ranked.markdown)


def test_a_score_of_today_is_put_right_and_not_doubled(world: World) -> None:
    for text in ("score Alder fit=8", "yes", "score Alder fit=6", "yes"):
        world.say(text)
    assert on_record(world, "Alder") == [("fit", "6", "0.3", world.ana, TODAY)]
    again = world.say("score Alder fit=6")
    assert again.outcome is Outcome.ANSWERED
    assert "these scores already" in again.markdown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("score Alder fit=11", "Scores go from 1 to 10: product fit 11"),
        ("score Alder fit=0", "product fit 0"),
        ("score Alder fit=8 solvency=7", "solvency: not among the criteria in use"),
        ("给 Alder 打分:契合 12", "产品契合度 12"),
        ("score Alder", "together 6.90"),
    ],
)
def test_what_cannot_be_scored_is_said_and_nothing_is_proposed(
    world: World, text: str, said: str
) -> None:
    reply = world.say(text)
    assert reply.outcome is Outcome.CLARIFY
    assert said in bare(reply.markdown)
    assert reply.proposal is None
    world.say("yes")
    assert on_record(world, "Alder") == []


def test_only_the_team_scores_an_account(world: World) -> None:
    reply = world.say("score Alder fit=8", "otto")
    assert reply.outcome is Outcome.DENIED
    world.say("yes", "otto")
    assert on_record(world, "Alder") == []


def test_a_first_score_says_what_is_missing_until_it_is_ranked(world: World) -> None:
    reply = world.say("score Dune fit=8 potential=6")
    # (6×0.4 + 8×0.3) / 0.7
    assert "Weighted score of Dune: 6.86" in bare(reply.markdown)
    assert "Still without a score: relationship and purchasing" in reply.markdown
    world.say("yes")
    ranked = ask(world.book.store, rank_candidates, "ana")
    assert "Scored otherwise, so not compared: Dune." in ranked.markdown
    world.say("score Dune relationship=5 purchasing=4")
    world.say("yes")
    ranked = ask(world.book.store, rank_candidates, "ana")
    # 6×0.4 + 8×0.3 + 5×0.2 + 4×0.1
    assert "- 4. Dune: 6.20" in bare(ranked.markdown)


def test_a_company_without_criteria_is_offered_ready_sets(store: Store, saturday: Clock) -> None:
    book = SmallBook(store)
    ana = book.person("Ana")
    book.account("Alder", owner_id=ana)
    assistant = Assistant(store, lambda: pytest.fail("no search is needed to score"))

    def say(text: str) -> Reply:
        turn = Turn(text, Viewer(ana), Audience.only(ana), saturday, "one thread")
        return assistant.answer(turn)

    asked = say("score Alder fit=8")
    assert asked.outcome is Outcome.CLARIFY
    assert "S2-6 (Chinese KAM collection, version 1): value 25 %" in asked.markdown
    chosen = say("score Alder by S0-2: spend 7, size 6, strategic 8, willingness to partner 9")
    # 7×0.3 + 6×0.1 + 8×0.3 + 9×0.3
    assert "Weighted score of Alder: 7.80" in bare(chosen.markdown)
    own = say("score Alder charm=8 wit=6 grace=4")
    assert own.outcome is Outcome.PROPOSED
    assert "Weighted score of Alder: 6.00" in bare(own.markdown)


def test_accounts_are_ranked_with_the_criteria_and_every_formula(world: World) -> None:
    reply = ask(world.book.store, rank_candidates, "ana")
    said = [bare(line) for line in lines(reply)]
    assert said[0] == (
        "Criteria in use (version 1, since 2026-10-22, 3 accounts): potential 40 %, "
        "product fit 30 %, relationship 20 % and purchasing 10 %"
    )
    places = [line for line in said if line.startswith("- ")]
    assert places == [
        "- 1. Alder (ordinary account): 6.90",
        "- 2. Birch (ordinary account): 6.80",
        "- 3. Cedar (ordinary account): 6.50",
    ]
    assert said[-1] == "Without a score: Dune."
    quotes = [one.source.quote for one in reply.citations]
    assert any("potential 10×0.4" in quote and quote.endswith("rank 1 of 3") for quote in quotes)


@pytest.mark.parametrize(
    ("language", "text", "moves"),
    [
        ("en", "what if product fit counts double?",
         ["Up: Birch 2 → 1 and Cedar 3 → 2", "Down: Alder 1 → 3"]),
        ("zh", "如果契合度权重加倍,排名怎么变?",
         ["上升：Birch 2 → 1 和 Cedar 3 → 2", "下降：Alder 1 → 3"]),
        ("en", "what if potential weighs 70%?", ["Nobody changes places."]),
        ("en", "rank again without potential", ["Up: Cedar 3 → 1", "Down: Alder 1 → 3"]),
        ("en", "what if charm counts double?", ["1. Alder (ordinary account): 6.90"]),
    ],
)  # fmt: skip
def test_other_weights_tell_who_moves(
    world: World, language: Language, text: str, moves: list[str]
) -> None:
    # fit twice: Alder 8.4, Birch 9.5, Cedar 8.6, of 1.3; without potential: 2.9, 4.4, 4.5, of 0.6
    reply = ask(world.book.store, rank_candidates, "ana", language, text=text)
    said = bare(reply.markdown)
    for move in moves:
        assert move in said


def test_doubling_each_weight_in_turn_shows_what_the_ranking_hangs_on(world: World) -> None:
    slots = {"all_weights": "yes"}
    said = bare(ask(world.book.store, rank_candidates, "ana", slots=slots).markdown)
    assert "- if potential counts double, nobody changes places" in said
    assert "- if product fit counts double: Birch 2 → 1, Cedar 3 → 2 and Alder 1 → 3" in said


def test_size_above_half_of_the_weight_is_warned_of(world: World) -> None:
    for name, weight in {"spend": "0.51", "fit": "0.3", "relationship": "0.19"}.items():
        for account in world.ids.values():
            world.book.add(
                Score, account_id=account, criterion=name, score=Decimal(5),
                weight=Decimal(weight), scored_on=TODAY,
            )  # fmt: skip
    said = bare(ask(world.book.store, rank_candidates, "ana").markdown)
    assert "Criteria in use (version 2, since 2026-11-21, 4 accounts)" in said
    assert "Spend and size hold 51 % of the weight: more than half" in said
    less = ask(world.book.store, rank_candidates, "ana", text="what if spend counts half?")
    assert "would hold" not in less.markdown


def test_a_ranking_holds_no_account_that_is_not_for_all_its_readers(world: World) -> None:
    with world.book.store.write() as session:
        ledger = Ledger(session, "message", "test", as_of=TODAY)
        birch = session.get_one(Account, world.ids["Birch"])
        ledger.update(birch, {"visibility": "team"}, source="test")
    everybody = {"scope": "all"}
    shared = ask(world.book.store, rank_candidates, "ana", audience=("otto",), slots=everybody)
    assert "Birch" not in shared.markdown
    assert "Birch" not in str([one.source for one in shared.citations])


def test_size_stands_against_growth(world: World) -> None:
    sales = {"Alder": ("900", "1000"), "Birch": ("500", "400"), "Cedar": ("100", "90")}
    for name, (now, before) in sales.items():
        for period, revenue in (("2025", now), ("2024", before)):
            world.book.add(
                Financial, account_id=world.ids[name], period=period, revenue=Decimal(revenue),
                currency="EUR",
            )  # fmt: skip
    reply = ask(world.book.store, rank_candidates, "ana", slots={"by": "growth"})
    said = bare(reply.markdown)
    assert "- Alder (ordinary account): 1. by size (900 EUR), 3. by growth (-10.0 %)" in said
    assert "- Birch (ordinary account): 2. by size (500 EUR), 1. by growth (+25.0 %)" in said
    assert "Dune" in said.splitlines()[-1]


def test_kam_score_proposes_confirms_and_ranks(kam: Kam, sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    who = ("--as", LI_NA, "--language", "en", "--json")
    told = json.loads(kam("score", "ACME", "fit=8", "revenue=9", *who, home=home).stdout)
    assert told["outcome"] == "proposed"
    assert {one["key"] for one in told["proposal"]["changes"]} == {
        "ACME Corp / fit / 2026-11-21",
        "ACME Corp / revenue / 2026-11-21",
    }
    done = kam("confirm", told["proposal"]["id"], "--as", LI_NA, "--json", home=home)
    assert json.loads(done.stdout)["outcome"] == "done"
    shown = json.loads(kam("score", "ACME", *who, home=home).stdout)
    # 9×0.3 + 9×0.25 + 8×0.2 + 6×0.15 + 8×0.1
    assert "Score 8.25 of 10" in shown["answer"]
    leader = ("--as", HENRIK, "--language", "zh", "--json")
    ranked = json.loads(kam("score", *leader, home=home).stdout)
    assert "| 2. | ACME Corp | 重点客户 | 8.25" in ranked["answer"]
    other = json.loads(kam("score", "--weight", "strategic=2", *leader, home=home).stdout)
    assert "上升：澜石食品 4 → 3" in other["answer"]
    sizes = json.loads(kam("score", "--growth", *leader, home=home).stdout)
    assert "规模与增长对照" in sizes["answer"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("ACME", "fit=11"), "fit=11"),
        (("ACME", "fit=0"), "fit=0"),
        (("ACME", "fit"), "fit"),
        (("ACME", "--set", "S9-9"), "S9-9"),
        (("ACME", "fit=8", "--weight", "fit=2"), "one account"),
        (("--weight", "fit=often"), "fit=often"),
    ],
)
def test_kam_score_refuses_what_is_no_score(
    kam: Kam, sample_home: Path, arguments: tuple[str, ...], named: str
) -> None:
    done = kam("score", *arguments, "--as", LI_NA, home=sample_home)
    assert done.returncode == 2
    assert named in done.stderr
    assert done.stdout == ""
