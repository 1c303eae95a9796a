"""The forms of people's names, in Chinese and in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kam_knowledge.language.chinese_names import (
    given_pinyin,
    is_pinyin,
    surname_of,
    surname_pinyin,
    surname_syllables,
)
from kam_knowledge.language.company_names import (
    is_ordinary,
)
from kam_knowledge.language.name_forms import ASIDE, Form, How, Surname, form, name_parts, scripts
from kam_knowledge.language.name_units import plain, units
from kam_knowledge.language.titles import title_key
from kam_knowledge.language.words import word_lines

_COURTESY = re.compile(r"(?<=..)(?:先生|女士|小姐|同学|老师)\Z")


def human_forms(name: str, *, alias: bool) -> Iterator[Form | Surname]:
    """The forms of a contact's or colleague's name, and the surnames it may be addressed by."""
    how: How = "alias" if alias else "exact"
    base = 0.98 if alias else 1.0
    if "@" in name or "://" in name:
        yield form([u.text for u in units(name)], how, base)
        return
    asides = [aside for aside in ASIDE.findall(name) if aside.strip()]
    bare = ASIDE.sub(" ", name).strip() or name
    parts = scripts(bare) or [bare]
    if len(parts) > 1:
        yield form([u.text for u in units(bare)], how, base)
    for part in parts:
        yield from _human_part(part, how, base - 0.01 * (len(parts) > 1))
    for aside in filter(_is_name, asides):
        yield from _human_part(aside, "alias", base - 0.03)


def _is_name(aside: str) -> bool:
    """Whether what stands in brackets after a person's name is a name too: (Dana), not (CFO)."""
    words = units(aside)
    if not words or len(words) > 4 or title_key(aside):
        return False
    if all(u.han for u in words):
        return surname_of("".join(u.text for u in words)) is not None
    return all(u.capitalised for u in words) and not all(is_ordinary(u.text) for u in words)


def _human_part(name: str, how: How, base: float) -> Iterator[Form | Surname]:
    whole = units(name)
    if not whole:
        return
    if all(u.han for u in whole):
        yield from _han_person(_COURTESY.sub("", "".join(u.text for u in whole)), name, how, base)
    elif any(u.han for u in whole):
        yield form([u.text for u in whole], how, base)
    else:
        yield from _latin_person(name, how, base)


def _han_person(name: str, written: str, how: How, base: float) -> Iterator[Form | Surname]:
    yield form(list(name), how, base)
    surname = surname_of(name)
    if surname is None:
        # 约翰·史密斯: people say either part.
        parts = [p for p in re.split(r"[·•・\s]", plain(written)[0]) if len(p) >= 2]
        if len(parts) > 1:
            yield form(list(parts[0]), "given_name", base - 0.35)
            yield form(list(parts[-1]), "partial", base - 0.4)
        return
    given = name[len(surname) :]
    yield Surname(surname, base)
    if len(given) >= 2:
        yield form(list(given), "given_name", base - 0.3)
    for sound in surname_pinyin(surname):
        yield Surname(sound, base - 0.05, heard=True)
        for rank, given_sound in enumerate(given_pinyin(given)):
            less = 0.1 + 0.02 * rank
            yield form([sound, given_sound], "pinyin", base - less, comma=True)
            yield form([given_sound, sound], "pinyin", base - less - 0.02)
            if rank > 0:
                continue
            yield _initial([given_sound[0], sound], base - 0.35)
            if len(given) >= 2 and len(given_sound) >= 5 and not is_ordinary(given_sound):
                yield form([given_sound], "pinyin", base - 0.4)


def _latin_person(name: str, how: How, base: float) -> Iterator[Form | Surname]:
    before_comma, comma, after_comma = name.partition(",")
    words = _words(f"{after_comma} {before_comma}" if comma else name)
    if comma and after_comma and all(w in name_parts(1) for w in _flat(_words(after_comma))):
        words = _words(before_comma)
    while len(words) > 1 and words[0][0] in name_parts(0) and len(words[0]) == 1:
        words = words[1:]
    while len(words) > 2 and words[-1][0] in name_parts(1):
        words = words[:-1]
    flat = _flat(words)
    if len(words) < 2:
        if flat:
            single = len(flat[0]) < 4 or is_ordinary(flat[0])
            yield form(flat, how, base, capital=len(flat) == 1 and single, whole=True)
        return
    yield form(flat, how, base, capital=all(map(is_ordinary, flat)), whole=True)
    for given, surname, likely in _orders(words):
        yield from _named(given, surname, flat, how, base - (0.0 if likely else 0.05))
    later = [
        word for word in words[1:-1] if len("".join(word)) > 1 and word[0] not in name_parts(2)
    ]
    for word in later:
        # María del Carmen García López is María García, and García López, to some.
        yield form([*words[0], *word], how, base - 0.12)
    if later and later[-1] is words[-2]:
        yield form(words[-2] + words[-1], "partial", base - 0.35, case="capital")


