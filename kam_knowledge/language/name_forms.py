"""The forms under which a stored name may be written, and those of organisations and products.

A form is found by its key, its units without anything between them, so that Coca-Cola, Coca Cola
and CocaCola, or Wu Dan-Na and Wu Danna, meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from kam_knowledge.language.chinese_names import (
    pinyin,
)
from kam_knowledge.language.company_names import (
    chinese_short_names,
    distinctive,
    initials,
    is_generic,
    is_ordinary,
    tells_nobody,
    without_legal_form,
)
from kam_knowledge.language.name_units import Unit, joined, units
from kam_knowledge.language.normalise import has_han
from kam_knowledge.language.words import word_lines

How = Literal[
    "exact",
    "alias",
    "abbreviation",
    "pinyin",
    "surname_title",
    "given_name",
    "typo",
    "partial",
]
Case = Literal["any", "capital", "upper"]
ASIDE = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name: its key, how it relates to the name, how surely it means it."""

    key: str
    how: How
    score: float
    case: Case = "any"
    length: int = 1
    """The number of units it is made of."""
    initial: bool = False
    """One of its units is an initial: D. Wu is no Dwu."""
    whole_person: bool = False
    """A person's full name: Chinese characters read alike may stand for it."""
    comma: bool = False
    """A comma may stand between its units (Wu, Danna)."""


@dataclass(frozen=True, slots=True)
class Surname:
    """A person's surname as a key, in Chinese characters or Latin letters."""

    key: str
    score: float
    heard: bool = False
    """The key is the pinyin of a Chinese surname: good for "Ms Wu", not for another character."""


def organisation_forms(name: str, *, alias: bool, product: bool = False) -> Iterator[Form]:
    """The forms of an account's, a competitor's or a product's name."""
    how: How = "alias" if alias else "exact"
    base = 0.98 if alias else 1.0
    whole = units(name)
    if "@" in name or "://" in name:
        yield form([u.text for u in whole], how, base)
        return
    asides = [aside for aside in ASIDE.findall(name) if aside.strip()]
    bare = ASIDE.sub(" ", name).strip() if asides else name
    if asides:
        yield form([u.text for u in whole], how, base)
    yield from _organisation_part(bare, how, base - 0.02 * bool(asides), product)
    for part in scripts(bare):
        yield from _organisation_part(part, how, base - 0.02, product)
    for aside in asides:
        # "International Business Machines (IBM)" names itself twice; "(China)" names a place.
        words = [u.text for u in units(aside)]
        if words and not all(is_generic(w) for w in words) and not tells_nobody("".join(words)):
            yield form(words, "abbreviation", base - 0.08, capital=True)


def _organisation_part(name: str, how: How, base: float, product: bool) -> Iterator[Form]:
    whole = units(name)
    words = [u.text for u in whole]
    if not words:
        return
    yield form(words, how, base, capital=_needs_capital(words))
    if whole[-1].han:
        shorter = [] if product else chinese_short_names("".join(words))
        for short, sureness in shorter:
            known: How = how if sureness >= 0.93 else "abbreviation"
            yield form([u.text for u in units(short)], known, base - 1 + sureness)
        yield from _spelt([("".join(words), 1.0), *shorter], base)
        return
    core = words if product else without_legal_form(words)
    if core != words:
        yield form(core, how, base - 0.02, capital=_needs_capital(core))
    for mark, said in (("&", " and "), ("'s", "s"), ("’s", "s")):
        if mark in name:
            again = [u.text for u in units(name.replace(mark, said))]
            again = again if product else without_legal_form(again)
            yield form(again, how, base - 0.02, capital=_needs_capital(again))
    if any(u.han for u in whole) or len(core) < 2:
        return
    head = distinctive(core)
    if head and head != core and (len(head) > 1 or len(head[0]) > 1):
        yield form(head, "partial", base - (0.3 if product else 0.22), capital=_common(head))
    first = core[0]
    if len(first) >= 4 and not is_generic(first) and not is_ordinary(first) and head != [first]:
        yield form([first], "partial", base - 0.35)
    short_form = "" if product else initials(core)
    if 3 <= len(short_form) <= 6 and not is_ordinary(short_form):
        yield form([short_form], "abbreviation", base - 0.18, case="upper")


def _spelt(names: list[tuple[str, float]], base: float) -> Iterator[Form]:
    """A Chinese company's name in pinyin: Huayuan for 华远; shorter ones mean too much."""
    for name, sureness in names:
        sound = "".join(pinyin(name))
        if sureness >= 0.85 and 2 <= len(name) <= 4 and len(sound) >= 4 and sound.isascii():
            # Of few letters many a word is made: there a capital has to say that it is a name.
            if len(sound) == 4 and (is_ordinary(sound) or sound in _given_names()):
                continue
            capital = len(sound) < 6 or is_ordinary(sound)
            yield form([sound], "pinyin", base - 1.18 + sureness, capital=capital)


@cache
def _given_names() -> frozenset[str]:
    return frozenset(name for line in word_lines("nicknames") for name in line)


@cache
def name_parts(line: int) -> frozenset[str]:
    """A line of `name_parts.txt`: what stands around a Latin name and is no part of it."""
    return frozenset(word_lines("name_parts")[line])


def scripts(name: str) -> list[str]:
    """The Chinese and the Latin part of a name that is written in both, else nothing."""
    whole = units(name)
    if all(u.han for u in whole) or not any(u.han for u in whole):
        return []
    runs: list[list[Unit]] = []
    for unit in whole:
        if runs and runs[-1][-1].han == unit.han:
            runs[-1].append(unit)
        else:
            runs.append([unit])
    if len(runs) != 2 or min(sum(len(u.text) for u in run) for run in runs) < 2:
        return []
    parts = [name[run[0].start : run[-1].end] for run in runs]
    return [part for part in parts if not tells_nobody(joined(part))]


def _common(words: list[str]) -> bool:
    return len(words) <= 2 and all(is_ordinary(word) for word in words)


def _needs_capital(words: list[str]) -> bool:
    """Whether a name of one or two ordinary words, or of two letters, counts only in capitals."""
    if any(has_han(word) for word in words):
        return False
    return _common(words) or (len(words) == 1 and len(words[0]) <= 2)


def form(
    words: list[str],
    how: How,
    score: float,
    *,
    case: Case = "any",
    capital: bool = False,
    whole: bool = False,
    comma: bool = False,
) -> Form:
    """A form made of units; `capital` asks for capitals where no stricter case is asked for."""
    return Form(
        key="".join(words),
        how=how,
        score=round(score, 3),
        case="capital" if capital and case == "any" else case,
        length=len(words),
        whole_person=whole,
        comma=comma,
    )
