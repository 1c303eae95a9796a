"""Tokens for full text: the same for both databases, and safe in both query languages."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_knowledge.language.normalise import HAN, fold
from kam_knowledge.language.tokens import (
    LONGEST_TOKEN,
    TOKENISER_VERSION,
    content_words,
    is_common,
    query_tokens,
    stem,
    tokens,
)

TEXT = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="GTX-900v2.1,/@'’&_ 吴总华遠12月日年\"*():^", max_size=60),
)


@settings(deadline=None)
@given(TEXT)
def test_tokens_hold_letters_and_digits_only(text: str) -> None:
    for token in tokens(text):
        assert re.fullmatch(rf"(?:[^\W_]|[{HAN}])+", token)
        assert 0 < len(token) <= LONGEST_TOKEN


@settings(deadline=None)
@given(TEXT)
def test_tokens_do_not_depend_on_the_way_of_writing(text: str) -> None:
    assert tokens(fold(text)) == tokens(text)


@settings(deadline=None)
@given(TEXT)
def test_a_query_looks_only_for_what_is_indexed(text: str) -> None:
    assert set(query_tokens(text)) <= set(tokens(text))
    assert bool(query_tokens(text)) == bool(tokens(text))


def test_the_version_changes_when_the_tokens_do() -> None:
    sample = (
        "The renewals of GTX-900 v2.1: 1,200 units at 1.50 by 2026-11-12, ACME's AT&T O'Brien. "
        "華遠重工集團的吳總擔心迁移成本,2026年11月12日前回覆。"
    )
    assert TOKENISER_VERSION == "1"
    expected = (
        "the renew of gtx900 gtx 900 v2dot1 2dot1 1200 unit at 1dot5 by 20261112 202611 "
        "2026 11 12 acm att at obrien brien "
        "华远 重工 集团 的 吴 总 担心 迁移 成本 华远 远重 重工 工集 集团 团的 的吴 吴总 总担 担心 "
        "心迁 迁移 移成 成本 20261112 202611 2026 11 12 前 回复 前回 回复"
    )
    assert " ".join(tokens(sample)) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200", ["1200"]),
        ("1200.00", ["1200"]),
        ("v2.1", ["v2dot1", "2dot1"]),
        ("12.11.2026", ["20261112", "202611", "2026", "11", "12"]),
        ("2026/99/12", ["2026", "99", "12"]),
        ("U.S.", ["us"]),
        ("tcp/ip", ["tcp", "ip"]),
        ("café", ["cafe"]),
        ("单", ["单"]),
        ("12-14", ["12", "14"]),
    ],
)
def test_numbers_codes_and_dates_stay_whole(text: str, found: list[str]) -> None:
    assert [token for token in tokens(text) if token in found] == found


def test_traditional_and_simplified_text_have_the_same_tokens() -> None:
    assert tokens("華遠的計畫") == tokens("华远的计划")


def test_inflections_share_a_token() -> None:
    assert stem("renewals") == stem("renewal") == stem("renewing") == stem("renewed")


def test_words_of_every_text_are_left_out_of_queries_only() -> None:
    assert query_tokens("What is our status with ACME?") == ["status", "acm"]
    assert "what" in tokens("What is our status with ACME?")
    assert "怎么样" not in query_tokens("ACME 的 CTO 现在怎么样?")
    assert is_common("的")
    assert not is_common("续约")


def test_a_query_of_such_words_alone_keeps_them() -> None:
    assert query_tokens("who is it") == ["who", "is", "it"]
    assert query_tokens("我们的") != []


def test_a_single_verb_is_found_in_a_chinese_question() -> None:
    assert "赢" in query_tokens("上次怎么赢的?")


def test_threads_stem_alike() -> None:
    words = [f"{word}ing" for word in ("renew", "escalat", "negotiat", "clos") * 200]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(stem.__wrapped__, words))
    assert found == [stem(word) for word in words]


def test_no_token_carries_an_operator_of_a_query_language() -> None:
    hostile = 'NEAR(acme, 5) AND "globex" OR * - ^ : & | ! <-> \'x\' {y} 吴总"*'
    assert all(re.fullmatch(r"[^\W_]+", token) for token in tokens(hostile))


def test_content_words_are_whole_words_without_those_that_every_text_holds() -> None:
    assert content_words("The gateways were dropped") == ["gateway", "drop"]
    assert content_words("验收单缺少公章") == ["验收单", "缺少", "公章"]
