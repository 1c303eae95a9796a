"""Every row of every table as JSON lines: the part of a backup that any database can read.

A table is described by its own columns and their kinds, not by today's models, so that a backup
of an earlier schema can be loaded into that schema and migrated from there.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    null,
    select,
    text,
    update,
)
from sqlalchemy.types import TypeEngine

from kam_knowledge.store.models import Base
from kam_knowledge.store.types import ExactDecimal, UtcDateTime

_BATCH = 1_000


@dataclass(frozen=True)
class _Kind:
    """A kind of value: its column type, and its way to JSON and back (NULL is null)."""

    name: str
    column: Callable[[], TypeEngine[Any]]
    encode: Callable[[Any], Any] = lambda value: value
    decode: Callable[[Any], Any] = lambda value: value


def _json_in(value: Any) -> Any:
    # A list around it tells JSON's null from SQL's NULL.
    return JSON.NULL if value == [None] else value[0]


# A class stands before those it derives from.
_KINDS: tuple[tuple[type[TypeEngine[Any]], _Kind], ...] = (
    (UtcDateTime, _Kind("instant", UtcDateTime, datetime.isoformat, datetime.fromisoformat)),
    (ExactDecimal, _Kind("decimal", ExactDecimal, lambda value: format(value, "f"), Decimal)),
    (JSON, _Kind("json", JSON, lambda value: [value], _json_in)),
    (
        LargeBinary,
        _Kind("bytes", LargeBinary, lambda value: b64encode(value).decode(), b64decode),
    ),
    (Boolean, _Kind("boolean", Boolean)),
    (Date, _Kind("date", Date, date.isoformat, date.fromisoformat)),
    (Integer, _Kind("integer", Integer)),
    (Float, _Kind("float", Float)),
    (String, _Kind("text", Text)),
)
_BY_NAME = {kind.name: kind for _, kind in _KINDS}


@dataclass(frozen=True)
class TableShape:
    """A table as a backup describes it: its columns and their kinds, its key, and `later`, the
    columns that point to rows loaded after their own."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    later: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "name": self.name,
            "columns": self.columns,
            "key": list(self.key),
            "later": list(self.later),
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> TableShape:
        """From the manifest. Raises KeyError or ValueError when it is not one."""
        columns = {str(name): str(kind) for name, kind in found["columns"].items()}
        if unknown := set(columns.values()) - set(_BY_NAME):
            raise ValueError(f"unknown kinds of column: {sorted(unknown)}")
        key, later = tuple(found["key"]), tuple(found["later"])
        if not {*key, *later} <= set(columns):
            raise ValueError(f"{found['name']}: a key that is no column")
        return cls(str(found["name"]), columns, key, later)

    def table(self) -> Table:
        """A Core table with these columns and nothing else."""
        columns = (Column(name, _BY_NAME[kind].column()) for name, kind in self.columns.items())
        return Table(self.name, MetaData(), *columns)


def shapes() -> list[TableShape]:
    """Every table of the book, those that others point to first."""
    tables = Base.metadata.sorted_tables
    found = []
    for number, table in enumerate(tables):
        after = {other.name for other in tables[number:]}
        later = tuple(
            column.name
            for column in table.columns
            if any(key.column.table.name in after for key in column.foreign_keys)
        )
        columns = {column.name: _kind(column.type) for column in table.columns}
        key = tuple(column.name for column in table.primary_key)
        found.append(TableShape(table.name, columns, key, later))
    return found


def _kind(column: TypeEngine[Any]) -> str:
    return next(kind.name for found, kind in _KINDS if isinstance(column, found))


def dump(connection: Connection, shape: TableShape) -> Iterator[bytes]:
    """The table's rows, in the order of its key, each a line of JSON: a list of its values."""
    table = shape.table()
    kinds = [_BY_NAME[kind] for kind in shape.columns.values()]
    # JSON's null and SQL's NULL both come back as None.
    missing = [column.is_(null()) for column in table.columns if isinstance(column.type, JSON)]
    order = [table.c[name] for name in shape.key]
    rows = connection.execution_options(yield_per=_BATCH).execute(
        select(*table.columns, *missing).order_by(*order)
    )
    for row in rows:
        flags = iter(row[len(kinds) :])
        values = []
        for value, kind in zip(row, kinds, strict=False):
            absent = next(flags) if kind.name == "json" else value is None
            values.append(None if absent else kind.encode(value))
        yield json.dumps(values, separators=(",", ":")).encode() + b"\n"


class Loading:
    """Fills empty tables, one after the other, within the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._later: list[tuple[TableShape, list[dict[str, Any]]]] = []

    def load(self, shape: TableShape, lines: Iterable[bytes]) -> int:
        """Inserts rows that `dump` wrote; how many there were."""
        table = shape.table()
        kinds = [_BY_NAME[kind] for kind in shape.columns.values()]
        later: list[dict[str, Any]] = []
        batch: list[dict[str, Any]] = []
        count = 0
        for line in lines:
            values = json.loads(line)
            row = {
                name: _absent(kind) if value is None else kind.decode(value)
                for name, kind, value in zip(shape.columns, kinds, values, strict=True)
            }
            if any(row[name] is not None for name in shape.later):
                later.append({f"new_{name}": row[name] for name in (*shape.key, *shape.later)})
                row |= dict.fromkeys(shape.later)
            batch.append(row)
            count += 1
            if len(batch) == _BATCH:
                self._connection.execute(insert(table), batch)
                batch = []
        if batch:
            self._connection.execute(insert(table), batch)
        if later:
            self._later.append((shape, later))
        return count

    def settle(self, loaded: Iterable[TableShape]) -> None:
        """Fills the columns that had to wait, and sets PostgreSQL's counters past the rows."""
        for shape, rows in self._later:
            table = shape.table()
            statement = update(table)
            for name in shape.key:
                statement = statement.where(table.c[name] == bindparam(f"new_{name}"))
            self._connection.execute(
                statement.values({name: bindparam(f"new_{name}") for name in shape.later}), rows
            )
        if self._connection.dialect.name == "postgresql":
            for shape in loaded:
                if len(shape.key) == 1 and shape.columns[shape.key[0]] == "integer":
                    self._set_counter(shape)

    def _set_counter(self, shape: TableShape) -> None:
        quoted = self._connection.dialect.identifier_preparer.quote(shape.name)
        sequence = self._connection.scalar(
            select(func.pg_get_serial_sequence(quoted, shape.key[0]))
        )
        highest = self._connection.scalar(select(func.max(shape.table().c[shape.key[0]])))
        if sequence and highest:
            self._connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :value)"),
                {"name": sequence, "value": highest},
            )


def _absent(kind: _Kind) -> Any:
    return null() if kind.name == "json" else None
