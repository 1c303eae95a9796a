"""What comes first: one's own day and week, covers included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.my_day import my_day, my_week
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Action,
    Activity,
    Complaint,
    Contract,
    Cover,
    Opportunity,
    Receivable,
)
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare, lines


class World(NamedTuple):
    book: SmallBook
    ana: int
    ben: int
    acme: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana, ben = book.person("Ana"), book.person("Ben")
    acme = book.account("ACME", owner_id=ana, currency="USD", account_class="key")
    return World(book, ana, ben, acme)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def today_of(world: World, who: str = "ana", language: Language = "en", **request: object) -> Reply:
    return ask(world.book.store, my_day, who, language, **request)


def week_of(world: World, who: str = "ana", **request: object) -> Reply:
    return ask(world.book.store, my_week, who, **request)


def promise(
    world: World, action: str, due: date, owner: int | None, account: int | None = None
) -> int:
    return world.book.add(
        Action, account_id=account or world.acme, action=action, direction="ours", due=due,
        owner_person_id=owner, status="open",
    )  # fmt: skip


def ranked(reply: Reply) -> list[str]:
    return [bare(line) for line in lines(reply) if line[0].isdigit()]


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "en",
            [
                "1. Your promise to ACME, 9 days late: Send the model",
                "2. Severe complaint at ACME, open 3 days: Gateways fail",
                "3. Ben's promise to ACME, 4 days late: Write the report",
                "4. Invoice INV-1 for 5,000 USD (ACME) is 40 days overdue",
            ],
        ),
        (
            "zh",
            [
                "1. 你对 ACME 的承诺，逾期 9 天：Send the model",
                "2. ACME 严重投诉，已 3 天未关闭：Gateways fail",
                "3. Ben 对 ACME 的承诺，逾期 4 天：Write the report",
                "4. 发票 INV-1（ACME，5,000 USD）逾期 40 天",
            ],
        ),
    ],
)
def test_ones_own_broken_word_comes_first(
    world: World, language: Language, wanted: list[str]
) -> None:
    promise(world, "Send the model", day(-9), world.ana)
    promise(world, "Write the report", day(-4), world.ben)
    promise(world, "Not due yet", day(5), world.ana)
    world.book.add(
        Complaint, account_id=world.acme, raised_on=day(-3), complaint="Gateways fail",
        severity="high",
    )  # fmt: skip
    world.book.add(Receivable, account_id=world.acme, invoice="INV-1", amount=5000, due=day(-40))
    assert ranked(today_of(world, language=language)) == wanted


def test_a_promise_whose_owner_left_asks_for_a_new_one(world: World) -> None:
    gone = world.book.person("Kay", left_on=day(-30))
    promise(world, "Introduce an architect", day(-20), gone)
    assert ranked(today_of(world)) == [
        "1. Nobody's promise to ACME, 20 days late: Introduce an architect "
        f"(Kay left on {day(-30)}); name a new owner"
    ]
    assert today_of(world, "ben").outcome is Outcome.UNKNOWN


def test_a_cover_takes_on_promises_at_the_covered_accounts_alone(world: World) -> None:
    book = world.book
    globex = book.account("Globex", owner_id=world.ben)
    nordvik = book.account("Nordvik", owner_id=world.ben)
    promise(world, "Send the sheet", day(-2), world.ben, globex)
    promise(world, "Call them back", day(-3), world.ben, nordvik)
    book.add(
        Cover, person_id=world.ben, cover_id=world.ana, from_date=day(-1), to_date=day(5),
        account_ids=[globex],
    )  # fmt: skip
    said = today_of(world).markdown
    assert "For Ben, whom you cover: promise to Globex, 2 days late: Send the sheet" in said
    assert "Call them back" not in said
    away = today_of(world, "ben").markdown
    assert f"You are away until {day(5)}; Ana covers Globex" in away
    assert "Call them back" in away


def test_a_cover_that_is_over_gives_nothing(world: World) -> None:
    globex = world.book.account("Globex", owner_id=world.ben)
    promise(world, "Send the sheet", day(-2), world.ben, globex)
    world.book.add(
        Cover, person_id=world.ben, cover_id=world.ana, from_date=day(-9), to_date=day(-1)
    )
    assert today_of(world).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("days", "step"),
    [(170, "value review and risks"), (110, "sponsor and buyer agree on the path"),
     (80, "the offer"), (20, "the path to the signature"), (200, None)],
)  # fmt: skip
def test_a_key_accounts_renewal_names_the_step_that_is_due(
    world: World, days: int, step: str | None
) -> None:
    world.book.add(
        Contract, account_id=world.acme, contract="MSA-1", end=day(days + 90), notice_by=day(days)
    )
    reply = today_of(world)
    if step is None:
        assert reply.outcome is Outcome.UNKNOWN
    else:
        assert ranked(reply) == [f"1. Renewal of MSA-1 (ACME), {days} days to {day(days)}: {step}"]


def test_a_contract_that_renewed_by_itself_asks_for_nothing(world: World) -> None:
    world.book.add(
        Contract, account_id=world.acme, contract="MSA-1", end=day(50), notice_by=day(-10),
        auto_renews=True, status="active",
    )  # fmt: skip
    assert today_of(world).outcome is Outcome.UNKNOWN
    world.book.add(
        Contract, account_id=world.acme, contract="MSA-2", end=day(50), notice_by=day(-10),
        auto_renews=True, status="notice_given",
    )  # fmt: skip
    assert "MSA-2 (ACME), 50 days" in today_of(world).markdown


def test_in_a_bids_quiet_period_nobody_is_to_be_called(world: World) -> None:
    dana = world.book.contact(world.acme, "Dana Wu", decision_role="decision_maker")
    world.book.add(
        Activity, account_id=world.acme, date=day(-80), kind="call", contact_ids=[dana],
        person_ids=[world.ana],
    )  # fmt: skip
    assert "Dana Wu (decision maker, ACME)" in today_of(world).markdown
    world.book.add(
        Opportunity, account_id=world.acme, name="Phase two", outcome="open", stage="Tender",
        created_on=day(-20),
    )  # fmt: skip
    assert "Dana Wu" not in today_of(world).markdown


def test_a_day_says_when_the_next_meeting_is_a_week_lists_them_by_date(world: World) -> None:
    dana = world.book.contact(world.acme, "Dana Wu")
    for days, subject in ((5, "Review"), (2, "Kick-off"), (30, "Far off")):
        world.book.add(
            Activity, account_id=world.acme, date=day(days), kind="meeting", status="planned",
            contact_ids=[dana], person_ids=[world.ana], subject=subject,
        )  # fmt: skip
    promise(world, "Due within the week", day(3), world.ana)
    assert f"Next, {day(2)}: meeting with Dana Wu (ACME): Kick-off" in bare(
        today_of(world).markdown
    )
    week = [bare(line) for line in lines(week_of(world))]
    assert week[1:] == [
        f"- Planned, {day(2)}: meeting with Dana Wu (ACME): Kick-off",
        f"- Planned, {day(5)}: meeting with Dana Wu (ACME): Review",
        f"1. Your promise to ACME, due {day(3)}: Due within the week",
    ]


def test_the_week_asked_about_is_the_one_that_is_told(world: World) -> None:
    promise(world, "In ten days", day(10), world.ana)
    assert "In ten days" not in week_of(world).markdown
    assert "In ten days" in week_of(world, since=day(8), until=day(14)).markdown


def test_a_leader_sees_what_is_severe_below_and_old_promises_only(world: World) -> None:
    book = world.book
    chief = book.person("Chief", role="leader")
    book.add(Activity, account_id=world.acme, date=day(-1), kind="call", person_ids=[chief])
    promise(world, "Fresh slip", day(-3), world.ana)
    promise(world, "Old slip", day(-20), world.ana)
    said = today_of(world, "chief").markdown
    assert "Ana's promise to ACME, 20 days late: Old slip" in said
    assert "Fresh slip" not in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_due_is_said_with_what_was_looked_at(world: World, language: Language) -> None:
    reply = today_of(world, language=language)
    assert reply.outcome is Outcome.UNKNOWN
    assert reply.markdown
    assert str(TODAY) in reply.looked_at[0]


def test_another_teams_account_never_turns_up(world: World) -> None:
    hidden = world.book.account("Hidden", owner_id=world.ben, visibility="team")
    world.book.add(
        Complaint, account_id=hidden, raised_on=day(-3), complaint="Secret", severity="high"
    )
    assert "Secret" in today_of(world, "ben").markdown
    assert "Secret" not in today_of(world).markdown
