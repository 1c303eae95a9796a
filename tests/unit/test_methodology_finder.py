"""Which topic of the method is asked about, what of it answers, and whether it is asked at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kam_knowledge.methodology.catalogue import LANGUAGES, topics, without_sources
from kam_knowledge.methodology.excerpt import parts
from kam_knowledge.methodology.finder import finder, questions
from prompts import load

EVALUATION = Path(__file__).resolve().parents[1] / "evaluation" / "questions"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_says_how_people_ask_for_it(language: str) -> None:
    asked = {topic for topic, _ in questions(language)}
    assert asked == {topic.id for topic in topics(language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_was_taken_from_the_questions_it_is_measured_with(language: str) -> None:
    file = EVALUATION / "methodology.jsonl"
    measured = {
        json.loads(line)["question"].strip("?？ ").casefold()
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert {line.strip("?？ ").casefold() for _, line in questions(language)} & measured == set()


@pytest.mark.parametrize(
    ("language", "question", "topic"),
    [
        ("en", "may one say to a client that its status was lowered", "s1-conservative-selection"),
        ("en", "is it allowed to phone a buyer during a bid", "p-tender"),
        ("en", "how are acounts scored", "s1-scoring-matrix"),
        ("zh", "高管赞助人该负责哪些事", "s2-role-executive-sponsor"),
        ("zh", "涨价之前要准备什么", "p-price-increase"),
        ("zh", "铁三角都是谁", "s3-iron-triangle"),
    ],
)
def test_a_question_in_other_words_finds_its_topic(
    language: str, question: str, topic: str
) -> None:
    assert finder(language).find(question)[0].topic == topic


def test_who_said_it_names_a_source_and_nothing_of_the_subject() -> None:
    assert without_sources("what does Gartner's page say of waste") == (
        frozenset({"S0"}),
        "what does   page say of waste",
    )
    assert without_sources("纷享说的四个障碍")[0] == frozenset({"S3"})
    assert without_sources("how do I score accounts")[0] == frozenset()


@pytest.mark.parametrize(
    ("language", "question", "said"),
    [
        ("en", "what lacks from vendor to partner, which evidence", "Vendor to preferred supplier"),
        ("zh", "从卖主升到伙伴还差什么、要什么证据", "卖主升到优先供应商"),
    ],
)
def test_a_list_is_shown_with_the_line_that_opens_it(
    language: str, question: str, said: str
) -> None:
    topic = next(one for one in topics(language) if one.id == "s2-relationship-levels")
    shown = "\n".join(piece for part in parts(question, topic, {}) for piece in part.pieces)
    assert said in shown


def test_words_that_the_method_does_not_know_are_like_nothing() -> None:
    assert finder("en").find("zebra xylophone") == []
    assert finder("zh").find("") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_taken_from_a_section_stands_in_it_word_for_word(language: str) -> None:
    for topic in topics(language):
        for part in parts(topic.title, topic, {}):
            flat = " ".join(part.section.text.split())
            assert part.pieces
            for piece in part.pieces:
                assert piece == "…" or " ".join(piece.split()) in flat, (topic.id, piece)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sum_of_a_topic_is_always_there_and_whole(language: str) -> None:
    for topic in topics(language):
        lead = topic.sections[0]
        shown = [part for part in parts(topic.title, topic, {}) if part.section is lead]
        assert shown
        assert "".join("".join(shown[0].pieces).split()) == "".join(lead.text.split())


@pytest.mark.parametrize("cue", ["by_the_method", "in_general", "of_the_book", "ourselves"])
def test_the_cues_that_tell_the_method_from_the_book_are_there_in_both_languages(cue: str) -> None:
    wordings = load("understanding/cues.yaml")[cue]
    assert wordings["en"]
    assert wordings["zh"]
