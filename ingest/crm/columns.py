"""Recognition of a column's cells by what the workbook says the column holds.

Every reading is of a whole column: what one cell leaves open (which number is the month, which
mark parts thousands, whether 1 is 1 % or all of it) the others settle, or the column is reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ingest.crm.cells import CLEAR, Amount, Bad, Reading, Reference, shown
from ingest.crm.currencies import currencies_of
from ingest.crm.dates import read_dates
from ingest.crm.labels import read_booleans, read_choices, word
from ingest.crm.numbers import Percented, read_numbers
from ingest.crm.periods import read_month, read_period, read_week
from ingest.crm.spec import LISTS, REFERENCES, Column, Kind

_EMAIL = re.compile(r"^[^@\s<>;,\"]+@[^@\s<>;,\"]+\.[^@\s<>;,\".]+$")
_BRACKETED = re.compile(r"^.*[<(]([^<>()]+@[^<>()]+)[>)]$")
_LISTED = re.compile(r"[;；\n]")
_TIERS = {"1": 1, "2": 2, "3": 3, "一": 1, "二": 2, "三": 3, "i": 1, "ii": 2, "iii": 3}


@dataclass(frozen=True)
class Settled:
    """What is known of a column before it is read: a mapping may say how its CRM writes.

    `date_order` is dmy, mdy or ymd; `decimal_mark` point or comma; `percent` true when
    probabilities count to 100 whatever their sizes.
    """

    date_order: str | None = None
    decimal_mark: str | None = None
    percent: bool = False
    zone: tzinfo = UTC
    epoch_1904: bool = False


def recognise(column: Column, cells: Sequence[Any], settled: Settled | None = None) -> Reading:
    """The values of the column's cells.

    Dates come back as `date`, amounts as `Amount`, numbers as `Decimal`, choices as the
    workbook's own words, lists as tuples, references as `Reference` (tuples of them in lists).
    """
    known = settled or Settled()
    cleared = [cell == "-" if isinstance(cell, str) else False for cell in cells]
    rest = [None if clear else cell for cell, clear in zip(cells, cleared, strict=True)]
    reading = _read(column, rest, known)
    if any(cleared) and reading.ambiguous is None:
        reading.values = [
            CLEAR if clear else value for value, clear in zip(reading.values, cleared, strict=True)
        ]
    return reading


def _read(column: Column, cells: list[Any], settled: Settled) -> Reading:
    kind = column.kind
    if kind is Kind.DATE:
        return read_dates(
            cells,
            order=settled.date_order,
            zone=settled.zone,
            epoch_1904=settled.epoch_1904,
        )
    if kind in _NUMERIC:
        return _numbers(kind, cells, settled)
    if kind is Kind.CHOICE:
        return Reading(read_choices(column, cells))
    if kind is Kind.BOOLEAN:
        return Reading(read_booleans(cells))
    one = _by_cell(kind)
    return Reading([None if cell is None else one(cell) for cell in cells])


def _by_cell(kind: Kind) -> Callable[[Any], Any]:
    if kind in REFERENCES:
        return _references if kind in LISTS else _reference
    return {
        Kind.TEXTS: _texts,
        Kind.EMAIL: _email,
        Kind.CURRENCY: _currency,
        Kind.TIER: _tier,
        Kind.MONTH: read_month,
        Kind.PERIOD: read_period,
        Kind.WEEK: read_week,
        Kind.TIME_ZONE: _time_zone,
    }.get(kind, text_of)


_NUMERIC = {
    Kind.MONEY: "any",
    Kind.RATE: "comma",
    Kind.NUMBER: "none",
    Kind.PROBABILITY: "none",
    Kind.SHARE: "none",
    Kind.PERCENT: "none",
    Kind.SCORE: "none",
}


def _numbers(kind: Kind, cells: list[Any], settled: Settled) -> Reading:
    reading = read_numbers(
        cells,
        mark=settled.decimal_mark,
        thousands=_NUMERIC[kind],
        percent=kind in (Kind.PROBABILITY, Kind.SHARE, Kind.PERCENT),
        money=kind is Kind.MONEY,
    )
    if reading.ambiguous is not None or kind is Kind.MONEY:
        return reading
    # Any value above 1 says that the column counts to 100; a cell that says % speaks for itself.
    said = [value for value in reading.values if isinstance(value, Amount)]
    bare = [value.number for value in said if not isinstance(value, Percented)]
    hundred = settled.percent or any(number > 1 for number in bare)
    if kind is Kind.PROBABILITY and not settled.percent and _counts_both_ways(bare):
        part = next(number for number in bare if 0 < number < 1)
        return Reading.unreadable(
            cells,
            f"the whole column may be read two ways ({shown(str(part))} is {part} % or "
            f"{(part * 100).normalize():f} %): nothing of it went in; write all of it from 0 to 1 "
            "or all from 0 to 100",
        )
    reading.values = [
        _number(kind, value, hundred, cell)
        for value, cell in zip(reading.values, cells, strict=True)
    ]
    return reading


def _counts_both_ways(numbers: list[Decimal]) -> bool:
    """Whether some count to 1 and some to 100: 0.4 beside 70 is 40 % as well as 0.4 %."""
    return any(0 < number < 1 for number in numbers) and any(
        1 < number <= 100 for number in numbers
    )


def _number(kind: Kind, value: Any, hundred: bool, cell: Any) -> Any:
    if not isinstance(value, Amount):
        return value
    number: Decimal = value.number
    said = isinstance(value, Percented)
    if kind is Kind.PERCENT:
        return number * 100 if said else number
    if kind is Kind.PROBABILITY:
        share = number if said or not hundred else _hundredth(number)
        if not 0 <= share <= 1:
            top = 100 if said or hundred else 1
            return Bad(f"{shown(cell)} is not a probability from 0 to {top}")
        return share
    if kind is Kind.SHARE and not 0 <= number <= 1:
        return Bad(f"{shown(cell)} is not a share from 0 to 1")
    if kind is Kind.SCORE and not 1 <= number <= 10:
        return Bad(f"{shown(cell)} is not a score from 1 to 10")
    if kind is Kind.RATE and number <= 0:
        return Bad(f"{shown(cell)} is not a rate: it must be above 0")
    return number


def _hundredth(number: Decimal) -> Decimal:
    return Decimal(format(number.scaleb(-2).normalize(), "f"))


def text_of(cell: Any) -> Any:
    """A cell's text as a person would read it in a spreadsheet."""
    if isinstance(cell, datetime):
        midnight = (cell.hour, cell.minute, cell.second) == (0, 0, 0)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return format(Decimal(f"{cell:.15g}").normalize(), "f")
    if isinstance(cell, Reference):
        return cell.text
    return str(cell)


