"""One table of what people say for days in both languages, and the days they mean."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kam_knowledge.language.dates import find_dates
from kam_knowledge.language.normalise import has_han

TABLE = [
    tuple(line.split("\t"))
    for line in Path(__file__)
    .with_name("date_expressions.tsv")
    .read_text(encoding="utf-8")
    .splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("said_on", "words", "first", "last", "relation"), TABLE)
def test_words_said_on_a_day_mean_those_days(
    said_on: str, words: str, first: str, last: str, relation: str
) -> None:
    found = find_dates(words, date.fromisoformat(said_on))
    assert [(str(m.start), str(m.end), m.relation) for m in found] == [(first, last, relation)]


@pytest.mark.parametrize(("said_on", "words", "first", "last", "relation"), TABLE)
def test_they_mean_the_same_within_a_sentence(
    said_on: str, words: str, first: str, last: str, relation: str
) -> None:
    sentence = f"我们说好{words}，没问题。" if has_han(words) else f"They said {words}, fine."
    found = find_dates(sentence, date.fromisoformat(said_on))
    assert (first, last) in [(str(m.start), str(m.end)) for m in found]


def test_the_table_holds_both_languages() -> None:
    chinese = sum(has_han(words) for _, words, *_ in TABLE)
    assert chinese >= 75
    assert len(TABLE) - chinese >= 75
