"""Promises: the one that is asked about, kept ones, whose they are, and what is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.commitments import commitments
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Action
from tests.integration.asking import TODAY, Language, SmallBook, ask, bare

LATE, SOON = TODAY - timedelta(days=20), TODAY + timedelta(days=3)


class World(NamedTuple):
    book: SmallBook
    account: int
    ana: int
    kim: int


@pytest.fixture
def world(store: Store) -> World:
    book = SmallBook(store)
    ana = book.person("Ana")
    account = book.account("Brightwater", owner_id=ana)
    kim = book.contact(account, "Kim Lee")
    book.contact(account, "Pat Moss")
    for values in (
        {"action": "Cyber audit summary", "direction": "ours", "due": LATE},
        {"action": "Price list for Kim Lee", "direction": "ours", "due": SOON},
        {"action": "User list", "direction": "theirs", "owner_contact_id": kim, "due": LATE},
    ):
        ours = {"owner": "ana@example.com", "owner_person_id": ana}
        book.add(Action, account_id=account, status="open", **(ours | values))
    book.add(
        Action, account_id=account, action="Training slots", direction="theirs", status="done",
        owner="Pat Moss", done_on=TODAY - timedelta(days=9),
    )  # fmt: skip
    return World(book, account, ana, kim)


def told(world: World, text: str, language: Language = "en", **asked: Any) -> Reply:
    asked.setdefault("account_ids", (world.account,))
    return ask(world.book.store, commitments, "ana", language, text=text, **asked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_that_is_named_is_told_alone(world: World, language: Language) -> None:
    said = told(world, "has the audit summary gone out?", language, terms=("audit", "summari"))
    assert "Cyber audit summary" in said.markdown
    assert "Price list" not in said.markdown
    assert "User list" not in said.markdown


def test_a_kept_promise_answers_whether_it_came(world: World) -> None:
    said = told(world, "did the training slots arrive?", terms=("train", "slot"))
    assert f"done {TODAY - timedelta(days=9)}" in said.markdown
    assert said.outcome is Outcome.ANSWERED


def test_a_named_promise_is_told_though_it_is_not_late(world: World) -> None:
    said = told(world, "is the price list late?", terms=("price", "list"), slots={"overdue": "yes"})
    assert f"due {SOON}" in said.markdown


def test_asking_for_what_else_tells_the_rest_too(world: World) -> None:
    said = told(world, "besides the price list, what else do we owe?", terms=("price", "list"))
    assert "Cyber audit summary" in said.markdown


def test_a_persons_promises_are_theirs_and_those_that_name_them(world: World) -> None:
    said = told(world, "what is open with Kim?", contact_ids=(world.kim,))
    assert "User list" in said.markdown
    assert "Price list for Kim Lee" in said.markdown
    assert "Cyber audit summary" not in said.markdown


@pytest.mark.parametrize(
    ("language", "nothing"),
    [("en", "Nothing that Pat Moss owes us is on record"), ("zh", "没有 Pat Moss 欠我们的记录")],
)
def test_of_somebody_with_nothing_open_nothing_else_is_told(
    world: World, language: Language, nothing: str
) -> None:
    nobody = world.book.contact(world.account, "Pat Moss Junior", aliases=["PMJ"])
    said = told(world, "?", language, contact_ids=(nobody,), slots={"direction": "theirs"})
    assert said.outcome is Outcome.UNKNOWN
    assert nothing.replace("Pat Moss", "Pat Moss Junior") in said.markdown
    assert said.looked_at


def test_what_is_not_late_is_not_told_as_missing(world: World) -> None:
    world.book.person("Ben", role="member")
    reply = ask(
        world.book.store, commitments, "ben", text="which of mine are late?",
        slots={"scope": "mine", "overdue": "yes"},
    )  # fmt: skip
    assert reply.outcome is Outcome.UNKNOWN
    assert "overdue" in reply.markdown


def test_a_span_ahead_tells_what_falls_due_in_it_before_what_is_late(world: World) -> None:
    until = TODAY + timedelta(days=7)
    said = bare(told(world, "what is due next week?", since=TODAY, until=until).markdown)
    assert said.index("Price list") < said.index("Already overdue") < said.index("Cyber audit")
