"""From tables to rows of the workbook's sheets, cell by cell recognised.

A cell that cannot go in costs itself; a row goes in without it, unless the row cannot be told
from others or misses what it must hold. Whatever stays out is a problem with its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.crm.cells import CLEAR, Amount, Bad
from ingest.crm.columns import Settled, recognise
from ingest.crm.report import Problem
from ingest.crm.spec import Column, SheetSpec, workbook
from ingest.crm.tabular import Table, heading


@dataclass(frozen=True)
class SourceColumn:
    """A column of a sheet as it came: `label` is what the file calls it."""

    column: Column
    label: str
    cells: Sequence[Any]
    settled: Settled = field(default_factory=Settled)


@dataclass
class SourceSheet:
    """Rows on their way into one sheet, column by column.

    `merge` says that a key which comes again is no mistake (one of ours named in many deals);
    `unlisted`, a row at a time, that the person in it may not sign in; `system` what stands
    before the rows' ids where it is not the import's own.
    """

    spec: SheetSpec
    place: str
    header_line: int
    lines: Sequence[int]
    columns: list[SourceColumn]
    merge: bool = False
    unlisted: Sequence[bool] = ()
    system: str = ""


@dataclass
class Incoming:
    """One row that may go in: its values by column, empty cells left out, CLEAR for `-`.

    `labels` gives the file's own word for a column, `signs` the currencies that an amount's own
    sign may mean.
    """

    spec: SheetSpec
    where: str
    values: dict[str, Any]
    labels: dict[str, str]
    signs: dict[str, frozenset[str]] = field(default_factory=dict)
    merge: bool = False
    unlisted: bool = False
    system: str = ""

    def label(self, column: str) -> str:
        """What the file calls the column."""
        return self.labels.get(column, column)


def workbook_sheets(
    tables: Sequence[Table], settled: Settled, unknown: list[str], problems: list[Problem]
) -> list[SourceSheet]:
    """The tables that are sheets of the workbook; what is none is added to `unknown`."""
    by_name = {heading(name): spec for name, spec in workbook().items()}
    sheets: list[SourceSheet] = []
    for table in tables:
        spec = next(
            (by_name[key] for name in table.names if (key := heading(name)) in by_name), None
        )
        if spec is None:
            if table.headings or table.rows:
                unknown.append(f"{table.place}: not a sheet of the workbook")
            continue
        problems += table.problems
        unknown += table.unknown
        if not table.headings:
            continue
        columns = {heading(column.name): column for column in spec.columns}
        known = Settled(
            date_order=settled.date_order,
            decimal_mark=settled.decimal_mark,
            zone=settled.zone,
            epoch_1904=table.epoch_1904,
        )
        sheet = SourceSheet(
            spec, table.place, table.header_line, [row.line for row in table.rows], []
        )
        for position, name in enumerate(table.headings):
            column = columns.get(heading(name)) if name else None
            if column is not None:
                sheet.columns.append(SourceColumn(column, name, table.column(position), known))
            elif name:
                unknown.append(f"{table.place}: column {name!r}")
        sheets.append(sheet)
    return sheets


def rows_of(sheet: SourceSheet, problems: list[Problem]) -> list[Incoming]:
    """The sheet's rows that may go in; what may not is added to `problems`."""
    spec = sheet.spec
    needed = {column.name for column in spec.columns if column.required}
    there = {source.column.name for source in sheet.columns}
    missing = [name for name in needed if name not in there]
    if missing and sheet.lines:
        for name in sorted(missing, key=[column.name for column in spec.columns].index):
            problems.append(
                Problem(
                    f"{sheet.place}:{sheet.header_line}",
                    name,
                    "this column is required and missing, so no row of the sheet went in",
                )
            )
        return []
    labels = {source.column.name: source.label for source in sheet.columns}
    readings: list[tuple[SourceColumn, list[Any]]] = []
    unread: set[str] = set()
    for source in sheet.columns:
        reading = recognise(source.column, source.cells, source.settled)
        if reading.ambiguous is not None:
            unread.add(source.column.name)
            problems.append(
                Problem(f"{sheet.place}:{sheet.header_line}", source.label, reading.ambiguous)
            )
        readings.append((source, reading.values))
    if unread & needed:
        return []  # the column's own problem says why
    rows: list[Incoming] = []
    identity = needed | set(spec.key)
    for position, line in enumerate(sheet.lines):
        row = Incoming(
            spec,
            f"{sheet.place}:{line}",
            {},
            labels,
            merge=sheet.merge,
            unlisted=bool(sheet.unlisted) and sheet.unlisted[position],
            system=sheet.system,
        )
        whole = not (unread & set(spec.key))
        for source, values in readings:
            name = source.column.name
            fault = _take(row, source.column, values[position])
            if fault:
                problems.append(Problem(row.where, source.label, fault))
                whole = whole and name not in identity
        if whole:
            rows.append(row)
    return rows


def _take(row: Incoming, column: Column, value: Any) -> str | None:
    """Puts a value into the row; what is wrong with it, if anything."""
    if value is None or value == ():
        return "is required and empty" if column.required else None
    if isinstance(value, Bad):
        return value.reason
    if value is CLEAR:
        if column.required or column.name in ("external_id", "as_of"):
            return "cannot be cleared"
        row.values[column.name] = CLEAR
        return None
    if isinstance(value, Amount):
        if value.currencies:
            row.signs[column.name] = value.currencies
        value = value.number
    row.values[column.name] = value
    return None
