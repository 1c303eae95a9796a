"""The quick look: a sentence whose every word is its sources' or ours needs no closer one.

Finding names in any spelling costs a millisecond a sentence. Most sentences hold nothing but the
words of their sources between words of ours, and for those a look-up of each word says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from weakref import WeakKeyDictionary

from bot.assistant.figures import MONTHS, may_hold_number_words
from bot.assistant.grounding.evidence import Evidence
from bot.assistant.our_words import our_han, our_words
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.normalise import HAN, fold

_LONGEST = 6
"""Characters of our own Chinese that are looked up at once."""
_RUN = re.compile(rf"[{HAN}]+|(?:(?![{HAN}])[^\W_])+(?:['’&.-](?:(?![{HAN}])[^\W_])+)*")
_WORD = re.compile(r"[a-z0-9]+(?:[-_./#,:'’][a-z0-9]+)*", re.ASCII)
_UNIT = re.compile(r"[- ]?(?:%|[十百千万亿年月日号]|(?:k|mn?|mio|bn|thousand|million|billion)\b)")
_DIGIT = re.compile(r"[0-9]")
_LETTERED = re.compile(r"[a-z]")
SURNAMES = (
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘葛范彭鲁马方任袁柳鲍史唐薛雷贺汤罗郝毕"
    "邓郭梁宋董杜林徐胡黄刘叶田丁余萧傅侯程曾卢贾夏钟汪石熊崔谭廖邱江"
)


def names_are_familiar(body: str, cited: Sequence[Evidence], names: NameIndex) -> bool:
    """Whether no name in the sentence can be another than the sources have.

    False says nothing: then the sentence must be looked at closely.
    """
    ours = _ours(names)
    text = fold(body)
    segment: list[str] = []
    end = -1
    for match in _RUN.finditer(text):
        word = match.group()
        if ord(word[0]) > 0x2E80:
            if not _covered(word, cited, ours):
                return False
            continue
        if segment and text[end : match.start()] != " ":
            if not _said(segment, cited):
                return False
            segment = []
        end = match.end()
        if word in ours.latin:
            if segment and not _said(segment, cited):
                return False
            segment = []
        elif _LETTERED.search(word) or not word.isascii():
            segment.append(word.removesuffix("'s").removesuffix("’s"))
    return not segment or _said(segment, cited)


def figures_are_familiar(body: str, cited: Sequence[Evidence]) -> bool:
    """Whether every figure of the sentence stands as it is in a source. False says nothing."""
    text = fold(body)
    if may_hold_number_words(text) or any(word in MONTHS for word in re.findall(r"[a-z]+", text)):
        return False
    for match in _WORD.finditer(text):
        token = match.group()
        if not _DIGIT.search(token):
            continue
        if _UNIT.match(text, match.end()) or text[: match.start()].endswith(("-", "+", ".", ",")):
            return False
        forms = {token, token.replace(",", "")}
        if not any(one.says(form) for one in cited for form in forms):
            return False
    return True


def _said(segment: list[str], cited: Sequence[Evidence]) -> bool:
    words = " ".join(segment)
    return any(one.says(words) for one in cited)


def _covered(run: str, cited: Sequence[Evidence], ours: _Ours) -> bool:
    """Whether the Chinese characters are the sources' and ours, pieces of two and more.

    One character between two such pieces is no name, unless it may be a surname.
    """
    place, alone = 0, -2
    while place < len(run):
        longest = 0
        for one in cited:
            size = longest + 1
            while place + size <= len(run) and run[place : place + size] in one.folded:
                longest = size
                size += 1
        for size in range(min(_LONGEST, len(run) - place), max(longest, 1), -1):
            if run[place : place + size] in ours.han:
                longest = size
                break
        if longest < 2:
            if alone == place - 1 or run[place] in SURNAMES or run[place : place + 2] in ours.named:
                return False
            alone = place
        place += max(longest, 1)
    return True


class _Ours:
    """The words of our templates that no name of the book has in it."""

    def __init__(self, names: NameIndex) -> None:
        latin: set[str] = set()
        pairs: set[str] = set()
        for entry in names.entries:
            for name in (entry.name, *entry.aliases):
                for match in _RUN.finditer(fold(name)):
                    word = match.group()
                    latin |= {word, *re.split(r"['’&.-]", word)}
                    pairs |= {word[at : at + 2] for at in range(len(word) - 1)}
        self.named = frozenset(pairs)
        self.latin = our_words() - latin

    @cached_property
    def han(self) -> frozenset[str]:
        """Our Chinese in pieces."""
        pieces = _our_pieces()
        shared = [pair for pair in self.named if pair in pieces]
        return frozenset(one for one in pieces if not any(pair in one for pair in shared))


_BY_BOOK: WeakKeyDictionary[NameIndex, _Ours] = WeakKeyDictionary()


def _ours(names: NameIndex) -> _Ours:
    found = _BY_BOOK.get(names)
    if found is None:
        found = _BY_BOOK[names] = _Ours(names)
    return found


@cache
def _our_pieces() -> frozenset[str]:
    return frozenset(piece for run in our_han() for piece in _pieces(run))


def _pieces(run: str) -> Iterator[str]:
    for start in range(len(run) - 1):
        for size in range(2, _LONGEST + 1):
            if start + size <= len(run):
                yield run[start : start + size]
