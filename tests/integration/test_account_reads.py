"""Touches, commitments and a person's status, as they stand on the business day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.changes.notes import NoteDraft, NoteWriter, Place
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.receivables import overdue_invoices
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import StakeholderStatus, account_risks, stakeholder_status
from kam_knowledge.queries.touches import Touch, note_places, notes_mentioning, touches
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Account,
    Action,
    Activity,
    BusinessRow,
    Complaint,
    Contact,
    Contract,
    Note,
    Opportunity,
    Person,
    Receivable,
)

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


class Book:
    """ACME with Dana and Bo on their side; Ann owns it, Ben is not in its team."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.ledger = Ledger(session, "import", origin="workbook", recorded_at=NOW)
        self.writer = NoteWriter(session, NOW)
        self.ann = self._person("ann", "Ann Lee")
        self.ben = self._person("ben", "Ben Ode")
        self.acme = self.ledger.create(
            Account, {"name": "ACME Corp", "owner_id": self.ann.id, "account_class": "key"}
        )
        self.dana = self.add(Contact, name="Dana Wu", aliases=["吴丹"], title="CTO")
        self.bo = self.add(Contact, name="Bo Ek")

    def _person(self, name: str, full: str) -> Person:
        return self.ledger.create(Person, {"email": f"{name}@example.com", "name": full})

    def add(self, model: type[BusinessRow], **values: Any) -> Any:
        return self.ledger.create(model, {"account_id": self.acme.id} | values)

    def note(
        self, number: int | None, *contacts: Contact, body: str = "We met.", **given: Any
    ) -> Note:
        values: dict[str, Any] = {
            "text": body,
            "title": "Review",
            "kind": "meeting",
            "content_hash": f"{number}{body}",
            "visibility": "open",
            "language": "en",
            "date": None if number is None else day(number),
            "account_id": self.acme.id,
            "contact_ids": tuple(contact.id for contact in contacts),
        }
        where = given.pop("place", None)
        return self.writer.add(NoteDraft(**(values | given)), where)

    def activity(self, number: int, *contacts: Contact, **given: Any) -> Activity:
        values = {
            "date": day(number),
            "kind": "meeting",
            "status": "done",
            "contact_ids": [contact.id for contact in contacts],
        }
        found: Activity = self.add(Activity, **(values | given))
        return found

    def read(self, who: Person | None = None, today: date = TODAY) -> Records:
        person = (who or self.ann).id
        rights = decide(self.session, Viewer(person), Audience.only(person), today)
        return Records(self.session, rights)

    def touches(self, who: Person | None = None, **given: Any) -> list[Touch]:
        return touches(self.read(who), **given)

    def status(self, contact: Contact | None = None, today: date = TODAY) -> StakeholderStatus:
        read = self.read(today=today)
        one = read.get(Contact, (contact or self.dana).id)
        assert one is not None
        return stakeholder_status(read, one, read.accounts[self.acme.id])


# --- touches -----------------------------------------------------------------------------------


