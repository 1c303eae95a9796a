"""The method is complete, in both languages, in our own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kam_knowledge.methodology.catalogue import LANGUAGES, source_name, topics

ROWS = {
    "S0": 9,
    "S1": 20,
    "S2": 29,
    "S3": 10,
    "S4": 6,
    "P": 13,
}
ODD_WORDS = (
    "公民社会组织", "首席销售人员", "关键运动", "通过股票帐户", "印度国家银行", "织机",
    "行政支持者", "确定优势程序", "产品的安装基地", "华为营销部专用", "奇冠咨询", "raybet",
    "reybet", "雷竞技", "pamp", "ponentonly", "acplish", "$34 billion", "$34bn",
    "State Bank of India",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_inventory_is_covered(language: str) -> None:
    wanted = {f"{source}-{n}" for source, count in ROWS.items() for n in range(1, count + 1)}
    covered = {row for topic in topics(language) for row in topic.covers}
    assert wanted - covered == set()
    assert covered - wanted == set()


def test_the_inventory_has_no_row_that_this_test_does_not_know() -> None:
    inventory = Path(__file__).resolve().parents[2].parent / "shared" / "kam.md"
    if not inventory.exists():
        pytest.skip("the inventory ../shared/kam.md is not beside this clone")
    rows = set(re.findall(r"^\| \*?\*?((?:S[0-4]|P)-\d+)\b", inventory.read_text(), re.M))
    assert rows == {f"{s}-{n}" for s, count in ROWS.items() for n in range(1, count + 1)}


def test_both_languages_hold_the_same_topics_with_the_same_sources() -> None:
    english, chinese = (
        {t.id: (t.source, t.covers, len(t.sections)) for t in topics(language)}
        for language in LANGUAGES
    )
    assert english == chinese


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_covers_rows_of_its_own_source_only(language: str) -> None:
    for topic in topics(language):
        assert {row.partition("-")[0] for row in topic.covers} == {topic.source}, topic.id
        assert source_name(topic.source, language) in topic.cited_title


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_odd_word_of_the_sources_reaches_the_product(language: str) -> None:
    for topic in topics(language):
        body = " ".join(section.text for section in topic.sections).lower()
        assert [word for word in ODD_WORDS if word.lower() in body] == [], topic.id
        assert not re.search(r"\b(peration|complete pamp)\b", body), topic.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_is_a_passage_one_can_quote(language: str) -> None:
    keys = [section.key for topic in topics(language) for section in topic.sections]
    assert len(keys) == len(set(keys)) > 300
    for topic in topics(language):
        assert len(topic.sections) > 1
        assert all(section.text for section in topic.sections)
        assert all(section.heading for section in topic.sections[1:]), topic.id
