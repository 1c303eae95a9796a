"""No read gives back what its readers may not see, on books that nobody wrote by hand.

Every value of a random book carries a mark of its own. An oracle, in the plain words of
contract.md, says for each mark who may see it; whatever any reader function returns is then
searched for marks. A new reader is found by itself when it lies in `kam_knowledge.queries` and
takes `Records`; anything else, as searching, is one more line in `readers`.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import itertools
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kam_knowledge import queries
from kam_knowledge.access import Audience, Reach, Rights, Viewer, decide
from kam_knowledge.analysis.periods import Period
from kam_knowledge.changes.ledger import Ledger, facts
from kam_knowledge.changes.notes import NoteDraft, NoteWriter, Place
from kam_knowledge.changes.plans import PlanSubject
from kam_knowledge.queries.agenda import Duties
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.forecast import Deals
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.silence import quiet_accounts
from kam_knowledge.queries.touches import touches
from kam_knowledge.search.service import Search
from kam_knowledge.search.sql_source import Limits
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    SHEETS,
    Account,
    BusinessRow,
    Contact,
    Contract,
    Cover,
    Investment,
    Note,
    Passage,
    PassageVector,
    Person,
    Plan,
    Target,
    TeamSeat,
)
from tests.integration.indexing import DictionaryVectors
from tests.integration.searching import WordEmbedder

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)

# --- the book, as it is drawn ------------------------------------------------------------------


@dataclass(frozen=True)
class P:
    """A person: indices are those of the book's lists, days are counted from today."""

    role: str
    manager: int | None
    left: int | None
    listed: bool


@dataclass(frozen=True)
class A:
    """An account."""

    team: bool
    owner: int | None
    seats: tuple[int, ...]


@dataclass(frozen=True)
class C:
    """A cover of a person by another; no accounts means all."""

    person: int
    by: int
    start: int
    accounts: tuple[int, ...]


@dataclass(frozen=True)
class N:
    """A note."""

    account: int | None
    author: int | None
    visibility: str
    day: int | None
    removed: bool


@dataclass(frozen=True)
class B:
    """A book, who asks, and who reads."""

    people: list[P]
    accounts: list[A]
    covers: list[C]
    notes: list[N]
    later: bool
    asker: int | None
    reach: Reach
    members: frozenset[int]
    outsiders: bool


MOSTLY_NONE = [None] * 9
MOSTLY_TRUE = [True] * 9
"""Doors that are shut too often leave little to see behind them."""


@st.composite
def books(draw: st.DrawFn) -> B:
    """A few of everything; who stands where is left to chance."""
    size = draw(st.integers(2, 5))
    someone = st.integers(0, size - 1)
    maybe = st.none() | someone
    people = draw(
        st.lists(
            st.builds(
                P,
                st.sampled_from(["member", "member", "manager", "leader", "admin"]),
                maybe,
                st.sampled_from([*MOSTLY_NONE, -1, 0, 1]),
                st.sampled_from([*MOSTLY_TRUE, False]),
            ),
            min_size=size,
            max_size=size,
        )
    )
    count = draw(st.integers(1, 2))
    place = st.integers(0, count - 1)
    accounts = draw(
        st.lists(
            st.builds(A, st.booleans(), maybe, st.lists(someone, max_size=2).map(tuple)),
            min_size=count,
            max_size=count,
        )
    )
    covers = draw(
        st.lists(
            st.builds(
                C,
                someone,
                someone,
                st.sampled_from([-3, -2, 0, 1]),
                st.lists(place, max_size=2).map(tuple),
            ),
            max_size=2,
        )
    )
    notes = draw(
        st.lists(
            st.builds(
                N,
                st.none() | place,
                maybe,
                st.sampled_from(["author", "team", "open"]),
                st.sampled_from([None, -1, 0, 1]),
                st.sampled_from([False, False, False, True]),
            ),
            max_size=5,
        )
    )
    return B(
        people,
        accounts,
        covers,
        notes,
        draw(st.booleans()),
        draw(st.sampled_from([*range(size), *range(size), *range(size), None])),
        draw(st.sampled_from([Reach.ONLY, *Reach])),
        frozenset(draw(st.lists(someone, max_size=2))),
        not draw(st.sampled_from([*MOSTLY_TRUE, False])),
    )


