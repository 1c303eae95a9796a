"""Judging a reply: every way in which it can be wrong is told in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.assistant.figures import figures
from bot.assistant.reply import Citation, Outcome, Reply
from bot.evaluation.dates import any_form
from bot.evaluation.judging import judge, plain, says
from bot.evaluation.questions import Expectation, Question
from kam_knowledge.queries.sources import MethodSource, NoteSource, RecordSource

TODAY = date(2026, 11, 21)
NOTE = NoteSource("notes/acme/2026-11-09-call-dana-wu.md", "Call", date(2026, 11, 9), "no numbers")
ROW = RecordSource("actions", "ACME Corp / TCO / ours", (("due", "2026-11-13"),), TODAY, "TCO")
METHOD = MethodSource("methodology:en/s1-fit-test#4", "HubSpot", "A 3-week cycle")

ANSWER = "**Dana Wu** is neutral [1]\n- We owe: TCO, due 2026-11-13 [2]"
REPLY = Reply(
    ANSWER,
    "en",
    Outcome.ANSWERED,
    (Citation(1, NOTE), Citation(2, ROW)),
    accounts=("ACME Corp",),
    people=("Dana Wu",),
)


def reasons(reply: Reply = REPLY, language: str = "en", **expected: Any) -> tuple[str, ...]:
    expect = Expectation(**{"outcomes": ("answered",), **expected})
    asked = Question("q", "Status", language, "?", "a@example.com", expect, "f:1")  # type: ignore[arg-type]
    return judge(asked, reply, TODAY)


def test_a_reply_that_is_all_that_was_expected_is_right() -> None:
    assert (
        reasons(
            must=(("Dana Wu",), ("TCO", "cost model"), ("{workday -6}",)),
            must_not=("Kovac", "{day 6}"),
            kinds=(("note",), ("record", "computed")),
            sources=(("acme/@workday-12@-call-dana-wu.md",),),
            accounts=(("ACME Corp",),),
            people=(("Dana Wu", "吴丹娜"),),
        )
        == ()
    )


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        ({"outcomes": ("unknown", "denied")}, "outcome answered, expected unknown or denied"),
        ({"must": (("He Jing",),)}, "does not say 'He Jing'"),
        ({"must": (("He Jing", "何静"),)}, "does not say 'He Jing' or '何静'"),
        ({"must": (("due {day 4}",),)}, "does not say 'due 2026-11-25'"),
        ({"must_not": ("neutral",)}, "says 'neutral', which must not be there"),
        ({"must_not": ("{workday -6}",)}, "says '2026-11-13', which must not be there"),
        ({"must_not": ("re:dana\\s+w",)}, "says 're:dana\\s+w', which must not be there"),
        ({"kinds": (("methodology",),)}, "no citation of kind methodology"),
        ({"kinds": (("computed", "document"),)}, "no citation of kind computed or document"),
        ({"sources": (("globex/{day 0}.md",),)}, "no citation of globex/2026-11-21.md"),
        ({"accounts": (("Globex",),)}, "Globex is not named as an account"),
        ({"people": (("He Jing", "何静"),)}, "He Jing or 何静 is not named as a person"),
    ],
)
def test_what_is_missing_or_too_much_is_told(expected: dict[str, Any], reason: str) -> None:
    assert reasons(**expected) == (reason,)


@pytest.mark.parametrize(
    ("reply", "language", "reason"),
    [
        (REPLY, "zh", "answered in en, asked in zh"),
        (replace(REPLY, language="zh"), "zh", "answered without a word of Chinese"),
        (
            replace(REPLY, markdown="**吴丹娜**：中立 [1][2]"),
            "en",
            "answered without a word of English",
        ),
    ],
)
def test_the_language_is_the_questions(reply: Reply, language: str, reason: str) -> None:
    assert reasons(reply, language) == (reason,)


def test_a_marker_needs_its_citation_and_a_citation_its_marker() -> None:
    crossed = replace(REPLY, markdown="Dana Wu is neutral [1][3]")
    assert reasons(crossed) == ("[3] has no citation", "citation 2 is not used")


def test_an_answer_needs_a_citation_unless_the_line_says_otherwise() -> None:
    bare = Reply("Good morning.", "en", Outcome.ANSWERED)
    assert reasons(bare) == ("answered without a citation",)
    assert reasons(bare, kinds=()) == ()
    unknown = replace(bare, outcome=Outcome.UNKNOWN)
    assert reasons(unknown, outcomes=("unknown",)) == ()


def test_every_reason_is_told_at_once() -> None:
    wrong = replace(REPLY, outcome=Outcome.UNKNOWN)
    assert len(reasons(wrong, must=(("x1",), ("x2",)), must_not=("TCO",))) == 4


def test_a_passage_of_the_method_is_named_by_its_page() -> None:
    method = Reply("It depends [1]", "en", Outcome.ANSWERED, (Citation(1, METHOD),))
    assert reasons(method, sources=(("en/s1-fit-test",),)) == ()
    assert reasons(method, sources=(("s1-fit-test#4",),)) == ()
    assert reasons(method, sources=(("fit",),)) == ("no citation of fit",)


def test_marks_and_markers_are_no_part_of_the_text() -> None:
    assert plain("# Head\n- **Dana  Wu** [1][12].\n> `x`") == "Head\nDana Wu.\nx"
    assert plain("2 * 3 and -4 [1]") == "2 3 and -4"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("ACME Corp", "acme corp"),
        ("ＡＣＭＥ（CTO）", "ACME(cto)"),
        ("吳丹娜", "吴丹娜"),
        ("96,500 USD", "96,500"),
        ("Firmware 4.2.1.", "4.2.1"),
        ("59.0 % of revenue", "59.0"),
        ("约 59%。", "re:59\\s?%"),
        ("（续约）", "re:（续约）"),
        ("to 2026-10: 2,400,000", "{month -1}"),
        ("2026-Q4", "{quarter 0}"),
        ("on 9 November", "on {day -12 long en}"),
        ("due 13 November, late", "re:due {workday -6}"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(text: str, phrase: str) -> None:
    assert says(text, phrase, TODAY)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("196,500 USD", "96,500"),
        ("96,500 USD", "500"),
        ("96,500,000", "96,500"),
        ("Firmware 4.2.1", "4.2"),
        ("59.03 %", "59"),
        ("the 12 November", "2 November"),
        ("12月3日", "2月3日"),
    ],
)
def test_a_number_is_found_as_a_whole_only(text: str, phrase: str) -> None:
    assert not says(text, phrase, TODAY)


DAY = date(2026, 3, 5)
WRITTEN = [
    "2026-03-05", "2026/3/5", "5 March 2026", "5 Mar 2026", "5 March", "5th of March",
    "05.03.2026", "March 5", "March 5, 2026", "Mar 5th 2026",
    "3月5日", "2026年3月5日", "2026 年 3 月 5 日", "3月5号",
]  # fmt: skip


@pytest.mark.parametrize("form", WRITTEN)
def test_a_day_is_found_in_every_form_that_grounding_reads_as_that_day(form: str) -> None:
    phrase = f"{{day {(DAY - TODAY).days}}}"
    assert says(f"due {form}, late", phrase, TODAY)
    assert says(f"应于 {form} 完成", phrase, TODAY)
    read = {day for days in figures(form).dates for day in days}
    assert read & {(2026, 3, 5), (None, 3, 5)}, "the product itself must read it so"


@pytest.mark.parametrize(
    "form",
    ["2025-03-05", "5 March 2025", "March 5, 2027", "2025年3月5日", "15 March", "3月15日",
     "13月5日", "2026-03-06", "March 2026", "5 May"],
)  # fmt: skip
def test_another_day_is_not_taken_for_it(form: str) -> None:
    assert not says(f"due {form}.", f"{{day {(DAY - TODAY).days}}}", TODAY)


def test_every_day_of_a_year_is_found_as_the_product_writes_it() -> None:
    for number in range(365):
        day = TODAY + timedelta(days=number)
        for form in (day.isoformat(), f"{day.month}月{day.day}日", f"{day:%d %B %Y}".lower()):
            assert re.fullmatch(any_form(day), form), form


def test_a_workday_is_the_friday_before_a_weekend() -> None:
    assert says("on 2026-11-20", "{workday 0}", TODAY)
    assert says("on 2026-11-21", "{day 0}", TODAY)
    assert not says("on 2026-11-20", "{day}", TODAY)


def test_a_wide_comma_lists_numbers_and_a_narrow_one_groups_their_digits() -> None:
    assert says("逾期 1，200 张", "200", TODAY)
    assert says("应于2026-11-09，12 天", "12 天", TODAY)
    assert says("应于2026-11-09，12 天", "2026-11-09，12 天", TODAY)
    assert not says("1,200 USD", "200", TODAY)
