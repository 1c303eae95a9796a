"""Potential that nobody works: open or a rival's cells without an open deal of ours (S4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.assistant.compose import Composer, Fact
from bot.assistant.context import SkillContext
from bot.assistant.pictures import whitespace_picture
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.sums import in_all, rate_sources
from bot.assistant.topic import spoken_of, strangers
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, in_brackets, listed
from bot.render.drawings import Picture
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.whitespace import UNSOLD, Cell, grid, unworked
from kam_knowledge.store.models import Account

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
    target = exchange.widest([cell.currency for cell in found], context.company.currency)

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
    told = []
    for cell in found[:shown]:
        sources: list[Source] = [
            records.source(
                cell.row,
                ["account_id", "unit", "product", "state", "competitor", "potential", "currency"],
            )
        ]
        worth = ""
        if cell.row.potential is not None:
            worth = amount(cell.row.potential, cell.currency, request.language)
            if cell.currency and not cell.row.currency:
                sources.append(records.source(cell.account, ["name", "currency"]))
        rival = ""
        if cell.row.state == "competitor":
            rival = cell.row.competitor or composer.text("a_rival")
        where = composer.text("where", account=cell.account.name, unit=cell.row.unit)
        text = composer.text(
            "cell_rival" if rival else "cell",
            where=where,
            product=cell.row.product,
            worth=composer.text("worth", amount=worth) if worth else "",
            rival=rival,
        )
        told.append(Fact(text, (where, cell.row.product, rival, worth), sources))
    composer.facts(("col_where", "col_product", "col_rival", "col_worth"), told)
    if len(found) > shown:
        composer.plain("more", n=len(found) - shown)
    if len(found) > 1:
        _total(context, composer, found)
    _worked(context, composer, worked)
    return composer.reply(
        accounts=[cell.account.name for cell in found[:shown]],
        focus={"account_ids": [found[0].account.id]},
        pictures=_grid(accounts, cells, today, request),
    )


def _grid(
    accounts: Sequence[Account], cells: Sequence[Cell], today: date, request: Request
) -> list[Picture]:
    """The whole grid of the one account that is spoken of."""
    if len(accounts) != 1:
        return []
    drawn = whitespace_picture(accounts[0], cells, today, request.language)
    return [drawn] if drawn else []


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
        tuple(records.where(cell.row) for cell in cells if cell.row.potential),
    )
    composer.claim(
        "total",
        [source, *rate_sources(records, total.rates)],
        n=len(cells),
        sums=in_all(total, composer),
    )