# --- the oracle: contract.md, "Who may see what", sentence by sentence -------------------------


@dataclass(frozen=True)
class Oracle:
    book: B

    def active(self, p: int) -> bool:
        person = self.book.people[p]
        return person.listed and (person.left is None or person.left > 0)

    def leader(self, p: int) -> bool:
        return self.active(p) and self.book.people[p].role == "leader"

    def above(self, p: int) -> set[int]:
        """The managers above a person, in the `manager` line."""
        found: set[int] = set()
        step = self.book.people[p].manager
        while step is not None and step not in found:
            found.add(step)
            step = self.book.people[step].manager
        return found

    def in_team(self, p: int, a: int) -> bool:
        """Its owner, the people in its seats, the managers above them, and leaders."""
        account = self.book.accounts[a]
        core = set(account.seats) | ({account.owner} if account.owner is not None else set())
        return p in core or any(p in self.above(q) for q in core) or self.leader(p)

    def covering(self, p: int, a: int) -> bool:
        """A cover, between the two dates, sees as the covered person's seat."""
        return any(
            c.by == p
            and c.start <= 0 <= c.start + 2
            and (not c.accounts or a in c.accounts)
            and self.in_team(c.person, a)
            for c in self.book.covers
        )

    def sees_inner(self, p: int, a: int) -> bool:
        """The people who could see it if it were a team account."""
        return self.active(p) and (self.in_team(p, a) or self.covering(p, a))

    def sees(self, p: int, a: int) -> bool:
        """An open account: every active person of ours."""
        return self.active(p) and (not self.book.accounts[a].team or self.sees_inner(p, a))

    def reads(self, p: int, note: N) -> bool:
        """A note is never seen by someone who may not see its account."""
        if note.removed or (note.day or 0) > 0:
            return False
        if note.account is not None and not self.sees(p, note.account):
            return False
        if p == note.author and (note.visibility == "author" or note.account is None):
            return self.active(p)
        if note.visibility == "open":
            return self.active(p)
        if note.visibility == "team" and note.account is not None:
            return self.sees_inner(p, note.account)
        return note.visibility == "team" and self.leader(p)

    def figures(self, p: int, owner: int) -> bool:
        """A person's own targets."""
        return self.active(p) and (p == owner or p in self.above(owner) or self.leader(p))

    @property
    def readers(self) -> set[int] | None:
        """The asker and everybody who reads, None with somebody outside among them."""
        book = self.book
        if book.asker is None or book.outsiders:
            return None
        found = {
            Reach.ONLY: set(sorted(book.members)[:1]) or {book.asker},
            Reach.MEMBERS: set(book.members),
            Reach.EVERYONE: {p for p in range(len(book.people)) if self.active(p)},
        }[book.reach] | {book.asker}
        return found if all(self.active(p) for p in found) else None

    def all(self, may: Callable[[int], bool]) -> bool:
        """Whether the asker and every reader may."""
        return self.readers is not None and all(may(p) for p in self.readers)


# --- the book, written down --------------------------------------------------------------------

INNER = {
    ("accounts", "relationship"),
    ("accounts", "relationship_target"),
    ("accounts", "cost"),
    ("contacts", "support"),
    ("contacts", "coverage"),
    ("contracts", "price_clause"),
    ("contracts", "last_increase_on"),
    ("contracts", "last_increase_pct"),
    ("financials", "cost"),
}
"""The inner facts of an account: support, coverage, relationship signals, cost, price limits."""
INNER_SHEETS = {"investments", "time"}

