"""People of ours, who covers for whom, and the hours they log."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import BusinessRow, id_list, reference, text_list
from kam_knowledge.store.types import ExactDecimal


class Person(BusinessRow):
    """A person of ours. One who is not `listed` is known by email only and may not sign in."""

    __tablename__ = "people"
    KEY = ("email",)

    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    aliases: Mapped[list[str]] = text_list()
    title: Mapped[str | None] = mapped_column(String(200))
    department: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default="member")
    manager_id: Mapped[int | None] = reference("people", "manager")
    slack_user_id: Mapped[str | None] = mapped_column(String(40), index=True)
    time_zone: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str | None] = mapped_column(String(5))
    left_on: Mapped[date | None]
    listed: Mapped[bool] = mapped_column(default=True)


class Cover(BusinessRow):
    """Between two dates (both included) one person stands in for another (P-11)."""

    __tablename__ = "cover"
    KEY = ("person_id", "from_date")

    person_id: Mapped[int] = reference("people", "person", nullable=False)
    cover_id: Mapped[int] = reference("people", "cover", nullable=False)
    from_date: Mapped[date] = mapped_column("from", info={"column": "from"})
    to_date: Mapped[date] = mapped_column("to", info={"column": "to"})
    account_ids: Mapped[list[int]] = id_list("accounts", "accounts")


class TimeEntry(BusinessRow):
    """Hours a person gave to an account in an ISO week (S2-19)."""

    __tablename__ = "time"
    KEY = ("person_id", "week", "account_id")
    INNER_ROW = True

    person_id: Mapped[int] = reference("people", "person", nullable=False)
    week: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
