"""Business rows as their readers get them: rights, days, spelling, and where values come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.orm import Session

from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.queries.records import UNREAD, Records
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    SHEETS,
    Account,
    Action,
    Activity,
    BusinessRow,
    Contact,
    Contract,
    Cover,
    Financial,
    Goal,
    Installed,
    Investment,
    Opportunity,
    Person,
    Rate,
    Target,
    TimeEntry,
)

TODAY = date(2026, 11, 21)
RECORDED = datetime(2026, 11, 21, 4, tzinfo=UTC)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def ledger(session: Session, cause: str = "import", **given: Any) -> Ledger:
    return Ledger(session, cause, **({"recorded_at": RECORDED, "origin": "workbook"} | given))


def person(session: Session, name: str, **values: Any) -> Person:
    return ledger(session).create(
        Person, {"email": f"{name}@example.com", "name": name.title()} | values
    )


def records(session: Session, who: Person, today: date = TODAY, *others: Person) -> Records:
    audience = Audience.members([who.id, *(other.id for other in others)])
    return Records(session, decide(session, Viewer(who.id), audience, today))


class Book:
    """ACME and its people of ours: Ann owns it, Ben is nobody in its team, Lea leads."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lea = person(session, "lea", role="leader")
        self.max = person(session, "max", role="manager")
        self.ann = person(session, "ann", manager_id=self.max.id)
        self.ben = person(session, "ben")
        self.acme = ledger(session).create(
            Account, {"name": "ACME Corp", "owner_id": self.ann.id, "cost": Decimal("70.00")}
        )
        self.dana = ledger(session).create(
            Contact,
            {
                "account_id": self.acme.id,
                "name": "Dana Wu",
                "aliases": ["吴丹", "D. Wu"],
                "support": "enemy",
                "coverage": "brief",
                "title": "CTO",
                "known_by_ids": [self.ann.id, self.ben.id],
            },
            source="contacts.csv:2",
        )

    def add(self, model: type[BusinessRow], **values: Any) -> Any:
        if "account_id" in model.__mapper__.column_attrs:
            values = {"account_id": self.acme.id} | values
        return ledger(self.session).create(model, values)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    said: list[str] = []

    def listen(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(store.engine, "before_cursor_execute", listen)
    yield said
    event.remove(store.engine, "before_cursor_execute", listen)


# --- inner facts -------------------------------------------------------------------------------


def test_inner_facts_are_there_for_the_team_and_none_for_the_others(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.add(Contract, contract="MSA", price_clause="3 % cap", value=Decimal("5"))
        book.add(Financial, period="2026", revenue=Decimal("9"), cost=Decimal("8"))
        book.add(Investment, kind="demo kit", cost=Decimal("7"))
        book.add(TimeEntry, person_id=book.ann.id, week="2026-W47", hours=Decimal("3"))
        for who, inner in ((book.ann, True), (book.lea, True), (book.ben, False)):
            read = records(session, who)
            (dana,) = read.all(Contact)
            (acme,) = read.all(Account)
            (contract,) = read.all(Contract)
            (financial,) = read.all(Financial)
            assert (dana.support, dana.coverage) == (("enemy", "brief") if inner else (None, None))
            assert acme.cost == (Decimal("70.00") if inner else None)
            assert (dana.title, contract.value, financial.revenue) == ("CTO", 5, 9)
            assert contract.price_clause == ("3 % cap" if inner else None)
            assert financial.cost == (8 if inner else None)
            assert len(read.all(Investment)) == len(read.all(TimeEntry)) == int(inner)


def test_some_fields_are_what_the_whole_rows_say(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.add(Contract, contract="MSA", price_clause="3 % cap", value=Decimal("5"))
        book.add(TimeEntry, person_id=book.ann.id, week="2026-W47", hours=Decimal("3"))
        for who in (book.ann, book.ben):
            for today in (TODAY, TODAY - timedelta(days=4000)):
                read = records(session, who, today)
                for model in (Account, Contact, Contract, TimeEntry):
                    keys = [one.key for one in model.__mapper__.column_attrs]
                    names = [key for key in keys if key not in UNREAD]
                    whole = [[getattr(row, name) for name in names] for row in read.all(model)]
                    some = [
                        [getattr(row, name) for name in names] for row in read.fields(model, names)
                    ]
                    assert some == whole


def test_one_reader_outside_the_team_takes_the_inner_facts_from_all(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        assert records(session, book.ann, TODAY, book.lea).contacts(book.acme.id)[0].support
        assert not records(session, book.ann, TODAY, book.ben).contacts(book.acme.id)[0].support


def test_an_inner_column_is_never_selected_bare(store: Store) -> None:
    """A value that its reader may not see does not leave the database."""
    with store.read() as session:
        book = Book(session)
        read = records(session, book.ben)
        for model in SHEETS.values():
            with statements(store) as said:
                read.all(model)
            (selected,) = [s for s in said if re.search(rf"FROM \"?{model.__tablename__}\b", s)]
            for name in model.INNER:
                column = model.__mapper__.column_attrs[name].columns[0].name
                every = re.findall(rf"(\S+) {model.__tablename__}\.{column}\b", selected)
                assert every == ["THEN"], f"{model.__tablename__}.{column}: {selected}"


def test_where_a_value_comes_from_is_as_inner_as_the_value(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).record_conflict(book.dana, "support", "mentor", source="x", as_of=day(-1))
        ledger(session).record_conflict(book.dana, "title", "CIO", source="x", as_of=day(-1))
        ours, theirs = records(session, book.ann), records(session, book.ben)
        assert set(ours.provenance(book.dana)) - set(theirs.provenance(book.dana)) == {
            "support",
            "coverage",
        }
        assert {d.field for d in ours.disagreements(book.dana)} == {"support", "title"}
        assert {d.field for d in theirs.disagreements(book.dana)} == {"title"}


def test_a_row_nobody_may_read_has_no_history_either(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).update(book.acme, {"visibility": "team"})
        ledger(session).record_conflict(book.dana, "title", "CIO", source="x")
        read = records(session, book.ben)
        assert read.get(Contact, book.dana.id) is None
        assert read.provenance(book.dana) == {}
        assert read.disagreements(book.dana) == []
        assert read.stated(Contact, [book.dana]) == []


def test_a_persons_target_is_for_that_person_the_managers_above_and_leaders(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        own = book.session, Target, {"period": "2026", "amount": Decimal("100")}
        anns = ledger(session).create(Target, own[2] | {"owner_id": book.ann.id})
        book.add(Target, period="2026", amount=Decimal("7"))
        for who, sees in ((book.ann, True), (book.max, True), (book.lea, True), (book.ben, False)):
            read = records(session, who)
            found = {target.amount for target in read.all(Target)}
            assert found == ({Decimal(100), Decimal(7)} if sees else {Decimal(7)}), who.name
            assert bool(read.provenance(anns)) == sees, who.name
        together = records(session, book.ann, TODAY, book.max)
        assert {target.amount for target in together.all(Target)} == {Decimal(7)}


# --- what is read ------------------------------------------------------------------------------


def test_rows_come_by_account_by_id_and_in_order(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        other = ledger(session).create(Account, {"name": "Globex"})
        first = ledger(session).create(Contact, {"account_id": other.id, "name": "Zoe"})
        second = ledger(session).create(Contact, {"account_id": other.id, "name": "Abe"})
        read = records(session, book.ann)
        assert [c.name for c in read.contacts(other.id)] == ["Zoe", "Abe"]
        assert [c.id for c in read.all(Contact, account_ids=[book.acme.id])] == [book.dana.id]
        assert read.all(Contact, account_ids=[]) == []
        assert read.get(Contact, second.id).name == "Abe"  # type: ignore[union-attr]
        assert [c.id for c in read.all(Contact, Contact.id.in_([first.id]))] == [first.id]
        assert read.get(Contact, None) is read.get(Contact, 987_654) is None
        assert set(read.accounts) == {book.acme.id, other.id}
        assert {p.name for p in read.people.values()} == {"Lea", "Max", "Ann", "Ben"}


def test_rows_that_are_read_cannot_be_written_by_accident(store: Store) -> None:
    with store.write() as session:
        book = Book(session)
        records(session, book.ann).contacts(book.acme.id)[0].title = "Scribble"
    with store.read() as session:
        assert session.get_one(Contact, book.dana.id).title == "CTO"


# --- as it stood then --------------------------------------------------------------------------


def test_a_fact_stated_for_a_later_day_is_left_out(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).update(book.dana, {"title": "CEO", "phone": "1"}, as_of=day(3))
        book.session.flush()
        (then,) = records(session, book.ann).contacts(book.acme.id)
        assert (then.title, then.phone) == ("CTO", None)
        (later,) = records(session, book.ann, day(3)).contacts(book.acme.id)
        assert (later.title, later.phone) == ("CEO", "1")
        read = records(session, book.ann)
        assert read.provenance(book.dana, ["title"])["title"].value == "CTO"
        assert "phone" not in read.provenance(book.dana)


def test_what_was_first_said_later_was_at_its_default(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).update(book.acme, {"visibility": "team", "aliases": ["ACME"]}, as_of=day(3))
        (then,) = records(session, book.ann).all(Account)
        assert (then.visibility, then.aliases) == ("open", [])
        (later,) = records(session, book.ann, day(3)).all(Account)
        assert (later.visibility, later.aliases) == ("team", ["ACME"])


def test_a_row_that_nobody_knew_of_then_is_hidden(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).create(
            Contact, {"account_id": book.acme.id, "name": "New Hire"}, as_of=day(1)
        )
        names = [c.name for c in records(session, book.ann).contacts(book.acme.id)]
        assert names == ["Dana Wu"]
        names = [c.name for c in records(session, book.ann, day(1)).contacts(book.acme.id)]
        assert names == ["Dana Wu", "New Hire"]


def test_a_value_without_a_day_of_its_own_counts_on_every_day(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).create(
            Rate, {"currency": "EUR", "to": "CNY", "rate": Decimal(8)}, as_of=day(9)
        )
        long_ago = records(session, book.ann, date(2020, 1, 1))
        assert [c.title for c in long_ago.contacts(book.acme.id)] == ["CTO"]
        assert long_ago.all(Rate) == []


def test_a_row_that_belonged_to_another_account_then_is_read_by_that_ones_rights(
    store: Store,
) -> None:
    with store.read() as session:
        book = Book(session)
        closed = ledger(session).create(Account, {"name": "Closed", "visibility": "team"})
        mover = ledger(session).create(
            Contact, {"account_id": closed.id, "name": "Mover", "support": "mentor"}
        )
        ledger(session).update(mover, {"account_id": book.acme.id}, as_of=day(2))
        assert "Mover" not in {c.name for c in records(session, book.ann).all(Contact)}
        after = {c.name for c in records(session, book.ann, day(2)).all(Contact)}
        assert "Mover" in after


_OFFERS = st.lists(
    st.tuples(st.booleans(), st.integers(-3, 3), st.sampled_from(["CTO", "CIO", None])),
    min_size=1,
    max_size=6,
)


@given(made=st.integers(-3, 3), offers=_OFFERS, today=st.integers(-4, 4))
@example(made=0, offers=[(True, 2, "CTO"), (True, 1, "CIO")], today=1)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_day_shows_the_best_value_up_to_that_day(
    store: Store, made: int, offers: list[tuple[bool, int, str | None]], today: int
) -> None:
    with store.read() as session:
        ann = person(session, "ann", role="leader")
        acme = ledger(session).create(Account, {"name": "ACME Corp"})
        row = ledger(session).create(
            Contact, {"account_id": acme.id, "name": "Dana Wu"}, as_of=day(made)
        )
        for confirmed, on, title in offers:
            ledger(session, confirmed=confirmed).update(row, {"title": title}, as_of=day(on))
        known = [(c, on, n, title) for n, (c, on, title) in enumerate(offers) if on <= today]
        found = records(session, ann, day(today)).contacts(acme.id)
        if made > today and not known:
            assert found == []
            return
        (shown,) = found
        best = max(known, key=lambda offer: offer[:3], default=None)
        assert shown.title == (best[3] if best else None)
        assert shown.as_of == day(
            max([made] * (made <= today) + ([best[1]] if best else [])),
        )
        if today == 4:
            session.expire(row)
            names = [a.key for a in Contact.__mapper__.column_attrs if a.key not in UNREAD]
            ledger(session).create(Account, {"name": "Later"}, as_of=day(9))
            (put_back,) = records(session, ann, day(today)).contacts(acme.id)
            assert {n: getattr(put_back, n) for n in names} == {n: getattr(row, n) for n in names}


# --- how it is cited ---------------------------------------------------------------------------


def test_a_source_is_spelled_as_the_workbook_spells_it(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).update(
            book.acme, {"account_class": "key", "annual_revenue": Decimal("1.50")}
        )
        boss = book.add(Contact, name="Big Boss")
        ledger(session).update(book.dana, {"reports_to_id": boss.id, "since": date(2024, 2, 1)})
        read = records(session, book.ann)
        dana = read.get(Contact, book.dana.id)
        acme = read.get(Account, book.acme.id)
        assert dana is not None
        assert acme is not None
        source = read.source(
            dana, ["account_id", "aliases", "reports_to_id", "known_by_ids", "since", "email"]
        )
        assert source.where == "contacts:ACME Corp / Dana Wu"
        assert source.quote == (
            "account=ACME Corp; aliases=吴丹;D. Wu; reports_to=Big Boss; "
            "known_by=ann@example.com;ben@example.com; since=2024-02-01"
        )
        assert (source.date, source.title) == (dana.as_of, "ACME Corp / Dana Wu")
        assert read.source(acme, ["account_class", "annual_revenue", "owner_id"]).quote == (
            "class=key; annual_revenue=1.50; owner=ann@example.com"
        )


def test_every_kind_of_cell_is_spelled_as_stored(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        goal = book.add(Goal, goal="Win A / B", horizon="short")
        deal = book.add(
            Opportunity,
            name="Renewal / 2027",
            incremental=False,
            probability=Decimal("0.60"),
            amount=Decimal("1150000"),
            contact_id=book.dana.id,
        )
        action = book.add(
            Action,
            action="Send it",
            direction="theirs",
            owner="Dana Wu",
            owner_contact_id=book.dana.id,
            goal_id=goal.id,
            opportunity_id=deal.id,
        )
        cover = ledger(session).create(
            Cover,
            {
                "person_id": book.ann.id,
                "cover_id": book.ben.id,
                "from_date": day(0),
                "to_date": day(5),
                "account_ids": [book.acme.id],
            },
        )
        read = records(session, book.ann)
        assert read.source(deal, ["incremental", "probability", "amount", "contact_id"]).quote == (
            "incremental=no; probability=0.60; amount=1150000; contact=Dana Wu"
        )
        assert read.source(
            action, ["goal_id", "opportunity_id", "owner", "owner_contact_id"]
        ).quote == ("goal=Win A / B; opportunity=Renewal / 2027; owner=Dana Wu; owner=Dana Wu")
        assert read.key(action) == "ACME Corp / Send it / theirs"
        assert read.source(cover, ["from_date", "to_date", "account_ids"]).quote == (
            "from=2026-11-21; to=2026-11-26; accounts=ACME Corp"
        )


def test_a_name_that_the_reader_may_not_know_is_a_question_mark(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        hidden = ledger(session).create(Account, {"name": "Hidden Ltd", "visibility": "team"})
        mole = ledger(session).create(Contact, {"account_id": hidden.id, "name": "Mole"})
        deal = book.add(Opportunity, name="Deal", via_id=hidden.id, contact_id=mole.id)
        read = records(session, book.ann)
        assert read.source(deal, ["via_id", "contact_id"]).quote == "via=?; contact=?"


@pytest.mark.parametrize(
    ("external_id", "where"),
    [
        ("salesforce:Task:00T1", "crm:salesforce:Task:00T1"),
        ("workbook:17", "activities:ACME Corp / 2026-11-20 / call / Pricing"),
        (None, "activities:ACME Corp / 2026-11-20 / call / Pricing"),
    ],
)
def test_a_touch_that_a_crm_recorded_is_cited_by_the_crms_own_place(
    store: Store, external_id: str | None, where: str
) -> None:
    with store.read() as session:
        book = Book(session)
        call = book.add(
            Activity, date=day(-1), kind="call", subject="Pricing", external_id=external_id
        )
        read = records(session, book.ann)
        assert read.source(call, ["kind"]).where == where


def test_a_key_leaves_out_what_is_unknown(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        read = records(session, book.ann)
        assert (
            read.key(book.add(Activity, date=day(0), kind="call"))
            == "ACME Corp / 2026-11-21 / call"
        )
        grid = book.add(Installed, unit="Paris", product="Pumps", state="open")
        assert read.key(grid) == "ACME Corp / Paris / Pumps"


# --- where values come from --------------------------------------------------------------------


def test_a_value_comes_from_the_best_entry(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session, "note", origin="file", confirmed=False).update(
            book.dana, {"decision_role": "champion"}, source="notes/acme.md", as_of=day(-2)
        )
        ledger(session, "note", origin="file", confirmed=False).update(
            book.dana, {"decision_role": "user"}, source="notes/older.md", as_of=day(-9)
        )
        found = records(session, book.ann).provenance(book.dana, ["decision_role", "title"])
        role = found["decision_role"]
        assert (role.value, role.as_of, role.as_of_stated) == ("champion", day(-2), True)
        assert (role.cause, role.origin, role.source) == ("note", "file", "notes/acme.md")
        assert not role.confirmed
        assert role.recorded_at == RECORDED
        assert found["title"].source == "contacts.csv:2"
        assert set(found) == {"decision_role", "title"}


def test_after_an_undo_a_value_comes_from_where_it_came_before(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        change = ledger(session, "message", origin="slack")
        change.update(book.dana, {"title": "CEO", "phone": "1"})
        ledger(session, "undo").undo(change.change)
        found = records(session, book.ann).provenance(book.dana)
        assert (found["title"].value, found["title"].cause) == ("CTO", "import")
        assert "phone" not in found


def test_two_sources_that_disagree_are_both_there_newest_first(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session, "message", origin="slack").update(
            book.dana, {"title": "CIO", "phone": "1"}, source="slack:p1"
        )
        nightly = ledger(session)
        nightly.record_conflict(book.dana, "phone", "2", source="contacts.csv:2", as_of=day(-1))
        nightly.record_conflict(book.dana, "title", "COO", source="contacts.csv:2", as_of=day(0))
        first, second = records(session, book.ann).disagreements(book.dana)
        assert (first.field, second.field) == ("title", "phone")
        assert first.held is not None
        assert (first.held.value, first.held.source) == ("CIO", "slack:p1")
        assert (first.other.value, first.other.source) == ("COO", "contacts.csv:2")


def test_a_disagreement_ends_when_somebody_decides(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session, "message").update(book.dana, {"title": "CIO"})
        conflict = ledger(session)
        conflict.record_conflict(book.dana, "title", "COO", source="x", as_of=day(-1))
        assert records(session, book.ann).disagreements(book.dana)
        decided = ledger(session, "message")
        decided.update(book.dana, {"title": "COO"}, as_of=day(0))
        assert records(session, book.ann).disagreements(book.dana) == []
        ledger(session, "undo").undo(decided.change)
        assert records(session, book.ann).disagreements(book.dana), "and is back with its undo"
        ledger(session, "undo").undo(conflict.change)
        assert records(session, book.ann).disagreements(book.dana) == []


def test_a_value_that_was_merely_older_is_no_disagreement(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        ledger(session).update(book.dana, {"title": "Engineer"}, as_of=date(2019, 1, 1))
        assert records(session, book.ann).disagreements(book.dana) == []
