"""A mapping at work: a CRM's tables become rows of the workbook's sheets."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, tzinfo
from fnmatch import fnmatchcase
from typing import Any

from ingest.crm.columns import Settled, text_of
from ingest.crm.conditions import View
from ingest.crm.mapping import Mapping, Rule, SourceTable
from ingest.crm.report import Problem
from ingest.crm.sheets import SourceColumn, SourceSheet
from ingest.crm.tabular import Row, Table, heading
from kam_knowledge.language.normalise import fold

_GUID = re.compile(r"^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$", re.IGNORECASE)
_SALESFORCE_15 = re.compile(r"^[0-9A-Za-z]{15}$")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


@dataclass
class _Source:
    """A table of the CRM as found: its rows that count, and where each column stands."""

    table: Table
    kind: SourceTable
    positions: dict[str, int]
    rows: list[_Row] = field(default_factory=list)


class _Row:
    """One source row; what expressions see."""

    __slots__ = ("_mapped", "row", "source", "taken", "today")

    def __init__(self, mapped: Mapped, source: _Source, row: Row) -> None:
        self._mapped = mapped
        self.source = source
        self.row = row
        self.today = mapped.today
        self.taken = False

    def cell(self, names: tuple[str, ...]) -> Any:
        """The first filled cell among these columns."""
        for name in names:
            position = self.source.positions.get(name)
            if position is not None and (cell := self.row.cells[position]) is not None:
                if isinstance(cell, str) and cell.casefold() in self._mapped.mapping.empty:
                    continue
                return cell
        return None

    def own_id(self, cell: Any) -> str:
        """A CRM's id in its one spelling."""
        return one_id(str(text_of(cell)), self._mapped.mapping.ids)

    def find(self, table: str, by: tuple[str, ...], value: Any, loose: bool) -> list[View]:
        """The rows of another table that hold this value."""
        return self._mapped.find(table, by, self.own_id(value), loose)


