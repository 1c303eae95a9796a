"""Two names of one company or person, and two names that only look alike."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_knowledge.language.name_pairs import SAME
from kam_knowledge.language.names import pair_score

PAIRS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "names" / "pairs.csv"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME Corp", "ACME Corporation"),
        ("The Harbor Group, Inc.", "Harbor Group"),
        ("GTXPro", "GTX Pro"),
        ("Good Will Company", "Goodwill Co."),
        ("1st Harbor Bank", "First Harbor Bank"),
        ("Brigade Forty-Four", "Brigade 44"),
        ("华远重工集团有限公司", "华远重工"),
        ("華遠", "华远"),
        ("吴丹娜", "Wu Danna"),
        ("Wu, Dana", "Dana Wu"),
        ("D. Wu", "Dana Wu"),
        ("Bob Smith", "Robert Smith"),
        ("Dr. Robert Smith", "Robert J. Smith"),
        ("Robert Smyth", "Robert Smith"),
    ],
)
def test_two_ways_to_write_one_name_score_as_the_same(one: str, other: str) -> None:
    assert pair_score(one, other) >= SAME
    assert pair_score(other, one) >= SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dana Wu", "Dana Smith"),
        ("李伟", "李薇"),
        ("Wang Ming", "Wang Ling"),
        ("Siemens Energy", "Siemens Healthineers"),
        ("Harbor of Boston, Inc.", "Harbor of Atlanta, Inc."),
        ("ACME", "ACME China Ltd"),
        ("Harbor Trust 1", "Harbor Trust 2"),
        ("华远重工", "华源重工"),
        ("", "ACME"),
    ],
)
def test_two_names_that_look_alike_do_not(one: str, other: str) -> None:
    assert pair_score(one, other) < SAME


@settings(deadline=None)
@given(st.text(max_size=25), st.text(max_size=25))
def test_a_score_lies_between_none_and_one_and_does_not_depend_on_the_order(
    one: str, other: str
) -> None:
    assert 0 <= pair_score(one, other) <= 1
    assert pair_score(one, other) == pair_score(other, one)


def test_labelled_pairs_are_told_apart_better_than_by_a_ratio_of_characters() -> None:
    if not PAIRS.exists():
        pytest.skip(f"no {PAIRS}")
    hits = wrong = missed = 0
    with PAIRS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            same = pair_score(row["name1"], row["name2"]) >= SAME
            labelled = row["is_match"] == "true"
            hits += same and labelled
            wrong += same and not labelled
            missed += labelled and not same
    # rapidfuzz's WRatio at its best cut has 0.76.
    assert 2 * hits / (2 * hits + wrong + missed) > 0.85
