"""The ledger's laws (design.md, decision 4), on both databases."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ingest.crm.imported import ImportLedger
from kam_knowledge.changes.ledger import Ledger, from_json, last_imported, to_json
from kam_knowledge.errors import UsageError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Action,
    Change,
    Contact,
    Contract,
    LedgerEntry,
    Person,
    Rate,
)

MONDAY = date(2026, 11, 16)
RECORDED = datetime(2026, 11, 21, 4, tzinfo=UTC)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def ledger(session: Session, cause: str = "import", **given: Any) -> Ledger:
    return Ledger(session, cause, recorded_at=RECORDED, **given)


def contact(session: Session, **values: Any) -> Contact:
    """A contact whose name is on record and nothing else but `values`."""
    account = ledger(session).create(Account, {"name": "ACME Corp"})
    writer = ledger(session, as_of=day(0), as_of_stated=True)
    return writer.create(Contact, {"account_id": account.id, "name": "Dana Wu"} | values)


def offer(
    session: Session,
    row: Contact,
    value: str | None,
    number: int,
    *,
    confirmed: bool = True,
    cause: str = "import",
    field: str = "title",
) -> Change:
    """One change that offers one value for the day of that number."""
    writer = ledger(session, cause, confirmed=confirmed)
    writer.update(row, {field: value}, as_of=day(number), source=f"{cause}:{number}")
    return writer.change


def undo(session: Session, change: Change) -> list[tuple[str, int, str]]:
    return ledger(session, "undo").undo(change)


def entries(session: Session, row: Any, field: str) -> list[LedgerEntry]:
    return list(
        session.scalars(
            select(LedgerEntry)
            .where(
                LedgerEntry.table == row.__tablename__,
                LedgerEntry.row_id == row.id,
                LedgerEntry.field == field,
            )
            .order_by(LedgerEntry.id)
        )
    )


# --- creating ----------------------------------------------------------------------------------


def test_a_new_row_has_its_values_its_defaults_and_an_entry_for_each_value(store: Store) -> None:
    with store.write() as session:
        writer = ledger(session, actor_id=None, origin="workbook", as_of=day(0), as_of_stated=True)
        account = writer.create(
            Account,
            {"name": "華遠科技", "annual_revenue": Decimal("1.50"), "aliases": ["华远"]},
            source="accounts.csv:2",
        )
    with store.read() as session:
        row = session.get_one(Account, account.id)
        assert (row.name, row.annual_revenue, row.aliases) == (
            "華遠科技",
            Decimal("1.50"),
            ["华远"],
        )
        assert (row.visibility, row.industry, row.retracted) == ("open", None, False)
        assert (row.as_of, row.as_of_stated, row.source) == (day(0), True, "accounts.csv:2")
        written = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()
        assert {(e.field, e.old, str(e.new), e.source) for e in written} == {
            ("name", None, "華遠科技", "accounts.csv:2"),
            ("annual_revenue", None, "1.50", "accounts.csv:2"),
            ("aliases", None, "['华远']", "accounts.csv:2"),
        }
        change = session.scalars(select(Change)).one()
        assert (change.cause, change.origin, change.recorded_at) == ("import", "workbook", RECORDED)
        assert all(e.change_id == change.id and e.applied and not e.conflict for e in written)


def test_many_rows_come_back_as_ids_in_the_order_given(store: Store) -> None:
    with store.write() as session:
        writer = ledger(session)
        account = writer.create(Account, {"name": "ACME Corp"})
        rows: list[dict[str, Any]] = [
            {"account_id": account.id, "name": f"Person {n:04}"}
            | ({"title": "CTO"} if n % 2 else {})
            for n in range(2_100)
        ]
        ids = writer.create_many(
            Contact,
            rows,
            sources=[f"contacts.csv:{n + 2}" for n in range(len(rows))],
            as_ofs=[day(n) if n % 3 == 0 else None for n in range(len(rows))],
        )
    assert len(set(ids)) == len(rows)
    with store.read() as session:
        stored = session.execute(
            select(Contact.id, Contact.name, Contact.title, Contact.source, Contact.as_of_stated)
        ).all()
        assert {tuple(row) for row in stored} == {
            (
                key,
                f"Person {n:04}",
                "CTO" if n % 2 else None,
                f"contacts.csv:{n + 2}",
                n % 3 == 0,
            )
            for n, key in enumerate(ids)
        }
        counted = session.scalar(select(func.count()).where(LedgerEntry.table == "contacts"))
        assert counted == 2 * 2_100 + 1_050
        assert session.scalar(select(func.count(Change.id))) == 1


def test_rows_made_in_bulk_do_not_share_a_list(sqlite_store: Store) -> None:
    with sqlite_store.write() as session:
        first, second = ledger(session).create_many(Account, [{"name": "A"}, {"name": "B"}])
        session.get_one(Account, first).aliases.append("Alpha")
        assert session.get_one(Account, second).aliases == []


def test_nothing_is_written_for_no_rows_and_no_values(store: Store) -> None:
    with store.write() as session:
        row = contact(session)
        writer = ledger(session)
        assert writer.create_many(Contact, []) == []
        assert writer.update(row, {}) == []
        assert not writer.wrote


@pytest.mark.parametrize("values", [{"nmae": "x"}, {"retracted": True}, {"id": 7}])
def test_a_field_that_is_no_fact_is_refused(store: Store, values: dict[str, Any]) -> None:
    with store.read() as session:
        row = contact(session)
        writer = ledger(session)
        with pytest.raises(UsageError, match=next(iter(values))):
            writer.update(row, {"title": "CTO"} | values)
        assert row.title is None
        with pytest.raises(UsageError, match=next(iter(values))):
            writer.create(Contact, {"account_id": row.account_id, "name": "N"} | values)


# --- the best value ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ((True, 1), (True, 2), "second"),
        ((True, 2), (True, 1), "first"),
        ((True, 1), (True, 1), "second"),
        ((False, 1), (False, 2), "second"),
        ((False, 2), (False, 1), "first"),
        ((True, 1), (False, 9), "first"),
        ((False, 9), (True, 1), "second"),
    ],
)
def test_confirmed_comes_before_assumed_then_the_later_day_then_the_later_entry(
    store: Store, first: tuple[bool, int], second: tuple[bool, int], kept: str
) -> None:
    with store.read() as session:
        row = contact(session)
        offer(session, row, "first", first[1], confirmed=first[0])
        offer(session, row, "second", second[1], confirmed=second[0])
        session.expire(row)
        assert row.title == kept
        both = entries(session, row, "title")
        assert [(e.new, e.applied) for e in both] == [
            ("first", True),
            ("second", kept == "second"),
        ], "what is not taken is kept"


def test_what_changed_is_what_update_returns(store: Store) -> None:
    with store.read() as session:
        row = contact(session, title="CIO")
        taken = ledger(session).update(
            row, {"title": "CTO", "name": "Dana Wu", "department": None}, as_of=day(3)
        )
        assert taken == ["title"]
        assert row.updated_at == RECORDED


def test_saying_it_again_on_better_grounds_counts(store: Store) -> None:
    """A guess that a person confirmed is no longer undone by the next guess."""
    with store.read() as session:
        row = contact(session)
        offer(session, row, "CTO", 1, confirmed=False)
        offer(session, row, "CTO", 2, confirmed=True)
        offer(session, row, "CIO", 9, confirmed=False)
        assert row.title == "CTO"
        assert ledger(session).best(Contact, [row.id])[row.id, "title"].confirmed


def test_a_row_says_how_old_and_how_sure_it_is(store: Store) -> None:
    with store.read() as session:
        writer = ledger(session, "note", confirmed=False)
        account = ledger(session).create(Account, {"name": "ACME Corp"})
        row = writer.create(Contact, {"account_id": account.id, "name": "Dana"}, as_of=day(1))
        assert (row.confirmed, row.as_of) == (False, day(1))
        change = offer(session, row, "CTO", 5)
        assert (row.confirmed, row.as_of, row.as_of_stated) == (True, day(5), True)
        offer(session, row, "CIO", 3)
        assert row.as_of == day(5)
        undo(session, change)
        assert (row.title, row.as_of) == ("CIO", day(3))
        assert row.source == "import:3"


def test_without_a_day_of_its_own_a_value_is_of_the_day_it_was_recorded(store: Store) -> None:
    with store.read() as session:
        row = ledger(session).create(Account, {"name": "ACME Corp"})
        assert (row.as_of, row.as_of_stated) == (RECORDED.date(), False)


def test_a_cleared_value_is_a_value(store: Store) -> None:
    with store.read() as session:
        row = contact(session, title="CTO")
        cleared = offer(session, row, None, 5)
        assert row.title is None
        offer(session, row, "CIO", 3)
        assert row.title is None
        undo(session, cleared)
        assert row.title == "CIO"


# --- undo --------------------------------------------------------------------------------------


def test_an_undo_falls_back_on_the_best_of_what_remains(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        offer(session, row, "old", 1)
        latest = offer(session, row, "latest", 9)
        offer(session, row, "late", 5)
        assert row.title == "latest"
        assert undo(session, latest) == [("contacts", row.id, "title")]
        session.expire(row)
        assert row.title == "late"
        offer(session, row, "middling", 3)
        assert row.title == "late", "what it fell back on is as good as it ever was"


def test_a_second_undo_does_nothing(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        change = offer(session, row, "CTO", 1)
        assert undo(session, change)
        again = ledger(session, "undo")
        assert again.undo(change) == []
        assert not again.wrote
        assert row.title is None


def test_one_after_the_other_all_values_are_taken_back(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        first, second = offer(session, row, "CTO", 1), offer(session, row, "CIO", 2)
        undo(session, second)
        undo(session, first)
        assert row.title is None
        assert not row.retracted


def test_a_guess_that_an_undo_brought_back_stays_a_guess(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        offer(session, row, "guess", 1, confirmed=False, cause="note")
        undo(session, offer(session, row, "CTO", 2))
        assert row.title == "guess"
        offer(session, row, "better guess", 3, confirmed=False, cause="note")
        assert row.title == "better guess"


def test_undoing_a_creation_hides_the_row_and_keeps_its_history(store: Store) -> None:
    with store.read() as session:
        account = ledger(session).create(Account, {"name": "ACME Corp"})
        writer = ledger(session, "message")
        row = writer.create(Contact, {"account_id": account.id, "name": "Dana Wu"})
        assert undo(session, writer.change) == [("contacts", row.id, "retracted")]
        session.expire(row)
        assert row.retracted
        assert [e.new for e in entries(session, row, "name")] == ["Dana Wu"]


def test_undoing_a_creation_hides_the_row_though_more_was_said_of_it(store: Store) -> None:
    with store.read() as session:
        account = ledger(session).create(Account, {"name": "ACME Corp"})
        writer = ledger(session, "message")
        row = writer.create(Contact, {"account_id": account.id, "name": "Dana Wu"})
        later = offer(session, row, "CTO", 5)
        undo(session, writer.change)
        assert row.retracted
        undo(session, later)
        assert row.retracted


def test_an_undo_can_be_undone(store: Store) -> None:
    with store.read() as session:
        account = ledger(session).create(Account, {"name": "ACME Corp"})
        writer = ledger(session, "message")
        row = writer.create(Contact, {"account_id": account.id, "name": "Dana Wu"})
        offer(session, row, "CTO", 5)
        back = ledger(session, "undo")
        back.undo(writer.change)
        assert undo(session, back.change) == [("contacts", row.id, "retracted")]
        assert (row.retracted, row.name, row.title) == (False, "Dana Wu", "CTO")
        assert undo(session, back.change) == []
        assert undo(session, writer.change), "what came back can be taken back again"


def test_a_retracted_row_comes_back_with_an_undo(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        writer = ledger(session, "message")
        writer.retract(row)
        assert row.retracted
        undo(session, writer.change)
        assert not row.retracted


def test_a_retracted_row_stays_so_when_something_else_about_it_is_undone(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        change = offer(session, row, "CTO", 1)
        ledger(session, "message").retract(row)
        undo(session, change)
        assert row.retracted


def test_the_last_word_on_whether_a_row_exists_counts_however_old_its_day(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        change = offer(session, row, "CTO", 1)
        ledger(session, "message").retract(row)
        ImportLedger(session, "import", as_of=day(-9), confirmed=False).restore(
            row, "contacts.csv:2"
        )
        undo(session, change)
        assert (row.retracted, row.title) == (False, None)


def test_every_kind_of_value_comes_back_as_it_was(store: Store) -> None:
    with store.read() as session:
        account = ledger(session).create(Account, {"name": "ACME Corp"})
        before = {
            "account_id": account.id,
            "contract": "MSA",
            "end": date(2027, 3, 31),
            "auto_renews": True,
            "value": Decimal("1200000.00"),
            "status": None,
        }
        after = before | {
            "end": None,
            "auto_renews": False,
            "value": Decimal("5"),
            "status": "ended",
        }
        row = ledger(session, as_of=day(0)).create(Contract, before)
        change = ledger(session, as_of=day(1))
        change.update(row, after)
        session.flush()
        session.expire(row)
        assert {name: getattr(row, name) for name in after} == after
        undo(session, change.change)
        session.expire(row)
        assert {name: getattr(row, name) for name in before} == before
        assert str(row.value) == "1200000.00"


def test_a_default_comes_back_where_nothing_else_stands(store: Store) -> None:
    with store.read() as session:
        row = ledger(session).create(Account, {"name": "ACME Corp"})
        change = ledger(session, "message")
        change.update(row, {"visibility": "team", "aliases": ["ACME"]})
        undo(session, change.change)
        assert (row.visibility, row.aliases) == ("open", [])


def test_an_undo_says_which_rows_moved_over_all_tables(store: Store) -> None:
    with store.read() as session:
        account = ledger(session).create(Account, {"name": "ACME Corp"}, as_of=day(0))
        person = contact(session)
        writer = ledger(session, "message")
        writer.update(account, {"industry": "chips"}, as_of=day(1))
        writer.update(person, {"title": "CTO", "phone": "1"}, as_of=day(1))
        action = writer.create(Action, {"account_id": account.id, "action": "Send the sheet"})
        assert sorted(undo(session, writer.change)) == sorted(
            [
                ("accounts", account.id, "industry"),
                ("actions", action.id, "retracted"),
                ("contacts", person.id, "phone"),
                ("contacts", person.id, "title"),
            ]
        )


def test_an_undo_is_no_part_of_another_change(store: Store) -> None:
    with store.read() as session:
        row = contact(session)
        change = offer(session, row, "CTO", 1)
        writer = ledger(session, "message")
        writer.update(row, {"phone": "1"})
        with pytest.raises(UsageError, match="an undo is a change of its own"):
            writer.undo(change)


@dataclass
class Act:
    """One act of the model: an offer, or an undo of an earlier act."""

    rank: tuple[bool, int, int] = (False, 0, 0)
    value: str | None = None
    undoes: int | None = None
    undone: bool = False


_OFFER = st.tuples(st.booleans(), st.integers(0, 3), st.sampled_from(["CTO", "CIO", "COO", None]))
_ACTS = st.lists(_OFFER | st.integers(0, 9), min_size=1, max_size=10)


@given(acts=_ACTS)
@example(acts=[(False, 0, "CTO"), (True, 3, "CIO"), 1, (False, 1, "COO")])
@example(acts=[(True, 0, "CTO"), (True, 3, "CIO"), 2, 1])
@example(acts=[(True, 0, "CTO"), 1, 2, 1])
@example(acts=[(True, 1, "CTO"), 0, 2, (True, 0, "CIO"), 1])
@example(acts=[0, 1, 0, 2, 1, 3])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_any_offers_and_undos_the_row_holds_the_best_of_what_stands(
    store: Store, acts: list[Any]
) -> None:
    with store.read() as session:
        account = ledger(session).create(Account, {"name": "ACME Corp"})
        writer = ledger(session, "message")
        row = writer.create(Contact, {"account_id": account.id, "name": "Dana Wu"})
        changes, model = [writer.change], [Act()]
        for number, act in enumerate(acts, start=1):
            before = (row.retracted, row.title)
            if isinstance(act, int):
                target = act % len(model)
                back = ledger(session, "undo")
                moved = back.undo(changes[target])
                undid = model[target].undoes
                brought_back = undid is not None and model[undid].undoes is not None
                if model[target].undone or brought_back:
                    assert moved == []
                    assert not back.wrote
                    continue
                model[target].undone = True
                if undid is not None:
                    model[undid].undone = False
                changes.append(back.change)
                model.append(Act(undoes=target))
                session.expire(row)
                assert bool(moved) == (before != (row.retracted, row.title))
            elif not row.retracted:
                confirmed, on, value = act
                writer = ledger(session, confirmed=confirmed)
                taken = writer.update(row, {"title": value}, as_of=day(on))
                changes.append(writer.change)
                model.append(Act((confirmed, on, number), value))
                session.expire(row)
                assert taken == (["title"] if row.title != before[1] else [])
            standing = [a for a in model[1:] if not a.undone and a.undoes is None]
            assert row.retracted == model[0].undone
            if not row.retracted:
                best = max(standing, key=lambda a: a.rank, default=Act())
                assert row.title == best.value
                held = writer.best(Contact, [row.id]).get((row.id, "title"))
                assert (held.value if held else None) == best.value
        offered = [a.value for a in model[1:] if a.undoes is None]
        recorded = [
            e.new
            for e in entries(session, row, "title")
            if session.get_one(Change, e.change_id).cause != "undo"
        ]
        assert recorded == offered, "no value is ever lost"


def test_two_writers_at_once_leave_the_best_value(store: Store) -> None:
    with store.write() as session:
        key = contact(session).id
    barrier = threading.Barrier(2, timeout=30)

    def write(numbers: range) -> None:
        barrier.wait()
        for number in numbers:
            with store.write() as session:
                row = session.get_one(Contact, key)
                ledger(session).update(row, {"title": f"day {number}"}, as_of=day(number))

    threads = [
        threading.Thread(target=write, args=(numbers,))
        for numbers in (range(1, 20, 2), range(20, 0, -2))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert session.get_one(Contact, key).title == "day 20"
        assert len(entries(session, session.get_one(Contact, key), "title")) == 20


def test_two_undos_at_once_are_one(store: Store) -> None:
    with store.write() as session:
        row = contact(session)
        key, change = row.id, offer(session, row, "CTO", 1).id
    barrier = threading.Barrier(2, timeout=30)
    moved: list[int] = []

    def back() -> None:
        barrier.wait()
        with store.write() as session:
            moved.append(len(undo(session, session.get_one(Change, change))))

    threads = [threading.Thread(target=back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(moved) == [0, 1]
    with store.read() as session:
        assert session.get_one(Contact, key).title is None


# --- imports -----------------------------------------------------------------------------------


def test_a_conflict_leaves_the_row_and_keeps_the_value(store: Store) -> None:
    with store.read() as session:
        row = contact(session, title="CTO")
        offer(session, row, "CIO", 2, cause="message")
        ledger(session, origin="workbook").record_conflict(
            row, "title", "COO", source="contacts.csv:2", as_of=day(9)
        )
        assert row.title == "CIO"
        kept = entries(session, row, "title")[-1]
        assert (kept.old, kept.new, kept.applied, kept.conflict) == ("CIO", "COO", False, True)
        assert kept.source == "contacts.csv:2"


def test_an_undo_does_not_settle_a_conflict_by_itself(store: Store) -> None:
    with store.read() as session:
        row = contact(session, title="CTO")
        correction = offer(session, row, "CIO", 2, cause="message")
        ledger(session).record_conflict(row, "title", "COO", source="x", as_of=day(9))
        undo(session, correction)
        assert row.title == "CTO"


def test_the_last_imported_value_is_remembered_taken_or_not(store: Store) -> None:
    with store.read() as session:
        first = ledger(session, origin="workbook", as_of=day(5))
        account = first.create(Account, {"name": "ACME Corp"})
        row = first.create(Contact, {"account_id": account.id, "name": "Dana Wu", "title": "CTO"})
        ledger(session, "message").update(row, {"title": "CIO"}, as_of=day(6))
        older = ledger(session, origin="workbook")
        older.update(row, {"title": "COO"}, as_of=day(1))
        older.record_conflict(row, "phone", "123", source="contacts.csv:2")
        ledger(session, origin="salesforce").update(row, {"title": "CEO"}, as_of=day(9))
        assert last_imported(session, Contact, "workbook") == {
            (row.id, "account_id"): account.id,
            (row.id, "name"): "Dana Wu",
            (row.id, "title"): "COO",
            (row.id, "phone"): "123",
        }
        assert last_imported(session, Contact, "salesforce") == {(row.id, "title"): "CEO"}


def test_an_imported_value_that_the_row_held_already_is_remembered_too(store: Store) -> None:
    """Else the next import would take the unchanged cell for a new one and overwrite."""
    with store.read() as session:
        row = contact(session)
        offer(session, row, "CTO", 1, cause="message")
        ledger(session, origin="workbook").update(row, {"title": "CTO"}, as_of=day(2))
        assert last_imported(session, Contact, "workbook")[row.id, "title"] == "CTO"


# --- values ------------------------------------------------------------------------------------


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False, places=4)
    | st.dates()
    | st.lists(st.text(max_size=5), max_size=3)
    | st.booleans()
    | st.text(max_size=5)
    | st.none()
)
def test_a_value_survives_the_ledgers_spelling(value: Any) -> None:
    model, name = {
        Decimal: (Rate, "rate"),
        date: (Contact, "left_on"),
        list: (Contact, "aliases"),
        bool: (Person, "listed"),
        str: (Contact, "name"),
        type(None): (Contact, "title"),
    }[type(value)]
    assert from_json(model, name, to_json(value)) == value  # type: ignore[arg-type]
