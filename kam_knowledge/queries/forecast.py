"""The forecast from the records: periods, what is past its date, targets (P-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import or_

from kam_knowledge.analysis.forecast import OpenDeal, Outlook, outlook
from kam_knowledge.analysis.periods import Period, period_of
from kam_knowledge.queries.money import Exchange, Total
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import is_open, open_now
from kam_knowledge.queries.trends import revenue_between
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Account,
    Opportunity,
    Receivable,
    Target,
)

KINDS = ("bookings", "collections", "revenue")


@dataclass(frozen=True)
class PeriodForecast:
    """What a period may bring; renewals stand apart from growth."""

    period: Period
    deals: tuple[Opportunity, ...]
    """Open and closing in the period, by date."""
    won: tuple[Opportunity, ...]
    growth: Outlook
    renewals: Outlook


@dataclass(frozen=True)
class Progress:
    """A target, and what stands against it so far."""

    target: Target
    reached: Total | None
    """Won, paid or booked in the period, by the target's kind; None where nothing was."""
    commit: Total | None
    """For bookings: the open deals marked commit."""
    gap: Decimal | None
    """In the target's currency; None where a rate is missing."""
    rows: tuple[BusinessRow, ...]


class Deals:
    """Deals of some accounts, with the currency each is in."""

    def __init__(self, records: Records, accounts: Iterable[Account]) -> None:
        self.records = records
        self.today = records.rights.today
        self.accounts = {account.id: account for account in accounts}
        rows = records.all(
            Opportunity,
            account_ids=list(self.accounts),
            now=[or_(open_now(), Opportunity.outcome == "won")],
        )
        self.open = [row for row in rows if is_open(row, self.today)]
        self.won = [row for row in rows if row.outcome == "won"]
        self._periods: dict[Period, PeriodForecast] = {}

    def currency(self, row: Opportunity) -> str | None:
        """The deal's currency, else its account's."""
        return row.currency or self.accounts[row.account_id].currency

    @property
    def past(self) -> list[Opportunity]:
        """Open deals whose close date is over: listed, never counted (P-3)."""
        late = [row for row in self.open if row.close_date and row.close_date < self.today]
        return sorted(late, key=lambda row: (row.close_date or self.today, row.id))

    @property
    def undated(self) -> list[Opportunity]:
        """Open deals without a close date: no period can count them."""
        return [row for row in self.open if row.close_date is None]

    def in_period(self, period: Period) -> PeriodForecast:
        """The period's outlook from the business day on."""
        if period not in self._periods:
            self._periods[period] = self._in_period(period)
        return self._periods[period]

    def _in_period(self, period: Period) -> PeriodForecast:
        ahead = [
            row
            for row in self.open
            if row.close_date and row.close_date >= self.today and period.holds(row.close_date)
        ]
        ahead.sort(key=lambda row: (row.close_date or self.today, row.id))
        won = [
            row
            for row in self.won
            if period.holds(row.close_date) and row.close_date and row.close_date <= self.today
        ]
        return PeriodForecast(
            period,
            tuple(ahead),
            tuple(won),
            self._outlook(row for row in ahead if row.kind != "renewal"),
            self._outlook(row for row in ahead if row.kind == "renewal"),
        )

    def total(self, rows: Iterable[Opportunity], into: str | None = None) -> Total | None:
        """The deals' amounts added; None where none has an amount."""
        known = [(row.amount, self.currency(row)) for row in rows if row.amount is not None]
        return Exchange(self.records).total(known, into) if known else None

    def _outlook(self, rows: Iterable[Opportunity]) -> Outlook:
        return outlook(
            OpenDeal(row.amount, self.currency(row), row.probability, row.forecast)
            for row in rows
            if row.amount is not None
        )


def progress(
    records: Records,
    deals: Deals,
    period: Period,
    targets: Sequence[Target],
    year_start: int = 1,
) -> list[Progress]:
    """How far each target of the period, or of the year it lies in, is reached.

    Bookings: won and commit; collections: paid; revenue: booked. Deals and invoices count for
    the accounts the target's owner owns, or for its account.
    """
    found = []
    for target in targets:
        span = period_of(target.period, year_start)
        if span is None or not (period.within(span) or span.within(period)):
            continue
        found.append(_progress(records, deals, target, span))
    return sorted(found, key=lambda one: (KINDS.index(one.target.kind or "revenue"), one.target.id))


def _progress(records: Records, deals: Deals, target: Target, span: Period) -> Progress:
    ids = {
        account.id
        for account in deals.accounts.values()
        if account.id == target.account_id
        or (target.account_id is None and account.owner_id == target.owner_id)
    }
    exchange = Exchange(records)
    rows: list[BusinessRow] = []
    commit: Total | None = None
    amounts: list[tuple[Decimal, str | None]] = []
    today = records.rights.today
    if target.kind == "bookings":
        won = [row for row in deals.in_period(span).won if row.account_id in ids]
        sure = [
            row
            for row in deals.in_period(span).deals
            if row.account_id in ids and row.forecast == "commit"
        ]
        rows += [*won, *sure]
        amounts = [(row.amount, deals.currency(row)) for row in won if row.amount is not None]
        commit = deals.total(sure, target.currency)
    elif target.kind == "collections":
        for invoice in records.all(Receivable, account_ids=ids):
            if invoice.paid_on and span.holds(invoice.paid_on) and invoice.paid_on <= today:
                rows.append(invoice)
                held = deals.accounts[invoice.account_id].currency
                amounts.append((invoice.amount, invoice.currency or held))
    else:
        for key in sorted(ids):
            booked = revenue_between(records, deals.accounts[key], span.first, span.last)
            if booked:
                rows += booked.rows
                amounts.append((booked.figure.now, booked.currency))
    reached = exchange.total(amounts, target.currency) if amounts else None
    return Progress(target, reached, commit, _gap(exchange, target, reached, commit), tuple(rows))


def _gap(
    exchange: Exchange, target: Target, reached: Total | None, commit: Total | None
) -> Decimal | None:
    missing = target.amount
    for total in (reached, commit):
        if total is None:
            continue
        if total.amount is None or total.currency is None:
            return None
        if target.currency is None or total.currency == target.currency:
            missing -= total.amount
            continue
        converted = exchange.convert(total.amount, total.currency, target.currency)
        if converted is None:
            return None
        missing -= converted[0]
    return missing.quantize(Decimal(1))


def moved_back(records: Records, rows: Sequence[Opportunity], since: date) -> dict[int, date]:
    """The close date each deal had first, for those the ledger knows to have slipped since."""
    first: dict[int, date] = {}
    for stated in records.stated(Opportunity, rows, ["close_date"]):
        entry = stated.entry
        if entry.applied and entry.old and entry.new and stated.recorded_at.date() >= since:
            first.setdefault(entry.row_id, date.fromisoformat(entry.old))
    return {
        row.id: first[row.id]
        for row in rows
        if row.id in first and row.close_date and row.close_date > first[row.id]
    }
