"""Which of the ledger's entries stand, and which of them is best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVarTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import Change, LedgerEntry

Columns = TypeVarTuple("Columns")

_BATCH = 2_000


@dataclass(frozen=True)
class Best:
    """The entry that a row's field rests on."""

    entry_id: int
    value: Any
    confirmed: bool
    as_of: date
    cause: str
    origin: str


def standing(statement: Select[*Columns]) -> Select[*Columns]:
    """Narrows a statement over entries and their changes to offers that were not taken back.

    What an undo writes says how rows moved; it offers nothing of its own.
    """
    return statement.where(Change.undone_by_id.is_(None), Change.cause != "undo")


def rank(entry: LedgerEntry) -> tuple[bool, date, int]:
    """What makes one offer better than another: confirmed, then later, then newer."""
    return entry.confirmed, entry.as_of, entry.id


def best_entries(
    session: Session,
    model: type[BusinessRow],
    row_ids: Sequence[int],
    fields: Sequence[str] | None = None,
) -> dict[tuple[int, str], tuple[LedgerEntry, str, str]]:
    """The best standing entry of each cell, by (row id, field), with its cause and origin.

    A conflict's imported half is not among them: a person has yet to decide. `retracted` has
    no better value, only a last one.
    """
    found: dict[tuple[int, str], tuple[LedgerEntry, str, str]] = {}
    for start in range(0, len(row_ids), _BATCH):
        statement = standing(
            select(LedgerEntry, Change.cause, Change.origin)
            .join(Change, Change.id == LedgerEntry.change_id)
            .where(
                LedgerEntry.table == model.__tablename__,
                LedgerEntry.row_id.in_(row_ids[start : start + _BATCH]),
                LedgerEntry.conflict.is_(False),
            )
            .order_by(LedgerEntry.id)
        )
        if fields is not None:
            statement = statement.where(LedgerEntry.field.in_(fields))
        for entry, cause, origin in session.execute(statement):
            key = (entry.row_id, entry.field)
            held = found.get(key)
            if held is None or entry.field == "retracted" or rank(entry) > rank(held[0]):
                found[key] = (entry, cause, origin)
    return found


def last_imported(
    session: Session, model: type[BusinessRow], origin: str
) -> dict[tuple[int, str], Any]:
    """The last value `origin` gave each cell of the table, taken or not, by (row id, field).

    Values are as the ledger keeps them (`to_json`). This is what an import compares with.
    """
    newest = (
        select(func.max(LedgerEntry.id))
        .join(Change, Change.id == LedgerEntry.change_id)
        .where(
            LedgerEntry.table == model.__tablename__,
            Change.cause == "import",
            Change.origin == origin,
        )
        .group_by(LedgerEntry.row_id, LedgerEntry.field)
    )
    rows = session.execute(
        select(LedgerEntry.row_id, LedgerEntry.field, LedgerEntry.new).where(
            LedgerEntry.id.in_(newest)
        )
    )
    return {(row.row_id, row.field): row.new for row in rows}
