"""The expressions of a mapping: from a source row to a cell of the workbook.

They are compiled once, into functions of a `View` (a row and the tables around it), so that what
is misspelt is found before anything is read. docs/mappings.md lists them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ingest.crm.cells import Reference
from ingest.crm.conditions import Test, View, column_names, compile_test, listed, plain
from ingest.crm.labels import word
from kam_knowledge.language.normalise import has_han

Expression = Callable[[View], Any]
Used = dict[str, set[str]]

_FORMS = {
    "column": {"map", "else", "default", "split", "when"},
    "constant": {"when"},
    "join": {"with", "map", "else", "default", "when"},
    "person": {"when"},
    "id": {"name", "split", "when"},
    "own_id": {"when"},
    "first": {"map", "else", "default", "when"},
    "cases": {"map", "else", "default"},
    "lookup": {"by", "with", "take", "all", "match", "map", "else", "default", "when"},
}


def compile_expression(value: Any, table: str, used: Used) -> Expression:
    """The expression that a mapping's value describes. Raises ValueError for one that is none."""
    if isinstance(value, str):
        return _column((value,), table, used)
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value) and value:
            return _column(tuple(value), table, used)
        raise ValueError("is a list of something else than columns")
    if not isinstance(value, dict):
        raise ValueError(f"is no expression: {value!r}; a fixed value is {{constant: …}}")
    forms = [form for form in _FORMS if form in value]
    if len(forms) != 1:
        raise ValueError(f"needs exactly one of {', '.join(_FORMS)}")
    form = forms[0]
    unknown = set(value) - {form} - _FORMS[form]
    if unknown:
        raise ValueError(f"has {', '.join(sorted(map(str, unknown)))}, which {form} does not know")
    made = _BUILDERS[form](value, table, used)
    made = _mapped(made, value)
    if "when" in value:
        made = _only_when(made, compile_test(value["when"], used.setdefault(table, set())))
    return made


def _column(names: tuple[str, ...], table: str, used: Used) -> Expression:
    forms = column_names(list(names), used.setdefault(table, set()))
    return lambda view: view.cell(forms)


def _build_column(value: dict[str, Any], table: str, used: Used) -> Expression:
    made = _column(tuple(listed(value["column"])), table, used)
    if "split" not in value:
        return made
    return lambda view: _parts(made(view), str(value["split"]))


def _build_constant(value: dict[str, Any], _table: str, _used: Used) -> Expression:
    constant = value["constant"]
    return lambda _view: constant


def _build_join(value: dict[str, Any], table: str, used: Used) -> Expression:
    parts = [compile_expression(part, table, used) for part in listed(value["join"])]
    between = str(value.get("with", " "))

    def made(view: View) -> Any:
        found = [plain(cell) for part in parts if (cell := part(view)) is not None]
        return between.join(found) or None

    def whole(view: View) -> Any:
        # An id made of several parts is none when one of them is missing.
        cells = [part(view) for part in parts]
        return None if None in cells else between.join(plain(cell) for cell in cells)

    return whole if between == ":" else made


def _build_person(value: dict[str, Any], table: str, used: Used) -> Expression:
    parts = value["person"]
    if not isinstance(parts, dict) or set(parts) - {"first", "last"} or not parts:
        raise ValueError("has a person that is no first and last")
    first = compile_expression(parts.get("first", []) or "", table, used)
    last = compile_expression(parts.get("last", []) or "", table, used)

    def made(view: View) -> Any:
        given, family = plain(first(view)), plain(last(view))
        if has_han(given + family):  # 丹娜 and 吴 are 吴丹娜
            return family + given
        return f"{given} {family}".strip() or None

    return made


def _build_id(value: dict[str, Any], table: str, used: Used) -> Expression:
    made = compile_expression(value["id"], table, used)
    name = compile_expression(value["name"], table, used) if "name" in value else None
    split = str(value["split"]) if "split" in value else None

    def one(view: View, cell: Any) -> Any:
        if isinstance(cell, Reference):
            return cell
        beside = plain(name(view)) if name else ""
        return Reference(view.own_id(cell), by_id=True, or_name=beside)

    def reference(view: View) -> Any:
        cell = made(view)
        if cell is None:
            return name(view) if name else None
        if split is not None:
            cell = _parts(cell, split)
        if isinstance(cell, tuple):
            return tuple(one(view, part) for part in cell)
        return one(view, cell)

    return reference