def _orders(words: list[list[str]]) -> Iterator[tuple[list[str], list[str], bool]]:
    """Given name and surname as words, likeliest reading first: Dana Wu, Wu Danna, Li Wei."""
    first, last = "".join(words[0]), "".join(words[-1])
    known = surname_syllables()
    rest_is_pinyin = all(is_pinyin("".join(word)) for word in words[1:])
    chinese = first in known and rest_is_pinyin
    western = last in known or not chinese
    if chinese:
        yield [part for word in words[1:] for part in word], words[0], True
    if western:
        start = len(words) - 1
        while start > 1 and len(words[start - 1]) == 1 and words[start - 1][0] in name_parts(2):
            start -= 1
        yield words[0], _flat(words[start:]), not chinese


def _named(
    given: list[str], surname: list[str], flat: list[str], how: How, base: float
) -> Iterator[Form | Surname]:
    first, last = "".join(given), "".join(surname)
    pairs = ((given + surname, 0.05), (surname + given, 0.03))
    for written, less in pairs:
        if written != flat:
            yield form(written, how, base - less, whole=True, comma=written[0] == surname[0])
    yield _initial([first[0], *surname], base - 0.2)
    yield _initial([*surname, first[0]], base - 0.3, comma=True)
    if len(surname[0]) > 1:
        yield _initial([*given, last[0]], base - 0.25)
    if len(given) > 1 and "".join(given) not in surname_syllables() and not is_pinyin(first):
        letters = [part[0] for part in given]
        yield _initial([*letters, *surname], base - 0.22)
        yield form([given[0], *surname], how, base - 0.1)
    short = len(first) < 4 or is_ordinary(first)
    if len(first) > 1:
        yield form(given, "given_name", base - 0.3, capital=short)
    for familiar in familiar_names(first):
        yield form([familiar, *surname], "alias", base - 0.1)
        capital = len(familiar) < 4 or is_ordinary(familiar)
        yield form([familiar], "given_name", base - 0.38, capital=capital)
    for transcribed in _transcribed().get(first, ()):
        yield form(list(transcribed), "given_name", base - 0.38)
    if len(last) > 1:
        yield Surname(last, base)
        # A surname alone is as often somebody else's: it needs its capital.
        yield form(surname, "partial", base - 0.43, case="capital")


@cache
def _familiar() -> dict[str, frozenset[str]]:
    related: dict[str, set[str]] = {}
    for formal, *short in word_lines("nicknames"):
        related.setdefault(formal, set()).update(short)
        for familiar in short:
            related.setdefault(familiar, set()).add(formal)
    return {name: frozenset(others - {name}) for name, others in related.items()}


def familiar_names(given: str) -> frozenset[str]:
    """The familiar forms of a given name, or the names it is a familiar form of."""
    return _familiar().get(given, frozenset())


@cache
def _transcribed() -> dict[str, tuple[str, ...]]:
    """By a given name of the West, how it is written in Chinese: 汤姆 for Tom."""
    return {latin: tuple(chinese) for latin, *chinese in word_lines("given_names_zh")}


def is_known_given_name(word: str) -> bool:
    """Whether a folded word is a common given name, hence no misspelling of another."""
    return word in _familiar()


def _words(name: str) -> list[list[str]]:
    """The words of a Latin name, each with its parts: Jean-Claude Juncker → two words."""
    found = [[unit.text for unit in units(word)] for word in name.split()]
    return [word for word in found if word]


def _flat(words: list[list[str]]) -> list[str]:
    return [part for word in words for part in word]


def _initial(words: list[str], score: float, *, comma: bool = False) -> Form:
    return Form(
        key="".join(words),
        how="abbreviation",
        score=round(score, 3),
        case="capital",
        length=len(words),
        initial=True,
        comma=comma,
    )
