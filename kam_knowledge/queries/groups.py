"""Which accounts belong together: parents and daughters, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam_knowledge.queries.money import Exchange, Total
from kam_knowledge.queries.receivables import overdue_invoices
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import TwelveMonths, year_of_sales
from kam_knowledge.queries.stakeholder import is_open
from kam_knowledge.store.models import Account, Opportunity, Receivable


@dataclass(frozen=True)
class Entity:
    """One company of a group, with its figures in its own currency."""

    account: Account
    depth: int
    """0 for the head of the group as far as these readers may see it."""
    year: TwelveMonths | None
    deals: tuple[Opportunity, ...]
    overdue: tuple[Receivable, ...]


@dataclass(frozen=True)
class Group:
    """A group as far as these readers may see it: companies they may not are not in it."""

    entities: tuple[Entity, ...]
    """The head first, then its daughters depth first."""
    revenue: Total | None
    pipeline: Total | None
    overdue: Total | None


def group_of(records: Records, account: Account, currency: str | None = None) -> Group:
    """The group the account belongs to, from the highest parent that may be seen.

    `currency` is the one to add up in where dated rates allow it. A circle in the data ends the
    walk.
    """
    accounts = records.accounts
    daughters: defaultdict[int, list[Account]] = defaultdict(list)
    for row in accounts.values():
        if row.parent_id is not None and row.parent_id in accounts:
            daughters[row.parent_id].append(row)
    head, seen = account, {account.id}
    while head.parent_id in accounts and head.parent_id not in seen:
        head = accounts[head.parent_id]
        seen.add(head.id)
    found: list[tuple[Account, int]] = []
    _walk(head, 0, daughters, found, set())
    return _with_figures(records, found, currency)


def _walk(
    account: Account,
    depth: int,
    daughters: dict[int, list[Account]],
    found: list[tuple[Account, int]],
    seen: set[int],
) -> None:
    if account.id in seen:
        return
    seen.add(account.id)
    found.append((account, depth))
    for daughter in sorted(daughters.get(account.id, []), key=lambda row: row.name):
        _walk(daughter, depth + 1, daughters, found, seen)


def _with_figures(
    records: Records, found: list[tuple[Account, int]], currency: str | None
) -> Group:
    accounts = [account for account, _ in found]
    ids = [account.id for account in accounts]
    years = year_of_sales(records, accounts)
    deals: defaultdict[int, list[Opportunity]] = defaultdict(list)
    for deal in records.all(Opportunity, account_ids=ids):
        if is_open(deal, records.rights.today):
            deals[deal.account_id].append(deal)
    late: defaultdict[int, list[Receivable]] = defaultdict(list)
    for invoice in overdue_invoices(records, ids):
        late[invoice.account_id].append(invoice)
    entities = tuple(
        Entity(a, depth, years.get(a.id), tuple(deals[a.id]), tuple(late[a.id]))
        for a, depth in found
    )
    exchange = Exchange(records)
    held = {account.id: account.currency for account in accounts}
    return Group(
        entities,
        _total(exchange, currency, [(y.revenue, y.currency) for y in years.values()]),
        _total(
            exchange,
            currency,
            [
                (deal.amount, deal.currency or held[deal.account_id])
                for rows in deals.values()
                for deal in rows
                if deal.amount is not None
            ],
        ),
        _total(
            exchange,
            currency,
            [(r.amount, r.currency or held[r.account_id]) for rows in late.values() for r in rows],
        ),
    )


def _total(
    exchange: Exchange, currency: str | None, amounts: Iterable[tuple[Decimal, str | None]]
) -> Total | None:
    known = list(amounts)
    return exchange.total(known, currency) if known else None
