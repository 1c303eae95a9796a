"""Dates in both languages, as the days they mean. Saturday 21 November 2026 is today."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_knowledge.language.dates import DateMatch, Prefer, date_in_name, find_dates
from kam_knowledge.language.holidays import holiday

TODAY = date(2026, 11, 21)
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "dates"


def one(text: str, today: date = TODAY, prefer: Prefer = "none") -> DateMatch:
    matches = find_dates(text, today, prefer=prefer)
    assert len(matches) == 1, (text, matches)
    return matches[0]


def days(text: str, today: date = TODAY, prefer: Prefer = "none") -> tuple[str, str]:
    match = one(text, today, prefer)
    return str(match.start), str(match.end)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-12", "2026-11-12"),
        ("2026/11/12", "2026-11-12"),
        ("12.11.2026", "2026-11-12"),
        ("12 Nov 2026", "2026-11-12"),
        ("Nov 12th, 2025", "2025-11-12"),
        ("November 12", "2026-11-12"),
        ("the twelfth of November 2026", "2026-11-12"),
        ("12th of Nov", "2026-11-12"),
        ("on 30/11", "2026-11-30"),
        ("Tue 24 Nov", "2026-11-24"),
        ("Tuesday, November 24, 2026", "2026-11-24"),
        ("Monday the 23rd", "2026-11-23"),
        ("2026年11月12日", "2026-11-12"),
        ("二〇二六年十一月十二日", "2026-11-12"),
        ("26年11月12日", "2026-11-12"),
        ("11月12号", "2026-11-12"),
        ("十二月五号", "2026-12-05"),
        ("明年3月1日", "2027-03-01"),
        ("12月1日(周二)", "2026-12-01"),
    ],
)
def test_absolute_dates(text: str, day: str) -> None:
    assert days(text) == (day, day)
    assert one(text).grain == "day"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", "2026-11-21"),
        ("yesterday", "2026-11-20"),
        ("the day after tomorrow", "2026-11-23"),
        ("in 90 days", "2027-02-19"),
        ("two weeks ago", "2026-11-07"),
        ("3 days later", "2026-11-24"),
        ("a month from now", "2026-12-21"),
        ("in 2 business days", "2026-11-24"),
        ("a week from Monday", "2026-11-30"),
        ("2 weeks before Christmas", "2026-12-11"),
        ("EOD tomorrow", "2026-11-22"),
        ("the last Friday of November", "2026-11-27"),
        ("大后天", "2026-11-24"),
        ("前天", "2026-11-19"),
        ("三天前", "2026-11-18"),
        ("半个月后", "2026-12-06"),
        ("一个半月前", "2026-10-06"),
        ("两周后", "2026-12-05"),
        ("下月5号", "2026-12-05"),
        ("上月29日", "2026-10-29"),
        ("五月的第一个星期一", "2027-05-03"),
    ],
)
def test_days_told_from_today(text: str, day: str) -> None:
    assert days(text) == (day, day)


@pytest.mark.parametrize(
    ("text", "start", "end", "grain"),
    [
        ("this week", "2026-11-16", "2026-11-22", "week"),
        ("last month", "2026-10-01", "2026-10-31", "month"),
        ("next quarter", "2027-01-01", "2027-03-31", "quarter"),
        ("last quarter", "2026-07-01", "2026-09-30", "quarter"),
        ("the week after next", "2026-11-30", "2026-12-06", "week"),
        ("Q3", "2026-07-01", "2026-09-30", "quarter"),
        ("Q1 2027", "2027-01-01", "2027-03-31", "quarter"),
        ("1Q27", "2027-01-01", "2027-03-31", "quarter"),
        ("H1", "2026-01-01", "2026-06-30", "half"),
        ("first half of 2027", "2027-01-01", "2027-06-30", "half"),
        ("FY26", "2026-01-01", "2026-12-31", "fiscal"),
        ("Q3 FY27", "2027-07-01", "2027-09-30", "fiscal"),
        ("in 2027", "2027-01-01", "2027-12-31", "year"),
        ("December", "2026-12-01", "2026-12-31", "month"),
        ("2026-W47", "2026-11-16", "2026-11-22", "week"),
        ("the last 30 days", "2026-10-22", "2026-11-20", "day"),
        ("the next 2 weeks", "2026-11-22", "2026-12-05", "day"),
        ("上上周", "2026-11-02", "2026-11-08", "week"),
        ("本季度", "2026-10-01", "2026-12-31", "quarter"),
        ("三季度", "2026-07-01", "2026-09-30", "quarter"),
        ("今年Q3", "2026-07-01", "2026-09-30", "quarter"),
        ("2026年上半年", "2026-01-01", "2026-06-30", "half"),
        ("去年", "2025-01-01", "2025-12-31", "year"),
        ("26年11月", "2026-11-01", "2026-11-30", "month"),
        ("过去三个月", "2026-08-21", "2026-11-20", "day"),
        ("最近30天", "2026-10-22", "2026-11-20", "day"),
        ("周末", "2026-11-21", "2026-11-22", "day"),
        ("2026财年", "2026-01-01", "2026-12-31", "fiscal"),
    ],
)
def test_spans_of_time(text: str, start: str, end: str, grain: str) -> None:
    assert days(text) == (start, end)
    assert one(text).grain == grain


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("from 3 to 5 May", "2027-05-03", "2027-05-05"),
        ("3-5 May 2026", "2026-05-03", "2026-05-05"),
        ("May 3-5, 2026", "2026-05-03", "2026-05-05"),
        ("between 3 December and 5 January", "2026-12-03", "2027-01-05"),
        ("from Monday to Friday", "2026-11-23", "2026-11-27"),
        ("2023-2025", "2023-01-01", "2025-12-31"),
        ("Q1 to Q3 2026", "2026-01-01", "2026-09-30"),
        ("2026-11-12 - 2026-11-14", "2026-11-12", "2026-11-14"),
        ("5月3日到5日", "2027-05-03", "2027-05-05"),
        ("12月3-5日", "2026-12-03", "2026-12-05"),
        ("从11月30日到12月2日", "2026-11-30", "2026-12-02"),
        ("2026年8-10月", "2026-08-01", "2026-10-31"),
        ("3到5号", "2026-12-03", "2026-12-05"),
    ],
)
def test_ranges_hold_both_ends(text: str, start: str, end: str) -> None:
    assert days(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "relation", "start", "end"),
    [
        ("by Thu", "by", "2026-11-21", "2026-11-26"),
        ("周四前", "by", "2026-11-21", "2026-11-26"),
        ("before Friday", "before", "2026-11-21", "2026-11-26"),
        ("no later than 30 November", "by", "2026-11-21", "2026-11-30"),
        ("by the end of next week", "by", "2026-11-21", "2026-11-29"),
        ("before the end of the year", "by", "2026-11-21", "2026-12-31"),
        ("月底前", "by", "2026-11-21", "2026-11-30"),
        ("最迟12月10日", "by", "2026-11-21", "2026-12-10"),
        ("within 30 days", "by", "2026-11-21", "2026-12-21"),
        ("90 天内", "by", "2026-11-21", "2027-02-19"),
        ("since last Monday", "since", "2026-11-09", "2026-11-21"),
        ("since Q2", "since", "2026-04-01", "2026-11-21"),
        ("自去年以来", "since", "2025-01-01", "2026-11-21"),
        ("after 2020", "after", "2021-01-01", "2026-11-21"),
        ("2018年以前", "before", "0001-01-01", "2017-12-31"),
        ("from 1 December on", "since", "2026-12-01", "9999-12-31"),
        ("春节后", "after", "2026-02-18", "2026-11-21"),
    ],
)
def test_spans_open_on_one_side(text: str, relation: str, start: str, end: str) -> None:
    today = TODAY
    match = one(text, today, "past" if text == "春节后" else "none")
    assert match.relation == relation
    assert (str(match.start), str(match.end)) == (start, end)


FRIDAY, SUNDAY, WEDNESDAY = date(2026, 11, 20), date(2026, 11, 22), date(2026, 11, 18)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("next Friday", FRIDAY, "2026-11-27"),
        ("last Friday", FRIDAY, "2026-11-13"),
        ("on Friday", FRIDAY, "2026-11-20"),
        ("this Friday", WEDNESDAY, "2026-11-20"),
        ("next Friday", WEDNESDAY, "2026-11-27"),
        ("last Monday", WEDNESDAY, "2026-11-09"),
        ("this past Monday", WEDNESDAY, "2026-11-16"),
        ("this coming Monday", WEDNESDAY, "2026-11-23"),
        ("Monday of next week", WEDNESDAY, "2026-11-23"),
        ("Tuesday last week", WEDNESDAY, "2026-11-10"),
        ("下周三", SUNDAY, "2026-11-25"),
        ("上周三", SUNDAY, "2026-11-11"),
        ("本周三", SUNDAY, "2026-11-18"),
        ("周三", SUNDAY, "2026-11-25"),
        ("下下周五", WEDNESDAY, "2026-12-04"),
        ("上上个周三", WEDNESDAY, "2026-11-04"),
    ],
)
def test_weekdays_by_the_stated_conventions(text: str, today: date, day: str) -> None:
    assert days(text, today) == (day, day)


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("on Monday", "2026-11-16", "2026-11-23"),
        ("5 May", "2026-05-05", "2027-05-05"),
        ("the 5th", "2026-11-05", "2026-12-05"),
        ("周一", "2026-11-16", "2026-11-23"),
        ("5月5日", "2026-05-05", "2027-05-05"),
        ("五号", "2026-11-05", "2026-12-05"),
        ("国庆", "2026-10-01", "2027-10-01"),
    ],
)
def test_what_may_be_past_or_future_is_as_the_caller_prefers(
    text: str, past: str, future: str
) -> None:
    assert days(text, prefer="past") == (past, past)
    assert days(text, prefer="future") == (future, future)


def test_a_period_without_direction_reaches_back_for_callers_that_look_back() -> None:
    assert days("30天内", prefer="past") == ("2026-10-22", "2026-11-21")
    assert days("within 30 days", prefer="future") == ("2026-11-21", "2026-12-21")


@pytest.mark.parametrize(
    "text",
    [
        "This may or may not work, you may ask.",
        "we march on, the sun sat low",
        "every Monday at 8:30",
        "Mondays and Thursdays",
        "weekly digest, each week",
        "每周一 8:30 私信",
        "每月5号",
        "GTX-900 v2.1, 1,200 units, score 8/10, 24/7",
        "room 2010, $2026, 2000 units",
        "合同期三年,账期90天",
        "超过 7 天未关闭的投诉",
        "complaints older than 7 days",
        "提前60天通知",
        "10年合同, 20年历史",
        "5号楼, 3号线",
        "Tel. 138-2010-2015, +86 888-000-9999",
        "今日头条",
        "",
    ],
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert find_dates(text, TODAY) == []


def test_capitals_and_prepositions_tell_the_month_of_may_from_the_verb() -> None:
    assert days("in may") == days("In May") == ("2027-05-01", "2027-05-31")
    assert [m.text for m in find_dates("we may march in May", TODAY)] == ["May"]


@pytest.mark.parametrize("text", ["early May", "几天前", "a few days ago", "11/12/2026", "年底"])
def test_loose_words_and_double_readings_are_vague(text: str) -> None:
    assert one(text).vague


@pytest.mark.parametrize("text", ["12.11.2026", "22/04/2026", "3 days ago", "5 May 2026", "周四"])
def test_plain_words_are_not(text: str) -> None:
    assert not one(text).vague


def test_the_month_stands_first_between_slashes_unless_it_cannot() -> None:
    assert days("11/12/2026")[0] == "2026-11-12"
    assert days("22/04/2026")[0] == "2026-04-22"


def test_dates_are_found_among_words_of_the_other_language() -> None:
    text = "和Dana约了next Friday见,周四前发TCO,合同2027-03-31到期"
    assert [(m.text, str(m.end)) for m in find_dates(text, TODAY)] == [
        ("next Friday", "2026-11-27"),
        ("周四前", "2026-11-26"),
        ("2027-03-31", "2027-03-31"),
    ]


def test_the_span_is_where_the_words_stand_as_written() -> None:
    text = "會議在２０２６年１１月１２日，下週三再談"
    found = find_dates(text, TODAY)
    assert [text[slice(*m.span)] for m in found] == ["２０２６年１１月１２日", "下週三"]
    assert [str(m.start) for m in found] == ["2026-11-12", "2026-11-25"]


def test_one_language_can_be_asked_for() -> None:
    text = "周四 or Friday"
    assert [m.text for m in find_dates(text, TODAY, "en")] == ["Friday"]
    assert [m.text for m in find_dates(text, TODAY, "zh")] == ["周四"]


def test_moving_feasts_fall_where_they_fell() -> None:
    feasts = {
        ("easter", 2026): "2026-04-05",
        ("easter", 2027): "2027-03-28",
        ("thanksgiving", 2026): "2026-11-26",
        ("春节", 2026): "2026-02-17",
        ("中秋节", 2025): "2025-10-06",
        ("除夕", 2027): "2027-02-05",
    }
    for (name, year), day in feasts.items():
        found = holiday(name, year)
        assert found is not None
        assert str(found.start) == day
    assert holiday("春节", 1990) is None


WORDS = (
    "next last this Friday 周三 上 下 个 月 May 5 12 2026 - / . 年 日 号 Q3 H1 of the end by since "
    "before 前 后 到 from to between and 三 十 天 weeks ago in 1/2 29 Feb 底 半 最后 第一 the first"
)
PIECES = WORDS.split()
ANY_DAY = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 12, 31))
PREFER: st.SearchStrategy[Prefer] = st.sampled_from(["past", "future", "none"])


@settings(deadline=None, max_examples=200)
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join),
        st.lists(st.sampled_from(PIECES), max_size=10).map("".join),
    ),
    ANY_DAY,
    PREFER,
)
def test_any_words_give_ordered_spans_that_begin_before_they_end(
    text: str, today: date, prefer: Prefer
) -> None:
    found = find_dates(text, today, prefer=prefer)
    assert all(match.start <= match.end for match in found)
    assert all(text[slice(*match.span)] == match.text for match in found)
    assert all(one.span[1] <= other.span[0] for one, other in pairwise(found))


@settings(deadline=None)
@given(ANY_DAY, ANY_DAY)
def test_a_date_written_out_is_that_day_whatever_today_is(when: date, today: date) -> None:
    month_name = when.strftime("%B")
    for text in (
        when.isoformat(),
        f"{when.day}.{when.month}.{when.year}",
        f"{when.day} {month_name} {when.year}",
        f"{month_name} {when.day}, {when.year}",
        f"{when.year}年{when.month}月{when.day}日",
    ):
        assert [(m.start, m.end) for m in find_dates(f"on {text}.", today)] == [(when, when)]


@settings(deadline=None)
@given(ANY_DAY, st.integers(1, 400))
def test_so_many_days_from_now_and_ago_are_so_far_away(today: date, count: int) -> None:
    distance = timedelta(days=count)
    assert one(f"in {count} days", today).start == today + distance
    assert one(f"{count}天后", today).start == today + distance
    assert one(f"{count} days ago", today).start == today - distance
    assert one(f"{count}天前", today).start == today - distance


@settings(deadline=None)
@given(ANY_DAY, st.integers(0, 6), PREFER)
def test_a_weekday_alone_is_within_a_week_on_the_preferred_side(
    today: date, number: int, prefer: Prefer
) -> None:
    english = date(2024, 1, 1 + number).strftime("%A")
    chinese = "周" + "一二三四五六日"[number]
    for text in (f"on {english}", chinese):
        found = one(text, today, prefer).start
        assert found.weekday() == number
        away = (found - today).days
        assert -7 < away <= 0 if prefer == "past" else 0 <= away < 7


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-11-12-acme.md", "2026-11-12"),
        ("20261112_acme.docx", "2026-11-12"),
        ("12.11.2026 notes.txt", "2026-11-12"),
        ("2026年11月12日会议.docx", "2026-11-12"),
        ("notes_2026_11_12.md", "2026-11-12"),
        ("notes/acme/2026-11-12.md", "2026-11-12"),
        ("IMG_20261112_101500.png", "2026-11-12"),
        ("acme.md", None),
        ("v2.1.3.md", None),
        ("20269912.md", None),
        ("order-1202611124.md", None),
        ("2026-11-12_to_2026-11-13.md", None),
    ],
)
def test_a_file_name_tells_its_date_or_none(name: str, day: str | None) -> None:
    found = date_in_name(name)
    assert (str(found) if found else None) == day


def _right(match: DateMatch, value: dict[str, Any]) -> bool:
    """Whether a match is the labelled value; its ranges end on the day after the last one."""
    if value["type"] == "date":
        return bool(str(match.start) == str(match.end) == value["value"])
    right = True
    if value.get("start"):
        # "After 5 May" is labelled with 5 May itself.
        eve = match.start - timedelta(days=value.get("Mod") == "after")
        right = value["start"] in (str(match.start), str(eve))
    if value.get("end"):
        ends = {str(match.end)} | (
            {str(match.end + timedelta(days=1))} if match.end < date.max else set()
        )
        right = right and value["end"] in ends
    return right


@pytest.mark.parametrize(("language", "bar"), [("en", 0.75), ("zh", 0.70)])
def test_labelled_sentences_are_understood(language: str, bar: float) -> None:
    path = DATA / f"{language}.jsonl"
    if not path.exists():
        pytest.skip(f"no {path}")
    understood = cases = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not row["reference"] or len(row["gold"]) != 1:
            continue
        gold = row["gold"][0]
        values = [v for v in gold["values"] if v.get("start") or v.get("end") or v.get("value")]
        values = [v for v in values if v.get("value") != "not resolved"]
        if gold["type"] not in ("date", "daterange") or not values:
            continue
        cases += 1
        found = find_dates(row["text"], date.fromisoformat(row["reference"][:10]))
        understood += any(_right(match, value) for match in found for value in values)
    assert understood / cases >= bar
