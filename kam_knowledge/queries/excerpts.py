"""Verbatim excerpts of a text: the sentences that say most about what was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

from kam_knowledge.language.normalise import HAN, fold
from kam_knowledge.queries.mentions import mentions_of

LONGEST = 240
"""Characters of an excerpt at most: a glance, not a page."""
_WRAPPED = 60
"""A line at least this wide was broken by its editor, not ended by its writer."""
_SIGNATURE = 14
"""What is narrower says nothing: a name below a letter, a thank-you."""
_MESSAGE = 12
"""The same of a whole message of a chat, which is said in fewer words than a letter."""

_END = re.compile(
    r"(?<=[。！？；])(?![”’」』）])|(?<=[。！？；][”’」』）])|(?<=[.!?])(?=\s)|(?<=[.!?][\"”’)])(?=\s)|\n+"
)
_MARKUP = re.compile(
    r"^\s*(?:#{1,6}\s|[-*+•]\s+|\d+[.)、]\s+|>\s*|\|\s*|\[[^\]\n]{0,30}\d{1,2}:\d{2}[^\]\n]{0,12}\]\s*)"
)
"""What stands before a sentence and is none of it: signs of lists, the stamp of a chat's line."""
_NUMBER = re.compile(r"\s*\d+[.)、]")
_MAIL_HEADER = re.compile(
    r"(?:from|to|cc|bcc|date|sent|subject|reply-to|attendees|present|participants|account|location"
    r"|发件人|收件人|抄送|密送|主题|日期|时间|发送时间|地点|客户|参会|参会人|参会人员|参加|参加人|参加人员"
    r"|出席|与会|与会人|与会人员)\s*[:：]"
)
_STAMP = re.compile(
    r"\[?(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[ ,，T]*)?\d{1,2}:\d{2}(?::\d{2})?\]?$"
)
"""The end of a line that only says who wrote when, as chats are pasted."""
_SALUTATION = re.compile(
    r"(?:dear|hi|hello|hey|best|regards|best regards|kind regards|thanks|cheers"
    r"|您好|你好|此致|敬礼|谢谢)\b.{0,30}$|.{1,12}(?:您好|你好|早|好)[,，!！:：]?$"
)
_TELLING = re.compile(
    r"promis|agree|decid|decision|worr|concern|afraid|risk|budget|price|cost|deadline|"
    r"notice|renew|cancel|terminat|compet|rival|complain|escalat|block|support|defend|"
    r"leav|left|replac|approv|sign|want|need|must|cannot|can't|won't|refus|expect|"
    r"答应|承诺|同意|决定|担心|顾虑|风险|预算|价格|成本|费用|截止|通知|续约|终止|对手|竞争|投诉|升级|"
    r"反对|支持|离职|离开|接任|接手|批准|签|希望|要求|必须|不能|不会|不同意|没收到|没有|问题|条件"
)
"""Words of what a colleague would pass on: promises, worries, decisions, money, people."""


_SIGNED = re.compile(
    r"(?:with )?(?:best|kind|warm|many)?\s*(?:regards|greetings|wishes)|(?:yours )?sincerely"
    r"|yours(?: truly)?|mit freundlichen grüßen|此致|敬礼|祝好|顺祝.{0,6}|祝商祺|谨启"
)
"""The line from which on a letter only says who wrote it."""
_SIGNATURE_LINES = 6


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the text's sentences, without the list marker or white space around them."""
    start = 0
    for match in [*_END.finditer(text), None]:
        if match and (_is_wrap(text, match) or _NUMBER.fullmatch(text[start : match.start()])):
            continue
        end = match.start() if match else len(text)
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        marker = _MARKUP.match(piece)
        if marker:
            lead = max(lead, marker.end())
        span = (start + lead, start + len(piece.rstrip()))
        if span[1] > span[0]:
            yield span
        start = match.end() if match else end


def excerpt(
    text: str, words: Collection[str] = (), *, longest: int = LONGEST, alone: bool = False
) -> str:
    """A verbatim piece of the text: from the sentence richest in `words`, as far as it fits;
    `alone` that sentence and no other.

    A message of a chat counts as naming whoever wrote it. Headings, mail headers, table rows
    and greetings are passed over where there is prose. Empty for an empty text.
    """
    pieces = _pieces(text)
    if not pieces:
        return ""
    prose = [piece for piece in pieces if not piece.frame] or pieces
    speaks_of = [mentions_of([word]) for word in dict.fromkeys(words) if len(word.strip()) > 1]
    best = max(prose, key=lambda piece: _weight(text, piece, speaks_of))
    at = pieces.index(best)
    start, end = best.span
    if alone:
        return _shortened(text[start:end], longest)
    for following in _beside(text, pieces[at:]):
        if following.span[1] - start > longest:
            break
        end = following.span[1]
    for before in _beside(text, pieces[at::-1]):
        if end - before.span[0] > longest:
            break
        start = before.span[0]
    return _shortened(text[start:end], longest)


