"""docs/method.md says where every row of the method lives."""

from __future__ import annotations

import re
from pathlib import Path

from kam_knowledge.methodology.catalogue import topics
from kam_knowledge.methodology.criteria import presets

TABLE = Path(__file__).parents[2] / "docs" / "method.md"


def test_every_row_of_the_method_is_told_once() -> None:
    told = re.findall(r"^\| ((?:S\d|P)-\d+) \|", TABLE.read_text(encoding="utf-8"), re.M)
    covered = {row for topic in topics("en") for row in topic.covers}
    assert sorted(told) == sorted(covered)


def test_the_passages_that_it_names_are_there() -> None:
    known = {topic.id for topic in topics("en")}
    rows = re.findall(r"^\| (?:S\d|P)-\d+ \| ([^|]*) \|", TABLE.read_text(encoding="utf-8"), re.M)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert named <= known


def test_a_ready_set_of_criteria_comes_from_a_row_of_the_method() -> None:
    assert presets().keys() <= {row for topic in topics("en") for row in topic.covers}
