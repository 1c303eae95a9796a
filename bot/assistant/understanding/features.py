"""What a message is compared by: its words, their neighbours, and the concepts they stand for.

A concept (prompts/understanding/concepts.yaml) joins wordings of both languages, so that an
example stands for messages that share not a word with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TypeVar

from bot.assistant.understanding.colloquial import in_full
from kam_knowledge.language.normalise import HAN, fold
from prompts import load

_PIECE = re.compile(
    rf"""
    \{{(?P<slot>\w+)\}}
  | (?P<han>[{HAN}])
  | (?P<span>(?<![\w])(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)[\s-]
      (?:day|week|month|quarter|year|hour)s?(?!\w))
  | (?P<number>\d[\d.,]*)
  | (?P<word>[^\W_\d{HAN}]+(?:'[^\W_\d{HAN}]+)?)
  | (?P<mark>[?:=%#👍👌✅❌👎])
    """,
    re.VERBOSE,
)
_SPAN_ZH = re.compile(
    r"(?:\d+|[一二两三四五六七八九十半几]{1,3})(?:个月|个星期|个礼拜|个季度|个小时|天|周|星期|礼拜|小时|年)(?:多)?"
)
_FOLDED_MARKS = str.maketrans({"’": "'", "：": ":", "？": "?"})
_MARKS = frozenset({"<:>", "<=>", "<%>", "<#>", "<span>"})
"""Signs that say as much as a slot: `fit=8`, `Log: …`, "older than 7 days"."""

Piece = tuple[str, bool]
"""A token, and whether it is a word that may be written wrongly."""


def prepared(text: str) -> str:
    """The text folded and in full, its courtesies left out."""
    folded = in_full(fold(text).translate(_FOLDED_MARKS))
    return _courteous(folded)


def pieces(folded: str) -> list[Piece]:
    """The tokens of a folded text: stems, single Chinese characters, slots, numbers, signs."""
    if not folded.isascii():
        folded = _SPAN_ZH.sub("{span}", folded)
    found: list[Piece] = []
    for match in _PIECE.finditer(folded):
        kind = match.lastgroup
        written = match.group()
        if kind == "han":
            found.append((written, False))
        elif kind == "word":
            word = _stem(written)
            if word:
                found.append((word, True))
        elif kind == "slot":
            found.append((f"<{match['slot']}>", False))
        else:
            found.append(
                (
                    "<#>" if kind == "number" else "<span>" if kind == "span" else f"<{written}>",
                    False,
                )
            )
    return found


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """The word without the commonest endings. Snowball's stems are better to search with; these
    cost a tenth, which counts where thousands of examples are read at a cold start."""
    word = word.removesuffix("'s")
    if len(word) < 4 or not word.isascii():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 - bool(instead):
            word = word[: -len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsaeo":
        return word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_ENDINGS = (
    ("sses", "ss"),
    ("ies", "y"),
    ("ied", "y"),
    ("ss", "ss"),
    ("us", "us"),
    ("ing", ""),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
)


Key = TypeVar("Key")


class Concepts:
    """The wordings of every concept, ready to be found in pieces."""

    def __init__(self, raw: dict[str, dict[str, str]]) -> None:
        self._words: dict[str, tuple[str, ...]] = {}
        self._longer: dict[str, tuple[int, ...]] = {}
        self._han: dict[str, tuple[str, ...]] = {}
        self._han_longer: dict[str, tuple[int, ...]] = {}
        for concept, wordings in raw.items():
            for written in in_full(fold(wordings["en"])).split(", "):
                words = [piece for piece, _ in pieces(written)]
                _add(self._words, " ".join(words), concept)
                _add(self._longer, words[0], len(words))
            for phrase in in_full(fold(wordings["zh"])).split(", "):
                _add(self._han, phrase, concept)
                _add(self._han_longer, phrase[0], len(phrase))

    def knows(self, word: str) -> bool:
        """Whether a wording of a concept begins with this stem."""
        return word in self._longer

    def of_words(self, found: Sequence[str]) -> Iterator[str]:
        """The concepts of English stems."""
        for at, word in enumerate(found):
            for length in self._longer.get(word, ()):
                key = word if length == 1 else " ".join(found[at : at + length])
                yield from self._words.get(key, ())

    def of_han(self, folded: str) -> Iterator[str]:
        """The concepts of the Chinese wordings."""
        for at, character in enumerate(folded):
            for length in self._han_longer.get(character, ()):
                yield from self._han.get(folded[at : at + length], ())


def _add(table: dict[str, tuple[Key, ...]], key: str, value: Key) -> None:
    if value not in table.get(key, ()):
        table[key] = (*table.get(key, ()), value)


def features(folded: str, covered: Iterable[str] = ()) -> set[str]:
    """The features of a prepared text; `covered` is what stood under its masks, where kept.

    Words and pairs of neighbours, concepts, pairs of concepts, pairs of a concept and a slot, and
    about how long the text is.
    """
    known = concepts()
    found = [piece for piece, _ in pieces(folded)]
    meant = set(known.of_words(found))
    if not folded.isascii():
        meant.update(known.of_han(folded))
    held: set[str] = {*found}
    held.update(map("{}␣{}".format, ["^", *found], [*found, "$"]))
    slots = {piece for piece in found if piece[0] == "<" and piece != "<?>"}
    if slots <= _MARKS:
        held.add("<none>")
    for kept in covered:
        under = [piece for piece, _ in pieces(kept)]
        held.update(under)
        meant.update(known.of_words(under))
        if not kept.isascii():
            meant.update(known.of_han(kept))
    held.add(_length(len(found)))
    ordered = sorted(meant)
    held.update(map("@{}".format, ordered))
    held.update([f"{a}+{b}" for n, a in enumerate(ordered) for b in (*ordered[n + 1 :], *slots)])
    return held


def says_something(feature: str) -> bool:
    """Whether a feature is more than the form of a message: how long it is, that it asks."""
    return "␣" not in feature and feature not in _FORM


_FORM = frozenset({"<none>", "<short>", "<brief>", "<medium>", "<long>", "<?>", "<:>", "<#>"})


def _length(count: int) -> str:
    if count < 6:
        return "<short>" if count < 3 else "<brief>"
    return "<medium>" if count < 15 else "<long>"


@cache
def concepts() -> Concepts:
    """The concepts of the product, read once."""
    return Concepts(load("understanding/concepts.yaml"))


_EDGE = " ,，、:!！.。~-"
_LEAST, _LEAST_BEFORE_THANKS = 4, 8
"""Characters that must be left, twice as many of English, so that "hello" and "ok, thanks" stay
what they are."""


@cache
def _courtesies() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The phrases before and after, the longest first."""
    raw = load("understanding/courtesies.yaml")

    def phrases(side: str) -> tuple[str, ...]:
        found = {fold(p).strip() for text in raw[side].values() for p in text.splitlines()}
        return tuple(sorted(found - {""}, key=lambda phrase: (-len(phrase), phrase)))

    return phrases("before"), phrases("after")


def _courteous(folded: str) -> str:
    """The text without the courtesies around it; one that is hardly more stays as it is."""
    before, after = _courtesies()
    bare = folded.strip()
    while True:
        shorter = bare
        if shorter.startswith(before):
            for phrase in before:
                if shorter.startswith(phrase) and _apart(phrase, shorter[len(phrase) :][:1]):
                    shorter = shorter[len(phrase) :].lstrip(_EDGE)
                    break
        ending = shorter.rstrip(_EDGE)
        if ending.endswith(after):
            for phrase in after:
                left = ending[: -len(phrase)].rstrip(_EDGE)
                if ending.endswith(phrase) and _apart(phrase, ending[: -len(phrase)][-1:]):
                    shorter = left if _long_enough(left, _LEAST_BEFORE_THANKS) else shorter
                    break
        if shorter == bare or not _long_enough(shorter, _LEAST):
            return bare
        bare = shorter


def _long_enough(text: str, least: int) -> bool:
    return len(text) >= least * (1 + text.isascii())


def _apart(phrase: str, beyond: str) -> bool:
    """Whether the phrase ends there: a Latin word is not torn."""
    return not (phrase.isascii() and beyond.isascii() and (beyond.isalnum() or beyond == "'"))
