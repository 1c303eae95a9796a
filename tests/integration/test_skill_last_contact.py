"""The last contact, the next one, none in the days asked about, and accounts gone quiet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.cadence_gaps import cadence_gaps
from bot.assistant.skills.last_contact import last_contact
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Activity
from tests.integration.asking import TODAY, Language, SmallBook, ask

MET, AHEAD = TODAY - timedelta(days=40), TODAY + timedelta(days=6)


class World(NamedTuple):
    book: SmallBook
    account: int
    kim: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    account = book.account("Brightwater", owner_id=ana, account_class="ordinary")
    kim = book.contact(account, "Kim Lee", title="Chief Financial Officer")
    for day, status, subject in ((MET, "done", "Savings"), (AHEAD, "planned", "Negotiation")):
        book.add(
            Activity, account_id=account, date=day, kind="meeting", status=status,
            contact_ids=[kim], person_ids=[ana], subject=subject,
        )  # fmt: skip
    return World(book, account, kim)


def told(world: World, language: Language = "en", **asked: Any) -> Reply:
    asked.setdefault("account_ids", (world.account,))
    return ask(world.book.store, last_contact, "ana", language, **asked)


@pytest.mark.parametrize(("language", "said"), [("en", "40 days ago"), ("zh", "距今 40 天")])
def test_the_first_line_says_when_and_how_long_ago(
    world: World, language: Language, said: str
) -> None:
    reply = told(world, language, contact_ids=(world.kim,))
    first = reply.markdown.split("\n")[0]
    assert str(MET) in first
    assert said in first


def test_the_next_meeting_is_the_planned_one(world: World) -> None:
    reply = told(world, contact_ids=(world.kim,), slots={"next": "yes"}, text="next meeting?")
    assert str(AHEAD) in reply.markdown
    assert str(MET) not in reply.markdown


def test_a_month_without_contact_is_said_with_the_contact_before_it(world: World) -> None:
    reply = told(
        world, contact_ids=(world.kim,), slots={"period": "yes"},
        since=date(2026, 11, 1), until=date(2026, 11, 15),
    )  # fmt: skip
    assert reply.outcome is Outcome.UNKNOWN
    assert "from 2026-11-01 to 2026-11-15" in reply.markdown
    assert f"Before that: {MET}" in reply.markdown


def test_a_title_nobody_holds_is_told_with_the_nearest_on_record(world: World) -> None:
    reply = told(world, title_text="treasurer", title_code="treasurer")
    assert reply.outcome is Outcome.UNKNOWN
    assert "No treasurer is on record at Brightwater" in reply.markdown
    assert "Kim Lee" in reply.markdown


def test_whoever_a_note_only_speaks_about_was_not_at_the_recorded_call(world: World) -> None:
    """Participants found in a text give way to those recorded of the same call."""
    book, day = world.book, TODAY - timedelta(days=2)
    pat = book.contact(world.account, "Pat Moss")
    book.add(
        Activity, account_id=world.account, date=day, kind="call", status="done",
        contact_ids=[world.kim], person_ids=[],
    )  # fmt: skip
    with book.store.write() as session:
        from kam_knowledge.changes.notes import NoteDraft, NoteWriter
        from kam_knowledge.search.passages import content_hash
        from tests.integration.asking import LONG_AGO

        text = "Kim says Pat brought the rival to the plant."
        draft = NoteDraft(
            text, "Call", "call", content_hash("Call", text), "open", "en", day, world.account,
            None, contact_ids=(world.kim, pat), person_ids=(), participants_assumed=True,
        )  # fmt: skip
        NoteWriter(session, LONG_AGO).add(draft)
    assert told(world, contact_ids=(pat,)).outcome is Outcome.UNKNOWN
    assert str(day) in told(world, contact_ids=(world.kim,)).markdown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_accounts_gone_quiet_are_told_by_account(world: World, language: Language) -> None:
    def quiet(days: str) -> Reply:
        slots = {"level": "account", "days": days}
        return ask(world.book.store, cadence_gaps, "ana", language, slots=slots)

    assert "Brightwater" in quiet("30").markdown
    assert str(MET) in quiet("30").markdown
    assert quiet("60").outcome is Outcome.UNKNOWN
