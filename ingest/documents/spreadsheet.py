"""XLSX: a Markdown table a sheet, read with openpyxl.

Not through markitdown, which reads a sheet as a pandas frame: a column of whole numbers with one
empty cell becomes 1200.0, an empty heading "Unnamed: 3", a formula without a stored result NaN,
and hidden sheets are read like the others. Here a cell is what a person sees in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from ingest.documents.archive import pack, read_office_package
from ingest.documents.assembly import assemble
from ingest.documents.document import Document, Limits
from kam_knowledge.errors import DocumentError

_FORMULA = re.compile(rb"<(?:\w{1,20}:)?f[\s>/]")
_PERCENT_DECIMALS = re.compile(r"0(?:\.(0+))?%")


def read_xlsx(data: bytes, limits: Limits) -> Document:
    """The visible sheets as Markdown tables under their names, empty edges cut off.

    A formula shows its stored result, and its own text where none is stored; nothing is
    calculated. Dates are ISO, percentages as shown. Rows that a filter or a fold hides are read:
    they count all the same. Raises DocumentError when the file is
    encrypted, damaged or over the limits.
    """
    import openpyxl

    parts = read_office_package(data, limits, main_part="xl/workbook.xml")
    has_formulas = any(
        _FORMULA.search(content)
        for name, content in parts.items()
        if name.startswith("xl/worksheets/")
    )
    packed = pack(parts)
    values = openpyxl.load_workbook(packed, read_only=True, data_only=True, keep_links=False)
    formulas = (
        openpyxl.load_workbook(packed, read_only=True, data_only=False, keep_links=False)
        if has_formulas
        else None
    )
    blocks: list[str] = []
    hidden = 0
    budget = _Budget(limits.cells)
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            hidden += 1
            continue
        rows = _rows(sheet, formulas[sheet.title] if formulas else None, budget)
        if table := _table(rows):
            blocks.append(f"## {sheet.title}\n\n{table}")
    omitted = (f"{hidden} hidden sheet(s)",) if hidden else ()
    return assemble("\n\n".join(blocks), "xlsx", omitted=omitted)


class _Budget:
    """Counts the cells of a workbook against the limit."""

    def __init__(self, cells: int) -> None:
        self._limit = self._left = cells

    def spend(self, cells: int) -> None:
        """Take the cells off; raises DocumentError when there are too many."""
        self._left -= cells
        if self._left < 0:
            raise DocumentError(
                f"The workbook has more than {self._limit:,} cells.",
                "Keep the sheets that matter in a workbook of their own.",
            )


def _rows(sheet: Any, formulas: Any, budget: _Budget) -> Iterator[list[str]]:
    # A sheet may claim a million rows; without its claim, only those that are there are read.
    sheet.reset_dimensions()
    if formulas is not None:
        formulas.reset_dimensions()
    for row, twin in zip_longest(sheet.iter_rows(), formulas.iter_rows() if formulas else ()):
        budget.spend(len(row or ()) + 1)
        texts = [_text(cell) for cell in row or ()]
        for column, cell in enumerate(twin or ()):
            if column < len(texts) and not texts[column] and cell.data_type == "f":
                texts[column] = _one_line(str(getattr(cell.value, "text", cell.value)))
        yield texts


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if match := _PERCENT_DECIMALS.search(cell.number_format or ""):
            return f"{value:.{len(match.group(1) or '')}%}"
        return str(value) if isinstance(value, int) else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("minutes")
    return _one_line(str(value))


def _one_line(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _table(rows: Iterator[list[str]]) -> str:
    """The rows as a Markdown table without empty rows and columns; "" when nothing is left."""
    filled = [row for row in rows if any(row)]
    used = sorted({n for row in filled for n, text in enumerate(row) if text})
    if not used:
        return ""
    lines = [
        "| " + " | ".join(row[n] if n < len(row) else "" for n in used) + " |" for row in filled
    ]
    if len(filled) == 1 and len(used) == 1:
        return filled[0][used[0]]
    return "\n".join([lines[0], "|" + " --- |" * len(used), *lines[1:]])
