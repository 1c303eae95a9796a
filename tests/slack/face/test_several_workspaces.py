"""The same user or channel id in two workspaces: two people, two rooms, and nothing in common."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.slack.links import link
from kam_knowledge.sample_book import SampleBook
from kam_knowledge.store.models import Person
from tests.slack.face.conftest import Office, mention, text_of
from tests.slack.face.houses import HOME, SISTER, Houses, houses
from tests.slack.face.watching import LI_NA, all_quiet

JONAS, GRACE = "jonas.weber@example.com", "grace.lin@example.com"
INNER = "What is ACME's margin?"
PRIVATELY = "I answered you privately."


@pytest.fixture(scope="module")
def street(
    tmp_path_factory: pytest.TempPathFactory, sample_home: Path, sample_book: SampleBook
) -> Iterator[Houses]:
    home = tmp_path_factory.mktemp("street") / "kam"
    shutil.copytree(sample_home, home)
    with houses(home, sample_book) as found:
        for team in (HOME, SISTER):
            found.adds(team)
        yield found


def both(street: Houses) -> tuple[Office, Office]:
    return street.at(HOME), street.at(SISTER)


def id_of(office: Office, email: str) -> str:
    """A user's id, by the email they have there."""
    users = office.people.do("users")
    return str(next(one["id"] for one in users if one["profile"].get("email") == email))


def channel_id(office: Office, name: str) -> str:
    """A channel's id."""
    found = office.people.do("channels", user=LI_NA)
    return str(next(one["id"] for one in found if one.get("name") == name.lstrip("#")))


def in_with_the_bot(office: Office, channel: str) -> None:
    """The bot comes into a channel."""
    li_na = office.person(LI_NA)
    li_na.do("invite", channel=channel, who=office.credentials["bot_user"])


def test_a_user_id_is_one_person_here_and_another_there(street: Houses) -> None:
    here, there = both(street)
    user = id_of(here, LI_NA)
    assert id_of(there, LI_NA) == user
    there.people.do("change_user", user=JONAS, email="nobody@example.com")
    there.people.do("change_user", user=user, email=JONAS)
    there.settled()
    try:
        assert "41.5" in text_of(here.dm(user, INNER))
        told = text_of(there.dm(user, INNER))
        assert "41.5" not in told
        assert "team" in told
        assert "41.5" in text_of(here.dm(user, INNER))
    finally:
        there.people.do("change_user", user=user, email=LI_NA)
        there.people.do("change_user", user="nobody@example.com", email=JONAS)
        there.settled()


def test_a_guest_there_is_no_guest_here(street: Houses) -> None:
    here, there = both(street)
    assert id_of(here, "victor.osei@example.com") == id_of(there, "victor.osei@example.com")
    there.people.do("change_user", user="victor.osei@example.com", is_restricted=True)
    there.settled()
    assert "method" in text_of(there.dm("victor.osei@example.com", "What does ACME owe us?"))
    assert "INV-10432" in text_of(here.dm("victor.osei@example.com", "What does ACME owe us?"))


def test_a_channel_id_is_one_room_here_and_another_there(street: Houses) -> None:
    here, there = both(street)
    room = "#initech"
    for office in (here, there):
        in_with_the_bot(office, room)
    there.person(LI_NA).do("invite", channel=room, who=JONAS)
    there.settled()
    question = f"{mention(here)} What's our status with Initech?"
    asked = [office.ask(LI_NA, room, question.replace(mention(here), mention(office)))
             for office in (here, there)]  # fmt: skip
    assert asked[0]["text"] != PRIVATELY
    assert asked[1]["text"] == PRIVATELY


def test_a_channel_that_is_bound_here_is_not_bound_there(street: Houses) -> None:
    here, there = both(street)
    for office in (here, there):
        in_with_the_bot(office, "#general")
    here.person(LI_NA).commands("#general", "/kam bind Globex")
    all_quiet(here)
    question = "What did we promise them?"
    assert "pricing sheet" in here.asks_bot(LI_NA, "#general", question)
    assert "pricing sheet" not in there.asks_bot(LI_NA, "#general", question)


def stated(street: Houses, **users: str | None) -> None:
    """Writes user ids into the people sheet, by the name in the email."""
    with street.app.store.write() as session:
        for name, user in users.items():
            email = f"{name.replace('_', '.')}@example.com"
            session.scalars(select(Person).where(Person.email == email)).one().slack_user_id = user


def test_the_books_user_ids_are_those_of_the_workspace_that_came_first(street: Houses) -> None:
    here, there = both(street)
    jonas, grace = id_of(here, JONAS), id_of(here, GRACE)
    stated(street, jonas_weber=None, grace_lin=jonas)
    try:
        assert "41.5" in text_of(here.dm(jonas, INNER))
        assert "41.5" not in text_of(there.dm(jonas, INNER))
        stated(street, jonas_weber=jonas)
        told = text_of(here.dm(jonas, INNER))
        assert "I don't know you yet" in told, "one user cannot be two people"
    finally:
        stated(street, jonas_weber=jonas, grace_lin=grace)


def test_a_link_holds_in_its_workspace_and_no_other(street: Houses) -> None:
    here, there = both(street)
    user = id_of(here, JONAS)
    assert id_of(there, JONAS) == user
    with street.app.store.write() as session:
        grace = session.scalars(select(Person).where(Person.email == GRACE)).one()
        link(session, grace.id, SISTER, user)
    assert "41.5" in text_of(there.dm(user, INNER))
    assert "41.5" not in text_of(here.dm(user, INNER))
