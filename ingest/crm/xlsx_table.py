"""From an .xlsx workbook to records; openpyxl reads it row by row and never evaluates.

A formula gives the value that was stored beside it when the file was saved, and its own text
where there is none. Sizes are looked at before anything is unpacked.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ingest.crm.limits import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED
from kam_knowledge.errors import DocumentError

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class XlsxRecord:
    """One row: its number in the sheet, and its cells."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class XlsxSheet:
    """A sheet of the workbook. `epoch_1904` says from when bare serial dates count."""

    name: str
    records: list[XlsxRecord]
    epoch_1904: bool
    too_long: bool = False


def read_xlsx(path: Path) -> list[XlsxSheet]:
    """The sheets of the workbook, in order; rows that hold nothing are skipped.

    Raises DocumentError when the file is no workbook, is protected, or would unpack to more
    than the limits allow.
    """
    _check_size(path)
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # openpyxl lets through whatever its parsers raise
        raise DocumentError(
            f"{path.name} cannot be read as a workbook: {error}.",
            "Open it in a spreadsheet program and save it as .xlsx or CSV.",
        ) from error
    stored = None
    try:
        sheets = []
        for sheet in book.worksheets:
            records, formulas, too_long = _records(sheet, path)
            if formulas:
                stored = stored or openpyxl.load_workbook(
                    path, read_only=True, data_only=True, keep_links=False
                )
                records = _with_stored_values(records, formulas, stored[sheet.title], path)
            epoch = book.epoch == CALENDAR_MAC_1904
            sheets.append(XlsxSheet(sheet.title, records, epoch, too_long))
        return sheets
    finally:
        book.close()
        if stored is not None:
            stored.close()


def _check_size(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise DocumentError(
            f"{path.name} is not an .xlsx workbook ({error}).",
            "A protected or an old .xls file has to be saved as .xlsx or CSV first.",
        ) from error
    if unpacked > MOST_UNPACKED:
        raise DocumentError(
            f"{path.name} would unpack to {unpacked // 2**20} MB.",
            f"The limit is {MOST_UNPACKED // 2**20} MB; split it or save it as CSV.",
        )


def _records(sheet: Any, path: Path) -> tuple[list[XlsxRecord], set[tuple[int, int]], bool]:
    sheet.reset_dimensions()  # some writers state a size that is too small
    records: list[XlsxRecord] = []
    formulas: set[tuple[int, int]] = set()
    cells_read = 0
    try:
        for line, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            if len(records) >= MOST_ROWS or cells_read > MOST_CELLS:
                return records, formulas, True
            cells_read += len(row)
            values: list[Cell] = []
            for place, cell in enumerate(row):
                if cell.value is not None and cell.data_type == "f":
                    formulas.add((line, place))
                values.append(_plain(cell.value))
            while values and values[-1] is None:
                values.pop()
            if values:
                records.append(XlsxRecord(line, tuple(values)))
    except DocumentError:
        raise
    except Exception as error:  # a damaged part surfaces while rows are read
        raise DocumentError(
            f"{path.name}/{sheet.title} cannot be read: {error}.",
            "Open it in a spreadsheet program and save it again.",
        ) from error
    return records, formulas, False


def _with_stored_values(
    records: list[XlsxRecord], formulas: set[tuple[int, int]], sheet: Any, path: Path
) -> list[XlsxRecord]:
    values, _, _ = _records(sheet, path)
    by_line = {record.line: record.cells for record in values}
    result = []
    for record in records:
        stored = by_line.get(record.line, ())
        cells = tuple(
            stored[place]
            if (record.line, place) in formulas
            and place < len(stored)
            and stored[place] is not None
            else cell
            for place, cell in enumerate(record.cells)
        )
        result.append(XlsxRecord(record.line, cells))
    return result


def _plain(value: Any) -> Cell:
    if value is None or isinstance(value, str | bool | int | float | datetime | date):
        return value if value != "" else None
    if isinstance(value, time):
        return value.isoformat()
    return str(getattr(value, "text", None) or value)  # array formulas carry their text
