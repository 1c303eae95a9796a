"""What every table and every business row has in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column

from kam_knowledge.store.types import UtcDateTime


class Base(DeclarativeBase):
    """The declarative base; names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class BusinessRow(Base):
    """A row that the ledger alone may write (design.md, decision 4).

    `as_of` is the latest day any of its values was stated for; `as_of_stated` says whether a
    source gave that day or it is only the day of recording; `confirmed` is false while every
    value rests on inference. A retracted row was taken back by an undo and is never read.
    """

    __abstract__ = True

    KEY: ClassVar[tuple[str, ...]] = ()
    """The workbook's key columns, by attribute."""
    INNER: ClassVar[frozenset[str]] = frozenset()
    """Attributes that only the account's team may see, on an open account too."""
    INNER_ROW: ClassVar[bool] = False
    """True when the whole row is for the account's team only."""

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    source: Mapped[str] = mapped_column(String(400), default="")
    as_of: Mapped[date] = mapped_column()
    as_of_stated: Mapped[bool] = mapped_column(default=False)
    confirmed: Mapped[bool] = mapped_column(default=True)
    retracted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


BOOKKEEPING = frozenset(
    {
        "id",
        "source",
        "as_of",
        "as_of_stated",
        "confirmed",
        "retracted",
        "created_at",
        "updated_at",
    }
)
"""Columns of a business row that describe the row itself and are not facts."""


def reference(table: str, column: str, *, nullable: bool = True) -> MappedColumn[Any]:
    """A foreign key to `table`, which the workbook spells as `column` (a name or an email)."""
    return mapped_column(
        ForeignKey(f"{table}.id"), index=True, nullable=nullable, info={"column": column}
    )


def id_list(table: str, column: str) -> MappedColumn[Any]:
    """A list of ids of `table`, kept as JSON; the workbook spells it as `column`, with `;`."""
    return mapped_column(JSON, default=list, info={"column": column, "list_of": table})


def text_list() -> MappedColumn[Any]:
    """A list of texts, kept as JSON."""
    return mapped_column(JSON, default=list)
