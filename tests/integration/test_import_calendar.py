"""Calendars: events with an account's people become activities."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ingest.crm import ImportReport, import_path
from kam_knowledge.clock import Clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Account, Activity, Contact, Person

BOOK = {
    "people": "email,name\nli.na@example.com,Li Na\n",
    "accounts": "name,aliases\nAcme Corp,ACME;艾克米\nGlobex,\n",
    "contacts": "account,name,email\nAcme Corp,Dana Wu,dana.wu@acme.example\n"
    "Globex,Jo Hale,jo@globex.example\nGlobex,Free Mail,jo@gmail.com\n",
}


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"]) + "\r\n"


def people(*emails: str) -> list[str]:
    return [
        "ORGANIZER:mailto:li.na@example.com",
        *(f"ATTENDEE;CN=Somebody:mailto:{email}" for email in emails),
    ]


@pytest.fixture
def folder(store: Store, saturday: Clock, tmp_path: Path) -> Path:
    book = tmp_path / "book"
    book.mkdir()
    for name, text in BOOK.items():
        (book / f"{name}.csv").write_text(text, "utf-8")
    import_path(store, book, clock=saturday)
    return tmp_path


def calendar(store: Store, clock: Clock, folder: Path, *events: str) -> ImportReport:
    path = folder / "calendar.ics"
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n"
    path.write_bytes((head + "".join(events) + "END:VCALENDAR\r\n").encode())
    return import_path(store, path, clock=clock)


def every(store: Store, model: Any) -> list[Any]:
    with store.read() as session:
        rows = list(session.scalars(select(model).order_by(model.id)))
        session.expunge_all()
    return rows


def test_an_event_with_a_contact_is_an_activity_of_its_account(
    store: Store, saturday: Clock, folder: Path
) -> None:
    text = event(
        "UID:e1@x",
        "DTSTART;TZID=Asia/Shanghai:20261112T140000",
        "SUMMARY:Roadmap",
        *people("Dana.Wu@acme.example", "stranger@elsewhere.example"),
    )
    report = calendar(store, saturday, folder, text)
    assert report.problems == []
    assert (report.created, report.unchanged) == (1, 0)
    (touch,) = every(store, Activity)
    acme, _ = every(store, Account)
    dana = every(store, Contact)[0]
    (li_na,) = every(store, Person)
    assert touch.external_id == "ics:event:e1@x"
    assert (touch.account_id, touch.contact_ids, touch.person_ids) == (
        acme.id,
        [dana.id],
        [li_na.id],
    )
    assert (touch.date, touch.kind, touch.status) == (date(2026, 11, 12), "meeting", "done")
    assert touch.source == "calendar.ics:4"
    again = calendar(store, saturday, folder, text)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)


def test_the_domain_and_then_the_title_say_which_account(
    store: Store, saturday: Clock, folder: Path
) -> None:
    report = calendar(
        store,
        saturday,
        folder,
        event("UID:1", "DTSTART:20261110T090000Z", "SUMMARY:Intro", *people("new@globex.example")),
        event("UID:2", "DTSTART:20261110T090000Z", "SUMMARY:与艾克米开会", *people("x@gmail.com")),
        event("UID:3", "DTSTART:20261110T090000Z", "SUMMARY:Team lunch", *people("x@gmail.com")),
        event("UID:4", "DTSTART:20261110T090000Z", "SUMMARY:Both",
              *people("dana.wu@acme.example", "jo@globex.example")),
    )  # fmt: skip
    assert [(problem.where, problem.problem) for problem in report.problems] == [
        ("calendar.ics:28", "its people belong to several accounts")
    ]
    assert report.unknown == ["calendar.ics: 1 events with nobody of an account on record"]
    acme, globex = every(store, Account)
    assert [(touch.external_id, touch.account_id) for touch in every(store, Activity)] == [
        ("ics:event:1", globex.id),
        ("ics:event:2", acme.id),
    ]


def test_strangers_on_an_invitation_do_not_become_people_of_ours(
    store: Store, saturday: Clock, folder: Path
) -> None:
    calendar(
        store,
        saturday,
        folder,
        event(
            "UID:1", "DTSTART:20261110T090000Z", *people("dana.wu@acme.example", "who@x.example")
        ),
    )
    assert [person.email for person in every(store, Person)] == ["li.na@example.com"]


def test_cancelled_and_private_events_are_left_out_and_counted(
    store: Store, saturday: Clock, folder: Path
) -> None:
    dana = people("dana.wu@acme.example")
    report = calendar(
        store,
        saturday,
        folder,
        event("UID:1", "DTSTART:20261110T090000Z", "STATUS:CANCELLED", *dana),
        event("UID:2", "DTSTART:20261110T090000Z", "CLASS:PRIVATE", *dana),
    )
    assert report.unknown == ["calendar.ics: 2 cancelled or private events left out"]
    assert every(store, Activity) == []


def test_an_event_that_repeats_is_one_activity_a_time_near_today(
    store: Store, saturday: Clock, folder: Path
) -> None:
    dana = people("dana.wu@acme.example")
    report = calendar(
        store,
        saturday,
        folder,
        event(
            "UID:weekly",
            "DTSTART;TZID=Asia/Shanghai:20261102T100000",
            "RRULE:FREQ=WEEKLY;COUNT=5",
            "EXDATE;TZID=Asia/Shanghai:20261109T100000",
            "SUMMARY:Weekly",
            *dana,
        ),
        event(
            "UID:weekly",
            "RECURRENCE-ID;TZID=Asia/Shanghai:20261116T100000",
            "DTSTART;TZID=Asia/Shanghai:20261117T100000",
            "SUMMARY:Weekly moved",
            *dana,
        ),
        event(
            "UID:forever", "DTSTART;VALUE=DATE:20100101", "RRULE:FREQ=YEARLY", "SUMMARY:Day", *dana
        ),
    )
    assert report.problems == []
    assert sorted((touch.date.isoformat(), touch.status) for touch in every(store, Activity)) == [
        ("2025-01-01", "done"),
        ("2026-01-01", "done"),
        ("2026-11-02", "done"),
        ("2026-11-17", "done"),
        ("2026-11-23", "planned"),
        ("2026-11-30", "planned"),
        ("2027-01-01", "planned"),
    ]


@pytest.mark.parametrize("text", ["hello", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", ""])
def test_what_is_no_calendar_is_a_problem_and_no_crash(
    store: Store, saturday: Clock, folder: Path, text: str
) -> None:
    path = folder / "broken.ics"
    path.write_text(text)
    report = import_path(store, path, clock=saturday)
    assert (report.created, every(store, Activity)) == (0, [])
