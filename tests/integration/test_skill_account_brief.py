"""An account in as many lines as were asked for, and what they leave out when asked for more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.assistant.skills.account_brief import account_brief
from bot.assistant.skills.person_status import person_status
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Action, Opportunity
from tests.integration.asking import TODAY, SmallBook, ask, bare, lines


@pytest.fixture
def book(store: Store) -> tuple[SmallBook, int]:
    book = SmallBook(store)
    ana = book.person("Ana")
    account = book.account("Brightwater", owner_id=ana, account_class="key")
    for name, worth in (("Renewal", 900), ("Roll-out", 100)):
        book.add(Opportunity, account_id=account, name=name, amount=worth, outcome="open")
    for action in ("Audit summary", "Price list", "Workshop"):
        book.add(
            Action, account_id=account, action=action, direction="ours", status="open",
            due=TODAY - timedelta(days=4),
        )  # fmt: skip
    return book, account


@pytest.mark.parametrize(("asked", "given"), [(None, 5), ("5", 5), ("2", 2), ("9", 5)])
def test_as_many_lines_as_were_asked_for(
    book: tuple[SmallBook, int], asked: str | None, given: int
) -> None:
    slots = {"lines": asked} if asked else {}
    for language in ("en", "zh"):
        reply = ask(
            book[0].store, account_brief, "ana", language, account_ids=(book[1],), slots=slots
        )
        assert len(lines(reply)) == given


def test_more_tells_what_the_lines_only_count(book: tuple[SmallBook, int]) -> None:
    reply = ask(book[0].store, account_brief, "ana", account_ids=(book[1],), slots={"more": "yes"})
    assert "Workshop" in reply.markdown
    assert "Roll-out" in reply.markdown


def test_newer_words_stand_before_an_older_stance(book: tuple[SmallBook, int]) -> None:
    small, account = book
    met = TODAY - timedelta(days=3)
    kim = small.contact(account, "Kim Lee", support="supporter", as_of=TODAY - timedelta(days=150))
    small.note(account, "Kim Lee no longer defends us.", met, kind="call", contacts=(kim,))
    said = bare(
        ask(small.store, person_status, "ana", account_ids=(account,), contact_ids=(kim,)).markdown
    )
    assert said.index("no longer defends us") < said.index("Stance: supporter")
