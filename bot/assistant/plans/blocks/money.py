"""What the account is worth in a plan: value today, won and lost, growth, expectation (S1-12)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from bot.assistant.health_lines import revenue_source
from bot.assistant.plans.page import Page
from bot.assistant.sums import in_all, rate_sources
from bot.assistant.wording import amount, rounded, word
from kam_knowledge.queries.margins import margins
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.revenue import percent, year_of_sales
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.whitespace import grid, unworked
from kam_knowledge.store.models import Account, Contract, Opportunity, Target

SHORT, SHOWN = 4, 6
RENEWAL = "renewal"


def value(page: Page) -> None:
    """Twelve months' revenue and its growth, the contracted part, the share of wallet."""
    account = page.account
    year = year_of_sales(page.records, [account]).get(account.id)
    page.met_or_gap("value", there=year is not None)
    if year:
        growth = year.growth
        key = "value" if growth is not None else "value_only"
        page.say(
            key,
            [revenue_source(page.records, year)],
            amount=amount(year.revenue, year.currency, page.language),
            last=year.last or page.today,
            change=f"{percent(growth):+f}" if growth is not None else "",
        )
    _contracted(page, account)
    share = account.share_of_wallet
    page.met_or_gap("wallet", there=share is not None)
    if share is not None:
        source = page.records.source(account, ["name", "share_of_wallet"])
        page.say("wallet", [source], share=f"{percent(share):f}")


def _contracted(page: Page, account: Account) -> None:
    for row in page.records.all(Contract, account_ids=[account.id]):
        if row.value is None or (row.end and row.end < page.today):
            continue
        fields = ["contract", "value", "currency", "end", "notice_by", "auto_renews"]
        page.say(
            "contracted",
            [page.records.source(row, fields)],
            contract=row.contract,
            amount=amount(row.value, row.currency or account.currency, page.language),
            end=row.end or word("unknown", page.language),
        )


def margin(page: Page) -> None:
    """Margin over the last twelve months, and the price clauses. For the team alone."""
    if not page.inner:
        return
    account = page.account
    found = margins(page.records, [account])
    page.met_or_gap("margin", there=bool(found))
    for one in found:
        inputs = [page.records.source(row, ["period", "revenue"]).where for row in one.rows]
        if not inputs:
            inputs = [page.records.source(account, ["annual_revenue"]).where]
        source = ComputedSource(
            "margin (S0-4)", account.name, page.today, one.formula, tuple(inputs), inner=True
        )
        page.say("margin", [source], share=f"{percent(one.share):f}")
    for row in page.records.all(Contract, account_ids=[account.id]):
        if row.price_clause and (row.end is None or row.end >= page.today):
            source_row = page.records.source(row, ["contract", "price_clause"])
            page.say("clause", [source_row], contract=row.contract, clause=row.price_clause)


def won_lost(page: Page) -> None:
    """Deals that ended, with rival and reason, the newest first (S2-26)."""
    rows = [
        row
        for row in page.records.all(Opportunity, account_ids=[page.account.id])
        if row.outcome in ("won", "lost")
        and (row.close_date is None or row.close_date <= page.today)
    ]
    rows.sort(key=lambda row: (row.close_date or page.today.min, row.id), reverse=True)
    page.met_or_gap("won_lost", there=bool(rows))
    for row in rows[:SHOWN]:
        page.met_or_gap("reason", there=bool(row.reason), deal=row.name)
        worth = ""
        if row.amount is not None:
            currency = row.currency or page.account.currency
            worth = page.composer.text("worth", amount=amount(row.amount, currency, page.language))
        fields = ["name", "amount", "currency", "outcome", "close_date", "competitor", "reason"]
        page.say(
            f"ended_{row.outcome}",
            [page.records.source(row, fields)],
            name=row.name,
            worth=worth,
            date=page.composer.text("on_day", date=row.close_date) if row.close_date else "",
            rival=page.composer.text("against_rival", name=row.competitor)
            if row.competitor
            else "",
            reason=page.composer.text("because", reason=row.reason) if row.reason else "",
        )


def growth(page: Page) -> None:
    """Growth areas: units and products that nobody works yet, the largest first (S4-1)."""
    cells = grid(page.records, [page.account])
    found = sorted(unworked(cells), key=lambda cell: -(cell.row.potential or 0))
    page.met_or_gap("growth", there=bool(cells))
    fields = ["unit", "product", "state", "competitor", "potential", "currency"]
    for cell in found[:SHOWN]:
        row = cell.row
        sources: list[Source] = [page.records.source(row, fields)]
        worth = ""
        if row.potential is not None:
            worth = page.composer.text(
                "worth", amount=amount(row.potential, cell.currency, page.language)
            )
            if not row.currency:
                sources.append(page.records.source(cell.account, ["name", "currency"]))
        page.say(
            "cell_rival" if row.state == "competitor" and row.competitor else "cell_open",
            sources,
            unit=row.unit,
            product=row.product,
            worth=worth,
            rival=row.competitor or "",
        )
    if cells and not found:
        source = ComputedSource(
            "unworked (S4-1)",
            page.account.name,
            page.today,
            f"{len(cells)} cells on record, 0 without a deal or a product of ours",
            tuple(page.records.source(cell.row, ["product"]).where for cell in cells),
        )
        page.say("all_worked", [source], n=len(cells))


def expected(page: Page) -> None:
    """What open deals may add, weighed by the probabilities on record, and by no other (S1-5)."""
    fresh = [row for row in page.reading.deals if row.kind != RENEWAL and row.amount is not None]
    weighed = [row for row in fresh if row.probability is not None]
    page.met_or_gap("open_deals", there=bool(fresh))
    for row in fresh:
        if row.probability is None:
            page.gap("probability", deal=row.name)
    if not weighed:
        return
    account = page.account
    pairs = [
        (
            (row.amount or Decimal(0)) * (row.probability or Decimal(0)),
            row.currency or account.currency,
        )
        for row in weighed
    ]
    total = Exchange(page.records).total(pairs, account.currency)
    shown = {name: rounded(one, page.language) for name, one in total.subtotals.items()}
    formula = " + ".join(
        f"{row.name} {row.amount:f}×{row.probability:f}" for row in weighed if row.probability
    )
    said = "; ".join(f"{name} {one:f} ≈ {shown[name]:f}" for name, one in total.subtotals.items())
    source = ComputedSource(
        "expected_value (S1-12)",
        account.name,
        page.today,
        f"{len(weighed)} open deals: {formula} = {said}",
        tuple(page.records.source(row, ["name"]).where for row in weighed),
    )
    whole = in_all(replace(total, subtotals=shown), page.composer)
    sources: list[Source] = [source, *rate_sources(page.records, total.rates)]
    page.say("expected", sources, n=len(weighed), sums=whole)


def targets(page: Page) -> None:
    """Targets of the account in the period and its year."""
    year = page.reading.period.label[:4]
    rows = [
        row
        for row in page.records.all(Target, account_ids=[page.account.id])
        if row.period in (page.reading.period.label, year)
    ]
    page.met_or_gap("target", there=bool(rows), account=page.account.name, period=year)
    for row in rows:
        source = page.records.source(row, ["account_id", "period", "amount", "currency", "kind"])
        page.say(
            f"target_{row.kind or 'revenue'}",
            [source],
            period=row.period,
            amount=amount(row.amount, row.currency or page.account.currency, page.language),
        )
