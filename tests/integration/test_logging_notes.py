"""`kam log` and "Log: …": proposed, saved once, found, undone, refused, asked about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Kam

NOTE = "Log: met Dana (ACME CTO) today; worried about migration cost; I'll send the TCO by Thu."
LI_NA, ZHOU, JONAS = "li.na@example.com", "zhou.qiang@example.com", "jonas.weber@example.com"


@pytest.fixture
def logs(kam: Kam, sample_home: Path, tmp_path: Path) -> Any:
    """Logs a note in a home of its own, over the sample book; gives (exit code, JSON)."""
    import shutil

    home = tmp_path / "logging"
    shutil.copytree(sample_home, home)

    def run(text: str, *options: str, who: str = LI_NA, stdin: str = "") -> tuple[int, Any]:
        given = [text] if text else []
        ran = kam("log", *given, "--as", who, "--json", *options, home=home, stdin=stdin)
        return ran.returncode, json.loads(ran.stdout) if ran.stdout.strip() else ran.stderr

    run.home = home  # type: ignore[attr-defined]
    return run


def _search(kam: Kam, home: Path, query: str, who: str = LI_NA) -> list[str]:
    found = kam("search", query, "--as", who, "--json", "--kind", "note", home=home)
    return [hit["where"] for hit in json.loads(found.stdout)]


def test_a_saved_note_has_the_contracts_shape_and_is_found_at_once(kam: Kam, logs: Any) -> None:
    code, note = logs(NOTE, "--yes")
    assert code == 0
    expected = {
        "account": "ACME Corp",
        "date": "2026-11-21",
        "date_assumed": False,
        "kind": "meeting",
        "attendees": ["Dana Wu"],
        "actions": [
            {
                "action": "Send the TCO",
                "direction": "ours",
                "owner": LI_NA,
                "due": "2026-11-26",
            }
        ],
        "concerns": ["migration cost"],
        "sentiment": "negative",
        "questions": [],
        "more": [],
        "saved": True,
    }
    assert {key: note[key] for key in expected} == expected
    assert note["note"] in _search(kam, logs.home, "Dana worried about migration cost")
    asked = kam("ask", "What is open with ACME?", "--as", LI_NA, home=logs.home)
    assert "Send the TCO" in asked.stdout


def test_without_yes_nothing_is_saved_until_it_is_confirmed(kam: Kam, logs: Any) -> None:
    code, note = logs(NOTE)
    assert (code, note["saved"], note["note"]) == (0, False, None)
    assert not any(where.startswith("note-") for where in _search(kam, logs.home, "migration cost"))
    first = kam("confirm", note["proposal"], "--as", LI_NA, home=logs.home)
    second = kam("confirm", note["proposal"], "--as", LI_NA, home=logs.home)
    assert first.returncode == second.returncode == 0
    found = [w for w in _search(kam, logs.home, "migration cost") if w.startswith("note-")]
    assert len(set(found)) == 1


def test_undo_takes_the_note_and_its_actions_back(kam: Kam, logs: Any) -> None:
    _, note = logs(NOTE, "--yes")
    assert kam("undo", "--as", LI_NA, home=logs.home).returncode == 0
    assert note["note"] not in _search(kam, logs.home, "Dana worried about migration cost")
    asked = kam("ask", "What do we owe ACME?", "--as", LI_NA, home=logs.home)
    assert "Send the TCO (" not in asked.stdout
    code, again = logs(NOTE, "--yes")
    assert (code, again["saved"]) == (0, True)
    assert again["note"] != note["note"]


def test_the_same_note_twice_is_noticed_and_kept_once(logs: Any) -> None:
    _, first = logs(NOTE, "--yes")
    code, second = logs(NOTE.replace("Log: ", "log:  "), "--yes")
    assert (code, second["saved"], second["note"]) == (0, True, first["note"])


@pytest.mark.parametrize(
    ("text", "who", "code"),
    [
        ("Log: met Bill Tan at Initech today", ZHOU, 4),
        ("met Dana Wu at ACME today, all fine", JONAS, 4),
        ("   ", LI_NA, 2),
        ("Log:", LI_NA, 2),
        ("x" * 400_001, LI_NA, 2),
    ],
)
def test_what_may_not_or_cannot_be_logged_is_refused_and_nothing_is_stored(
    logs: Any, text: str, who: str, code: int
) -> None:
    got, answer = logs(text, "--yes", who=who)
    assert got == code
    assert answer["saved"] is False
    assert answer["proposal"] is None


def test_ten_megabytes_of_input_are_refused(logs: Any) -> None:
    code, answer = logs("", "--yes", stdin="met Dana Wu. " * 800_000)
    assert code == 2
    assert answer["saved"] is False


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("met Dana yesterday, all fine", "Dana Kovac"),
        ("met Kwame Mensah (new CISO at ACME) today", "Kwame Mensah"),
        ("met Dana Wu last week", "last week"),
        ("visited ACME next Tuesday and met Dana Wu", "next Tuesday"),
        ("great lunch with the customer today", "Which account"),
        ("今天见了吴总，聊得不错", "吴建平"),
        ("前几天拜访了华远重工的郑总", "前几天"),
        ("今天在澜石见了王总", "account"),
    ],
)
def test_what_is_open_is_asked_and_yes_saves_nothing(logs: Any, text: str, asked: str) -> None:
    code, note = logs(text, "--yes")
    if asked == "account":
        # 澜石 is not hers: the refusal comes before any question.
        assert code == 4
        return
    assert (code, note["saved"], note["note"]) == (3, False, None)
    assert any(asked in question for question in note["questions"])


def test_a_name_nobody_knows_may_be_kept_as_written(logs: Any) -> None:
    code, note = logs("met Kwame Mensah (new CISO at ACME) today", "--yes", "--keep-names")
    assert (code, note["saved"], note["attendees"]) == (0, True, ["Kwame Mensah"])


def test_a_message_about_two_accounts_is_two_notes_that_tell_nothing_of_each_other(
    kam: Kam, logs: Any
) -> None:
    text = (
        "Two calls today. ACME: Tang Rui ok with the firmware. "
        "Initech: Bill Tan wants the zebra report."
    )
    code, note = logs(text, "--yes")
    assert code == 0
    assert [note["account"], *(one["account"] for one in note["more"])] == ["ACME Corp", "Initech"]
    # Grace is of ACME's team and above; nobody outside Initech's team reads of its report.
    found = kam(
        "search", "zebra report", "--as", "priya.raman@example.com", "--json", home=logs.home
    )
    assert "zebra" not in found.stdout


def test_sensitive_words_are_pointed_out_before_saving(kam: Kam, logs: Any) -> None:
    code, note = logs("met Tang Rui today, his wife is in hospital; sent him a bottle of wine")
    assert code == 0
    assert {one["kind"] for one in note["sensitive"]} >= {"health", "family", "gifts"}
    shown = kam("log", "今天见了唐睿，他父亲住院了", "--as", LI_NA, home=logs.home).stdout
    assert "健康" in shown
    assert "家庭" in shown


def test_a_note_is_the_teams_unless_its_writer_says_otherwise(kam: Kam, logs: Any) -> None:
    def finds(query: str, who: str) -> bool:
        return any(w.startswith("note-") for w in _search(kam, logs.home, query, who=who))

    priya = "priya.raman@example.com"
    logs("met Dana Wu today, the giraffe project starts", "--yes")
    assert finds("giraffe project", priya)
    assert not finds("giraffe project", JONAS)
    logs("met Tang Rui today, the walrus plan starts", "--yes", "--visibility", "author")
    assert finds("walrus plan", LI_NA)
    found = kam("search", "walrus plan", "--as", priya, "--json", home=logs.home).stdout
    assert "walrus" not in found


def test_a_batch_prints_a_line_a_note_and_saves_none(kam: Kam, logs: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    rows = [
        {"id": "one", "text": NOTE, "as": LI_NA},
        {"id": "two", "text": "记录：昨天见了郑总，下周三前发方案", "as": LI_NA},
        {"id": "three", "text": "met Bill Tan today", "as": ZHOU},
        {"id": "four", "text": "", "as": LI_NA},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    ran = kam("log", "--batch", path, home=logs.home)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["id"] for one in found] == ["one", "two", "three", "four"]
    assert [one["saved"] for one in found] == [False] * 4
    assert found[1]["account"] == "华远重工"
    assert found[1]["date"] == "2026-11-20"
    assert found[2]["account"] is None
    assert ran.returncode == 3
    assert not any(w.startswith("note-") for w in _search(kam, logs.home, "migration cost"))


def test_a_message_in_a_conversation_goes_the_same_way(kam: Kam, logs: Any) -> None:
    def say(text: str) -> str:
        return kam("ask", text, "--as", LI_NA, "--thread", "t", home=logs.home).stdout

    assert "Dana Kovac" in say("Log: met Dana today; I'll send the TCO by Thu.")
    card = say("Dana Wu")
    assert "ACME Corp" in card
    assert "by 2026-11-26" in card
    receipt = say("yes")
    assert "Saved" in receipt
    assert "Open with ACME Corp" in receipt
    assert "note-" in receipt
    assert "Taken back" in say("undo")


def test_a_chinese_message_is_proposed_asked_for_its_day_and_saved(kam: Kam, logs: Any) -> None:
    def say(text: str) -> str:
        return kam("ask", text, "--as", LI_NA, "--thread", "z", home=logs.home).stdout

    assert "哪一天" in say("记录：前几天拜访了华远的郑总，他很满意")
    assert "2026-11-18" in say("11月18日")
    assert "已保存" in say("确认")
