"""Every sentence of contract.md, "Who may see what", on one small book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.access import Audience, Rights, Viewer, decide, method_only
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Cover, Note, Passage, Person, TeamSeat

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
STAMP = {"as_of": TODAY, "created_at": NOW, "updated_at": NOW}

# Role, manager, the day they left, and whether the book lists them.
PEOPLE: dict[str, tuple[str, str | None, date | None, bool]] = {
    "leader": ("leader", None, None, True),
    "admin": ("admin", None, None, True),
    "director": ("manager", None, None, True),
    "manager": ("manager", "director", None, True),
    "elsewhere": ("manager", "director", None, True),
    "owner": ("member", "manager", None, True),
    "seated": ("member", "manager", None, True),
    "member": ("member", "elsewhere", None, True),
    "stand_in": ("member", None, None, True),
    "second_stand_in": ("member", None, None, True),
    "left": ("leader", None, date(2026, 11, 20), True),
    "left_today": ("leader", None, TODAY, True),
    "leaves_tomorrow": ("leader", None, date(2026, 11, 22), True),
    "unlisted": ("leader", None, None, False),
    "departed_seat": ("member", "manager", date(2026, 1, 1), True),
    "circle_a": ("member", "circle_b", None, True),
    "circle_b": ("member", "circle_a", None, True),
    "retracted": ("leader", None, None, True),
}
ACCOUNTS = {  # name: (visibility, owner, seats)
    "open": ("open", "owner", ["seated"]),
    "team": ("team", "owner", ["seated"]),
    "other": ("team", "member", []),
    "circle": ("team", None, ["circle_a"]),
    "departed": ("team", None, ["departed_seat"]),
    "nobodys": ("team", None, []),
    "retracted": ("open", "owner", []),
}


@dataclass
class Book:
    """The rows by what the test calls them."""

    session: Session
    people: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def rights(self, who: str | None, audience: Audience | None = None) -> Rights:
        viewer = Viewer(self.people[who]) if who else Viewer.outside()
        if audience is None:
            audience = Audience.only(self.people[who]) if who else Audience.members([])
        return decide(self.session, viewer, audience, TODAY)

    def members(self, *names: str, outsiders: bool = False) -> Audience:
        return Audience.members([self.people[name] for name in names], outsiders=outsiders)

    def visible(self, rights: Rights) -> set[str]:
        return {name for name, key in self.accounts.items() if rights.sees(key)}

    def inner(self, rights: Rights) -> set[str]:
        return {name for name, key in self.accounts.items() if rights.sees_inner(key)}

    def cover(self, person: str, by: str, *accounts: str, **dates: date) -> Cover:
        row = Cover(
            person_id=self.people[person],
            cover_id=self.people[by],
            from_date=dates.get("start", date(2026, 11, 16)),
            to_date=dates.get("end", date(2026, 11, 27)),
            account_ids=[self.accounts[name] for name in accounts],
            **STAMP,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def note(self, title: str, **values: Any) -> Note:
        account, author = values.pop("account", None), values.pop("author", None)
        row = Note(
            key=f"note-{title}"[:40],
            title=title,
            account_id=self.accounts[account] if account else None,
            author_id=self.people[author] if author else None,
            text=title,
            content_hash=title,
            language="en",
            origin="file",
            recorded_at=NOW,
            updated_at=NOW,
            **({"kind": "meeting", "visibility": "open", "date": TODAY} | values),
        )
        self.session.add(row)
        self.session.flush()
        return row

    def notes(self, rights: Rights) -> set[str]:
        return set(self.session.scalars(select(Note.title).where(rights.note_clause())))


def book_in(session: Session) -> Book:
    book = Book(session)
    for name, (role, _, left_on, listed) in PEOPLE.items():
        person = Person(
            email=f"{name}@example.com",
            name=name,
            role=role,
            left_on=left_on,
            listed=listed,
            retracted=name == "retracted",
            **STAMP,
        )
        session.add(person)
        session.flush()
        book.people[name] = person.id
    for name, (_, manager, _, _) in PEOPLE.items():
        session.get_one(Person, book.people[name]).manager_id = book.people.get(manager or "")
    for name, (visibility, owner, seats) in ACCOUNTS.items():
        account = Account(
            name=name,
            visibility=visibility,
            owner_id=book.people.get(owner or ""),
            retracted=name == "retracted",
            **STAMP,
        )
        session.add(account)
        session.flush()
        book.accounts[name] = account.id
        for seat in seats:
            session.add(
                TeamSeat(
                    account_id=account.id,
                    person_id=book.people[seat],
                    seat="delivery_manager",
                    **STAMP,
                )
            )
    session.flush()
    return book


OF_A_TEAM = {"team", "open"}
EVERY_TEAM = set(ACCOUNTS) - {"retracted"}


def test_each_person_sees_the_accounts_that_the_contract_gives_them(store: Store) -> None:
    expected: dict[str, tuple[set[str], set[str]]] = {
        "leader": (EVERY_TEAM, EVERY_TEAM),
        "leaves_tomorrow": (EVERY_TEAM, EVERY_TEAM),
        "owner": (OF_A_TEAM, OF_A_TEAM),
        "seated": (OF_A_TEAM, OF_A_TEAM),
        "manager": (OF_A_TEAM | {"departed"}, OF_A_TEAM | {"departed"}),
        "director": (OF_A_TEAM | {"departed", "other"}, OF_A_TEAM | {"departed", "other"}),
        "elsewhere": ({"open", "other"}, {"other"}),
        "member": ({"open", "other"}, {"other"}),
        "admin": ({"open"}, set()),
        "stand_in": ({"open"}, set()),
        "circle_a": ({"open", "circle"}, {"circle"}),
        "circle_b": ({"open", "circle"}, {"circle"}),
    }
    with store.read() as session:
        book = book_in(session)
        found = {
            name: (book.visible(book.rights(name)), book.inner(book.rights(name)))
            for name in expected
        }
    assert found == expected


def test_whoever_is_not_an_active_listed_person_gets_the_method_only(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.note("open note", account="open")
        book.note("unfiled note")
        session.add(
            Passage(
                method_key="methodology:en/s1#1",
                ordinal=1,
                language="en",
                text="t",
                tokens="t",
                length=1,
                content_hash="h",
            )
        )
        session.flush()
        for name in ("left", "left_today", "unlisted", "retracted", "departed_seat", None):
            rights = book.rights(name)
            assert not rights.inside, name
            assert book.visible(rights) == book.inner(rights) == book.notes(rights) == set(), name
            passages = session.scalars(select(Passage.method_key).where(rights.passage_clause()))
            assert list(passages) == ["methodology:en/s1#1"], name
            left_out = select(Passage).where(rights.passage_clause(methodology=False))
            assert list(session.scalars(left_out)) == []
        unknown = decide(session, Viewer(987_654), Audience.only(987_654), TODAY)
        assert not unknown.inside
        assert method_only(TODAY).visible == frozenset()


Reading = Callable[[Book], Rights]


@pytest.mark.parametrize(
    ("reading", "visible", "inner"),
    [
        pytest.param(
            lambda b: b.rights("owner", Audience.only(b.people["owner"])),
            OF_A_TEAM,
            OF_A_TEAM,
            id="a direct message is read by its one reader",
        ),
        pytest.param(
            lambda b: b.rights("owner", Audience.only(b.people["member"])),
            {"open"},
            set(),
            id="a message to somebody else has both rights at most",
        ),
        pytest.param(
            lambda b: b.rights("owner", b.members("owner", "seated", "manager")),
            OF_A_TEAM,
            OF_A_TEAM,
            id="a private channel of the team sees all of it",
        ),
        pytest.param(
            lambda b: b.rights("leader", b.members("seated", "member")),
            {"open"},
            set(),
            id="one member outside the team takes the team account away",
        ),
        pytest.param(
            lambda b: b.rights("member", b.members("leader")),
            {"open", "other"},
            {"other"},
            id="the asker counts though the members do not name them",
        ),
        pytest.param(
            lambda b: b.rights("leader", Audience.members([])),
            EVERY_TEAM,
            EVERY_TEAM,
            id="a channel with nobody else in it is the asker's own",
        ),
        pytest.param(
            lambda b: b.rights("leader", Audience.everyone()),
            {"open"},
            set(),
            id="a public channel is for what everybody may see",
        ),
        pytest.param(
            lambda b: b.rights("leader", Audience.everyone(outsiders=True)),
            set(),
            set(),
            id="a guest in a public channel leaves the method only",
        ),
        pytest.param(
            lambda b: b.rights("leader", b.members("leader", outsiders=True)),
            set(),
            set(),
            id="an outside reader in a private channel leaves the method only",
        ),
        pytest.param(
            lambda b: b.rights("leader", b.members("leader", "left")),
            set(),
            set(),
            id="somebody who left is an outside reader",
        ),
        pytest.param(
            lambda b: b.rights("leader", Audience.members([b.people["leader"], 987_654])),
            set(),
            set(),
            id="somebody nobody knows is an outside reader",
        ),
        pytest.param(
            lambda b: b.rights(None, b.members("leader")),
            set(),
            set(),
            id="an outside asker gets the method only before whomever",
        ),
    ],
)
def test_rights_are_what_the_asker_and_every_reader_may_see(
    store: Store, reading: Reading, visible: set[str], inner: set[str]
) -> None:
    with store.read() as session:
        book = book_in(session)
        rights = reading(book)
        assert (book.visible(rights), book.inner(rights)) == (visible, inner)


def test_a_cover_sees_as_the_covered_person_between_the_two_dates(store: Store) -> None:
    cases: list[tuple[str, dict[str, date], set[str]]] = [
        ("before it begins", {"start": date(2026, 11, 22)}, set()),
        ("on its first day", {"start": TODAY}, OF_A_TEAM),
        ("on its last day", {"end": TODAY}, OF_A_TEAM),
        ("after its last day", {"end": date(2026, 11, 20)}, set()),
    ]
    for when, dates, inner in cases:
        with store.read() as session:
            book = book_in(session)
            book.cover("seated", "stand_in", **dates)
            rights = book.rights("stand_in")
            assert book.inner(rights) == inner, when
            assert book.visible(rights) == {"open"} | inner, when
            assert (rights.covering == {book.people["seated"]}) == bool(inner), when


def test_a_cover_of_listed_accounts_sees_those_only(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.cover("director", "stand_in", "other", "nobodys")
        rights = book.rights("stand_in")
        assert (book.visible(rights), book.inner(rights)) == ({"open", "other"}, {"other"})


def test_a_cover_of_a_cover_is_none(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.cover("seated", "stand_in")
        book.cover("stand_in", "second_stand_in")
        assert book.inner(book.rights("stand_in")) == OF_A_TEAM
        assert book.inner(book.rights("second_stand_in")) == set()


def test_a_cover_does_not_open_the_account_to_the_managers_above_who_covers(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.cover("seated", "member")
        assert "team" in book.inner(book.rights("member"))
        assert "team" not in book.inner(book.rights("elsewhere"))


def test_somebody_who_left_covers_nobody_and_can_still_be_covered(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.cover("seated", "left")
        book.cover("departed_seat", "stand_in")
        book.cover("left", "stand_in")  # a leader no more: there is nothing to stand in for
        assert not book.rights("left").inside
        assert book.inner(book.rights("stand_in")) == {"departed"}


def test_seats_and_covers_that_were_taken_back_give_nothing(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.cover("owner", "stand_in").retracted = True
        for seat in session.scalars(select(TeamSeat)):
            seat.retracted = True
        session.flush()
        assert book.inner(book.rights("stand_in")) == set()
        assert book.inner(book.rights("seated")) == set()
        assert book.inner(book.rights("owner")) == OF_A_TEAM


def test_only_leaders_together_are_leaders(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        assert book.rights("leader", book.members("leaves_tomorrow")).leaders_only
        assert not book.rights("leader", book.members("owner")).leaders_only
        assert not book.rights("leader", Audience.everyone()).leaders_only
        assert not book.rights("admin").leaders_only


# --- notes -------------------------------------------------------------------------------------

NOTES: list[tuple[str, dict[str, Any]]] = [
    ("open on open", {"account": "open", "visibility": "open"}),
    ("open on team", {"account": "team", "visibility": "open"}),
    ("team on open", {"account": "open", "visibility": "team"}),
    ("team on team", {"account": "team", "visibility": "team"}),
    ("private on open", {"account": "open", "visibility": "author", "author": "seated"}),
    ("private on team", {"account": "team", "visibility": "author", "author": "member"}),
    ("private of nobody", {"account": "open", "visibility": "author"}),
    ("own team note", {"account": "open", "visibility": "team", "author": "member"}),
    ("unfiled open", {"visibility": "open"}),
    ("unfiled team", {"visibility": "team", "author": "seated"}),
    ("unfiled private", {"visibility": "author", "author": "seated"}),
    ("of tomorrow", {"account": "open", "date": date(2026, 11, 22)}),
    ("of no day", {"account": "open", "date": None}),
    ("removed", {"account": "open", "removed": True}),
    ("of a retracted account", {"account": "retracted", "author": "owner"}),
]
EVERYBODYS = {"open on open", "unfiled open", "of no day"}
THE_TEAMS = EVERYBODYS | {"open on team", "team on open", "team on team", "own team note"}


@pytest.mark.parametrize(
    ("reading", "readable"),
    [
        pytest.param(lambda b: b.rights("admin"), EVERYBODYS, id="admin"),
        pytest.param(lambda b: b.rights("owner"), THE_TEAMS, id="owner"),
        pytest.param(
            lambda b: b.rights("seated"),
            THE_TEAMS | {"private on open", "unfiled team", "unfiled private"},
            id="author of private notes",
        ),
        pytest.param(
            lambda b: b.rights("leader"), THE_TEAMS | {"unfiled team"}, id="leader, no private note"
        ),
        pytest.param(
            lambda b: b.rights("member"),
            EVERYBODYS,
            id="author outside the team of a team note, and of a private note's account",
        ),
        pytest.param(
            lambda b: b.rights("seated", b.members("seated", "owner")),
            THE_TEAMS,
            id="an author before a colleague",
        ),
        pytest.param(
            lambda b: b.rights("owner", Audience.only(b.people["seated"])),
            THE_TEAMS,
            id="an asker before an author",
        ),
        pytest.param(
            lambda b: b.rights("leader", b.members("leader", "leaves_tomorrow")),
            THE_TEAMS | {"unfiled team"},
            id="leaders together",
        ),
        pytest.param(lambda b: b.rights("leader", Audience.everyone()), EVERYBODYS, id="everyone"),
        pytest.param(
            lambda b: b.rights("leader", b.members("leader", outsiders=True)), set(), id="a guest"
        ),
    ],
)
def test_a_note_is_read_by_those_whom_its_visibility_names(
    store: Store, reading: Reading, readable: set[str]
) -> None:
    with store.read() as session:
        book = book_in(session)
        for title, values in NOTES:
            note = book.note(title, **values)
            session.add(
                Passage(
                    note_id=note.id,
                    ordinal=0,
                    language="en",
                    text=title,
                    tokens=title,
                    length=1,
                    content_hash=title,
                )
            )
        rights = reading(book)
        assert book.notes(rights) == readable
        for methodology in (True, False):
            clause = rights.passage_clause(methodology=methodology)
            assert set(session.scalars(select(Passage.text).where(clause))) == readable


def test_a_cover_reads_the_teams_notes_and_not_the_private_ones(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        for title, values in NOTES:
            book.note(title, **values)
        book.cover("seated", "stand_in")
        assert book.notes(book.rights("stand_in")) == THE_TEAMS


def test_a_note_of_today_is_there_and_one_of_tomorrow_is_not_yet(store: Store) -> None:
    with store.read() as session:
        book = book_in(session)
        book.note("today", account="open")
        book.note("tomorrow", account="open", date=date(2026, 11, 22))
        assert book.notes(book.rights("owner")) == {"today"}
        owner = book.people["owner"]
        later = decide(session, Viewer(owner), Audience.only(owner), date(2026, 11, 22))
        assert book.notes(later) == {"today", "tomorrow"}
