"""Job titles and departments of both languages as one set of codes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_knowledge.language.titles import find_titles, title_key


@pytest.mark.parametrize(
    ("code", "titles"),
    [
        ("cto", ["CTO", "cto", "Chief Technology Officer", "首席技术官", "技术总监", "首席技術官"]),
        ("cfo", ["CFO", "Chief Financial Officer", "财务总监", "Finance Director", "财务部负责人"]),
        ("ceo", ["CEO", "chief executive", "首席执行官"]),
        ("cio", ["CIO", "Head of IT", "信息总监", "信息中心主任"]),
        ("cpo", ["CPO", "Head of Procurement", "采购总监", "Director, Global Procurement"]),
        ("clo", ["General Counsel", "法务总监", "Head of Legal", "Legal Director"]),
        ("vp_engineering", ["VP Engineering", "VP of Engineering", "研发副总裁", "R&D Director"]),
        ("ciso", ["CISO", "首席信息安全官", "Chief Information Security Officer"]),
        ("gm", ["General Manager", "总经理", "GM"]),
        ("dgm", ["副总经理", "Deputy General Manager"]),
        ("csco", ["Senior Vice President, Supply Chain", "供应链总监"]),
        ("head_production", ["Production Director", "生产总监", "生产部部长"]),
        ("procurement_manager", ["Senior Procurement Manager", "采购部经理", "采购经理"]),
        ("buyer", ["Buyer", "采购专员"]),
    ],
)
def test_one_office_has_one_code_in_both_languages(code: str, titles: list[str]) -> None:
    for title in titles:
        assert code in title_key(title), title


@pytest.mark.parametrize(
    ("department", "words"),
    [
        (
            "procurement",
            ["procurement", "Purchasing", "采购", "采购部", "Procurement Manager", "CPO"],
        ),
        ("legal", ["legal", "法务", "法务部", "General Counsel"]),
        ("finance", ["finance", "财务部", "CFO"]),
        ("it", ["IT", "信息部", "IT manager"]),
        ("production", ["production", "生产部", "厂长"]),
    ],
)
def test_a_department_is_found_by_itself_and_in_its_titles(
    department: str, words: list[str]
) -> None:
    for word in words:
        assert department in title_key(word), word


def test_the_span_covers_the_whole_title() -> None:
    text = "Who is the head of procurement at ACME, and 采购部经理是谁?"
    found = [text[slice(*match.span)] for match in find_titles(text)]
    assert found == ["head of procurement", "采购部经理"]


def test_a_deputy_is_somebody_else_with_the_office_among_the_codes() -> None:
    match = find_titles("the Deputy CTO")[0]
    assert match.code == "deputy_cto"
    assert "cto" in match.codes


def test_words_that_are_abbreviations_too_count_in_capitals() -> None:
    assert [m.code for m in find_titles("does it work for IT?")] == ["it"]


def test_a_rank_and_a_department_of_two_sentences_stay_apart() -> None:
    assert [m.kind for m in find_titles("We met a director. Finance was absent.")] == [
        "level",
        "department",
    ]
    assert [m.code for m in find_titles("the director asked finance")] == ["director", "finance"]


def test_departments_and_offices_are_told_apart() -> None:
    assert [m.kind for m in find_titles("CFO, 法务, manager")] == ["role", "department", "level"]


@pytest.mark.parametrize("text", ["", "Dana Wu", "吴丹娜", "the weather", "cto2"])
def test_what_is_no_title_has_no_code(text: str) -> None:
    assert title_key(text) == frozenset()


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), st.sampled_from(["VP of ", "采购部", "head, of IT"])))
def test_titles_stand_in_the_text_in_order(text: str) -> None:
    spans = [match.span for match in find_titles(text)]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
