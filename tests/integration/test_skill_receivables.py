"""Invoices: overdue with their days, still to come, paid in a span, disputed, one by its number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.receivables import receivables
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Receivable
from tests.integration.asking import TODAY, SmallBook, ask, bare, lines


class World(NamedTuple):
    book: SmallBook
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    return World(book, book.account("ACME", owner_id=ana, currency="USD"))


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def invoice(world: World, number: str, amount: int, due: int, **values: Any) -> None:
    account = values.pop("account", world.acme)
    world.book.add(
        Receivable, account_id=account, invoice=number, amount=amount, due=day(due), **values
    )


def asked(world: World, **request: Any) -> Reply:
    return ask(world.book.store, receivables, "ana", **request)


def said(reply: Reply) -> list[str]:
    return [bare(line) for line in lines(reply)]


def test_what_is_overdue_comes_oldest_first_with_its_days_and_the_sum(world: World) -> None:
    invoice(world, "INV-1", 100, -40, reason="No order number")
    invoice(world, "INV-2", 250, -3, disputed=True)
    invoice(world, "INV-3", 70, 9)
    invoice(world, "INV-4", 500, -60, paid_on=day(-50))
    assert said(asked(world)) == [
        f"- invoice INV-1 for 100 USD was due {day(-40)} and is unpaid, 40 days late "
        "(No order number)",
        f"- invoice INV-2 for 250 USD was due {day(-3)} and is unpaid, 3 days late (disputed)",
        "Overdue together: 350 USD",
        "Not yet due: 70 USD (invoices: 1)",
    ]


def test_different_currencies_are_never_added(world: World) -> None:
    globex = world.book.account("Globex", owner_id=1, currency="EUR")
    invoice(world, "INV-1", 100, -40)
    invoice(world, "RE-1", 300, -10, account=globex)
    assert said(asked(world))[-1] == "Overdue together: 300 EUR and 100 USD"


@pytest.mark.parametrize(
    ("slots", "shown"),
    [
        ({}, {"INV-1", "INV-2"}),
        ({"days": "30"}, {"INV-1"}),
        ({"disputed": "yes"}, {"INV-2"}),
        ({"min_amount": "200"}, {"INV-2"}),
        ({"overdue": "yes"}, {"INV-1", "INV-2"}),
    ],
)
def test_a_slot_narrows_what_is_shown(world: World, slots: dict[str, str], shown: set[str]) -> None:
    invoice(world, "INV-1", 100, -40)
    invoice(world, "INV-2", 250, -3, disputed=True)
    invoice(world, "INV-3", 70, 9)
    reply = asked(world, slots=slots)
    assert {name for name in ("INV-1", "INV-2", "INV-3") if name in reply.markdown} == shown
    assert ("Not yet due" in reply.markdown) is (not slots)


@pytest.mark.parametrize(
    ("text", "number"),
    [("Did ACME pay invoice 10432?", "INV-10432"), ("INV-10377付了吗？", "INV-10377")],
)
def test_a_named_invoice_is_told_whoevers_account_it_is(
    world: World, text: str, number: str
) -> None:
    other = world.book.account("Other", currency="CNY")
    invoice(world, "INV-10432", 100, -12)
    invoice(world, "INV-10377", 48, -70, paid_on=day(-58), account=other)
    (line,) = said(asked(world, text=text))
    assert number in line
    assert "12 days late" in line
    assert ("was paid" in line) is (number == "INV-10377")


def test_a_span_tells_what_was_paid_and_what_fell_due_in_it(world: World) -> None:
    invoice(world, "INV-1", 100, -25, paid_on=day(-20))
    invoice(world, "INV-2", 200, -22)
    invoice(world, "INV-3", 300, -90)
    assert said(asked(world, since=day(-30), until=day(-10))) == [
        f"**Paid, {day(-30)} to {day(-10)}**",
        f"- invoice INV-1 for 100 USD was paid on {day(-20)}, 5 days late (due {day(-25)})",
        f"**Due and unpaid, {day(-30)} to {day(-10)}**",
        f"- invoice INV-2 for 200 USD was due {day(-22)} and is unpaid, 22 days late",
    ]


def test_a_span_ahead_has_no_payments(world: World) -> None:
    invoice(world, "INV-1", 100, 5)
    assert said(asked(world, until=day(10))) == [
        f"**Due and unpaid, {TODAY} to {day(10)}**",
        f"- invoice INV-1 for 100 USD falls due {day(5)}",
    ]


@pytest.mark.parametrize("slots", [{}, {"days": "30"}, {"disputed": "yes"}])
def test_nothing_overdue_is_said(world: World, slots: dict[str, str]) -> None:
    reply = asked(world, slots=slots)
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.markdown
    assert reply.looked_at


def test_a_hidden_accounts_invoice_is_not_found_by_its_number(world: World) -> None:
    hidden = world.book.account("Hidden", visibility="team", owner_id=world.book.person("Ben"))
    invoice(world, "INV-777", 100, -12, account=hidden)
    reply = asked(world, text="Was INV-777 paid?")
    assert "INV-777" not in reply.markdown
    assert reply.outcome is Outcome.UNKNOWN
