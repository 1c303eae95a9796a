"""Risks in a plan: health's reasons, contracts that end, money that is late (P-1, P-4, S2-7)."""

from __future__ import annotations

from datetime import timedelta

from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.plans.page import Page
from bot.assistant.wording import word
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.contracts import notice_is_given
from kam_knowledge.queries.renewals import renewals
from kam_knowledge.queries.stakeholder import account_risks
from kam_knowledge.store.models import Contract

REASONS, SHORT = 6, 4
YEAR = timedelta(days=365)


def risks(page: Page) -> None:
    """The account's colour and every reason for it; late promises of ours."""
    found = page.reading.health
    words = page.composer.speaking("health")
    source = computed(page.records, found)
    page.say("health", [source], colour=colour_word(words, found))
    for reason in reasons(page.records, words, found, most=REASONS):
        page.composer.line(f"  - {reason}")
    unknown = [part.name for part in found.health.parts if part.score is None]
    parts = [words.text(f"part_{name}") for name in unknown]
    page.met_or_gap("health_parts", there=not unknown, parts=page.listed(parts))


def renewal(page: Page) -> None:
    """Contracts to be decided on within a year, by the earlier of notice and end (P-4)."""
    account = page.account
    rows = [
        row
        for row in page.records.all(Contract, account_ids=[account.id])
        if row.end is None or row.end >= page.today
    ]
    page.met_or_gap("contracts", there=bool(rows))
    for one in renewals(page.records, [account], YEAR):
        for contract in one.contracts:
            fields = ["contract", "notice_by", "end", "auto_renews", "status"]
            unknown = word("unknown", page.language)
            given = notice_is_given(contract) and not page.reading.customer
            page.say(
                "renews",
                [page.records.source(contract, fields)],
                contract=contract.contract,
                notice=contract.notice_by or unknown,
                end=contract.end or unknown,
                auto=page.composer.text("auto_yes" if contract.auto_renews else "auto_no")
                if contract.auto_renews is not None
                else "",
                given=page.composer.text("notice_given") if given else "",
            )
    for row in rows:
        page.met_or_gap("notice_by", there=row.notice_by is not None, contract=row.contract)


def trouble(page: Page) -> None:
    """Open complaints, invoices that are overdue, promises of ours that are late."""
    found = account_risks(page.records, page.account.id)
    for complaint in found.open_complaints[:SHORT]:
        page.lines.complaint(complaint)
    for invoice in found.overdue_invoices[:SHORT]:
        page.lines.invoice(invoice)
    late = [
        one
        for one in open_commitments(page.records, account_ids=[page.account.id])
        if one.overdue_days and one.action.direction == "ours"
    ]
    for one in late[:SHORT]:
        page.lines.commitment(one)
