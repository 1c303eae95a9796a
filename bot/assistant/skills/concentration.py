"""What happens to revenue if the largest accounts are lost (S1-20, S3-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed, rounded
from kam_knowledge.analysis.concentration import loss_of, loss_of_largest, smallest_share_with
from kam_knowledge.queries.money import Exchange, Total
from kam_knowledge.queries.revenue import TwelveMonths, percent, year_of_sales
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Rate


def concentration(context: SkillContext, request: Request) -> Reply:
    """The share of twelve months' revenue behind the top accounts, and the 80 % line."""
    composer, records = Composer("concentration", request.language), context.records
    named = set(request.account_ids)
    # What an account is worth to us is a share of the whole, never of itself.
    accounts = accounts_in_scope(context, replace(request, account_ids=()) if named else request)
    if named - {account.id for account in accounts}:
        accounts = list(records.accounts.values())
    years = year_of_sales(records, accounts)
    known = {key: year for key, year in years.items() if year.currency}
    today = context.clock.today
    if not known:
        composer.plain("nothing_on_record", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked", today=today)])
    exchange = Exchange(records)
    total = _together(context, known.values())
    if total.amount is None or total.currency is None or _may_hide_the_largest(known, total):
        return _apart(context, composer, list(known.values()), int(request.slots.get("n") or 2))
    in_one = {
        key: converted[0]
        for key, year in known.items()
        if (converted := exchange.convert(year.revenue, year.currency or "", total.currency))
    }
    if named and not named & set(in_one):
        chosen = [records.accounts[key].name for key in request.account_ids]
        names = listed(chosen, request.language)
        composer.plain("no_year", names=names, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked", today=today)])
    if named:
        loss = loss_of(in_one, [key for key in request.account_ids if key in in_one])
    else:
        loss = loss_of_largest(in_one, min(int(request.slots.get("n") or 2), len(in_one)))
    lost = [known[int(str(key))] for key in loss.keys]
    share = percent(loss.share)
    currency = total.currency
    parts = " + ".join(f"{year.account.name} {_money(in_one[year.account.id])}" for year in lost)
    formula = (
        f"12 months: ({parts}) / {_money(loss.total)} {currency} = {_money(loss.lost)} / "
        f"{_money(loss.total)} = {share} %"
    )
    if total.rates:
        formula += "; " + "; ".join(
            f"1 {rate.currency} = {rate.rate:f} {rate.to} ({rate.as_of})" for rate in total.rates
        )
    source = ComputedSource(
        "loss_of_largest (S1-20)",
        composer.text("computed_title"),
        today,
        formula,
        tuple(where for year in lost for where in _inputs(context, year)),
    )
    composer.claim(
        "loss",
        [source],
        names=listed([year.account.name for year in lost], request.language),
        lost=amount(rounded(loss.lost, request.language), currency, request.language),
        total=amount(rounded(loss.total, request.language), currency, request.language),
        share=share,
    )
    for year in lost:
        _line(context, composer, year)
    if total.rates:
        composer.claim(
            "at_rates",
            [records.source(rate, ["currency", "to", "rate", "as_of"]) for rate in total.rates],
            rates=listed([_rate(rate) for rate in total.rates], request.language),
        )
    top = smallest_share_with(in_one, Decimal("0.8"))
    composer.claim(
        "eighty",
        [
            ComputedSource(
                "smallest_share_with (S3-1)",
                composer.text("computed_title"),
                today,
                f"{top} of {len(in_one)} accounts reach 80 % of {_money(loss.total)} {currency}",
            )
        ],
        n=top,
        of=len(in_one),
    )
    for key, year in known.items():
        if key not in in_one and year.revenue:
            composer.bullet(
                "unrated",
                [revenue_source(records, year)],
                name=year.account.name,
                amount=amount(year.revenue, year.currency, request.language),
                currency=total.currency,
            )
    missing = [account.name for account in accounts if account.id not in known]
    if missing:
        composer.plain("missing", names=listed(missing, request.language))
    return composer.reply(accounts=[year.account.name for year in lost])


def _may_hide_the_largest(known: Mapping[int, TwelveMonths], total: Total) -> bool:
    """Whether only one currency was added while there is revenue in others, with no rate at all:
    which accounts are the largest cannot be told then."""
    others = any(year.revenue and year.currency != total.currency for year in known.values())
    return others and not total.rates


def _together(context: SkillContext, years: Iterable[TwelveMonths]) -> Total:
    """The revenue in one currency: the company's, else the one that joins the most accounts.

    What no dated rate joins is left out; where nothing is joined there is no sum.
    """
    exchange = Exchange(context.records)
    chosen = list(years)

    def joined(to: str) -> list[tuple[Decimal, str | None]]:
        return [
            (year.revenue, year.currency)
            for year in chosen
            if exchange.convert(year.revenue, year.currency or "", to)
        ]

    own = context.company.currency
    held = Counter(year.currency or "" for year in chosen)
    currencies = sorted(held, key=lambda one: (-held[one], one))
    if own is None or len(joined(own)) < min(2, len(chosen)):
        own = max(currencies, key=lambda to: len(joined(to)))
    if len(joined(own)) < 2 and len(currencies) > 1:
        return Total({name: Decimal(0) for name in currencies})
    return exchange.total(joined(own), own)


def _line(context: SkillContext, composer: Composer, year: TwelveMonths) -> None:
    composer.bullet(
        "one" if year.rows else "one_stated",
        [revenue_source(context.records, year)],
        name=year.account.name,
        amount=amount(year.revenue, year.currency, composer.language),
        last=year.last,
    )


def _inputs(context: SkillContext, year: TwelveMonths) -> list[str]:
    rows = year.rows or (year.account,)
    return [context.records.where(row) for row in rows]


def _apart(
    context: SkillContext, composer: Composer, years: list[TwelveMonths], most: int
) -> Reply:
    """Where no dated rate joins the currencies, each stands for itself: nothing is added up."""
    by_currency: dict[str, list[TwelveMonths]] = {}
    for year in sorted(years, key=lambda one: -one.revenue):
        by_currency.setdefault(year.currency or "?", []).append(year)
    composer.plain("no_rate", currencies=listed(by_currency, composer.language))
    shown = []
    for currency, group in sorted(by_currency.items()):
        total = sum((year.revenue for year in group), Decimal(0))
        for year in group[:most]:
            if not total or not year.revenue:
                continue
            share = percent(year.revenue / total)
            formula = f"{_money(year.revenue)} / {_money(total)} {currency} = {share} %"
            inputs = tuple(where for one in group for where in _inputs(context, one))
            composer.bullet(
                "share_of_currency",
                [
                    revenue_source(context.records, year),
                    ComputedSource(
                        "loss_of (S1-20)",
                        composer.text("computed_title"),
                        context.clock.today,
                        formula,
                        inputs,
                    ),
                ],
                name=year.account.name,
                amount=amount(
                    rounded(year.revenue, composer.language), currency, composer.language
                ),
                currency=currency,
                share=share,
            )
            shown.append(year.account.name)
    if not shown:
        looked = composer.text("looked", today=context.clock.today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    return composer.reply(accounts=shown)


def _rate(rate: Rate) -> str:
    return f"1 {rate.currency} = {rate.rate:f} {rate.to} ({rate.as_of})"


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1))


def _money(value: Decimal) -> str:
    return f"{_whole(value):f}"
