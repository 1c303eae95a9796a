"""Holidays that people date things by, in both languages."""

from __future__ import annotations

import re
from datetime import date, timedelta

from kam_knowledge.language.date_spans import Span, day, on, weekend

_FIXED = {
    "new year": (1, 1), "new year's": (1, 1), "new year's day": (1, 1), "new years day": (1, 1),
    "new year's eve": (12, 31), "new years eve": (12, 31), "valentine's day": (2, 14),
    "women's day": (3, 8), "labour day": (5, 1), "may day": (5, 1),
    "international workers' day": (5, 1), "workers' day": (5, 1), "independence day": (7, 4),
    "halloween": (10, 31), "christmas": (12, 25), "christmas day": (12, 25), "xmas": (12, 25),
    "christmas eve": (12, 24), "boxing day": (12, 26), "double eleven": (11, 11),
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "五一": (5, 1), "劳动节": (5, 1),
    "儿童节": (6, 1), "六一": (6, 1), "七一": (7, 1), "八一": (8, 1), "教师节": (9, 10),
    "国庆": (10, 1), "国庆节": (10, 1), "十一": (10, 1), "双十一": (11, 11), "双11": (11, 11),
    "万圣节": (10, 31), "平安夜": (12, 24), "圣诞": (12, 25), "圣诞节": (12, 25),
}  # fmt: skip
# The lunar calendar's feasts as the Gregorian day, from 2015 on: month and day by year.
_SPRING = (
    "0219 0208 0128 0216 0205 0125 0212 0201 0122 0210 0129 "
    "0217 0206 0126 0213 0203 0123 0211 0131 0219 0208"
)
_MIDAUTUMN = (
    "0927 0915 1004 0924 0913 1001 0921 0910 0929 0917 1006 "
    "0925 0915 1003 0922 0912 1001 0919 0908 0927 0916"
)
_DRAGON_BOAT = (
    "0620 0609 0530 0618 0607 0625 0614 0603 0622 0610 0531 "
    "0619 0609 0528 0616 0605 0624 0612 0601 0620 0610"
)
_LUNAR = {
    **dict.fromkeys(
        ("spring festival", "chinese new year", "lunar new year", "cny", "春节", "过年"), _SPRING
    ),
    **dict.fromkeys(("mid-autumn festival", "mid autumn festival", "中秋", "中秋节"), _MIDAUTUMN),
    **dict.fromkeys(("dragon boat festival", "端午", "端午节"), _DRAGON_BOAT),
}
_COMPUTED = (
    "easter", "easter monday", "good friday", "thanksgiving", "black friday", "cyber monday",
    "labor day", "清明", "清明节", "除夕", "感恩节", "复活节",
)  # fmt: skip
_NAMES = sorted({*_FIXED, *_LUNAR, *_COMPUTED}, key=lambda name: (-len(name), name))
HOLIDAYS_EN = "|".join(re.escape(name).replace("'", "['’]?") for name in _NAMES if name.isascii())
"""The English names, as a regular expression."""
HOLIDAYS_ZH = "|".join(name for name in _NAMES if not name.isascii() and name != "十一")
"""The Chinese names, as a regular expression; 十一 is a number more often."""


def holiday(name: str, year: int) -> Span | None:
    """The day of a holiday in a year; None for lunar feasts outside 2015 to 2035."""
    if not 2 <= year <= 9998:
        return None
    if name in _FIXED:
        when = on(year, *_FIXED[name])
        return day(when) if when else None
    if name in _LUNAR or name == "除夕":
        days = _LUNAR.get(name, _SPRING).split()
        if not 0 <= year - 2015 < len(days):
            return None
        figures = days[year - 2015]
        when = date(year, int(figures[:2]), int(figures[2:]))
        return day(when - timedelta(days=name == "除夕"))
    return day(_computed(name, year))


def _computed(name: str, year: int) -> date:
    if name in ("easter", "复活节"):
        return _easter(year)
    if name == "easter monday":
        return _easter(year) + timedelta(days=1)
    if name == "good friday":
        return _easter(year) - timedelta(days=2)
    if name in ("清明", "清明节"):
        # The fourth or the fifth of April; it is the fourth in years after a leap year too.
        return date(year, 4, 4 if year % 4 in (0, 1) else 5)
    if name == "labor day":
        return _nth_weekday(year, 9, 0, 1)
    thanksgiving = _nth_weekday(year, 11, 3, 4)
    later = {"black friday": 1, "cyber monday": 4}.get(name, 0)
    return thanksgiving + timedelta(days=later)


def _nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _easter(year: int) -> date:
    """The Gregorian computus (anonymous, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, rest = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, rest + 1)


def holiday_weekend(span: Span) -> Span:
    """The weekend beside a holiday: "labor day weekend"."""
    found = weekend(span.start)
    if span.start.weekday() == 0:
        start = span.start - timedelta(days=2)
        return Span(start, span.start)
    return found
