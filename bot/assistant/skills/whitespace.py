"""Potential that nobody works: open or a rival's cells without an open deal of ours (S4)."""

from __future__ import annotations

from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.whitespace import Cell, unworked

SHOWN = 6


def whitespace(context: SkillContext, request: Request) -> Reply:
    """Unworked cells by potential, largest first; of different currencies, at dated rates."""
    composer, records = Composer("whitespace", request.language), context.records
    accounts = accounts_in_scope(context, request)
    found = unworked(records, accounts)
    if request.products:
        named = {name.casefold() for name in request.products}
        found = [cell for cell in found if cell.row.product.casefold() in named] or found
    if least := request.slots.get("min_amount"):
        found = [cell for cell in found if (cell.row.potential or 0) >= Decimal(least)]
    shown = int(request.slots.get("n") or SHOWN)
    place = places(accounts, request.language, most=6)
    today = context.clock.today
    if not found:
        composer.plain("none", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    exchange = Exchange(records)
    currencies = {cell.currency for cell in found if cell.row.potential is not None}
    target = next(iter(sorted(c for c in currencies if c)), None)

    def size(cell: Cell) -> tuple[bool, Decimal]:
        if cell.row.potential is None:
            return (False, Decimal(0))
        converted = (
            exchange.convert(cell.row.potential, cell.currency, target)
            if cell.currency and target
            else None
        )
        return (converted is not None, converted[0] if converted else cell.row.potential)

    found.sort(key=size, reverse=True)
    for cell in found[:shown]:
        sources: list[Source] = [
            records.source(
                cell.row,
                ["account_id", "unit", "product", "state", "competitor", "potential", "currency"],
            )
        ]
        worth = ""
        if cell.row.potential is not None:
            worth = composer.text(
                "worth", amount=amount(cell.row.potential, cell.currency, request.language)
            )
            if cell.currency and not cell.row.currency:
                sources.append(records.source(cell.account, ["name", "currency"]))
        composer.bullet(
            "cell_rival" if cell.row.state == "competitor" else "cell",
            sources,
            account=cell.account.name,
            unit=cell.row.unit,
            product=cell.row.product,
            worth=worth,
            rival=cell.row.competitor or composer.text("a_rival"),
        )
    if len(currencies) > 1 and target:
        rates = {
            rate.id: rate
            for name in currencies
            if name and (step := exchange.convert(Decimal(1), name, target))
            for rate in step[1]
        }
        composer.claim(
            "ranked_at",
            [
                ComputedSource(
                    "unworked (S4-1)",
                    composer.text("title"),
                    today,
                    "; ".join(
                        f"1 {rate.currency} = {rate.rate:f} {rate.to} ({rate.as_of})"
                        for rate in rates.values()
                    )
                    or "no rate on record",
                )
            ],
            rates=listed(
                [f"1 {r.currency} = {r.rate:f} {r.to} ({r.as_of})" for r in rates.values()],
                request.language,
            ),
        )
    return composer.reply(
        accounts=[cell.account.name for cell in found[:shown]],
        focus={"account_ids": [found[0].account.id]},
    )
