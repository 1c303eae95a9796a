"""Which accounts have a plan on record: goals, a saved plan, or a plan document (S1-12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.touches import NoteReader, NoteText
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Account, Goal, Note, Plan, PlanVersion

_PLAN = re.compile(r"account[\s_-]?plan|客户计划|客户经营计划|大客户计划|项目计划书")


def accounts_with_plan(records: Records, accounts: Iterable[Account]) -> set[int]:
    """Ids of accounts with an open goal, a saved plan, or a document that calls itself a plan."""
    ids = [account.id for account in accounts]
    found = {
        goal.account_id
        for goal in records.all(Goal, account_ids=ids)
        if goal.status not in ("done", "dropped")
    }
    found |= {
        key
        for key in records.session.scalars(
            select(Plan.account_id)
            .join(PlanVersion, PlanVersion.plan_id == Plan.id)
            .where(
                among(Plan.account_id, ids),
                PlanVersion.retracted.is_(False),
                PlanVersion.as_of <= records.rights.today,
            )
        )
        if key is not None
    }
    titles = records.session.execute(
        select(Note.account_id, Note.title).where(
            records.rights.note_clause(), Note.kind == "document", among(Note.account_id, ids)
        )
    )
    return found | {
        account_id for account_id, title in titles if account_id and _PLAN.search(fold(title))
    }


def plan_documents(
    records: Records, account_ids: Iterable[int], until: date | None = None
) -> list[NoteText]:
    """Documents that call themselves a plan, the newest first; dated up to that day, if one is
    given, the undated left out."""
    rows = records.session.execute(
        select(Note.id, Note.title, Note.kind, Note.date)
        .where(
            records.rights.note_clause(),
            Note.kind == "document",
            among(Note.account_id, account_ids),
            Note.date.is_not(None),
        )
        .order_by(Note.date.desc(), Note.id.desc())
    )
    reader = NoteReader(records)
    return [
        NoteText(note_id, title, kind, day, reader)
        for note_id, title, kind, day in rows
        if _PLAN.search(fold(title)) and (until is None or (day is not None and day <= until))
    ]
