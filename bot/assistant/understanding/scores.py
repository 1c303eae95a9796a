"""Scores and weights that a message names: "fit=8, a 7 for relationship", 战略权重加倍 (S1-3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from bot.assistant.understanding.cues import pattern, phrases, plain
from kam_knowledge.language.date_numbers import CARDINAL_EN, CHINESE_NUMBER, chinese, english
from kam_knowledge.methodology.criteria import Named, find_criteria, presets
from prompts import load

_NUMBER = (
    rf"(?<![\da-z.])[-−]?\d+(?:\.\d+)?|(?<!\w)(?:{CARDINAL_EN})(?!\w)|{CHINESE_NUMBER}+(?=\s*分)"
)
_FROM_TO = re.compile(
    rf"(?:from|从)\s*(?:{_NUMBER})\s*分?\s*(?:to|up to|down to|改到|改成|到)\s*(?P<to>{_NUMBER})"
)
_ANY = re.compile(_NUMBER)
_GIVEN_TO = re.compile(
    rf"(?P<n>{_NUMBER})(?:\s*/\s*10|\s*out of (?:10|ten))?\s*(?:points?|marks?)?\s*(?:for|on|in|at)"
    r"(?:\s+(?:the|its|their))?\s*$"
)
"""A number said before its criterion: "a 7 for", "9 points for the"."""
_PAIR = re.compile(
    r"(?P<name>[^\s=＝,，;；:：、][^=＝,，;；:：、]{0,40}?)\s*[=＝]\s*(?P<n>[-−]?\d+(?:\.\d+)?)"
)
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent|per cent)|百分之\s*(\S{1,3})")
_TIMES = re.compile(r"[×*]\s*(\d+(?:\.\d+)?)")
_SET = re.compile(r"(?<!\w)(S\d-\d{1,2})(?!\d)", re.IGNORECASE)
_TOGETHER = re.compile(r"\s*(?:and|&|,|、|和|与|及|，)\s*")
_NEAR = 40
"""Characters between a criterion and what is said of its weight."""


@dataclass(frozen=True)
class SpokenScores:
    """The scores that a message gives."""

    given: dict[str, Decimal] = field(default_factory=dict)
    """By the criterion's name on record, whatever the number."""
    unknown: dict[str, Decimal] = field(default_factory=dict)
    """What was given a number as `name=8` and is no criterion that we know."""


@dataclass(frozen=True)
class SpokenWeights:
    """How a message wants criteria to weigh."""

    factors: dict[str, Decimal] = field(default_factory=dict)
    shares: dict[str, Decimal] = field(default_factory=dict)
    """Parts of the whole, 0-1."""

    @property
    def said(self) -> bool:
        """Whether any was."""
        return bool(self.factors or self.shares)


def spoken_scores(text: str, used: Iterable[str], names: Iterable[str] = ()) -> SpokenScores:
    """The scores of a message. `used` are criteria on record, `names` the account's own names,
    in which no word is a criterion."""
    body = _without(text, names)
    found = find_criteria(body, used)
    given: dict[str, Decimal] = {}
    for number, one in enumerate(found):
        end = found[number + 1].start if number + 1 < len(found) else len(body)
        start = found[number - 1].end if number else 0
        value = _score_of(body[start : one.start], body[one.end : end])
        if value is not None:
            given.setdefault(one.name, value)
    unknown: dict[str, Decimal] = {}
    for pair in _PAIR.finditer(body):
        if not any(one.start < pair.end("name") and pair.start("name") < one.end for one in found):
            name = pair["name"].split()[-1] if pair["name"].isascii() else pair["name"].strip()
            unknown.setdefault(name, Decimal(pair["n"].replace("−", "-")))
    return SpokenScores(given, unknown)


def spoken_weights(text: str, used: Iterable[str], names: Iterable[str] = ()) -> SpokenWeights:
    """The weights that a message would change. Criteria named together change together."""
    body = plain(_without(text, names))
    found = find_criteria(body, used)
    factors: dict[str, Decimal] = {}
    shares: dict[str, Decimal] = {}
    left = list(_said_of_weights(body))
    for number, one in reversed(list(enumerate(found))):
        near = min(left, key=lambda said: _apart(one, said), default=None)
        following = found[number + 1] if number + 1 < len(found) else None
        joined = following and _TOGETHER.fullmatch(body[one.end : following.start])
        if joined and following and (near is None or _apart(one, near) > _apart(one, following)):
            for group in (factors, shares):
                if following.name in group:
                    group[one.name] = group[following.name]
            continue
        if near is None or _apart(one, near) > _NEAR:
            continue
        left.remove(near)
        (shares if near.share else factors)[one.name] = near.value
    return SpokenWeights(factors, shares)


def spoken_set(text: str) -> str | None:
    """The ready set of criteria that a message names by its row; None for none."""
    found = (match[1].upper() for match in _SET.finditer(text))
    return next((key for key in found if key in presets()), None)


@dataclass(frozen=True)
class _Said:
    value: Decimal
    share: bool
    start: int
    end: int


def _said_of_weights(body: str) -> Iterable[_Said]:
    for match in _SHARE.finditer(body):
        part = Decimal(match[1] or chinese(match[2]) or 0)
        yield _Said(part / 100, True, *match.span())
    for match in _TIMES.finditer(body):
        yield _Said(Decimal(match[1]), False, *match.span())
    for wordings, factor in _factors():
        for match in pattern(wordings).finditer(body):
            yield _Said(factor, False, *match.span())


@cache
def _factors() -> tuple[tuple[tuple[str, ...], Decimal], ...]:
    data = load("understanding/weights.yaml")
    return tuple((phrases(words), Decimal(str(factor))) for factor, words in data.items())


def _apart(one: Named, other: Named | _Said) -> int:
    return max(other.start - one.end, one.start - other.end, 0)


def _score_of(before: str, after: str) -> Decimal | None:
    """The number that is a criterion's, by what stands before it and behind it."""
    if said := _GIVEN_TO.search(before.lower()):
        return _value(said["n"])
    if moved := _FROM_TO.search(after.lower()):
        return _value(moved["to"])
    found = _ANY.search(after.lower())
    return _value(found.group()) if found else None


def _value(written: str) -> Decimal | None:
    plain_number = written.replace("−", "-")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", plain_number):
        return Decimal(plain_number)
    number = english(written) if written.isascii() else chinese(written)
    return None if number is None else Decimal(number)


def _without(text: str, names: Iterable[str]) -> str:
    """The text with the names blanked out, so that places stay."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), lambda match: " " * len(match.group()), text, flags=re.I)
    return text