CHOICES = {
    ("", "period"): "2026",
    ("", "week"): "2026-W47",
    ("accounts", "kind"): "entity",
    ("accounts", "account_class"): "key",
    ("accounts", "review_cadence"): "monthly",
    ("contacts", "decision_role"): "champion",
    ("contacts", "layer"): "key",
    ("opportunities", "kind"): "renewal",
    ("opportunities", "amount_basis"): "annual",
    ("opportunities", "forecast"): "commit",
    ("goals", "horizon"): "short",
    ("goals", "status"): "open",
    ("actions", "direction"): "ours",
    ("actions", "status"): "open",
    ("activities", "kind"): "meeting",
    ("activities", "status"): "done",
    ("targets", "kind"): "revenue",
    ("installed", "state"): "competitor",
    ("complaints", "severity"): "high",
    ("satisfaction", "kind"): "nps",
}
"""Where the workbook knows a few words only; what is inner has its mark all the same."""

MARK = re.compile(r"<\d+>|\b70\d{5}\b|\b18\d\d-\d\d-\d\d\b")
Allowed = Callable[[], bool]


@dataclass
class World:
    """A book in a session, with the mark of every value and who may see it."""

    session: Session
    book: B
    oracle: Oracle
    people: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    contacts: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    rows: list[BusinessRow] = field(default_factory=list)
    citations: list[dict[str, Any]] = field(default_factory=list)
    """Of rows and notes, as somebody would cite them who sees everything."""
    marks: dict[str, Allowed] = field(default_factory=dict)

    def text(self, allowed: Allowed) -> str:
        mark = f"<{len(self.marks)}>"
        self.marks[mark] = allowed
        return mark

    def number(self, allowed: Allowed) -> Decimal:
        # Scattered, so that no sum or mean of marks is a mark by chance.
        mark = f"70{len(self.marks) * 48_271 % 99_991:05}"
        self.marks[mark] = allowed
        return Decimal(mark)

    def day(self, allowed: Allowed) -> date:
        # Scattered too: the day after a mark is none.
        found = date(1800, 1, 1) + timedelta(days=len(self.marks) * 9_973 % 36_499)
        self.marks[found.isoformat()] = allowed
        return found

    @property
    def rights(self) -> Rights:
        book = self.book
        audience = Audience(
            book.reach,
            frozenset(self.people[p] for p in book.members),
            book.outsiders,
        )
        if book.reach is Reach.ONLY:
            only = min(book.members, default=book.asker)
            audience = dataclasses.replace(
                audience, person_ids=frozenset({self.people[only]} if only is not None else ())
            )
        viewer = Viewer(None if book.asker is None else self.people[book.asker])
        return decide(self.session, viewer, audience, TODAY)


def nobody() -> bool:
    return False


def written(session: Session, book: B, *, marked: bool) -> World:
    """The book in the session; `marked` adds a row of every sheet, and the notes."""
    world = World(session, book, Oracle(book))
    ledger = Ledger(session, "import", origin="workbook", recorded_at=NOW)
    world.people = ledger.create_many(
        Person,
        [
            {
                "email": f"p{n}@example.com",
                "name": f"Person {n}",
                "role": person.role,
                "listed": person.listed,
                "left_on": None if person.left is None else TODAY + timedelta(days=person.left),
            }
            for n, person in enumerate(book.people)
        ],
    )
    for key, person in zip(world.people, book.people, strict=True):
        if person.manager is not None:
            session.get_one(Person, key).manager_id = world.people[person.manager]
    account_rows = []
    for n, account in enumerate(book.accounts):
        values = _values(world, Account, n) if marked else {"name": f"Account {n}"}
        values |= {
            "owner_id": None if account.owner is None else world.people[account.owner],
            "visibility": "team" if account.team else "open",
        }
        account_rows.append(values)
    world.accounts = ledger.create_many(Account, account_rows)
    if len(world.accounts) > 1 and marked:
        session.get_one(Account, world.accounts[0]).parent_id = world.accounts[1]
    ledger.create_many(
        TeamSeat,
        [
            {"account_id": key, "person_id": world.people[p], "seat": "specialist"}
            for key, account in zip(world.accounts, book.accounts, strict=True)
            for p in sorted(set(account.seats))
        ],
    )
    ledger.create_many(
        Cover,
        [
            {
                "person_id": world.people[c.person],
                "cover_id": world.people[c.by],
                "from_date": TODAY + timedelta(days=c.start),
                "to_date": TODAY + timedelta(days=c.start + 2),
                "account_ids": [world.accounts[a] for a in c.accounts],
            }
            for c in book.covers
        ],
    )
    if marked:
        _write_sheets(world, ledger)
        _write_history(world)
    _write_notes(world, marked=marked)
    session.flush()
    if marked:
        world.citations = _citations(world)
    return world


