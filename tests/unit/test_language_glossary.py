"""The glossary carries a question into the other language."""

from __future__ import annotations

from collections import Counter

import pytest

from kam_knowledge.language.glossary import Glossary, TermPair


def targets(text: str, glossary: Glossary | None = None) -> dict[str, tuple[str, ...]]:
    glossary = glossary or Glossary.load()
    return {t.source: t.targets for t in glossary.translate_terms(text)}


SMALL = Glossary(
    [
        TermPair(("key account", "major account"), ("大客户", "重点客户"), "account"),
        TermPair(("key account manager", "KAM"), ("大客户经理",), "roles"),
        TermPair(("account",), ("客户",), "account"),
        TermPair(("accountant",), ("会计",), "roles"),
        TermPair(("IT",), ("信息部",), "roles"),
        TermPair(("renewal",), ("续约",), "renewal"),
        TermPair(("weekly",), ("每周",), "time"),
        TermPair(("CRM", "CRM system"), ("CRM系统",), "technology"),
    ]
)


def test_the_glossary_has_six_hundred_pairs_without_blanks_or_repetition() -> None:
    pairs = Glossary.load().pairs
    assert len(pairs) >= 600
    assert [p for p in pairs if not p.en or not p.zh or not p.topic] == []
    repeated = Counter((p.en[0].casefold(), p.zh[0]) for p in pairs)
    assert [pair for pair, times in repeated.items() if times > 1] == []


def test_a_question_gets_its_terms_in_the_other_language() -> None:
    assert "续约" in targets("Renewals in 90 days, by risk.")["renewal"]
    assert "risk" in targets("90 天内到期合同按风险排序。")["风险"]


def test_the_longest_term_wins_in_both_languages() -> None:
    assert targets("our key account managers", SMALL) == {"key account manager": ("大客户经理",)}
    assert targets("大客户经理是谁", SMALL) == {"大客户经理": ("key account manager", "KAM")}


def test_traditional_text_finds_simplified_terms() -> None:
    assert targets("續約", SMALL) == {"续约": ("renewal",)}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("which accounts are red", ["account"]),
        ("ask the accountants", ["accountant"]),
        ("a week", []),
        ("the IT people", ["IT"]),
        ("renewed it", ["renewal"]),
    ],
)
def test_inflections_match_and_mere_relatives_do_not(text: str, terms: list[str]) -> None:
    found = [term for term in targets(text, SMALL) if term != "renewal" or "renew" in text]
    assert found == terms


def test_other_terms_for_the_same_come_with_it_and_not_the_term_itself() -> None:
    glossary = Glossary([TermPair(("loss", "lost deal"), ("丢单", "输单"), "sales")])
    (english,) = glossary.translate_terms("why the lost deal hurts")
    assert english.synonyms == ("loss",)
    (chinese,) = glossary.translate_terms("丢单的原因")
    assert chinese.synonyms == ("输单",)


def test_the_span_is_where_the_term_stands_as_written() -> None:
    text = "ＡＣＭＥ 的續約與 Key  Accounts"
    found = {text[slice(*t.span)] for t in SMALL.translate_terms(text)}
    assert found == {"續約", "Key  Accounts"}


def test_latin_terms_are_no_parts_of_words() -> None:
    assert targets("CRMs and xCRM系统", SMALL) == {"CRM": ("CRM系统",)}


def test_the_glossary_is_read_once() -> None:
    assert Glossary.load() is Glossary.load()


@pytest.mark.parametrize("text", ["铁三角是哪三个岗位", "合并", "我们的联系人", "请看合并"])
def test_a_term_at_the_very_end_of_a_text_is_found(text: str) -> None:
    found = Glossary.load().translate_terms(text)
    assert found
    assert all(text[slice(*one.span)] == one.source for one in found)
