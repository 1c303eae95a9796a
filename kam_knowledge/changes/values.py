"""Values as the ledger keeps them, and what a table's columns expect of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kam_knowledge.store.base import BOOKKEEPING, BusinessRow
from kam_knowledge.store.types import ExactDecimal


def to_json(value: Any) -> Any:
    """A column's value as the ledger keeps it: dates as ISO, decimals as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple | set | frozenset):
        return sorted(value)
    return value


def from_json(model: type[BusinessRow], name: str, value: Any) -> Any:
    """The inverse of `to_json`, by the column's type."""
    if value is None:
        return None
    python_type = facts(model)[name]
    if python_type is date:
        return date.fromisoformat(value)
    if python_type is Decimal:
        return Decimal(value)
    return value


def facts(model: type[BusinessRow]) -> dict[str, type]:
    """The model's fields that state facts, by attribute, with their Python types."""
    return {
        attribute.key: _python_type(attribute.columns[0].type)
        for attribute in model.__mapper__.column_attrs
        if attribute.key not in BOOKKEEPING
    }


def _python_type(kind: Any) -> type:
    if isinstance(kind, ExactDecimal):
        return Decimal
    try:
        found: type = kind.python_type
    except NotImplementedError:
        found = object
    return found


def required(model: type[BusinessRow]) -> list[str]:
    """The facts without which there is no row of this kind."""
    stated = defaults(model)
    return [name for name in facts(model) if not nullable(model, name) and name not in stated]


def nullable(model: type[BusinessRow], name: str) -> bool:
    """Whether the field may be unknown."""
    return bool(model.__mapper__.column_attrs[name].columns[0].nullable)


def defaults(model: type[BusinessRow]) -> dict[str, Any]:
    """Declared defaults; callables (`list`) are called, so that rows do not share one."""
    found: dict[str, Any] = {}
    for attribute in model.__mapper__.column_attrs:
        default = attribute.columns[0].default
        if attribute.key in BOOKKEEPING or default is None:
            continue
        argument = getattr(default, "arg", None)
        found[attribute.key] = [] if getattr(default, "is_callable", False) else argument
    return found
