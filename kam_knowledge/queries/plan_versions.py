"""Plans and their versions, as these readers may see them (S1-10).

What a plan of an account holds is its team's: it rests on inner facts and notes of the team. A
plan of a person's own (a weekly report) is that person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kam_knowledge.changes.plans import PlanSubject, plan_row
from kam_knowledge.plans.sections import Section
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Plan, PlanVersion


@dataclass(frozen=True)
class Version:
    """A version that was read."""

    key: str
    """The plan's public id."""
    template: str
    period: str
    language: str
    number: int
    cause: str
    author_id: int | None
    as_of: date
    sections: tuple[Section, ...]

    @property
    def where(self) -> str:
        """Its place in a citation."""
        return f"plans:{self.key}#{self.number}"


def may_read(records: Records, plan: Plan) -> bool:
    """Whether every reader may read the plan."""
    if plan.account_id is not None:
        return records.rights.sees_inner(plan.account_id)
    return plan.person_id is not None and records.rights.sole_reader == plan.person_id


def plans_of(
    records: Records, subject: str, *, template: str | None = None, language: str | None = None
) -> list[Plan]:
    """The plans of a subject that have a version, the one of the latest period first."""
    statement = select(Plan).where(Plan.subject == subject)
    if template is not None:
        statement = statement.where(Plan.template == template)
    if language is not None:
        statement = statement.where(Plan.language == language)
    found = records.session.scalars(statement.order_by(Plan.period.desc(), Plan.id.desc()))
    return [plan for plan in found if may_read(records, plan) and versions_of(records, plan)]


def latest(records: Records, about: PlanSubject) -> Version | None:
    """The plan's last version up to the business day; None where there is none to be read."""
    plan = plan_row(records.session, about)
    if plan is None:
        return None
    found = versions_of(records, plan)
    return found[0] if found else None


def versions_of(records: Records, plan: Plan) -> list[Version]:
    """The plan's versions up to the business day, newest first; none for who may not read it."""
    if not may_read(records, plan):
        return []
    rows = records.session.scalars(
        select(PlanVersion)
        .where(
            PlanVersion.plan_id == plan.id,
            PlanVersion.retracted.is_(False),
            PlanVersion.as_of <= records.rights.today,
        )
        .order_by(PlanVersion.number.desc())
    )
    return [
        Version(
            plan.key,
            plan.template,
            plan.period,
            plan.language,
            row.number,
            row.cause,
            row.author_id,
            row.as_of,
            tuple(map(Section.of_json, row.sections)),
        )
        for row in rows
    ]
