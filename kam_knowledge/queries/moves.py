"""Who came, who went, and where somebody went to: people's posts across accounts (P-8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact

NOTICE = timedelta(days=60)
"""How long before the last day in one post the next one may begin."""
BETWEEN = timedelta(days=365)
"""How long after it; a namesake who begins later is taken for somebody else."""


def is_next_post(row: Contact, gone: Contact) -> bool:
    """Whether the row is where a person who left went to: same name, another account, begun
    about when the other ended."""
    if row.account_id == gone.account_id or fold(row.name) != fold(gone.name):
        return False
    if row.since is None or gone.left_on is None:
        return False
    return gone.left_on - NOTICE <= row.since <= gone.left_on + BETWEEN


def next_post(records: Records, gone: Contact) -> Contact | None:
    """Where somebody who left an account is now, as far as these readers may see it."""
    today = records.rights.today
    if not has_left(gone, today):
        return None
    found = [row for row in records.all(Contact) if is_next_post(row, gone)]
    here = [row for row in found if not has_left(row, today)]
    return here[0] if here else None


def present_post(rows: Sequence[Contact], today: date) -> Contact | None:
    """The one post of a person that is not over, where all the others led to it; else None."""
    here = [row for row in rows if not has_left(row, today)]
    if len(here) != 1 or len(rows) < 2:
        return None
    left = [row for row in rows if row is not here[0]]
    return here[0] if all(is_next_post(here[0], row) for row in left) else None


def movements(
    records: Records, account_ids: Iterable[int], since: date, until: date
) -> list[tuple[date, Contact, bool]]:
    """Who joined (True) or left (False) in these days, newest first."""
    found: list[tuple[date, Contact, bool]] = []
    for row in records.all(Contact, account_ids=account_ids):
        if row.since and since <= row.since <= until:
            found.append((row.since, row, True))
        if row.left_on and since <= row.left_on <= until:
            found.append((row.left_on, row, False))
    return sorted(found, key=lambda one: (one[0], one[2], one[1].name), reverse=True)
