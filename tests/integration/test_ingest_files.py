"""Files, places and notes: what is added, updated, left, removed, and what is only passed over."""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ingest.files import ingest_paths
from ingest.report import IngestReport
from kam_knowledge.errors import IndexMismatch
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import (
    Change,
    IndexJob,
    Interaction,
    LedgerEntry,
    NotePlace,
    Passage,
    Person,
    State,
)
from tests.integration.ingesting import (
    NOON,
    add_book,
    add_contacts,
    counts,
    ingest,
    notes,
    only,
    write,
)

CALL = """---
account: ACME Corp
date: 2026-11-12
kind: call
author: li.na@example.com
attendees: [Dana Wu, Li Na]
title: Call on the renewal
---
She wants the migration numbers before the notice date.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    return made


@pytest.fixture
def book(store: Store) -> Store:
    add_book(store)
    return store


@pytest.fixture
def sqlite_book(sqlite_store: Store) -> Store:
    add_book(sqlite_store)
    return sqlite_store


def test_a_file_becomes_a_note_an_interaction_and_passages(book: Store, folder: Path) -> None:
    write(folder, "acme/2026-11-12.md", CALL)
    report = ingest(book, folder)
    assert counts(report) == (1, 0, 0, 0)
    assert report.passages == 1
    assert report.failed == []
    note = only(book)
    assert note.text == "She wants the migration numbers before the notice date.\n"
    assert (note.title, note.account, note.author) == ("Call on the renewal", "ACME Corp", "Li Na")
    assert (note.date, note.kind, note.visibility) == (date(2026, 11, 12), "call", "open")
    assert (note.contacts, note.people, note.assumed) == (("Dana Wu",), ("Li Na",), False)
    assert note.places == ("notes/acme/2026-11-12.md",)


def test_the_report_has_the_shape_of_the_contract(book: Store, folder: Path) -> None:
    write(folder, "acme/note.md", "# Visit at ACME\n\nOn 2026-11-12 we met Dana Wu.\n")
    write(folder, "broken.pdf", "no pdf")
    report = ingest(book, folder).as_json()
    assert set(report) >= {
        *("added", "updated", "unchanged", "removed", "failed", "inferred", "passages")
    }
    assert (report["added"], report["passages"]) == (1, 1)
    [failed] = report["failed"]
    assert failed["path"] == "notes/broken.pdf"
    assert set(failed) == {"path", "problem"}
    assert all(set(row) == {"path", "field", "value", "from"} for row in report["inferred"])
    assert {row["from"] for row in report["inferred"]} == {"content"}


def test_the_second_run_changes_nothing(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    write(folder, "b.md", "Another text.")
    ingest(book, folder)
    before = notes(book), stored_rows(book)
    report = ingest(book, folder)
    assert counts(report) == (0, 0, 2, 0)
    assert (report.passages, report.inferred) == (0, [])
    assert (notes(book), stored_rows(book)) == before


def test_an_unchanged_file_costs_a_hash_and_is_not_read_again(
    sqlite_book: Store, folder: Path
) -> None:
    path = write(folder, "a.md", CALL)
    ingest(sqlite_book, folder)
    # Were it parsed, its size would be over the limit for text.
    from ingest.documents import Limits

    report = ingest_paths(sqlite_book, [folder], clock=NOON, limits=Limits(text_characters=3))
    assert counts(report) == (0, 0, 1, 0)
    path.touch()
    assert counts(ingest(sqlite_book, folder)) == (0, 0, 1, 0)


def test_a_changed_file_revises_its_note(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    ingest(book, folder)
    before = only(book)
    write(folder, "a.md", CALL.replace("2026-11-12", "2026-11-13").replace("She", "Dana"))
    report = ingest(book, folder)
    assert counts(report) == (0, 1, 0, 0)
    after = only(book)
    assert after.key == before.key
    assert after.date == date(2026, 11, 13)
    assert after.text.startswith("Dana wants")
    with book.read() as session:
        assert session.scalars(select(Interaction.date)).all() == [date(2026, 11, 13)]


def test_a_changed_file_keeps_the_passages_that_stayed(sqlite_book: Store, folder: Path) -> None:
    sections = [f"# Part {number}\n\nText of part {number}.\n" for number in range(5)]
    write(folder, "a.md", "\n".join(sections))
    ingest(sqlite_book, folder)
    before = passage_hashes(sqlite_book)
    sections[2] = "# Part 2\n\nAnother text.\n"
    write(folder, "a.md", "\n".join(sections))
    report = ingest(sqlite_book, folder)
    after = passage_hashes(sqlite_book)
    assert report.passages == 1
    assert before.keys() == after.keys()
    assert sum(before[key] != after[key] for key in before) == 1


def test_a_vanished_file_is_removed_and_found_no_more(book: Store, folder: Path) -> None:
    path = write(folder, "a.md", CALL)
    write(folder, "b.md", "Another text.")
    ingest(book, folder)
    path.unlink()
    assert counts(ingest(book, folder)) == (0, 0, 1, 1)
    assert [note.text for note in notes(book)] == ["Another text."]
    assert counts(ingest(book, folder)) == (0, 0, 1, 0)
    with book.read() as session:
        assert session.scalar(select(func.count(Interaction.id))) == 0


def test_removed_concerns_the_same_path_only(book: Store, folder: Path) -> None:
    gone = write(folder, "acme/a.md", CALL)
    write(folder, "globex/b.md", "Another text.")
    ingest(book, folder)
    gone.unlink()
    assert counts(ingest(book, folder / "globex")) == (0, 0, 1, 0)
    assert len(notes(book)) == 2
    # The folder was never ingested by itself.
    (folder / "acme").rmdir()
    write(folder, "acme/c.md", "A third text.")
    assert counts(ingest(book, folder / "acme")) == (1, 0, 0, 0)
    assert counts(ingest(book, folder)) == (0, 0, 2, 1)


def test_a_file_under_two_paths_is_removed_under_either(book: Store, folder: Path) -> None:
    gone = write(folder, "acme/a.md", CALL)
    write(folder, "acme/b.md", "Another text.")
    ingest(book, folder / "acme")
    ingest(book, folder)
    gone.unlink()
    assert counts(ingest(book, folder / "acme")) == (0, 0, 1, 1)


def test_a_single_file_is_a_path_of_its_own(book: Store, folder: Path) -> None:
    path = write(folder, "acme/a.md", CALL)
    write(folder, "acme/b.md", "Another text.")
    assert counts(ingest(book, path)) == (1, 0, 0, 0)
    assert only(book).places == ("a.md",)
    path.unlink()
    assert counts(ingest(book, path)) == (0, 0, 0, 1)
    assert notes(book) == []


def test_a_path_that_never_was_is_reported_and_the_rest_goes_on(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    report = ingest(book, folder / "nowhere", folder)
    assert counts(report) == (1, 0, 0, 0)
    assert [failure.path for failure in report.failed] == ["nowhere"]


def test_a_removed_folder_takes_its_notes_along(book: Store, folder: Path) -> None:
    path = write(folder, "a.md", CALL)
    ingest(book, folder)
    path.unlink()
    folder.rmdir()
    report = ingest(book, folder)
    assert (counts(report), report.failed) == ((0, 0, 0, 1), [])


def test_a_file_that_comes_back_is_the_note_it_was(book: Store, folder: Path) -> None:
    path = write(folder, "a.md", CALL)
    ingest(book, folder)
    before = only(book)
    path.unlink()
    ingest(book, folder)
    write(folder, "a.md", CALL)
    assert counts(ingest(book, folder)) == (1, 0, 0, 0)
    assert only(book) == before


def test_the_same_content_at_two_paths_is_one_note_with_two_places(
    book: Store, folder: Path
) -> None:
    write(folder, "acme/a.md", CALL)
    write(folder, "copies/b.md", CALL)
    report = ingest(book, folder)
    assert counts(report) == (2, 0, 0, 0)
    assert report.passages == 1
    assert only(book).places == ("notes/acme/a.md", "notes/copies/b.md")
    assert counts(ingest(book, folder)) == (0, 0, 2, 0)


def test_a_note_stays_while_one_of_its_places_stands(book: Store, folder: Path) -> None:
    first = write(folder, "acme/a.md", CALL)
    second = write(folder, "copies/b.md", CALL)
    ingest(book, folder)
    first.unlink()
    assert counts(ingest(book, folder)) == (0, 0, 1, 1)
    assert only(book).places == ("notes/copies/b.md",)
    second.unlink()
    assert counts(ingest(book, folder)) == (0, 0, 0, 1)
    assert notes(book) == []


def test_different_front_matter_is_a_different_note(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    write(folder, "b.md", CALL.replace("kind: call", "kind: meeting"))
    ingest(book, folder)
    assert [note.kind for note in notes(book)] == ["call", "meeting"]


def test_what_was_inferred_first_stays_when_a_copy_lies_elsewhere(
    book: Store, folder: Path
) -> None:
    write(folder, "1-acme/a.md", "They agreed on the price.")
    write(folder, "2-globex/b.md", "They agreed on the price.")
    ingest(book, folder)
    note = only(book)
    assert note.account == "ACME Corp"
    assert len(note.places) == 2


def test_a_changed_copy_becomes_a_note_of_its_own(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    write(folder, "b.md", CALL)
    ingest(book, folder)
    key = only(book).key
    write(folder, "b.md", CALL.replace("She", "Dana"))
    assert counts(ingest(book, folder)) == (0, 1, 1, 0)
    first, second = notes(book)
    assert (first.key, first.places) == (key, ("notes/a.md",))
    assert second.places == ("notes/b.md",)
    assert second.text.startswith("Dana")


def test_a_file_that_becomes_the_copy_of_another_joins_its_note(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    write(folder, "b.md", "Another text.")
    ingest(book, folder)
    write(folder, "b.md", CALL)
    assert counts(ingest(book, folder)) == (0, 1, 1, 0)
    assert only(book).places == ("notes/a.md", "notes/b.md")
    assert [note.text for note in notes(book, removed=True)] == ["Another text."]


def test_two_files_that_change_places_keep_their_notes(book: Store, folder: Path) -> None:
    write(folder, "a.md", "The first text.")
    write(folder, "b.md", "The second text.")
    ingest(book, folder)
    write(folder, "a.md", "The second text.")
    write(folder, "b.md", "The first text.")
    assert counts(ingest(book, folder)) == (0, 2, 0, 0)
    assert [(n.places, n.text) for n in notes(book)] == [
        (("notes/a.md",), "The second text."),
        (("notes/b.md",), "The first text."),
    ]


def test_a_renamed_file_keeps_its_note(book: Store, folder: Path) -> None:
    path = write(folder, "a.md", CALL)
    ingest(book, folder)
    before = only(book)
    path.rename(folder / "renamed.md")
    report = ingest(book, folder)
    assert counts(report) == (1, 0, 0, 1)
    assert report.passages == 0
    after = only(book)
    assert (after.key, after.places) == (before.key, ("notes/renamed.md",))


def test_a_file_moved_to_the_right_folder_is_filed_there(book: Store, folder: Path) -> None:
    path = write(folder, "acme/a.md", "They agreed on the price.")
    ingest(book, folder)
    before = only(book)
    assert before.account == "ACME Corp"
    (folder / "globex").mkdir()
    path.rename(folder / "globex" / "a.md")
    report = ingest(book, folder)
    after = only(book)
    assert (after.key, after.account) == (before.key, "Globex")
    assert ("account", "Globex", "folder") in {
        (entry.field, entry.value, entry.source) for entry in report.inferred
    }


def test_a_file_is_shown_relative_to_the_parent_of_the_path_given(
    book: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "acme/a.md", CALL)
    monkeypatch.chdir(folder)
    ingest(book, Path("acme"))
    assert only(book).places == ("acme/a.md",)
    ingest(book, Path())
    assert only(book).places == ("notes/acme/a.md",)


def test_ingesting_one_file_of_a_folder_again_does_not_rename_it(book: Store, folder: Path) -> None:
    path = write(folder, "acme/a.md", CALL)
    ingest(book, folder)
    write(folder, "acme/a.md", CALL.replace("She", "Dana"))
    assert counts(ingest(book, path)) == (0, 1, 0, 0)
    assert only(book).places == ("notes/acme/a.md",)
    path.unlink()
    assert counts(ingest(book, folder)) == (0, 0, 0, 1)


def test_a_path_inside_another_adds_nothing(book: Store, folder: Path) -> None:
    path = write(folder, "acme/a.md", CALL)
    assert counts(ingest(book, path, folder, folder / "acme", folder)) == (1, 0, 0, 0)
    assert only(book).places == ("notes/acme/a.md",)


def test_places_are_in_nfc(book: Store, folder: Path) -> None:
    name = unicodedata.normalize("NFD", "Müller é 会议.md")
    write(folder, name, CALL)
    ingest(book, folder)
    assert only(book).places == (unicodedata.normalize("NFC", f"notes/{name}"),)
    assert counts(ingest(book, folder)) == (0, 0, 1, 0)


def test_a_name_that_is_no_text_is_ingested_all_the_same(book: Store, folder: Path) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md"))).write_text(CALL)
    except OSError:
        pytest.skip("the file system takes no such name")
    ingest(book, folder)
    assert only(book).places == ("notes/caf\ufffd.md",)
    assert counts(ingest(book, folder)) == (0, 0, 1, 0)


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_goes_on(
    book: Store, folder: Path
) -> None:
    write(folder, "a.md", CALL)
    write(folder, "broken.pdf", b"%PDF-1.4 broken")
    write(folder, "blank.md", " \n")
    write(folder, "old.doc", b"\xd0\xcf\x11\xe0")
    write(folder, "z.md", "Another text.")
    report = ingest(book, folder)
    assert counts(report) == (2, 0, 0, 0)
    assert [failure.path for failure in report.failed] == [
        *("notes/blank.md", "notes/broken.pdf", "notes/old.doc")
    ]
    assert all(failure.problem.endswith(".") for failure in report.failed)
    assert "Save it as .docx." in report.failed[2].problem


def test_a_file_that_can_no_longer_be_read_keeps_its_note(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    ingest(book, folder)
    write(folder, "a.md", b"\x00\x01\x02\xff" * 50)
    report = ingest(book, folder)
    assert counts(report) == (0, 0, 0, 0)
    assert len(report.failed) == 1
    assert only(book).title == "Call on the renewal"


def test_links_are_not_followed(book: Store, folder: Path, tmp_path: Path) -> None:
    inside = write(folder, "a.md", CALL)
    outside = write(tmp_path, "elsewhere/secret.md", "A secret.")
    (folder / "again.md").symlink_to(inside)
    (folder / "secret.md").symlink_to(outside)
    (folder / "elsewhere").symlink_to(outside.parent)
    (folder / "loop").symlink_to(folder)
    report = ingest(book, folder)
    assert counts(report) == (1, 0, 0, 0)
    assert report.failed == []
    assert [skipped.path for skipped in report.skipped] == ["notes/elsewhere", "notes/secret.md"]


def test_a_link_given_as_the_path_is_its_target(book: Store, folder: Path, tmp_path: Path) -> None:
    write(folder, "a.md", CALL)
    (tmp_path / "link").symlink_to(folder)
    assert counts(ingest(book, tmp_path / "link")) == (1, 0, 0, 0)
    assert only(book).places == ("link/a.md",)
    assert counts(ingest(book, folder)) == (0, 0, 1, 0)
    assert only(book).places == ("notes/a.md",)


def test_junk_and_hidden_folders_are_passed_over(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    for name in (".hidden.md", "~$plan.docx", "Thumbs.db", "b.md~", ".git/c.md", "__MACOSX/d.md"):
        write(folder, name, "Junk.")
    report = ingest(book, folder)
    assert (counts(report), report.failed, report.skipped) == ((1, 0, 0, 0), [], [])


def test_a_hidden_folder_that_is_asked_for_is_ingested(book: Store, folder: Path) -> None:
    write(folder, ".private/a.md", CALL)
    assert counts(ingest(book, folder, folder / ".private")) == (1, 0, 0, 0)


def test_a_file_without_extension_is_named_as_passed_over(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    write(folder, "LICENSE", "Terms.")
    report = ingest(book, folder)
    assert (counts(report), report.failed) == ((1, 0, 0, 0), [])
    assert [skipped.path for skipped in report.skipped] == ["notes/LICENSE"]


def test_an_empty_file_is_passed_over_and_an_emptied_one_keeps_its_note(
    book: Store, folder: Path
) -> None:
    write(folder, "empty.md", "")
    report = ingest(book, folder)
    assert (counts(report), report.failed) == ((0, 0, 0, 0), [])
    assert [skipped.path for skipped in report.skipped] == ["notes/empty.md"]
    write(folder, "empty.md", CALL)
    ingest(book, folder)
    write(folder, "empty.md", "")  # as a folder that is still being synchronised does
    [failure] = ingest(book, folder).failed
    assert failure.path == "notes/empty.md"
    assert only(book).title == "Call on the renewal"


def test_files_are_taken_in_the_order_of_their_places(book: Store, folder: Path) -> None:
    for name in ("b.md", "a/z.md", "c/a.md", "a.md", "会议.md"):
        write(folder, name, f"Text of {name}.")
    told: list[tuple[int, int, str]] = []
    ingest_paths(book, [folder], clock=NOON, progress=lambda *step: told.append(step))
    assert told == [
        (0, 5, "notes/a/z.md"),
        (1, 5, "notes/a.md"),
        (2, 5, "notes/b.md"),
        (3, 5, "notes/c/a.md"),
        (4, 5, "notes/会议.md"),
        (5, 5, ""),
    ]


def test_the_documents_of_a_slack_export_have_a_place_each(book: Store, folder: Path) -> None:
    write(folder, "slack.zip", slack_export({"acme-renewal": ["2026-11-11", "2026-11-12"]}))
    report = ingest(book, folder)
    assert counts(report) == (1, 0, 0, 0)
    assert [note.places for note in notes(book)] == [
        ("notes/slack.zip#acme-renewal/2026-11-11",),
        ("notes/slack.zip#acme-renewal/2026-11-12",),
    ]
    assert {note.account for note in notes(book)} == {"ACME Corp"}
    assert counts(ingest(book, folder)) == (0, 0, 1, 0)


def test_a_day_more_in_an_export_leaves_the_others_as_they_are(book: Store, folder: Path) -> None:
    days = [f"2026-10-{day:02}" for day in range(1, 31)]
    write(folder, "slack.zip", slack_export({"general": days}))
    ingest(book, folder)
    keys = {note.places: note.key for note in notes(book)}
    write(folder, "slack.zip", slack_export({"general": [*days[1:], "2026-11-01"]}))
    report = ingest(book, folder)
    assert counts(report) == (0, 1, 0, 0)
    assert report.passages == 1
    after = {note.places: note.key for note in notes(book)}
    assert len(after) == 30
    assert len(keys.items() & after.items()) == 29


def test_a_run_that_was_cut_off_in_the_middle_of_a_file_goes_on(book: Store, folder: Path) -> None:
    days = [f"2026-10-{day:02}" for day in range(1, 31)]
    write(folder, "slack.zip", slack_export({"general": days}))
    ingest(book, folder)
    with book.write() as session:
        # As after a kill: the first documents are there, the file is not marked as whole.
        rows = session.scalars(select(NotePlace).order_by(NotePlace.id)).all()
        for row in rows[25:]:
            session.delete(row)
        for row in rows[:25]:
            row.file_hash = ""
    ingest(book, folder)
    assert len(notes(book)) == 30
    assert counts(ingest(book, folder)) == (0, 0, 1, 0)


def test_a_new_account_files_the_notes_that_speak_of_it(book: Store, folder: Path) -> None:
    write(folder, "a.md", "# Visit at Nordvik\n\nSigne Aas showed us the plant.\n")
    write(folder, "b.md", CALL)
    ingest(book, folder)
    assert {note.account for note in notes(book)} == {"ACME Corp", None}
    from kam_knowledge.changes.ledger import Ledger
    from kam_knowledge.store.models import Account

    with book.write() as session:
        Ledger(session, cause="import").create_many(
            Account, [{"name": "Nordvik"}], sources=["accounts.csv:9"]
        )
    assert counts(ingest(book, folder)) == (0, 1, 1, 0)
    assert {note.account for note in notes(book)} == {"ACME Corp", "Nordvik"}
    assert counts(ingest(book, folder)) == (0, 0, 2, 0)


def test_a_new_contact_is_recognised_in_the_notes_that_name_them(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL.replace("Dana Wu, Li Na", "Aisyah Rahman"))
    ingest(book, folder)
    assert only(book).unknown == ("Aisyah Rahman",)
    with book.write() as session:
        add_contacts(book, [("ACME Corp", "Aisyah Rahman", [], None)], session)
    assert counts(ingest(book, folder)) == (0, 1, 0, 0)
    assert (only(book).contacts, only(book).unknown) == (("Aisyah Rahman",), ())


def test_two_runs_side_by_side_write_each_note_once(book: Store, folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for number in range(12):
        write(folder, f"{number}.md", f"Text {number // 2}.")  # every text twice
    with ThreadPoolExecutor(2) as pool:
        reports = [run.result() for run in [pool.submit(ingest, book, folder) for _ in range(2)]]
    assert [report.failed for report in reports] == [[], []]
    assert [len(note.places) for note in notes(book)] == [2] * 6
    assert counts(ingest(book, folder)) == (0, 0, 12, 0)


def test_who_ran_it_stands_in_the_ledger(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    with book.read() as session:
        actor = session.scalar(select(Person.id).where(Person.name == "Tom Becker"))
    ingest_paths(book, [folder], clock=NOON, actor_id=actor)
    with book.read() as session:
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.table == "notes")).one()
        change = session.get_one(Change, entry.change_id)
        assert (change.actor_id, change.origin) == (actor, "file")


def test_a_store_of_another_tokeniser_is_not_written_to(book: Store, folder: Path) -> None:
    write(folder, "a.md", CALL)
    with book.write() as session:
        session.add(State(key="tokeniser", value="an older one"))
    with pytest.raises(IndexMismatch, match="kam reindex"):
        ingest(book, folder)
    assert notes(book) == []


def test_a_report_is_clean_when_nothing_failed() -> None:
    from ingest.report import Failure

    assert IngestReport(added=1).clean
    assert not IngestReport(failed=[Failure("a.md", "It is empty.")]).clean


def slack_export(channels: dict[str, list[str]]) -> bytes:
    import io
    import json
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        people = [{"id": "U1", "name": "li.na", "real_name": "Li Na", "profile": {}}]
        archive.writestr("users.json", json.dumps(people))
        archive.writestr(
            "channels.json", json.dumps([{"id": "C1", "name": name} for name in channels])
        )
        for name, days in channels.items():
            for day in days:
                message = {
                    "type": "message",
                    "user": "U1",
                    "text": f"The news of {day} for everybody.",
                    "ts": f"{1790000000 + int(day[-2:])}.000100",
                }
                archive.writestr(f"{name}/{day}.json", json.dumps([message]))
    return packed.getvalue()


def passage_hashes(store: Store) -> dict[int, str]:
    with store.read() as session:
        return dict(session.execute(select(Passage.id, Passage.content_hash)).all())


def stored_rows(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (NotePlace, Passage, IndexJob, Interaction, LedgerEntry, Change)
        }