def split(cell: Any) -> tuple[str, ...]:
    """The entries of a list cell, each once, in order."""
    parts = (part.strip() for part in _LISTED.split(text_of(cell)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _texts(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return tuple(dict.fromkeys(text_of(part) for part in cell))
    return split(cell)


def address(text: str) -> str | None:
    """The email address that a text is, in lower case; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if bracketed := _BRACKETED.match(plain):
        plain = bracketed[1].strip()
    plain = re.sub(r"^mailto:", "", plain, flags=re.IGNORECASE)
    return plain.lower() if _EMAIL.match(plain) else None


def _email(cell: Any) -> Any:
    return address(text_of(cell)) or Bad(f"{shown(cell)} is not an email address")


def _reference(cell: Any) -> Any:
    if isinstance(cell, Reference):
        return cell
    if isinstance(cell, tuple):
        return _reference(cell[0]) if cell else None
    return Reference(text_of(cell))


def _references(cell: Any) -> Any:
    if isinstance(cell, Reference):
        return (cell,)
    if isinstance(cell, tuple):
        return tuple(dict.fromkeys(_reference(part) for part in cell))
    return tuple(Reference(part) for part in split(cell))


def _currency(cell: Any) -> Any:
    codes = currencies_of(text_of(cell))
    if len(codes) == 1:
        return next(iter(codes))
    if codes:
        return Bad(f"{shown(cell)} may be {', '.join(sorted(codes))}: write the currency's code")
    return Bad(f"{shown(cell)} is not a currency's code such as USD or CNY")


def _tier(cell: Any) -> Any:
    form = re.sub(r"^(?:tier|t|第)|(?:级|类|层)$", "", word(cell))
    return _TIERS.get(form) or Bad(f"{shown(cell)} is not a tier: 1, 2 or 3")


def _time_zone(cell: Any) -> Any:
    return _zones().get(text_of(cell).casefold()) or Bad(
        f"{shown(cell)} is not a time zone such as Asia/Shanghai"
    )


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    from zoneinfo import available_timezones

    return {name.casefold(): name for name in available_timezones()}
