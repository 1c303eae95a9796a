"""Dates, recognised by column: one cell may be read two ways, all of them together seldom.

A cell has one reading (ISO, a month in words, 2026年11月12日, a serial number) or several
(03/04/2026). The orders that fit every cell of the column decide; when two fit and give different
days, nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from ingest.crm.cells import Bad, Reading, shown

ORDERS = ("dmy", "mdy", "ymd")
_WRITTEN = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sep sept", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))

_TIME = re.compile(
    r"(?:\s*t|[\s,]+|(?<=[日号]))\s*(?P<half>上午|下午|中午|晚上)?\s*"
    r"(?P<hour>\d{1,2})[:时点](?P<minute>\d{2})分?(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<ampm>[ap]\.?m\.?)?\s*"
    r"(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?$"
)
_WEEKDAY_BEFORE = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+")
_WEEKDAY_AFTER = re.compile(r"[\s(]*(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_CHINESE = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?$")
_THREE = re.compile(r"^(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?$")
_COMPACT = re.compile(r"^(19|20|21)(\d{2})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_MILLIS = re.compile(r"^1\d{12}$")
_DAY_MONTH = re.compile(
    rf"^(\d{{1,2}})(?:st|nd|rd|th)?[\s./-]*({_MONTH})\.?,?[\s./-]*(\d{{4}}|\d{{2}})$"
)
_MONTH_DAY = re.compile(rf"^({_MONTH})\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})$")
_YEAR_MONTH = re.compile(rf"^(\d{{4}})[\s./-]*({_MONTH})\.?[\s./-]*(\d{{1,2}})$")

# A serial outside these is a number that is no date (1954-10-03 to 2119-01-11).
_SERIALS = range(20_000, 80_001)
_DAY_ZERO = date(1899, 12, 30)
_DAY_ZERO_1904 = date(1904, 1, 1)


@dataclass(frozen=True)
class _Cell:
    """The days a cell may mean, by order; `certain` where it can mean only one."""

    certain: date | None = None
    readings: tuple[tuple[str, date], ...] = ()
    clock: time | None = None
    offset: tzinfo | None = None


def read_dates(
    cells: Sequence[Any],
    *,
    order: str | None = None,
    zone: tzinfo = UTC,
    epoch_1904: bool = False,
) -> Reading:
    """Days for the cells of one column. `order` (dmy, mdy, ymd) settles it beforehand.

    An instant with an offset is the day it was in `zone`, unless every such instant of the
    column is a midnight: then they are days that were written as instants.
    """
    parsed: list[_Cell | Bad | None] = [_parse(cell, epoch_1904) for cell in cells]
    open_cells = [cell for cell in parsed if isinstance(cell, _Cell) and cell.certain is None]
    chosen = order
    if open_cells and chosen is None:
        fitting = [
            each for each in ORDERS if all(each in dict(cell.readings) for cell in open_cells)
        ]
        if not fitting:
            return Reading.unreadable(cells, _contradiction(cells, parsed))
        same = all(len({dict(cell.readings)[o] for o in fitting}) == 1 for cell in open_cells)
        if len(fitting) > 1 and not same:
            example = next(
                original
                for original, cell in zip(cells, parsed, strict=True)
                if isinstance(cell, _Cell)
                and cell.certain is None
                and len({dict(cell.readings)[o] for o in fitting}) > 1
            )
            ways = " or ".join(_WRITTEN[each] for each in fitting)
            return Reading.unreadable(
                cells,
                f"the whole column may be read as {ways} ({shown(example)}): nothing of it went "
                "in; write its dates as 2026-11-30",
            )
        chosen = fitting[0]
    instants = any(
        isinstance(cell, _Cell) and cell.offset is not None and cell.clock not in (None, time(0))
        for cell in parsed
    )
    values: list[Any] = []
    for original, cell in zip(cells, parsed, strict=True):
        if not isinstance(cell, _Cell):
            values.append(cell)
            continue
        day = cell.certain or dict(cell.readings).get(chosen or "")
        if day is None:
            values.append(
                Bad(f"{shown(original)} is not a date written {_WRITTEN[chosen or 'dmy']}")
            )
        elif instants and cell.offset is not None and cell.clock is not None:
            values.append(_day_in(zone, day, cell.clock, cell.offset))
        else:
            values.append(day)
    return Reading(values)


def read_date(text: str) -> date | None:
    """The day a single text means, when it can mean only one; None otherwise."""
    cell = _parse(text, False)
    return cell.certain if isinstance(cell, _Cell) else None


def _day_in(zone: tzinfo, day: date, clock: time, offset: tzinfo) -> date | Bad:
    try:
        return datetime.combine(day, clock, offset).astimezone(zone).date()
    except OverflowError:
        return day


def _contradiction(cells: Sequence[Any], parsed: Sequence[_Cell | Bad | None]) -> str:
    """Names two cells that no single order fits."""
    examples: dict[str, Any] = {}
    for original, cell in zip(cells, parsed, strict=True):
        if isinstance(cell, _Cell) and cell.certain is None and len(cell.readings) == 1:
            examples.setdefault(cell.readings[0][0], original)
    shown_ones = " and ".join(shown(example) for example in examples.values())
    return (
        f"no one order of day, month and year fits all its dates ({shown_ones}): nothing of the "
        "column went in; write its dates as 2026-11-30"
    )


def _parse(cell: Any, epoch_1904: bool) -> _Cell | Bad | None:
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return _Cell(certain=cell.date())
    if isinstance(cell, date):
        return _Cell(certain=cell)
    if isinstance(cell, bool):
        return Bad(f"{shown(cell)} is not a date")
    if isinstance(cell, int | float):
        return _number(cell, epoch_1904)
    return _text(str(cell), epoch_1904)


def _number(number: int | float, epoch_1904: bool) -> _Cell | Bad:
    whole = int(number)
    compact = _COMPACT.match(str(whole)) if whole == number else None
    if compact:
        return _certain(int(compact[1] + compact[2]), int(compact[3]), int(compact[4]), whole)
    if whole in _SERIALS or (epoch_1904 and whole + 1462 in _SERIALS):
        zero = _DAY_ZERO_1904 if epoch_1904 else _DAY_ZERO
        return _Cell(certain=zero + timedelta(days=whole))
    return Bad(f"{shown(number)} is not a date")


def _text(original: str, epoch_1904: bool) -> _Cell | Bad:
    text = unicodedata.normalize("NFKC", original).casefold().strip()
    clock, offset = None, None
    stamped = _TIME.search(text)
    if stamped and stamped.start() > 0:
        clock = _clock(stamped)
        if clock is None:
            return Bad(f"{shown(original)} holds no time of day")
        offset = _offset(stamped["zone"])
        text = text[: stamped.start()].strip()
    text = _WEEKDAY_AFTER.sub("", _WEEKDAY_BEFORE.sub("", text)).strip()
    found = _day(text, original, epoch_1904)
    if isinstance(found, Bad):
        return found
    return _Cell(found.certain, found.readings, clock, offset)


def _day(text: str, original: str, epoch_1904: bool) -> _Cell | Bad:
    if match := _THREE.match(text):
        return _three(match[1], match[2], match[3], match[4], original)
    if match := _CHINESE.match(text):
        return _certain(int(match[1]), int(match[2]), int(match[3]), original)
    if match := _DAY_MONTH.match(text):
        return _certain(_year(match[3]), _MONTHS[match[2]], int(match[1]), original)
    if match := _MONTH_DAY.match(text):
        return _certain(int(match[3]), _MONTHS[match[1]], int(match[2]), original)
    if match := _YEAR_MONTH.match(text):
        return _certain(int(match[1]), _MONTHS[match[2]], int(match[3]), original)
    if match := _COMPACT.match(text):
        return _certain(int(match[1] + match[2]), int(match[3]), int(match[4]), original)
    if match := _SERIAL.match(text):
        return _number(int(match[1]), epoch_1904)
    if _MILLIS.match(text):
        moment = datetime.fromtimestamp(int(text) / 1000, UTC)
        return _Cell(certain=moment.date(), clock=moment.time(), offset=UTC)
    return Bad(f"{shown(original)} is not a date")


def _three(first: str, mark: str, middle: str, last: str, original: str) -> _Cell | Bad:
    a, b, c = int(first), int(middle), int(last)
    if len(first) == 4:
        return (
            _certain(a, b, c, original)
            if len(last) <= 2
            else Bad(f"{shown(original)} is not a date")
        )
    if len(first) > 2 or len(last) not in (2, 4):
        return Bad(f"{shown(original)} is not a date")
    year = _year(last)
    ways = [("dmy", year, b, a)]
    if mark != ".":  # nobody writes the month first with dots
        ways.append(("mdy", year, a, b))
    if len(last) == 2 and len(first) == 2:
        ways.append(("ymd", _year(first), b, c))
    readings = tuple((order, day) for order, y, m, d in ways if (day := _valid(y, m, d)))
    if not readings:
        return Bad(f"{shown(original)} is not a day of any calendar")
    if len(ways) == 1:
        return _Cell(certain=readings[0][1])
    return _Cell(readings=readings)


def _certain(year: int, month: int, day: int, original: Any) -> _Cell | Bad:
    found = _valid(year, month, day)
    if found is None:
        return Bad(f"{shown(original)} is not a day of any calendar")
    return _Cell(certain=found)


def _valid(year: int, month: int, day: int) -> date | None:
    if not 1900 <= year <= 9999:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(digits: str) -> int:
    number = int(digits)
    if len(digits) == 4:
        return number
    return 2000 + number if number < 70 else 1900 + number


def _clock(match: re.Match[str]) -> time | None:
    hour = int(match["hour"])
    afternoon = (match["ampm"] or "").startswith("p") or match["half"] in ("下午", "晚上")
    if afternoon and hour < 12:
        hour += 12
    elif (match["ampm"] or "").startswith("a") and hour == 12:
        hour = 0
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        return None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text in ("z", "utc", "gmt"):
        return UTC
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "").ljust(4, "0")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))
