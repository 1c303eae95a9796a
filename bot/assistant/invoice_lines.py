"""An invoice in a line: paid, days late, or still to fall due."""

from __future__ import annotations

import re

from bot.assistant.compose import Composer
from bot.assistant.lines import Lines
from bot.assistant.wording import amount
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Receivable

FIELDS = ("invoice", "amount", "currency", "due", "paid_on", "disputed", "reason")
_NUMBER = re.compile(r"[0-9A-Za-z-]*\d{2,}[0-9A-Za-z-]*")


def invoices_named(text: str, rows: list[Receivable]) -> list[Receivable]:
    """Those whose number, or whose digits, the text has."""
    words = {word.strip("-").casefold() for word in _NUMBER.findall(text)}
    wanted = {word for word in words if len(word) > 3}
    wanted -= {str(year) for year in range(2000, 2100)}
    return [
        row for row in rows if wanted & {row.invoice.casefold(), re.sub(r"\D", "", row.invoice)}
    ]


def invoice_line(
    row: Receivable, records: Records, lines: Lines, composer: Composer
) -> tuple[str, list[Source]]:
    """What is said of it, with the days it is or was late, and what that rests on (P-1)."""
    today = records.rights.today
    source = records.source(row, FIELDS)
    sources: list[Source] = [source]
    paid = row.paid_on if row.paid_on and row.paid_on <= today else None
    end = paid or today
    days = (end - row.due).days
    if paid:
        key = "invoice_paid_days_late" if days > 0 else "invoice_paid_in_time"
    else:
        key = "invoice_days_late" if days > 0 else "invoice_coming"
    if days > 0:
        formula = f"{end} - {row.due} = {days} days"
        where = (source.where,)
        sources.append(ComputedSource("overdue_days (P-1)", row.invoice, today, formula, where))
    currency = row.currency or records.accounts[row.account_id].currency
    text = composer.text(
        key,
        invoice=row.invoice,
        amount=amount(row.amount, currency, composer.language),
        date=row.due,
        paid=paid,
        n=days,
        why="" if paid else lines.why_unpaid(row),
    )
    return text, sources
