"""`kam people link` and `unlink`: an admin says which Slack user somebody is."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.slack.directory import Member
from bot.slack.identity import person_of
from kam_knowledge.store.engine import Store
from tests.integration.conftest import Kam

LI_NA, GRACE = "li.na@example.com", "grace.lin@example.com"


def known(home: Path, user: str, team: str = "T0ONE", email: str | None = None) -> str | None:
    """Whom the store takes a Slack user for."""
    store = Store.at(home / "kam.sqlite3")
    told = dict.fromkeys(Member.__dataclass_fields__)
    told |= {"id": user, "team": team, "email": email, "name": "Somebody"}
    with store.read() as session:
        person = person_of(session, Member(**told))  # type: ignore[arg-type]
    store.close()
    return person.email if person else None


def test_a_link_says_who_a_user_is_until_it_is_taken_back(seeded: Path, kam: Kam) -> None:
    assert known(seeded, "U0LINA") is None
    done = kam("people", "link", LI_NA, "U0LINA", "--team", "T0ONE", home=seeded)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "U0LINA in workspace T0ONE is Li Na <li.na@example.com>.\n"
    assert known(seeded, "U0LINA") == LI_NA
    assert known(seeded, "U0LINA", team="T0OTHER") is None
    assert known(seeded, "U0LINA", email=GRACE) == LI_NA, "it wins over the email"
    done = kam("people", "unlink", LI_NA, home=seeded)
    assert done.stdout == "1 link of Li Na taken back.\n"
    assert known(seeded, "U0LINA") is None


def test_a_person_may_be_another_user_in_each_workspace(seeded: Path, kam: Kam) -> None:
    for user, team in (("U0A", "T0ONE"), ("U0B", "T0TWO")):
        assert kam("people", "link", LI_NA, user, "--team", team, home=seeded).returncode == 0
    assert known(seeded, "U0A", "T0ONE") == known(seeded, "U0B", "T0TWO") == LI_NA
    assert known(seeded, "U0A", "T0TWO") is None


def test_a_user_is_one_person_and_a_person_one_user(seeded: Path, kam: Kam) -> None:
    for email, user in ((LI_NA, "U0A"), (LI_NA, "U0B"), (GRACE, "U0B")):
        assert kam("people", "link", email, user, "--team", "T0ONE", home=seeded).returncode == 0
    assert known(seeded, "U0A") is None
    assert known(seeded, "U0B") == GRACE


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("nobody@example.com", "U0A", "--team", "T0ONE"), "nobody of ours has the email"),
        ((LI_NA, "li.na", "--team", "T0ONE"), "Copy member ID"),
        ((LI_NA, "U0A", "--team", "ONE"), "Its id begins with T."),
        ((LI_NA, "U0A"), "Name it with --team"),
    ],
)
def test_what_cannot_be_linked_is_said_in_a_line(
    seeded: Path, kam: Kam, given: tuple[str, ...], told: str
) -> None:
    done = kam("people", "link", *given, home=seeded)
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
