"""The days in a note: as everywhere, and 11/18 where nothing but a day can be meant."""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name
from dataclasses import replace

from kam_knowledge.language.dates import DateMatch, Prefer, find_dates
from kam_knowledge.language.normalise import has_han

_SHORT = re.compile(
    r"(?:(?<=\s)|(?<=[(（,，])|^)(\d{1,2})/(\d{1,2})(?=[\s,.;:)），。]|[\u4e00-\u9fff]|$)",
    re.MULTILINE,
)

_DOTTED = re.compile(
    r"(?:(?<=\s)|(?<=\()|^)(\d{1,2})\.(\d{1,2})(?:\.(?=[\s,;:)-]|$)|(?<=[12]\d\.\d\d)$)",
    re.MULTILINE,
)
_MONTH_FIRST = re.compile(
    r"(?:(?<=\s)|(?<=[(（,，：:])|^)(\d{1,2})\.(\d{1,2})(?![\d.%％万亿元个倍分版]|\s*(?:%|万|亿|元))",
    re.MULTILINE,
)
_WEEK = re.compile(
    r"(?<![a-z])(?:wk|week|kw|cw)\.?\s?(\d{1,2})(?!\d)|第\s?(\d{1,2})\s?周", re.IGNORECASE
)
_DUE = re.compile(
    r"(?:\b(?:by|until|till|before|due|on|eta)|->|=>|→|最晚|最迟|截止)[\s:]*$", re.IGNORECASE
)
_LONGHAND = {
    "yday": "yesterday", "ystd": "yesterday", "y'day": "yesterday", "tmw": "tomorrow",
    "tmro": "tomorrow", "2moro": "tomorrow", "2day": "today", "2nite": "tonight",
}  # fmt: skip
_SHORTHAND = re.compile(rf"(?<![\w'])(?:{'|'.join(_LONGHAND)})(?!\w)", re.IGNORECASE)
_WEEKDAY = re.compile(
    r"(?:(?<=\s)|(?<=\()|^)(?:mon|tues?|wed|thu|thurs?|fri)(?=[.,;:)]|$|\s-)",
    re.MULTILINE | re.IGNORECASE,
)


def days_in(text: str, today: dt.date, prefer: Prefer = "none") -> list[DateMatch]:
    """The dates in the text, by place, without overlap."""
    found = find_dates(text, today, prefer=prefer)
    for match in _WEEKDAY.finditer(text):
        if _is_free(match, found):
            said = find_dates(f"on {match.group()}", today, prefer=prefer)
            found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    for match in _SHORTHAND.finditer(text):
        if _is_free(match, found):
            said = find_dates(_LONGHAND[match.group().lower()], today, prefer=prefer)
            found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    for match in _DOTTED.finditer(text):
        day, month = int(match[1]), int(match[2])
        if _is_free(match, found) and 1 <= day <= 31 and 1 <= month <= 12:
            said = find_dates(f"{day} {month_name[month]}", today, prefer=prefer)
            found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    if has_han(text):  # 11.26 is 26 November there
        for match in _MONTH_FIRST.finditer(text):
            month, day = int(match[1]), int(match[2])
            if 1 <= month <= 12 and 10 <= day <= 31 and _is_free(match, found):
                said = find_dates(f"{month}月{day}日", today, prefer=prefer)
                found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    for match in _WEEK.finditer(text):
        if _is_free(match, found):
            number = match[1] or match[2]
            said = find_dates(f"week {number}", today, prefer=prefer)
            found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    for match in _SHORT.finditer(text):
        if not _is_free(match, found) or not _is_day(
            int(match[1]), int(match[2]), text, match.start()
        ):
            continue
        said = find_dates(f"on {match.group()}", today, prefer=prefer)
        if len(said) == 1:
            found.append(replace(said[0], span=match.span(), text=match.group()))
    return sorted(found, key=lambda one: one.span)


def _is_free(match: re.Match[str], found: list[DateMatch]) -> bool:
    return all(match.end() <= one.span[0] or one.span[1] <= match.start() for one in found)


def _is_day(first: int, second: int, text: str, start: int) -> bool:
    """Whether the two numbers are a day and a month; what could be a share ("1/2 of it") must
    begin a line, or stand where something is due."""
    low, high = sorted((first, second))
    if not 1 <= low <= 12 or not 1 <= high <= 31:
        return False
    if high > 12 or first > second or start == 0 or text[start - 1] == "\n":
        return True
    return _DUE.search(text, max(0, start - 12), start) is not None
