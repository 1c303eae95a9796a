"""The writer of plans: every version is an act of its own, and can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kam_knowledge.changes.ledger import Ledger
from kam_knowledge.plans.sections import Section, Written
from kam_knowledge.store.models import Change, LedgerEntry, Person, Plan, PlanVersion, Proposal


@dataclass(frozen=True)
class PlanSubject:
    """Which plan is meant: of an account or, with `account_id` None, of a person's own."""

    account_id: int | None
    person_id: int | None
    template: str
    period: str
    language: str

    @property
    def subject(self) -> str:
        """As the plan's row keeps it."""
        if self.account_id is not None:
            return f"account:{self.account_id}"
        return f"person:{self.person_id}"


@dataclass(frozen=True)
class PlanDraft:
    """Sections that were drafted anew, and of which plan."""

    about: PlanSubject
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class PlanEdit:
    """A section's text as a person wants it, and as it stood when they wrote it."""

    about: PlanSubject
    section: str
    before: str
    after: str

    def as_payload(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return asdict(self)

    @classmethod
    def of_payload(cls, kept: Mapping[str, Any]) -> PlanEdit:
        """The inverse of `as_payload`."""
        about = PlanSubject(**kept["about"])
        return cls(about, kept["section"], kept["before"], kept["after"])


def plan_row(session: Session, about: PlanSubject) -> Plan | None:
    """The plan's row; None where no version of it was ever saved."""
    return session.scalar(
        select(Plan).where(
            Plan.subject == about.subject,
            Plan.template == about.template,
            Plan.period == about.period,
            Plan.language == about.language,
        )
    )


def save_version(
    ledger: Ledger,
    about: PlanSubject,
    sections: Iterable[Section],
    *,
    cause: str,
    as_of: date,
) -> PlanVersion:
    """A new version of the plan, in the ledger's change. `cause` is draft or edit."""
    session = ledger.session
    plan = plan_row(session, about)
    if plan is None:
        plan = Plan(
            key=f"plan-{secrets.token_hex(5)}",
            subject=about.subject,
            account_id=about.account_id,
            person_id=None if about.account_id is not None else about.person_id,
            template=about.template,
            period=about.period,
            language=about.language,
            state="draft",
            created_at=ledger.recorded_at,
        )
        session.add(plan)
        session.flush()
    last = session.scalar(
        select(func.max(PlanVersion.number)).where(PlanVersion.plan_id == plan.id)
    )
    version = PlanVersion(
        plan_id=plan.id,
        number=(last or 0) + 1,
        author_id=ledger.actor_id,
        cause=cause,
        as_of=as_of,
        sections=[one.as_json() for one in sections],
        change_id=ledger.change.id,
        retracted=False,
        created_at=ledger.recorded_at,
    )
    session.add(version)
    session.flush()
    session.add(_entry(ledger, version, "number", last, version.number))
    session.flush()
    return version


def save_edit(ledger: Ledger, edit: PlanEdit, *, as_of: date) -> PlanVersion | None:
    """A new version in which one section reads as a person wants it; None where the section has
    changed since they wrote it."""
    session = ledger.session
    plan = plan_row(session, edit.about)
    last = plan and session.scalar(
        select(PlanVersion)
        .where(PlanVersion.plan_id == plan.id, PlanVersion.retracted.is_(False))
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    sections = [Section.of_json(one) for one in last.sections] if last else []
    held = next((one for one in sections if one.id == edit.section), None)
    if (held.text if held else "") != edit.before:
        return None
    person = session.get_one(Person, ledger.actor_id)
    day = as_of.isoformat()
    before = set(edit.before.split("\n"))
    after = [line for line in edit.after.split("\n") if line.strip()]
    held = held or Section(edit.section, "", "")
    kept = [one for one in held.written if one.line in after]
    known = {one.line for one in kept}
    fresh = [line for line in after if line not in before and line not in known]
    written = (*kept, *(Written(line, person.id, person.name, day) for line in fresh))
    changed = replace(held, text=edit.after, written=written, clashes=())
    others = [changed if one.id == held.id else one for one in sections]
    if all(one.id != held.id for one in sections):
        others.append(changed)
    return save_version(ledger, edit.about, others, cause="edit", as_of=as_of)


def receipted(
    ledger: Ledger, *, kind: str, summary: str, now: datetime, thread_id: int | None
) -> Proposal:
    """What was written without being asked about, as the receipt by which it is taken back."""
    assert ledger.actor_id is not None, "somebody of ours asked for it"
    row = Proposal(
        key=f"proposal-{secrets.token_hex(5)}",
        person_id=ledger.actor_id,
        thread_id=thread_id,
        kind=kind,
        payload={"summary": summary, "changes": [], "notes": [], "creates": []},
        state="confirmed",
        receipt={
            "change": ledger.change.key, "fields": [], "recorded_at": now.isoformat(), "notes": []
        },
        change_id=ledger.change.id,
        created_at=now,
        expires_at=now,
    )  # fmt: skip
    ledger.session.add(row)
    ledger.session.flush()
    return row


def take_back_versions(ledger: Ledger, change: Change) -> list[PlanVersion]:
    """Takes back the versions that a change wrote; the one before stands again."""
    session = ledger.session
    written = session.scalars(
        select(PlanVersion).where(
            PlanVersion.change_id == change.id, PlanVersion.retracted.is_(False)
        )
    )
    taken = list(written)
    for version in taken:
        version.retracted = True
        session.add(_entry(ledger, version, "retracted", False, True))
    session.flush()
    return taken


def _entry(
    ledger: Ledger, version: PlanVersion, field: str, old: object, new: object
) -> LedgerEntry:
    return LedgerEntry(
        change_id=ledger.change.id,
        table=PlanVersion.__tablename__,
        row_id=version.id,
        field=field,
        old=old,
        new=new,
        source="",
        as_of=ledger.as_of or ledger.recorded_at.date(),
        as_of_stated=False,
        confirmed=True,
        applied=True,
        conflict=False,
    )
