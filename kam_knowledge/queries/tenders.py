"""Accounts in the quiet period of a bid: no contact is suggested there (P-9)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import is_open, open_now
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Opportunity

_QUIET = re.compile(r"quiet period|blackout period|standstill|no[- ]contact period|静默|缄默")
_BID = re.compile(r"\b(?:tender|bid|rfp|rfq)|招标|投标|竞标|述标|评标|开标")


def quiet_deals(records: Records, account_ids: Iterable[int]) -> dict[int, Opportunity]:
    """The open deal by account id that says it is in a bid's quiet period.

    The stage or the next step must say so; a deal whose stage is the bid itself counts too,
    since jurors may not be approached while it runs.
    """
    today = records.rights.today
    found: dict[int, int] = {}
    needed = ("id", "account_id", "stage", "next_step", "outcome", "created_on")
    ids = list(account_ids)
    for row in records.fields(Opportunity, needed, account_ids=ids, now=[open_now()]):
        said = fold(f"{row.stage or ''} ; {row.next_step or ''}")
        if is_open(row, today) and (_QUIET.search(said) or _BID.search(fold(row.stage or ""))):
            found.setdefault(row.account_id, row.id)
    rows = records.all(Opportunity, among(Opportunity.id, found.values()))
    return {row.account_id: row for row in rows}
