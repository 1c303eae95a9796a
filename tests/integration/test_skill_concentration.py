"""What losing the largest accounts would cost, from what is booked or what accounts state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.concentration import concentration
from bot.assistant.skills.trends import trends
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Financial, Rate
from tests.integration.asking import SmallBook, ask, bare


@pytest.fixture
def book(store: Store) -> SmallBook:
    made = SmallBook(store)
    made.person("Ana", role="leader")
    made.account("Kestrel", currency="GBP", annual_revenue=Decimal(1_250_000))
    made.account("Cargo", currency="GBP", annual_revenue=Decimal(250_000))
    return made


def lost(book: SmallBook, **slots: str) -> Reply:
    return ask(book.store, concentration, "ana", "en", slots={"scope": "all", **slots})


def test_an_account_without_booked_figures_counts_by_what_it_states(book: SmallBook) -> None:
    reply = lost(book, n="1")
    assert reply.outcome is Outcome.ANSWERED
    assert "we would lose 1,250,000 GBP of 1,500,000 GBP" in bare(reply.markdown)
    assert "83.3 %" in bare(reply.markdown)
    stated = [one.source for one in reply.citations if one.source.where == "accounts:Kestrel"]
    assert "annual_revenue=1250000" in stated[0].quote


def test_booked_figures_win_over_what_the_account_states(book: SmallBook) -> None:
    kestrel = 1
    book.add(Financial, account_id=kestrel, period="2025", revenue=Decimal(750_000))
    assert "we would lose 750,000 GBP of 1,000,000 GBP" in bare(lost(book, n="1").markdown)


def test_without_a_rate_each_currency_stands_for_itself(book: SmallBook) -> None:
    book.account("云帆", currency="CNY", annual_revenue=Decimal(9_800_000))
    said = bare(lost(book, n="2").markdown)
    assert "no dated rate joins them" in said
    assert "云帆: 9,800,000 CNY, 100.0 % of the CNY revenue" in said
    assert "Kestrel: 1,250,000 GBP, 83.3 % of the GBP revenue" in said
    assert "11,300,000" not in said


def test_with_a_dated_rate_they_are_added_and_the_rate_is_named(book: SmallBook) -> None:
    book.account("云帆", currency="CNY", annual_revenue=Decimal(9_000_000))
    book.add(Rate, currency="CNY", to="GBP", rate=Decimal("0.1"), as_of=date(2026, 11, 1))
    said = bare(lost(book, n="1").markdown)
    assert "Without Kestrel we would lose 1,250,000 GBP of 2,400,000 GBP" in said
    assert "1 CNY = 0.1 GBP (2026-11-01)" in said


def test_revenue_is_told_from_what_the_account_states(book: SmallBook) -> None:
    reply = ask(book.store, trends, "ana", "en", account_ids=(1,), slots={"metric": "revenue"})
    assert "1,250,000 GBP a year, as the account's own record states it" in bare(reply.markdown)
