"""What front matter states is taken as it stands, and what it states wrongly is never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Note, Person
from tests.integration.ingesting import (
    TODAY,
    add_book,
    counts,
    inferred,
    ingest,
    notes,
    only,
    write,
)


@pytest.fixture
def book(sqlite_store: Store) -> Store:
    add_book(sqlite_store)
    return sqlite_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def note_with(book: Store, folder: Path, *lines: str, text: str = "They agreed on it.") -> None:
    front_matter = "\n".join(lines)
    write(folder, "a.md", f"---\n{front_matter}\n---\n{text}\n")


def test_everything_that_is_stated_is_taken_and_nothing_is_inferred(
    book: Store, folder: Path
) -> None:
    note_with(
        book,
        folder,
        "account: Globex",
        "date: 2026-10-05",
        "kind: meeting",
        "author: tom.becker@example.com",
        "attendees: [Ulrich Stamm, tom.becker@example.com]",
        "visibility: team",
        "title: Steering committee",
        text="# Another title\n\nCall with Dana Wu of ACME on 2026-11-01.",
    )
    report = ingest(book, folder)
    note = only(book)
    assert (note.account, note.date, note.kind) == ("Globex", date(2026, 10, 5), "meeting")
    assert (note.author, note.visibility) == ("Tom Becker", "team")
    assert (note.title, note.contacts) == ("Steering committee", ("Ulrich Stamm",))
    assert (note.people, note.assumed) == (("Tom Becker",), False)
    assert (report.inferred, note.inferred) == ([], {})


@pytest.mark.parametrize("name", ["ACME", "acme corp", "艾克米", " ACME Corp "])
def test_an_account_is_stated_by_name_or_alias(book: Store, folder: Path, name: str) -> None:
    note_with(book, folder, f"account: {name!r}")
    ingest(book, folder)
    assert only(book).account == "ACME Corp"


def test_traditional_characters_name_the_account_too(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: 華遠重工")
    ingest(book, folder)
    assert only(book).account == "华远重工"


@pytest.mark.parametrize(
    "written",
    [
        *("2026-11-02", "2026-11-02T09:30", "2026-11-02 09:30:00+08:00", "'2026-11-2'"),
        *("2026/11/02", "2 November 2026", "Nov 2, 2026", "2026年11月2日"),
    ],
)
def test_a_date_is_stated_in_any_form_that_means_one_day(
    book: Store, folder: Path, written: str
) -> None:
    note_with(book, folder, f"date: {written}")
    assert ingest(book, folder).failed == []
    assert only(book).date == date(2026, 11, 2)


def test_a_stated_date_may_lie_in_the_future_and_the_note_is_left_out_until_then(
    book: Store, folder: Path
) -> None:
    note_with(book, folder, "date: 2027-01-15", "account: ACME Corp", "kind: meeting")
    ingest(book, folder)
    assert only(book).date == date(2027, 1, 15)
    assert readable(book, "li.na@example.com", TODAY) == []
    assert len(readable(book, "li.na@example.com", date(2027, 1, 15))) == 1


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        *(("meeting", "meeting"), ("Visit", "meeting"), ("拜访", "meeting"), ("call", "call")),
        *(("电话", "call"), ("E-Mail", "email"), ("微信", "chat"), ("Document", "document")),
    ],
)
def test_a_kind_is_stated_in_either_language(
    book: Store, folder: Path, written: str, kind: str
) -> None:
    note_with(book, folder, f"kind: {written}")
    ingest(book, folder)
    assert (only(book).kind, only(book).inferred.get("kind")) == (kind, None)


def test_an_unknown_kind_counts_as_not_stated(book: Store, folder: Path) -> None:
    note_with(book, folder, "kind: banana", "account: ACME", text="Call with Dana Wu.")
    report = ingest(book, folder)
    assert report.failed == []
    assert inferred(report)["kind"] == ("call", "content")


@pytest.mark.parametrize(
    "line",
    [
        "attendees: [Dana Wu, Li Na, A Stranger]",
        "attendees: Dana Wu; Li Na; A Stranger",
        "attendees: Dana Wu, Li Na and A Stranger",
        "attendees: 吴丹娜、李娜、A Stranger",
        "attendees:\n  - dana.wu@acme.example\n  - Li Na <li.na@example.com>\n  - A Stranger",
        "attendees:\n  - name: Dana Wu\n    role: CTO\n  - Li Na (KAM)\n  - A Stranger",
    ],
)
def test_attendees_are_contacts_people_of_ours_and_strangers(
    book: Store, folder: Path, line: str
) -> None:
    note_with(book, folder, "account: ACME", "date: 2026-11-12", "kind: call", line)
    ingest(book, folder)
    note = only(book)
    assert (note.contacts, note.people) == (("Dana Wu",), ("Li Na",))
    assert (note.unknown, note.assumed) == (("A Stranger",), False)


def test_an_attendee_is_sought_among_the_accounts_own_contacts(book: Store, folder: Path) -> None:
    note_with(
        book, folder, "account: Globex", "date: 2026-11-12", "kind: call", "attendees: [Dana]"
    )
    ingest(book, folder)
    assert only(book).contacts == ("Dana Kovac",)


def test_a_contact_who_left_was_there_all_the_same(book: Store, folder: Path) -> None:
    from kam_knowledge.changes.ledger import Ledger
    from kam_knowledge.store.models import Contact

    with book.write() as session:
        contact = session.query(Contact).filter_by(name="Dana Wu").one()
        Ledger(session, cause="import").update(contact, {"left_on": date(2026, 11, 15)})
    note_with(
        book, folder, "account: ACME", "date: 2026-11-12", "kind: call", "attendees: [Dana Wu]"
    )
    ingest(book, folder)
    assert only(book).contacts == ("Dana Wu",)


@pytest.mark.parametrize("kind", ["meeting", "call", "email", "chat"])
def test_a_touch_has_one_interaction(book: Store, folder: Path, kind: str) -> None:
    note_with(book, folder, "account: ACME", "date: 2026-11-12", f"kind: {kind}")
    ingest(book, folder)
    assert only(book).assumed is not None


def test_a_document_has_none(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: ACME", "date: 2026-11-12", "kind: document")
    ingest(book, folder)
    assert only(book).assumed is None


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["account: Unheard Of"], "account: no account is called 'Unheard Of'."),
        (["account: [ACME, Globex]"], "account: one value is expected"),
        (["visibility: private"], "visibility: 'private' is none of team, author, open."),
        (["visibility: [team]"], "visibility: one value is expected"),
        (["date: 2026-13-45"], "date: '2026-13-45' is not one day."),
        (["date: soon"], "date: 'soon' is not one day."),
        (["date: yesterday"], "date: 'yesterday' is not one day."),
        (["date: 11/12/2026"], "date: '11/12/2026' is not one day."),
        (["date: 12 November"], "date: '12 November' is not one day."),
        (["visibility: author"], "visibility: only the author may read it"),
        (
            ["visibility: author", "author: nobody@example.com"],
            "author: nobody of ours has the email 'nobody@example.com'",
        ),
    ],
)
def test_what_cannot_be_understood_fails_with_its_line_and_stores_nothing(
    book: Store, folder: Path, lines: list[str], problem: str
) -> None:
    note_with(book, folder, *lines)
    write(folder, "b.md", "Another text.")
    report = ingest(book, folder)
    assert [failure.path for failure in report.failed] == ["notes/a.md"]
    assert problem in report.failed[0].problem
    assert [note.places for note in notes(book)] == [("notes/b.md",)]


def test_a_misspelt_account_is_asked_about(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: Globexx")
    [failure] = ingest(book, folder).failed
    assert "Did you mean Globex?" in failure.problem


def test_a_file_that_was_mended_goes_in(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: Unheard Of")
    ingest(book, folder)
    note_with(book, folder, "account: ACME")
    assert counts(ingest(book, folder)) == (1, 0, 0, 0)


def test_a_file_that_no_longer_says_who_may_read_it_is_taken_out(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: ACME")
    ingest(book, folder)
    note_with(book, folder, "account: ACME", "visibility: authr")
    [failure] = ingest(book, folder).failed
    assert failure.problem.endswith("What an earlier run stored of it was taken out.")
    assert notes(book) == []
    note_with(book, folder, "account: ACME", "visibility: author", "author: li.na@example.com")
    ingest(book, folder)
    assert only(book).visibility == "author"


def test_a_file_whose_date_is_wrong_keeps_its_note(book: Store, folder: Path) -> None:
    note_with(book, folder, "date: 2026-11-12")
    ingest(book, folder)
    note_with(book, folder, "date: 2026-13-12")
    assert len(ingest(book, folder).failed) == 1
    assert only(book).date == date(2026, 11, 12)


def test_an_author_who_is_nobody_of_ours_is_reported_and_left_out(
    book: Store, folder: Path
) -> None:
    note_with(book, folder, "account: ACME", "author: someone@elsewhere.example")
    report = ingest(book, folder)
    assert only(book).author is None
    assert inferred(report)["author"] == (None, "front matter")


def test_an_author_may_be_named(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: ACME", "author: Tom Becker")
    ingest(book, folder)
    assert only(book).author == "Tom Becker"


def test_a_private_note_is_its_authors_alone(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: ACME", "author: tom.becker@example.com", "visibility: author")
    ingest(book, folder)
    assert len(readable(book, "tom.becker@example.com", TODAY)) == 1
    assert readable(book, "li.na@example.com", TODAY) == []


def test_visibility_follows_the_account_where_it_is_not_stated(book: Store, folder: Path) -> None:
    write(folder, "a.md", "---\naccount: ACME\n---\nOf an open account.\n")
    write(folder, "b.md", "---\naccount: Initech\n---\nOf a team account.\n")
    ingest(book, folder)
    assert [note.visibility for note in notes(book)] == ["open", "team"]


def test_a_note_of_an_open_account_may_be_for_the_team(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: ACME", "visibility: Team")
    ingest(book, folder)
    assert only(book).visibility == "team"
    assert readable(book, "tom.becker@example.com", TODAY) == []
    assert len(readable(book, "li.na@example.com", TODAY)) == 1


def test_an_open_note_of_a_team_account_is_not_seen_by_others(book: Store, folder: Path) -> None:
    note_with(book, folder, "account: Initech", "visibility: open")
    ingest(book, folder)
    assert readable(book, "tom.becker@example.com", TODAY) == []
    assert len(readable(book, "li.na@example.com", TODAY)) == 1


def test_commitments_in_a_file_stay_text(book: Store, folder: Path) -> None:
    from kam_knowledge.store.models import Action

    note_with(book, folder, "account: ACME", text="- Li Na sends the TCO sheet by 2026-11-26.")
    ingest(book, folder)
    with book.read() as session:
        assert session.query(Action).count() == 0


def test_front_matter_in_an_email_body_counts(book: Store, folder: Path) -> None:
    write(
        folder,
        "a.eml",
        "From: Li Na <li.na@example.com>\nTo: x@y.example\nDate: Thu, 12 Nov 2026 09:00:00 +0800\n"
        "Subject: Renewal\nContent-Type: text/plain; charset=utf-8\n\n"
        "---\naccount: Globex\nvisibility: team\n---\nThe body.\n",
    )
    ingest(book, folder)
    assert (only(book).account, only(book).visibility) == ("Globex", "team")


def readable(store: Store, email: str, today: date) -> list[str]:
    with store.read() as session:
        person = session.query(Person).filter_by(email=email).one()
        rights = decide(session, Viewer(person.id), Audience.only(person.id), today)
        return [note.title for note in session.query(Note).where(rights.note_clause())]
