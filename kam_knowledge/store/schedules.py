"""What is to be done at a time, by whichever worker comes first (design.md, decision 10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import Base
from kam_knowledge.store.types import UtcDateTime


class Schedule(Base):
    """Something to be done once, or every week. `kam_knowledge.schedules` reads and writes it."""

    __tablename__ = "schedules"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    """Which part of the program does it."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """When it comes again (`schedules.Weekly`); None for once."""
    state: Mapped[str] = mapped_column(String(10), default="due", index=True)
    """due, done or failed."""
    next_due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    """Of what is due next."""
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