def test_notes_and_activities_are_both_touches_newest_first(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        call = book.activity(-3, book.dana, kind="call", person_ids=[book.ann.id])
        place = Place("/n", "/n/a.md", "notes/a.md", "f")
        note = book.note(-1, book.dana, person_ids=(book.ann.id,), place=place)
        older = book.activity(-9)
        newest, second, oldest = book.touches()
        assert newest.note is not None
        assert (newest.note.note_id, newest.note.where) == (note.id, "notes/a.md")
        assert (newest.contact_ids, newest.person_ids) == ((book.dana.id,), (book.ann.id,))
        assert second.activity is not None
        assert (second.activity.id, second.kind, second.date) == (call.id, "call", day(-3))
        assert oldest.activity is not None
        assert oldest.activity.id == older.id
        assert [t.date for t in book.touches(contact_id=book.dana.id)] == [day(-1), day(-3)]
        assert [t.date for t in book.touches(since=day(-3))] == [day(-1), day(-3)]
        assert book.touches(account_ids=[]) == []


def test_what_is_planned_or_lies_ahead_is_no_touch(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.activity(-1, book.dana, status="planned")
        book.activity(2, book.dana)
        book.note(1, book.dana)
        book.note(0, book.dana, kind="document")
        assert book.touches() == []
        today = book.activity(0, book.dana, status=None)
        (touch,) = book.touches()
        assert touch.activity is not None
        assert touch.activity.id == today.id


def test_a_meeting_that_a_note_and_an_activity_record_is_one_touch(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        note = book.note(-2, book.dana)
        record = book.activity(-2, book.dana, book.bo, person_ids=[book.ben.id])
        for whom in (None, book.dana.id, book.bo.id):
            (touch,) = book.touches(contact_id=whom)
            assert touch.note is not None
            assert touch.activity is not None
            assert (touch.note.note_id, touch.activity.id) == (note.id, record.id)
            assert touch.contact_ids == (book.dana.id, book.bo.id), "everybody whom either names"
            assert touch.person_ids == (book.ben.id,)


@pytest.mark.parametrize("who_is_named", ["note", "activity", "neither"])
def test_it_is_one_touch_though_only_one_of_the_two_names_who_was_there(
    store: Store, who_is_named: str
) -> None:
    with store.read() as session:
        book = Book(session)
        book.note(-2, *([book.dana] if who_is_named == "note" else []))
        book.activity(-2, *([book.dana] if who_is_named == "activity" else []))
        (touch,) = book.touches()
        assert touch.contact_ids == (() if who_is_named == "neither" else (book.dana.id,))


def test_meetings_with_other_people_kinds_days_or_a_second_one_are_touches_of_their_own(
    store: Store,
) -> None:
    with store.read() as session:
        book = Book(session)
        book.note(-2, book.dana)
        book.activity(-2, book.bo)
        book.activity(-2, book.dana, kind="call")
        book.activity(-3, book.dana)
        book.activity(-2, book.dana, subject="morning")
        book.activity(-2, book.dana, subject="evening")
        found = [
            (t.date, t.kind, t.contact_ids, bool(t.note), t.activity and t.activity.subject)
            for t in book.touches()
        ]
        dana, bo = (book.dana.id,), (book.bo.id,)
        assert found == [
            (day(-2), "meeting", dana, True, "morning"),
            (day(-2), "meeting", bo, False, None),
            (day(-2), "call", dana, False, None),
            (day(-2), "meeting", dana, False, "evening"),
            (day(-3), "meeting", dana, False, None),
        ]


def test_a_touch_that_only_an_unreadable_note_tells_of_is_its_activity(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.note(-2, book.dana, visibility="team")
        book.activity(-2, book.dana)
        book.note(-5, book.dana, visibility="author", author_id=book.ann.id)
        theirs = book.touches(book.ben)
        assert [(t.date, t.note) for t in theirs] == [(day(-2), None)]
        assert [t.date for t in book.touches() if t.note] == [day(-2), day(-5)]


def test_participants_found_in_the_text_are_assumed(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.note(-1, book.dana, participants_assumed=True)
        book.activity(-2, book.dana)
        assert [touch.assumed for touch in book.touches()] == [True, False]


def test_a_note_is_shown_at_its_first_place_or_by_its_own_id(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        note = book.note(-1, place=Place("/n", "/n/a.md", "notes/a.md", "f"))
        book.writer.attach(note, Place("/n", "/n/b.md", "notes/b.md", "f"))
        log = book.note(-2, body="logged", origin="log")
        hidden = book.note(-3, body="mine", visibility="author", author_id=book.ben.id)
        read = book.read()
        assert note_places(read, [note.id, log.id, hidden.id]) == {
            note.id: "notes/a.md",
            log.id: log.key,
        }


def test_notes_that_speak_of_somebody_are_found_by_any_name_newest_first(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.note(-5, body="DANA WU was late.")
        book.note(-1, body="與吳丹開會。")
        book.note(None, body="Dana Wu, no day")
        book.note(-2, body="Indiana Wunder was there.")
        book.note(-3, body="Dana Wu in private", visibility="author", author_id=book.ben.id)
        book.note(1, body="Dana Wu tomorrow")
        found = notes_mentioning(book.read(), book.acme.id, ["Dana Wu", "吴丹"])
        assert [n.text for n in found] == ["與吳丹開會。", "DANA WU was late.", "Dana Wu, no day"]
        assert len(notes_mentioning(book.read(), book.acme.id, ["Dana Wu"], limit=1)) == 1


@pytest.mark.parametrize("body", ["Ｄａｎａ　Ｗｕ 来电", "与ＤＡＮＡ ＷＵ开会"])
def test_a_name_in_wide_letters_is_the_same_name(store: Store, body: str) -> None:
    with store.read() as session:
        book = Book(session)
        book.note(-1, body=body)
        found = notes_mentioning(book.read(), book.acme.id, ["Dana Wu"])
        assert [note.text for note in found] == [body]


# --- commitments -------------------------------------------------------------------------------


def test_open_commitments_come_overdue_first_then_by_day_then_undated(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        for name, due in (
            ("undated", None),
            ("next week", day(7)),
            ("late", day(-2)),
            ("today", day(0)),
            ("very late", day(-30)),
            ("also undated", None),
        ):
            book.add(Action, action=name, due=due)
        found = open_commitments(book.read())
        assert [(c.action.action, c.overdue_days) for c in found] == [
            ("very late", 30),
            ("late", 2),
            ("today", 0),
            ("next week", 0),
            ("undated", 0),
            ("also undated", 0),
        ]
        assert open_commitments(book.read(), account_ids=[]) == []


def test_what_was_done_later_was_open_then(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.add(Action, action="done tomorrow", status="done", done_on=day(1))
        book.add(Action, action="done today", status="done", done_on=day(0))
        book.add(Action, action="done some day", status="done")
        book.add(Action, action="dropped", status="dropped")
        book.add(Action, action="open", status="open")
        book.add(Action, action="without status")
        found = {c.action.action for c in open_commitments(book.read())}
        assert found == {"done tomorrow", "open", "without status"}
        tomorrow = {c.action.action for c in open_commitments(book.read(today=day(1)))}
        assert tomorrow == {"open", "without status"}


def test_a_commitment_names_its_owner_and_says_whether_it_slipped(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.add(Action, action="a", owner="ann@example.com", owner_person_id=book.ann.id)
        book.add(Action, action="b", owner="Dana", owner_contact_id=book.dana.id)
        book.add(Action, action="c", owner="their legal team")
        book.add(Action, action="d")
        book.add(Action, action="e", first_due=day(1), due=day(9))
        book.add(Action, action="f", first_due=day(9), due=day(9))
        found = {c.action.action: c for c in open_commitments(book.read())}
        assert {name: c.owner for name, c in found.items() if name < "e"} == {
            "a": "Ann Lee",
            "b": "Dana Wu",
            "c": "their legal team",
            "d": None,
        }
        assert (found["e"].slipped, found["f"].slipped, found["d"].slipped) == (True, False, False)


# --- a person's status -------------------------------------------------------------------------


def test_a_status_gathers_what_is_on_record_about_a_person(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        book.ledger.update(
            book.dana,
            {
                "decision_role": "champion",
                "support": "mentor",
                "reports_to_id": book.bo.id,
                "known_by_ids": [book.ann.id, 987_654],
            },
        )
        book.note(-40, book.dana, body="Dana Wu asked for the TCO sheet.")
        theirs = book.add(Action, action="Approve it", owner_contact_id=book.dana.id)
        named = book.add(Action, action="Send Dana Wu the sheet", due=day(-1))
        other = book.add(Action, action="Send Danaus the sheet", due=day(-9))
        hers = book.add(Opportunity, name="Renewal", contact_id=book.dana.id)
        elses = book.add(Opportunity, name="Upsell")
        status = book.status()
        assert status.reports_to is not None
        assert status.reports_to.name == "Bo Ek"
        assert [person.name for person in status.known_by] == ["Ann Lee"]
        assert (status.inner, status.gaps, status.successors) == (True, (), [])
        assert (status.cadence, status.silent_days) == (30, 40)
        assert status.last_touch is not None
        assert status.last_touch.date == day(-40)
        assert [note.text for note in status.mentions] == ["Dana Wu asked for the TCO sheet."]
        assert status.own_commitments == {theirs.id, named.id}
        assert [c.action.id for c in status.commitments] == [named.id, theirs.id, other.id]
        assert [deal.id for deal in status.opportunities] == [hers.id]
        assert [deal.id for deal in status.other_open] == [elses.id]


def test_what_is_not_known_is_a_gap_and_not_a_zero(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        status = book.status(book.bo)
        assert set(status.gaps) == {
            "decision_role",
            "support",
            "reports_to",
            "last_touch",
            "known_by",
        }
        assert (status.cadence, status.silent_days, status.last_touch) == (None, None, None)
        read = book.read(book.ben)
        bo, acme = read.get(Contact, book.bo.id), read.accounts[book.acme.id]
        assert bo is not None
        outside = stakeholder_status(read, bo, acme)
        assert not outside.inner
        assert "support" not in outside.gaps, "what one may not know is no gap"


def test_a_deal_that_is_closed_or_not_begun_is_not_open(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        for name, values in {
            "open": {"outcome": "open", "created_on": day(0)},
            "unsaid": {},
            "won": {"outcome": "won"},
            "lost": {"outcome": "lost"},
            "next month": {"outcome": "open", "created_on": day(30)},
        }.items():
            book.add(Opportunity, name=name, contact_id=book.dana.id, **values)
        assert {deal.name for deal in book.status().opportunities} == {"open", "unsaid"}


def test_somebody_who_left_has_successors_and_no_cadence(store: Store) -> None:
    with store.read() as session:
        book = Book(session)
        gone = book.add(
            Contact,
            name="Gone",
            title="CFO",
            department="Finance",
            decision_role="economic_buyer",
            left_on=day(-20),
        )
        since: dict[str, dict[str, Any]] = {
            "same title": {"title": "cfo", "since": day(-10)},
            "same department": {"department": "FINANCE", "since": day(-70)},
            "long there": {"title": "CFO", "since": day(-900)},
            "somebody else": {"title": "CTO", "since": day(-10)},
            "already gone": {"title": "CFO", "since": day(-10), "left_on": day(-1)},
            "of no day": {"title": "CFO"},
        }
        for name, values in since.items():
            book.add(Contact, name=name, **values)
        status = book.status(gone)
        assert {row.name for row in status.successors} == {"same title", "same department"}
        assert status.cadence is None
        before = book.status(gone, day(-30))
        assert (before.successors, before.cadence) == ([], 30)


# --- risks -------------------------------------------------------------------------------------


def test_risks_are_those_of_the_day(store: Store) -> None:
    with store.read() as session:
        book = Book(session)

        def invoice(name: str, due: int, paid: int | None = None) -> None:
            paid_on = None if paid is None else day(paid)
            book.add(Receivable, invoice=name, amount=5, due=day(due), paid_on=paid_on)

        def complaint(name: str, raised: int, closed: int | None = None, **given: Any) -> None:
            closed_on = None if closed is None else day(closed)
            book.add(Complaint, complaint=name, raised_on=day(raised), closed_on=closed_on, **given)

        invoice("late", -3)
        invoice("later", -30)
        invoice("paid tomorrow", -9, 1)
        invoice("paid today", -9, 0)
        invoice("due today", 0)
        complaint("old", -30, severity="low")
        complaint("grave", -2, severity="high")
        complaint("closed tomorrow", -9, 1)
        complaint("closed", -9, 0)
        complaint("not raised yet", 1)
        book.add(Contract, contract="by notice", notice_by=day(10), end=day(100))
        book.add(Contract, contract="by end", end=day(0))
        book.add(Contract, contract="far", end=day(121))
        book.add(Contract, contract="horizon", end=day(120))
        book.add(Contract, contract="over", end=day(-1))
        book.add(Contract, contract="endless")
        risks = account_risks(book.read(), book.acme.id)
        invoices = [row.invoice for row in risks.overdue_invoices]
        assert invoices == ["later", "paid tomorrow", "late"]
        assert [row.invoice for row in overdue_invoices(book.read(), None)] == invoices
        assert [row.complaint for row in risks.open_complaints] == [
            "grave",
            "old",
            "closed tomorrow",
        ]
        assert [(deadline, row.contract) for deadline, row in risks.renewals] == [
            (day(0), "by end"),
            (day(10), "by notice"),
            (day(120), "horizon"),
        ]
