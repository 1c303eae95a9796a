"""Pasted chats: recognised by their name-and-time lines, who spoke, and the last day.

The forms are those of WeChat, QQ, Feishu ("张三 2026-11-12 14:03:22"), WhatsApp ("12/11/2026,
14:03 - Dana: …", "[2026-11-12, 14:03:22] Dana: …"), Teams ("[12.11. 14:03] Dana Wu") and a Slack
paste ("Dana Wu  2:03 PM"). The text itself is never changed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents.chat_dates import DATE, RawDate, raw_date, resolve

_TIME = (
    r"(?:(?:上午|下午|凌晨|清晨|早上|中午|傍晚|晚上)\s?)?"
    r"(?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d)?"
    r"(?:\s?[AaPp]\.?\s?[Mm]\b\.?)?"
)
_STAMP = rf"(?:(?P<date>{DATE})[,，]?\s{{0,3}}(?:(?:at|um|à)\s)?)?{_TIME}(?:\s?(?:UTC|GMT|CST))?"
_DATED_STAMP = rf"(?P<date>{DATE})[,，]?\s{{0,3}}(?:at\s)?{_TIME}"
# No list or heading marks at its start, no sentence in it.
_NAME = r"(?P<name>\+?[^\W_~@（(][^\[\]:：|。！？!?;；，\n\t]{0,39}?)"
_HAN = "[\u3400-\u9fff·]{2,4}"
_MARKS = r"(?:\*\*|__)?"

# A line with the name, the time and the words.
_INLINE = (
    re.compile(rf"\[{_STAMP}\][\s ]{{0,3}}~?\s?{_NAME}[:：]\s?(?P<text>.*)"),
    re.compile(rf"{_DATED_STAMP}\s[-–]\s~?\s?{_NAME}:(?:\s(?P<text>.*)|$)"),
    re.compile(rf"{_DATED_STAMP}\s{{1,3}}(?P<name>{_HAN})[:：]\s?(?P<text>.+)"),
)
# A line with the name and the time, the words below it.
_HEADER = (
    re.compile(
        rf"{_MARKS}{_NAME}{_MARKS}(?:\s:[a-z0-9_+-]{{1,30}}:)?"
        rf"[,，]?\s{{1,4}}[\[(（]?{_STAMP}[\])）]?[:：]?"
    ),
    re.compile(rf"[\[(]{_STAMP}[\])]\s{{0,3}}{_NAME}[:：]?"),
    re.compile(rf"(?P<date>{DATE})\s{{1,3}}[0-2]?\d:[0-5]\d:[0-5]\d\s{{1,4}}{_NAME}"),
)
# The time alone, under a line with the name.
_STAMP_LINE = re.compile(rf"[\[(]?{_STAMP}[\])]?")
_SYSTEM = re.compile(rf"\[?{_DATED_STAMP}(?:\]|\s[-–])\s.+")
_DAY_LINE = re.compile(rf"[-—–─=•\s]{{0,40}}(?P<date>{DATE})(?:\s{_TIME})?[-—–─=•\s]{{0,40}}")
# What programs put behind a name: a role, QQ's number or address.
_ROLE = re.compile(
    r"\s?(?:[(（](?:Guest|External|Unverified|外部|访客|\d{5,12})[)）]|<[^<>]{1,60}>)$",
    re.IGNORECASE,
)
_HAN_NAME = re.compile(_HAN)
_LATIN_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,20}(?: [^\W\d_][\w.'’-]{0,20}){1,3}")
# What stands in such a line of a diary or an agenda, and in nobody's name.
_NOT_A_NAME = re.compile(
    r"\b(?:with|and|the|for|of|to|about|on|at|from|re|meeting|call|e?mail|visit|notes?|minutes|lunch"
    r"|dinner|demo|workshop|review|agenda|time|date|start|end|updated|created|sent|due)\b"
    r"|会议|例会|电话|拜访|纪要|邮件|时间|日期|开始|结束|更新|会见|汇报",
    re.IGNORECASE,
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武"
    "戴莫孔向汤張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇呂盧鐘譚陸賈鄒龍賀顧龔萬錢嚴湯"
)
_LONGEST_LINE = 160  # characters: how far into a line the name and the time are looked for


@dataclass(frozen=True)
class Chat:
    """Who wrote in a chat (in order of appearance) and the day of its last dated line."""

    participants: tuple[str, ...]
    date: dt.date | None


@dataclass(frozen=True)
class Spoken:
    """What one line of a chat says: places of the name, and of the words, in the text."""

    name_start: int
    name_end: int
    start: int
    end: int
    date: dt.date | None
    """The day of the line, as far as it, or a line before it, tells it with a year."""


@dataclass(frozen=True)
class _Turn:
    name: str
    date: RawDate | None
    has_text: bool
    is_stamped: bool  # with a date or in brackets, as no line of an agenda is
    name_at: int = 0  # in the line, or before it where the name stands in the line above
    text_at: int = 0


def find_chat(text: str) -> Chat | None:
    """The chat that the text is, or None: a chat is mostly made of turns, a note is not."""
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line]
    inline: list[_Turn] = []
    headers: list[_Turn] = []
    answered = system = 0
    dates: list[RawDate] = []
    after_header = False
    before = ""
    for line in lines:
        turn = _turn(line, before)
        before = line
        if turn is not None:
            after_header = not turn.has_text
            (inline if turn.has_text else headers).append(turn)
            if turn.date is not None:
                dates.append(turn.date)
            continue
        answered += after_header
        after_header = False
        if len(line) > _LONGEST_LINE:
            continue
        if day := _DAY_LINE.fullmatch(line):
            system += 1
            if (found := raw_date(day["date"], line)) is not None:
                dates.append(found)
        elif inline and _SYSTEM.fullmatch(line):
            system += 1
    is_inline = len(inline) >= 2 and len(inline) + system >= 0.3 * len(lines)
    is_headed = (
        len(headers) >= 2
        and answered >= 0.8 * len(headers)
        and len(headers) + answered >= 0.3 * len(lines)
        and _are_people(headers, has_day=system > 0)
    )
    if not is_inline and not is_headed:
        return None
    turns = [*inline, *headers] if is_inline and is_headed else inline if is_inline else headers
    return Chat(tuple(dict.fromkeys(turn.name for turn in turns)), resolve(dates))


def spoken(text: str) -> list[Spoken]:
    """Who says what in the text of a chat, line by line; empty where it is none (`find_chat`)."""
    if find_chat(text) is None:
        return []
    found: list[Spoken] = []
    raws: list[RawDate] = []
    before, before_at, offset = "", 0, 0
    who: tuple[int, int] | None = None
    day: dt.date | None = None
    for whole in text.split("\n"):
        at = offset + len(whole) - len(whole.lstrip())
        line = whole.strip()
        offset += len(whole) + 1
        if not line:
            continue
        turn = _turn(line, before)
        if turn is not None:
            if turn.date is not None:
                raws.append(turn.date)
                day = _day(turn.date, raws)
            begin = before_at if turn.name_at < 0 else at + turn.name_at
            who = (begin, begin + len(turn.name))
            if turn.has_text and line[turn.text_at :].strip():
                found.append(Spoken(*who, at + turn.text_at, at + len(line), day))
        elif (other := _DAY_LINE.fullmatch(line)) is not None:
            if (raw := raw_date(other["date"], line)) is not None:
                raws.append(raw)
                day = _day(raw, raws)
        elif who is not None and not _is_name_of_next(text, offset, line):
            found.append(Spoken(*who, at, at + len(line), day))
        before, before_at = line, at
    return found


def _is_name_of_next(text: str, offset: int, line: str) -> bool:
    """Whether the line is only the name of who says what is below the time in the next one."""
    following = text[offset:].lstrip("\n").split("\n", 1)[0].strip()
    return _is_person(line) and _STAMP_LINE.fullmatch(following) is not None


def _day(raw: RawDate, raws: Sequence[RawDate]) -> dt.date | None:
    """The day of a line, read as the lines up to it are."""
    if raw.order:
        return resolve([raw])
    return resolve([one for one in raws if not one.order])


def _turn(line: str, before: str) -> _Turn | None:
    start = line[:_LONGEST_LINE]
    for pattern in _INLINE:
        if (match := pattern.match(start)) and not _NOT_A_NAME.search(match["name"]):
            at = match.start("text") if match["text"] is not None else len(line)
            name = _name(match["name"])
            place = line.find(name, match.start("name"))
            return _Turn(name, raw_date(match["date"], start), True, True, place, at)
    if len(line) > _LONGEST_LINE:
        return None
    for pattern in _HEADER:
        if (match := pattern.fullmatch(line)) and not _NOT_A_NAME.search(match["name"]):
            is_stamped = match["date"] is not None or "[" in line
            name = _name(match["name"])
            place = line.find(name, match.start("name"))
            return _Turn(name, raw_date(match["date"], line), False, is_stamped, place, len(line))
    if (match := _STAMP_LINE.fullmatch(line)) and _is_person(before):
        is_stamped = match["date"] is not None
        return _Turn(_name(before), raw_date(match["date"], line), False, is_stamped, -1, len(line))
    return None


def _name(written: str) -> str:
    return _ROLE.sub("", written.strip(" ,，*_"))


def _is_person(text: str) -> bool:
    if _HAN_NAME.fullmatch(text):
        return text[0] in _SURNAMES
    return (
        len(text) <= 40
        and _LATIN_NAME.fullmatch(text) is not None
        and all(word[0].isupper() for word in text.split())
        and not _NOT_A_NAME.search(text)
    )


def _are_people(headers: Sequence[_Turn], *, has_day: bool) -> bool:
    """Whether these lines are speakers: an agenda ("Coffee 10:30") has the same form.

    Without a date or brackets, someone must speak twice, or all have Chinese names.
    """
    if has_day or sum(turn.is_stamped for turn in headers) >= 0.5 * len(headers):
        return True
    names = Counter(turn.name for turn in headers)
    return max(names.values()) > 1 or all(
        _HAN_NAME.fullmatch(name) and name[0] in _SURNAMES for name in names
    )
