"""Tables from files: a folder of CSV files or workbooks, one of either, or calendars.

What comes back is what the file says, cell by cell, with the line each row begins on; nothing
is converted or guessed here except the encoding and the separator. A cell that begins with `=`,
`+` or `@` is text like any other: nothing evaluates it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ingest.crm.csv_table import parse
from ingest.crm.decoding import decode
from ingest.crm.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from ingest.crm.report import Problem
from kam_knowledge.errors import DocumentError, UsageError

Cell = str | int | float | bool | date | datetime | None
"""What a cell holds: CSV gives text, .xlsx real numbers and dates too; None is empty."""

CSV_SUFFIXES = frozenset({".csv", ".tsv"})
XLSX_SUFFIXES = frozenset({".xlsx", ".xlsm"})
CALENDAR_SUFFIXES = frozenset({".ics"})
_OTHER_TABLES = frozenset({".xls", ".xlsb", ".ods", ".numbers", ".json", ".jsonl", ".xml", ".zip"})

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b]")
_APART = re.compile(r"[\s_\-\u200b\ufeff]+")


def heading(text: str) -> str:
    """The form in which headings and sheet names are compared: `Annual-Revenue*` and
    `annual_revenue` are one, whatever their case, spaces, hyphens and underscores."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip().rstrip("*")
    return _APART.sub("", plain)


@dataclass(frozen=True)
class Row:
    """A row: the line it begins on and one cell a heading."""

    line: int
    cells: tuple[Cell, ...]


@dataclass
class Table:
    """A sheet as it stands in its file.

    `place` is what `where` begins with (`accounts.csv`, `book.xlsx/accounts`); `names` are the
    names it may be known by; `headings` are as written, an empty one for a column that the table
    cannot name (none, or twice the same): its cells are not to be read.
    """

    place: str
    names: tuple[str, ...]
    headings: tuple[str, ...]
    rows: list[Row]
    header_line: int = 1
    epoch_1904: bool = False
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def where(self, line: int) -> str:
        """`accounts.csv:3`."""
        return f"{self.place}:{line}"

    def column(self, position: int) -> list[Cell]:
        """The cells of one column, in the order of the rows."""
        return [row.cells[position] for row in self.rows]


@dataclass
class Tables:
    """Every table under a path, what could not be read, and what is no table of ours."""

    tables: list[Table] = field(default_factory=list)
    calendars: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read_tables(path: Path) -> Tables:
    """The tables of a folder (not of folders inside it) or of one file.

    A file that cannot be read is a problem and the rest go on. Raises UsageError when the path
    does not exist or holds no table at all.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist.", "Give a folder of CSV files or an .xlsx file.")
    if path.is_dir():
        files = sorted(
            (
                child
                for child in path.iterdir()
                if child.is_file() and not child.name.startswith((".", "~$"))
            ),
            key=lambda child: child.name,
        )
    else:
        files = [path]
    found = Tables()
    known = 0
    for file in files:
        suffix = file.suffix.lower()
        if suffix in CALENDAR_SUFFIXES:
            found.calendars.append(file)
        elif suffix in CSV_SUFFIXES or suffix in XLSX_SUFFIXES:
            try:
                found.tables += _read_csv(file) if suffix in CSV_SUFFIXES else _read_xlsx(file)
            except (DocumentError, OSError) as error:
                found.problems.append(Problem(unicode_name(file), "", str(error)))
        elif suffix in _OTHER_TABLES or file == path:
            found.unknown.append(f"{unicode_name(file)}: not a CSV or .xlsx file")
            continue
        else:
            continue
        known += 1
    if not known:
        raise UsageError(
            f"{path} holds no CSV, .xlsx or .ics file.",
            "Give a folder of CSV files named after the workbook's sheets, or one .xlsx file.",
        )
    return found


def unicode_name(path: Path) -> str:
    """The file's name in NFC: some file systems give letters and accents apart."""
    return unicodedata.normalize("NFC", path.name)


