"""The reply's language is that of the asker's own words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kam_knowledge.language.detect import reply_language, text_language

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.mark.parametrize(
    ("text", "names", "language"),
    [
        ("Who is 吴总?", [], "en"),
        ("ACME 的 CTO 现在怎么样", [], "zh"),
        ("华远 status", ["华远"], "en"),
        ("華遠 overview please", ["华远"], "en"),
        ("Please summarise 华远重工的采购流程", [], "en"),
        ("What did 李经理 say about 迁移成本?", [], "en"),
        ("met 吴总 today, 很担心", [], "en"),
        ("请把 quarterly business review 的 deck 发给 Dana", [], "zh"),
        ("ACME renewal 什么时候到期", [], "zh"),
        ("吳總最近怎麼樣", [], "zh"),
        ('吴总说 "we will not renew this year"', [], "zh"),
        ("Save: 「客户说不续约了」", [], "en"),
        ("<@U0123> 续约风险", [], "zh"),
        ("确认", [], "zh"),
        ("yes", [], "en"),
    ],
)
def test_names_and_quotes_do_not_set_the_language(
    text: str, names: list[str], language: str
) -> None:
    assert reply_language(text, names) == language


@pytest.mark.parametrize("name", ["吴丹娜", "华远", "Dana Wu"])
def test_a_lone_name_gets_the_default(name: str) -> None:
    assert reply_language(f"{name}?", [name], default="zh") == "zh"
    assert reply_language(f"{name}?", [name], default="en") == "en"


def test_names_are_cut_whole_and_not_inside_words() -> None:
    assert reply_language("customer 什么时候到期", ["Custom"]) == "zh"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We met Dana and agreed on the pricing of the renewal.", "en"),
        ("今天见了 ACME CTO 吴总,担心迁移成本,周四前发 TCO。", "zh"),
        ("Met 吴总 at ACME, he said the budget is gone for this year.", "en"),
        ("We agreed on the new pricing. 客户要求下周提供新的报价方案和迁移计划。", "mixed"),
        ("", "en"),
        ("12 / 2026", "en"),
    ],
)
def test_a_note_has_one_language_or_both(text: str, language: str) -> None:
    assert text_language(text) == language


def test_messages_as_people_send_them_are_answered_in_their_language() -> None:
    path = SHARED / "questions.jsonl"
    if not path.exists():
        pytest.skip(f"no {path}")
    questions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = [q["message"] for q in questions if reply_language(q["message"]) != q["language"]]
    assert wrong == []
