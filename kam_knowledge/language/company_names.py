"""What of a company's name tells which company it is: legal forms, places and trades taken off."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from kam_knowledge.language.name_units import joined, units
from kam_knowledge.language.words import word_lines, word_list


@cache
def _legal_forms() -> tuple[tuple[str, ...], ...]:
    """The legal forms as units, the longest first."""
    lines = word_lines("legal_forms")
    forms = {tuple(unit.text for unit in units(" ".join(line))) for line in lines}
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


@cache
def _by_edge() -> tuple[dict[str, list[tuple[str, ...]]], dict[str, list[tuple[str, ...]]]]:
    """The legal forms by their first and by their last unit."""
    first: dict[str, list[tuple[str, ...]]] = {}
    last: dict[str, list[tuple[str, ...]]] = {}
    for form in _legal_forms():
        first.setdefault(form[0], []).append(form)
        last.setdefault(form[-1], []).append(form)
    return first, last


def without_legal_form(name: list[str]) -> list[str]:
    """The Latin units of a name without `the` and legal forms at its ends; never empty."""
    first, last = _by_edge()
    core = name[1:] if name[:1] == ["the"] and len(name) > 1 else list(name)
    again = True
    while again:
        again = False
        for form in last.get(core[-1], ()):
            if len(core) > len(form) and tuple(core[-len(form) :]) == form:
                core, again = core[: -len(form)], True
                break
        while len(core) > 1 and core[-1] in ("and", "&"):
            core = core[:-1]
    # In front only the forms that stand there: OOO Romashka, P.T. Astra; not "AS Roma", "Co Op".
    for form in first.get(core[0], ()):
        if len(form[0]) > 2 or form in _IN_FRONT:
            if len(core) > len(form) and tuple(core[: len(form)]) == form:
                core = core[len(form) :]
            break
    return core


_IN_FRONT = {("pt",), ("p", "t"), ("ао",)}


def legal_form_ends(name: list[str]) -> int:
    """How many units at the beginning of the list are a legal form: what follows a short name."""
    first, _ = _by_edge()
    for form in first.get(name[0], ()) if name else ():
        if tuple(name[: len(form)]) == form:
            return len(form)
    return 0


def is_generic(word: str) -> bool:
    """Whether a folded Latin word tells a company's trade, size or place, not its identity."""
    return word in word_list("generic_en")


@lru_cache(maxsize=50_000)
def is_ordinary(word: str) -> bool:
    """Whether a folded Latin word is an ordinary English word or abbreviation, or a form of one."""
    known = word_list("ordinary_en")
    return word in known or any(base in known for base in _bases(word))


def _bases(word: str) -> Iterator[str]:
    """What a word may be an inflection or a simple derivation of. The stemmer would do, but
    stemming the whole list would cost every cold start more than all else here."""
    for ending in ("s", "es", "ed", "d", "ing", "ings", "ly"):
        base = word.removesuffix(ending)
        if base == word or len(base) < 3:
            continue
        yield base
        yield base + "e"
        if base[-1] == "i":
            yield base[:-1] + "y"
        if base[-1] == base[-2]:
            yield base[:-1]


def distinctive(core: list[str]) -> list[str]:
    """The Latin units of a core that are left without the generic words at its end."""
    head = list(core)
    while head and (is_generic(head[-1]) or head[-1].isdecimal()):
        head.pop()
    return [] if all(is_generic(word) for word in head) else head


def initials(core: list[str]) -> str:
    """The initial letters of a name of several words without its little words, else ""."""
    words = [word for word in core if word not in ("of", "and", "the", "for", "in", "de", "und")]
    if len(words) < 3 or any(len(word) == 1 for word in words):
        return ""
    return "".join(word[0] for word in words)


@cache
def _company_words() -> tuple[tuple[str, ...], ...]:
    """Legal forms, sizes, places, trades of Chinese companies, folded, each the longest first."""
    return tuple(
        tuple(sorted({joined(word) for word in line}, key=lambda word: (-len(word), word)))
        for line in word_lines("company_words_zh")
    )


def chinese_short_names(name: str) -> list[tuple[str, float]]:
    """Shorter forms of a folded Chinese company name with how surely each means it (0-1).

    华远重工集团有限公司 → 华远重工集团, 华远重工, 华远. A form that only names a place or a trade
    (中国银行 → 中国) is none.
    """
    legal, sizes, places, trades = _company_words()
    found: dict[str, float] = {}
    core = name
    for endings, sureness in ((legal, 0.98), (sizes, 0.97)):
        while (shorter := _without_end(core, endings)) != core:
            core = shorter
            found[core] = sureness
    # 西门子中国 is a part of 西门子; 中国 alone is nobody.
    unplaced = _without_end(core, places)
    if _only(unplaced, trades):
        unplaced = core
    found.setdefault(unplaced, 0.93)
    brand = _without_start(unplaced, places)
    if _only(brand, trades + sizes):
        brand = unplaced
    found.setdefault(brand, 0.9)
    while (shorter := _without_end(brand, trades + sizes)) != brand:
        if _only(shorter, places) or _only(shorter, trades):
            break
        brand = shorter
        found.setdefault(brand, 0.87)
    if len(brand) >= 4 and not brand[:2].isascii() and not _only(brand[:2], places + trades):
        found.setdefault(brand[:2], 0.7)
    return [
        (form, sureness)
        for form, sureness in found.items()
        if len(form) >= 2 and form != name and not _only(form, legal + sizes + places)
    ]


def tells_nobody(name: str) -> bool:
    """Whether a folded name is made of legal forms, sizes and places alone: 中国有限公司."""
    legal, sizes, places, _ = _company_words()
    return _only(name, legal + sizes + places) or is_generic(name)


def _without_end(name: str, endings: tuple[str, ...]) -> str:
    if name.endswith(endings):
        for ending in endings:
            if name.endswith(ending) and len(name) - len(ending) >= 2:
                return name[: -len(ending)]
    return name


def _without_start(name: str, beginnings: tuple[str, ...]) -> str:
    while name.startswith(beginnings):
        fitting = (b for b in beginnings if name.startswith(b) and len(name) - len(b) >= 2)
        beginning = next(fitting, None)
        if beginning is None:
            break
        name = name[len(beginning) :]
    return name


def _only(name: str, words: tuple[str, ...]) -> bool:
    """Whether the name is nothing but such words, one after another."""
    if not name:
        return True
    return name.startswith(words) and any(
        _only(name[len(word) :], words) for word in words if name.startswith(word)
    )
