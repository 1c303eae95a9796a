"""`kam whitespace`, `kam health`, `kam handover`: what they print, for whom, with which code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Kam

LI_NA, TOM, JONAS = "li.na@example.com", "tom.becker@example.com", "jonas.weber@example.com"
SHAPE = {
    "id", "answer", "language", "outcome", "accounts", "people", "citations", "proposal",
    "looked_at", "suggestions", "brain", "elapsed_ms",
}  # fmt: skip


@pytest.mark.parametrize(
    ("command", "said"),
    [("whitespace", "Rotterdam plant"), ("health", "黄灯"), ("handover", "ACME")],
)
def test_a_command_on_an_account_prints_the_shape_of_an_answer(
    kam: Kam, sample_home: Path, command: str, said: str
) -> None:
    asked = (command, "ACME", "--as", LI_NA, "--language", "zh", "--json")
    done = kam(*asked, home=sample_home)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told.keys() >= SHAPE
    assert told["outcome"] == "answered"
    assert told["language"] == "zh"
    assert said in told["answer"]
    marked = {one["n"] for one in told["citations"]}
    assert marked, "every claim has its source"
    assert all(f"[{n}]" in told["answer"] for n in marked)


@pytest.mark.parametrize("command", ["whitespace", "health", "handover"])
def test_without_an_account_it_is_about_ones_own_book(
    kam: Kam, sample_home: Path, command: str
) -> None:
    done = kam(command, "--as", TOM, "--json", home=sample_home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "Globex" in told["answer"]
    assert "华远重工" not in told["answer"], "that is Li Na's"


def test_the_language_is_the_persons_own_unless_another_is_asked_for(
    kam: Kam, sample_home: Path
) -> None:
    usual = json.loads(kam("health", "--as", LI_NA, "--json", home=sample_home).stdout)
    asked = ("health", "--as", LI_NA, "--language", "en", "--json")
    other = json.loads(kam(*asked, home=sample_home).stdout)
    assert (usual["language"], other["language"]) == ("zh", "en")


@pytest.mark.parametrize("command", ["whitespace", "health", "handover", "score"])
def test_outside_an_accounts_team_a_command_is_denied(
    kam: Kam, sample_home: Path, command: str
) -> None:
    done = kam(command, "Initech", "--as", JONAS, "--language", "en", home=sample_home)
    assert done.returncode == 4
    assert "not on the team of Initech" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("health", "Nobody Ltd"), "Nobody Ltd"),
        (("health", "ACME", "--language", "de"), "de"),
        (("whitespace", "ACME", "--out", "grid.docx"), "grid.docx"),
        (("handover", "ACME", "--person", TOM), "not both"),
        (("handover", "--person", "nobody@example.com"), "nobody@example.com"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_code_two(
    kam: Kam, sample_home: Path, arguments: tuple[str, ...], named: str
) -> None:
    done = kam(*arguments, "--as", LI_NA, home=sample_home)
    assert done.returncode == 2
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_the_grid_of_an_account_is_drawn_where_a_file_is_named(
    kam: Kam, sample_home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "grid.svg"
    asked = ("whitespace", "ACME", "--as", LI_NA, "--out", str(out), "--json")
    done = kam(*asked, home=sample_home)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pictures"][0]["saved"] == str(out)
    assert "<svg" in out.read_text(encoding="utf-8")


def test_a_handover_tells_what_hangs_on_a_colleague(kam: Kam, sample_home: Path) -> None:
    asked = ("handover", "--person", TOM, "--as", "henrik.aalto@example.com", "--json")
    told = json.loads(kam(*asked, home=sample_home).stdout)
    assert "Tom Becker" in told["answer"]
    assert {"Globex", "Quellbrunn Automation"} <= set(told["accounts"])
