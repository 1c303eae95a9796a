"""The pieces Chinese date words are made of."""

from __future__ import annotations

import re

from kam_knowledge.language.date_grammar import Context, Item
from kam_knowledge.language.date_numbers import CHINESE_NUMBER, chinese, full_year
from kam_knowledge.language.date_spans import Span, Unit, month

YEARS = {
    "大前年": -3, "前年": -2, "去年": -1, "上年": -1, "去年度": -1, "上年度": -1, "今年": 0,
    "本年": 0, "当年": 0, "今年度": 0, "本年度": 0, "明年": 1, "来年": 1, "次年": 1, "下年度": 1,
    "后年": 2, "大后年": 3,
}  # fmt: skip
WEEKDAYS = {
    "一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6,
    "1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6,
}  # fmt: skip
UNITS: dict[str, Unit] = {
    "工作日": "business_day", "天": "day", "日": "day", "星期": "week", "礼拜": "week",
    "周": "week", "月": "month", "季度": "quarter", "季": "quarter", "半年": "half", "年": "year",
}  # fmt: skip
STEPS = {
    "上上": -2, "上": -1, "前": -1, "本": 0, "这": 0, "当": 0, "次": 1, "下": 1, "后": 1, "下下": 2,
}  # fmt: skip
YEAR_WORD = "|".join(sorted(YEARS, key=len, reverse=True))
_FIGURE = "[零〇○一二三四五六七八九]"
YEAR = (
    rf"(?:(?P<year>(?:19|20|21)\d\d|(?<!\d)\d\d|[一二]{_FIGURE}{{3}}|{_FIGURE}{{2}})\s?年度?"
    rf"|(?P<year_word>{YEAR_WORD}))的?"
)
MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]|正|元|腊)\s?月份?"
DAY = (
    r"(?P<day>3[01]|[12]\d|0?[1-9]|(?:初|[二三]?十|廿)?[一二三四五六七八九]|[二三]?十|初十|廿)"
    r"\s?(?:日|号|(?<=初.))"
)
ASIDE = r"(?P<aside>上上|下下|上|下|本|这|当|次|前|后)"
COUNT = rf"(?<!\d)(?P<count>(?!0)\d+(?:\.\d+)?|{CHINESE_NUMBER}+|几|数|十几|半)"
UNIT = r"(?P<unit>个?工作日|天|日|个?星期|个?礼拜|周|个?月|个?季度|个季|个?半年|年)"
TO = r"\s*(?:[-–—~～]|到|至)\s*"
WEEK = r"(?:周|星期|礼拜)"


def item(span: Span | None) -> Item | None:
    """The span as an item, or nothing."""
    return Item(span) if span else None


def value_of(words: str) -> int | None:
    """The number of a month or day: 正 → 1, 初三 → 3, 十二 → 12."""
    return {"正": 1, "元": 1, "腊": 12}.get(words) or chinese(words.removeprefix("初"))


def has_year(m: re.Match[str]) -> bool:
    """Whether the words name a year."""
    return bool(m.groupdict().get("year") or m.groupdict().get("year_word"))


def year_of(m: re.Match[str], context: Context) -> int | None:
    """The year that the words name, in figures, in numerals or by its distance from this one."""
    groups = m.groupdict()
    if groups.get("year_word"):
        return context.today.year + YEARS[groups["year_word"]]
    if groups.get("year"):
        value = chinese(groups["year"])
        return full_year(f"{value:02}") if value is not None else None
    return None


def named_month(m: re.Match[str], context: Context) -> Item | None:
    """十一月, 2026年11月: the month, of whichever year."""
    number = value_of(m["month"])
    if number is None:
        return None
    if has_year(m):
        year_number = year_of(m, context)
        return item(month(year_number, number)) if year_number else None
    return item(context.yearless(lambda y: month(y, number)))


def amount(words: str) -> tuple[float, bool] | None:
    """How many, and whether it is only a guess (几)."""
    if words == "半":
        return 0.5, False
    if words in ("几", "数", "十几"):
        return (12 if words == "十几" else 3), True
    if re.fullmatch(r"\d+\.\d+", words):
        return min(float(words), 100_000.0), False
    value = chinese(words)
    return (min(value, 100_000), False) if value is not None else None


def length_of(m: re.Match[str]) -> tuple[float, Unit, bool] | None:
    """三个半月 → 3.5 months; 半年 → half a year."""
    number = amount(m["count"])
    if number is None:
        return None
    words = m["unit"].removeprefix("个")
    value = number[0] + (0.5 if m["half"] else 0.0)
    return value, UNITS[words], number[1]
