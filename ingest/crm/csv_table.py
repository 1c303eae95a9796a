"""From the text of a CSV file to records with the physical lines they begin on."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SEPARATORS = ",;\t|"
_NOWHERE = "\x1f"
"""The separator of a file that has only one column; no text holds it."""
_DECLARED = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_LONGEST_CELL = 1_000_000
_MOST_BROKEN_QUOTES = 200


@dataclass(frozen=True)
class Record:
    """One row as it stands: the line it begins on (from 1) and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass
class Parsed:
    """The records that hold something, the separator, and lines whose quotes are broken."""

    records: list[Record] = field(default_factory=list)
    separator: str = ","
    broken: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str) -> Parsed:
    """Reads `text`: quoted cells may hold separators and line breaks; blank lines are skipped.

    A quote that is never closed costs its own line, not the rest of the file.
    """
    lines = _physical_lines(text)
    start = 0
    declared = _DECLARED.match(lines[0].strip()) if lines else None
    if declared:
        start = 1
    separator = declared.group(1) if declared else _separator(lines)
    result = Parsed(separator=separator)
    for record in _records(lines, start, separator, result.broken):
        if any(cell.strip() for cell in record.cells):
            result.records.append(record)
    return result


def _physical_lines(text: str) -> list[str]:
    # Not str.splitlines: it also splits at form feeds and U+2028, which csv counts as text.
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text)


def _records(
    lines: list[str], start: int, separator: str, broken: list[tuple[int, str]]
) -> Iterator[Record]:
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        while start < len(lines):
            reader = csv.reader(
                iter(lines[start:]), delimiter=separator, skipinitialspace=True, strict=True
            )
            base, done = start, 0
            try:
                for cells in reader:
                    yield Record(base + done + 1, tuple(cells))
                    done = reader.line_num
                return
            except csv.Error as error:
                broken.append((base + done + 1, _reason(str(error))))
                start = base + done + 1
                if len(broken) >= _MOST_BROKEN_QUOTES:
                    broken.append((start + 1, "too many broken quotes: the rest was not read"))
                    return
    finally:
        csv.field_size_limit(limit)


def _reason(error: str) -> str:
    if "unexpected end" in error:
        return "a quote is opened and never closed"
    if "field limit" in error:
        return "a cell is longer than a million characters, or a quote is never closed"
    return 'a quote inside a quoted cell must be written twice ("")'


def _separator(lines: list[str]) -> str:
    """The separator of the heading; the first rows decide between two that fit it."""
    header = next((line for line in lines if line.strip()), "")
    bare = re.sub(r'"(?:[^"]|"")*"', '""', header)
    counts = {mark: bare.count(mark) for mark in _SEPARATORS}
    if not any(counts.values()):
        return _NOWHERE
    rows = [re.sub(r'"(?:[^"]|"")*"', '""', line) for line in lines[1:50] if line.strip()]

    def fit(mark: str) -> tuple[int, int]:
        return sum(row.count(mark) == counts[mark] for row in rows), counts[mark]

    candidates = [mark for mark in _SEPARATORS if counts[mark]]
    # A heading of names holds no separators of its own, so more columns is the better reading;
    # only a mark that hardly any row uses the same way loses to one that all do.
    best = max(candidates, key=lambda mark: counts[mark])
    steady = max(candidates, key=fit)
    if steady != best and rows and fit(best)[0] * 2 < fit(steady)[0]:
        return steady
    return best
