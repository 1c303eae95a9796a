"""The cue words of notes (prompts/logging/cues.yaml) as patterns over plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from kam_knowledge.language.normalise import fold, has_han
from prompts import load

LATIN = "a-z0-9_\u00df-\u024f"
"""The letters of Latin words, as the inside of a character class: Han characters are none."""

_AROUND = re.compile(r"\(\?[=!<][^()]*(?:\([^()]*\)[^()]*)*\)")
"""What a wording says of the text around it."""
_MARKS = str.maketrans({"’": "'", "‘": "'", "，": ",", "：": ":", "；": ";", "（": "(", "）": ")"})


@lru_cache(maxsize=20_000)
def _character(character: str) -> str:
    if "①" <= character <= "⑳":
        return character  # the mark of an item, not a number
    folded = fold(character)
    return folded if len(folded) == 1 else character


def plainly(text: str) -> str:
    """The text in small letters, simplified characters and one kind of marks.

    It is as long as the text, so that places in it are places in the text.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_character, text)).translate(_MARKS)


def wordings(listed: Any) -> list[str]:
    """The wordings of a cue in all languages."""
    return [str(one) for by_language in listed.values() for one in by_language]


@cache
def words(*path: str) -> tuple[str, ...]:
    """The wordings of a cue, longest first: of `delicate.health` by ("delicate", "health")."""
    found: Any = load("logging/cues.yaml")
    for key in path:
        found = found[key]
    return tuple(sorted(wordings(found), key=lambda one: (-len(_AROUND.sub("", one)), one)))


def keys(name: str) -> tuple[str, ...]:
    """The names of the cues in a group of them."""
    return tuple(load("logging/cues.yaml")[name])


def any_of(listed: Iterable[str]) -> str:
    """The inside of a pattern for any of the wordings: whole words in Latin, anywhere in Han."""
    return "(?:" + "|".join(map(_expression, listed)) + ")"


@cache
def cue(*path: str) -> str:
    """The inside of a pattern for any wording of the cue."""
    return any_of(words(*path))


@cache
def pattern(*path: str) -> re.Pattern[str]:
    """A pattern for any wording of the cue."""
    return re.compile(cue(*path))


def _expression(wording: str) -> str:
    if has_han(wording):
        return wording
    body = wording.replace(" ?", r"\s*").replace(" ", r"\s+")
    start = rf"(?<![{LATIN}])" if wording[0].isalnum() or wording[0] in "([" else ""
    end = rf"(?![{LATIN}])" if wording[-1] not in r"\W:'+*/." else ""
    if wording == "n't":
        return rf"n't(?![{LATIN}])"
    return f"{start}(?:{body}){end}"
