"""What people ask all day, over the sample book: at least 95 % right, group by group.

The questions stand in tests/evaluation/questions; docs/evaluation.md describes their format.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Kam

FILES = sorted((Path(__file__).resolve().parents[1] / "evaluation" / "questions").glob("*.jsonl"))
BAR = 0.95
HELD = (
    "Status",
    "Last contact",
    "Commitments",
    "Who knows whom",
    "Competitors",
    "Renewal",
    "Whitespace",
    "Methodology",
    "Permissions",
    "Export",
)

# The book is loaded and every question asked before the first test.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def report(kam: Kam, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All the questions asked as people would, with every default of the product."""
    home = tmp_path_factory.mktemp("questions") / "home"
    done = kam("eval", *FILES, "--sample", "--json", home=home)
    assert done.returncode in (0, 3), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("group", HELD)
def test_a_group_of_questions_is_answered_right(
    report: dict[str, Any], group: str, language: str
) -> None:
    asked = [q for q in report["questions"] if (q["group"], q["language"]) == (group, language)]
    wrong = [
        f"{q['id']}  {q['question']}: {'; '.join(q['reasons'])}" for q in asked if q["reasons"]
    ]
    assert asked, "no question of this group"
    assert 1 - len(wrong) / len(asked) >= BAR, "\n".join([f"{len(wrong)} of {len(asked)}:", *wrong])


def test_nothing_broke_whatever_was_asked(report: dict[str, Any]) -> None:
    assert [q["id"] for q in report["questions"] if q["reply"] is None] == []


def test_what_it_cannot_do_yet_it_says(report: dict[str, Any]) -> None:
    later = [q for q in report["questions"] if q["group"] not in HELD]
    assert later
    assert {q["id"]: q["reasons"] for q in later if q["reasons"]} == {}