def _citations(world: World) -> list[dict[str, Any]]:
    accounts = frozenset(world.accounts)
    everything = Rights(
        Viewer(None), Audience.everyone(), date.max, accounts, accounts, True, True, None
    )
    records = Records(world.session, everything)
    found: list[dict[str, Any]] = []
    for row in world.rows:
        if not isinstance(row, Account | Contact | Contract | Investment | Target):
            continue  # each is read again by a query of its own, which takes its time
        source = records.source(row, list(facts(type(row))))
        found.append({"kind": "record", "where": source.where, "quote": source.quote})
    for note in world.session.scalars(select(Note)):
        found.append({"kind": "note", "where": note.key, "quote": note.text})
    return [one | {"n": n, "title": "cited", "date": None} for n, one in enumerate(found)]


def _values(world: World, model: type[BusinessRow], n: int) -> dict[str, Any]:
    """A value for every field of a row at the book's n-th account."""
    oracle, book = world.oracle, world.book
    sheet = model.__tablename__
    found: dict[str, Any] = {}
    for name, kind in facts(model).items():
        inner = sheet in INNER_SHEETS or (sheet, name) in INNER
        one_may = oracle.sees_inner if inner else oracle.sees

        def allowed(may: Callable[[int, int], bool] = one_may) -> bool:
            return oracle.all(lambda p: may(p, n))

        column = model.__mapper__.column_attrs[name].columns[0]
        target = next((key.column.table.name for key in column.foreign_keys), None)
        listed = column.info.get("list_of")
        length = getattr(column.type, "length", None) or 1_000
        if target == "people" or listed == "people":
            key = world.people[n % len(book.people)]
            found[name] = [key] if listed else key
        elif target == "accounts":
            if name == "account_id":
                found[name] = world.accounts[n]
            elif name == "via_id":  # perhaps an account that the reader may not see
                found[name] = world.accounts[(n + 1) % len(world.accounts)]
        elif target == "contacts":
            if world.contacts:
                found[name] = world.contacts[n]
        elif listed == "contacts":
            found[name] = [world.contacts[n]]
        elif target or listed or name in ("external_id", "visibility", "outcome", "created_on"):
            continue
        elif (chosen := CHOICES.get((sheet, name)) or CHOICES.get(("", name))) is not None:
            found[name] = chosen
        elif kind is list or (kind is object and name == "aliases"):
            found[name] = [world.text(allowed)]
        elif kind is str and length >= 6:
            found[name] = world.text(allowed)
        elif kind is Decimal:
            found[name] = world.number(allowed)
        elif kind is date and name not in ("done_on", "paid_on", "closed_on", "left_on"):
            found[name] = world.day(allowed)
    return found


