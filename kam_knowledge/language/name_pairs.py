"""How alike two names are: duplicates among companies and among people.

Word is aligned with word, because two names with one different word each (Bowne of Atlanta,
Bowne of Boston) are two names however alike the strings are, and a word too many (a middle name,
a legal form) is none. On the labelled pairs of OpenSanctions this tells more than a ratio of
characters does.
"""

from __future__ import annotations

from functools import cache

from kam_knowledge.language.chinese_names import is_pinyin, pinyin
from kam_knowledge.language.company_names import is_generic, without_legal_form
from kam_knowledge.language.human_forms import familiar_names, human_forms
from kam_knowledge.language.name_forms import Form, name_parts, organisation_forms
from kam_knowledge.language.name_units import units
from kam_knowledge.language.normalise import has_han
from kam_knowledge.language.words import word_lines

SAME = 0.85
"""From this score on two names are probably one."""

# What a company's name may have or lack: the group and its holding are one customer to a KAM.
_FILLERS = frozenset(["group", "groups", "holding", "holdings", "company", "the", "and", "of"])


def pair_score(a: str, b: str) -> float:
    """How surely two names are one, 0-1: from `SAME` on probably, 1 when only form differs."""
    # Equally good alignments are settled by order: the same order, whichever name comes first.
    a, b = sorted((a, b))
    company = _is_company(a) or _is_company(b)
    one, other = _words(a, company=company), _words(b, company=company)
    if not one or not other:
        return 0.0
    if "".join(one) == "".join(other):
        return 1.0
    if len(one) == len(other) == 1 and has_han(one[0]) and has_han(other[0]):
        heard = len(one[0]) >= 3 and pinyin(one[0]) == pinyin(other[0])
        return round(max(0.8 * heard, _as_forms(a, b, company=company)), 3)
    aligned = _aligned(one, other, company=company)
    return round(max(aligned, _as_forms(a, b, company=company)), 3)


def _words(name: str, *, company: bool) -> list[str]:
    """The significant words: Chinese runs whole, numbers as digits, a word said twice once."""
    found: list[str] = []
    previous_end = -1
    for unit in units(name):
        if unit.han and found and has_han(found[-1]) and previous_end == unit.start:
            found[-1] += unit.text
        else:
            found.append(_digits().get(unit.text, unit.text))
        previous_end = unit.end
    found = without_legal_form(_numbers(_initials(found))) if found else []
    if not company:
        around = name_parts(0) | name_parts(1)
        found = [word for word in found if word not in around] or found
    return [word for word, before in zip(found, ["", *found], strict=False) if word != before]


def _initials(words: list[str]) -> list[str]:
    """A.B.C. as one word; a single initial stays."""
    joined: list[str] = []
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and not has_han(word):
            run += word
            continue
        if run:
            joined += [run] if len(run) > 2 else list(run)
            run = ""
        if word:
            joined.append(word)
    return joined


def _numbers(words: list[str]) -> list[str]:
    """Forty-four as 44."""
    joined: list[str] = []
    for word in words:
        tens = joined[-1] if joined else ""
        if word.isdecimal() and len(word) == 1 and len(tens) == 2 and tens.endswith("0"):
            joined[-1] = str(int(tens) + int(word))
        else:
            joined.append(word)
    return joined


@cache
def _digits() -> dict[str, str]:
    return {word: line[-1] for line in word_lines("numerals_en") for word in line[:-1]}


def _is_company(name: str) -> bool:
    words = [unit.text for unit in units(name)]
    if not words or len(without_legal_form(words)) < len(words):
        return True
    return any(is_generic(word) and len(word) > 3 for word in words)


def _aligned(one: list[str], other: list[str], *, company: bool) -> float:
    chinese = not company and all(is_pinyin(word) for word in one + other)
    ranked = sorted(
        (
            (_alike(a, b, exactly=chinese), i, j)
            for i, a in enumerate(one)
            for j, b in enumerate(other)
        ),
        key=lambda found: (-found[0], abs(found[1] - found[2])),
    )
    left, right = dict(enumerate(one)), dict(enumerate(other))
    likeness: list[tuple[float, int]] = []
    pairs: list[tuple[int, int]] = []
    for score, i, j in ranked:
        if score > 0 and i in left and j in right:
            likeness.append((score, len(one[i])))
            pairs.append((i, j))
            del left[i], right[j]
    if left and right:
        # Words written together or apart: Good Will, Goodwill.
        score = _alike("".join(left.values()), "".join(right.values()), exactly=chinese)
        if score > 0:
            likeness.append((score, len("".join(left.values()))))
            left, right = {}, {}
    if any(min(len(one[i]), len(other[j])) == 1 for i, j in pairs):
        # D. Wu may be any Wu whose name begins so.
        likeness.append((0.6, 2))
    weight = sum(length for _, length in likeness)
    average = sum(score * length for score, length in likeness) / weight if weight else 0.0
    missing = [word for word in (*left.values(), *right.values()) if word not in name_parts(2)]
    if company:
        missing = [word for word in missing if word not in _FILLERS]
    if not missing:
        return max(SAME + 0.01, average) if likeness else 0.0
    total = sum(map(len, one)) + sum(map(len, other))
    partly = 0.8 * average * (1 - sum(map(len, missing)) / total)
    if (left and right) or company or len(likeness) < 2:
        return min(partly, 0.8)
    # A middle name or a father's name too many.
    return max(SAME + 0.01, average - 0.04 * len(missing))


def _alike(a: str, b: str, *, exactly: bool) -> float:
    """1 for the same word, less for a slip or a short form, 0 for another word."""
    from rapidfuzz.distance import OSA

    if a == b:
        return 1.0
    if b in familiar_names(a):
        return 0.95
    if a.isdecimal() or b.isdecimal() or has_han(a) or has_han(b):
        return 0.0
    if len(a) == 1 or len(b) == 1:
        return 0.85 if a[0] == b[0] else 0.0
    longest = max(len(a), len(b))
    slips = 0 if exactly or longest < 4 else 1 if longest < 7 else 2 if longest < 11 else 3
    distance = OSA.distance(a, b, score_cutoff=slips)
    return 1 - distance / longest if distance <= slips else 0.0


def _as_forms(a: str, b: str, *, company: bool) -> float:
    """The score of a form of one name that is the other name: 华远, GLP, Wu Danna."""
    best = 0.0
    for person in (False,) if company else (False, True):
        one, other = _best_forms(a, person=person), _best_forms(b, person=person)
        for key in one.keys() & other.keys():
            if 1.0 in (one[key], other[key]):
                best = max(best, one[key] * other[key])
    return best


def _best_forms(name: str, *, person: bool) -> dict[str, float]:
    found: dict[str, float] = {}
    forms = human_forms(name, alias=False) if person else organisation_forms(name, alias=False)
    for form in forms:
        if isinstance(form, Form):
            found[form.key] = max(form.score, found.get(form.key, 0.0))
    return found
