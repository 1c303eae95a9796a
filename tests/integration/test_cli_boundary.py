"""Whatever goes wrong is one line on standard error that says what to do next."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from bot.cli import globals_first
from tests.integration.conftest import COMMAND, Kam

Said = Callable[[CompletedProcess[str]], str]

ME = ("--email", "li.na@example.com", "--name", "李娜")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, kam: Kam) -> Path:
    """A home with one person in it, to be copied from."""
    folder = tmp_path_factory.mktemp("made") / "home"
    assert kam("init", *ME, home=folder).returncode == 0
    with closing(sqlite3.connect(folder / "kam.sqlite3")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def database(made: Path, home: Path) -> Path:
    """A home of the test's own with one person in it: its database."""
    home.mkdir()
    path = home / "kam.sqlite3"
    path.write_bytes((made / "kam.sqlite3").read_bytes())
    return path


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bogus"], "bogus"),
        (["ask", "hi", "--as"], "--as"),
        (["backup"], "file"),
        (["ask"], "no question"),
        (["search", "x", "--as", "a@b.c", "--k", "0"], "--k"),
        (["import", "x", "--as-of", "soon"], "soon"),
        (["init", "--email", "no address", "--name", "N"], "no address"),
        (["init", "--email", "a@example.com", "--name", " "], "name"),
        (["init", "--email", "a@example.com", "--name", "N", "--role", "king"], "king"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_code_2(
    arguments: list[str], says: str, kam: Kam, said: Said, home: Path
) -> None:
    done = kam(*arguments, home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in said(done)
    assert not home.exists(), "nothing is written before the call is understood"


def test_the_globals_may_stand_after_the_command() -> None:
    given = ["ask", "q", "--home", "h", "--as", "a@b.c", "--today=2026-11-21", "--", "--home"]
    assert globals_first(given) == [
        "--home", "h", "--today=2026-11-21", "ask", "q", "--as", "a@b.c", "--", "--home",
    ]  # fmt: skip


def test_a_setting_that_cannot_be_read_is_named(kam_process: Kam, said: Said, home: Path) -> None:
    done = kam_process("ask", "hi", "--as", "a@b.c", home=home, KAM_FISCAL_YEAR_START="13")
    assert done.returncode == 2
    assert "KAM_FISCAL_YEAR_START" in said(done)


def test_a_question_to_an_empty_book_says_how_to_fill_it(kam: Kam, said: Said, home: Path) -> None:
    done = kam("ask", "hi", "--as", "a@b.c", home=home)
    assert done.returncode == 1
    assert "kam init" in said(done)
    assert "kam import" in said(done)


def test_a_person_nobody_knows_is_told_what_to_check(
    kam: Kam, said: Said, home: Path, database: Path
) -> None:
    done = kam("ask", "hi", "--as", "nobody@example.com", home=home)
    assert done.returncode == 2
    assert "nobody@example.com" in said(done)


def test_a_file_that_is_no_database_is_told_apart_and_left_alone(
    kam_process: Kam, said: Said, home: Path
) -> None:
    home.mkdir()
    (home / "kam.sqlite3").write_bytes(b"hello " * 1000)
    done = kam_process("ask", "hi", "--as", "a@b.c", home=home)
    assert done.returncode == 1
    assert "restore" in said(done)
    assert (home / "kam.sqlite3").read_bytes() == b"hello " * 1000


def test_a_book_of_a_newer_version_is_refused(
    kam: Kam, said: Said, home: Path, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
    done = kam("ask", "hi", "--as", "li.na@example.com", home=home)
    assert done.returncode == 1
    assert "newer version" in said(done)


def test_a_server_that_does_not_answer_is_named_without_its_password(
    kam_process: Kam, said: Said, home: Path
) -> None:
    url = "postgresql://kam:open-sesame@127.0.0.1:1/kam"
    done = kam_process("ask", "hi", "--as", "a@b.c", home=home, KAM_DATABASE_URL=url)
    assert done.returncode == 1
    assert "127.0.0.1:1/kam" in said(done)
    assert "open-sesame" not in done.stderr


@pytest.mark.slow
def test_a_locked_database_says_to_wait(
    kam_process: Kam, said: Said, home: Path, database: Path
) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = kam_process("init", "--email", "b@example.com", "--name", "B", home=home)
    assert done.returncode == 1
    assert "Another process is writing" in said(done)


def test_a_home_that_is_a_file_is_one_line(kam: Kam, said: Said, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = kam("init", *ME, home=tmp_path / "file")
    assert done.returncode == 1
    assert str(tmp_path / "file") in said(done)


def test_what_nobody_foresaw_is_an_id_and_the_traceback_is_in_the_log(
    kam_process: Kam, said: Said, home: Path, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE people SET aliases = 'not JSON'")
    done = kam_process("ask", "hi", "--as", "li.na@example.com", home=home)
    assert done.returncode == 1
    line = said(done)
    identifier = line.split("error-")[1][:8]
    log = (home / "logs" / "kam.log").read_text(encoding="utf-8")
    assert f"error-{identifier}" in log
    assert "Traceback" in log
    assert "hi" not in log.split("Traceback")[0], "the log names the command, not the question"


def test_a_log_that_cannot_be_written_does_not_hide_the_error(
    kam_process: Kam, said: Said, home: Path, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE people SET aliases = 'not JSON'")
    (home / "logs").write_text("a file where the folder should be")
    done = kam_process("ask", "hi", "--as", "li.na@example.com", home=home)
    assert done.returncode == 1
    assert "JSONDecodeError" in said(done)


def test_no_space_for_the_output_is_a_failure(home: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, encoding="utf-8"
        )
    assert done.returncode == 1
    assert done.stderr.startswith("kam: ")
    assert "space" in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_space_for_a_backup_leaves_the_one_before(
    kam: Kam, said: Said, home: Path, database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "kam.zip"
    assert kam("backup", file, home=home).returncode == 0
    before = file.read_bytes()
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 100; exec "$@"', "bash", COMMAND, "backup", file],
        capture_output=True, encoding="utf-8", env=os.environ | {"KAM_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 1
    assert "space" in said(done)
    assert file.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["home", "kam.zip"]


def test_a_reader_that_goes_away_is_no_error(home: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", '"$0" --help | true; echo "${PIPESTATUS[0]}"', COMMAND],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "1")


def test_an_interrupt_ends_with_130_and_a_word(home: Path, database: Path) -> None:
    with subprocess.Popen(
        [COMMAND, "chat", "--as", "li.na@example.com"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env=os.environ | {"KAM_EMBEDDINGS": "none"},
    ) as running:  # fmt: skip
        assert running.stdout is not None
        while line := running.stdout.readline():
            if "/help" in line:
                break  # the last line of the welcome: it waits for a question now
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert err.splitlines()[-1] == "kam: interrupted."
    assert "Traceback" not in err


def test_chinese_comes_out_whole_in_the_c_locale(
    kam_process: Kam, home: Path, database: Path
) -> None:
    done = kam_process("init", *ME, home=home, LC_ALL="C", LANG="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "李娜 <li.na@example.com>" in done.stdout


def test_starting_loads_nothing_heavy() -> None:
    heavy = ["alembic", "chromadb", "fastembed", "langchain", "langchain_core",
             "markitdown", "matplotlib", "numpy", "onnxruntime", "pandas", "psycopg",
             "slack_bolt"]  # fmt: skip
    program = (
        "import json, sys; from bot.cli.root import build; build(); print(json.dumps("
        "sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert set(json.loads(done.stdout)) & set(heavy) == set()
