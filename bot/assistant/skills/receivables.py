"""Invoices: what is overdue, what falls due, what was paid, with subtotals a currency (回款)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.invoice_lines import invoice_line, invoices_named
from bot.assistant.lines import Lines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.sums import in_all, rate_sources
from bot.assistant.understanding.request import Request
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.receivables import open_invoices, paid_invoices
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Receivable

SHOWN = 15
YEAR = timedelta(days=365)


def receivables(context: SkillContext, request: Request) -> Reply:
    """The invoice that is named; else those of the span asked about; else all that is overdue."""
    composer = Composer("receivables", request.language)
    page = _Page(context, request, composer)
    if named := page.named():
        page.each(named)
    elif request.since is not None or request.until is not None:
        page.span(*_span(request, context.clock.today))
    else:
        page.owed()
    focus = {"account_ids": list(request.account_ids)}
    if not composer.citations:
        looked = composer.text("looked", place=page.place, today=page.today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked], focus=focus)
    return composer.reply(accounts=page.told, focus=focus)


def _span(request: Request, today: date) -> tuple[date, date]:
    """The days asked about; an open end is today, or a year before what lies back."""
    until = request.until or max(today, request.since or today)
    since = request.since or (today if until >= today else until - YEAR)
    return since, until


class _Page:
    """The parts of the answer."""

    def __init__(self, context: SkillContext, request: Request, composer: Composer) -> None:
        self.context, self.request, self.composer = context, request, composer
        self.records, self.today = context.records, context.clock.today
        self.accounts = {one.id: one for one in accounts_held_by_named(context, request)}
        self.place = places(self.accounts.values(), request.language, most=12)
        self.lines = Lines(self.records, composer)
        self.told: list[str] = []

    def named(self) -> list[Receivable]:
        """The invoices whose number, or whose digits, the message has, whoever's they are."""
        among = list(self.accounts if self.request.account_ids else self.records.accounts)
        return invoices_named(self.request.text, self.records.all(Receivable, account_ids=among))

    def owed(self) -> None:
        """What is overdue, oldest first, what it comes to, and what is still to fall due."""
        owed, slots = self._wanted(open_invoices(self.records, self.accounts)), self.request.slots
        longer = int(slots.get("days") or 0)
        late = [row for row in owed if (self.today - row.due).days > longer]
        ahead = [row for row in owed if row.due >= self.today]
        if not late:
            disputed = slots.get("disputed")
            key = "none_disputed" if disputed else "none_longer" if longer else "none"
            self.composer.plain(key, place=self.place, today=self.today, days=longer)
        self.each(late[:SHOWN])
        if len(late) > SHOWN:
            self.composer.plain("more", n=len(late) - SHOWN)
        if len(late) > 1:
            self.composer.blank()
            self._total("total", late)
        overdue_only = bool(late) and slots.get("overdue")
        if ahead and not (longer or overdue_only or slots.get("disputed")):
            self._total("ahead", ahead)
            if not late:
                self.each(sorted(ahead, key=lambda row: row.due)[:SHOWN])

    def span(self, since: date, until: date) -> None:
        """What was paid in these days, and what fell or falls due in them and is unpaid."""
        paid = self._wanted(paid_invoices(self.records, self.accounts, since, until))
        owed = self._wanted(open_invoices(self.records, self.accounts))
        due = [row for row in owed if since <= row.due <= until]
        if since < self.today:
            self.composer.heading("head_paid", since=since, until=min(until, self.today))
            self._listed(paid, "no_payment", "paid_total")
        self.composer.heading("head_due", since=since, until=until)
        self._listed(due, "nothing_due", "due_total")

    def each(self, rows: Sequence[Receivable]) -> None:
        """One line an invoice: paid, overdue or still to fall due."""
        for row in rows:
            text, sources = invoice_line(row, self.records, self.lines, self.composer)
            name = self.records.accounts[row.account_id].name
            if len(self.accounts) > 1:
                text = self.composer.text("of_account", account=name, text=text)
            self.composer.line("- " + self.composer.cited(text, sources))
            self.told.append(name)

    def _listed(self, rows: list[Receivable], none: str, total: str) -> None:
        if not rows:
            self.composer.plain(none)
        self.each(rows[:SHOWN])
        if len(rows) > 1:
            self._total(total, rows)

    def _wanted(self, rows: list[Receivable]) -> list[Receivable]:
        """Those that are disputed, or worth that much, where it was asked so."""
        least = Decimal(self.request.slots.get("min_amount") or 0)
        disputed = self.request.slots.get("disputed")
        return [row for row in rows if row.amount >= least and (row.disputed or not disputed)]

    def _total(self, key: str, rows: list[Receivable]) -> None:
        amounts = [(row.amount, self._currency(row)) for row in rows]
        total = Exchange(self.records).total(amounts, self.context.company.currency)
        added = " + ".join(f"{row.amount:f} {self._currency(row) or ''}".strip() for row in rows)
        source = ComputedSource(
            "open_invoices (P-1)",
            self.composer.text("total_title"),
            self.today,
            f"{len(rows)} invoices: {added} = {total.formula}",
            tuple(self.records.where(row) for row in rows),
        )
        rates = rate_sources(self.records, total.rates)
        said = in_all(total, self.composer)
        self.composer.claim(key, [source, *rates], sums=said, n=len(rows))

    def _currency(self, row: Receivable) -> str | None:
        return row.currency or self.records.accounts[row.account_id].currency
