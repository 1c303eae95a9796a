"""What a message asks for beyond names and dates: direction, measure, "top five", "in 5 lines"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from bot.assistant.understanding.cues import cues, found_at, phrases, plain, without
from bot.assistant.understanding.intent import intent
from kam_knowledge.language.date_numbers import CARDINAL_EN, CHINESE_NUMBER, chinese, english
from kam_knowledge.language.normalise import HAN

_EN = rf"(?:\d+|{CARDINAL_EN}|an?|couple of|few)"
_ZH = rf"(?:\d+|{CHINESE_NUMBER}+|几|半)"
_UNIT_DAYS = {
    "day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365,
    "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "季度": 91, "年": 365,
}  # fmt: skip
_SPAN_EN = re.compile(
    rf"(?<![\w.])({_EN})\+?[\s-](?:working |business |calendar )?"
    r"(day|week|fortnight|month|quarter|year)s?(?!\w)"
)
_SPAN_ZH = re.compile(
    rf"(?<![\d第])({_ZH})\s*个?(半?)多?(?:工作)?(天|日|周|星期|礼拜|月|季度|年)(?!内?[报度号])"
)
_LINES = (
    re.compile(
        rf"({_EN})[\s-](?:short |quick |simple )?(?:line|sentence|bullet|point|word)s?(?!\w)"
    ),
    re.compile(rf"({_ZH})\s*(?:句|行|条|点)(?:话|字)?"),
)
_TOP = (
    re.compile(
        rf"(?:top|first|largest|biggest|best|worst|riskiest|oldest|latest)[\s-]({_EN})(?![\w%])"
    ),
    re.compile(
        rf"(?<!\w)({_EN}) (?:\w+ )?"
        r"(?:largest|biggest|best|worst|riskiest|oldest|top|most|main)(?!\w)"
    ),
    re.compile(rf"前\s*({_ZH})\s*(?:大|名|个|位|家|条|项|单|份)?(?!天|周|个?月|年|期|面)"),
    re.compile(rf"最\w{{1,2}}的?\s*({_ZH})\s*(?:个|家|名|位|大|条|项|单|份|块|处|笔)"),
    re.compile(rf"({_ZH})\s*(?:大客户|个最|家最)"),
)
_LINK = 5
"""Characters between two things named together: " and ", 、, ,谁."""
JOINT = "+"
CLASS = "class"
"""The slot for a class of accounts."""
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent|per cent|个百分点)|百分之\s*(\S{1,3})")
_TIER = (
    re.compile(r"tier[\s-]*([123]|one|two|three)(?!\w)"),
    re.compile(r"([一二三123])\s*级(?:客户)?(?!市)"),
)
_AMOUNT = re.compile(
    r"(?:over|above|more than|at least|bigger than|超过|大于|高于|不低于)\s*"
    r"(?:usd|eur|cny|rmb|[$€¥￥])?\s*"
    r"(\d+(?:[.,]\d+)*)\s*(k|thousand|mn|million|m|百万|千万|万|亿|千)?(?![a-z\d%天日周月年个])"
)
_SIZES = {
    "k": 10**3, "thousand": 10**3, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7,
    "m": 10**6, "mn": 10**6, "million": 10**6, "亿": 10**8,
}  # fmt: skip


def cue_slots(name: str, masked: str) -> dict[str, str]:
    """The slots of an intent that its cue words fill; of several values the longest cue's.

    A slot that its file calls `joint` holds all that were named, joined by `JOINT`.
    """
    text = _closed(plain(masked))
    found: dict[str, str] = {}
    joint = intent(name).get("joint", ())
    values: Mapping[str, Mapping[str, list[str]]]
    for slot, values in intent(name).get("slots", {}).items():
        body = without(text, phrases(cues()["no_class"])) if slot == CLASS else text
        cued = {str(value): found_at(body, phrases(words)) for value, words in values.items()}
        ranked = sorted(
            ((span[1] - span[0], value, span) for value, span in cued.items() if span),
            key=lambda one: -one[0],
        )
        if ranked and slot in joint:
            found[slot] = JOINT.join(_apart([(value, span) for _, value, span in ranked]))
        elif ranked and not _side_by_side([span for _, _, span in ranked]):
            found[slot] = ranked[0][1]
    return found


def _apart(cued: list[tuple[str, tuple[int, int]]]) -> list[str]:
    """The values in the order in which they were named, without those inside a longer cue."""
    kept: list[tuple[str, tuple[int, int]]] = []
    for value, span in cued:
        if all(span[1] <= start or end <= span[0] for _, (start, end) in kept):
            kept.append((value, span))
    return [value for value, _ in sorted(kept, key=lambda one: one[1])]


def _side_by_side(spans: list[tuple[int, int]]) -> bool:
    """Whether two values were named together, "supporters and blockers": then neither alone."""
    ordered = sorted(spans)
    return any(0 <= after[0] - before[1] <= _LINK for before, after in pairwise(ordered))


def number_slots(text: str) -> dict[str, str]:
    """`n` (top two), `lines` (in five lines), `days` (older than a week), `percent`, `tier`,
    `min_amount` (over 100k, as a plain number)."""
    folded = plain(text)
    found: dict[str, str] = {}
    days = spoken_days(folded)
    if days:
        found["days"] = str(days)
    for name, patterns in (("lines", _LINES), ("n", _TOP), ("tier", _TIER)):
        for pattern in patterns:
            match = pattern.search(folded)
            if match and (value := _number(match[1])) and not _is_span(folded, match.start(1)):
                found[name] = str(value)
                break
    if match := _PERCENT.search(folded):
        percent = match[1] or str(chinese(match[2]) or "")
        if percent:
            found["percent"] = percent
    if (match := _AMOUNT.search(folded)) and (match[2] or not _is_span(folded, match.start(1))):
        amount = Decimal(match[1].replace(",", "")) * _SIZES.get(match[2] or "", 1)
        found["min_amount"] = f"{amount.normalize():f}"
    return found


def spoken_days(folded: str) -> int | None:
    """The days of the first length of time in a folded text: "two weeks" → 14, 三个月 → 90."""
    found: list[tuple[int, int]] = []
    for match in _SPAN_EN.finditer(folded):
        if number := _number(match[1]):
            found.append((match.start(), number * _UNIT_DAYS[match[2]]))
    for match in _SPAN_ZH.finditer(folded):
        if match[3] in ("日", "月", "季度") and "个" not in match.group():
            continue  # 12月, 5日, 二季度 are dates
        if match[3] == "年" and len(match[1]) == 4:
            continue  # 2026年
        size = _UNIT_DAYS[match[3]]
        number = _number(match[1])
        if match[1] == "半":
            found.append((match.start(), max(1, size // 2)))
        elif number:
            found.append((match.start(), number * size + (size // 2 if match[2] else 0)))
    return min(found)[1] if found else None


def without_spans(folded: str) -> str:
    """The folded text without lengths of time."""
    return _SPAN_ZH.sub(" ", _SPAN_EN.sub(" ", folded))


def _is_span(folded: str, at: int) -> bool:
    """Whether the number there counts days, weeks, months: "last two weeks" is no top two."""
    return any(
        match.start(1) == at
        for pattern in (_SPAN_EN, _SPAN_ZH)
        for match in pattern.finditer(folded)
    )


def _number(written: str) -> int | None:
    if written in ("a", "an"):
        return 1
    if written == "couple of":
        return 2
    if written in ("few", "几"):
        return 3
    if written == "半":
        return None
    return english(written) if written.isascii() else chinese(written)


def _closed(folded: str) -> str:
    """Without spaces beside Chinese characters and masks beside them, where they say nothing."""
    if folded.isascii():
        return folded
    return re.sub(rf"(?<=[{HAN}}}])\s+(?=[{HAN}{{])", "", folded)
