"""What an answer says must stand in what it cites."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.assistant.figures import FiguresOnRecord, figures
from bot.assistant.grounding import Grounded, ground
from bot.assistant.reply import Citation, Outcome, Reply
from kam_knowledge.language.name_entries import NameEntry
from kam_knowledge.language.names import NameIndex
from kam_knowledge.queries.sources import MethodSource, NoteSource, RecordSource

DAY = date(2026, 11, 21)
NAMES = NameIndex(
    [
        NameEntry("account", 1, "Corwen Mills", ("科文纺织",)),
        NameEntry("account", 2, "Tarrant Foods"),
        NameEntry("contact", 1, "Mara Quist", ("奎斯特",), scope=1),
        NameEntry("contact", 2, "Owen Pryce", scope=1),
    ]
)
RENEWAL = RecordSource(
    "opportunities",
    "Corwen Mills / Loom renewal",
    (
        ("name", "Loom renewal"),
        ("amount", "1200000"),
        ("currency", "CNY"),
        ("close_date", "2027-01-15"),
        ("probability", "0.6"),
    ),
    DAY,
    "Corwen Mills / Loom renewal",
)
CALL = NoteSource(
    "notes/corwen/2026-11-12.md",
    "Call about the looms",
    date(2026, 11, 12),
    'Mara Quist said: "we start on 3 December\nwith 40 looms" and pointed to https://looms.example/plan',
)
OTHER = RecordSource("contracts", "Tarrant Foods / T-9", (("contract", "T-9"),), DAY, "T-9")
METHOD = MethodSource("methodology:en/x#1", "The method", "Count **four** seats: one a team.")


def _ground(markdown: str, *plain: str) -> Grounded:
    citations = tuple(Citation(n, one) for n, one in enumerate((RENEWAL, CALL, OTHER, METHOD), 1))
    reply = Reply(markdown, "en", Outcome.ANSWERED, citations, ("Corwen Mills",), ())
    return ground(reply, NAMES, plain=plain)


@pytest.mark.parametrize(
    "sentence",
    [
        "Loom renewal is worth 1,200,000 CNY [1].",
        "The renewal at Corwen Mills is worth 1.2 million [1].",
        "续约金额 120万 CNY，预计 2027年1月15日 [1]。",
        "续约金额一百二十万，概率 60% [1]。",
        "It closes on 15 January 2027 [1].",
        "It closes on January 15 and has a probability of 60 % [1].",
        "Mara Quist spoke of 40 looms [2].",
        "奎斯特说十二月开始，共四十台 [2]。",
        "She said “we start on 3 December with 40 looms” [2].",
        "She pointed to a plan: “pointed to https://looms.example/plan” [2].",
        "The call was on 2026-11-12 [2]; the deal closes 2027-01-15 [1].",
        "Two sources speak of it [1][2].",
        "Both say so [1, 2].",
        "They start in December [2].",
        "| Deal | Worth |\n|---|---|\n| Loom renewal | 1,200,000 [1] |",
        "Nothing is on record about that.",
        "没有相关记录。",
        "Count **four** seats: one a team.",
    ],
)
def test_a_sentence_that_its_sources_bear_out_stays_word_for_word(sentence: str) -> None:
    found = _ground(sentence)
    assert (found.reply.markdown, found.dropped) == (sentence, ())


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Loom renewal is worth 1,300,000 CNY [1].", "1300000"),
        ("续约金额 130万 [1]。", "1300000"),
        ("续约金额两百万 [1]。", "2000000"),
        ("It is worth two million [1].", "2000000"),
        ("It closes on 16 January 2027 [1].", "2027-1-16"),
        ("It closes on 2028-01-15 [1].", "2028-1-15"),
        ("The probability is 70 % [1].", "70%"),
        ("It is about EB-200 [1].", "eb-200"),
        ("Loom renewal is worth 1,200,000 CNY [9].", "[9]"),
        ("Loom renewal is worth 1,200,000 CNY [2].", "1200000"),
        ("Owen Pryce spoke of 40 looms [2].", "Owen Pryce"),
        ("Corwen Mills has the contract [3].", "Corwen Mills"),
        ("They also talk to Zyntex about it [2].", "Zyntex"),
        ("They also talk to DataForge [2].", "DataForge"),
        ("She said “we start on 4 December” [2].", "quotes"),
        ("She said “we start” and “we stop” [2].", "quotes"),
        ("她说「马上付款」[2]。", "quotes"),
        ("See https://looms.example/other [2].", "address"),
        ("See https://looms.example/plan [2].", "address"),
        ("See [the plan](https://evil.example/x) [2].", "address"),
        ("Write to boss@evil.example [2].", "address"),
        ("![x](//evil.example/p.png) [2]", "address"),
        ("Open evil.example/login first [2].", "address"),
        ("The deal is worth 1,200,000 CNY.", "figure"),
        ("Mara Quist is for us.", "Mara Quist"),
        ("Please start on 3 December [2].", "what to do"),
        ("IMPORTANT: send the looms on 3 December [2].", "what to do"),
        ("请在12月3日前开始 [2]。", "what to do"),
        ("They start in October [2].", "10"),
        ("王经理说同意 [2]。", "王经理"),
        ("万科集团也参与 [2]。", "万科集团"),
        ("It is on evil[.]example [2].", "address"),
        ("No reason not to pay the record fee.", "without a source"),
        ("Everything is fine.", "without a source"),
        ("Please forward the contract to the buyer.", "without a source"),
        ("她完全支持我们。", "without a source"),
    ],
)
def test_a_sentence_that_its_sources_do_not_bear_out_is_dropped(sentence: str, why: str) -> None:
    found = _ground(sentence)
    assert found.reply.markdown == ""
    assert not found.states_something
    assert why in found.dropped[0].why


def test_the_good_sentences_of_a_paragraph_stay_and_so_does_the_rest_of_a_list() -> None:
    found = _ground(
        "Mara Quist spoke of 40 looms [2]. Owen Pryce spoke of 50 [2]. It is for CNY [1].\n"
        "\n"
        "- worth 1,200,000 [1]\n"
        "- worth 7 [1]\n"
        "\n"
        "**Open:**\n"
        "- worth 8 [1]\n"
    )
    assert found.reply.markdown == (
        "Mara Quist spoke of 40 looms [2]. It is for CNY [1].\n\n- worth 1,200,000 [1]"
    )
    assert [one.n for one in found.reply.citations] == [1, 2]
    assert len(found.dropped) == 3


def test_our_own_plain_lines_stand_as_they_are() -> None:
    line = "I looked at 3 notes up to 2026-11-21; ask “what is open?”"
    assert _ground(line, line).dropped == ()
    assert _ground(line).reply.markdown == ""


@given(st.text(alphabet=st.sampled_from("a1 .[]()“”\"'12-年月万%http:/|*#\n。"), max_size=60))
def test_any_text_is_judged_and_grounding_twice_changes_nothing(text: str) -> None:
    once = _ground(text)
    assert ground(once.reply, NAMES).reply.markdown == once.reply.markdown


@given(st.integers(min_value=2, max_value=10**10))
def test_an_amount_is_the_same_amount_however_it_is_written(value: int) -> None:
    record = FiguresOnRecord(f"amount={value}")
    for said in (f"{value:,}", f"{value}", f"{value / 10**4:.4f}万", f"{value / 10**8:.8f}亿"):
        assert record.lacks(figures(said), 1) is None, said
    other = value + 5
    assume(other % 100)  # 62,595 may be told as 62,600
    assert record.lacks(figures(f"{other:,}"), 1) is not None


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_is_the_same_day_however_it_is_written(day: date) -> None:
    record = FiguresOnRecord(f"due={day.isoformat()}")
    month = f"{day:%B}"
    for said in (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day.month}月{day.day}日",
        f"{day:%b} {day.day}",
    ):
        assert figures(said).dates, said
        assert record.lacks(figures(said), 1) is None, said


@pytest.mark.parametrize(
    "sentence",
    [
        "Open Questions has the loom [1].",
        "Loom renewal is with Open Questions [1].",
        "重点客户负责续约 [1]。",
        "续约由赵一负责 [1]。",
    ],
)
def test_a_name_made_of_our_own_words_is_a_name_all_the_same(sentence: str) -> None:
    """The quick look takes our words for no names, unless the book has them in one."""
    entries = [
        NameEntry("account", 7, "Open Questions"),
        NameEntry("account", 8, "重点客户"),
        NameEntry("person", 9, "赵一"),
    ]
    reply = Reply(sentence, "en", Outcome.ANSWERED, (Citation(1, RENEWAL),))
    found = ground(reply, NameIndex(entries))
    assert found.reply.markdown == ""
    assert "names" in found.dropped[0].why


@pytest.mark.parametrize(
    "together",
    ["两种人都会挨批。本产品的补充：看几个季度。", "两种人都会挨批。 … 看几个季度。 [1]"],
)
def test_a_passage_of_the_method_may_be_shortened_and_run_together(together: str) -> None:
    method = MethodSource(
        "methodology:zh/x#1", "方法", "两种人都会挨批。\n\n本产品的补充：看几个季度。"
    )
    reply = Reply(together, "zh", Outcome.ANSWERED, (Citation(1, method),))
    assert ground(reply, NAMES).dropped == ()
    other = replace(reply, markdown=together.replace("挨批", "表扬"))
    assert ground(other, NAMES).reply.markdown != other.markdown


@pytest.mark.parametrize("text", ["3 may slip", "Of 12 may 5 be late", "They march 4 abreast"])
def test_a_verb_in_small_letters_is_no_month(text: str) -> None:
    assert figures(text).dates == ()


@pytest.mark.parametrize("text", ["3 May", "May 3", "3 may 2026", "may 3, 2026", "March 2026"])
def test_a_month_has_a_capital_or_a_year(text: str) -> None:
    assert len(figures(text).dates) == 1


def test_a_figure_shown_in_fewer_digits_is_the_one_on_record_and_no_other() -> None:
    record = FiguresOnRecord("= 6167339 CNY")
    assert record.lacks(figures("616.73万"), 1) is None
    assert record.lacks(figures("616.74万"), 1) is not None
    assert record.lacks(figures("620万"), 1) is not None
    assert FiguresOnRecord("= 123456789 CNY").lacks(figures("1.23亿"), 1) is None


def test_numbers_that_are_counted_in_chinese_are_numbers() -> None:
    assert FiguresOnRecord("只看了两个小时").lacks(figures("only two hours"), 1) is None
    assert FiguresOnRecord("一起看").lacks(figures("only two hours"), 1) is not None
    assert figures("lines three and four").values == {Decimal(3), Decimal(4)}
