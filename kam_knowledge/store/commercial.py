"""Deals, contracts, money, products and rivals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import BusinessRow, reference
from kam_knowledge.store.types import ExactDecimal


class Opportunity(BusinessRow):
    """A deal, open or closed (P-3). `probability` is 0-1."""

    __tablename__ = "opportunities"
    KEY = ("account_id", "name")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str | None] = mapped_column(String(20))
    product: Mapped[str | None] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(200))
    amount: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    amount_basis: Mapped[str | None] = mapped_column(String(20))
    probability: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    forecast: Mapped[str | None] = mapped_column(String(20))
    stage: Mapped[str | None] = mapped_column(String(100))
    owner_id: Mapped[int | None] = reference("people", "owner")
    next_step: Mapped[str | None] = mapped_column(Text)
    created_on: Mapped[date | None]
    close_date: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    competitor: Mapped[str | None] = mapped_column(String(200))
    contact_id: Mapped[int | None] = reference("contacts", "contact")
    via_id: Mapped[int | None] = reference("accounts", "via")
    incremental: Mapped[bool | None]


class Contract(BusinessRow):
    """A contract; renewals count from the earlier of `notice_by` and `end` (P-4)."""

    __tablename__ = "contracts"
    KEY = ("account_id", "contract")
    INNER = frozenset({"price_clause", "last_increase_on", "last_increase_pct"})

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    contract: Mapped[str] = mapped_column(String(200))
    start: Mapped[date | None]
    end: Mapped[date | None]
    notice_by: Mapped[date | None]
    auto_renews: Mapped[bool | None]
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    price_clause: Mapped[str | None] = mapped_column(Text)
    last_increase_on: Mapped[date | None]
    last_increase_pct: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    payment_terms: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str | None] = mapped_column(String(40))


class Receivable(BusinessRow):
    """An invoice and whether it was paid (回款)."""

    __tablename__ = "receivables"
    KEY = ("account_id", "invoice")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    invoice: Mapped[str] = mapped_column(String(100))
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    due: Mapped[date]
    paid_on: Mapped[date | None]
    disputed: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(Text)


class Target(BusinessRow):
    """What a person or an account should reach in a period (P-3)."""

    __tablename__ = "targets"
    KEY = ("owner_id", "account_id", "period", "kind")

    owner_id: Mapped[int | None] = reference("people", "owner")
    account_id: Mapped[int | None] = reference("accounts", "account")
    period: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    kind: Mapped[str | None] = mapped_column(String(20))


class Rate(BusinessRow):
    """One unit of `currency` was worth `rate` of `to` on `as_of`."""

    __tablename__ = "rates"
    KEY = ("currency", "to", "as_of")

    currency: Mapped[str] = mapped_column(String(3))
    to: Mapped[str] = mapped_column(String(3))
    rate: Mapped[Decimal] = mapped_column(ExactDecimal)


class Financial(BusinessRow):
    """Our sales to an account, and what serving it cost, in a period."""

    __tablename__ = "financials"
    KEY = ("account_id", "period")
    INNER = frozenset({"cost"})

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    period: Mapped[str] = mapped_column(String(10))
    revenue: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))


class Product(BusinessRow):
    """Something we sell."""

    __tablename__ = "products"
    KEY = ("product",)

    product: Mapped[str] = mapped_column(String(200), index=True)
    line: Mapped[str | None] = mapped_column(String(200))


class Installed(BusinessRow):
    """One cell of the whitespace grid: a unit of the account and a product (S4)."""

    __tablename__ = "installed"
    KEY = ("account_id", "unit", "product")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    unit: Mapped[str] = mapped_column(String(200))
    product: Mapped[str] = mapped_column(String(200))
    state: Mapped[str | None] = mapped_column(String(20))
    competitor: Mapped[str | None] = mapped_column(String(200))
    potential: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))


class Competitor(BusinessRow):
    """A rival at an account, and the move we expect of it (S2-13)."""

    __tablename__ = "competitors"
    KEY = ("account_id", "competitor")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    competitor: Mapped[str] = mapped_column(String(200))
    strength: Mapped[str | None] = mapped_column(Text)
    weakness: Mapped[str | None] = mapped_column(Text)
    expected_move: Mapped[str | None] = mapped_column(Text)
