"""What a thread keeps between turns, in the store: apart for every person, for a while, as ids."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from bot.assistant.assistant import Assistant
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from kam_knowledge.access import Audience, Viewer
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Person, Thread, ThreadTurn
from tests.integration.conftest import Kam

if TYPE_CHECKING:
    from kam_knowledge.search.service import Search

Asking = Callable[..., Reply]


@pytest.fixture
def book(home: Path, sample_rows_file: Path) -> Iterator[Store]:
    """The rows of the sample book, to write into."""
    home.mkdir(parents=True, exist_ok=True)
    opened = Store.at(Path(shutil.copy(sample_rows_file, home / "kam.sqlite3")))
    yield opened
    opened.close()


@pytest.fixture
def ask(book: Store, saturday: Clock) -> Asking:
    """Says something in a thread: `ask("li.na", "How is Dana?", thread="t")`."""

    def no_search() -> Search:
        raise AssertionError("these questions are answered from records")

    assistant = Assistant(book, no_search, thread_days=30)
    with book.read() as session:
        people = {row.email.partition("@")[0]: row.id for row in session.scalars(select(Person))}

    def say(who: str, text: str, *, thread: str | None = "thread") -> Reply:
        viewer, audience = Viewer(people[who]), Audience.only(people[who])
        return assistant.answer(Turn(text, viewer, audience, saturday, thread))

    return say


def test_a_question_of_ours_is_answered_by_the_next_message(ask: Asking) -> None:
    asked = ask("li.na", "What did we promise Dana?")
    assert asked.outcome is Outcome.CLARIFY
    assert len(asked.suggestions) == 2
    assert all(label in asked.markdown for label in asked.suggestions)
    taken = ask("li.na", asked.suggestions[1])
    assert taken.outcome is not Outcome.CLARIFY
    assert taken.accounts == ("Globex",)


def test_an_answer_counts_in_its_own_thread_only(ask: Asking) -> None:
    ask("li.na", "What's our status with Dana?", thread="one")
    other = ask("li.na", "Which accounts are red?", thread="two")
    assert other.outcome is Outcome.ANSWERED
    taken = ask("li.na", "the second", thread="one")
    assert taken.people == ("Dana Kovac",)


def test_a_thread_is_apart_for_every_person_in_it(ask: Asking) -> None:
    ask("li.na", "What's our status with ACME's CTO?")
    ask("henrik.aalto", "What's our status with Globex's CFO?")
    assert ask("li.na", "and their CFO?").people == ("Sun Meiling",)
    assert ask("henrik.aalto", "and their CIO?").people == ("Ulrich Stamm",)
    asked = ask("sofia.marek", "and their CFO?")
    assert asked.outcome is Outcome.CLARIFY


def test_a_question_on_its_own_carries_nothing_over(ask: Asking) -> None:
    ask("li.na", "What's our status with ACME's CTO?", thread=None)
    asked = ask("li.na", "How often have we seen their CFO this year?", thread=None)
    assert asked.outcome is Outcome.CLARIFY
    assert "ACME Corp" in asked.suggestions


def test_a_thread_left_alone_for_long_is_forgotten(ask: Asking, book: Store) -> None:
    ask("li.na", "What's our status with ACME's CTO?")
    with book.write() as session:
        long_ago = Clock.now() - timedelta(days=31)
        session.execute(update(Thread).values(updated_at=long_ago))
    assert ask("li.na", "and their CFO?").outcome is Outcome.CLARIFY
    assert ask("li.na", "ACME").people == ("Sun Meiling",)


def test_a_thread_outlives_the_program_for_as_many_days_as_are_set(
    kam: Kam, home: Path, book: Store
) -> None:
    def asked(question: str, **settings: str) -> dict[str, Any]:
        """A process of its own, as far as the store can tell."""
        thread = ("--as", "li.na@example.com", "--thread", "t", "--json")
        done = kam("ask", question, *thread, home=home, KAM_EMBEDDINGS="none", **settings)
        return dict(json.loads(done.stdout))

    assert asked("What's our status with ACME's CTO?")["people"] == ["Dana Wu"]
    assert asked("and their CFO?")["people"] == ["Sun Meiling"]
    with book.write() as session:
        two_days_ago = Clock.now() - timedelta(days=2)
        session.execute(update(Thread).values(updated_at=two_days_ago))
    assert asked("and their CTO?", KAM_THREAD_DAYS="1")["outcome"] == "clarify"


def test_a_name_on_no_record_is_told_so_and_the_thread_stays_where_it_was(ask: Asking) -> None:
    ask("li.na", "What's our status with ACME's CTO?")
    unknown = ask("li.na", "What's our status with Peter Hartmann?")
    assert unknown.outcome is Outcome.UNKNOWN
    assert "Peter Hartmann" in unknown.markdown
    assert unknown.looked_at
    assert ask("li.na", "and their CFO?").people == ("Sun Meiling",)


def test_nobody_of_a_hidden_account_is_told_from_nobody_at_all(ask: Asking) -> None:
    hidden = ask("jonas.weber", "What's our status with Rachel Lim?", thread=None)
    nobody = ask("jonas.weber", "What's our status with Rachel Lum?", thread=None)
    assert hidden.outcome is nobody.outcome is Outcome.UNKNOWN
    assert hidden.markdown.replace("Lim", "Lum") == nobody.markdown
    assert hidden.looked_at == nobody.looked_at


def test_what_a_thread_keeps_holds_no_name(ask: Asking, book: Store) -> None:
    for text in ("What's our status with Dana?", "the first", "and what do they owe us?"):
        ask("li.na", text)
    with book.read() as session:
        kept = json.dumps(session.scalars(select(Thread.focus)).one(), ensure_ascii=False)
        assert len(session.scalars(select(ThreadTurn.question)).all()) == 3
    assert not any(name in kept for name in ("Dana", "Wu", "ACME", "Globex"))
