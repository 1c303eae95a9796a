"""Slips of the pen in the words of a question: "staus", "tlak", 头诉 for 投诉.

Only a word that neither the examples nor the language know is read as a slip, and only as a word
that a question is made of; names have their own reading (kam_knowledge/language/names).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from kam_knowledge.language.chinese_names import pinyin
from kam_knowledge.language.company_names import is_ordinary
from kam_knowledge.language.normalise import HAN, fold
from prompts import load

_WORD = re.compile(r"(?<![\w{'])[a-z]{4,}(?![\w}'])")
_HAN_RUN = re.compile(rf"[{HAN}]{{2,}}")
_LONGEST = 4


def corrected(
    prepared: str, known_word: Callable[[str], bool], known_pair: Callable[[str, str], bool]
) -> str:
    """The prepared text with slips put right; the same text where there is none.

    `known_word` and `known_pair` tell what the examples hold: a stem's word, two neighbouring
    Chinese characters.
    """

    def word(match: re.Match[str]) -> str:
        written = match.group()
        if known_word(written) or is_ordinary(written):
            return written
        return _meant(written) or written

    def run(match: re.Match[str]) -> str:
        return _heard(match.group(), known_pair)

    text = _WORD.sub(word, prepared)
    return text if text.isascii() else _HAN_RUN.sub(run, text)


def _meant(word: str) -> str | None:
    """The one word of our questions that is a slip away; None where there is none."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    furthest = 1 if len(word) < 8 else 2
    near = process.extract(
        word, _words(), scorer=OSA.distance, score_cutoff=furthest, limit=4, processor=None
    )
    # A slip rarely falls on the first letter; of two words as near the commoner stands first.
    near = [found for found in near if found[0][0] == word[0] or found[0][:2] == word[1::-1]]
    return min(near, key=lambda found: (found[1], found[2]))[0] if near else None


def _heard(run: str, known_pair: Callable[[str, str], bool]) -> str:
    """The run with each strange pair replaced by a wording that sounds alike."""
    at = 0
    while at < len(run) - 1:
        if known_pair(run[at], run[at + 1]):
            at += 1
            continue
        for length in range(min(_LONGEST, len(run) - at), 1, -1):
            window = run[at : at + length]
            alike = _by_sound().get(pinyin(window), window)
            if alike != window and any(a == b for a, b in zip(alike, window, strict=True)):
                run = run[:at] + alike + run[at + length :]
                at += length - 1
                break
        at += 1
    return run


@cache
def _words() -> tuple[str, ...]:
    """The English words of all concepts, in the order of the file."""
    found = dict.fromkeys(
        word
        for wordings in load("understanding/concepts.yaml").values()
        for word in re.findall(r"[a-z]{4,}", fold(wordings["en"]))
    )
    return tuple(found)


@cache
def _by_sound() -> dict[tuple[str, ...], str]:
    """The Chinese wordings of all concepts by their toneless sound, the first of each."""
    found: dict[tuple[str, ...], str] = {}
    for wordings in load("understanding/concepts.yaml").values():
        for phrase in fold(wordings["zh"]).split(", "):
            if 2 <= len(phrase) <= _LONGEST and all(re.match(f"[{HAN}]", c) for c in phrase):
                found.setdefault(pinyin(phrase), phrase)
    return found
