"""Values as people read them: amounts, lists, and the field's own terms in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from prompts import replies

_BREAK = re.compile(r"\s*\n\s*")


def word(key: str, language: str) -> str:
    """A shared word, such as `role_champion`. A value the list lacks is shown as it is."""
    shared = replies("shared")
    if key in shared:
        return shared[key][language]
    return key.partition("_")[2].replace("_", " ")


def listed(items: Iterable[str], language: str, *, most: int = 8, between: str = "and") -> str:
    """`A, B and C`, or `A、B和C`; beyond `most` the rest is an ellipsis. `between` is the shared
    word before the last one: `and`, `or`."""
    found = list(items)
    comma, last = word("comma", language), word(between, language)
    if len(found) > most:
        return comma.join(found[:most]) + "…"
    if len(found) < 2:
        return "".join(found)
    first, final = comma.join(found[:-1]), found[-1]
    if language == "zh":  # a space stands where it meets a Latin word
        last = (" " if first[-1:].isascii() else "") + last + (" " if final[:1].isascii() else "")
    return first + last + final


def in_brackets(text: object | None, language: str) -> str:
    """` (CTO)` or `（CTO）`; nothing for nothing."""
    return word("in_brackets", language).format(what=text) if text else ""


def titled(title: str, day: date | None, language: str) -> str:
    """`, Steering call`: the title behind a date; nothing where it only repeats the date."""
    bare = title.strip()
    between = "，" if language == "zh" else ", "
    return "" if not bare or bare == str(day) else between + bare


def one_line(text: str) -> str:
    """The text on one line: a quote must not break out of its list item.

    A break becomes a space in Chinese too, so that a quote differs from its source in white
    space alone.
    """
    return _BREAK.sub(" ", text.strip())


def amount(value: Decimal, currency: str | None, language: str) -> str:
    """An amount with its currency: `1,200,000 CNY`, or `120万 CNY`, never rounded."""
    text = _chinese(value) if language == "zh" else f"{_plain(value):,f}"
    return f"{text} {currency}" if currency else text


def rounded(value: Decimal, language: str) -> Decimal:
    """A computed amount as it is shown: whole, in Chinese at most two decimals of 万 or 亿.

    An amount that is exact in two decimals stays; what is on record is never rounded.
    """
    value = value.quantize(Decimal(1))
    if language == "zh":
        for size in (Decimal(10) ** 8, Decimal(10) ** 4):
            if abs(value) >= size:
                return (value / size).quantize(Decimal("0.01")) * size
    return value


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros behind the point, never in exponent form."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _chinese(value: Decimal) -> str:
    for size, unit in ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")):
        if abs(value) >= size:
            scaled = value / size
            # More than four decimals would be harder to read than the digits themselves.
            if scaled == scaled.quantize(Decimal("0.0001")):
                return f"{_plain(scaled):,f}{unit}"
    return f"{_plain(value):,f}"
