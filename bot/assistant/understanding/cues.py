"""Cue phrases: lists of wordings, as data, found in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from bot.assistant.understanding.colloquial import in_full
from kam_knowledge.language.normalise import fold, has_han
from prompts import load

_GAP_EN = r"(?:[\w'’{}]+\W+){0,3}?"
_GAP_ZH = r".{0,6}?"
_NOUN = 4
"""Letters from which on the last word of a phrase may take a plural's s: soft spot, soft spots."""
_MARKS = str.maketrans({"’": "'", "？": "?", "，": ",", "。": "."})


@cache
def cues() -> Mapping[str, Any]:
    """The lists of prompts/understanding/cues.yaml."""
    return load("understanding/cues.yaml")


def plain(text: str) -> str:
    """The text as cues are compared with it: folded, with one kind of apostrophe, in full."""
    return in_full(fold(text).translate(_MARKS))


def phrases(by_language: Mapping[str, Iterable[Any]]) -> tuple[str, ...]:
    """The wordings of all languages, folded."""
    return tuple(plain(str(phrase)) for listed in by_language.values() for phrase in listed)


@cache
def pattern(wordings: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all wordings, the longest first."""
    return re.compile("|".join(map(_expression, sorted(wordings, key=len, reverse=True))))


def longest(folded: str, wordings: tuple[str, ...]) -> int:
    """The length of the longest wording that stands in the folded text; 0 for none."""
    return max((len(m.group()) for m in pattern(wordings).finditer(folded)), default=0)


def found_at(folded: str, wordings: tuple[str, ...]) -> tuple[int, int] | None:
    """The place of the longest wording in the folded text; None where none stands."""
    spans = [match.span() for match in pattern(wordings).finditer(folded)]
    return max(spans, key=lambda span: span[1] - span[0], default=None)


def without(folded: str, wordings: tuple[str, ...]) -> str:
    """The folded text with every wording replaced by a space."""
    return pattern(wordings).sub(" ", folded)


def _expression(wording: str) -> str:
    if has_han(wording):
        return _GAP_ZH.join(re.escape(part.strip()) for part in wording.split("*"))
    body = _GAP_EN.join(re.escape(part.strip()) + r"\W+" for part in wording.split("*"))
    body = body.removesuffix(r"\W+")
    start = r"(?<![\w'])" if wording[0].isalnum() else ""
    last = re.split(r"\W+", wording)[-1]
    plural = "s?" if len(last) >= _NOUN and last.isascii() and last[-1] not in "sy" else ""
    end = rf"{plural}(?![\w])" if wording[-1].isalnum() else ""
    return f"{start}{body}{end}"
