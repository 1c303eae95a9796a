"""Who came and went: successors, people who moved on, colleagues who left, false premises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.person_status import person_status
from bot.assistant.skills.who_replaced import who_replaced
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Action, TeamSeat
from tests.integration.asking import TODAY, SmallBook, ask

LEFT = TODAY - timedelta(days=40)


class World(NamedTuple):
    book: SmallBook
    old: int
    new: int
    here: int
    gone: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    kepler = book.account("Kepler", owner_id=ana)
    meridian = book.account("Meridian", owner_id=ana)
    gone = book.person("Luis Ortega", left_on=LEFT)
    old = book.contact(kepler, "Timo Rausch", title="Operations Manager", left_on=LEFT)
    since = LEFT + timedelta(days=10)
    new = book.contact(meridian, "Timo Rausch", title="Head of Supply Chain", since=since)
    here = book.contact(kepler, "Jonas Frei", title="Managing Director")
    book.add(TeamSeat, account_id=kepler, person_id=gone, seat="delivery_manager")
    book.add(
        Action, account_id=kepler, action="Workshop in Basel", direction="ours", status="open",
        owner="luis.ortega@example.com", owner_person_id=gone,
    )  # fmt: skip
    return World(book, old, new, here, gone)


def told(world: World, skill: Any, **asked: Any) -> Reply:
    account = next(iter(_accounts(world)))
    asked.setdefault("account_ids", (account,))
    return ask(world.book.store, skill, "ana", **asked)


def _accounts(world: World) -> list[int]:
    from sqlalchemy import select

    from kam_knowledge.store.models import Account

    with world.book.store.read() as session:
        return list(session.scalars(select(Account.id).order_by(Account.id)))


def test_somebody_who_moved_is_followed_to_the_next_account(world: World) -> None:
    said = told(
        world, person_status, contact_ids=(world.old,), slots={"ask": "whereabouts"}
    ).markdown
    assert str(LEFT) in said
    assert "Meridian" in said


def test_nobody_is_said_to_have_left_who_is_on_record_as_there(world: World) -> None:
    for skill in (who_replaced, person_status):
        said = told(
            world, skill, contact_ids=(world.here,), slots={"ask": "whereabouts"},
            text="why did Jonas Frei leave?",
        )  # fmt: skip
        assert "No departure of Jonas Frei is on record" in said.markdown


def test_of_a_colleague_who_left_it_says_what_is_still_in_their_name(world: World) -> None:
    said = told(world, who_replaced, person_ids=(world.gone,))
    assert str(LEFT) in said.markdown
    assert "No successor of Luis Ortega is on record" in said.markdown
    assert "delivery manager" in said.markdown
    assert "Workshop in Basel" in said.markdown


def test_without_a_name_it_says_who_came_and_went(world: World) -> None:
    said = told(world, who_replaced)
    assert f"{LEFT}: Timo Rausch" in said.markdown
    later = told(world, who_replaced, since=TODAY - timedelta(days=5), until=TODAY)
    assert later.outcome is Outcome.UNKNOWN
