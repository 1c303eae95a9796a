"""Margin and cost of an account: for its team alone (S0-4, S1-2)."""

from __future__ import annotations

from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.revenue import percent, twelve_months
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.touches import notes_mentioning
from kam_knowledge.store.models import Account, Investment

FLOOR = (
    "price floor", "floor price", "price limit", "lowest price", "walk-away", "walk away price",
    "底价", "价格底线", "最低价", "让价",
)  # fmt: skip
"""How notes speak of a price limit."""


def margin(context: SkillContext, request: Request) -> Reply:
    """Revenue less cost over twelve months, as a share; what we invest beside.

    Whoever is outside the team is refused in words that do not say whether a figure exists.
    """
    composer, records = Composer("margin", request.language), context.records
    account = records.accounts[request.account_ids[0]]
    focus = {"account_ids": [account.id]}
    if not context.rights.sees_inner(account.id):
        composer.plain("denied_inner", account=account.name)
        return composer.reply(Outcome.DENIED, accounts=[account.name], focus=focus)
    metric = request.slots.get("metric")
    said = metric != "investment" and _margin(context, composer, account)
    if metric == "floor":
        _floor(context, composer, account)
    if metric == "clv":
        composer.plain("no_lifetime_value", account=account.name)
    for row in records.all(Investment, account_ids=[account.id]):
        if row.cost is None or metric in ("floor", "margin"):
            continue
        composer.bullet(
            "investment",
            [records.source(row, ["kind", "cost", "currency", "period"])],
            kind=row.kind,
            amount=amount(row.cost, row.currency or account.currency, request.language),
            period=word("clause", request.language) + row.period if row.period else "",
        )
    if not said and not composer.citations:
        today = context.clock.today
        composer.plain("none", account=account.name, today=today)
        looked = composer.text("looked", account=account.name, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=[looked], focus=focus
        )
    return composer.reply(accounts=[account.name], focus=focus)


def _floor(context: SkillContext, composer: Composer, account: Account) -> None:
    """What the team's notes say of how low a price may go; no record holds it."""
    found = notes_mentioning(context.records, account.id, FLOOR, limit=2)
    for note in found:
        quote = excerpt(note.text, FLOOR)
        key = "quoted" if note.date else "quoted_undated"
        composer.bullet(
            key, [note_source(note, quote)], date=note.date, title=note.title, quote=quote
        )
    if not found:
        composer.plain("no_floor", account=account.name, today=context.clock.today)


def _margin(context: SkillContext, composer: Composer, account: Account) -> bool:
    records = context.records
    year = twelve_months(records, [account]).get(account.id)
    currency, revenue, cost = account.currency, account.annual_revenue, account.cost
    period, inputs = composer.text("on_record"), [records.source(account, ["cost"]).where]
    if year and year.revenue and all(row.cost is not None for row in year.rows):
        revenue, currency = year.revenue, year.currency
        cost = sum((row.cost or Decimal(0) for row in year.rows), Decimal(0))
        period = composer.text("to", last=year.last)
        inputs = [records.source(row, ["period"]).where for row in year.rows]
    if not revenue or cost is None:
        return False
    share = percent((revenue - cost) / revenue)
    formula = f"({revenue:f} - {cost:f}) / {revenue:f} = {share} %"
    if year and year.revenue == revenue:
        formula = f"12 months to {year.last}: {formula}"
    source = ComputedSource(
        "margin (S1-2)", account.name, context.clock.today, formula, tuple(inputs), inner=True
    )
    composer.claim(
        "margin",
        [source],
        account=account.name,
        share=share,
        revenue=amount(revenue, currency, composer.language),
        cost=amount(cost, currency, composer.language),
        period=period,
    )
    return True
