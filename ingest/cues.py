"""What the words of a note say about itself: its labelled lines, and which kind of note it is.

"Account: ACME Corp · Date: 2026-11-12", 时间：…, a table whose first row says Customer: notes carry
their own front matter in many forms. All of it is looked for in the first lines only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEAD_LINES = 15
_HEAD_SIZE = 1_000
_OPENING_LINES, _OPENING_SIZE = 2, 60
"""Lines of prose, and characters of each, in which a word says what kind of note this is."""

_LABELS = {
    "account": r"account(?: name)?|customer(?: name)?|client|kunde|客户(?:名称|单位|公司)?",
    "date": (
        r"(?:meeting |call |visit )?date(?: and time)?|date of (?:meeting|call|visit)|when|datum"
        r"|(?:会议|拜访|沟通|通话|日期|开会|访问)?(?:日期|时间)"
    ),
    "attendees": (
        r"attendees|attending|participants|present|people present|meeting with|call with"
        r"|(?:our|their) (?:side|attendees|participants)|teilnehmer"
        r"|(?:参会|与会|出席|参加|参与|到会)(?:人员|人|者|方)?|(?:我|对|客户|甲|乙)方(?:人员|参会人员|参会人|参会)?"
    ),
    "kind": r"(?:meeting |contact )?type|kind|form|类型|形式|方式|沟通方式|会议形式",
}
_EDGE = r"(?:^|[·•|\t]|\s{2,}|[*_]{2})[\s>*_#|-]{0,8}"
_VALUE = r"[*_]{0,3}\s{0,3}[:：|]\s{0,3}[*_|\s]{0,6}(?P<value>[^\n·•|\t]{1,300}?)"
_END = r"(?=[*_]{0,3}\s{0,4}(?:[·•|\t\n]|\Z)|\s{1,4}[*_]{0,3}[^\s:：]{1,14}[:：](?!\d))"
_LABELLED = {
    name: re.compile(rf"{_EDGE}(?P<label>{words}){_VALUE}{_END}", re.IGNORECASE | re.MULTILINE)
    for name, words in _LABELS.items()
}

_KIND_WORDS = {
    "call": re.compile(
        r"\b(?:phone|conference|video|zoom|teams|voice) (?:call|meeting)s?\b"
        r"|\btelephone\b|\bphoned?\b|\brang\b"
        r"|(?<!on-)(?<!on )\bcall(?:ed|s)?\b(?! (?:for|to action|cent(?:re|er)|off)\b)"
        r"|电话|通话|致电|来电|视频会",
        re.IGNORECASE,
    ),
    "meeting": re.compile(
        r"\b(?:meeting|met with|met|workshop|visit(?:ed)?|lunch|dinner|breakfast|minutes|steering"
        r"|qbr|kick-?off|on-?site|face to face|coffee with|sat down with)\b"
        r"|会议|纪要|会谈|会面|见面|面谈|拜访|走访|来访|回访|首访|初访|午餐|晚餐|午饭|晚饭|吃饭|饭局"
        r"|研讨|评审会|例会|交流会|座谈|指导委员会|沟通会|碰头|巡检",
        re.IGNORECASE,
    ),
    "email": re.compile(
        r"\be-?mails?(?: (?:from|to|with|exchange|thread))?\b|邮件|发件人", re.IGNORECASE
    ),
    "chat": re.compile(
        r"\bwe-?chat\b|\bwhats-?app\b|\b(?:teams|slack|im) (?:chat|thread|message)s?\b"
        r"|\bchat(?:ted)? with\b|微信|聊天|群聊|企微",
        re.IGNORECASE,
    ),
}
_INTERNAL = re.compile(
    r"\binternal\b|\bhand-?over\b|\bpost-?mortem\b|内部|对齐会|交接|复盘", re.IGNORECASE
)
_MINUTES = re.compile(
    r"\bminutes\b|\b(?:meeting|call|visit) (?:notes?|report|summary)\b|\bprotokoll\b"
    r"|纪要|(?:会议|拜访|走访|通话|会谈|面谈)(?:记录|报告|总结)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[_\-.]+")


def head(text: str) -> str:
    """The first lines of the text, without empty ones."""
    lines: list[str] = []
    for line in text[: 4 * _HEAD_SIZE].split("\n"):
        if line.strip():
            lines.append(line.rstrip())
        if len(lines) == _HEAD_LINES:
            break
    return "\n".join(lines)[:_HEAD_SIZE]


def labelled(text: str, name: str) -> str | None:
    """What a labelled line in the first lines says: account, date, attendees or kind."""
    found = [value for value in _values(head(text), name) if value]
    return "; ".join(found) if name == "attendees" and found else found[0] if found else None


def spoken(name: str) -> str:
    """A file's or folder's name as words."""
    return " ".join(_SEPARATORS.sub(" ", name).split())


def kind_said(title: str, text: str) -> str | None:
    """The kind that the title or the opening words say; None where they say none.

    A meeting of ours about the customer is no touch with the customer, so it has none.
    """
    opening = _opening(text)
    if _INTERNAL.search(title) or _INTERNAL.search(opening):
        return "document"
    return kind_in(title) or kind_in(" · ".join(_label_words(head(text)))) or kind_in(opening)


def kind_in(text: str) -> str | None:
    """The kind whose words come first in the text."""
    found = [
        (match.start(), -len(match.group()), kind)
        for kind, words in _KIND_WORDS.items()
        if (match := words.search(text))
    ]
    return min(found)[2] if found else None


def are_minutes(name: str) -> bool:
    """Whether a name says that somebody wrote down what was said."""
    return _MINUTES.search(name) is not None


def is_internal(name: str) -> bool:
    """Whether a name says that only people of ours took part."""
    return _INTERNAL.search(name) is not None


def _opening(text: str) -> str:
    """The beginnings of the first lines that are no heading and no label."""
    prose = [
        line[:_OPENING_SIZE]
        for line in head(text).split("\n")
        if not line.startswith("#") and not any(p.search(line) for p in _LABELLED.values())
    ]
    return "\n".join(prose[:_OPENING_LINES])


def _label_words(text: str) -> Iterator[str]:
    """The labels themselves: who writes 会议时间 or "Call with:" writes of a meeting, a call."""
    for label in _LABELLED.values():
        for match in label.finditer(text):
            yield match["label"]


def _values(text: str, name: str) -> Iterator[str]:
    for match in _LABELLED[name].finditer(text):
        yield match["value"].strip(" \t*_|,，;；")
