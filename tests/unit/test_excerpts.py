"""Excerpts and mentions: what is quoted is verbatim, short, and about whom was asked."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kam_knowledge.queries.excerpts import LONGEST, excerpt, excerpts, sentences
from kam_knowledge.queries.mentions import mentions_of

_PIECES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "# Heading",
            "## 会议纪要",
            "- Dana asked for the TCO sheet.",
            "1. first point",
            "12) second",
            "> quoted line",
            "| a | b |",
            "```",
            "客户担心迁移成本。我们下周回复！",
            "Well. Then? Yes!",
            "Attendees:",
            "From: dana@example.com",
            "10:42",
            "Dana Wu  10:42",
            "Hi Dana,",
            "x" * 300,
            "漢" * 300,
            "",
            "  ",
        ]
    ),
)
_TEXTS = st.lists(_PIECES, max_size=12).flatmap(
    lambda parts: st.sampled_from(["\n", "\n\n", " "]).map(lambda joint: joint.join(parts))
)


@given(text=_TEXTS, words=st.lists(st.text(max_size=6), max_size=3), longest=st.integers(1, 300))
@example(text="- ", words=[], longest=240)
@example(text="# Only a heading", words=["heading"], longest=5)
@settings(max_examples=300, deadline=None)
def test_an_excerpt_is_verbatim_and_never_longer_than_asked(
    text: str, words: list[str], longest: int
) -> None:
    found = excerpt(text, words, longest=longest)
    assert found in text
    assert len(found) <= longest
    assert found == found.strip()
    assert bool(found) == bool(list(sentences(text)))


@given(text=_TEXTS)
@settings(max_examples=200, deadline=None)
def test_sentences_are_in_order_apart_and_without_white_space_around(text: str) -> None:
    end = 0
    for start, stop in sentences(text):
        assert end <= start < stop <= len(text)
        assert text[start:stop] == text[start:stop].strip()
        end = stop


def test_an_excerpt_is_a_glance_by_default() -> None:
    assert len(excerpt("All of it is a single sentence " * 30)) <= LONGEST


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["Dana Wu"], "Dana Wu fears the migration cost."),
        (["吴丹"], "吴丹担心迁移成本。"),
        (["吳丹"], "吴丹担心迁移成本。"),
    ],
)
def test_an_excerpt_begins_where_it_speaks_of_whom_was_asked(words: list[str], found: str) -> None:
    text = (
        "# Review with Dana Wu\n\nThe weather was fine and the coffee was good.\n\n"
        "Dana Wu fears the migration cost.\n\n吴丹担心迁移成本。\n"
    )
    assert excerpt(text, words, longest=60) == found


def test_a_heading_is_quoted_only_where_there_is_nothing_else() -> None:
    assert (
        excerpt("# ACME\n\n| a | b |\n\nThey signed the contract.") == "They signed the contract."
    )
    assert excerpt("# ACME review") == "ACME review"


def test_an_empty_text_has_no_excerpt() -> None:
    assert excerpt("") == excerpt(" \n\t ") == ""


@pytest.mark.parametrize(
    ("name", "text", "stands"),
    [
        ("Dana Wu", "Met DANA WU today", True),
        ("Dana Wu", "Met Dana and Mr Wu", False),
        ("Li", "The client replied", False),
        ("Li", "Ms. Li's reply", True),
        ("Li", "与Li开会", True),
        ("Ann", "planning", False),
        ("李娜", "与李娜开会", True),
        ("華遠", "华远科技的订单", True),
        ("Müller", "Frau MÜLLER sagte ab", True),
        ("3M", "13M of revenue", False),
        ("3M", "a visit at 3M.", True),
        ("C++", "They write C++, mostly", True),
        ("X", "X was there", False),
        ("", "anything", False),
    ],
)
def test_a_name_stands_in_a_text_as_a_word_in_any_case_or_script(
    name: str, text: str, stands: bool
) -> None:
    assert mentions_of([name])(text) is stands
    assert mentions_of(["Nobody Else", name])(text) is stands


def test_no_name_stands_in_no_text() -> None:
    assert mentions_of([])("anything") is False


CHAT = """吴丹娜 2026-11-17 08:51
陈工,4.2.1 什么时候能上三号四号线?

陈波 2026-11-17 08:55
今晚 22 点停机窗口

吴丹娜 2026-11-17 08:56
好。根因报告呢

吴丹娜 2026-11-17 09:03
嗯

吴丹娜 2026-11-17 09:04
TCO 我还没收到。没有数字就别开会了
"""


def test_of_a_chat_several_messages_of_the_one_asked_about_are_quoted_in_order() -> None:
    assert excerpts(CHAT, ["吴丹娜"], most=3) == [
        "陈工,4.2.1 什么时候能上三号四号线?",
        "好。根因报告呢",
        "TCO 我还没收到。没有数字就别开会了",
    ]
    assert len(excerpts(CHAT, ["吴丹娜"], most=2)) == 2


@given(st.text(max_size=300), st.lists(st.text(max_size=6), max_size=3))
def test_what_is_quoted_of_a_chat_is_verbatim(text: str, words: list[str]) -> None:
    for quote in excerpts(text, words, most=3):
        assert quote.rstrip("…").strip() in text
