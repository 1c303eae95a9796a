"""Chinese words for weeks, months, quarters and years, their parts, and distances from a day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from kam_knowledge.language.date_grammar import Context, Item, Maker, calendar_units, rolling
from kam_knowledge.language.date_numbers import CHINESE_NUMBER, chinese
from kam_knowledge.language.date_spans import (
    Span,
    day,
    half,
    month,
    moved,
    part,
    quarter,
    week,
    year,
)
from kam_knowledge.language.dates_en_parts import pick
from kam_knowledge.language.dates_zh_words import (
    ASIDE,
    COUNT,
    MONTH,
    STEPS,
    UNIT,
    UNITS,
    WEEK,
    WEEKDAYS,
    YEAR,
    YEAR_WORD,
    has_year,
    item,
    length_of,
    named_month,
    value_of,
    year_of,
)


def _unit_near(m: re.Match[str], context: Context) -> Item | None:
    """本周, 上个月, 下季度, 上个半年."""
    words = m["unit"].removeprefix("个")
    unit = UNITS[words]
    steps = STEPS[m["aside"]]
    return item(calendar_units(context, unit, steps, steps))


def _quarter(m: re.Match[str], context: Context) -> Item | None:
    number = value_of(m["number"])
    if number is None:
        return None
    which = {"初": "early", "末": "late", "底": "late"}.get(m["part"] or "")

    def make(year_number: int) -> Span | None:
        of = quarter(year_number, number)
        return part(of, which) if of and which else of

    if has_year(m):
        year_number = year_of(m, context)
        return item(make(year_number)) if year_number else None
    if context.prefer == "none":
        span = make(context.today.year)
        return item(replace(span, in_year=make) if span else None)
    return item(context.yearless(make))


def _half(m: re.Match[str], context: Context) -> Item | None:
    number = 1 if m["half"] in "上前" else 2
    year_number = year_of(m, context) if has_year(m) else context.today.year
    return item(half(year_number, number)) if year_number else None


def _part_of_month(m: re.Match[str], context: Context) -> Item | None:
    """月底, 下月初, 5月上旬, 上半月: of the month named before, else of this one."""
    words = m["part"]
    if m.groupdict().get("month"):
        found = named_month(m, context)
        of = found.span if found else None
    else:
        steps = STEPS[m["aside"]] if m["aside"] else 0
        of = calendar_units(context, "month", steps, steps)
    return item(_month_part(of, words) if of else None)


def _month_part(of: Span, words: str) -> Span | None:
    if "半月" in words:
        first = "上" in words or "前" in words
        middle = of.start.replace(day=15)
        return Span(of.start, middle) if first else Span(middle + timedelta(days=1), of.end)
    which = "early" if words in ("初", "上旬", "月初") else "mid" if "中" in words else "late"
    return part(of, which)


def _part_of_unit(m: re.Match[str], context: Context) -> Item | None:
    """年底, 明年年初, 季度末, 周末 is a weekend and elsewhere."""
    which = {"初": "early", "头": "early", "中": "mid"}.get(m["part"], "late")
    if m["unit"] != "季":
        year_number = year_of(m, context) if has_year(m) else context.today.year
        of = year(year_number) if year_number else None
    else:
        steps = STEPS[m["aside"]] if m["aside"] else 0
        of = calendar_units(context, "quarter", steps, steps)
    return item(replace(part(of, which), in_year=None) if of else None)


def _distance(m: re.Match[str], context: Context) -> Item | None:
    """三天前, 两周后, 半个月后, 一年半以前."""
    found = length_of(m)
    if found is None:
        return None
    value, unit, vague = found
    if unit == "year" and value > 200:
        return None
    sign = -1 if "前" in m["direction"] else 1
    when = moved(context.today, sign * value, unit)
    return Item(day(when, vague=vague)) if when else None


def _within(m: re.Match[str], context: Context) -> Item | None:
    """90天内: from today on, or up to today where the caller prefers the past."""
    found = length_of(m)
    if found is None:
        return None
    value, unit, vague = found
    when = moved(context.today, (-1 if context.prefer == "past" else 1) * value, unit)
    if when is None:
        return None
    first, last = sorted((context.today, when))
    return Item(Span(first, last, vague=vague, relation="by"))


def _units_near(m: re.Match[str], context: Context) -> Item | None:
    """过去三个月, 未来90天, 最近30天, 前1周, 后1年."""
    found = length_of(m)
    if found is None:
        return None
    value, unit, vague = found
    back = m["which"] in ("过去", "最近", "近", "前", "上", "之前", "以前", "此前")
    if unit == "quarter":
        steps = (-int(value), -1) if back else (1, int(value))
        return item(calendar_units(context, unit, *steps))
    span = rolling(context, -value if back else value, unit)
    return item(replace(span, vague=vague) if span else None)


def _recently(_: re.Match[str], context: Context) -> Item | None:
    return Item(Span(context.today - timedelta(days=30), context.today, vague=True))


def _nth_weekday(m: re.Match[str], context: Context) -> Item | None:
    """五月的第一个星期一, 四月的最后一个星期一, 本月最后一周."""
    if m["month"]:
        found = named_month(m, context)
        of = found.span if found else None
    else:
        of = calendar_units(context, "month", STEPS[m["aside"]], STEPS[m["aside"]])
    if of is None:
        return None
    number = -1 if "最后" in m["nth"] else chinese(m["number"] or "")
    if number is None:
        return None

    def make(of_month: Span) -> Span | None:
        if not m["weekday"]:
            there = week(of_month.end if number < 0 else of_month.start + timedelta(days=3))
            return replace(
                there,
                start=there.start + timedelta(days=7 * max(number - 1, 0)),
                end=there.end + timedelta(days=7 * max(number - 1, 0)),
            )
        wanted = WEEKDAYS[m["weekday"]]
        first = of_month.start + timedelta(days=(wanted - of_month.start.weekday()) % 7)
        last = of_month.end - timedelta(days=(of_month.end.weekday() - wanted) % 7)
        when = last if number < 0 else first + timedelta(days=7 * (number - 1))
        return day(when) if of_month.start <= when <= of_month.end else None

    made = make(of)
    if made is None:
        return None
    whole = of.in_year
    if whole is not None:
        made = replace(made, in_year=lambda y: make(there) if (there := whole(y)) else None)
    return Item(made)


def _nth_of(m: re.Match[str], context: Context) -> Item | None:
    """2021年的第二周, 今年的最后3周, 去年的前10天, 明年第九个月."""
    if m["aside"]:
        of = calendar_units(context, UNITS[m["of"]], STEPS[m["aside"]], STEPS[m["aside"]])
    else:
        year_number = year_of(m, context)
        of = year(year_number) if year_number else None
        if of is not None and m["month"]:
            number = value_of(m["month"])
            of = month(of.start.year, number) if number else None
    many = chinese(m["count"]) if m["count"] else 1
    if of is None or many is None or not 0 < many < 400:
        return None
    words = m["unit"].removeprefix("个")
    what = {"周": "week", "星期": "week", "礼拜": "week", "天": "day", "日": "day", "月": "month",
            "季度": "quarter"}[words]  # fmt: skip
    if m["which"] == "第":
        return item(pick(of, many, what, 1))
    return item(pick(of, 1 if m["which"] in ("前", "头") else -1, what, many))


def _nothing(_: re.Match[str], __: Context) -> Item | None:
    """For words that hold a date word and are no date: 每周一, 18周岁."""
    return Item(alone=False)


PATTERNS: tuple[tuple[str, Maker], ...] = (
    (
        rf"(?:每|逢)(?:个|隔)?(?:(?:\d+|{CHINESE_NUMBER}+)个?)?(?:{WEEK}[一二三四五六日天末]?|天|日|月|季度?|年|工作日)"
        rf"(?:[、和]{WEEK}?[一二三四五六日天])*",
        _nothing,
    ),
    (rf"\d*(?:\d+|{CHINESE_NUMBER}+)?周(?:岁|年|期|转|到|边|围|长)", _nothing),
    (r"今日头条|昨日重现|明日之后|当前|日前(?!后)|目前|以前年度|月供|月薪", _nothing),
    (
        rf"{ASIDE}(?P<unit>个?(?:星期|礼拜)|个?周|个?月|个?季度|个半年|个财年)(?![一二三四五六日天末初底中份]|岁|年|期|转)",
        _unit_near,
    ),
    # quarters, halves
    (
        rf"(?:{YEAR}\s?)?第?(?P<number>[一二三四1-4])(?:个?季度|季(?!节|度))(?P<part>[初末底])?",
        _quarter,
    ),
    (rf"(?:{YEAR}\s?)?(?<![a-z])q(?P<number>[1-4])(?![a-z\d])(?P<part>[初末底])?", _quarter),
    (rf"(?:{YEAR}\s?)?(?P<half>上|下|前|后)半年", _half),
    # parts
    (
        rf"(?:{YEAR}\s?)?{MONTH}(?P<part>初|底|末|中旬|上旬|下旬|中|上半月|下半月)(?P<aside>)",
        _part_of_month,
    ),
    (
        r"(?:(?P<aside>上上|下下|上|下|本|这|当|次)个?)?月(?P<part>初|底|末|中旬|上旬|下旬|中(?!旬))",
        _part_of_month,
    ),
    (
        r"(?:(?P<aside>上|下|本|这|当)个?月)?(?P<part>上半月|下半月|前半月|后半月|上旬|中旬|下旬)",
        _part_of_month,
    ),
    (rf"(?:{YEAR})?(?P<unit>年)(?P<part>初|底|末|中|终|头)(?P<aside>)", _part_of_unit),
    (
        r"(?<!\d)(?P<year>(?:19|20)\d\d|\d\d)\s?(?P<unit>年)(?P<part>初|底|末|中)(?P<aside>)",
        _part_of_unit,
    ),
    (rf"(?P<year_word>{YEAR_WORD})(?P<unit>)(?P<part>初|底|末|中)(?P<aside>)", _part_of_unit),
    (r"(?:(?P<aside>上|下|本|这)个?)?(?P<unit>季)度?(?P<part>初|末|底)", _part_of_unit),
    (
        rf"(?:{YEAR}\s?)?(?:{MONTH}|(?P<aside>上|下|本|这)个?月)的?(?P<nth>最后一个?|"
        rf"第(?P<number>[一二三四五])个?)(?:{WEEK}(?P<weekday>[一二三四五六日天])|周)",
        _nth_weekday,
    ),
    (
        rf"(?:{YEAR}\s?(?:{MONTH}的?)?|(?P<aside>上|下|本|这)个?(?P<of>月|季度|年)的?)(?P<which>第|最后|"
        rf"前|头)的?\s?(?P<count>\d+|{CHINESE_NUMBER}+)?\s?(?P<unit>个?月|周|个?星期|个?礼拜|天|个?季度)"
        rf"(?![天日])",
        _nth_of,
    ),
    # distances
    (
        rf"{COUNT}\s?{UNIT}(?P<half>半)?\s?(?:多|左右)?(?P<direction>之?前|以前|之?后|以后|过后)"
        rf"(?![天日周月年])",
        _distance,
    ),
    (
        rf"{COUNT}\s?(?P<half>个半)(?P<unit>月|星期|礼拜|季度)(?P<direction>之?前|以前|之?后|以后)",
        _distance,
    ),
    (rf"{COUNT}\s?{UNIT}(?P<half>半)?\s?(?:之内|以内|内)", _within),
    (
        rf"(?P<which>过去|最近|近|未来|接下来|今后|往后|之后|之前|以前|此前|(?<![之以提月年日号周])前|(?<![之以])后)的?{COUNT}"
        rf"\s?{UNIT}(?P<half>半)?(?!\s?\d{{1,2}}\s?[日号])",
        _units_near,
    ),
    (r"最近|近期|近来|这几天|这段时间", _recently),
)
