"""The conditions of a mapping: which source rows a rule takes, which case of a value holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from ingest.crm.columns import text_of
from ingest.crm.dates import read_date
from ingest.crm.labels import word
from ingest.crm.tabular import heading


class View(Protocol):
    """A source row, as conditions and expressions see it."""

    today: date

    def cell(self, names: tuple[str, ...]) -> Any:
        """The first filled cell among these columns; None when all are empty or missing."""

    def own_id(self, cell: Any) -> str:
        """A CRM's id in its one spelling."""

    def find(self, table: str, by: tuple[str, ...], value: Any, loose: bool) -> list[View]:
        """The rows of another table that hold this value: as an id, or (`loose`) with the same
        letters and digits."""


Test = Callable[[View], bool]

_TRUE = frozenset({"true", "t", "yes", "y", "1", "是"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "否"})


def compile_test(value: Any, read: set[str]) -> Test:
    """The condition that a mapping's value describes; the columns it reads go into `read`.

    A list means all of its conditions, `any` one of them. Raises ValueError for what is none.
    """
    if isinstance(value, list):
        return _all([compile_test(each, read) for each in value])
    if isinstance(value, dict) and set(value) == {"any"}:
        some = [compile_test(each, read) for each in listed(value["any"])]
        return lambda view: any(test(view) for test in some)
    if not isinstance(value, dict) or "column" not in value or set(value) - {"column", *_KINDS}:
        raise ValueError(f"is no condition: {value!r}")
    names = column_names(value["column"], read)
    tests = [make(names, value[kind]) for kind, make in _KINDS.items() if kind in value]
    if not tests:
        raise ValueError(f"says of {value['column']!r} nothing to compare it with")
    return _all(tests)


def _all(tests: list[Test]) -> Test:
    return lambda view: all(test(view) for test in tests)


def _is(names: tuple[str, ...], value: Any) -> Test:
    words = _words(value)
    return lambda view: _word(view, names) in words


def _not(names: tuple[str, ...], value: Any) -> Test:
    words = _words(value)
    return lambda view: _word(view, names) not in words


def _starts(names: tuple[str, ...], value: Any) -> Test:
    starts = tuple(str(each).casefold() for each in listed(value))
    return lambda view: plain(view.cell(names)).casefold().startswith(starts)


def _filled(names: tuple[str, ...], value: Any) -> Test:
    wanted = bool(value)
    return lambda view: (view.cell(names) is not None) is wanted


def _future(names: tuple[str, ...], value: Any) -> Test:
    wanted = bool(value)

    def ahead(view: View) -> bool:
        cell = view.cell(names)
        day = read_date(cell) if cell is not None else None
        return (day is not None and day > view.today) is wanted

    return ahead


_KINDS: dict[str, Callable[[tuple[str, ...], Any], Test]] = {
    "is": _is,
    "not": _not,
    "starts": _starts,
    "filled": _filled,
    "future": _future,
}


def column_names(value: Any, read: set[str]) -> tuple[str, ...]:
    """Columns as they are compared; they go into `read`."""
    names = tuple(heading(str(each)) for each in listed(value))
    read.update(names)
    return names


def listed(value: Any) -> list[Any]:
    """A list of what may be written as one thing or as several."""
    return list(value) if isinstance(value, list | tuple) else [value]


def plain(cell: Any) -> str:
    """A cell's text; nothing for an empty one."""
    return "" if cell is None else str(text_of(cell))


def _words(value: Any) -> frozenset[str]:
    """The words to compare a cell with; true and false stand for every way of writing them."""
    found: set[str] = set()
    for each in listed(value):
        if isinstance(each, bool):
            found |= _TRUE if each else _FALSE
        else:
            found.add(word(each))
    return frozenset(found)


def _word(view: View, names: tuple[str, ...]) -> str:
    cell = view.cell(names)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else word(cell)