def excerpts(
    text: str, words: Collection[str] = (), *, most: int, longest: int = LONGEST
) -> list[str]:
    """Verbatim messages of a chat, in its order: the most telling `most` of those that name one
    of `words`, or that somebody of that name wrote; the one best piece where it is no chat."""
    speaks_of = [mentions_of([word]) for word in dict.fromkeys(words) if len(word.strip()) > 1]
    said = [piece for piece in _pieces(text) if not piece.frame and piece.speaker]
    found = []
    for _, group in groupby(said, key=lambda piece: piece.speaker):
        message = list(group)
        span = (message[0].span[0], message[-1].span[1])
        whole = _Piece(span, False, message[0].speaker)
        _, named, *weight = _weight(text, whole, speaks_of)
        if named and _width(text[slice(*span)]) >= _MESSAGE:
            found.append((weight, span))
    if len(found) < 2:
        best = excerpt(text, words, longest=longest)
        return [best] if best else []
    chosen = sorted(found, key=lambda one: one[0], reverse=True)[:most]
    return [_shortened(text[slice(*span)], longest) for span in sorted(at for _, at in chosen)]


@dataclass(frozen=True)
class _Piece:
    """A sentence: where it stands, whether it is only a frame, and who says it in a chat."""

    span: tuple[int, int]
    frame: bool
    speaker: str


def _pieces(text: str) -> list[_Piece]:
    found: list[_Piece] = []
    speaker, signed = "", _signed_from(text)
    for span in sentences(text):
        line = _line_of(text, span)
        frame = span[0] >= signed or _is_frame(text[span[0] : span[1]], line)
        if frame and _STAMP.search(line):
            speaker = line
        found.append(_Piece(span, frame, speaker))
    return found


def _signed_from(text: str) -> int:
    """Where the signature of a letter begins: its closing words near its end; else its end."""
    lines = list(re.finditer(r"[^\n]*[^\s][^\n]*", text))
    for line in lines[-_SIGNATURE_LINES:]:
        if _SIGNED.fullmatch(fold(line.group().strip()).rstrip(",.，。!！")):
            return line.start()
    return len(text)


def _beside(text: str, pieces: list[_Piece]) -> Iterator[_Piece]:
    """The pieces after the first, in the order given, as far as its paragraph goes."""
    for held, following in pairwise(pieces):
        first, second = sorted((held.span, following.span))
        if following.frame or not _joins(text[first[1] : second[0]]):
            return
        yield following


def _weight(
    text: str, piece: _Piece, speaks_of: Iterable[Callable[[str], bool]]
) -> tuple[bool, bool, int, int, int]:
    """What makes a sentence the one to quote: whom it names, what it tells, its length."""
    start, end = piece.span
    body = text[start:end]
    said_by = f"{piece.speaker}\n{body}"
    named = sum(test(said_by) for test in speaks_of)
    telling = len(set(_TELLING.findall(fold(body))))
    width = _width(body)
    return (width >= _SIGNATURE, named > 0, min(named, 3) + min(telling, 3), width // 40, -start)


def _is_wrap(text: str, match: re.Match[str]) -> bool:
    """Whether a line break only wraps a long line: the sentence goes on in the next."""
    if match[0] != "\n":
        return False
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    following = text[match.end() :]
    if not line.strip() or _MARKUP.match(following) or _is_frame(line, line):
        return False
    ended = line.rstrip()[-1] in ".!?:;。！？：；|"
    return not ended and _width(line) >= _WRAPPED


def _joins(gap: str) -> bool:
    """Whether two sentences stand in one paragraph: only white space lies between them."""
    return not gap.strip() and gap.count("\n") < 2


def _is_frame(body: str, line: str) -> bool:
    """Whether the sentence is a heading, a header, a table row, a greeting or a bare label."""
    folded = fold(line.strip())
    if line.lstrip().startswith(("#", "|", "---", "```")) or body.endswith((":", "：")):
        return True
    if _MAIL_HEADER.match(folded) or "-->" in line or _SALUTATION.fullmatch(folded):
        return True
    return _STAMP.search(folded) is not None and len(folded) <= 60


def _line_of(text: str, span: tuple[int, int]) -> str:
    """The line on which the span begins, as far as it lies before the span's end."""
    begin = text.rfind("\n", 0, span[0]) + 1
    end = text.find("\n", span[0], span[1])
    return text[begin : span[1] if end < 0 else end]


@cache
def _wide() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]")


def _width(text: str) -> int:
    """Columns on a screen: a Han character takes two."""
    return len(text) + len(_wide().findall(text))


def _shortened(piece: str, longest: int) -> str:
    """The piece's beginning, cut at a space where there is one; still verbatim."""
    if len(piece) <= longest:
        return piece
    cut = piece[:longest]
    space = cut.rfind(" ")
    return (cut[:space] if space > longest // 2 else cut).rstrip()
