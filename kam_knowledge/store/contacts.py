"""The customer's people, and the touches between them and ours."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kam_knowledge.store.base import BusinessRow, id_list, reference, text_list


class Contact(BusinessRow):
    """A stakeholder at an account (S1-10). Stance and coverage are the team's alone."""

    __tablename__ = "contacts"
    KEY = ("account_id", "name")
    INNER = frozenset({"support", "coverage"})

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    name: Mapped[str] = mapped_column(String(200), index=True)
    aliases: Mapped[list[str]] = text_list()
    title: Mapped[str | None] = mapped_column(String(200))
    department: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(60))
    reports_to_id: Mapped[int | None] = reference("contacts", "reports_to")
    decision_role: Mapped[str | None] = mapped_column(String(30))
    support: Mapped[str | None] = mapped_column(String(20))
    coverage: Mapped[str | None] = mapped_column(String(20))
    layer: Mapped[str | None] = mapped_column(String(20))
    known_by_ids: Mapped[list[int]] = id_list("people", "known_by")
    since: Mapped[date | None]
    left_on: Mapped[date | None]


class Activity(BusinessRow):
    """A touch from the workbook or a CRM: an interaction that no note of ours describes."""

    __tablename__ = "activities"
    __table_args__ = (Index("ix_activities_account_date", "account_id", "date"),)
    KEY = ("account_id", "date", "kind", "subject")

    account_id: Mapped[int] = reference("accounts", "account", nullable=False)
    date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str | None] = mapped_column(String(10))
    contact_ids: Mapped[list[int]] = id_list("contacts", "contacts")
    person_ids: Mapped[list[int]] = id_list("people", "people")
    subject: Mapped[str | None] = mapped_column(Text)
