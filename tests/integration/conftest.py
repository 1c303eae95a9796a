"""The `kam` command as people and scripts run it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from typing import Protocol

import pytest

from bot.cli import main
from ingest.crm import import_path
from ingest.files import ingest_paths
from kam_knowledge.clock import clock
from kam_knowledge.sample_book import SampleBook, materialise
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade

COMMAND = Path(sys.executable).with_name("kam")


class Kam(Protocol):
    """Runs `kam` with nothing of the machine's settings."""

    def __call__(
        self,
        *arguments: str | Path,
        home: Path | None = None,
        stdin: str = "",
        **variables: str,
    ) -> CompletedProcess[str]: ...


def _environment(home: Path | None, variables: dict[str, str]) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KAM_")}
    if home is not None:
        clean["KAM_HOME"] = str(home)
    return clean | {"KAM_TODAY": "2026-11-21", "KAM_TIME_ZONE": "Asia/Shanghai"} | variables


@pytest.fixture(scope="session")
def kam_process() -> Kam:
    """The command in a process of its own: where start, end and what libraries say matter."""

    def run(
        *arguments: str | Path, home: Path | None = None, stdin: str = "", **variables: str
    ) -> CompletedProcess[str]:
        return subprocess.run(
            [str(COMMAND), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env=_environment(home, variables),
            timeout=120,
        )

    return run


@pytest.fixture(scope="session")
def kam() -> Kam:
    """The command in this process, from its first line to its exit code: ten times as fast."""

    def run(
        *arguments: str | Path, home: Path | None = None, stdin: str = "", **variables: str
    ) -> CompletedProcess[str]:
        given = [str(argument) for argument in arguments]
        out, err, level = StringIO(), StringIO(), logging.getLogger().level
        wanted = _environment(home, variables)
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            patch.setattr(sys, "stdin", StringIO(stdin))
            for name in set(os.environ) - set(wanted):
                patch.delenv(name)
            for name, value in wanted.items():
                patch.setenv(name, value)
            try:
                main(given)
            except SystemExit as leaving:
                code = leaving.code
            finally:
                logging.getLogger().setLevel(level)
        assert isinstance(code, int)
        return CompletedProcess(given, code, out.getvalue(), err.getvalue())

    return run


PEOPLE = "email,name,role\nli.na@example.com,Li Na,member\ngrace.lin@example.com,Grace Lin,admin\n"
ACCOUNTS = "name,owner,class\nACME Corp,li.na@example.com,key\nGlobex,li.na@example.com,ordinary\n"


def write_workbook(folder: Path) -> Path:
    """Two of ours and two accounts, as CSV files in that folder."""
    folder.mkdir(parents=True)
    (folder / "people.csv").write_text(PEOPLE)
    (folder / "accounts.csv").write_text(ACCOUNTS)
    return folder


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, kam: Kam) -> Path:
    """A home into which that workbook was imported; copy it, see `seeded`."""
    folder = tmp_path_factory.mktemp("imported")
    done = kam("import", write_workbook(folder / "workbook"), home=folder / "home")
    assert done.returncode == 0, done.stderr
    return folder / "home"


@pytest.fixture
def seeded(imported: Path, home: Path) -> Path:
    """The test's own home, with two of ours and two accounts in it."""
    shutil.copytree(imported, home)
    return home


@pytest.fixture(scope="session")
def said() -> Callable[[CompletedProcess[str]], str]:
    """The one line that a command said on standard error; fails where it is not one line."""

    def only_line(done: CompletedProcess[str]) -> str:
        lines = done.stderr.splitlines()
        assert len(lines) == 1, done.stderr
        assert lines[0].startswith("kam: ")
        return lines[0]

    return only_line


DAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def sample_book(tmp_path_factory: pytest.TempPathFactory) -> SampleBook:
    """The sample book as of 21 November 2026, as files."""
    return materialise(tmp_path_factory.mktemp("sample"), DAY)


@pytest.fixture(scope="session")
def sample_rows_file(sample_book: SampleBook) -> Path:
    """A SQLite file with the rows of the sample book and none of its notes, to copy from."""
    path = sample_book.folder / "rows.sqlite3"
    opened = Store.at(path)
    upgrade(opened)
    import_path(opened, sample_book.workbook, clock=clock(DAY.isoformat(), "Asia/Shanghai"))
    opened.close()
    return path


@pytest.fixture(scope="session")
def sample_rows(sample_rows_file: Path) -> Iterator[Store]:
    """A store with the rows of the sample book; to read from, it is everybody's."""
    opened = Store.at(sample_rows_file)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_store(sample_book: SampleBook, sample_rows_file: Path) -> Iterator[Store]:
    """A store with the whole sample book, notes too; to read from, it is everybody's."""
    path = Path(shutil.copy(sample_rows_file, sample_book.folder / "whole.sqlite3"))
    opened = Store.at(path)
    ingest_paths(opened, [sample_book.notes_folder], clock=clock(DAY.isoformat(), "Asia/Shanghai"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, kam: Kam) -> Path:
    """A home with the sample book of 2026-11-21, without vectors; copy it before writing to it."""
    home = tmp_path_factory.mktemp("sample") / "home"
    done = kam("demo", "--script", home=home, KAM_EMBEDDINGS="none")
    assert done.returncode == 0, done.stderr
    return home