def _write_sheets(world: World, ledger: Ledger) -> None:
    """A row of every sheet at every account, and a target of every person."""
    count = len(world.accounts)
    world.contacts = ledger.create_many(Contact, [_values(world, Contact, n) for n in range(count)])
    first = world.session.get_one(Contact, world.contacts[0])
    first.reports_to_id = world.contacts[-1]
    world.rows = [world.session.get_one(Account, key) for key in world.accounts]
    world.rows += [world.session.get_one(Contact, key) for key in world.contacts]
    for model in SHEETS.values():
        if hasattr(model, "account_id") and model not in (Contact, TeamSeat):
            ids = ledger.create_many(model, [_values(world, model, n) for n in range(count)])
            world.rows += [world.session.get_one(model, key) for key in ids]
    figures = [
        {
            "owner_id": key,
            "period": "2026",
            "amount": world.number(
                lambda p=p: world.oracle.all(lambda reader: world.oracle.figures(reader, p))
            ),
        }
        for p, key in enumerate(world.people)
    ]
    ids = ledger.create_many(Target, figures)
    world.rows += [world.session.get_one(Target, key) for key in ids]


def _write_history(world: World) -> None:
    """Conflicts, values that were taken back, rows that were, and facts of a later day."""
    session, oracle = world.session, world.oracle
    contact = session.get_one(Contact, world.contacts[0])

    def ledger(cause: str = "import", days: int = 0) -> Ledger:
        return Ledger(
            session,
            cause,
            origin="workbook",
            recorded_at=NOW,
            as_of=TODAY + timedelta(days=days),
            as_of_stated=days > 0,
        )

    team = world.text(lambda: oracle.all(lambda p: oracle.sees_inner(p, 0)))
    anyone = world.text(lambda: oracle.all(lambda p: oracle.sees(p, 0)))
    ledger().record_conflict(contact, "support", team, source="contacts.csv:2")
    ledger().record_conflict(contact, "title", anyone, source="contacts.csv:2")
    undone = ledger("message")
    undone.update(contact, {"support": world.text(nobody), "title": world.text(nobody)})
    made = undone.create(Contact, {"account_id": contact.account_id, "name": world.text(nobody)})
    ledger("undo").undo(undone.change)
    assert made.retracted
    if world.book.later:
        tomorrow = ledger("message", days=1)
        tomorrow.update(contact, {"support": world.text(nobody), "phone": world.text(nobody)})
        tomorrow.create(Contact, {"account_id": contact.account_id, "name": world.text(nobody)})


def _write_notes(world: World, *, marked: bool) -> None:
    oracle = world.oracle
    writer = NoteWriter(world.session, NOW)
    for n, drawn in enumerate(world.book.notes):

        def allowed(drawn: N = drawn) -> bool:
            return oracle.all(lambda p: oracle.reads(p, drawn))

        mark = world.text(allowed)
        account = None if drawn.account is None else world.accounts[drawn.account]
        mine = world.contacts[drawn.account] if marked and drawn.account is not None else None
        names = "Dana"
        if mine is not None:
            name = world.session.get_one(Contact, mine).name
            # The name is the account's to know, and so is the note that holds it.
            names = name
        note = writer.add(
            NoteDraft(
                text=f"# {mark}\n\nMet {names} today. {mark}",
                title=f"Note {mark}",
                kind="meeting",
                content_hash=f"hash-{n}",
                visibility=drawn.visibility,
                language="en",
                date=None if drawn.day is None else TODAY + timedelta(days=drawn.day),
                account_id=account,
                author_id=None if drawn.author is None else world.people[drawn.author],
                contact_ids=(mine,) if mine is not None else (),
            ),
            Place("/books", f"/books/{n}.md", f"books/{mark}.md", f"file-{n}"),
        )
        world.notes.append(note.id)
        if drawn.removed:
            writer.remove(note)


# --- the readers -------------------------------------------------------------------------------

Reader = tuple[str, Callable[[], Any]]


