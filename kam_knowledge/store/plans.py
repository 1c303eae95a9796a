"""Account plans: what they are of, and every version with the facts it rests on (S1-10, S2-5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import Base
from kam_knowledge.store.types import UtcDateTime


class Plan(Base):
    """A document of one template about one account, or of one person, for one period.

    `subject` is `account:ID` or `person:ID`; the column of that id is set, the other empty.
    """

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("subject", "template", "period", "language", name="uq_plans_subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    """The public id, `plan-…`."""
    subject: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    template: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(20), default="")
    """`2026-Q4`, `2026-11`, `2026-W47`, `2026`; empty for what has none."""
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlanVersion(Base):
    """A state of a plan. It is never changed; one that was taken back is not read."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("plan_id", "number", name="uq_plan_versions_plan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    number: Mapped[int]
    """1, 2, 3 …"""
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    cause: Mapped[str] = mapped_column(String(10))
    """draft or edit."""
    as_of: Mapped[date]
    """The business day whose facts it holds."""
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each as `kam_knowledge.plans.sections.Section` has it."""
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id"), index=True)
    retracted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