def _build_own_id(value: dict[str, Any], table: str, used: Used) -> Expression:
    made = compile_expression(value["own_id"], table, used)
    return lambda view: None if (cell := made(view)) is None else view.own_id(cell)


def _build_first(value: dict[str, Any], table: str, used: Used) -> Expression:
    ways = [compile_expression(way, table, used) for way in listed(value["first"])]
    return lambda view: next((cell for way in ways if (cell := way(view)) not in (None, ())), None)


def _build_cases(value: dict[str, Any], table: str, used: Used) -> Expression:
    cases: list[tuple[Test | None, Expression]] = []
    for case in listed(value["cases"]):
        if not isinstance(case, dict) or set(case) - {"when", "then"} or "then" not in case:
            raise ValueError(f"has a case that is no when and then: {case!r}")
        then = case["then"]
        cases.append(
            (
                compile_test(case["when"], used.setdefault(table, set()))
                if "when" in case
                else None,
                compile_expression(then, table, used)
                if isinstance(then, dict)
                else _build_constant({"constant": then}, table, used),
            )
        )

    def made(view: View) -> Any:
        return next((then(view) for test, then in cases if test is None or test(view)), None)

    return made


def _build_lookup(value: dict[str, Any], table: str, used: Used) -> Expression:
    for needed in ("by", "with", "take"):
        if needed not in value:
            raise ValueError(f"is a lookup without {needed}")
    other = str(value["lookup"])
    by = column_names(value["by"], used.setdefault(other, set()))
    key = compile_expression(value["with"], table, used)
    take = compile_expression(value["take"], other, used)
    if value.get("match") not in (None, "id", "letters"):
        raise ValueError(f"matches by {value['match']!r}; it can be id or letters")
    loose = value.get("match") == "letters"
    every = bool(value.get("all", False))

    def made(view: View) -> Any:
        wanted = key(view)
        if wanted is None:
            return None
        keys = wanted if isinstance(wanted, tuple) else (wanted,)
        found = [cell for each in keys for row in view.find(other, by, each, loose)
                 if (cell := take(row)) not in (None, ())]  # fmt: skip
        if not found:
            return None
        if not every:
            return found[0]
        return tuple(dict.fromkeys(part for cell in found for part in listed(cell)))

    return made


_BUILDERS = {
    "column": _build_column,
    "constant": _build_constant,
    "join": _build_join,
    "id": _build_id,
    "person": _build_person,
    "own_id": _build_own_id,
    "first": _build_first,
    "cases": _build_cases,
    "lookup": _build_lookup,
}


def _mapped(made: Expression, value: dict[str, Any]) -> Expression:
    """The value map and the default around an expression."""
    default = value.get("default")
    if "map" not in value:
        if default is None:
            return made
        return lambda view: default if (cell := made(view)) is None else cell
    if not isinstance(value["map"], dict):
        raise ValueError("has a map that maps nothing")
    words = {_map_key(key): each for key, each in value["map"].items()}
    otherwise = value.get("else", "keep")

    def through(cell: Any) -> Any:
        if cell is None:
            return default
        if isinstance(cell, tuple):
            return tuple(part for each in cell if (part := through(each)) is not None)
        form = word(cell)
        if form in words:
            return words[form]
        if otherwise == "keep":
            return cell
        return None if otherwise == "empty" else otherwise

    return lambda view: through(made(view))


def _map_key(key: Any) -> str:
    if isinstance(key, bool):  # YAML reads yes, no, true and false as truth values
        return "true" if key else "false"
    return word(key)


def _only_when(made: Expression, test: Test) -> Expression:
    return lambda view: made(view) if test(view) else None


def _parts(cell: Any, separators: str) -> Any:
    if cell is None:
        return None
    parts = (part.strip() for part in re.split(f"[{re.escape(separators)}]", plain(cell)))
    return tuple(dict.fromkeys(part for part in parts if part))
