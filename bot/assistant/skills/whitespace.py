"""Potential that nobody works: open or a rival's cells without an open deal of ours (S4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.sums import in_all, rate_sources
from bot.assistant.topic import spoken_of, strangers
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, in_brackets, listed
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.whitespace import UNSOLD, Cell, grid, unworked

SHOWN = 6


def whitespace(context: SkillContext, request: Request) -> Reply:
    """Unworked cells by potential, largest first; of different currencies, at dated rates."""
    composer, records = Composer("whitespace", request.language), context.records
    accounts = accounts_held_by_named(context, request)
    today = context.clock.today
    cells = grid(records, accounts)
    found = unworked(cells)
    if strange := strangers(request, records, cells, _labels):
        return _nothing(composer, today, listed(strange, request.language))
    named = spoken_of(request, records, cells, _labels)
    if named:
        keys = {cell.row.id for cell in named}
        found = [cell for cell in found if cell.row.id in keys]
    if rivals := [fold(name) for name in request.competitors]:
        found = [
            cell for cell in found if any(one in fold(cell.row.competitor or "") for one in rivals)
        ]
    elif request.slots.get("held"):
        found = [cell for cell in found if cell.row.state == "competitor"]
    if least := request.slots.get("min_amount"):
        found = [cell for cell in found if (cell.row.potential or 0) >= Decimal(least)]
    shown = int(request.slots.get("n") or SHOWN)
    worked = _worked_on(request, cells, named)
    if not found:
        _worked(context, composer, worked)
        if composer.citations:
            return composer.reply(accounts=[account.name for account in accounts])
        return _nothing(composer, today, places(accounts, request.language, most=6))
    exchange = Exchange(records)
    target = _widest(exchange, [cell.currency for cell in found], context.company.currency)

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
    if len(found) > shown:
        composer.plain("more", n=len(found) - shown)
    if len(found) > 1:
        _total(context, composer, found)
    _worked(context, composer, worked)
    return composer.reply(
        accounts=[cell.account.name for cell in found[:shown]],
        focus={"account_ids": [found[0].account.id]},
    )


def _worked_on(request: Request, cells: list[Cell], named: list[Cell]) -> list[Cell]:
    """Cells that a deal of ours works already: those that were named, else those of the accounts
    named, which are as little sold as the unworked ones. Nobody asks for them across a book."""
    narrowed = request.competitors or request.slots.get("held") or request.slots.get("min_amount")
    if not named and (narrowed or not request.account_ids):
        return []
    return [cell for cell in named or cells if cell.deals and cell.row.state in UNSOLD]


def _labels(cell: Cell) -> tuple[str | None, ...]:
    return (cell.row.unit, cell.row.product)


def _nothing(composer: Composer, today: date, place: str) -> Reply:
    composer.plain("none", place=place, today=today)
    looked = composer.text("looked", place=place, today=today)
    return composer.reply(Outcome.UNKNOWN, looked_at=[looked])


def _widest(exchange: Exchange, currencies: Iterable[str | None], own: str | None) -> str | None:
    """The currency into which most of the others can be converted, the company's before others."""
    known = {name for name in currencies if name}

    def reach(to: str) -> tuple[int, bool]:
        return sum(exchange.convert(Decimal(1), name, to) is not None for name in known), to == own

    return max(sorted(known | {own} if own else known), key=reach, default=None)


def _worked(context: SkillContext, composer: Composer, cells: list[Cell]) -> None:
    """What was asked about is worked already: by which deal."""
    for cell in cells[:SHOWN]:
        records, deal = context.records, cell.deals[0]
        currency = deal.currency or cell.account.currency
        worth = amount(deal.amount, currency, composer.language) if deal.amount else None
        composer.bullet(
            "worked",
            [
                records.source(cell.row, ["account_id", "unit", "product", "state"]),
                records.source(deal, ["name", "amount", "currency", "stage", "outcome"]),
            ],
            account=cell.account.name,
            unit=cell.row.unit,
            product=cell.row.product,
            deal=deal.name,
            worth=in_brackets(worth, composer.language),
        )


def _total(context: SkillContext, composer: Composer, cells: list[Cell]) -> None:
    """What all of it comes to, at dated rates where there are several currencies."""
    records = context.records
    worth = [(value, cell.currency) for cell in cells if (value := cell.row.potential)]
    if not worth:
        return
    total = Exchange(records).total(worth, context.company.currency)
    source = ComputedSource(
        "unworked (S4-1)",
        composer.text("title"),
        context.clock.today,
        f"{len(cells)} cells, {len(worth)} with a potential: {total.formula}",
        tuple(
            records.source(cell.row, ["potential"]).where for cell in cells if cell.row.potential
        ),
    )
    composer.claim(
        "total",
        [source, *rate_sources(records, total.rates)],
        n=len(cells),
        sums=in_all(total, composer),
    )
