"""Before a meeting: one screen of what is known, and a few questions that are only suggested."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.meeting_brief import meeting_brief
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Action, Activity, Complaint, Opportunity, Satisfaction
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare


class World(NamedTuple):
    book: SmallBook
    ana: int
    acme: int
    dana: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    book.person("Otto")
    acme = book.account("ACME", owner_id=ana, currency="USD")
    dana = book.contact(
        acme, "Dana Wu", title="CTO", decision_role="decision_maker", support="supporter",
        known_by_ids=[ana],
    )  # fmt: skip
    return World(book, ana, acme, dana)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def meet(world: World, days: int, **values: object) -> None:
    given: dict[str, object] = {
        "status": "planned",
        "contact_ids": [world.dana],
        "person_ids": [world.ana],
        "subject": "Review",
    }
    world.book.add(
        Activity, account_id=world.acme, date=day(days), kind="meeting", **(given | values)
    )


def brief(world: World, who: str = "ana", language: Language = "en", **request: object) -> Reply:
    return ask(world.book.store, meeting_brief, who, language, **request)


@pytest.mark.parametrize(
    ("language", "meeting", "person"),
    [
        (
            "en",
            f"Planned {day(5)}: meeting with Dana Wu; from us Ana: Review",
            f"- Dana Wu (CTO): decision maker, supporter; last contact {day(-4)}",
        ),
        (
            "zh",
            f"计划 {day(5)}：会议，对方 Dana Wu；我方 Ana：Review",
            f"- Dana Wu（CTO）：决策者、支持者；最近联系 {day(-4)}",
        ),
    ],
)
def test_the_next_meeting_is_briefed_without_being_named(
    world: World, language: Language, meeting: str, person: str
) -> None:
    meet(world, 9, subject="Later")
    meet(world, 5)
    meet(world, -2, status="done", subject="Past", contact_ids=[])
    world.book.note(
        world.acme, "She fears the migration cost.", day(-4), contacts=(world.dana,),
        people=(world.ana,),
    )  # fmt: skip
    said = bare(brief(world, language=language).markdown)
    assert meeting in said
    assert person in said
    assert "“She fears the migration cost.”" in said


def test_without_a_planned_meeting_an_account_is_briefed_all_the_same(world: World) -> None:
    reply = brief(world, account_ids=(world.acme,))
    assert reply.outcome is Outcome.ANSWERED
    assert "No planned meeting with Dana Wu is on record" in reply.markdown
    assert "No contact is on record" in reply.markdown
    nothing = brief(world)
    assert nothing.outcome is Outcome.UNKNOWN
    assert nothing.looked_at


def test_the_meeting_asked_about_is_found_by_its_day_and_by_who_comes(world: World) -> None:
    tang = world.book.contact(world.acme, "Tang Rui")
    meet(world, 5)
    meet(world, 20, contact_ids=[tang], subject="Plant visit")
    assert "Plant visit" in brief(world, contact_ids=(tang,), account_ids=(world.acme,)).markdown
    assert "Plant visit" in brief(world, since=day(15), until=day(25)).markdown


def test_stance_and_team_notes_are_for_the_team(world: World) -> None:
    meet(world, 5)
    world.book.note(
        world.acme, "Our price floor is known to nobody.", day(-4), contacts=(world.dana,),
        people=(world.ana,), visibility="team",
    )  # fmt: skip
    said = brief(world, "otto", account_ids=(world.acme,)).markdown
    assert "decision maker" in said
    assert "supporter" not in said
    assert "price floor" not in said
    assert "price floor" in brief(world).markdown


def test_loose_ends_become_questions_that_are_called_suggestions(world: World) -> None:
    meet(world, 5)
    world.book.add(
        Complaint, account_id=world.acme, raised_on=day(-3), complaint="Gateways fail",
        severity="high",
    )  # fmt: skip
    world.book.add(
        Action, account_id=world.acme, action="Purchase order", direction="theirs",
        due=day(-2), status="open", owner="Dana Wu", owner_contact_id=world.dana,
    )  # fmt: skip
    for days, value in ((200, 52), (20, 18)):
        world.book.add(
            Satisfaction, account_id=world.acme, date=day(-days), kind="nps", value=value
        )
    said = brief(world).markdown
    asked = said.partition("Suggested questions (a suggestion from gaps in the records")[2]
    assert [bare(line) for line in asked.split("\n")[1:]] == [
        "- Does the fix hold? (open complaint: Gateways fail)",
        "- When will this come? (Purchase order)",
        "- What would lift the NPS?",
    ]


def test_in_a_bids_quiet_period_it_warns_and_suggests_no_question(world: World) -> None:
    meet(world, 5)
    world.book.add(Complaint, account_id=world.acme, raised_on=day(-3), complaint="Gateways fail")
    world.book.add(
        Opportunity, account_id=world.acme, name="Phase two", outcome="open", stage="投标",
        next_step="静默期", created_on=day(-20),
    )  # fmt: skip
    said = brief(world).markdown
    assert "Quiet period: “Phase two” is in a bid (静默期)" in said
    assert "Suggested questions" not in said


def test_mass_mail_is_no_contact(world: World) -> None:
    world.book.note(
        world.acme, "Dear customer. You receive this mail because you are one.", day(-2),
        kind="email", contacts=(world.dana,), people=(world.ana,),
    )  # fmt: skip
    said = brief(world, account_ids=(world.acme,)).markdown
    assert "no contact on record" in said
    assert "You receive" not in said.partition("care about")[0]