class Mapped:
    """The tables of one import under one mapping."""

    def __init__(self, mapping: Mapping, today: date, zone: tzinfo) -> None:
        self.mapping = mapping
        self.today = today
        self._zone = zone
        self._sources: defaultdict[str, list[_Source]] = defaultdict(list)
        self._found: dict[tuple[str, tuple[str, ...], bool], dict[str, list[View]]] = {}

    def sheets(
        self, tables: list[Table], unknown: list[str], problems: list[Problem]
    ) -> list[SourceSheet]:
        """The rows, sheet by sheet; what no rule takes is named in `unknown`."""
        for table in tables:
            kind = self._kind(table)
            if kind is None:
                if table.headings or table.rows:
                    unknown.append(f"{table.place}: no table that the mapping knows")
                continue
            problems += table.problems
            unknown += table.unknown
            self._add(table, kind, unknown)
        made = [
            self._sheet(rule, source)
            for rule in self.mapping.rules
            for source in self._sources[rule.table]
        ]
        for sources in self._sources.values():
            for source in sources:
                self._leftovers(source, unknown)
        return [sheet for sheet in made if sheet.lines]

    def find(self, table: str, by: tuple[str, ...], value: str, loose: bool) -> list[View]:
        """The rows of a table that hold the value in one of these columns."""
        index = self._found.get((table, by, loose))
        if index is None:
            index = defaultdict(list)
            for source in self._sources[table]:
                for row in source.rows:
                    cell = row.cell(by)
                    if cell is not None:
                        text = row.own_id(cell)
                        index[_letters(text) if loose else text].append(row)
            self._found[table, by, loose] = index
        return index.get(_letters(value) if loose else value, [])

    def _kind(self, table: Table) -> SourceTable | None:
        if self.mapping.leaves_out(table):
            return None
        kinds = list(self.mapping.tables.values())
        named = {kind.key: kind.named(table) for kind in kinds}
        best = max(named.values(), default=0)
        if best:
            called = [kind for kind in kinds if named[kind.key] == best]
            return next((kind for kind in called if kind.fits(table)), called[0])
        return next((kind for kind in kinds if kind.fits(table)), None)

    def _add(self, table: Table, kind: SourceTable, unknown: list[str]) -> None:
        positions = {heading(name): place for place, name in enumerate(table.headings) if name}
        source = _Source(table, kind, positions)
        rows = [_Row(self, source, row) for row in table.rows]
        source.rows = [row for row in rows if kind.skip is None or not kind.skip(row)]
        left_out = len(rows) - len(source.rows)
        if left_out:
            unknown.append(
                f"{table.place}: {left_out} rows left out, deleted or archived in "
                f"{self.mapping.title}"
            )
        self._sources[kind.key].append(source)

    def _sheet(self, rule: Rule, source: _Source) -> SourceSheet:
        rows = [row for row in source.rows if rule.when is None or rule.when(row)]
        for row in rows:
            row.taken = True
        labels = self._labels(rule, source)
        columns: list[SourceColumn] = []
        for name, expression in rule.columns.items():
            cells = [expression(row) for row in rows]
            column = rule.spec.by_name[name]
            if column.required or any(cell not in (None, ()) for cell in cells):
                columns.append(
                    SourceColumn(column, labels[name], cells, self._settled(rule, source))
                )
        return SourceSheet(
            rule.spec,
            source.table.place,
            source.table.header_line,
            [row.row.line for row in rows],
            columns,
            merge=rule.merge,
            unlisted=[rule.unlisted is not None and rule.unlisted(row) for row in rows],
        )

    def _labels(self, rule: Rule, source: _Source) -> dict[str, str]:
        """What the file calls the column that an expression reads; else the workbook's word."""
        labels: dict[str, str] = {}
        written = {heading(name): name for name in source.table.headings if name}
        for name, reads in rule.reads.items():
            there = [written[form] for form in reads if form in written]
            labels[name] = there[0] if len(there) == 1 else name
        return labels

    def _settled(self, rule: Rule, source: _Source) -> Settled:
        settle = self.mapping.settle | rule.settle
        return Settled(
            date_order=settle.get("date_order"),
            decimal_mark=settle.get("decimal_mark"),
            percent=settle.get("percent") == "true",
            zone=self._zone,
            epoch_1904=source.table.epoch_1904,
        )

    def _leftovers(self, source: _Source, unknown: list[str]) -> None:
        """Columns with values that nothing reads, and rows that no rule took."""
        place, kind = source.table.place, source.kind
        if not any(rule.table == kind.key for rule in self.mapping.rules):
            return  # it only tells which rows of other tables belong together
        used = self.mapping.used.get(kind.key, set())
        for name, position in source.positions.items():
            if name in used or self._ignored(name, kind):
                continue
            if any(row.row.cells[position] is not None for row in source.rows):
                unknown.append(f"{place}: column {source.table.headings[position]!r}")
        missed = sum(not row.taken for row in source.rows)
        if missed:
            unknown.append(f"{place}: {missed} rows of a kind that is not imported")

    def _ignored(self, name: str, kind: SourceTable) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in (*self.mapping.ignore, *kind.ignore))


def one_id(text: str, form: str) -> str:
    """An id in its one spelling: GUIDs in small letters and without braces, Salesforce's ids of
    15 characters with the three that make them fit for comparison without case."""
    plain = text.strip()
    if guid := _GUID.match(plain):
        return guid[1].lower()
    if form == "salesforce" and _SALESFORCE_15.match(plain):
        suffix = ""
        for start in (0, 5, 10):
            bits = sum(
                1 << i for i, letter in enumerate(plain[start : start + 5]) if letter.isupper()
            )
            suffix += _SUFFIX[bits]
        return plain + suffix
    return plain


def _letters(text: str) -> str:
    """Letters and digits alone: GTXPro and GTX Pro are one product."""
    return "".join(character for character in fold(text) if character.isalnum())
