"""Mapping files: how a CRM's tables become the workbook's sheets (docs/mappings.md).

A mapping is data. This module reads and checks one; `mapped` applies it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Any

from ingest.crm.conditions import Test, compile_test
from ingest.crm.expressions import Expression, compile_expression
from ingest.crm.note_form import NoteField, parse_note
from ingest.crm.spec import SheetSpec, workbook
from ingest.crm.tabular import Table, heading
from kam_knowledge.errors import UsageError

_TOP = {
    "format", "title", "ids", "empty", "ignore", "leave_out", "tables", "rows", "settle", "note",
}  # fmt: skip
_TABLE = {"names", "columns", "skip", "ignore"}
_ROWS = {"from", "to", "when", "columns", "repeats", "unlisted", "settle"}
_SETTLE = {"date_order", "decimal_mark", "percent"}


@dataclass(frozen=True)
class SourceTable:
    """A table of the CRM: how it is recognised, and which of its rows and columns do not count."""

    key: str
    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    skip: Test | None
    ignore: tuple[str, ...]

    def named(self, table: Table) -> int:
        """How well the file's or sheet's name fits: 2 exactly, 1 by a pattern, 0 not."""
        forms = [_form(name) for name in table.names]
        if any(form == name for form in forms for name in self.names):
            return 2
        return int(any(fnmatchcase(form, name) for form in forms for name in self.names))

    def fits(self, table: Table) -> bool:
        """Whether the table has the columns by which this one is told from others."""
        there = {heading(name) for name in table.headings if name}
        return bool(self.columns) and all(there.intersection(group) for group in self.columns)


@dataclass(frozen=True)
class Rule:
    """Rows of a table on their way into a sheet, with an expression a column."""

    table: str
    spec: SheetSpec
    columns: dict[str, Expression]
    when: Test | None
    merge: bool
    unlisted: Test | None
    settle: dict[str, str]
    reads: dict[str, frozenset[str]]
    """The columns of its own table that each expression reads."""


@dataclass(frozen=True)
class Mapping:
    """A CRM's mapping. `format` is what stands before its ids; `empty` holds its words for
    nothing; `leave_out` the names of tables that look like one of these and are none; `used`
    names, by table, the columns that some expression reads."""

    format: str
    title: str
    ids: str
    empty: frozenset[str]
    ignore: tuple[str, ...]
    leave_out: tuple[str, ...]
    tables: dict[str, SourceTable]
    rules: tuple[Rule, ...]
    settle: dict[str, str]
    used: dict[str, set[str]] = field(default_factory=dict)
    note: tuple[NoteField, ...] = ()
    """The form in which a note of ours is copied into this CRM."""

    def leaves_out(self, table: Table) -> bool:
        """Whether the mapping says that this is none of its tables."""
        forms = [_form(name) for name in table.names]
        return any(fnmatchcase(form, name) for form in forms for name in self.leave_out)


def builtin_formats() -> list[str]:
    """The CRMs that have a mapping here."""
    folder = resources.files("ingest.crm").joinpath("mappings")
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load_mapping(format: str) -> Mapping:
    """The mapping of a built-in format's name, or of a mapping file's path.

    Raises UsageError when there is none or when the file says something it cannot say.
    """
    if format in builtin_formats():
        text = (
            resources.files("ingest.crm")
            .joinpath("mappings")
            .joinpath(f"{format}.yaml")
            .read_text("utf-8")
        )
        return parse_mapping(text, f"{format}.yaml")
    path = Path(format)
    if path.suffix.lower() in (".yaml", ".yml") and path.is_file():
        return parse_mapping(path.read_text("utf-8-sig"), path.name)
    known = ", ".join(["workbook", *builtin_formats()])
    raise UsageError(
        f"{format!r} is no format and no mapping file.", f"Use one of {known}, or MAPPING.yaml."
    )


def parse_mapping(text: str, name: str) -> Mapping:
    """The mapping in a YAML text; `name` is what its mistakes are reported under."""
    import yaml

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong(name, "", f"is not YAML: {' '.join(str(error).split())}") from error
    top = _object(data, _TOP, name, "")
    if "format" not in top or not re.fullmatch(r"[a-z][a-z0-9_-]*", str(top["format"])):
        raise _wrong(name, "format", "must be a word of small letters, such as mycrm")
    if top["format"] == "workbook":
        raise _wrong(name, "format", "must not be workbook: its ids would be taken for the book's")
    used: dict[str, set[str]] = {}
    tables = {}
    for key, value in _object(top.get("tables"), None, name, "tables").items():
        tables[str(key)] = _table(str(key), value, name, used)
    rules = top.get("rows")
    if not isinstance(rules, list) or not rules:
        raise _wrong(name, "rows", "must be a list of rules")
    found = Mapping(
        format=str(top["format"]),
        title=str(top.get("title", top["format"])),
        ids=str(top.get("ids", "")),
        empty=frozenset(str(word).casefold() for word in _list(top.get("empty"))),
        ignore=tuple(_form(str(pattern)) for pattern in _list(top.get("ignore"))),
        leave_out=tuple(_form(str(pattern)) for pattern in _list(top.get("leave_out"))),
        tables=tables,
        rules=tuple(
            _rule(value, f"rows[{number}]", tables, name, used)
            for number, value in enumerate(rules, start=1)
        ),
        settle=_settle(top.get("settle"), name, "settle"),
        used=used,
        note=_note(top.get("note"), name),
    )
    if found.ids not in ("", "salesforce"):
        raise _wrong(name, "ids", "can only be salesforce")
    return found


def _table(key: str, value: Any, name: str, used: dict[str, set[str]]) -> SourceTable:
    place = f"tables.{key}"
    data = _object(value, _TABLE, name, place)
    read = used.setdefault(key, set())
    columns = tuple(
        tuple(heading(str(each)) for each in _list(group)) for group in _list(data.get("columns"))
    )
    names = tuple(_form(str(each)) for each in _list(data.get("names")))
    if not names and not columns:
        raise _wrong(name, place, "needs names or columns to be recognised by")
    return SourceTable(
        key,
        names,
        columns,
        _test(data.get("skip"), name, f"{place}.skip", read),
        tuple(_form(str(pattern)) for pattern in _list(data.get("ignore"))),
    )


def _rule(
    value: Any, place: str, tables: dict[str, SourceTable], name: str, used: dict[str, set[str]]
) -> Rule:
    data = _object(value, _ROWS, name, place)
    table, sheet = data.get("from"), data.get("to")
    if table not in tables:
        raise _wrong(name, f"{place}.from", f"names {table!r}, which tables lacks")
    spec = workbook().get(str(sheet))
    if spec is None:
        raise _wrong(name, f"{place}.to", f"names {sheet!r}, which is no sheet of the workbook")
    columns: dict[str, Expression] = {}
    reads: dict[str, frozenset[str]] = {}
    for column, expression in _object(data.get("columns"), None, name, f"{place}.columns").items():
        where = f"{place}.columns.{column}"
        if column not in spec.by_name:
            raise _wrong(name, where, f"is no column of {sheet}")
        read: dict[str, set[str]] = {}
        try:
            columns[str(column)] = compile_expression(expression, str(table), read)
        except ValueError as error:
            raise _wrong(name, where, str(error)) from error
        reads[str(column)] = frozenset(read.get(str(table), ()))
        for key, names in read.items():
            if key not in tables:
                raise _wrong(name, where, f"looks up {key!r}, which tables lacks")
            used.setdefault(key, set()).update(names)
    missing = [each.name for each in spec.columns if each.required and each.name not in columns]
    if missing:
        raise _wrong(name, f"{place}.columns", f"lacks {', '.join(missing)}, which {sheet} needs")
    if data.get("repeats") not in (None, "first"):
        raise _wrong(name, f"{place}.repeats", "can only be first")
    return Rule(
        str(table),
        spec,
        columns,
        _test(data.get("when"), name, f"{place}.when", used[str(table)]),
        data.get("repeats") == "first",
        _test(data.get("unlisted"), name, f"{place}.unlisted", used[str(table)]),
        _settle(data.get("settle"), name, f"{place}.settle"),
        reads,
    )


def _note(value: Any, name: str) -> tuple[NoteField, ...]:
    try:
        return parse_note(value)
    except ValueError as error:
        raise _wrong(name, "note", str(error)) from error


def _test(value: Any, name: str, place: str, read: set[str]) -> Test | None:
    if value is None:
        return None
    try:
        return compile_test(value, read)
    except ValueError as error:
        raise _wrong(name, place, str(error)) from error


def _settle(value: Any, name: str, place: str) -> dict[str, str]:
    if value is None:
        return {}
    data = _object(value, _SETTLE, name, place)
    allowed = {"date_order": ("dmy", "mdy", "ymd"), "decimal_mark": ("point", "comma")}
    for key, choices in allowed.items():
        if key in data and data[key] not in choices:
            raise _wrong(name, f"{place}.{key}", f"must be one of {', '.join(choices)}")
    return {str(key): str(each).casefold() for key, each in data.items()}


def _object(value: Any, keys: set[str] | None, name: str, place: str) -> dict[str, Any]:
    if not isinstance(value, AnyMapping):
        raise _wrong(name, place, "must hold names and values")
    unknown = {str(key) for key in value} - keys if keys is not None else set()
    if unknown:
        raise _wrong(name, place, f"has {', '.join(sorted(unknown))}, which means nothing there")
    return {str(key): each for key, each in value.items()}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _form(text: str) -> str:
    """`heading`, with the stars of a pattern kept."""
    return "*".join(heading(part) for part in text.split("*"))


def _wrong(name: str, place: str, problem: str) -> UsageError:
    where = f"{name}: {place}" if place else name
    return UsageError(f"{where} {problem}.", "docs/mappings.md says what a mapping may hold.")