def _read_csv(path: Path) -> list[Table]:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise DocumentError(
            f"{path.name} has {size // 2**20} MB.", f"The limit is {MOST_BYTES // 2**20} MB."
        )
    place = unicode_name(path)
    decoded = decode(path.read_bytes())
    parsed = parse(decoded.text)
    problems = [Problem(f"{place}:{line}", "", reason) for line, reason in parsed.broken]
    problems += [
        Problem(f"{place}:{line}", "", f"holds bytes that are no {decoded.encoding} text")
        for line in decoded.bad_lines
    ]
    records = [(record.line, record.cells) for record in parsed.records]
    stem = unicodedata.normalize("NFC", path.stem)
    return [_table(place, (stem,), records, problems)]


def _read_xlsx(path: Path) -> list[Table]:
    from ingest.crm.xlsx_table import read_xlsx

    name = unicode_name(path)
    stem = unicodedata.normalize("NFC", path.stem)
    sheets = read_xlsx(path)
    tables = []
    for sheet in sheets:
        # A workbook of one sheet is often named after what it holds, its sheet "Sheet1".
        names = (sheet.name, stem) if len(sheets) == 1 else (sheet.name,)
        place = f"{name}/{sheet.name}"
        problems = [Problem(place, "", f"has more than {MOST_ROWS} rows")] if sheet.too_long else []
        records = [(record.line, record.cells) for record in sheet.records]
        table = _table(place, names, records, problems)
        table.epoch_1904 = sheet.epoch_1904
        tables.append(table)
    return tables


def _table(
    place: str,
    names: tuple[str, ...],
    records: Iterable[tuple[int, Sequence[Cell]]],
    problems: list[Problem],
) -> Table:
    cleaned = [(line, tuple(clean(cell) for cell in cells)) for line, cells in records]
    cleaned = [(line, cells) for line, cells in cleaned if any(c is not None for c in cells)]
    if not cleaned:
        return Table(place, names, (), [], problems=problems)
    header_line, header = cleaned[0]
    if len(header) > MOST_COLUMNS:
        problems.append(Problem(f"{place}:{header_line}", "", f"has {len(header)} columns"))
        return Table(place, names, (), [], header_line, problems=problems)
    written = ["" if cell is None else str(cell) for cell in header]
    table = Table(place, names, (), [], header_line, problems=problems)
    _fit(table, cleaned[1:], len(written))
    table.headings = _named(table, written)
    return table


def _fit(table: Table, records: list[tuple[int, tuple[Cell, ...]]], width: int) -> None:
    """Fits rows to the heading. Cells left out at a row's end are empty ones (spreadsheets leave
    them out); one too many means that the cells may have shifted, so the row is left out."""
    for line, cells in records[:MOST_ROWS]:
        extra = [cell for cell in cells[width:] if cell is not None]
        if extra:
            table.problems.append(
                Problem(
                    table.where(line),
                    "",
                    f"the row has {len(cells)} cells and the heading {width}: a separator or a "
                    "quote is out of place, so the row was left out",
                )
            )
            continue
        table.rows.append(Row(line, cells[:width] + (None,) * (width - len(cells))))
    if len(records) > MOST_ROWS:
        table.problems.append(Problem(table.place, "", f"has more than {MOST_ROWS} rows"))


def _named(table: Table, written: list[str]) -> tuple[str, ...]:
    counts = Counter(heading(name) for name in written if name)
    headings: list[str] = []
    told: set[str] = set()
    for position, name in enumerate(written):
        form = heading(name)
        filled = any(row.cells[position] is not None for row in table.rows)
        if not form:
            if filled:
                table.unknown.append(f"{table.place}: column {position + 1} has no heading")
            headings.append("")
        elif counts[form] > 1:
            if form not in told and _any_filled(table, written, form):
                told.add(form)
                table.problems.append(
                    Problem(
                        table.where(table.header_line),
                        name,
                        f"{counts[form]} columns have this heading, so none of them was read",
                    )
                )
            headings.append("")
        else:
            headings.append(name)
    return tuple(headings)


def _any_filled(table: Table, written: list[str], form: str) -> bool:
    places = [place for place, name in enumerate(written) if heading(name) == form]
    return any(row.cells[place] is not None for row in table.rows for place in places)


def clean(cell: Cell) -> Cell:
    """The cell without surrounding blanks and control characters; None when nothing is left."""
    if not isinstance(cell, str):
        return cell
    text = _NOT_TEXT.sub("", cell).replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", text).strip()
    return text or None
