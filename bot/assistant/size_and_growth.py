"""Accounts by size and by growth side by side: large is not the same as growing (S0-1)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.assistant.compose import Composer, Fact
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import places
from bot.assistant.sums import rate_said, rate_sources
from bot.assistant.wording import amount, in_brackets, listed, rounded, word
from kam_knowledge.analysis.scoring import SizeAndGrowth
from kam_knowledge.analysis.scoring import size_and_growth as side_by_side
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.revenue import TwelveMonths, percent, twelve_months
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Account, Rate

SHOWN = 12


def size_and_growth(context: SkillContext, language: str, accounts: Sequence[Account]) -> Reply:
    """Twelve months' revenue and its growth, with both places; which key accounts are key by size
    alone, and which others grow."""
    words, records, today = Composer("ranking", language), context.records, context.clock.today
    years = {
        key: year
        for key, year in twelve_months(records, accounts).items()
        if year.growth is not None and year.currency
    }
    exchange = Exchange(records)
    target = exchange.widest((year.currency for year in years.values()), context.company.currency)
    size: dict[int, Decimal] = {}
    rates: dict[int, Rate] = {}
    for key, year in years.items():
        found = exchange.convert(year.revenue, year.currency or "", target or "")
        if found:
            size[key] = found[0]
            rates |= {rate.id: rate for rate in found[1]}
    growth = {key: year.growth for key, year in years.items() if year.growth is not None}
    order = side_by_side(size, growth)
    if not order:
        place = places(accounts, language, most=6)
        words.plain("size_none", place=place, today=today)
        looked = words.text("size_looked", place=place, today=today)
        return words.reply(Outcome.UNKNOWN, looked_at=[looked])
    words.heading("size_title")
    told = [_fact(context, words, years[one.key], one) for one in order[:SHOWN]]
    words.facts(("col_account", "col_class", "col_size", "col_growth"), told)
    words.more(len(order) - SHOWN)
    keys = [one for one in order if years[one.key].account.account_class == "key"]
    others = [one for one in order if one not in keys]
    _told(context, words, "size_alone", [one for one in keys if one.large_without_growth], years)
    _told(context, words, "growth_ahead", [one for one in others if one.growing], years)
    if rates:
        used = listed(map(rate_said, rates.values()), language)
        words.claim("size_rates", rate_sources(records, rates.values()), rates=used)
    missing = [account.name for account in accounts if account.id not in size]
    if missing:
        words.plain("size_unknown", names=listed(missing, language))
    return words.reply(
        accounts=[years[one.key].account.name for one in order[:SHOWN]],
        focus={"account_ids": [order[0].key]},
    )


def _fact(
    context: SkillContext, words: Composer, year: TwelveMonths, one: SizeAndGrowth[int]
) -> Fact:
    language, account = words.language, year.account
    kind = word(f"class_{account.account_class}", language) if account.account_class else ""
    worth = amount(rounded(year.revenue, language), year.currency, language)
    change = f"{percent(year.growth or Decimal(0)):+f}"
    text = words.text(
        "size_line",
        name=account.name,
        kind=in_brackets(kind, language),
        size=one.by_size,
        amount=worth,
        growth=one.by_growth,
        change=change,
    )
    cells = (
        account.name,
        kind,
        words.text("size_cell", rank=one.by_size, what=worth),
        words.text("size_cell", rank=one.by_growth, what=f"{change} %"),
    )
    sources = [
        _places(context, year, one),
        revenue_source(context.records, year),
        context.records.source(account, ["name", "account_class"]),
    ]
    return Fact(text, cells, sources)


def _told(
    context: SkillContext,
    words: Composer,
    key: str,
    found: Sequence[SizeAndGrowth[int]],
    years: dict[int, TwelveMonths],
) -> None:
    if found:
        sources: list[Source] = [_places(context, years[one.key], one) for one in found]
        names = listed([years[one.key].account.name for one in found], words.language)
        words.claim(key, sources, names=names)


def _places(context: SkillContext, year: TwelveMonths, one: SizeAndGrowth[int]) -> ComputedSource:
    return ComputedSource(
        "size_and_growth (S0-1)",
        year.account.name,
        context.clock.today,
        f"{year.formula}; by size {one.by_size} of {one.of}; by growth {one.by_growth} of {one.of}",
        tuple(context.records.where(row) for row in (*year.rows, *year.before_rows)),
    )
