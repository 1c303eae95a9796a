"""How the account fares with us: complaints and satisfaction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import BusinessRow, reference
from kam_knowledge.store.types import ExactDecimal


class Complaint(BusinessRow):
    """A complaint, what was done, and when the loop was closed (S2-29)."""

    __tablename__ = "complaints"
    KEY = ("account_id", "raised_on", "complaint")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    raised_on: Mapped[date]
    complaint: Mapped[str] = mapped_column(Text)
    severity: Mapped[str | None] = mapped_column(String(10))
    action: Mapped[str | None] = mapped_column(Text)
    closed_on: Mapped[date | None]


class Satisfaction(BusinessRow):
    """A survey value on a day; `kind` is nps (-100..100) or csat."""

    __tablename__ = "satisfaction"
    KEY = ("account_id", "date", "kind")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
