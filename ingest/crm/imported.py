"""What an import needs of the ledger beside its single steps: the same ones in bulk.

An import compares each cell with the last value the same system gave it, whether the row took
it or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kam_knowledge.changes.ledger import Ledger, to_json
from kam_knowledge.changes.standing import best_entries
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import Change, LedgerEntry


@dataclass(frozen=True)
class Given:
    """The last value a system gave a cell, as the ledger keeps it (`to_json`).

    `undone` says that the import which brought it was taken back.
    """

    value: Any
    undone: bool


@dataclass(frozen=True)
class Offer:
    """Values for one row, by attribute, and where they stand."""

    row: BusinessRow
    values: dict[str, Any]
    source: str
    as_of: date | None = None


class ImportLedger(Ledger):
    """The ledger of one import."""

    @contextmanager
    def assuming(self) -> Iterator[None]:
        """Inside, what is written is an assumption."""
        stated, self.confirmed = self.confirmed, False
        try:
            yield
        finally:
            self.confirmed = stated

    def given(self, model: type[BusinessRow]) -> dict[tuple[int, str], Given]:
        """The last value this import's system gave each cell of the table, by (row id, field)."""
        newest = (
            select(func.max(LedgerEntry.id))
            .join(Change, Change.id == LedgerEntry.change_id)
            .where(
                LedgerEntry.table == model.__tablename__,
                Change.cause == "import",
                Change.origin == self.origin,
            )
            .group_by(LedgerEntry.row_id, LedgerEntry.field)
        )
        rows = self.session.execute(
            select(
                LedgerEntry.row_id,
                LedgerEntry.field,
                LedgerEntry.new,
                Change.undone_by_id,
            )
            .join(Change, Change.id == LedgerEntry.change_id)
            .where(LedgerEntry.id.in_(newest))
        )
        return {
            (row_id, field): Given(new, undone is not None) for row_id, field, new, undone in rows
        }

    def held(
        self, model: type[BusinessRow], row_ids: Sequence[int], fields: Sequence[str]
    ) -> dict[tuple[int, str], tuple[LedgerEntry, str]]:
        """The entry each of these cells rests on, and what caused it (import, message, note); a
        cell that only has its default has none."""
        entries = best_entries(self.session, model, row_ids, fields)
        return {cell: (entry, cause) for cell, (entry, cause, _) in entries.items()}

    def offer_many(self, model: type[BusinessRow], offers: Sequence[Offer]) -> list[list[str]]:
        """What `update` does, for many rows at once; the fields of each row that changed."""
        best: defaultdict[int, dict[str, LedgerEntry]] = defaultdict(dict)
        found = best_entries(self.session, model, [offer.row.id for offer in offers])
        for (row_id, name), (entry, _, _) in found.items():
            best[row_id][name] = entry
        entries: list[dict[str, Any]] = []
        changed: list[list[str]] = []
        for offer in offers:
            day, stated = self._day(offer.as_of)
            row, held, took = offer.row, best[offer.row.id], list[str]()
            grounds = {n: (e.as_of, e.as_of_stated, e.confirmed) for n, e in held.items()}
            for name, value in offer.values.items():
                old, known = getattr(row, name), held.get(name)
                wins = known is None or (self.confirmed, day) >= (known.confirmed, known.as_of)
                entries.append(
                    self._entry(
                        model, row.id, name, old, value, offer.source, day, stated, applied=wins
                    )
                )
                if not wins:
                    continue
                grounds[name] = (day, stated, self.confirmed)
                if not same(old, value):
                    setattr(row, name, value)
                    took.append(name)
            if took:
                row.updated_at = self.recorded_at
                row.source = offer.source or row.source
            if grounds:
                row.as_of, row.as_of_stated = max((on, said) for on, said, _ in grounds.values())
                row.confirmed = any(confirmed for _, _, confirmed in grounds.values())
            changed.append(took)
        self._append(entries)
        self.session.flush()
        return changed

    def keep_conflicts(self, model: type[BusinessRow], offers: Sequence[Offer]) -> None:
        """What `record_conflict` does, for many cells at once."""
        entries = []
        for offer in offers:
            day, stated = self._day(offer.as_of)
            entries += [
                self._entry(
                    model, offer.row.id, name, getattr(offer.row, name), value, offer.source,
                    day, stated, applied=False, conflict=True,
                )
                for name, value in offer.values.items()
            ]  # fmt: skip
        self._append(entries)

    def keep_aside(self, model: type[BusinessRow], offers: Sequence[Offer]) -> None:
        """Keeps this system's ids and spellings of rows that another source named first."""
        entries = []
        for offer in offers:
            day, stated = self._day(offer.as_of)
            for name, value in offer.values.items():
                entry = self._entry(
                    model, offer.row.id, name, getattr(offer.row, name), value, offer.source,
                    day, stated, applied=False,
                )  # fmt: skip
                # Unconfirmed, it never counts as the better value.
                entries.append(entry | {"confirmed": False})
        self._append(entries)

    def restore(self, row: BusinessRow, source: str) -> None:
        """Brings back a row whose import had been taken back."""
        day, stated = self._day(None)
        self._append(
            [self._entry(type(row), row.id, "retracted", row.retracted, False, source, day, stated)]
        )
        row.retracted = False
        row.updated_at = self.recorded_at


def same(one: Any, other: Any) -> bool:
    """Whether two values are one as the ledger keeps them; an empty list is no value."""
    left, right = to_json(one), to_json(other)
    return bool((None if left == [] else left) == (None if right == [] else right))
