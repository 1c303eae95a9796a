"""From dates in a message to the days a question is about.

The same words look ahead or back by what is asked: "in 30 days" is the next month of a renewal
and the last one of a silence. Which way an intent looks is said in its file (`window`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.slots import spoken_days
from kam_knowledge.language.dates import DateMatch, Prefer, find_dates

_AHEAD = phrases(
    {
        "en": ["next", "coming", "upcoming", "ahead", "from now"],
        "zh": ["未来", "接下来", "今后", "下"],
    }
)
_BACK = phrases(
    {
        "en": ["last", "past", "ago", "previous", "since", "for", "no contact", "not", "haven't"],
        "zh": ["最近", "过去", "近", "上", "没", "未", "无", "不"],
    }
)
_LIMIT = phrases(
    {
        "en": [
            "older than",
            "more than",
            "over",
            "longer than",
            "at least",
            "later than",
            "for more than",
        ],
        "zh": ["超过", "以上", "大于", "逾期", "多于", "超"],
    }
)
_WITHIN = phrases({"en": ["in", "within", "inside", "during"], "zh": ["内", "以内", "之内", "里"]})


@dataclass(frozen=True)
class Period:
    """The days asked about, both ends included; None where a side is open."""

    since: date | None = None
    until: date | None = None
    within_days: int | None = None
    """The length counted from today, ahead or back, where one was said."""


def period(text: str, dates: Sequence[DateMatch], today: date, window: str | None) -> Period:
    """The period of a message whose intent looks `ahead`, `back` or neither way."""
    folded = plain(text)
    loose = set(phrases(cues()["loose"]))
    dates = [match for match in dates if plain(match.text) not in loose]
    days = spoken_days(folded)
    if days and not _calendar(dates):
        return _counted(folded, dates, days, today, window)
    if not dates:
        return Period()
    if window is None and dates[0].relation == "since":
        window = "back"
    if window in ("ahead", "back"):
        prefer: Prefer = "future" if window == "ahead" else "past"
        heard = [match.span for match in dates]
        again = find_dates(text, today, prefer=prefer)
        # A name holds no date: Sun Meiling is no Sunday.
        dates = [m for m in again if any(_overlap(m.span, one) for one in heard)] or dates
    since: date | None = dates[0].start
    until: date | None = max(match.end for match in dates)
    if window == "back" and until and since and since <= today:
        until = min(until, today)
        if until == today - timedelta(days=1) and dates[-1].grain == "day" and since < until:
            until = today  # "the last two weeks" goes up to now
        if longest(folded, phrases(cues()["up_to_now"])):
            until = today
    if since == date.min:
        since = None
    if until == date.max:
        until = None
    return Period(since, until)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _calendar(dates: Sequence[DateMatch]) -> bool:
    """Whether a date besides a mere length of time was named."""
    return any(spoken_days(plain(match.text)) is None for match in dates)


def _counted(
    folded: str, dates: Sequence[DateMatch], days: int, today: date, window: str | None
) -> Period:
    """A length of time counted from today: "in 90 days", 最近两周, "no contact for 45 days"."""
    ahead, back = longest(folded, _AHEAD), longest(folded, _BACK)
    if longest(folded, _LIMIT) and not longest(folded, _WITHIN):
        return Period(within_days=None)  # a limit, not a period: the slot `days` holds it
    if dates and window is None:
        first, last = dates[0].start, dates[-1].end
        if not longest(folded, _WITHIN):
            return Period(first, last)
        window = "ahead" if last > today else "back"
    if window == "back" or (window is None and back > ahead):
        if ahead and not back:
            return Period(today, today + timedelta(days=days), days)
        since = min((m.start for m in dates if date.min < m.start < today), default=None)
        return Period(since or today - timedelta(days=days), today, days)
    until = max((m.end for m in dates if today < m.end < date.max), default=None)
    if back and not ahead and not longest(folded, _WITHIN) and dates and dates[-1].end <= today:
        return Period(dates[0].start, dates[-1].end)
    return Period(today, until or today + timedelta(days=days), days)
