"""What a claim can cite: a record, a note, a computation, the method."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class RecordSource:
    """Fields of a row of SQL, as the workbook spells them."""

    table: str
    key: str
    columns: tuple[tuple[str, str], ...]
    date: dt.date
    title: str
    place: str | None = None
    """`crm:FORMAT:TYPE:ID` for a row that came from a CRM, else None."""

    @property
    def where(self) -> str:
        """`table:key`, or the CRM's own place."""
        return self.place or f"{self.table}:{self.key}"

    @property
    def quote(self) -> str:
        """`column=value; …` as stored."""
        return "; ".join(f"{column}={value}" for column, value in self.columns)


@dataclass(frozen=True)
class NoteSource:
    """A verbatim piece of a note or document."""

    where: str
    title: str
    date: dt.date | None
    quote: str
    kind: str = "note"
    """note or document."""
    note_id: int | None = None


@dataclass(frozen=True)
class MethodSource:
    """A verbatim piece of the method; `title` names the source it rests on."""

    where: str
    title: str
    quote: str
    date: dt.date | None = None


@dataclass(frozen=True)
class ComputedSource:
    """A figure we computed: the formula with its numbers, and the records it took."""

    where: str
    """The function and the row of kam.md: `last_contact (P-2)`."""
    title: str
    date: dt.date
    quote: str
    inputs: tuple[str, ...] = ()
    inner: bool = False
    """Whether it rests on inner facts: to be shown again only to the account's team."""


Source = RecordSource | NoteSource | MethodSource | ComputedSource
