"""What a note's words may change besides: offered with them, and nothing on a guess."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.assistant.compose import Composer
from bot.assistant.note_offers import Offer, offers
from bot.assistant.note_taking import as_logged
from ingest.notes import Writer, extract
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.queries.book import BookNames
from kam_knowledge.queries.records import Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Person
from tests.integration import conftest as books

sample_book, sample_home = books.sample_book, books.sample_home
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def store(sample_home: Any) -> Iterator[Store]:
    found = Store.at(sample_home / "kam.sqlite3")
    yield found
    found.close()


def offered(store: Store, text: str) -> list[Offer]:
    """What the note of Li Na's offers."""
    with store.read() as session:
        li_na = session.scalars(select(Person).where(Person.email == "li.na@example.com")).one()
        rights = decide(session, Viewer(li_na.id), Audience.only(li_na.id), TODAY)
        records = Records(session, rights)
        writer = Writer(BookNames(store).current(session).names, records, takes_unknown=True)
        (note,) = extract(text, writer).notes
        logged = as_logged(note, Composer("logging", "en"), li_na.id, "team")
        return offers(records, logged)


@pytest.mark.parametrize(
    ("text", "name", "stance"),
    [
        ("Robert Hale supports us.", "Robert Hale", "supporter"),
        ("Robert Hale is our champion.", "Robert Hale", "mentor"),
        ("Robert Hale is against us.", "Robert Hale", "enemy"),
        ("Aisyah Rahman no longer supports us.", "Aisyah Rahman", "non_supporter"),
        ("何静支持我们。", "He Jing", "supporter"),
        ("何静反对我们。", "He Jing", "enemy"),
        ("何静不支持我们。", "He Jing", "non_supporter"),
        ("何静是我们的内线。", "He Jing", "mentor"),
    ],
)
def test_a_stance_is_offered_in_the_words_that_tell_of_it(
    store: Store, text: str, name: str, stance: str
) -> None:
    (found,) = offered(store, f"Log: ACME today. {text}")
    assert (found.kind, found.name, found.after) == ("support", name, stance)
    assert found.words in text


@pytest.mark.parametrize(
    "text",
    [
        "Aisyah Rahman supports us.",  # as the book has it
        "Robert Hale has a good relationship with the plant.",
        "Met Robert Hale, all fine.",
        "何静和工厂关系很好。",
    ],
)
def test_what_tells_of_no_change_offers_none(store: Store, text: str) -> None:
    assert offered(store, f"Log: ACME today. {text}") == []


def test_changes_among_their_people_are_offered_field_by_field(store: Store) -> None:
    text = (
        "Log: ACME, met Robert Hale on 2026-11-18. Jan Kessler left the company. "
        "He Jing was promoted to Chief Procurement Officer. "
        "Tang Rui now reports to Robert Hale. Peter Braun joined as Quality Director."
    )
    found = {one.kind: one for one in offered(store, text)}
    assert set(found) == {"left", "title", "superior", "joined"}
    assert (found["left"].name, found["left"].after) == ("Jan Kessler", "2026-11-18")
    assert found["left"].change["field"] == "left_on"
    assert found["title"].after == "Chief Procurement Officer"
    assert (found["superior"].name, found["superior"].after) == ("Tang Rui", "Robert Hale")
    joined = found["joined"].change
    assert (joined["name"], joined["title"]) == ("Peter Braun", "Quality Director")


def test_who_left_according_to_the_book_is_not_offered_again(store: Store) -> None:
    assert offered(store, "Log: ACME today. Li Wei left the company.") == []
