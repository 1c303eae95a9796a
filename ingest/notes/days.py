"""The days in a note: as everywhere, and 11/18 where nothing but a day can be meant."""

from __future__ import annotations

import datetime as dt
import re
from calendar import month_name
from dataclasses import replace

from kam_knowledge.language.dates import DateMatch, Prefer, find_dates

_SHORT = re.compile(
    r"(?:(?<=\s)|(?<=[(（,，])|^)(\d{1,2})/(\d{1,2})(?=[\s,.;:)），。]|[\u4e00-\u9fff]|$)",
    re.MULTILINE,
)

_DOTTED = re.compile(
    r"(?:(?<=\s)|(?<=\()|^)(\d{1,2})\.(\d{1,2})(?:\.(?=[\s,;:)-]|$)|(?<=[12]\d\.\d\d)$)",
    re.MULTILINE,
)
_WEEKDAY = re.compile(
    r"(?:(?<=\s)|(?<=\()|^)(?:mon|tues?|wed|thu|thurs?|fri)(?=[.,;:)]|$|\s-)",
    re.MULTILINE | re.IGNORECASE,
)


def days_in(text: str, today: dt.date, prefer: Prefer = "none") -> list[DateMatch]:
    """The dates in the text, by place, without overlap."""
    found = find_dates(text, today, prefer=prefer)
    for match in _WEEKDAY.finditer(text):
        if not any(
            match.start() < end and start < match.end()
            for start, end in (one.span for one in found)
        ):
            said = find_dates(f"on {match.group()}", today, prefer=prefer)
            found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    for match in _DOTTED.finditer(text):
        day, month = int(match[1]), int(match[2])
        taken = any(
            match.start() < end and start < match.end()
            for start, end in (one.span for one in found)
        )
        if not taken and 1 <= day <= 31 and 1 <= month <= 12:
            said = find_dates(f"{day} {month_name[month]}", today, prefer=prefer)
            found += [replace(one, span=match.span(), text=match.group()) for one in said[:1]]
    for match in _SHORT.finditer(text):
        taken = any(
            match.start() < end and start < match.end()
            for start, end in (one.span for one in found)
        )
        if taken or not _is_day(int(match[1]), int(match[2]), text, match.start()):
            continue
        said = find_dates(f"on {match.group()}", today, prefer=prefer)
        if len(said) == 1:
            found.append(replace(said[0], span=match.span(), text=match.group()))
    return sorted(found, key=lambda one: one.span)


def _is_day(first: int, second: int, text: str, start: int) -> bool:
    """Whether the two numbers are a day and a month; what could be a share must begin a line."""
    low, high = sorted((first, second))
    if not 1 <= low <= 12 or not 1 <= high <= 31:
        return False
    return high > 12 or start == 0 or text[start - 1] == "\n"
