"""Forecast, pipeline, gap to target, deals past their date (P-3)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.forecast_lines import ForecastLines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.understanding.request import Request
from kam_knowledge.analysis.periods import Period, fiscal_quarter, quarters
from kam_knowledge.queries.forecast import Deals, moved_back, progress
from kam_knowledge.queries.money import Exchange
from kam_knowledge.store.models import Account, Opportunity, Target

AHEAD = 2
"""Quarters after the one asked about that get a line each."""
SHOWN = 8
PAST = 4


def forecast(context: SkillContext, request: Request) -> Reply:
    """The period asked about, else this fiscal quarter and the next ones; or what `ask` wants."""
    records = context.records
    composer = Composer("forecast", request.language)
    accounts = _accounts(context, request)
    deals = Deals(records, accounts)
    period = _period(context, request)
    targets = _targets(context, request)
    reached = progress(records, deals, period, targets, context.company.fiscal_year_start)
    lines = ForecastLines(context, composer, deals)
    ask = request.slots.get("ask")
    if ask == "slipped":
        _slipped(context, lines, deals)
    elif ask == "pipeline" and not request.since:
        lines.deals("head_deals", _largest_first(context, deals), SHOWN)
        lines.deals("head_past", deals.past, PAST)
    else:
        now = deals.in_period(period)
        if deals.open or now.won or reached:
            composer.heading("title", period=period.label, since=period.first, until=period.last)
            lines.period(now)
            lines.targets(reached, several=len({one.target.owner_id for one in reached}) > 1)
            if ask != "gap":
                if request.since:
                    lines.deals("head_deals", list(now.deals), SHOWN)
                else:
                    lines.later([deals.in_period(one) for one in _next(context, period)])
                lines.deals("head_past", deals.past, PAST)
                lines.deals("head_undated", deals.undated, PAST)
    names = [account.name for account in accounts]
    focus = {"account_ids": list(request.account_ids), "contact_ids": []}
    if not composer.citations:
        place = places(accounts, request.language, most=4)
        empty = Composer("forecast", request.language)
        today = context.clock.today
        empty.plain("none_slipped" if ask == "slipped" else "none", place=place, today=today)
        looked = empty.text("looked", place=place, today=today)
        shown = names if request.account_ids else []
        return empty.reply(Outcome.UNKNOWN, accounts=shown, looked_at=[looked], focus=focus)
    return composer.reply(accounts=names, focus=focus)


def _accounts(context: SkillContext, request: Request) -> list[Account]:
    """Those in scope, a named colleague's own; a cover's accounts are not one's own forecast."""
    chosen = accounts_held_by_named(context, request)
    if request.account_ids or request.person_ids:
        return chosen
    person = context.rights.viewer.person_id
    owned = [account for account in chosen if account.owner_id == person]
    return owned or chosen


def _period(context: SkillContext, request: Request) -> Period:
    start = context.company.fiscal_year_start
    today = context.clock.today
    if request.since and request.until and request.until >= today:
        exact = fiscal_quarter(request.since, start)
        if (exact.first, exact.last) == (request.since, request.until):
            return exact
        label = f"{request.since} – {request.until}"
        return Period(label, request.since, request.until)
    return fiscal_quarter(today, start)


def _next(context: SkillContext, period: Period) -> list[Period]:
    start = context.company.fiscal_year_start
    first = period.last + timedelta(days=1)
    return list(quarters(first, first + timedelta(days=92 * AHEAD), start))[:AHEAD]


def _targets(context: SkillContext, request: Request) -> list[Target]:
    """The account's or the colleague's targets where one is named, else the asker's own, else
    those below."""
    rows = context.records.all(Target)
    if request.account_ids:
        return [row for row in rows if row.account_id in request.account_ids]
    person = context.rights.viewer.person_id
    people = [row for row in rows if row.account_id is None]
    if request.person_ids:
        return [row for row in people if row.owner_id in request.person_ids]
    return [row for row in people if row.owner_id == person] or people


def _largest_first(context: SkillContext, deals: Deals) -> list[Opportunity]:
    """By worth in one currency where rates allow it; those past their date stand apart."""
    exchange = Exchange(context.records)
    target = context.company.currency or next(
        (name for row in deals.open if (name := deals.currency(row))), ""
    )

    def size(row: Opportunity) -> Decimal:
        worth = row.amount or Decimal(0)
        converted = exchange.convert(worth, deals.currency(row) or target, target)
        return converted[0] if converted else worth

    past = {row.id for row in deals.past}
    return sorted((row for row in deals.open if row.id not in past), key=size, reverse=True)


def _slipped(context: SkillContext, lines: ForecastLines, deals: Deals) -> None:
    lines.deals("head_past", deals.past, SHOWN)
    year_ago = context.clock.today - timedelta(days=365)
    lines.moved(moved_back(context.records, deals.open, year_ago))
