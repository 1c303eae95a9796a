"""Accounts, their teams, goals, commitments, scores and what we invest in them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import BusinessRow, reference, text_list
from kam_knowledge.store.types import ExactDecimal


class Account(BusinessRow):
    """A customer, a group of them, or a partner we sell through."""

    __tablename__ = "accounts"
    KEY = ("name",)
    INNER = frozenset({"cost", "relationship", "relationship_target"})

    name: Mapped[str] = mapped_column(String(200), index=True)
    aliases: Mapped[list[str]] = text_list()
    kind: Mapped[str | None] = mapped_column(String(20))
    industry: Mapped[str | None] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(200))
    parent_id: Mapped[int | None] = reference("accounts", "parent")
    account_class: Mapped[str | None] = mapped_column("class", String(20), info={"column": "class"})
    tier: Mapped[int | None]
    relationship: Mapped[str | None] = mapped_column(String(20))
    relationship_target: Mapped[str | None] = mapped_column(String(20))
    owner_id: Mapped[int | None] = reference("people", "owner")
    currency: Mapped[str | None] = mapped_column(String(3))
    annual_revenue: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    company_revenue: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    share_of_wallet: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    renewal_date: Mapped[date | None]
    key_reason: Mapped[str | None] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(String(10), default="open")
    review_cadence: Mapped[str | None] = mapped_column(String(20))
    fiscal_year_start: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)


class TeamSeat(BusinessRow):
    """A person's seat in an account's team (S1-16, S3-5)."""

    __tablename__ = "team"
    KEY = ("account_id", "person_id", "seat")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    person_id: Mapped[int] = reference("people", "person", nullable=False)
    seat: Mapped[str] = mapped_column(String(30))


class Goal(BusinessRow):
    """A goal for the account on one of three horizons, with its owner (S1-12)."""

    __tablename__ = "goals"
    KEY = ("account_id", "goal")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    goal: Mapped[str] = mapped_column(Text)
    horizon: Mapped[str] = mapped_column(String(10))
    owner_id: Mapped[int | None] = reference("people", "owner")
    due: Mapped[date | None]
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    measure: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(String(10))


class Action(BusinessRow):
    """A commitment: ours to them, theirs to us, or internal (S1-13)."""

    __tablename__ = "actions"
    KEY = ("account_id", "action", "direction")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    action: Mapped[str] = mapped_column(Text)
    direction: Mapped[str] = mapped_column(String(10), default="ours")
    owner: Mapped[str | None] = mapped_column(String(200))
    owner_person_id: Mapped[int | None] = reference("people", "owner")
    owner_contact_id: Mapped[int | None] = reference("contacts", "owner")
    due: Mapped[date | None]
    first_due: Mapped[date | None]
    status: Mapped[str | None] = mapped_column(String(10))
    goal_id: Mapped[int | None] = reference("goals", "goal")
    opportunity_id: Mapped[int | None] = reference("opportunities", "opportunity")
    done_on: Mapped[date | None]


class Score(BusinessRow):
    """One criterion scored 1-10 for an account on a day (S1-3)."""

    __tablename__ = "scores"
    KEY = ("account_id", "criterion", "scored_on")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    criterion: Mapped[str] = mapped_column(String(200))
    score: Mapped[Decimal] = mapped_column(ExactDecimal)
    weight: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    scored_by_id: Mapped[int | None] = reference("people", "scored_by")
    scored_on: Mapped[date | None]


class Investment(BusinessRow):
    """What we spend on an account beyond delivery (S0-4)."""

    __tablename__ = "investments"
    KEY = ("account_id", "kind", "period")
    INNER_ROW = True

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    kind: Mapped[str] = mapped_column(String(200))
    cost: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str | None] = mapped_column(String(3))
    period: Mapped[str | None] = mapped_column(String(10))
