"""The criteria that accounts are scored by, and ready sets of them (S1-2, S1-3, S0-2, S2-6, S2-22).

Data of the method (`criteria.yaml`): codes, how people call them, weights; no sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from kam_knowledge import own_data
from kam_knowledge.language.normalise import fold, has_han


@dataclass(frozen=True)
class CriteriaSet:
    """Three to five criteria, the same for all accounts that are scored by it (S1-3)."""

    key: str
    """The row of the method that it comes from."""
    version: int
    weights: Mapping[str, Decimal | None]
    """By criterion; None where all count the same."""


@dataclass(frozen=True)
class Named:
    """A criterion in a text: which, and where it stands."""

    name: str
    start: int
    end: int


@cache
def presets() -> Mapping[str, CriteriaSet]:
    """The ready sets by the row of the method that they come from."""
    return {
        key: CriteriaSet(
            key,
            int(one["version"]),
            {
                name: None if weight is None else Decimal(str(weight))
                for name, weight in one["criteria"].items()
            },
        )
        for key, one in _data()["sets"].items()
    }


def code_of(name: str) -> str | None:
    """The criterion that somebody calls so, in either language; None for one of their own."""
    return _codes().get(fold(name))


def label(name: str, language: str) -> str:
    """A criterion as it is called in the language; the name itself for one of the company's own."""
    code = code_of(name)
    return str(_data()["criteria"][code][language][0]) if code else name


def measures_size(name: str) -> bool:
    """Whether the criterion only measures how big an account is (S0-2)."""
    code = code_of(name)
    return bool(code and _data()["criteria"][code].get("size"))


def find_criteria(text: str, used: Iterable[str] = ()) -> list[Named]:
    """The criteria that a text names, in order; `used` are the names on record.

    What a word means is given the name that is used for it: "product fit" is `fit` where that is
    scored, and 采购额 where a book calls its spend so. Of overlapping words the longest counts.
    """
    own = {fold(name): name for name in used}
    by_code = {code: name for name in used if (code := code_of(name))}
    words = {word: by_code.get(code, code) for word, code in _codes().items()} | own
    taken: list[Named] = []
    for word in sorted(words, key=len, reverse=True):
        for match in _pattern(word).finditer(text):
            if all(match.end() <= one.start or one.end <= match.start() for one in taken):
                taken.append(Named(words[word], match.start(), match.end()))
    return sorted(taken, key=lambda one: one.start)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    body = re.escape(word)
    return re.compile(body if has_han(word) else rf"(?<![\w-]){body}(?![\w-])", re.IGNORECASE)


@cache
def _codes() -> Mapping[str, str]:
    """Every way to call a criterion, folded, with its code."""
    found: dict[str, str] = {}
    for code, one in _data()["criteria"].items():
        for word in (code, *one["en"], *one["zh"]):
            found.setdefault(fold(str(word)), code)
    return found


@cache
def _data() -> Mapping[str, Any]:
    folder = resources.files("kam_knowledge.methodology")
    text = (folder / "criteria.yaml").read_text(encoding="utf-8")
    return dict(own_data.parse(text))
