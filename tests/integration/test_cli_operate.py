"""`kam init`, `backup`, `restore`, `reindex`, as people and scripts call them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

from tests.integration.conftest import Kam, write_workbook

Said = Callable[[CompletedProcess[str]], str]

LI = ("--email", "li.na@example.com", "--name", "Somebody Else")


def _people(home: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database:
        found = database.execute("SELECT email, name, role FROM people ORDER BY id").fetchall()
    return [(str(email), str(name), str(role)) for email, name, role in found]


def _ledger(home: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database:
        return database.execute(
            "SELECT cause, origin, field FROM ledger JOIN changes ON changes.id = change_id "
            "WHERE origin = 'command line' ORDER BY ledger.id"
        ).fetchall()


def test_the_first_admin_is_recorded_and_told_what_to_do_next(kam: Kam, home: Path) -> None:
    done = kam("init", "--email", "Ada@Example.com", "--name", " Ada  Lovelace ", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert _people(home) == [("Ada@Example.com", "Ada Lovelace", "admin")]
    assert ("message", "command line", "role") in _ledger(home)
    assert "kam import" in done.stdout

    again = kam("init", "--email", "ada@example.com", "--name", "Ada", home=home)
    assert again.returncode == 0
    assert "nothing to do" in again.stdout
    assert _people(home) == [("Ada@Example.com", "Ada Lovelace", "admin")]


def test_somebody_on_record_becomes_admin_and_keeps_their_name(
    kam: Kam, home: Path, seeded: Path
) -> None:
    done = kam("init", *LI, home=home)
    assert "Li Na <li.na@example.com> was on record and is now as admin" in done.stdout
    assert _people(home)[0] == ("li.na@example.com", "Li Na", "admin")
    assert [field for _, _, field in _ledger(home)] == ["role"]


def test_a_backup_and_a_restore_say_what_they_hold_and_the_book_is_the_same(
    kam: Kam, home: Path, seeded: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kam.zip"
    saved = kam("backup", file, home=home)
    assert (saved.returncode, saved.stderr) == (0, "")
    assert "2 accounts" in saved.stdout
    assert str(file) in saved.stdout

    other = tmp_path / "other"
    restored = kam("restore", file, "--json", home=other, KAM_EMBEDDINGS="none")
    assert (restored.returncode, restored.stderr) == (0, "")
    report = json.loads(restored.stdout)
    assert report["rows"]["accounts"] == 2
    assert _people(other) == _people(home)
    again = json.loads(
        kam("import", write_workbook(tmp_path / "workbook"), "--json", home=other).stdout
    )
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4)


def test_a_restore_over_a_book_needs_force(
    kam: Kam, said: Said, home: Path, seeded: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kam.zip"
    kam("backup", file, home=home)
    kam("init", *LI, home=home)
    refused = kam("restore", file, home=home)
    assert refused.returncode == 2
    assert "--force" in said(refused)
    assert _people(home)[0][2] == "admin"
    assert kam("restore", file, "--force", home=home, KAM_EMBEDDINGS="none").returncode == 0
    assert _people(home)[0][2] == "member"


def test_a_restore_whose_index_cannot_be_built_is_partly_done(
    kam: Kam, said: Said, home: Path, seeded: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kam.zip"
    kam("backup", file, home=home)
    other = tmp_path / "other"
    done = kam("restore", file, home=other, KAM_EMBEDDINGS="groq:no-such-package")
    assert done.returncode == 3
    assert "the book is restored, the index is not" in said(done)
    assert _people(other) == _people(home)


def test_nothing_to_back_up_is_said(kam: Kam, said: Said, home: Path, tmp_path: Path) -> None:
    done = kam("backup", tmp_path / "kam.zip", home=home)
    assert done.returncode == 1
    assert "nothing to back up" in said(done)
    assert not (tmp_path / "kam.zip").exists()


def test_a_file_that_is_no_backup_is_refused(
    kam: Kam, said: Said, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("Dear Dana")
    done = kam("restore", tmp_path / "letter.txt", home=home)
    assert done.returncode == 1
    assert "no backup of kam" in said(done)
    assert not (home / "kam.sqlite3").exists()


def test_without_vectors_reindexing_says_so(kam: Kam, home: Path, seeded: Path) -> None:
    done = kam("reindex", home=home, KAM_EMBEDDINGS="none")
    assert done.returncode == 0
    assert "no vectors" in done.stdout


def test_evaluating_without_a_folder_says_what_there_is(kam: Kam, home: Path) -> None:
    done = kam("eval", home=home)
    assert done.returncode == 0
    assert "--retrieval FOLDER" in done.stdout
    assert not home.exists()


def test_a_folder_of_questions_is_measured(kam: Kam, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    texts = {"a": "The renewal is due in March.", "b": "预算被削减一半", "c": "Lunch was good."}
    rows = [json.dumps({"_id": key, "text": text}) for key, text in texts.items()]
    (folder / "corpus.jsonl").write_text("\n".join(rows))
    (folder / "queries.jsonl").write_text(
        json.dumps({"_id": "1", "text": "when is the renewal"})
        + "\n"
        + json.dumps({"_id": "2", "text": "预算削减"})
    )
    (folder / "qrels.tsv").write_text("1\ta\t1\n2\tb\t1\n")
    done = kam("eval", "--retrieval", folder, "--json", home=home)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["passages"], report["queries"]) == (3, 2)
    assert report["ours"]["recall"] == 1.0
