"""Periods (2026-Q1, 2026-03, 2026), ISO weeks (2026-W47) and months."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from ingest.crm.cells import Bad, shown

_YEAR = r"(?P<year>(?:19|20|21)\d{2})"
_CHINESE_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}
_PERIODS = (
    re.compile(rf"^{_YEAR}\s*[-/ ]?\s*q(?P<quarter>[1-4])$"),
    re.compile(rf"^q(?P<quarter>[1-4])\s*[-/ ]?\s*{_YEAR}$"),
    re.compile(rf"^{_YEAR}\s*年\s*第?\s*(?P<quarter>[1-4一二三四])\s*季度?$"),
    re.compile(rf"^{_YEAR}\s*年\s*q(?P<quarter>[1-4])$"),
    re.compile(rf"^{_YEAR}\s*[-/.]\s*(?P<month>\d{{1,2}})$"),
    re.compile(rf"^{_YEAR}\s*年\s*(?P<month>\d{{1,2}})\s*月份?$"),
    re.compile(rf"^{_YEAR}\s*年?(?:度|全年)?$"),
)
_WEEKS = (
    re.compile(rf"^{_YEAR}\s*[-/ ]?\s*w(?P<week>\d{{1,2}})$"),
    re.compile(rf"^(?:w|week\s*|kw\s*)(?P<week>\d{{1,2}})\s*[-/ ]?\s*{_YEAR}$"),
    re.compile(rf"^{_YEAR}\s*年\s*第?\s*(?P<week>\d{{1,2}})\s*周$"),
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def read_period(cell: Any) -> Any:
    """`2026-Q1`, `2026-03` or `2026`, None for an empty cell, else Bad.

    A spreadsheet turns 2026-03 into the first of March: such a date is its month.
    """
    if cell is None:
        return None
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m}" if cell.day == 1 else Bad(f"{shown(cell)} is a day, not a period")
    text = _text(cell)
    for pattern in _PERIODS:
        match = pattern.match(text)
        if not match:
            continue
        parts = match.groupdict()
        if quarter := parts.get("quarter"):
            return f"{parts['year']}-Q{_CHINESE_DIGITS.get(quarter) or int(quarter)}"
        if month := parts.get("month"):
            number = int(month)
            if not 1 <= number <= 12:
                return Bad(f"{shown(cell)} has no such month")
            return f"{parts['year']}-{number:02d}"
        return str(parts["year"])
    return Bad(f"{shown(cell)} is not a period such as 2026-Q1, 2026-03 or 2026")


def read_week(cell: Any) -> Any:
    """`2026-W47`, None for an empty cell, else Bad."""
    if cell is None:
        return None
    text = _text(cell)
    for pattern in _WEEKS:
        if match := pattern.match(text):
            year, week = int(match["year"]), int(match["week"])
            try:
                date.fromisocalendar(year, week, 1)
            except ValueError:
                return Bad(f"{shown(cell)}: {year} has no week {week}")
            return f"{year}-W{week:02d}"
    return Bad(f"{shown(cell)} is not a week such as 2026-W47")


def read_month(cell: Any) -> Any:
    """1 to 12, None for an empty cell, else Bad."""
    if cell is None:
        return None
    text = _text(cell).rstrip("月").strip()
    if text.isdigit() and 1 <= int(text) <= 12:
        return int(text)
    if len(text) >= 3:
        for number, name in enumerate(_MONTHS, start=1):
            if name.startswith(text.rstrip(".")):
                return number
    return Bad(f"{shown(cell)} is not a month from 1 to 12")


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).casefold().strip()
