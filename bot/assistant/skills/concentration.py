"""What happens to revenue if the largest accounts are lost (S1-20, S3-1)."""

from __future__ import annotations

from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed
from kam_knowledge.analysis.concentration import loss_of_largest, smallest_share_with
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.revenue import TwelveMonths, percent, twelve_months
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Rate


def concentration(context: SkillContext, request: Request) -> Reply:
    """The share of twelve months' revenue behind the top accounts, and the 80 % line."""
    composer, records = Composer("concentration", request.language), context.records
    accounts = accounts_in_scope(context, request)
    years = twelve_months(records, accounts)
    known = {key: year for key, year in years.items() if year.currency}
    today = context.clock.today
    if not known:
        composer.plain("nothing_on_record", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked", today=today)])
    exchange = Exchange(records)
    total = exchange.total([(year.revenue, year.currency) for year in known.values()])
    if total.amount is None or total.currency is None:
        composer.plain("no_rate", currencies=listed(total.subtotals, request.language))
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked", today=today)])
    in_one = {
        key: converted[0]
        for key, year in known.items()
        if (converted := exchange.convert(year.revenue, year.currency or "", total.currency))
    }
    n = int(request.slots.get("n") or 2)
    if request.account_ids:
        n = len(in_one)
    loss = loss_of_largest(in_one, min(n, len(in_one)))
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
        tuple(records.source(row, ["period"]).where for year in lost for row in year.rows),
    )
    composer.claim(
        "loss",
        [source],
        names=listed([year.account.name for year in lost], request.language),
        lost=amount(_whole(loss.lost), currency, request.language),
        total=amount(_whole(loss.total), currency, request.language),
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
    missing = [account.name for account in accounts if account.id not in known]
    if missing:
        composer.plain("missing", names=listed(missing, request.language))
    return composer.reply(accounts=[year.account.name for year in lost])


def _line(context: SkillContext, composer: Composer, year: TwelveMonths) -> None:
    composer.bullet(
        "one",
        [revenue_source(context.records, year)],
        name=year.account.name,
        amount=amount(year.revenue, year.currency, composer.language),
        last=year.last,
    )


def _rate(rate: Rate) -> str:
    return f"1 {rate.currency} = {rate.rate:f} {rate.to} ({rate.as_of})"


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1))


def _money(value: Decimal) -> str:
    return f"{_whole(value):f}"
