"""Which companies belong together, and what the group comes to, a subtotal a currency."""

from __future__ import annotations

from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.sums import by_currency, in_all, rate_sources
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, in_brackets, word
from kam_knowledge.queries.groups import Entity, Group, group_of
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Account, Opportunity, Rate, Receivable


def group_entities(context: SkillContext, request: Request) -> Reply:
    """The group around the account: head, daughters, figures, totals.

    A company that these readers may not see is not named and not counted.
    """
    composer, records = Composer("group_entities", request.language), context.records
    account = records.accounts[request.account_ids[0]]
    group = group_of(records, account, context.company.currency)
    today = context.clock.today
    ids = [entity.account.id for entity in group.entities]
    if len(ids) < 2:
        composer.plain("alone", account=account.name, today=today)
        looked = composer.text("looked", today=today)
        return composer.reply(
            Outcome.UNKNOWN,
            accounts=[account.name],
            looked_at=[looked],
            focus={"account_ids": [account.id]},
        )
    composer.heading("title", group=group.entities[0].account.name)
    for entity in group.entities:
        _entity(context, composer, entity)
    _totals(context, composer, group)
    return composer.reply(
        accounts=[entity.account.name for entity in group.entities],
        focus={"account_ids": [account.id], "contact_ids": []},
    )


def _entity(context: SkillContext, composer: Composer, entity: Entity) -> None:
    records, language, account = context.records, composer.language, entity.account
    sources: list[Source] = [
        records.source(account, ["name", "kind", "parent_id", "account_class"]),
    ]
    figures = []
    if entity.year:
        worth = amount(entity.year.revenue, entity.year.currency, language)
        key = "revenue" if entity.year.rows else "annual"
        figures.append(composer.text(key, amount=worth, last=entity.year.last))
        sources.append(revenue_source(records, entity.year))
    else:
        figures.append(composer.text("no_revenue"))
    for key, rows in (("pipeline", entity.deals), ("overdue", entity.overdue)):
        sums = _by_currency(account, rows)
        if sums:
            figures.append(composer.text(key, amount=by_currency(sums, composer)))
            sources.append(_summed(context, account, key, rows, sums))
    kind = word(f"class_{account.account_class}", language) if account.account_class else None
    text = composer.text(
        "entity",
        name=account.name,
        kind=composer.text("belongs", parent=records.accounts[account.parent_id].name)
        if entity.depth and account.parent_id
        else "",
        figures=word("semicolon", language).join(figures),
        **{"class": in_brackets(kind, language)},
    )
    composer.line("  " * entity.depth + "- " + composer.cited(text, sources))


def _by_currency(
    account: Account, rows: tuple[Opportunity, ...] | tuple[Receivable, ...]
) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.amount is not None:
            currency = row.currency or account.currency or "?"
            sums[currency] = sums.get(currency, Decimal(0)) + row.amount
    return sums


def _summed(
    context: SkillContext,
    account: Account,
    key: str,
    rows: tuple[Opportunity, ...] | tuple[Receivable, ...],
    sums: dict[str, Decimal],
) -> ComputedSource:
    name = "name" if key == "pipeline" else "invoice"
    parts = " + ".join(f"{getattr(row, name)} {row.amount or 0:f}" for row in rows)
    total = ", ".join(f"{value:f} {currency}" for currency, value in sums.items())
    where = tuple(context.records.where(row) for row in rows)
    function = "open_deals (P-3)" if key == "pipeline" else "overdue_invoices (P-1)"
    return ComputedSource(function, account.name, context.clock.today, f"{parts} = {total}", where)


def _totals(context: SkillContext, composer: Composer, group: Group) -> None:
    parts: list[str] = []
    formulas: list[str] = []
    rates: list[Rate] = []
    for key, total in (
        ("total_revenue", group.revenue),
        ("total_pipeline", group.pipeline),
        ("total_overdue", group.overdue),
    ):
        if total is None:
            continue
        parts.append(composer.text(key, sums=in_all(total, composer)))
        formulas.append(f"{key.removeprefix('total_')}: {total.formula}")
        rates += total.rates
    if not parts:
        return
    where = tuple(context.records.where(entity.account) for entity in group.entities)
    source = ComputedSource(
        "group_of (S0-2)",
        composer.text("total_title"),
        context.clock.today,
        "; ".join(formulas),
        where,
    )
    composer.blank()
    sums = word("semicolon", composer.language).join(parts)
    composer.claim("total", [source, *rate_sources(context.records, rates)], sums=sums)
