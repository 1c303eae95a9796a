"""The customer's business in a plan: what it is, and how it fares with us (S1-11, S2-11)."""

from __future__ import annotations

from bot.assistant.development_lines import told
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.plans.page import Page
from bot.assistant.wording import amount, in_brackets, word
from kam_knowledge.analysis.trend import Direction
from kam_knowledge.queries.developments import developments
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.trends import satisfaction_series
from kam_knowledge.store.models import Account, Complaint

SHORT, NEWS = 4, 6
WAYS = {Direction.RISING: "rising", Direction.FALLING: "falling", Direction.LEVEL: "level"}
NEWSWORTHY = frozenset(
    {"contact_left", "contact_joined", "deal_won", "deal_lost", "complaint_new", "changed",
     "contract_ended", "notice_passed", "survey", "deal_new", "invoice_late", "complaint_closed"}
)  # fmt: skip


def company(page: Page) -> None:
    """What is on record of the company itself: trade, region, group, its own turnover."""
    account, language = page.account, page.language
    facts = {
        "industry": account.industry,
        "region": account.region,
        "turnover": account.company_revenue
        and amount(account.company_revenue, account.currency, language),
    }
    fields = {"industry": ["industry"], "region": ["region"]}
    fields["turnover"] = ["company_revenue", "currency"]
    for code, value in facts.items():
        page.met_or_gap(code, there=bool(value))
        if value:
            source = page.records.source(account, ["name", *fields[code]])
            page.say(code, [source], value=value)
    parent = page.records.accounts.get(account.parent_id or 0)
    if parent:
        sources = [page.records.source(account, ["name", "parent_id"])]
        page.say("belongs_to", sources, name=parent.name)
    below = [one for one in page.records.accounts.values() if one.parent_id == account.id]
    if below:
        rows: list[Source] = [page.records.source(one, ["name", "parent_id"]) for one in below]
        page.say("holds", rows, names=page.listed([one.name for one in below]))
    if account.fiscal_year_start:
        source = page.records.source(account, ["name", "fiscal_year_start"])
        page.say("fiscal_year", [source], month=account.fiscal_year_start)


def standing(page: Page) -> None:
    """Class, level and target of the relationship, health: how we stand. For ourselves alone."""
    account = page.account
    if account.account_class:
        kind = word(f"class_{account.account_class}", page.language)
        source = page.records.source(account, ["name", "account_class", "key_reason"])
        reason = word("semicolon", page.language) + account.key_reason if account.key_reason else ""
        page.say("class", [source], kind=kind, reason=reason)
    if page.inner:
        _level(page, account)
    _health(page)


def _level(page: Page, account: Account) -> None:
    page.met_or_gap("level", there=bool(account.relationship))
    target = account.relationship_target
    if account.relationship:
        page.met_or_gap("level_target", there=bool(target))
        source = page.records.source(account, ["name", "relationship", "relationship_target"])
        page.say(
            "level" if target else "level_only",
            [source],
            now=word(f"relationship_{account.relationship}", page.language),
            target=word(f"relationship_{target}", page.language) if target else "",
        )


def _health(page: Page) -> None:
    found = page.reading.health
    words = page.composer.speaking("health")
    text = page.composer.text("health", colour=colour_word(words, found))
    said = [page.composer.cited(text, [computed(page.records, found)])]
    said += reasons(page.records, words, found, most=3)
    page.composer.line("- " + word("semicolon", page.language).join(said))


def news(page: Page) -> None:
    """What became different in the period, the newest first."""
    period = page.reading.period
    words = page.composer.speaking("changes_since")
    zone = page.context.clock.moment.tzinfo
    found = [
        one
        for one in developments(page.records, [page.account], period.first, page.today, zone)
        if one.kind in NEWSWORTHY and (page.inner or not _is_inner(one.fields))
    ]
    page.met_or_gap("news", there=bool(found), since=period.first)
    for one in found[:NEWS]:
        text, sources = told(page.records, words, one)
        said = words.text("at", date=one.day, account="", text=text)
        page.composer.line("- " + page.composer.cited(said, sources))


def _is_inner(fields: tuple[str, ...]) -> bool:
    return bool(set(fields) & {"support", "coverage", "relationship", "relationship_target"})


def satisfaction(page: Page) -> None:
    """Survey values with their direction: the customer's own."""
    series = satisfaction_series(page.records, [page.account])
    page.met_or_gap("satisfaction", there=bool(series))
    for one in series:
        rows = one.rows[-SHORT:]
        values = [f"{row.value:f}{in_brackets(row.date, page.language)}" for row in rows]
        sources: list[Source] = [
            page.records.source(row, ["date", "kind", "value"]) for row in rows
        ]
        way = WAYS.get(one.direction) if len(one.rows) > 1 else None
        page.say(
            "survey",
            sources,
            kind=one.kind.upper(),
            values=page.listed(values),
            way=page.composer.text(f"way_{way}") if way else "",
        )


def service_record(page: Page) -> None:
    """Complaints of the last year, open ones first: since when, what was done."""
    today = page.today
    rows = [
        row
        for row in page.records.all(Complaint, account_ids=[page.account.id])
        if (today - row.raised_on).days <= 365 or row.closed_on is None
    ]
    rows.sort(key=lambda row: (row.closed_on is not None and row.closed_on <= today, row.raised_on))
    if not rows:
        source = ComputedSource(
            "service_record (S2-29)",
            page.account.name,
            today,
            f"complaints on record within 365 days up to {today}: 0",
        )
        page.say("no_complaint", [source], today=today)
    for row in rows[: 2 * SHORT]:
        page.lines.complaint(row)
    page.met.append("service_record")
