"""One normal form for both scripts: fold, accents, offsets."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_knowledge.language.normalise import fold, fold_with_offsets, has_han, strip_accents

TRADITIONAL = st.text(
    alphabet="華遠重工集團計畫瞭解回覆覆蓋乾隆鍾書錢於項鍊沈沒里裡裏后後 ACMEé\u0301ﬁẞＡ１",
    max_size=30,
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), TRADITIONAL))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "simplified"),
    [
        ("華遠重工集團", "华远重工集团"),
        ("ＡＣＭＥ　Corp", "acme corp"),
        ("計畫與回覆", "计划与回复"),
        ("瞭解", "了解"),
        ("双重覆盖", "双重覆盖"),
        ("說明覆蓋率", "说明覆盖率"),
        ("錢鍾書", "钱钟书"),
        ("Straße ﬁnal", "strasse final"),
        ("沈沒來", "沈没来"),
    ],
)
def test_spellings_of_one_word_fold_together(written: str, simplified: str) -> None:
    assert fold(written) == simplified
    assert fold(simplified) == simplified


def test_words_that_are_kept_in_traditional_text_meet_their_simplified_form() -> None:
    assert fold("乾隆") == fold("干隆")
    assert fold("項鍊") == fold("项链")


@settings(deadline=None)
@given(st.one_of(st.text(max_size=40), TRADITIONAL))
def test_offsets_lead_back_to_what_was_written(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert len(offsets) == len(folded) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    assert all(0 <= place <= len(text) for place in offsets)


def test_offsets_count_characters_that_fold_to_two() -> None:
    folded, offsets = fold_with_offsets("ﬁrm 吳總")
    start = folded.index("吴")
    assert "ﬁrm 吳總"[offsets[start] : offsets[start + 2]] == "吳總"


def test_accents_fall_but_kana_and_hangul_keep_their_marks() -> None:
    assert strip_accents("café Müller Łódź") == "cafe Muller Lodz"
    assert strip_accents("が 한국") == "が 한국"


def test_only_chinese_characters_count_as_han() -> None:
    assert has_han("met 吴总")
    assert has_han("二〇二六")
    assert not has_han("バラク Dana 한국")
