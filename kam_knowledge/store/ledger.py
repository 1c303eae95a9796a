"""The ledger: every value that was ever stated, by whom, from where, as of when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import Base
from kam_knowledge.store.types import UtcDateTime


class Change(Base):
    """One act of writing (an import, a confirmed proposal, an undo) with all its entries."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """The public id, `change-…`."""
    cause: Mapped[str] = mapped_column(String(20))
    """import, note, message or undo."""
    origin: Mapped[str] = mapped_column(String(80), default="")
    """The system the values came from: workbook, salesforce, slack, command line."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("changes.id"))


class LedgerEntry(Base):
    """One field of one row took, or was offered, a value.

    `applied` says whether the row took it; one that was not is kept all the same (an older or
    assumed value, or the imported half of a conflict), so that no value is ever lost.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ix_ledger_row", "table", "row_id", "field"),
        Index("ix_ledger_as_of", "as_of_stated", "as_of"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id"), index=True)
    table: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(60))
    old: Mapped[Any] = mapped_column(JSON, nullable=True)
    new: Mapped[Any] = mapped_column(JSON, nullable=True)
    source: Mapped[str] = mapped_column(Text, default="")
    """Where it stands: `accounts.csv:3`, `notes/acme/2026-11-12.md`, a permalink."""
    as_of: Mapped[date]
    as_of_stated: Mapped[bool]
    confirmed: Mapped[bool]
    applied: Mapped[bool]
    conflict: Mapped[bool] = mapped_column(default=False)