def readers(world: World, records: Records, store: Store) -> Iterator[Reader]:
    """Every way to read, with a name."""
    yield from gate(world, records)
    yield from query_readers(world, records)
    yield from searches(world, records, store)


def searches(world: World, records: Records, store: Store) -> Iterator[Reader]:
    """Search by words and by vectors, by names that may be known and names that may not.

    Every passage has a vector and stands in the index, so that only rights keep one back.
    """
    session = records.session
    embedder, index = WordEmbedder(), DictionaryVectors("words")
    passages = session.scalars(select(Passage)).all()
    known = set(session.scalars(select(PassageVector.content_hash)))
    for passage in passages:
        vector = embedder.embed_query(f"{passage.context}\n{passage.text}")
        index.upsert([passage.id], [vector])
        if passage.content_hash not in known:
            known.add(passage.content_hash)
            session.add(
                PassageVector(
                    content_hash=passage.content_hash,
                    model_id=embedder.model_id,
                    vector=vector.astype("<f2").tobytes(),
                )
            )
    session.flush()
    names = [row.name for kind in (Account, Contact) for row in world.rows if type(row) is kind]
    queries = ["met somebody today, 今天见面", f"met {' and '.join(names)} today", *names[:2]]
    ways: dict[str, tuple[Limits, WordEmbedder | None]] = {
        "all": (Limits(), None),
        "by full text": (Limits(handful=0), None),
        "by stored vectors": (Limits(handful=0), embedder),
        "by the index": (Limits(handful=0, few=0), embedder),
    }
    for way, (limits, model) in ways.items():
        search = Search(store, lambda model=model: model, lambda: index, limits=limits)
        for query in queries:
            yield (
                f"search {way}",
                lambda search=search, query=query: search.search(
                    session, records.rights, query, 50
                ),
            )


def gate(world: World, records: Records) -> Iterator[Reader]:
    """The one gate to business rows, and the clauses for notes and passages."""
    rights, session = records.rights, records.session
    for model in SHEETS.values():
        yield f"Records.all({model.__name__})", lambda model=model: records.all(model)
    by_model: dict[type[BusinessRow], list[BusinessRow]] = {}
    for row in world.rows:
        by_model.setdefault(type(row), []).append(row)
    firsts = [rows[0] for rows in by_model.values()]
    yield "Records.get", lambda: [records.get(type(row), row.id) for row in firsts]
    yield "Records.contacts", lambda: [records.contacts(key) for key in world.accounts]
    yield "Records.accounts", lambda: records.accounts
    yield "Records.provenance", lambda: [records.provenance(row) for row in firsts]
    yield "Records.stated", lambda: [records.stated(m, rows) for m, rows in by_model.items()]
    yield "Records.disagreements", lambda: [records.disagreements(r) for r in by_model[Contact]]
    yield "Records.source", lambda: list(_cited(records))
    yield "note_clause", lambda: list(session.scalars(select(Note).where(rights.note_clause())))
    yield (
        "passage_clause",
        lambda: list(session.scalars(select(Passage).where(rights.passage_clause()))),
    )


def query_readers(world: World, records: Records) -> Iterator[Reader]:
    """Each query of `kam_knowledge.queries`, with everything it may be asked."""
    known: dict[str, list[Any] | None] = {}
    for name, function in query_functions():
        given = arguments(function, world, records, known)
        if given is None:
            continue  # test_every_query_is_among_the_readers names it
        for values in itertools.product(*given.values()):
            chosen = dict(zip(given, values, strict=True))
            yield name, lambda function=function, chosen=chosen: function(**chosen)


def _cited(records: Records) -> Iterator[Any]:
    """Every visible row as a claim would cite it, with its key."""
    for model in SHEETS.values():
        for row in records.all(model):
            yield records.source(row, list(facts(model))), records.key(row)


