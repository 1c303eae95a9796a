"""What changed since a day: facts on their day, values from the ledger, words from notes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.changes_since import changes_since
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Action,
    Change,
    Complaint,
    Contact,
    Goal,
    Opportunity,
    Receivable,
)
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare, lines

YESTERDAY = datetime(2026, 11, 20, 6, tzinfo=UTC)


class World(NamedTuple):
    book: SmallBook
    ana: int
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    book.person("Otto")
    return World(book, ana, book.account("ACME", owner_id=ana, currency="USD"))


def changed(world: World, who: str = "ana", language: Language = "en", **request: object) -> Reply:
    return ask(world.book.store, changes_since, who, language, account_ids=(world.acme,), **request)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_dated_facts_are_told_newest_first_and_only_those_of_the_span(world: World) -> None:
    book = world.book
    book.contact(world.acme, "Dana Wu", title="CTO", left_on=days_ago(3))
    book.contact(world.acme, "Old Hand", since=days_ago(400))
    book.add(
        Opportunity, account_id=world.acme, name="Rollout", outcome="won", close_date=days_ago(1)
    )
    book.add(
        Complaint, account_id=world.acme, raised_on=days_ago(30), complaint="Late spare parts",
        severity="low", closed_on=days_ago(2),
    )  # fmt: skip
    reply = changed(world)
    told = [bare(line) for line in lines(reply) if line.startswith("- ")]
    assert told == [
        f"- {days_ago(1)}: won Rollout",
        f"- {days_ago(2)}: complaint closed: Late spare parts",
        f"- {days_ago(3)}: Dana Wu (CTO) left",
    ]
    assert "raised" not in reply.markdown
    wider = changed(world, since=days_ago(31))
    assert f"{days_ago(30)}: minor complaint raised: Late spare parts" in wider.markdown


def test_what_fell_due_and_is_open_is_news_what_is_due_today_is_not(world: World) -> None:
    for days, done in ((2, None), (0, None), (4, days_ago(4))):
        world.book.add(
            Action, account_id=world.acme, action=f"Promise due {days}", direction="ours",
            due=days_ago(days), done_on=done, status="done" if done else "open",
        )  # fmt: skip
    world.book.add(Receivable, account_id=world.acme, invoice="INV-1", amount=100, due=days_ago(1))
    said = changed(world).markdown
    assert "our promise fell due and is open: Promise due 2" in said
    assert "Promise due 0" not in said
    assert "done: Promise due 4" in said
    assert "invoice INV-1 for 100 USD fell due and is unpaid" in said


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "Rollout, stage: Proposal → Contract (by Ana)"),
        ("zh", "Rollout，阶段：Proposal → Contract（Ana）"),
    ],
)
def test_a_value_is_told_from_what_it_was_to_what_it_is(
    world: World, language: Language, wanted: str
) -> None:
    deal = world.book.add(
        Opportunity, account_id=world.acme, name="Rollout", stage="Proposal",
        created_on=days_ago(90),
    )  # fmt: skip
    for stage in ("Negotiation", "Contract"):
        world.book.change(Opportunity, deal, recorded=YESTERDAY, actor=world.ana, stage=stage)
    reply = changed(world, language=language)
    assert wanted in bare(reply.markdown)
    quotes = [citation.source.quote for citation in reply.citations]
    assert any("stage: Proposal → Contract" in quote and "ana@" in quote for quote in quotes)


def test_a_value_that_moved_and_came_back_is_no_news(world: World) -> None:
    deal = world.book.add(
        Opportunity, account_id=world.acme, name="Rollout", stage="Proposal",
        created_on=days_ago(90),
    )  # fmt: skip
    for stage in ("Negotiation", "Proposal"):
        world.book.change(Opportunity, deal, recorded=YESTERDAY, stage=stage)
    assert changed(world).outcome is Outcome.UNKNOWN


def test_a_change_that_was_undone_is_no_news(world: World) -> None:
    deal = world.book.add(
        Opportunity, account_id=world.acme, name="Rollout", stage="Proposal",
        created_on=days_ago(90),
    )  # fmt: skip
    world.book.change(Opportunity, deal, recorded=YESTERDAY, stage="Contract")
    with world.book.store.write() as session:
        latest = session.query(Change).order_by(Change.id.desc()).first()
        assert latest is not None
        Ledger(session, "undo", recorded_at=YESTERDAY).undo(latest)
    assert changed(world).outcome is Outcome.UNKNOWN


def test_the_first_import_of_a_sheet_is_no_news_a_later_one_is(world: World) -> None:
    world.book.add(Goal, recorded=YESTERDAY, account_id=world.acme, goal="Renew", horizon="short")
    assert changed(world).outcome is Outcome.UNKNOWN
    world.book.add(Goal, recorded=YESTERDAY, account_id=world.acme, goal="Grow", horizon="mid")
    said = changed(world).markdown
    assert "new on record: Grow" in said
    assert "Renew" not in said


def test_a_stance_that_changed_is_for_the_team(world: World) -> None:
    dana = world.book.contact(world.acme, "Dana Wu", support="supporter", since=days_ago(900))
    world.book.change(Contact, dana, recorded=YESTERDAY, actor=world.ana, support="neutral")
    assert "stance: supporter → neutral" in changed(world).markdown
    outside = changed(world, "otto")
    assert outside.outcome is Outcome.UNKNOWN
    assert "neutral" not in outside.markdown


def test_notes_of_the_span_are_quoted_but_nobody_elses_own(world: World) -> None:
    book, acme = world.book, world.acme
    otto = book.person("Bea")
    book.note(acme, "They worry about the migration cost.", days_ago(2), author=world.ana)
    book.note(acme, "Between us: she wants to leave.", days_ago(1), author=otto,
              visibility="author")  # fmt: skip
    book.note(acme, "Long ago they wanted a discount.", days_ago(60), author=world.ana)
    reply = changed(world)
    assert "“They worry about the migration cost.”" in reply.markdown
    assert "Between us" not in reply.markdown
    assert "discount" not in reply.markdown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_change_says_where_and_until_when_it_looked(world: World, language: Language) -> None:
    reply = changed(world, language=language)
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.citations == ()
    assert str(TODAY) in reply.looked_at[0]
    assert str(days_ago(7)) in reply.markdown


def test_a_span_that_is_over_ends_where_it_was_asked_to(world: World) -> None:
    for days in (5, 40):
        world.book.contact(world.acme, f"Gone {days}", left_on=days_ago(days))
    reply = changed(world, since=days_ago(60), until=days_ago(30))
    assert "Gone 40" in reply.markdown
    assert "Gone 5 " not in reply.markdown


def test_what_matters_most_is_kept_where_not_all_fits(world: World) -> None:
    for number in range(15):
        world.book.add(
            Opportunity, account_id=world.acme, name=f"Lead {number}", created_on=days_ago(1)
        )
    world.book.contact(world.acme, "Dana Wu", left_on=days_ago(6))
    reply = changed(world)
    assert "Dana Wu left" in reply.markdown
    assert "More facts in this span: 4." in reply.markdown
