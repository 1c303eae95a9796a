"""Chinese words for days, months and years: dates, weekdays, 今天, holidays.

下周三 is the Wednesday of the next week (Monday first), also when said on a Sunday; 上周三 that of
the week before; 周三 alone is the next one, today included, unless the caller prefers the past.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from kam_knowledge.language.date_grammar import Context, Item, Maker, calendar_units
from kam_knowledge.language.date_numbers import CHINESE_NUMBER, full_year
from kam_knowledge.language.date_spans import (
    Span,
    day,
    day_of_month,
    month,
    on,
    weekday_near,
    weekend,
    year,
)
from kam_knowledge.language.dates_zh_words import (
    DAY,
    MONTH,
    STEPS,
    TO,
    WEEK,
    WEEKDAYS,
    YEAR,
    has_year,
    item,
    named_month,
    value_of,
    year_of,
)
from kam_knowledge.language.holidays import HOLIDAYS_ZH, holiday

_DAYS = {
    "大前天": -3, "前天": -2, "前日": -2, "前晚": -2, "昨天": -1, "昨日": -1, "昨晚": -1,
    "昨夜": -1, "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "今晨": 0, "今夜": 0, "当天": 0,
    "当日": 0, "本日": 0,
    "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "明晨": 1, "次日": 1, "翌日": 1, "隔天": 1,
    "第二天": 1, "后天": 2, "后日": 2, "后晚": 2, "大后天": 3,
}  # fmt: skip


def _date(m: re.Match[str], context: Context) -> Item | None:
    month_number, number = value_of(m["month"]), value_of(m["day"])
    if month_number is None or number is None:
        return None
    if has_year(m):
        year_number = year_of(m, context)
        when = on(year_number, month_number, number) if year_number else None
        return Item(day(when)) if when else None

    def make(year_number: int) -> Span | None:
        there = on(year_number, month_number, number)
        return day(there) if there else None

    return item(context.yearless(make))


def _days(m: re.Match[str], context: Context) -> Item | None:
    """5月3日到5日, 5月3-5日."""
    month_number, first, last = value_of(m["month"]), value_of(m["day"]), value_of(m["last"])
    if month_number is None or first is None or last is None:
        return None

    def make(year_number: int) -> Span | None:
        begin, end = on(year_number, month_number, first), on(year_number, month_number, last)
        return Span(begin, end) if begin and end and begin <= end else None

    if has_year(m):
        year_number = year_of(m, context)
        return item(make(year_number)) if year_number else None
    return item(context.yearless(make))


def _months(m: re.Match[str], context: Context) -> Item | None:
    """3到5月, 2026年3-5月."""
    first, last = value_of(m["first"]), value_of(m["month"])
    if first is None or last is None or not 1 <= first <= 12:
        return None

    def make(year_number: int) -> Span | None:
        begins, ends = month(year_number, first), month(year_number + (last < first), last)
        return Span(begins.start, ends.end, "month") if begins and ends else None

    if has_year(m):
        year_number = year_of(m, context)
        return item(make(year_number)) if year_number else None
    return item(context.yearless(make))


def _year(m: re.Match[str], context: Context) -> Item | None:
    number = year_of(m, context)
    if number is None:
        return None
    figures = m.groupdict().get("year") or ""
    if len(figures) == 2 and not figures.startswith(("0", "零", "〇")):
        # 26年 is a year, 10年合同 and 20年历史 are lengths: only years near today are meant so.
        after = context.after(m.end())[:1]
        if abs(number - context.today.year) > 5 or after in tuple("前后来以内间期多"):
            return None
    return item(year(number))


def _years(m: re.Match[str], _: Context) -> Item | None:
    """1995 - 1997年."""
    first, last = year(full_year(m["first"])), year(full_year(m["last"]))
    if first is None or last is None or last.end < first.start:
        return None
    return Item(Span(first.start, last.end, "year"))


def _fiscal(m: re.Match[str], context: Context) -> Item | None:
    if m["year"]:
        span = year(full_year(m["year"]))
    else:
        span = year(context.today.year + STEPS.get(m["aside"], 0))
    return item(replace(span, grain="fiscal") if span else None)


def _relative_day(m: re.Match[str], context: Context) -> Item | None:
    return Item(day(context.today + timedelta(days=_DAYS[m.group()])))


def _weekday(m: re.Match[str], context: Context) -> Item | None:
    number, aside = WEEKDAYS[m["weekday"]], m["aside"]
    if aside is None:
        return Item(weekday_near(number, context.today, context.prefer), weekday=number)
    this = context.today + timedelta(days=number - context.today.weekday())
    return Item(day(this + timedelta(days=7 * STEPS[aside])), weekday=number)


def _weekend(m: re.Match[str], context: Context) -> Item | None:
    aside = m["aside"]
    if aside is None:
        over = context.prefer == "past" and context.today.weekday() < 5
        return Item(weekend(context.today - timedelta(days=7 * over)))
    return Item(weekend(context.today + timedelta(days=7 * STEPS[aside])))


def _day_of_month(m: re.Match[str], context: Context) -> Item | None:
    """12号, 上月29日, 本月十日."""
    number = value_of(m["day"])
    if number is None or not 1 <= number <= 31:
        return None
    aside = m.groupdict().get("aside")
    if aside is None:
        return item(day_of_month(number, context.today, context.prefer))
    there = calendar_units(context, "month", STEPS[aside], STEPS[aside])
    when = on(there.start.year, there.start.month, number) if there else None
    return Item(day(when)) if when else None


def _days_alone(m: re.Match[str], context: Context) -> Item | None:
    """3到5号."""
    first, last = value_of(m["first"]), value_of(m["day"])
    if first is None or last is None or not 1 <= first <= last <= 31:
        return None
    begins = day_of_month(first, context.today, context.prefer)
    end = on(begins.start.year, begins.start.month, last) if begins else None
    return Item(Span(begins.start, end)) if begins and end else None


def _holiday(m: re.Match[str], context: Context) -> Item | None:
    name = m["name"]
    if has_year(m):
        year_number = year_of(m, context)
        return item(holiday(name, year_number)) if year_number else None
    return item(context.yearless(lambda y: holiday(name, y)))


PATTERNS: tuple[tuple[str, Maker], ...] = (
    # dates
    (rf"{YEAR}\s?{MONTH}\s?{DAY}", _date),
    (rf"(?<!\d){MONTH}\s?{DAY}", _date),
    (
        rf"(?<!\d)(?:{YEAR}\s?)?{MONTH}\s?(?P<day>\d\d?|{CHINESE_NUMBER}+)(?:日|号)?{TO}"
        rf"(?P<last>\d\d?|{CHINESE_NUMBER}+)(?:日|号)",
        _days,
    ),
    (rf"(?P<aside>上上|下下|上|下|本|这|当|次)个?月的?{DAY}", _day_of_month),
    (
        rf"(?<![\d月第]){DAY}(?!楼|线|院|门|文|机|厂|店|库|车|码|常|子|仓|元|公|令|客|项|方案|合同|选|位|人|柜|桌|房)",
        _day_of_month,
    ),
    (
        rf"(?<![\d月第年])(?P<first>\d\d?|{CHINESE_NUMBER}+)(?:日|号)?{TO}(?P<day>\d\d?"
        rf"|{CHINESE_NUMBER}+)(?:日|号)(?!楼|线|院|门|文)",
        _days_alone,
    ),
    # months, years
    (rf"{YEAR}\s?{MONTH}", named_month),
    (rf"(?<![\d个第]){MONTH}(?!\s?\d\d?\s?[日号])", named_month),
    (
        rf"(?<!\d)(?:{YEAR}\s?)?(?P<first>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])(?:月份?"
        rf")?{TO}{MONTH}(?!\s?(?:\d|[一二三四五六七八九十初]+[日号]))",
        _months,
    ),
    (rf"{YEAR}(?!龄)", _year),
    (r"(?P<year>(?:19|20)\d\d|[一二][零〇○一二三四五六七八九]{3})\s?年", _year),
    (rf"(?P<first>(?:19|20)\d\d)年?{TO}(?P<last>(?:19|20)\d\d)\s?年", _years),
    (r"(?:(?P<year>(?:20)?\d\d)|(?P<aside>本|上|下))个?财(?:政)?年度?", _fiscal),
    # days near today
    (
        rf"(?:{'|'.join(sorted((d for d in _DAYS if len(d) > 1), key=len, reverse=True))})",
        _relative_day,
    ),
    # weeks
    (
        rf"(?:(?P<aside>上上|下下|上|下|本|这)个?)?{WEEK}(?P<weekday>[一二三四五六日天]|[1-7](?!\d))(?!月|年|个|"
        rf"[点十]|大|步)",
        _weekday,
    ),
    (r"(?:(?P<aside>上上|下下|上|下|本|这)个?)?周末", _weekend),
    (rf"(?:{YEAR})?(?P<name>{HOLIDAYS_ZH})(?!日前)", _holiday),
)
