"""Renewals ahead, by the earlier of notice date and end, with what speaks against them (P-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import or_

from kam_knowledge.analysis.health import Colour
from kam_knowledge.analysis.renewals import renewal_deadline
from kam_knowledge.queries.contracts import is_running
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import is_open, open_now
from kam_knowledge.store.models import Account, Contract, Opportunity


@dataclass(frozen=True)
class Renewal:
    """One account's renewal within the window."""

    account: Account
    deadline: date
    """The day it must be decided by: the earliest date on record that is still ahead."""
    contracts: tuple[Contract, ...]
    opportunities: tuple[Opportunity, ...]
    stated: date | None
    """`renewal_date` of the account, where one is on record."""
    colour: Colour
    """The account's health (P-1)."""
    reader: HealthReader = field(repr=False, compare=False)
    """Of all the accounts whose renewals were asked for, without evidence."""

    @property
    def dates_differ(self) -> bool:
        """Whether the account's own renewal date is not the contracts' end."""
        ends = {row.end for row in self.contracts if row.end}
        return self.stated is not None and bool(ends) and self.stated not in ends

    @property
    def risk(self) -> tuple[int, date]:
        """For sorting: worse colour first, then the earlier deadline."""
        order = {Colour.RED: 0, Colour.AMBER: 1, Colour.GREY: 2, Colour.GREEN: 3}
        return (order[self.colour], self.deadline)


def renewals(records: Records, accounts: Iterable[Account], within: timedelta) -> list[Renewal]:
    """Renewals whose notice date or end falls within the window, riskiest first.

    A contract whose notice date has passed counts by its end: the decision is taken, the
    consequence is ahead.
    """
    today = records.rights.today
    chosen = list(accounts)
    ids = [account.id for account in chosen]
    contracts: defaultdict[int, list[Contract]] = defaultdict(list)
    ahead_now = or_(Contract.end.is_(None), Contract.end >= today, Contract.notice_by >= today)
    for contract in records.all(Contract, account_ids=ids, now=[ahead_now]):
        contracts[contract.account_id].append(contract)
    deals: defaultdict[int, list[Opportunity]] = defaultdict(list)
    for deal in records.all(
        Opportunity, account_ids=ids, now=[Opportunity.kind == "renewal", open_now()]
    ):
        if deal.kind == "renewal" and is_open(deal, today):
            deals[deal.account_id].append(deal)
    ahead_of: dict[int, tuple[date, tuple[Contract, ...]]] = {}
    for account in chosen:
        held = contracts[account.id]
        due: list[tuple[date, Contract | None]] = []
        for row in held:
            ahead = [
                day
                for day in (renewal_deadline(row.notice_by, row.end), row.end)
                if day is not None and today <= day <= today + within
            ]
            if ahead:
                due.append((min(ahead), row))
        working = deals[account.id]
        stated = account.renewal_date
        if stated and today <= stated <= today + within:
            due.append((stated, None))
        due += [
            (row.close_date, None)
            for row in working
            if row.close_date and today <= row.close_date <= today + within
        ]
        if not due:
            continue
        rows = tuple(row for _, row in due if row is not None) or tuple(
            row for row in held if row.end is None or row.end >= today
        )
        ahead_of[account.id] = (min(day for day, _ in due), rows)
    reader = HealthReader(records, list(ahead_of), evidence=False)
    found = []
    for account in chosen:
        if account.id in ahead_of:
            deadline, rows = ahead_of[account.id]
            working, stated = deals[account.id], account.renewal_date
            colour = reader.of(account).health.colour
            found.append(Renewal(account, deadline, rows, tuple(working), stated, colour, reader))
    return sorted(found, key=lambda renewal: renewal.risk)


def lapsed_contracts(
    records: Records, accounts: Iterable[Account], within: timedelta
) -> list[Contract]:
    """Contracts that ended within that time, of accounts with no contract running now; the
    latest of each account, latest first."""
    today = records.rights.today
    latest: dict[int, Contract] = {}
    running = set()
    late_now = or_(Contract.end.is_(None), Contract.end >= today - within)
    ids = [account.id for account in accounts]
    for row in records.all(Contract, account_ids=ids, now=[late_now]):
        if is_running(row, today):
            running.add(row.account_id)
        elif row.end is not None and today - within <= row.end < today:
            held = latest.get(row.account_id)
            if held is None or held.end is None or held.end < row.end:
                latest[row.account_id] = row
    found = [row for key, row in latest.items() if key not in running]
    return sorted(found, key=lambda row: (row.end or today, row.id), reverse=True)
