"""Where the last answer came from, read again under the rights of now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.margin import margin
from bot.assistant.skills.meeting_brief import meeting_brief
from bot.assistant.skills.person_status import person_status
from bot.assistant.skills.registry import Skill
from bot.assistant.skills.source import source
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Contact, Note, TeamSeat
from tests.integration.asking import LONG_AGO, MARK, TODAY, Language, SmallBook, ask


class World(NamedTuple):
    book: SmallBook
    ana: int
    acme: int
    dana: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana, ben = book.person("Ana"), book.person("Ben")
    acme = book.account("ACME", owner_id=ana, annual_revenue=1000, cost=600, currency="USD")
    book.add(TeamSeat, account_id=acme, person_id=ben, seat="specialist")
    dana = book.contact(acme, "Dana Wu", title="CTO", support="supporter", known_by_ids=[ana])
    book.note(
        acme, "She fears the migration cost.", TODAY - timedelta(days=4), author=ana,
        contacts=(dana,), people=(ana,), visibility="team", title="Call with Dana",
    )  # fmt: skip
    return World(book, ana, acme, dana)


def answered(world: World, skill: Skill, who: str = "ben") -> Mapping[str, Any]:
    reply = ask(world.book.store, skill, who, account_ids=(world.acme,), contact_ids=(world.dana,))
    assert reply.citations
    return reply.as_json(elapsed_ms=0)


def asked(
    world: World,
    previous: Mapping[str, Any] | None,
    who: str = "ben",
    language: Language = "en",
    text: str = "",
) -> Reply:
    return ask(world.book.store, source, who, language, previous=previous, text=text)


def leave_the_team(world: World) -> None:
    with world.book.store.write() as session:
        seat = session.query(TeamSeat).one()
        Ledger(session, "message", recorded_at=LONG_AGO).retract(seat)


@pytest.mark.parametrize(
    ("language", "record", "note"),
    [
        (
            "en",
            "- record contacts:ACME / Dana Wu, as of",
            "- note “Call with Dana” (note-",
        ),
        ("zh", "- 记录 contacts:ACME / Dana Wu，截至", "- 纪要《Call with Dana》（note-"),
    ],
)
def test_each_source_is_shown_with_its_place_its_day_and_its_words(
    world: World, language: Language, record: str, note: str
) -> None:
    reply = asked(world, answered(world, person_status), language=language)
    assert record in reply.markdown
    assert "support=supporter" in reply.markdown
    assert note in reply.markdown
    assert "“She fears the migration cost.”" in reply.markdown


def test_the_numbers_are_those_of_the_answer_and_each_has_its_citation(world: World) -> None:
    before = answered(world, person_status)
    reply = asked(world, before)
    shown = {int(number) for number in MARK.findall(reply.markdown)}
    assert shown == {citation["n"] for citation in before["citations"]}
    quotes = {one.n: one.source.quote for one in reply.citations}
    for citation in before["citations"]:
        assert quotes[citation["n"]] == citation["quote"]
    again = asked(world, reply.as_json(elapsed_ms=0))
    assert again.markdown == reply.markdown


def test_one_source_is_shown_by_its_number(world: World) -> None:
    before = answered(world, person_status)
    note = next(c["n"] for c in before["citations"] if c["kind"] == "note")
    reply = asked(world, before, text=f"what is [{note}]?")
    assert MARK.findall(reply.markdown) == [str(note)]
    assert asked(world, before, text="[99]").outcome is Outcome.UNKNOWN


def test_what_may_no_longer_be_seen_is_left_out_without_a_word(world: World) -> None:
    before = answered(world, person_status)
    leave_the_team(world)
    reply = asked(world, before)
    assert "name=Dana Wu" in reply.markdown
    everything = reply.markdown + str(reply.citations)
    for inner in ("supporter", "migration", "Call with Dana"):
        assert inner not in everything
    for word in ("rights", "allowed", "hidden", "team"):
        assert word not in reply.markdown


def test_a_computed_figure_goes_with_the_right_to_what_it_was_computed_from(world: World) -> None:
    before = answered(world, margin)
    assert "= 40.0 %" in asked(world, before).markdown
    leave_the_team(world)
    reply = asked(world, before)
    assert reply.outcome is Outcome.UNKNOWN
    assert "40.0" not in reply.markdown + str(reply.citations)


def test_a_formula_goes_when_anything_else_of_its_answer_did(world: World) -> None:
    before = answered(world, meeting_brief)
    assert any(c["kind"] == "computed" for c in before["citations"])
    assert "computed" in asked(world, before).markdown
    leave_the_team(world)
    assert "computed" not in asked(world, before).markdown


def test_a_record_is_shown_as_it_reads_now(world: World) -> None:
    before = answered(world, person_status)
    world.book.change(Contact, world.dana, recorded=LONG_AGO, title="Chief Technology Officer")
    assert "title=Chief Technology Officer" in asked(world, before).markdown


def test_a_note_that_is_gone_is_no_source(world: World) -> None:
    before = answered(world, person_status)
    with world.book.store.write() as session:
        session.query(Note).one().removed = True
    assert "migration" not in asked(world, before).markdown


def test_an_account_that_became_the_teams_takes_its_sources_along(world: World) -> None:
    before = answered(world, person_status, "ana")
    world.book.person("Otto")
    world.book.change(Account, world.acme, recorded=LONG_AGO, visibility="team")
    reply = asked(world, before, "otto")
    assert "ACME" not in reply.markdown + str(reply.citations) + str(reply.accounts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_an_answer_before_or_without_a_claim_there_is_no_source(
    world: World, language: Language
) -> None:
    first = asked(world, None, language=language)
    assert first.outcome is Outcome.UNKNOWN
    assert first.markdown
    nothing = {"citations": [], "looked_at": ["notes of ACME"], "accounts": []}
    reply = asked(world, nothing, language=language)
    assert reply.outcome is Outcome.UNKNOWN
    assert "notes of ACME" in reply.markdown
