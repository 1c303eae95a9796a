"""What a freshly imported book lacks: twins, accounts without an owner, roles, renewal dates."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import func, select

from kam_knowledge.analysis.renewals import renewal_deadline
from kam_knowledge.language.name_pairs import SAME, pair_score
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Account, Change, Contact, Contract, LedgerEntry

COMPARED = 60
"""Contacts of an account that are compared pair by pair; of a larger one the first."""


@dataclass(frozen=True)
class BookCheck:
    """What was found, nearest renewal first."""

    twins: tuple[tuple[Contact, Contact], ...]
    """Contacts of one account whose names are probably one."""
    ownerless: tuple[Account, ...]
    """Accounts that nobody owns, or whose owner left."""
    without_role: tuple[Contact, ...]
    """Contacts whose part in decisions is not on record."""
    without_renewal: tuple[Account, ...]
    """Accounts with no renewal date and no contract with an end ahead."""
    renewals: dict[int, dt.date | None]
    """The next renewal of each account by its id."""


def is_fresh(
    records: Records, account_ids: Collection[int], days: int, zone: dt.tzinfo | None = None
) -> bool:
    """Whether at least half of the accounts came with an import of the last `days` days."""
    first = (
        select(LedgerEntry.row_id, func.min(Change.recorded_at))
        .join(Change, Change.id == LedgerEntry.change_id)
        .where(
            LedgerEntry.table == Account.__tablename__,
            among(LedgerEntry.row_id, set(account_ids)),
            Change.cause == "import",
        )
        .group_by(LedgerEntry.row_id)
    )
    today = records.rights.today
    fresh = 0
    for _, recorded in records.session.execute(first):
        moment = recorded if recorded.tzinfo else recorded.replace(tzinfo=dt.UTC)
        fresh += (
            dt.timedelta()
            <= today - moment.astimezone(zone or dt.UTC).date()
            < (dt.timedelta(days=days))
        )
    return bool(account_ids) and fresh * 2 >= len(account_ids)


def book_check(records: Records, accounts: Iterable[Account]) -> BookCheck:
    """What the accounts lack, as of the business day."""
    today = records.rights.today
    renewals = _renewals(records, list(accounts))
    ranked = sorted(
        (records.accounts[key] for key in renewals),
        key=lambda one: (renewals[one.id] or dt.date.max, one.name),
    )
    contacts: defaultdict[int, list[Contact]] = defaultdict(list)
    for row in records.all(Contact, account_ids=list(renewals)):
        if not has_left(row, today):
            contacts[row.account_id].append(row)
    return BookCheck(
        tuple(
            (one, other)
            for account in ranked
            for one, other in combinations(contacts[account.id][:COMPARED], 2)
            if pair_score(one.name, other.name) >= SAME
        ),
        tuple(account for account in ranked if not _is_owned(records, account)),
        tuple(
            row for account in ranked for row in contacts[account.id] if row.decision_role is None
        ),
        tuple(account for account in ranked if renewals[account.id] is None),
        renewals,
    )


def _is_owned(records: Records, account: Account) -> bool:
    owner = records.people.get(account.owner_id or 0)
    return owner is not None and (owner.left_on is None or owner.left_on > records.rights.today)


def _renewals(records: Records, accounts: list[Account]) -> dict[int, dt.date | None]:
    """The next renewal of each account: a contract's deadline, else the date stated for it."""
    today = records.rights.today
    ahead: defaultdict[int, list[dt.date]] = defaultdict(list)
    for row in records.all(Contract, account_ids=[one.id for one in accounts]):
        deadline = renewal_deadline(row.notice_by, row.end)
        if row.end is not None and row.end >= today and deadline is not None:
            ahead[row.account_id].append(max(deadline, today))
    for one in accounts:
        if one.renewal_date is not None and one.renewal_date >= today:
            ahead[one.id].append(one.renewal_date)
    return {one.id: min(ahead[one.id], default=None) for one in accounts}
