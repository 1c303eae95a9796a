"""Times of the day, days of the week and time zones in a message: "Mondays 8:30 Shanghai"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from functools import cache
from zoneinfo import available_timezones

from kam_knowledge.language.date_numbers import CARDINAL_EN, CHINESE_NUMBER, chinese, english
from kam_knowledge.language.normalise import fold

EVERY_DAY, WORKDAYS = tuple(range(7)), tuple(range(5))

_EN_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EN_DAY = re.compile(
    r"\b(?:(mon)(?:days?)?|(tue)(?:s|sdays?)?|(wed)(?:nesdays?)?|(thu)(?:rs?|rsdays?)?"
    r"|(fri)(?:days?)?|(sat)(?:urdays?)?|(sun)(?:days?)?)\b"
)
_ZH_DAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天末])")
_ZH_DAYS = "一二三四五六日"
_DAILY = re.compile(r"\b(?:daily|every ?day|each day|every morning|each morning)\b|每天|每日|天天")
_WORKING = re.compile(r"\b(?:week ?days|every week ?day|work(?:ing)? ?days?)\b|工作日")

_HALF = re.compile(r"(?<![\d:.])(?:half past|half-past) +(\d{1,2}|" + CARDINAL_EN + r")\b")
_DIGITS = re.compile(
    r"(?<![\d:.#])([01]?\d|2[0-4])[:.：]([0-5]\d)(?![\d:])\s*(am|pm|a\.m\.?|p\.m\.?)?"
)
_HOUR = re.compile(
    r"(?<![\d:.])(?:(\d{1,2})\s*(am|pm|a\.m\.?|p\.m\.?|o'?clock)"
    r"|at +(\d{1,2}|" + CARDINAL_EN + r")(?!\s*(?:%|days?|weeks?|months?|[:.]\d))\b"
    r"(?:\s*(am|pm|a\.m\.?|p\.m\.?))?)"
)
_TOGETHER = re.compile(r"(?<![\d:.\-/])([01]\d|2[0-3])([0-5]\d)(?![\d:.\-/年])")
_ZH_TIME = re.compile(
    rf"(凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚)?\s*(\d{{1,2}}|{CHINESE_NUMBER}{{1,3}})\s*"
    rf"[点點时](?!间|候|段)(?:\s*(半|一刻|三刻|\d{{1,2}}|{CHINESE_NUMBER}{{1,3}})\s*分?)?"
)
_PARTS_OF_DAY = {
    r"\bmorning\b|早上|早晨|清晨": time(8), "上午": time(9), r"\bnoon\b|中午": time(12),
    r"\bafternoon\b|下午": time(14), r"\bevening\b|傍晚|晚上": time(18),
}  # fmt: skip
_AFTERNOON = frozenset(["下午", "傍晚", "晚上", "晚"])


def weekdays(text: str) -> tuple[int, ...]:
    """The days of the week that are named, 0 for Monday; empty where none is."""
    folded = fold(text)
    if _WORKING.search(folded):
        return WORKDAYS
    if _DAILY.search(folded):
        return EVERY_DAY
    found = {_EN_DAYS.index(next(filter(None, one.groups()))) for one in _EN_DAY.finditer(folded)}
    for one in _ZH_DAY.finditer(folded):
        found |= {5, 6} if one[1] == "末" else {_ZH_DAYS.index(one[1].replace("天", "日"))}
    return tuple(sorted(found))


def time_of_day(text: str) -> time | None:
    """The first time of the day that is named; None where none is."""
    folded = fold(text)
    if one := _ZH_TIME.search(folded):
        hour = chinese(one[2])
        minute = {"半": 30, "一刻": 15, "三刻": 45, None: 0}.get(one[3], -1)
        minute = (chinese(one[3]) or 0) if minute < 0 else minute
        return _time(hour, minute, one[1] in _AFTERNOON or (one[1] == "中午" and hour != 12))
    if one := _HALF.search(folded):
        return _time(english(one[1]), 30, "pm" in folded)
    if one := _DIGITS.search(folded):
        later = folded[: one.start()].rstrip().endswith(tuple(_AFTERNOON))
        return _with_half(int(one[1]), int(one[2]), one[3] or ("pm" if later else None))
    if one := _HOUR.search(folded):
        return _with_half(english(one[1] or one[3]), 0, one[2] or one[4])
    if one := _TOGETHER.search(folded):
        return _time(int(one[1]), int(one[2]), later=False)
    return next((at for part, at in _PARTS_OF_DAY.items() if re.search(part, folded)), None)


def zone_named(text: str, known: Mapping[str, str]) -> str | None:
    """The IANA name of the time zone or the city that is named; None where none is.

    `known` are further names of zones, in any language.
    """
    folded = fold(text)
    for name, zone in known.items():
        if re.search(rf"(?<![a-z]){re.escape(fold(str(name)))}(?![a-z])", folded):
            return zone
    words = re.findall(r"[a-z]+(?:[/_ -][a-z]+)*", folded)
    joined = f" {' '.join(words)} ".replace("_", " ")
    cities = _cities()
    found = [city for city in cities if f" {city} " in joined]
    return cities[max(found, key=len)] if found else None


@cache
def _cities() -> dict[str, str]:
    """Zones by city and by their whole name, in small letters."""
    found: dict[str, str] = {}
    for zone in sorted(available_timezones()):
        region, _, city = zone.partition("/")
        if not city or region in ("Etc", "SystemV", "posix", "right", "US", "Canada"):
            continue
        found[zone.lower().replace("_", " ")] = zone
        found.setdefault(city.rpartition("/")[2].lower().replace("_", " "), zone)
    return found


def _with_half(hour: int | None, minute: int, half: str | None) -> time | None:
    if half and half.startswith("a") and hour == 12:
        return _time(0, minute, later=False)
    return _time(hour, minute, later=bool(half) and str(half).startswith("p") and hour != 12)


def _time(hour: int | None, minute: int, later: bool) -> time | None:
    if hour is None or minute > 59:
        return None
    hour += 12 if later and hour < 12 else 0
    return time(hour % 24, minute) if hour <= 24 else None
