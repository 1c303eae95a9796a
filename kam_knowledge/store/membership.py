"""SQL: a column's value is one of many ids, with one parameter however many there are.

`column IN (?, ?, …)` is rendered anew for every number of ids; rights name hundreds of accounts in
every statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, cast, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

FEW = 8
"""Ids that a statement names one by one."""


class _Elements(FunctionElement[Any]):
    """The elements of a JSON list as a table with the column `value`."""

    inherit_cache = True
    name = "elements"


@compiles(_Elements, "sqlite")
def _of_sqlite(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **options)}"


@compiles(_Elements, "postgresql")
def _of_postgresql(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    listed = compiler.process(element.clause_expr, **options)
    return f"json_array_elements_text(CAST({listed} AS JSON))"


def one_of(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """The column holds one of the ids."""
    listed = bindparam("ids", json.dumps(sorted(ids)), type_=String(), unique=True)
    value = _Elements(listed).table_valued("value", name="given").c.value
    held: ColumnElement[bool] = column.in_(select(cast(value, Integer)))
    return held


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """The same for a number of ids that may be small: one or two make a better plan as they are."""
    listed = list(ids)
    return one_of(column, listed) if len(listed) > FEW else column.in_(listed)
