"""`kam chat` and `kam demo`: a conversation on the terminal that nothing ends but its person."""

from __future__ import annotations

import codecs
import json
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from rich.cells import cell_len

from tests.integration.chat_api import calls, chat_api, hangs_after, says, told
from tests.integration.conftest import COMMAND, Kam

Said = Callable[[CompletedProcess[str]], str]

LI = ("--as", "li.na@example.com")
HENRIK = ("--as", "henrik.aalto@example.com")
QUIET = {"KAM_EMBEDDINGS": "none"}
DAY = {"KAM_TODAY": "2026-11-21"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, kam: Kam) -> Path:
    """A home in which the demo has run once, without a model."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = kam("demo", "--script", home=home, **QUIET)
    assert done.returncode == 0, done.stderr
    (home.parent / "transcript.txt").write_text(done.stdout, encoding="utf-8")
    assert "Loading the sample book as of 2026-11-21" in done.stderr
    return home


def test_a_piped_conversation_is_a_transcript_and_ends_with_its_input(
    kam: Kam, home: Path, seeded: Path
) -> None:
    done = kam("chat", *LI, home=home, stdin="How do I score an account?\n\n/help\n", **QUIET)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("You are Li Na.")
    asked = lines.index("› How do I score an account?")
    assert len([line for line in lines[asked + 1 :] if line.strip()]) > 3
    assert lines[-1] == "Bye."


def test_one_may_go_on_as_somebody_else_and_a_wrong_email_changes_nobody(
    kam: Kam, home: Path, seeded: Path
) -> None:
    lines = "/as\n/as nobody@example.com\n/as grace.lin@example.com\n/new\n/sing\n/quit\nnever\n"
    done = kam("chat", *LI, home=home, stdin=lines, **QUIET)
    assert done.returncode == 0
    assert "Write /as EMAIL." in done.stdout
    assert "You are Grace Lin now." in done.stdout
    assert "There is no /sing." in done.stdout
    assert "never" not in done.stdout
    (line,) = done.stderr.splitlines()
    assert "nobody@example.com" in line


def test_an_error_in_a_turn_is_said_and_the_next_turn_goes_on(
    kam: Kam, home: Path, seeded: Path
) -> None:
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database, database:
        database.execute("UPDATE accounts SET aliases = 'not JSON'")
    done = kam("chat", *LI, home=home, stdin="What is new at ACME?\n/help\n", **QUIET)
    assert done.returncode == 0
    assert "error-" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in (home / "logs" / "kam.log").read_text(encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "Bye."


def test_somebody_unknown_gets_no_conversation(
    kam: Kam, said: Said, home: Path, seeded: Path
) -> None:
    done = kam("chat", "--as", "nobody@example.com", home=home, stdin="hello\n", **QUIET)
    assert done.returncode == 2
    assert "nobody@example.com" in said(done)
    assert done.stdout == ""


def test_whoever_prefers_chinese_is_spoken_to_in_chinese(
    kam: Kam, home: Path, seeded: Path
) -> None:
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database, database:
        database.execute("UPDATE people SET language = 'zh' WHERE email = 'li.na@example.com'")
    done = kam("chat", *LI, home=home, stdin="/quit\n", **QUIET)
    assert done.stdout.splitlines()[0].startswith("你是 Li Na。")
    assert done.stdout.splitlines()[-1] == "再见。"


def test_on_a_terminal_ctrl_c_gives_a_line_up_and_ctrl_d_leaves(home: Path, seeded: Path) -> None:
    with Terminal("chat", *LI, **QUIET) as terminal:
        terminal.until("/help")
        terminal.until("› ")
        terminal.type("half a li")
        terminal.until("half a li")
        terminal.interrupt("› ")
        terminal.type("/as grace.lin@example.com\r")
        terminal.until("You are Grace Lin now.")
        terminal.until("› ")
        terminal.type("\x04")
        terminal.until("Bye.")
        assert terminal.process.wait(timeout=30) == 0
    assert "Traceback" not in terminal.shown
    assert "/as grace.lin@example.com" in (home / "chat_history").read_text()
    assert (home / "chat_history").stat().st_mode & 0o077 == 0


def test_a_suggestion_is_asked_by_its_number_and_any_other_number_is_told_to_be_none(
    kam: Kam, demo: Path
) -> None:
    asked = "Who are the stakeholders at Globex?\n1\n99\n0\n/new\n7\n/quit\n"
    done = kam("chat", *HENRIK, home=demo, stdin=asked, **QUIET)
    said = done.stdout.split("Ask next, by number:")
    first = re.search(r"^  1\. (.+)$", said[1], re.MULTILINE)
    assert first, done.stdout
    assert f"› 1\n› {first.group(1)}\n" in done.stdout
    assert re.search(
        r"› 99\nThere is no 99 to choose: write 1 to \d+, or a question\.", done.stdout
    )
    assert "› 0\nThere is no 0 to choose" in done.stdout
    assert "› 7\nThere is nothing to choose by number now." in done.stdout


def test_the_examples_of_the_welcome_are_numbered_where_they_stand(kam: Kam, demo: Path) -> None:
    done = kam("chat", *LI, home=demo, stdin="1\n/quit\n", **QUIET)
    first = re.search(r"^1\. (.+)$", done.stdout, re.MULTILINE)
    assert first, done.stdout
    assert f"› 1\n› {first.group(1)}\n" in done.stdout
    assert "接着问" not in done.stdout.partition("› 1")[0]


def test_sources_are_shown_in_full_on_demand(kam: Kam, demo: Path) -> None:
    lines = "/sources\nWhich invoices of ACME are overdue?\n/sources 1\n/sources 77\n/sources\n"
    done = kam("chat", *HENRIK, home=demo, stdin=lines, **QUIET)
    assert "The last answer has no sources." in done.stdout
    assert "The last answer has no source [77]." in done.stdout
    shown = done.stdout.partition("› /sources 1\n")[2]
    assert re.match(r"\[1\] .*INV-10432.*\n    .*invoice=INV-10432", shown)
    assert shown.count("[1] ") == 2


def test_what_was_proposed_is_cancelled_confirmed_and_taken_back_in_the_chat(
    kam: Kam, demo: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(demo, tmp_path / "copy"))
    done = kam(
        "chat", *HENRIK, home=home,
        stdin="/confirm\nThe pricing sheet went to Globex, mark it done\n/cancel\n"
        "The pricing sheet went to Globex, mark it done\n/confirm\n/undo\n/undo\n",
        **QUIET,
    )  # fmt: skip
    said = done.stdout.split("› ")
    by_command = [part.partition("\n") for part in said if part.startswith("/")]
    answers = [(command, text.strip()) for command, _, text in by_command]
    assert answers[0] == ("/confirm", "Nothing waits to be confirmed.")
    assert answers[1][0] == "/cancel"
    assert "Nothing was written" in answers[1][1]
    assert "Done:" in answers[2][1]
    assert "Taken back" in answers[3][1] or "undone" in answers[3][1].lower(), answers
    with closing(sqlite3.connect(home / "kam.sqlite3")) as database:
        rows = database.execute("SELECT status FROM actions WHERE action LIKE '%pricing%'")
        assert {status for (status,) in rows} == {"open"}


def test_a_terminal_shows_an_answer_with_its_sources_below_and_keeps_within_its_width(
    demo: Path,
) -> None:
    with Terminal("chat", *HENRIK, "--home", str(demo), columns=44, **QUIET, **DAY) as terminal:
        terminal.until("/help")
        terminal.until("› ")
        terminal.type("华远重工的关键联系人有哪些？\r")
        terminal.until("[1]")
        terminal.until("接着问")
        terminal.until("› ")
        terminal.type("/sources 1\r")
        terminal.until("name=")
        terminal.until("› ")
        terminal.type("\x04")
        terminal.until("Bye.")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.shown)
    answer = shown.partition("有哪些？")[2]
    for line in answer.replace("\r", "\n").splitlines():
        assert cell_len(line) <= 44, line


def test_what_was_typed_can_be_called_up_in_the_next_chat(home: Path, seeded: Path) -> None:
    for keys in ("/as grace.lin@example.com\r", "\x1b[A\r"):
        with Terminal("chat", *LI, **QUIET) as terminal:
            terminal.until("/help")
            terminal.until("› ")
            terminal.type(keys)
            terminal.until("You are Grace Lin now.")
            terminal.until("› ")
            terminal.type("\x04")
            terminal.until("Bye.")
            assert terminal.process.wait(timeout=30) == 0


def test_a_models_answer_is_shown_as_it_is_checked_and_ctrl_c_stops_it_and_not_the_chat(
    demo: Path,
) -> None:
    def unpaid(said: list[dict[str, Any]], rest: str) -> str:
        (number,) = re.findall(r"^\[(\d+)\] .*INV-10432", told(said), re.MULTILINE)[:1]
        return f"INV-10432 is unpaid [{number}]. Zyntex has paid [{number}]. {rest}"

    def slow(said: list[dict[str, Any]]) -> Any:
        return hangs_after(unpaid(said, "And"))(said)

    def whole(said: list[dict[str, Any]]) -> Any:
        return says(unpaid(said, "Nothing else is on record."))(said)

    with chat_api() as api:
        model = {"KAM_MODEL": "openai:test", "KAM_MODEL_URL": api.url, "OPENAI_API_KEY": "none"}
        arguments = ("chat", *HENRIK, "--home", str(demo))
        with Terminal(*arguments, **QUIET, **DAY, **model) as terminal:
            terminal.until("/help")
            terminal.until("› ")
            api.plays(calls("receivables", account="ACME"), slow)
            terminal.type("Which invoices of ACME are unpaid?\r")
            terminal.until("INV-10432 is unpaid")
            terminal.type("\x03")
            terminal.until("Stopped.", seconds=10)
            terminal.until("› ")
            api.plays(calls("receivables", account="ACME"), whole)
            terminal.type("Which invoices of ACME are unpaid?\r")
            terminal.until("Nothing else is on record.")
            terminal.until("› ")
            terminal.type("\x04")
            terminal.until("Bye.")
            assert terminal.process.wait(timeout=10) == 0
    assert "Zyntex" not in terminal.shown


def test_the_demo_answers_five_questions_in_two_languages(demo: Path) -> None:
    transcript = (demo.parent / "transcript.txt").read_text(encoding="utf-8")
    answers = re.split(r"^› ", transcript, flags=re.MULTILINE)[1:]
    assert len(answers) == 5
    assert sum(bool(re.search(r"^[^\n]*[一-鿿]", answer)) for answer in answers) >= 2
    for answer in answers:
        body = answer.partition("\n")[2]
        assert len(body.strip()) > 20
        assert re.search(r"^\[1\] ", body, re.MULTILINE), f"no source: {answer}"


def test_a_second_start_on_the_same_day_loads_nothing(kam: Kam, demo: Path) -> None:
    before = json.loads((demo / "demo.json").read_text())
    done = kam("demo", "--script", home=demo, **QUIET)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads((demo / "demo.json").read_text()) == before


def test_the_demo_never_loads_over_a_real_book(
    kam: Kam, said: Said, home: Path, seeded: Path
) -> None:
    before = (home / "kam.sqlite3").read_bytes()
    done = kam("demo", "--script", home=home, **QUIET)
    assert done.returncode == 2
    assert "not the demo's" in said(done)
    assert (home / "kam.sqlite3").read_bytes() == before


@pytest.mark.slow
def test_another_day_loads_the_book_anew_and_keeps_the_model(kam: Kam, demo: Path) -> None:
    (demo / "models").mkdir(exist_ok=True)
    (demo / "models" / "kept").touch()
    done = kam("demo", "--script", "--today", "2026-12-01", home=demo, **QUIET)
    assert done.returncode == 0, done.stderr
    assert "as of 2026-12-01" in done.stdout
    assert (demo / "models" / "kept").exists()
    with closing(sqlite3.connect(demo / "kam.sqlite3")) as database:
        (accounts,) = database.execute("SELECT count(*) FROM accounts").fetchone()
    assert accounts == 9


class Terminal:
    """`kam` on a terminal of its own, as a person sits before it."""

    def __init__(self, *arguments: str, columns: int = 100, **variables: str) -> None:
        self._ours, theirs = pty.openpty()
        self.shown = ""
        self._seen = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.process = subprocess.Popen(
            [COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs,
            start_new_session=True, preexec_fn=_take_terminal,
            env=os.environ | variables | {"TERM": "xterm", "COLUMNS": str(columns), "LINES": "40"},
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def interrupt(self, awaited: str) -> None:
        """Presses Ctrl-C, as often as it takes until that is shown.

        Python sees an interrupt only at the next key when it comes while readline still takes
        in the key before: rare for people, not for a test that types without a pause.
        """
        for _ in range(5):
            self.type("\x03")
            if self._comes(awaited, 10):
                return
        pytest.fail(f"Ctrl-C was not taken: {self.shown}")

    def until(self, awaited: str, seconds: float = 60) -> None:
        """Reads on until that is shown; what stands before it counts as seen."""
        if not self._comes(awaited, seconds):
            pytest.fail(f"{awaited!r} did not come: {self.shown}")

    def _comes(self, awaited: str, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while (at := self.shown.find(awaited, self._seen)) < 0:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._ours], [], [], left)[0]:
                return False
            try:
                self.shown += self._decoder.decode(os.read(self._ours, 4096))
            except OSError:
                pytest.fail(f"it ended before {awaited!r}: {self.shown}")
        self._seen = at + len(awaited)
        return True


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
