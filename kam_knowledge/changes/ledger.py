"""The ledger at work: rows take values, and every value is kept (design.md, decision 4).

The row holds the best value: confirmed before assumed, then the latest as-of day, then the
latest entry. What a row did not take stays in the ledger with `applied` false.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kam_knowledge.changes.standing import Best, best_entries, last_imported
from kam_knowledge.changes.values import defaults, facts, from_json, nullable, required, to_json
from kam_knowledge.errors import UsageError
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import SHEETS, Change, LedgerEntry

__all__ = ["Best", "Ledger", "Row", "facts", "from_json", "last_imported", "to_json"]

Row = TypeVar("Row", bound=BusinessRow)

_BATCH = 2_000


@dataclass
class Ledger:
    """One change: who writes, why, from where. Use one a unit of work, then the session commits.

    `cause` is import, note, message or undo; `origin` the system (workbook, salesforce, slack).
    """

    session: Session
    cause: str
    origin: str = ""
    actor_id: int | None = None
    as_of: date | None = None
    as_of_stated: bool = False
    confirmed: bool = True
    recorded_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _change: Change | None = None

    @property
    def change(self) -> Change:
        """The change row, written with the first entry."""
        if self._change is None:
            self._change = Change(
                key=f"change-{secrets.token_hex(6)}",
                cause=self.cause,
                origin=self.origin,
                actor_id=self.actor_id,
                recorded_at=self.recorded_at,
            )
            self.session.add(self._change)
            self.session.flush()
        return self._change

    @property
    def wrote(self) -> bool:
        """Whether anything has been written."""
        return self._change is not None

    def create(
        self,
        model: type[Row],
        values: Mapping[str, Any],
        *,
        source: str = "",
        as_of: date | None = None,
    ) -> Row:
        """A new row with these values (by attribute); fields left out keep their defaults."""
        key = self.create_many(model, [values], sources=[source], as_ofs=[as_of])[0]
        row = self.session.get(model, key)
        assert row is not None
        return row

    def create_many(
        self,
        model: type[BusinessRow],
        rows: Sequence[Mapping[str, Any]],
        *,
        sources: Sequence[str] | None = None,
        as_ofs: Sequence[date | None] | None = None,
    ) -> list[int]:
        """New rows in bulk; their ids, in the order given."""
        ids: list[int] = []
        entries: list[dict[str, Any]] = []
        known = facts(model)
        for start in range(0, len(rows), _BATCH):
            chunk = rows[start : start + _BATCH]
            records = []
            for offset, values in enumerate(chunk):
                unknown = set(values) - set(known)
                if unknown:
                    raise UsageError(f"{model.__tablename__} has no field {sorted(unknown)}.")
                source = sources[start + offset] if sources else ""
                day, stated = self._day(as_ofs[start + offset] if as_ofs else None)
                records.append(
                    {name: None for name in known if nullable(model, name)}
                    | defaults(model)
                    | dict(values)
                    | {
                        "source": source,
                        "as_of": day,
                        "as_of_stated": stated,
                        "confirmed": self.confirmed,
                        "retracted": False,
                        "created_at": self.recorded_at,
                        "updated_at": self.recorded_at,
                    }
                )
            new = list(
                self.session.scalars(
                    insert(model).returning(model.id, sort_by_parameter_order=True), records
                )
            )
            ids += new
            for row_id, values, record in zip(new, chunk, records, strict=True):
                for name, value in values.items():
                    if value is not None and value != []:
                        entries.append(
                            self._entry(
                                model, row_id, name, None, value, record["source"],
                                record["as_of"], record["as_of_stated"],
                            )
                        )  # fmt: skip
        self._append(entries)
        return ids

    def update(
        self,
        row: BusinessRow,
        values: Mapping[str, Any],
        *,
        source: str = "",
        as_of: date | None = None,
    ) -> list[str]:
        """Offers values to the row; returns the fields whose value changed.

        A value that loses to a confirmed or later one is recorded, not taken; one that the row
        holds already is recorded too, since it may be better founded than what was known.
        """
        model = type(row)
        unknown = set(values) - set(facts(model))
        if unknown:
            raise UsageError(f"{model.__tablename__} has no field {sorted(unknown)}.")
        if not values:
            return []
        # On PostgreSQL two writers may meet: the second decides on what the first left.
        self.session.refresh(row, with_for_update=True)
        day, stated = self._day(as_of)
        held = self._held(row)
        grounds = {name: (e.as_of, e.as_of_stated, e.confirmed) for name, e in held.items()}
        entries: list[dict[str, Any]] = []
        changed: list[str] = []
        for name, value in values.items():
            old, best = getattr(row, name), held.get(name)
            wins = best is None or (self.confirmed, day) >= (best.confirmed, best.as_of)
            entries.append(
                self._entry(model, row.id, name, old, value, source, day, stated, applied=wins)
            )
            if not wins:
                continue
            grounds[name] = (day, stated, self.confirmed)
            if to_json(old) != to_json(value):
                setattr(row, name, value)
                changed.append(name)
        if changed:
            row.updated_at = self.recorded_at
            row.source = source or row.source
        _describe(row, grounds.values())
        self._append(entries)
        self.session.flush()
        return changed

    def record_conflict(
        self,
        row: BusinessRow,
        name: str,
        value: Any,
        *,
        source: str,
        as_of: date | None = None,
    ) -> None:
        """Keeps an imported value that clashes with a correction made here; the row keeps its."""
        day, stated = self._day(as_of)
        self._append(
            [
                self._entry(
                    type(row), row.id, name, getattr(row, name), value, source, day, stated,
                    applied=False, conflict=True,
                )
            ]
        )  # fmt: skip

    def retract(self, row: BusinessRow, *, source: str = "") -> None:
        """Takes the row back; it is never read again, and its history stays."""
        day, stated = self._day(None)
        self._append(
            [self._entry(type(row), row.id, "retracted", row.retracted, True, source, day, stated)]
        )
        row.retracted = True
        row.updated_at = self.recorded_at

    def best(
        self,
        model: type[BusinessRow],
        row_ids: Iterable[int],
        *,
        fields: Sequence[str] | None = None,
    ) -> dict[tuple[int, str], Best]:
        """The entry each field rests on now, by (row id, field)."""
        return {
            key: Best(entry.id, entry.new, entry.confirmed, entry.as_of, cause, origin)
            for key, (entry, cause, origin) in best_entries(
                self.session, model, list(row_ids), fields
            ).items()
        }

    def undo(self, change: Change) -> list[tuple[str, int, str]]:
        """Takes a change back; every row falls back on the best of what remains.

        Returns the (table, row id, field) that moved; `retracted` means that the row as a whole
        went or came back. The first undo wins: a second one of the same change returns nothing.
        Undoing an undo lets what it took back stand again, and ends there: to take that back
        once more, undo the change itself. Raises UsageError when the ledger has written
        something else: an undo is a change of its own.
        """
        if self.wrote and self.cause != "undo":
            raise UsageError(f"an undo is a change of its own, not part of a {self.cause}.")
        self.cause = "undo"
        undone = select(Change.undone_by_id).where(Change.id == change.id)
        took_back = self.session.execute(
            select(Change.id, Change.cause).where(Change.undone_by_id == change.id)
        ).all()
        if self.session.scalar(undone) is not None or any(c.cause == "undo" for c in took_back):
            return []
        marked = self.session.execute(
            update(Change)
            .where(Change.id == change.id, Change.undone_by_id.is_(None))
            .values(undone_by_id=self.change.id)
        )
        if not getattr(marked, "rowcount", 0):
            return []
        again = [row.id for row in took_back]
        self.session.execute(update(Change).where(Change.id.in_(again)).values(undone_by_id=None))
        touched = self.session.execute(
            select(LedgerEntry.table, LedgerEntry.row_id)
            .where(LedgerEntry.change_id.in_([change.id, *again]))
            .distinct()
            .order_by(LedgerEntry.table, LedgerEntry.row_id)
        ).all()
        moved: list[tuple[str, int, str]] = []
        for table, row_id in touched:
            model = SHEETS.get(table)
            row = (
                self.session.get(model, row_id, with_for_update=True, populate_existing=True)
                if model
                else None
            )
            if row is not None:
                moved += [(table, row_id, name) for name in self._fall_back(row)]
        self.session.flush()
        return moved

    def _fall_back(self, row: BusinessRow) -> list[str]:
        """Sets the row to what stands of it; the fields that moved."""
        model, day = type(row), self._day(None)
        stated = set(
            self.session.scalars(
                select(LedgerEntry.field)
                .where(LedgerEntry.table == model.__tablename__, LedgerEntry.row_id == row.id)
                .distinct()
            )
        )
        standing = self._held(row)
        taken_back = standing.pop("retracted", None)
        if taken_back is not None:
            gone = bool(taken_back.new)
        else:  # a row whose name nobody states any longer was created by what was undone
            gone = any(name in stated and name not in standing for name in required(model))
        entries = []
        if gone != row.retracted:
            entries.append(self._entry(model, row.id, "retracted", row.retracted, gone, "", *day))
            row.retracted = gone
        if not gone:
            unstated = defaults(model)
            for name in sorted(stated & set(facts(model))):
                best, old = standing.get(name), getattr(row, name)
                value = from_json(model, name, best.new if best else None)
                if value is None:
                    value = unstated.get(name)
                if to_json(old) == to_json(value):
                    continue
                when = (best.as_of, best.as_of_stated) if best else day  # as old as it was
                entries.append(self._entry(model, row.id, name, old, value, "", *when))
                setattr(row, name, value)
            _describe(row, ((e.as_of, e.as_of_stated, e.confirmed) for e in standing.values()))
            if standing:
                row.source = max(standing.values(), key=lambda entry: entry.id).source
        if entries:
            row.updated_at = self.recorded_at
            self._append(entries)
        return [entry["field"] for entry in entries]

    def _held(self, row: BusinessRow) -> dict[str, LedgerEntry]:
        """The entry each field of the row rests on."""
        found = best_entries(self.session, type(row), [row.id])
        return {name: entry for (_, name), (entry, _, _) in found.items()}

    def _day(self, as_of: date | None) -> tuple[date, bool]:
        if as_of is not None:
            return as_of, True
        if self.as_of is not None:
            return self.as_of, self.as_of_stated
        return self.recorded_at.date(), False

    def _entry(
        self,
        model: type[BusinessRow],
        row_id: int,
        name: str,
        old: Any,
        new: Any,
        source: str,
        day: date,
        stated: bool,
        *,
        applied: bool = True,
        conflict: bool = False,
    ) -> dict[str, Any]:
        return {
            "change_id": self.change.id,
            "table": model.__tablename__,
            "row_id": row_id,
            "field": name,
            "old": to_json(old),
            "new": to_json(new),
            "source": source,
            "as_of": day,
            "as_of_stated": stated,
            "confirmed": self.confirmed,
            "applied": applied,
            "conflict": conflict,
        }

    def _append(self, entries: list[dict[str, Any]]) -> None:
        for start in range(0, len(entries), _BATCH):
            self.session.execute(insert(LedgerEntry), entries[start : start + _BATCH])


def _describe(row: BusinessRow, grounds: Iterable[tuple[date, bool, bool]]) -> None:
    """What the row says of itself: the latest as-of day, and whether anything is confirmed."""
    known = list(grounds)
    if known:
        row.as_of, row.as_of_stated = max((day, stated) for day, stated, _ in known)
        row.confirmed = any(confirmed for _, _, confirmed in known)
