"""Numbers, cue words and periods in a message."""

from __future__ import annotations

from datetime import date

import pytest

from bot.assistant.understanding.periods import Period, period
from bot.assistant.understanding.slots import cue_slots, number_slots
from kam_knowledge.language.dates import find_dates

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Give me the account in five lines", {"lines": "5"}),
        ("a two-sentence summary", {"lines": "2"}),
        ("用三句话讲一下", {"lines": "3"}),
        ("if we lose our top two", {"n": "2"}),
        ("the three largest customers", {"n": "3"}),
        ("丢掉前两大客户", {"n": "2"}),
        ("最大的五个商机", {"n": "5"}),
        ("前十大客户", {"n": "10"}),
        ("complaints older than 7 days", {"days": "7"}),
        ("open for more than two weeks", {"days": "14"}),
        ("超过7天未关闭", {"days": "7"}),
        ("三个月内", {"days": "90"}),
        ("半年内到期", {"days": "182"}),
        ("两个半月", {"days": "75"}),
        ("60% of our time", {"percent": "60"}),
        ("百分之八十", {"percent": "80"}),
        ("tier 1 only", {"tier": "1"}),
        ("只看二级客户", {"tier": "2"}),
        ("deals over 100k", {"min_amount": "100000"}),
        ("超过100万的商机", {"min_amount": "1000000"}),
        ("more than 2.5m", {"min_amount": "2500000"}),
    ],
)
def test_numbers_are_told_apart_by_what_they_count(text: str, slots: dict[str, str]) -> None:
    assert number_slots(text) == slots


@pytest.mark.parametrize(
    "text", ["12月5日", "2026年", "二季度", "第二个", "上周一", "invoice 10432", "Q2", "一下"]
)
def test_a_number_in_a_date_or_a_name_counts_nothing(text: str) -> None:
    assert number_slots(text) == {}


@pytest.mark.parametrize("text", ["last two weeks", "前三天", "the next ten days"])
def test_a_length_of_time_is_no_number_of_things(text: str) -> None:
    assert "n" not in number_slots(text)


@pytest.mark.parametrize(
    ("intent", "masked", "slot", "value"),
    [
        ("commitments", "What does {account} owe us?", "direction", "theirs"),
        ("commitments", "What do we owe {account}?", "direction", "ours"),
        ("commitments", "{account} 还欠我们什么?", "direction", "theirs"),
        ("commitments", "我们答应 {account} 的还有哪些?", "direction", "ours"),
        ("commitments", "{contact}答应我们的事做了吗", "direction", "theirs"),
        ("commitments", "what is overdue?", "overdue", "yes"),
        ("commitments", "哪些承诺逾期了", "overdue", "yes"),
        ("last_contact", "How often have we seen them?", "measure", "count"),
        ("last_contact", "When did we last meet?", "measure", "when"),
        ("last_contact", "今年见过几次?", "measure", "count"),
        ("win_loss", "How did we beat them?", "outcome", "won"),
        ("win_loss", "Why did they beat us?", "outcome", "lost"),
        ("win_loss", "上次怎么赢的", "outcome", "won"),
        ("stakeholders", "who is against us at {account}", "stance", "against"),
        ("stakeholders", "{account}谁支持我们", "stance", "for"),
        ("stakeholders", "supporters and blockers at {account}", "stance", "for+against"),
        ("stakeholders", "{account}谁反对、谁支持", "stance", "against+for"),
        (
            "stakeholders",
            "who decides there and who holds the money",
            "role",
            "decision_maker+economic_buyer",
        ),
        ("whitespace", "which key accounts still have room", "class", "key"),
        ("margin", "哪些重点客户最赚钱", "order", "best"),
        ("stakeholders", "{account}谁拍板", "role", "decision_maker"),
        ("team_seats", "which accounts have no sponsor", "seat", "sponsor"),
        ("team_seats", "铁三角哪个岗位空缺", "seat", "triangle"),
        ("trends", "NPS over time", "metric", "satisfaction"),
    ],
)
def test_cue_words_fill_the_slots_of_an_intent(
    intent: str, masked: str, slot: str, value: str
) -> None:
    assert cue_slots(intent, masked)[slot] == value


def _period(text: str, window: str | None) -> Period:
    return period(text, find_dates(text, TODAY), TODAY, window)


@pytest.mark.parametrize(
    ("text", "window", "since", "until"),
    [
        ("renewals in 90 days", "ahead", date(2026, 11, 21), date(2027, 2, 19)),
        ("90 天内到期的合同", "ahead", date(2026, 11, 21), date(2027, 2, 19)),
        ("no contact in 30 days", "back", date(2026, 10, 22), date(2026, 11, 21)),
        ("30 天没有联系", "back", date(2026, 10, 22), date(2026, 11, 21)),
        ("changes since last Monday", "back", date(2026, 11, 9), date(2026, 11, 21)),
        ("自上周一以来有什么变化", "back", date(2026, 11, 9), date(2026, 11, 21)),
        ("how often this year", "back", date(2026, 1, 1), date(2026, 11, 21)),
        ("今年见过几次", "back", date(2026, 1, 1), date(2026, 11, 21)),
        ("the last two weeks", "back", date(2026, 11, 7), date(2026, 11, 21)),
        ("meetings in May", "back", date(2026, 5, 1), date(2026, 5, 31)),
        ("what closes in Q1", "ahead", date(2027, 1, 1), date(2027, 3, 31)),
        ("what is due by Friday", "ahead", date(2026, 11, 21), date(2026, 11, 27)),
        ("move it to Friday", None, date(2026, 11, 27), date(2026, 11, 27)),
        ("since May", None, date(2026, 5, 1), date(2026, 11, 21)),
        ("Q3", None, date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_the_same_words_look_ahead_or_back_by_what_is_asked(
    text: str, window: str | None, since: date, until: date
) -> None:
    found = _period(text, window)
    assert (found.since, found.until) == (since, until)


@pytest.mark.parametrize("text", ["older than 7 days", "超过7天", "最近一次联系", "lately"])
def test_a_limit_or_a_loose_word_is_no_period(text: str) -> None:
    assert _period(text, "back") == Period()
