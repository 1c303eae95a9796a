"""`kam eval QUESTIONS.jsonl`: people measure the assistant on questions of their own."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.integration.conftest import Kam

Said = Callable[[CompletedProcess[str]], str]

LI, GRACE = "li.na@example.com", "grace.lin@example.com"


def asked(
    question: str, *, id: str, language: str = "en", group: str = "Commitments", **more: Any
) -> dict[str, Any]:
    expect = more.pop("expect", {"outcome": "unknown"})
    line = {"id": id, "group": group, "language": language, "question": question, "as": LI}
    return line | more | {"expect": expect}


OWES_EN = asked("What does ACME owe us?", id="owes-en")
OWES_ZH = asked("ACME 还欠我们什么？", id="owes-zh", language="zh")
WRONG = asked(
    "What does Globex owe us?",
    id="wrong-en",
    expect={"outcome": "answered", "must": ["a cake"], "must_not": ["Globex"], "kinds": ["note"]},
)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes lines into a file of questions."""

    def write(*lines: dict[str, Any], name: str = "mine.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))
        return path

    return write


def rows(text: str) -> set[tuple[str, ...]]:
    """The cells of the table's rows."""
    lines = [line for line in text.splitlines() if "│" in line]
    return {tuple(cell.strip() for cell in line.strip("│").split("│")) for line in lines}


def test_right_answers_are_counted_by_group_and_language(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    done = kam("eval", file(OWES_EN, OWES_ZH), home=seeded)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 right" in done.stdout
    assert {
        ("Commitments", "en", "1", "1", "100%"),
        ("Commitments", "zh", "1", "1", "100%"),
        ("all", "en", "1", "1", "100.0%"),
        ("all", "zh", "1", "1", "100.0%"),
    } <= rows(done.stdout)


def test_a_wrong_answer_is_told_with_every_reason(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    done = kam("eval", file(OWES_EN, WRONG), home=seeded)
    assert done.returncode == 3
    assert ("Commitments", "en", "2", "1", "50%") in rows(done.stdout)
    told = done.stdout.partition("\nwrong-en  ")[2].splitlines()
    assert told == [
        "What does Globex owe us?",
        "  - outcome unknown, expected answered",
        "  - does not say 'a cake'",
        "  - says 'Globex', which must not be there",
        "  - no citation of kind note",
    ]
    assert "owes-en" not in done.stdout


def test_the_wrong_answer_itself_is_shown_on_request(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    done = kam("eval", file(OWES_EN, WRONG), "--show", home=seeded)
    shown = [line for line in done.stdout.splitlines() if line.startswith("  | ")]
    assert shown
    assert "Globex" in shown[0]


def test_programs_get_json_with_the_replies(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    path = file(OWES_ZH, WRONG)
    done = kam("eval", path, "--json", home=seeded)
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert (report["asked"], report["right"]) == (2, 1)
    assert report["groups"] == [
        {"group": "Commitments", "language": "en", "asked": 1, "right": 0, "share": 0.0},
        {"group": "Commitments", "language": "zh", "asked": 1, "right": 1, "share": 1.0},
    ]
    right, wrong = report["questions"]
    assert (right["id"], right["right"], right["reasons"]) == ("owes-zh", True, [])
    assert wrong["where"] == f"{path}:2"
    assert wrong["reply"]["outcome"] == "unknown"


@pytest.mark.parametrize(("bar", "code"), [("0.5", 3), ("0.51", 1), ("1", 1)])
def test_a_group_under_the_bar_is_a_failure(
    kam: Kam, seeded: Path, file: Callable[..., Path], bar: str, code: int
) -> None:
    done = kam("eval", file(OWES_EN, WRONG), "--bar", bar, home=seeded)
    assert done.returncode == code
    assert ("50% <" in done.stdout) == (code == 1)


def test_one_group_may_be_asked_alone(
    kam: Kam, said: Said, seeded: Path, file: Callable[..., Path]
) -> None:
    path = file(OWES_EN, WRONG | {"group": "Cakes"})
    assert kam("eval", path, "--group", "Commitments", home=seeded).returncode == 0
    assert kam("eval", path, "--group", "Cakes", home=seeded).returncode == 3
    done = kam("eval", path, "--group", "Pies", home=seeded)
    assert done.returncode == 2
    assert "Commitments, Cakes" in said(done)


def test_a_malformed_line_is_named_before_anything_is_asked(
    kam: Kam, said: Said, home: Path, file: Callable[..., Path]
) -> None:
    good = file(OWES_EN)
    bad = file(OWES_ZH, asked("?", id="x", expect={"outcome": "perfect"}), name="bad.jsonl")
    done = kam("eval", good, bad, home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{bad}:2: 'perfect' is no outcome" in said(done)
    assert not home.exists()


def test_files_and_a_folder_are_two_measurements(
    kam: Kam, said: Said, home: Path, file: Callable[..., Path]
) -> None:
    done = kam("eval", file(OWES_EN), "--retrieval", "x", home=home)
    assert done.returncode == 2
    assert "two measurements" in said(done)


def test_an_asker_nobody_knows_is_a_wrong_answer_and_the_rest_goes_on(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    stranger = OWES_EN | {"id": "stranger", "as": "nobody@example.com"}
    done = kam("eval", file(stranger, OWES_EN), home=seeded)
    assert done.returncode == 3
    assert "1 of 2 right" in done.stdout
    assert "could not be asked: nobody of ours has the email 'nobody@example.com'" in done.stdout


def test_a_channel_is_who_reads_along_and_is_not_recorded(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    margin = {"question": "What is ACME's margin?", "group": "Permissions"}
    expected = {"outcome": "denied"}
    alone = asked(**margin, id="alone")
    public = asked(**margin, id="public", channel="C1", expect=expected)
    outside = asked(
        **margin, id="outside", channel="C1", members=[LI, "guest@else.org"], expect=expected
    )
    ours = asked(**margin, id="ours", channel="C1", members=[LI])
    done = kam("eval", file(alone, public, outside, ours), "--show", home=seeded)
    assert done.returncode == 0, done.stdout
    with closing(sqlite3.connect(seeded / "kam.sqlite3")) as book:
        assert book.execute("SELECT count(*) FROM channels").fetchone() == (0,)


def test_a_thread_is_one_conversation_of_one_run(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    names = {"outcome": "unknown", "must": ["Globex"], "must_not": ["ACME"]}
    first = asked("What does Globex owe us?", id="first", thread="t", expect=names)
    second = asked("And what did we promise them?", id="second", thread="t", expect=names)
    assert kam("eval", file(first, second), "--show", home=seeded).returncode == 0
    alone = kam("eval", file(second), "--show", home=seeded)
    assert alone.returncode == 3, "the earlier run's conversation is over"


def test_days_are_counted_from_the_day_it_is_asked_on(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    expect = {"outcome": "unknown", "must": ["{day 0}"]}
    line = asked("What does ACME owe us?", id="then", today="2026-10-01", expect=expect)
    done = kam("eval", file(line), "--json", home=seeded)
    assert done.returncode == 0, done.stdout
    assert "2026-10-01" in json.loads(done.stdout)["questions"][0]["reply"]["answer"]
    today = {key: value for key, value in line.items() if key != "today"}
    done = kam("eval", file(today), "--json", home=seeded)
    assert "2026-11-21" in json.loads(done.stdout)["questions"][0]["reply"]["answer"]


def test_an_answer_that_breaks_is_wrong_and_its_traceback_is_in_the_log(
    kam: Kam, seeded: Path, file: Callable[..., Path]
) -> None:
    with closing(sqlite3.connect(seeded / "kam.sqlite3")) as book, book:
        book.execute("UPDATE accounts SET renewal_date = 'soon' WHERE name = 'ACME Corp'")
    done = kam("eval", file(OWES_EN), home=seeded)
    assert done.returncode == 3
    found = re.search(r"broke \(ValueError\): .*(error-\w+)", done.stdout)
    assert found, done.stdout
    assert found[1] in (seeded / "logs" / "kam.log").read_text()


def test_an_empty_book_is_no_wrong_answer(
    kam: Kam, said: Said, home: Path, file: Callable[..., Path]
) -> None:
    done = kam("eval", file(OWES_EN), home=home)
    assert done.returncode == 1
    assert "the book is empty" in said(done)
