"""Files of questions: what a line becomes, and what is said of one that is wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.questions import read_questions
from kam_knowledge.errors import UsageError

LINE: dict[str, Any] = {
    "id": "status-en-01",
    "group": "Status",
    "language": "en",
    "question": "What's our status with ACME's CTO?",
    "as": "li.na@example.com",
    "expect": {"outcome": "answered"},
}


def written(folder: Path, *lines: dict[str, Any] | str, name: str = "a.jsonl") -> Path:
    path = folder / name
    texts = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in lines)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def test_a_line_becomes_a_question(tmp_path: Path) -> None:
    line = LINE | {
        "channel": "C1",
        "members": ["a@example.com"],
        "thread": "t",
        "today": "2026-10-01",
        "note": "why it is asked",
        "expect": {
            "outcome": ["answered", "unknown"],
            "must": ["Dana Wu", ["4.2.1", "firmware"], "{day -12}", "re:a{2}"],
            "must_not": ["Kovac"],
            "kinds": ["note", ["record", "computed"]],
            "sources": ["x.md"],
            "accounts": ["ACME Corp"],
            "people": ["Dana Wu"],
        },
    }
    path = written(tmp_path, "", line)
    (asked,) = read_questions([path])
    assert (asked.id, asked.group, asked.language) == ("status-en-01", "Status", "en")
    assert asked.where == f"{path}:2"
    assert (asked.channel, asked.members) == ("C1", ("a@example.com",))
    assert (asked.thread, asked.today) == ("t", date(2026, 10, 1))
    assert asked.expect.outcomes == ("answered", "unknown")
    assert asked.expect.must == (("Dana Wu",), ("4.2.1", "firmware"), ("{day -12}",), ("re:a{2}",))
    assert asked.expect.kinds == (("note",), ("record", "computed"))


def test_no_kinds_and_none_at_all_are_two_things(tmp_path: Path) -> None:
    free = LINE | {"id": "b", "expect": {"outcome": "answered", "kinds": []}}
    first, second = read_questions([written(tmp_path, LINE, free)])
    assert first.expect.kinds is None
    assert second.expect.kinds == ()


def expecting(**expect: Any) -> dict[str, Any]:
    return LINE | {"expect": {"outcome": "answered"} | expect}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"id": ', "not JSON"),
        ("[1]", "not a JSON object"),
        ({key: value for key, value in LINE.items() if key != "as"}, "as is missing"),
        (LINE | {"question": " "}, "question is missing"),
        (LINE | {"language": "de"}, "'de', not en or zh"),
        (LINE | {"expected": {}}, "expected is unknown"),
        (LINE | {"expect": []}, "expect is missing, or not an object"),
        (LINE | {"expect": {}}, "expect.outcome is missing"),
        (LINE | {"members": ["a@example.com"]}, "members without a channel"),
        (LINE | {"channel": "C", "members": "a@example.com"}, "members is not a list"),
        (LINE | {"today": "soon"}, "'soon', not a day"),
        (LINE | {"question": "what was on {day x}?"}, "no style 'x'"),
        (expecting(must=["{dya -2}"]), "'{dya -2}' is not a placeholder"),
        (expecting(must=["re:{day -2 loud}"]), "no style 'loud'"),
        (expecting(outcome="good"), "'good' is no outcome"),
        (expecting(kinds=["email"]), "'email' is no kind of citation"),
        (expecting(mustnt=["x"]), "expect.mustnt is unknown"),
        (expecting(must="Dana"), "must is not a list"),
        (expecting(must=[1]), "must is not a list of texts"),
        (expecting(must=[[]]), "neither a text nor a list"),
        (expecting(must=["re:("]), "not a regular expression"),
        (expecting(must_not=["{workday -2 loud}"]), "no style 'loud'"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_what_is_wrong(
    tmp_path: Path, line: dict[str, Any] | str, wrong: str
) -> None:
    path = written(tmp_path, LINE | {"id": "first"}, line)
    with pytest.raises(UsageError) as raised:
        read_questions([path])
    assert f"{path}:2: " in str(raised.value)
    assert wrong in str(raised.value)


def test_an_id_may_be_given_once_in_all_the_files(tmp_path: Path) -> None:
    first, second = written(tmp_path, LINE), written(tmp_path, LINE, name="b.jsonl")
    with pytest.raises(UsageError, match=r"b\.jsonl:1: .*'status-en-01' is taken by .*a\.jsonl:1"):
        read_questions([first, second])


def test_a_file_that_cannot_be_read_or_holds_nothing_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_questions([tmp_path / "absent.jsonl"])
    (tmp_path / "gb.jsonl").write_bytes("问题".encode("gb18030"))
    with pytest.raises(UsageError, match="not UTF-8"):
        read_questions([tmp_path / "gb.jsonl"])
    with pytest.raises(UsageError, match="no question"):
        read_questions([written(tmp_path, "", "")])