def arguments(
    function: Callable[..., Any],
    world: World,
    records: Records,
    known: dict[str, list[Any] | None],
) -> dict[str, list[Any]] | None:
    """What each parameter without a default may be given, None where nothing is known for one."""
    found: dict[str, list[Any]] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not parameter.empty:
            continue
        declared = str(parameter.annotation).removesuffix(" | None")
        listed = _LISTED.fullmatch(declared)
        kind = listed[1] if listed else declared
        key = f"{parameter.name}: {kind}" if kind in ("int", "date", "dt.date") else kind
        if key not in known:
            known[key] = _values_of(kind, parameter.name, world, records)
        values = known[key]
        if values is None:
            return None
        found[parameter.name] = [values] if listed else values[:2]
    return found


_LISTED = re.compile(r"(?:Iterable|Sequence|Collection|list|tuple|set)\[(\w+)(?:, \.\.\.)?\]")


def _values_of(kind: str, name: str, world: World, records: Records) -> list[Any] | None:
    """Values of a declared type: what the readers may see of a model, ids of anything at all."""
    for model in SHEETS.values():
        if kind == model.__name__:
            return list(records.all(model))
    match kind:
        case "Records":
            return [records]
        case "int":
            ids = {"account": world.accounts, "contact": world.contacts, "person": world.people}
            return next((ids[key] for key in ids if name.startswith(key)), world.notes)
        case "str":
            return ["Dana", *(row.name for row in records.all(Contact))]
        case "date" | "dt.date":
            return [TODAY if name == "until" else date(1850, 1, 1)]
        case "timedelta":
            return [timedelta(days=100_000)]
        case "Touch":
            return list(touches(records))
        case "Commitment":
            return list(open_commitments(records))
        case "Cited":
            return list(world.citations)
        case "QuietAccount":
            return list(quiet_accounts(records, records.accounts.values(), days=1))
        case "Duties":
            everywhere = frozenset(world.accounts)
            covered = dict.fromkeys(world.people, everywhere)
            return [Duties(key, everywhere, covered) for key in world.people[:2]]
        case "Deals":
            return [Deals(records, records.accounts.values())]
        case "Period":
            return [Period("ever", date.min, date.max)]
        case "Iterable[type[BusinessRow]]":
            return [list(SHEETS.values())]
        case "Plan":  # saved ones are in test_plans_living: none is read outside its team
            return [Plan(subject=f"account:{key}", account_id=key) for key in world.accounts]
        case "PlanSubject":
            return [PlanSubject(key, None, "key_account", "", "en") for key in world.accounts]
    return None


@cache
def query_functions() -> list[tuple[str, Callable[..., Any]]]:
    """The public functions of `kam_knowledge.queries` that read through `Records`."""
    found = []
    for module_info in pkgutil.walk_packages(queries.__path__, f"{queries.__name__}."):
        module = importlib.import_module(module_info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and any(
                str(p.annotation) == "Records"
                for p in inspect.signature(function).parameters.values()
            ):
                found.append((f"{module_info.name}.{name}", function))
    return found


def marks_in(found: Any) -> set[str]:
    """Every mark in whatever a reader gave back, however deep."""
    if isinstance(found, str | Decimal | date | int | float | bytes) or found is None:
        return set(MARK.findall(str(found)))
    if isinstance(found, Records | Session | ColumnElement):  # these have yet to be asked
        return set()
    if isinstance(found, dict):
        return marks_in([*found.keys(), *found.values()])
    if isinstance(found, list | tuple | set | frozenset | Iterator):
        return set().union(*(marks_in(item) for item in found))
    if dataclasses.is_dataclass(found):
        return marks_in([getattr(found, f.name) for f in dataclasses.fields(found)])
    held = {k: v for k, v in vars(found).items() if k != "_sa_instance_state"}
    return marks_in(list(held.values()))


# --- the laws ----------------------------------------------------------------------------------


def _settings(sqlite: int, postgresql: int, store: Store) -> int:
    return sqlite if store.dialect == "sqlite" else postgresql


_QUICK = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)


