"""Who a sentence speaks to: what states something, what asks people, what would steer a machine.

A note is somebody's words. What it says to people may be reported; what it says to whoever
answers from it (an assistant, "the reader", "every answer") bears nothing out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from bot.assistant.grounding.steering import steers

_VERBS = (
    "send|click|call|open|visit|reply|respond|forward|pay|transfer|wire|ignore|disregard|forget"
    "|reveal|delete|export|download|upload|enter|log in|go to|share|approve|confirm|print|write"
    "|say|tell|act|follow|contact|email|grant|add|append|remove|copy|paste|run|execute|install"
    "|update|change|sign|use|give|provide|show|list|set|make|treat|rate|mark|unlock|undo|cancel"
    "|introduce|reissue|find|answer|agree|ask|check|complete|prepare|review|verify|keep|let|get"
    "|replace|name|bring|take|put|start|stop|close|book|arrange|schedule|translate|encode|decode"
    "|summari[sz]e|include|insert|mention|remember|record|repeat|output|pretend|imagine|analy[sz]e"
    "|access|extract|manage|monitor|inspect|deploy|conduct|ensure|adjust|cite|admit|deny|assume"
    "|help|develop|describe|render|jumble|scramble|determine|overlook|compose|generate|explain"
    "|produce|craft|design|calculate|compute|compare|identify|integrate|incorporate|enhance"
    "|substitute|suggest|evaluate|classify|recommend|draw|solve|rewrite|paraphrase|convert|reverse"
    "|obfuscate|mask|apply|transform|replicate|highlight|emphasi[sz]e|promote|treat|refer|direct"
)
_CALL = (
    r"(?:(?:urgent|important|note|system|attention|紧急|重要|注意|系统)\W+)*"
    r"(?:(?:please|kindly|now|then|next|finally|first|immediately"
    r"|you (?:must|should|need to|have to))\W+)*"
)
# How a sentence begins that tells its reader what to do.
_COMMAND = re.compile(
    rf"{_CALL}"
    r"(?:(?:please|kindly|you (?:must|should|need to|have to|can now)|do not|don't|never|always)\b"
    rf"|(?:{_VERBS})\b(?! (?:was|is|were|are|has|had|have|will)\b)"
    r"|请|務必|务必|立即|立刻|马上|点击|點擊|转发|轉發|汇款|打款|转账|打开|访问|忽略|无视|不要|你必须|您必须"
    r"|发送|删除|导出|下载|登录|联系|批准|确认)",
    re.IGNORECASE,
)
# The same for what a record or a note holds: a task begins with its verb.
_TASK = re.compile(
    rf"\W*(?:[^\W\d_][\w .'-]{{0,30}}\s?[:：=–-]\s*)?{_CALL}"
    rf"(?:(?:please|kindly|do not|don't)\b|(?:{_VERBS})\b(?! (?:was|is|were|has|had|will)\b)|请)",
    re.IGNORECASE,
)
# Notes are wrapped anywhere: a line goes on unless a list, a table or a blank line begins.
_PARAGRAPH = re.compile(r"\n\s*(?=\n|[-*•>#|]|\d{1,2}[.)、])")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’]?\s+|[。！？]|\s[|]\s")
_RECORD = re.compile(r"[a-z_]+=")
_FIRST_PERSON = re.compile(
    r"(?:^|[,;:.]\s+|\band )(?:I|I['’](?:ve|m|ll|d))\b(?! (?:found|see|can see|find))"
    r"|(?:^|[，。；：])(?:我(?!方|们|司|公司|的团队)|本助手|本人)"
    r"|\b(?:me|my|myself)\b"
    r"|^(?:as you wish|as requested|done[.:,]|sure[.:,]|of course|here (?:is|are|you go|it is))",
    re.IGNORECASE,
)


_INTENDS = re.compile(
    r"\b(?:will|shall|going to|(?:plans?|planned|intends?|hopes?|wants?|wish(?:es)?|expects?) to)\b"
    r"|(?<![开机社协事工员大议茶年晚])会(?![议面谈上后中客场计员])|(?<![重主必纪摘首])要(?![求素点])|将(?!近)|打算|计划|准备|拟"
    r"|争取|希望",
    re.IGNORECASE,
)


class Speech(Enum):
    """What a piece of a source does."""

    STATES = auto()
    ASKS = auto()
    """A task, a request, a plan: it bears out that something is to be done, not that it was."""
    STEERS = auto()
    """It speaks to whoever answers from it: it bears nothing out."""


def is_command(sentence: str) -> bool:
    """Whether the sentence begins as one that tells its reader what to do."""
    return _COMMAND.match(sentence.lstrip("*_ ")) is not None


def is_no_statement(sentence: str) -> str | None:
    """Why the words of an answer state nothing about the accounts; None where they may."""
    text = sentence.strip().strip("*_ ")
    if text.endswith(("?", "？")):
        return "asks instead of stating"
    if _FIRST_PERSON.search(text):
        return "speaks of the assistant's own doing"
    return None


def spoken(text: str) -> Iterator[tuple[str, Speech]]:
    """The pieces of a source's text, and what each does.

    One that would steer takes its paragraph with it: the next sentence may finish its order.
    """
    for paragraph in _PARAGRAPH.split(text):
        steering = steers(paragraph)
        # The columns of a record belong together.
        whole = _RECORD.match(paragraph.strip()) is not None
        pieces = [paragraph] if whole else _SENTENCE.split(paragraph)
        for piece in filter(None, map(str.strip, pieces)):
            if steering:
                yield piece, Speech.STEERS
            elif not whole and (_TASK.match(piece) or _INTENDS.search(piece)):
                yield piece, Speech.ASKS
            else:
                yield piece, Speech.STATES
