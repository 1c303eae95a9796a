"""The week's report: done, progress, collections, risks, help, plan; only one's own meetings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.my_day import my_week
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Action, Activity, Complaint, Opportunity, Receivable
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare, lines


class World(NamedTuple):
    book: SmallBook
    ana: int
    ben: int
    acme: int
    dana: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana, ben = book.person("Ana"), book.person("Ben")
    acme = book.account("ACME", owner_id=ana, currency="USD", account_class="key")
    return World(book, ana, ben, acme, book.contact(acme, "Dana Wu", title="CTO"))


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def report(world: World, who: str = "ana", language: Language = "en", **request: Any) -> Reply:
    return ask(world.book.store, my_week, who, language, slots={"kind": "report"}, **request)


def parts(reply: Reply) -> dict[str, list[str]]:
    """The report's lines by their heading."""
    found: dict[str, list[str]] = {}
    for line in lines(reply):
        if line.startswith("**"):
            found[line.strip("*")] = []
        else:
            found[list(found)[-1]].append(bare(line))
    return found


def touch(world: World, days: int, person: int, subject: str, **values: Any) -> None:
    world.book.add(
        Activity, account_id=world.acme, date=day(days), kind="call", subject=subject,
        contact_ids=[world.dana], person_ids=[person], **values,
    )  # fmt: skip


def promise(world: World, action: str, due: int, owner: int, **values: Any) -> None:
    world.book.add(
        Action, account_id=world.acme, action=action, direction="ours", due=day(due),
        owner_person_id=owner, **{"status": "open", **values},
    )  # fmt: skip


def test_every_part_of_the_week_is_told(world: World) -> None:
    promise(world, "Send the model", -4, world.ana, status="done", done_on=day(-3))
    promise(world, "Write the report", -5, world.ben)
    promise(world, "Next week's offer", 3, world.ana)
    touch(world, -2, world.ana, "Review")
    touch(world, 4, world.ana, "Kick-off", status="planned")
    world.book.add(
        Opportunity, account_id=world.acme, name="Phase two", amount=5000, created_on=day(-1),
        outcome="open",
    )  # fmt: skip
    world.book.add(
        Receivable, account_id=world.acme, invoice="INV-1", amount=700, due=day(-20),
        paid_on=day(-1),
    )  # fmt: skip
    world.book.add(Receivable, account_id=world.acme, invoice="INV-2", amount=900, due=day(-20))
    world.book.add(
        Complaint, account_id=world.acme, raised_on=day(-9), complaint="Fails", severity="high"
    )
    found = parts(report(world))
    assert list(found) == [
        f"Weekly report {day(-6)} to {TODAY}", "Done", "Progress", "Collections",
        f"Risks on {TODAY}", "Help needed", f"Next, {day(1)} to {day(7)}",
    ]  # fmt: skip
    assert found["Done"] == [
        f"- {day(-3)}, ACME: done: Send the model (Ana)",
        f"- ACME: {day(-2)}, call of Ana with Dana Wu: Review",
    ]
    assert found["Progress"] == [f"- {day(-1)}, ACME: new opportunity Phase two, 5,000 USD"]
    assert found["Collections"] == [
        f"- {day(-1)}, ACME: invoice INV-1 for 700 USD was paid",
        f"- overdue on {TODAY}: 900 USD (invoices: 1)",
    ]
    assert found[f"Risks on {TODAY}"] == [
        f"- ACME: grey, not enough on record; severe complaint open: Fails ({day(-9)})"
    ]
    assert found["Help needed"] == ["- Ben's promise to ACME, 5 days late: Write the report"]
    assert found[f"Next, {day(1)} to {day(7)}"] == [
        f"- Planned, {day(4)}: call with Dana Wu (ACME): Kick-off",
        f"- Your promise to ACME, due {day(3)}: Next week's offer",
    ]


def test_a_moved_deal_is_progress(world: World) -> None:
    deal = world.book.add(
        Opportunity, account_id=world.acme, name="Phase two", stage="Proposal", outcome="open"
    )
    moment = datetime.combine(day(-2), time(4), UTC)
    world.book.change(Opportunity, deal, recorded=moment, actor=world.ana, stage="Negotiation")
    assert parts(report(world))["Progress"] == [
        f"- {day(-2)}, ACME: Phase two, stage: Proposal → Negotiation (by Ana)"
    ]


def test_a_colleagues_meetings_are_not_in_ones_report(world: World) -> None:
    touch(world, -2, world.ben, "Bens call")
    assert "Bens call" not in report(world).markdown


def test_of_a_week_long_ago_no_plan_is_made(world: World) -> None:
    touch(world, -30, world.ana, "Old call")
    reply = report(world, since=day(-33), until=day(-27))
    assert "Old call" in reply.markdown
    assert not any(name.startswith("Next") for name in parts(reply))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_accounts_there_is_nothing_to_report(world: World, language: Language) -> None:
    reply = report(world, "ben", language)
    assert reply.outcome is Outcome.UNKNOWN
    assert len(lines(reply)) == 1
    assert reply.looked_at


def test_what_the_customer_did_is_not_what_we_did(world: World) -> None:
    world.book.add(
        Action, account_id=world.acme, action="Sign", direction="theirs", due=day(-3),
        status="done", done_on=day(-2),
    )  # fmt: skip
    assert "Sign" not in report(world).markdown
