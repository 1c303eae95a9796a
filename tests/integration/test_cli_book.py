"""`kam import` and `kam ingest`, as people and scripts call them."""

from __future__ import annotations

import json
import os
import pty
import re
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from kam_knowledge.sample_book import materialise
from kam_knowledge.search.folder_lock import FolderLock
from tests.integration.conftest import ACCOUNTS, COMMAND, PEOPLE, Kam, write_workbook

Said = Callable[[CompletedProcess[str]], str]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The workbook that a seeded home was made from."""
    return write_workbook(tmp_path / "workbook")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    (folder / "acme").mkdir(parents=True)
    (folder / "acme" / "2026-11-12.md").write_text(
        "---\naccount: ACME Corp\ndate: 2026-11-12\nkind: call\n---\nDana wants the TCO model.\n"
    )
    (folder / "acme" / "会议.txt").write_text("ACME Corp 续约会议，2026-11-10。", encoding="utf-8")
    return folder


def test_the_sample_book_goes_in_whole_and_a_second_time_changes_nothing(
    kam: Kam, home: Path, tmp_path: Path
) -> None:
    book = materialise(tmp_path / "book", date(2026, 11, 21))
    first = kam("import", book.workbook, "--json", home=home)
    assert (first.returncode, first.stderr) == (0, "")
    report = json.loads(first.stdout)
    assert set(report) == {"created", "updated", "unchanged", "conflicts", "problems", "unknown"}
    assert report["created"] > 500
    second = json.loads(kam("import", book.workbook, "--json", home=home).stdout)
    assert (second["created"], second["updated"]) == (0, 0)
    assert second["unchanged"] == report["created"]


def test_what_messages_mean_is_learnt_with_the_first_import_and_not_with_the_first_question(
    kam_process: Kam, home: Path, workbook: Path
) -> None:
    assert kam_process("import", workbook, home=home).returncode == 0
    (learnt,) = (home / "models").glob("intents-*.npz")
    written = learnt.stat().st_mtime_ns
    asked = kam_process("ask", "Who owns ACME?", "--as", "li.na@example.com", home=home)
    assert asked.returncode == 0, asked.stderr
    assert learnt.stat().st_mtime_ns == written


def test_bad_rows_are_shown_and_end_with_3_while_the_good_ones_go_in(
    kam: Kam, home: Path, seeded: Path, workbook: Path
) -> None:
    (workbook / "accounts.csv").write_text(ACCOUNTS + "Initech,li.na@example.com,enormous\n")
    (workbook / "competitors.csv").write_text("account,competitor\nACME Corp,Corvexa\n")
    done = kam("import", workbook, home=home)
    assert done.returncode == 3
    assert "accounts.csv:4" in done.stdout
    assert "class" in done.stdout
    assert re.search(r"Imported: [12] new", done.stdout), "the competitor, at least"

    as_json = kam("import", workbook, "--json", home=home)
    assert as_json.returncode == 3
    (problem,) = json.loads(as_json.stdout)["problems"]
    assert problem["where"] == "accounts.csv:4"


def test_strict_takes_nothing_when_something_is_wrong(
    kam: Kam, home: Path, seeded: Path, workbook: Path
) -> None:
    (workbook / "accounts.csv").write_text(ACCOUNTS + "Initech,nobody,enormous\n")
    (workbook / "competitors.csv").write_text("account,competitor\nACME Corp,Corvexa\n")
    done = kam("import", workbook, "--strict", home=home)
    assert done.returncode == 3
    assert "Nothing was imported" in done.stdout
    (workbook / "accounts.csv").write_text(ACCOUNTS)
    assert json.loads(kam("import", workbook, "--json", home=home).stdout)["created"] == 1


def test_a_conflict_alone_is_shown_and_is_no_failure(
    kam: Kam, home: Path, seeded: Path, workbook: Path
) -> None:
    assert kam("init", "--email", "li.na@example.com", "--name", "x", home=home).returncode == 0
    (workbook / "people.csv").write_text(PEOPLE.replace("Na,member", "Na,manager"))
    done = kam("import", workbook, home=home)
    assert done.returncode == 0
    assert "both values are kept" in done.stdout
    assert "there manager, here admin" in done.stdout


def test_a_column_nobody_knows_is_named(kam: Kam, home: Path, seeded: Path, workbook: Path) -> None:
    (workbook / "accounts.csv").write_text("name,owner,zodiac\nACME,li.na@example.com,leo\n")
    done = kam("import", workbook, home=home)
    assert done.returncode == 0
    assert "zodiac" in done.stdout


def test_a_path_that_is_none_is_one_line(kam: Kam, said: Said, home: Path, tmp_path: Path) -> None:
    done = kam("import", tmp_path / "nowhere", home=home)
    assert done.returncode == 2
    assert "nowhere" in said(done)


def test_a_workbook_that_is_damaged_is_told_in_one_line_with_its_name(
    kam: Kam, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 no more")
    done = kam("import", tmp_path / "book.xlsx", home=home)
    assert done.returncode == 3
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert line.startswith("  book.xlsx: book.xlsx is not an .xlsx workbook")


def test_notes_go_in_once_and_the_json_is_all_there_is_on_stdout(
    kam: Kam, home: Path, seeded: Path, notes: Path
) -> None:
    first = kam("ingest", notes, "--json", home=home, KAM_EMBEDDINGS="none")
    assert (first.returncode, first.stderr) == (0, "")
    report = json.loads(first.stdout)
    assert (report["added"], report["failed"]) == (2, [])
    assert {row["path"] for row in report["inferred"]} == {"notes/acme/2026-11-12.md",
                                                           "notes/acme/会议.txt"}  # fmt: skip
    second = json.loads(kam("ingest", notes, "--json", home=home, KAM_EMBEDDINGS="none").stdout)
    assert (second["added"], second["unchanged"]) == (0, 2)


def test_files_that_cannot_be_read_are_named_and_the_rest_go_on(
    kam: Kam, home: Path, seeded: Path, notes: Path
) -> None:
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    some = kam("ingest", notes, home=home, KAM_EMBEDDINGS="none")
    assert some.returncode == 3
    assert "notes/broken.pdf" in some.stdout
    assert "Ingested: 2 new" in some.stdout
    none = kam("ingest", notes / "broken.pdf", home=home, KAM_EMBEDDINGS="none")
    assert none.returncode == 1


def test_notes_stay_when_the_model_cannot_be_had(
    kam: Kam, said: Said, home: Path, seeded: Path, notes: Path
) -> None:
    done = kam("ingest", notes, "--json", home=home, KAM_EMBEDDINGS="groq:no-such-package")
    assert done.returncode == 3
    assert "found by their words" in said(done)
    assert json.loads(done.stdout)["added"] == 2
    assert kam("ingest", notes, home=home, KAM_EMBEDDINGS="none").returncode == 0


def test_a_terminal_sees_a_bar_and_the_output_stays_clean(
    kam: Kam, home: Path, seeded: Path, notes: Path
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, "ingest", notes, "--json"],
        stdout=subprocess.PIPE, stderr=theirs,
        env=os.environ | {"KAM_EMBEDDINGS": "none", "TERM": "xterm", "COLUMNS": "100"},
    ) as running:  # fmt: skip
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # the other side is closed
                break
        assert running.stdout is not None
        out = running.stdout.read()
    os.close(ours)
    assert running.returncode == 0
    assert json.loads(out)["added"] == 2
    assert re.search(rb"reading.*2/2", shown, re.DOTALL)


def test_an_index_that_another_process_owns_is_said_and_keeps_nothing_back(
    kam: Kam, said: Said, home: Path, seeded: Path, notes: Path
) -> None:
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database, database:
        database.execute("DELETE FROM index_jobs")  # the method's, which would take a minute

    def waiting() -> int:
        with closing(sqlite3.connect(home / "kam.sqlite3")) as database:
            return int(database.execute("SELECT count(*) FROM index_jobs").fetchone()[0])

    lock = FolderLock.take(home / "chroma")
    done = kam("ingest", notes, home=home)
    assert done.returncode == 0
    assert f"process {os.getpid()}" in said(done)
    assert waiting() == 2
    refused = kam("reindex", home=home)
    assert refused.returncode == 1
    assert "another process owns" in said(refused)

    lock.release()
    done = kam("ingest", notes, home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert waiting() == 0
