"""Until when something was promised: the days in a clause, and the clause without them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ingest.notes.days import days_in
from kam_knowledge.language.dates import DateMatch

_SOON = 300
"""Days ahead beyond which a day without a year was meant as one that is past."""
_LEAD = re.compile(
    r"(?:\s|,|，|\(|（)*(?:\b(?:by|before|until|till|on|for|in|at|due|no later "
    r"than|latest|by the|the latest|,)\s*)*$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"^\s*(?:之前|以前|前|之内|以内|内|底|左右|那天|的时候|\s*(?:at the latest|latest"
    r"|morning|afternoon|evening|eod|cob|noon|上午|下午|早上|晚上|中午))*(?:\s*[)）])"
    r"?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Due:
    """A day until which, and the place of the words that say so."""

    day: dt.date
    start: int
    end: int


def due_in(text: str, start: int, end: int, today: dt.date) -> Due | None:
    """The day until which something is to be done, by the words of that stretch."""
    found = _ahead(text[start:end], today)
    if not found:
        return None
    bounded = [one for one in found if one.relation in ("by", "before")]
    best = (bounded or found)[-1]
    last = _last_day(best, today)
    if last < today:
        return None
    return Due(last, start + best.span[0], start + best.span[1])


def without_dates(text: str, dateable: str, today: dt.date) -> str:
    """The words without the date that bounds them; `dateable` are they without names."""
    found = due_in(dateable, 0, len(dateable), today)
    if found is None:
        return text
    before, after = text[: found.start], text[found.end :]
    before = _LEAD.sub("", before)
    after = _TAIL.sub("", after, count=1)
    gap = " " if before and after and before[-1].isascii() and after[:1].isalnum() else ""
    return f"{before}{gap}{after}"


def _ahead(text: str, today: dt.date) -> list[DateMatch]:
    """The dates that lie ahead, or today."""
    found = []
    for one in days_in(text, today, prefer="future"):
        if one.relation in ("since", "after") or _is_of_thing(text, one):
            continue
        if (one.start - today).days > _SOON and not re.search(r"\d{4}|明年|next year", one.text):
            nearest = days_in(one.text, today)
            if nearest and nearest[0].end < today:
                continue  # "the minutes of 12 Nov"
        if one.end >= today:
            found.append(one)
    return found


def _is_of_thing(text: str, match: DateMatch) -> bool:
    """Whether the date only tells which thing: 9月的签收单, "the January supplier day"."""
    after = text[match.span[1] :]
    if after.startswith("的") and match.relation not in ("by", "before"):
        return True
    if match.grain not in ("month", "quarter", "half", "year"):
        return False
    before = text[: match.span[0]]
    return (
        re.search(r"\b(?:the|a|an|our|their|his|her)\s+$", before, re.IGNORECASE) is not None
        and re.match(r"\s+[a-z]", after, re.IGNORECASE) is not None
    )


def _last_day(match: DateMatch, today: dt.date) -> dt.date:
    """The last day, of weeks the last working one."""
    day = match.end
    if match.grain == "week" and day.weekday() == 6:
        day = day if today > day - dt.timedelta(days=2) else day - dt.timedelta(days=2)
    return day
