"""Numbers, recognised by column: `1,234` means one thing beside `1,234.50`, another beside `12,5`.

A cell has a reading with the point as decimal mark, one with the comma, or both. The mark that
fits every cell of the column decides; when both fit and the numbers differ, nothing is guessed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ingest.crm.cells import Amount, Bad, Reading, shown
from ingest.crm.currencies import currencies_of

POINT, COMMA = "point", "comma"
_MARKS = (POINT, COMMA)

_SHAPE = re.compile(
    r"^([^\d.,]*)((?:[.,]?\d)(?:[\d.,' ]*\d)?[.,]?(?:e[+-]?\d{1,3})?)([^\d]*)$", re.I
)
_GROUPED = {
    POINT: re.compile(r"^[1-9]\d{0,2}(?:,\d{3})+$"),
    COMMA: re.compile(r"^[1-9]\d{0,2}(?:\.\d{3})+$"),
}
_INDIAN = re.compile(r"^[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?$")
_SPACED = re.compile(r"^[1-9]\d{0,2}(?:([ '])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$")
_UNITS = {
    "k": 3, "tsd": 3, "tsd.": 3, "thousand": 3, "千": 3, "万": 4, "萬": 4, "m": 6, "mn": 6,
    "mm": 6, "mio": 6, "mio.": 6, "million": 6, "millions": 6, "百万": 6, "千万": 7, "亿": 8,
    "億": 8, "bn": 9, "b": 9, "billion": 9, "mrd": 9, "mrd.": 9, "十亿": 9, "万亿": 12,
}  # fmt: skip
_CHINESE_UNITS = frozenset("千万萬百亿億十")
_MOST_DIGITS = 24


@dataclass(frozen=True)
class _Cell:
    """The numbers a cell may be, by decimal mark; `plain` where the mark does not matter."""

    plain: Decimal | None = None
    readings: tuple[tuple[str, Decimal], ...] = ()
    currencies: frozenset[str] = frozenset()
    percent: bool = False


def read_numbers(
    cells: Sequence[Any],
    *,
    mark: str | None = None,
    thousands: str = "any",
    percent: bool = False,
    money: bool = False,
) -> Reading:
    """`Amount`s for the cells of one column, per-cent signs divided out.

    `mark` (point, comma) settles the decimal mark beforehand. `thousands` says whether a mark
    may part thousands: `any`, `comma` (never a lone point: 7.245 is no 7245) or `none`. Signs of
    per cent and of currencies are refused unless `percent` and `money` allow them.
    """
    parsed = [_parse(cell, thousands, percent, money) for cell in cells]
    open_cells = [cell for cell in parsed if isinstance(cell, _Cell) and cell.plain is None]
    chosen = mark
    if open_cells and chosen is None:
        fitting = [m for m in _MARKS if all(m in dict(cell.readings) for cell in open_cells)]
        if not fitting:
            return Reading.unreadable(cells, _contradiction(cells, parsed))
        if len(fitting) > 1:
            example = next(
                original
                for original, cell in zip(cells, parsed, strict=True)
                if isinstance(cell, _Cell) and cell.plain is None
            )
            readings = dict(_open(parsed)[0].readings)
            return Reading.unreadable(
                cells,
                f"the whole column may be read two ways ({shown(example)} is "
                f"{_plain_text(readings[POINT])} or {_plain_text(readings[COMMA])}): nothing of "
                "it went in; write its numbers without thousands marks",
            )
        chosen = fitting[0]
    values: list[Any] = []
    for original, cell in zip(cells, parsed, strict=True):
        if not isinstance(cell, _Cell):
            values.append(cell)
            continue
        number = cell.plain if cell.plain is not None else dict(cell.readings).get(chosen or "")
        if number is None:
            values.append(Bad(f"{shown(original)} is not a number with a decimal {chosen}"))
        else:
            values.append(_amount(number / 100 if cell.percent else number, cell))
    return Reading(values)


@dataclass(frozen=True)
class Percented(Amount):
    """An amount whose cell said `%` itself (already divided by 100)."""


def _amount(number: Decimal, cell: _Cell) -> Amount:
    kind = Percented if cell.percent else Amount
    return kind(number, cell.currencies)


def _open(parsed: Sequence[_Cell | Bad | None]) -> list[_Cell]:
    return [cell for cell in parsed if isinstance(cell, _Cell) and cell.plain is None]


def _contradiction(cells: Sequence[Any], parsed: Sequence[_Cell | Bad | None]) -> str:
    examples: dict[str, Any] = {}
    for original, cell in zip(cells, parsed, strict=True):
        if isinstance(cell, _Cell) and cell.plain is None and len(cell.readings) == 1:
            examples.setdefault(cell.readings[0][0], original)
    both = " and ".join(shown(example) for example in examples.values())
    return f"its numbers use two decimal marks ({both}): nothing of the column went in"


def _parse(cell: Any, thousands: str, percent: bool, money: bool) -> _Cell | Bad | None:
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str | Decimal):
        return Bad(f"{shown(cell)} is not a number")
    if isinstance(cell, int | Decimal):
        return _Cell(plain=_trimmed(Decimal(cell)))
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return Bad(f"{shown(cell)} is not a number")
        return _Cell(plain=_trimmed(Decimal(f"{cell:.15g}")))  # a spreadsheet's own precision
    return _text(cell, thousands, percent, money)


def _text(original: str, thousands: str, percent: bool, money: bool) -> _Cell | Bad:
    wrong = Bad(f"{shown(original)} is not a number")
    text = unicodedata.normalize("NFKC", original).replace("−", "-").replace("’", "'").strip()
    if text.startswith("="):
        return Bad(f"{shown(original)} is a formula; paste its value")
    match = _SHAPE.match(text)
    if not match:
        return wrong
    before, number, after = match[1].strip(), match[2], match[3].strip()
    negative, before, after = _sign(before, after)
    if negative is None:
        return wrong
    per_cent = after.endswith("%")
    if per_cent:
        if not percent:
            return Bad(f"{shown(original)}: a percentage does not belong here")
        after = after[:-1].strip()
    power, chinese, after = _unit(after)
    currencies: frozenset[str] = frozenset()
    for word in (before, after):
        if not word:
            continue
        meant = currencies_of(word)
        if not meant or not money or (currencies and not currencies & meant):
            return wrong
        currencies = currencies & meant if currencies else meant
    # Where numbers are counted in 万 and 亿 the decimal mark is always the point.
    readings = _readings(number, thousands, POINT if chinese else None)
    if not readings:
        return wrong
    scale = Decimal(-1 if negative else 1).scaleb(power)
    found = tuple((m, _trimmed(value * scale)) for m, value in readings)
    plain = found[0][1] if found[0][0] == "" else None
    return _Cell(plain, () if plain is not None else found, currencies, per_cent)


def _sign(before: str, after: str) -> tuple[bool | None, str, str]:
    """Whether the number is negative (None: its signs make no sense), and the words left."""
    negative = False
    if "(" in before or ")" in after:
        if before.count("(") != 1 or after.count(")") != 1:
            return None, before, after
        before, after = before.replace("(", ""), after.replace(")", "")
        negative = True
    for sign in "-+":
        if sign in before or (sign == "-" and after.endswith("-")):
            if negative or (before + after).count(sign) != 1:
                return None, before, after
            negative = sign == "-"
            before = before.replace(sign, "")
            after = after.removesuffix(sign)
    return negative, before.strip(), after.strip()


def _unit(after: str) -> tuple[int, bool, str]:
    """The power of ten a word such as 万 or `k` stands for, and what follows it."""
    for length in range(min(len(after), 9), 0, -1):
        word, rest = after[:length], after[length:]
        # "kr" is a currency, not thousands of "r"; 万元 is ten thousands of 元.
        if word.casefold() not in _UNITS or (word.isascii() and rest[:1].isalpha()):
            continue
        return _UNITS[word.casefold()], word[0] in _CHINESE_UNITS, rest.strip()
    return 0, False, after


def _readings(number: str, thousands: str, only: str | None) -> list[tuple[str, Decimal]]:
    """(mark, value) for every way to read it; the mark is empty where there is none."""
    mantissa, _, exponent = number.lower().partition("e")
    power = int(exponent) if exponent else 0
    mantissa = mantissa.strip()
    if sum(character.isdigit() for character in mantissa) > _MOST_DIGITS or abs(power) > 15:
        return []
    if _INDIAN.match(mantissa):
        return [(POINT, _decimal(mantissa.replace(",", ""), power))]
    if " " in mantissa or "'" in mantissa:
        if not _SPACED.match(mantissa):
            return []
        mantissa = mantissa.replace(" ", "").replace("'", "")
        thousands = "none"
    if "." not in mantissa and "," not in mantissa:
        return [("", _decimal(mantissa, power))]
    found: list[tuple[str, Decimal]] = []
    for mark, decimal, group in ((POINT, ".", ","), (COMMA, ",", ".")):
        if only and mark != only:
            continue
        whole, dot, fraction = mantissa.partition(decimal)
        if dot and (decimal in fraction or group in fraction):
            continue
        if group in whole:
            lone_point = group == "." and not dot and whole.count(".") == 1
            if thousands == "none" or (thousands == "comma" and lone_point):
                continue
            if not _GROUPED[mark].match(whole):
                continue
        digits = whole.replace(group, "")
        found.append((mark, _decimal(f"{digits or '0'}.{fraction or '0'}", power)))
    return found


def _decimal(text: str, power: int) -> Decimal:
    return _trimmed(Decimal(text).scaleb(power))


def _trimmed(number: Decimal) -> Decimal:
    """1.50 and 1.5 are one value, 100 stays 100 and not 1E+2."""
    text = format(number, "f")
    return Decimal(text.rstrip("0").rstrip(".") or "0") if "." in text else Decimal(text)


def _plain_text(number: Decimal) -> str:
    return format(number, "f")