@pytest.mark.timeout(900)  # many books; a busy machine needs its time
def test_rights_are_what_the_contract_says(store: Store) -> None:
    @given(book=books())
    @settings(_QUICK, max_examples=_settings(100, 20, store))
    def check(book: B) -> None:
        with store.read() as session:
            world = written(session, dataclasses.replace(book, notes=[]), marked=False)
            rights, oracle = world.rights, world.oracle
            numbers = range(len(world.accounts))
            assert rights.inside == (oracle.readers is not None)
            assert [rights.sees(key) for key in world.accounts] == [
                oracle.all(lambda p, n=n: oracle.sees(p, n)) for n in numbers
            ]
            assert [rights.sees_inner(key) for key in world.accounts] == [
                oracle.all(lambda p, n=n: oracle.sees_inner(p, n)) for n in numbers
            ]

    check()


@pytest.mark.timeout(900)  # many books; a busy machine needs its time
@pytest.mark.parametrize("books_tried", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_no_reader_gives_back_what_its_readers_may_not_see(store: Store, books_tried: int) -> None:
    @given(book=books())
    @settings(_QUICK, max_examples=_settings(books_tried, 5, store))
    def check(book: B) -> None:
        with store.read() as session:
            world = written(session, book, marked=True)
            session.expire_all()
            rows = [type(row)(**_plain(row)) for row in world.rows]
            session.expunge_all()
            world.rows = rows
            records = Records(session, world.rights)
            allowed = {mark for mark, may in world.marks.items() if may()}
            for name, read in readers(world, records, store):
                leaked = (marks_in(read()) & set(world.marks)) - allowed
                assert not leaked, f"{name} gave {leaked}"
            _complete(world, records, allowed)

    check()


def _complete(world: World, records: Records, allowed: set[str]) -> None:
    """What one reader alone may see is also there."""
    if world.oracle.readers == {world.book.asker}:
        there: set[str] = set()
        for name, read in gate(world, records):
            if name.startswith(("Records.all", "Records.disagreements", "note_clause")):
                there |= marks_in(read())
        assert there == allowed


def _plain(row: BusinessRow) -> dict[str, Any]:
    return {a.key: getattr(row, a.key) for a in type(row).__mapper__.column_attrs}


ONE_LEADER = B(
    people=[P("leader", None, None, True)],
    accounts=[A(True, 0, ()), A(False, None, ())],
    covers=[],
    notes=[N(0, 0, "author", 0, False), N(None, None, "team", None, False)],
    later=True,
    asker=0,
    reach=Reach.ONLY,
    members=frozenset(),
    outsiders=False,
)


def test_every_query_is_among_the_readers(sqlite_store: Store) -> None:
    with sqlite_store.read() as session:
        world = written(session, ONE_LEADER, marked=True)
        records = Records(session, world.rights)
        given = {name: arguments(f, world, records, {}) for name, f in query_functions()}
    assert [name for name, found in given.items() if found is None] == [], (
        "say in `_values_of` what their parameters may be given"
    )
    assert all(all(found.values()) for found in given.values() if found)


@pytest.mark.parametrize("reach", Reach)
def test_the_marks_are_found_where_they_are(sqlite_store: Store, reach: Reach) -> None:
    """The law above could not fail if the book held no marks, or nobody could see one."""
    with sqlite_store.read() as session:
        world = written(session, dataclasses.replace(ONE_LEADER, reach=reach), marked=True)
        allowed = {mark for mark, may in world.marks.items() if may()}
        assert len(allowed) > 150
        assert len(world.marks) - len(allowed) == 6, "two undone, one retracted, three of tomorrow"
        assert len(query_functions()) > 5
        records = Records(session, world.rights)
        _complete(world, records, allowed)
        found = marks_in([read() for _, read in readers(world, records, sqlite_store)])
        assert found & set(world.marks) == allowed
