"""What the ledger says of a row: where its values come from, and what they were on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kam_knowledge.changes.standing import rank, standing
from kam_knowledge.changes.values import defaults, facts, from_json, nullable
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import Change, LedgerEntry

_BATCH = 5_000
"""Ids in one statement: SQLite takes 32,766 parameters, PostgreSQL 65,535."""


@dataclass(frozen=True)
class Provenance:
    """Where a field's value comes from."""

    value: Any
    as_of: date
    as_of_stated: bool
    confirmed: bool
    cause: str
    origin: str
    source: str
    recorded_at: datetime


@dataclass(frozen=True)
class Disagreement:
    """Two values of one field that both stand: the row's, and one an import brought."""

    field: str
    held: Provenance | None
    other: Provenance


@dataclass(frozen=True)
class Stated:
    """An entry with the act of writing it belongs to."""

    entry: LedgerEntry
    cause: str
    origin: str
    recorded_at: datetime
    actor_id: int | None = None
    """The person of ours who wrote it, where one is known."""

    @property
    def provenance(self) -> Provenance:
        """The same, as readers are given it."""
        entry = self.entry
        return Provenance(
            entry.new,
            entry.as_of,
            entry.as_of_stated,
            entry.confirmed,
            self.cause,
            self.origin,
            entry.source,
            self.recorded_at,
        )


def history(
    session: Session,
    model: type[BusinessRow],
    row_ids: Iterable[int],
    today: date,
    *,
    fields: Sequence[str] | None = None,
    hidden: Collection[str] = (),
) -> Iterator[Stated]:
    """Entries that stand and were not stated for a day after `today`, oldest first per row.

    Entries of `hidden` fields are not fetched.
    """
    ids = list(row_ids)
    for start in range(0, len(ids), _BATCH):
        statement = standing(
            select(LedgerEntry, Change.cause, Change.origin, Change.recorded_at, Change.actor_id)
            .join(Change, Change.id == LedgerEntry.change_id)
            .where(
                LedgerEntry.table == model.__tablename__,
                LedgerEntry.row_id.in_(ids[start : start + _BATCH]),
                or_(LedgerEntry.as_of_stated.is_(False), LedgerEntry.as_of <= today),
            )
            .order_by(LedgerEntry.id)
        )
        if fields is not None:
            statement = statement.where(LedgerEntry.field.in_(list(fields)))
        if hidden:
            statement = statement.where(LedgerEntry.field.not_in(sorted(hidden)))
        for values in session.execute(statement):
            yield Stated(*values)


def best_of(entries: Iterable[Stated]) -> dict[tuple[int, str], Stated]:
    """The best entry of each cell, by (row id, field): what a row rests on."""
    found: dict[tuple[int, str], Stated] = {}
    for stated in entries:
        entry = stated.entry
        key = (entry.row_id, entry.field)
        if not entry.conflict and (key not in found or rank(entry) > rank(found[key].entry)):
            found[key] = stated
    return found


def put_back(row: BusinessRow, known: dict[str, LedgerEntry]) -> None:
    """Gives the row the values of these entries; what none of them states was not known."""
    model = type(row)
    unstated = defaults(model)
    for name in facts(model):
        if name in known:
            value = from_json(model, name, known[name].new)
            setattr(row, name, unstated.get(name) if value is None else value)
        elif nullable(model, name) or name in unstated:
            setattr(row, name, unstated.get(name))
    row.as_of, row.as_of_stated = max((e.as_of, e.as_of_stated) for e in known.values())
    row.confirmed = any(entry.confirmed for entry in known.values())
    row.source = max(known.values(), key=lambda entry: entry.id).source
