"""Which accounts have a plan on record: goals in SQL, or a plan document (S1-12)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Account, Goal, Note

_PLAN = re.compile(r"account[\s_-]?plan|客户计划|客户经营计划|大客户计划|项目计划书")


def accounts_with_plan(records: Records, accounts: Iterable[Account]) -> set[int]:
    """Ids of accounts with an open goal, or with a document that calls itself a plan."""
    ids = [account.id for account in accounts]
    found = {
        goal.account_id
        for goal in records.all(Goal, account_ids=ids)
        if goal.status not in ("done", "dropped")
    }
    titles = records.session.execute(
        select(Note.account_id, Note.title).where(
            records.rights.note_clause(), Note.kind == "document", among(Note.account_id, ids)
        )
    )
    return found | {
        account_id for account_id, title in titles if account_id and _PLAN.search(fold(title))
    }
