"""Numbers as they stand in dates: words of both languages, ordinals, Chinese numerals."""

from __future__ import annotations

import re

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENFOLD = "twenty thirty forty fifty sixty seventy eighty ninety"
_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_UNITS = {word: number for number, word in enumerate(_SMALL.split())}
_TENS = {word: 10 * number for number, word in enumerate(_TENFOLD.split(), start=2)}
_ORDINALS = {word: number for number, word in enumerate(_NTH.split(), start=1)} | {"thirtieth": 30}

_WORD = "|".join([*_UNITS, *_TENS])
_ORDINAL = "|".join(_ORDINALS)
CARDINAL_EN = (
    rf"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ](?:{_WORD})|{_WORD})"
)
"""A number from zero to ninety-nine in words."""
ORDINAL_EN = rf"(?:(?:twenty|thirty)[- ](?:{_ORDINAL})|{_ORDINAL})"
"""An ordinal from first to thirty-first in words."""
YEAR_WORDS_EN = (
    rf"(?:(?:nineteen|twenty)[- ](?:hundred|oh[- ](?:{_WORD})|{CARDINAL_EN})"
    rf"|two thousand(?:(?: and)? {CARDINAL_EN})?)"
)
"""A year in words: nineteen ninety six, two thousand and fifteen, twenty twenty-six."""
DAY_EN = rf"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b|{ORDINAL_EN}\b)"
"""The number of a day in a month."""

_CHINESE = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "○": 0,
    "元": 1,
}
CHINESE_NUMBER = "[零〇○一二三四五六七八九十廿卅百两]"
"""One character of a Chinese numeral, as the inside of a regular expression."""


def english(words: str) -> int | None:
    """A number or ordinal in English words or digits, up to 99."""
    words = words.strip().replace("-", " ")
    digits = re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", words)
    if digits:
        return int(digits[1])
    total = 0
    for word in words.split():
        value = _UNITS.get(word, _TENS.get(word, _ORDINALS.get(word)))
        if value is None:
            return None
        total += value
    return total if words else None


def english_year(words: str) -> int | None:
    """A year in digits (2026, 26, '87) or words."""
    words = words.strip().replace("-", " ").replace("'", "")
    if words.isdecimal():
        return full_year(words)
    parts = words.split()
    if parts[:2] == ["two", "thousand"]:
        rest = [part for part in parts[2:] if part != "and"]
        return 2000 + (english(" ".join(rest)) or 0)
    century = {"nineteen": 1900, "twenty": 2000}.get(parts[0] if parts else "")
    if century is None:
        return None
    if parts[1:] == ["hundred"]:
        return century
    rest_number = english(" ".join(part for part in parts[1:] if part != "oh"))
    return century + rest_number if rest_number is not None else None


def full_year(digits: str) -> int:
    """26 → 2026, 87 → 1987, 2026 → 2026: two digits lie between 1940 and 2039."""
    value = int(digits)
    if len(digits) > 2:
        return value
    return value + (2000 if value < 40 else 1900)


def chinese(numeral: str) -> int | None:
    """十二 → 12, 二〇二六 → 2026, 廿五 → 25, 三十 → 30, 12 → 12; None for anything else."""
    if numeral.isdecimal() and numeral.isascii():
        return int(numeral)
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if not numeral or any(c not in _CHINESE and c not in "十百" for c in numeral):
        return None
    if not set(numeral) & {"十", "百"}:
        return int("".join(str(_CHINESE[c]) for c in numeral))
    total, digit = 0, 0
    for character in numeral:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _CHINESE[character]
    return total + digit
