"""Figures over time: revenue, satisfaction, engagement, share of wallet (S1-17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.pictures import revenue_picture
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.skills.accounts_at_risk import accounts_at_risk
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount
from bot.render.drawings import Picture
from kam_knowledge.analysis.periods import period_of
from kam_knowledge.analysis.trend import Direction
from kam_knowledge.queries.revenue import TwelveMonths, percent, year_of_sales
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.touches import Touch
from kam_knowledge.queries.trends import (
    Booked,
    Contacts,
    Series,
    contacts_by_quarter,
    planned,
    revenue_between,
    revenue_by_quarter,
    satisfaction_series,
)
from kam_knowledge.store.models import Account

SHOWN = 8
VALUES = 5
WAYS = {
    Direction.RISING: "rising",
    Direction.FALLING: "falling",
    Direction.LEVEL: "level",
    Direction.UNKNOWN: "one_value",
}


def trends(context: SkillContext, request: Request) -> Reply:
    """The figure asked for, else revenue and satisfaction; several accounts by their growth."""
    composer = Composer("trends", request.language)
    accounts = accounts_in_scope(context, request)
    metric = request.slots.get("metric")
    names = [account.name for account in accounts]
    place = places(accounts, request.language, most=4)
    one = accounts[0] if len(accounts) == 1 else None
    if metric == "health":
        return accounts_at_risk(context, request)
    composer.heading("title", place=place)
    if metric in (None, "revenue"):
        _revenue(context, composer, accounts, request, one)
    if metric in (None, "satisfaction"):
        _satisfaction(context, composer, satisfaction_series(context.records, accounts))
    if metric == "engagement":
        _engagement(context, composer, accounts)
    if metric == "wallet":
        _wallet(context, composer, accounts)
    today = context.clock.today
    focus = {"account_ids": list(request.account_ids), "contact_ids": []}
    if not composer.citations:
        composer = Composer("trends", request.language)
        composer.plain(f"none_{metric or 'any'}", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=names[:1] if one else [], looked_at=[looked]
        )
    chart = one if metric in (None, "revenue") else None
    drawn = revenue_chart(context, chart, request.language) if chart else None
    return composer.reply(accounts=names, focus=focus, pictures=[drawn] if drawn else [])


def revenue_chart(context: SkillContext, account: Account, language: str) -> Picture | None:
    """The quarters as bars against plan and the year before; None for fewer than two."""
    quarters = revenue_by_quarter(context.records, account)
    if len(quarters) < 2 or len({one.currency for one in quarters}) > 1:
        return None
    start = context.company.fiscal_year_start
    plans = planned(context.records, account, [one.period for one in quarters], year_start=start)
    return revenue_picture(account, quarters, plans, context.clock.today, language)


def _revenue(
    context: SkillContext,
    composer: Composer,
    accounts: list[Account],
    request: Request,
    one: Account | None,
) -> None:
    records = context.records
    against = request.slots.get("compare")  # "last year" is then the year to compare with
    if request.since and request.since < context.clock.today and not against:
        until = min(request.until or context.clock.today, context.clock.today)
        spans = [(a, revenue_between(records, a, request.since, until)) for a in accounts]
        for account, booked in spans[:SHOWN]:
            if booked:
                _span(context, composer, account, booked)
        years = year_of_sales(records, accounts)
        if composer.citations or not years or not _all_before(years.values(), request.since):
            return
        # Of a year that has just begun nothing is booked yet: what is known last says more.
        composer.plain("none_span", since=request.since, until=until)
    else:
        years = year_of_sales(records, accounts)
    ranked = sorted(
        years.values(),
        key=lambda year: (year.growth is not None, year.growth or Decimal(0)),
        reverse=True,
    )
    if not ranked and one is None:
        return
    if ranked:
        composer.heading("head_revenue")
    for year in ranked[:SHOWN]:
        composer.bullet(
            "year" if year.rows else "year_stated",
            [revenue_source(records, year)],
            account=year.account.name,
            amount=amount(year.revenue, year.currency, composer.language),
            last=year.last,
            change=_change(composer, year.growth),
        )
    if len(ranked) > SHOWN:
        composer.plain("more", n=len(ranked) - SHOWN)
    if one:
        for booked in revenue_by_quarter(records, one):
            _quarter(context, composer, one, booked)


def _all_before(years: Iterable[TwelveMonths], since: date) -> bool:
    """Whether everything that is booked was booked before that day."""
    spans = (period_of(year.last) for year in years if year.rows)
    return all(span is not None and span.last < since for span in spans)


def _quarter(context: SkillContext, composer: Composer, account: Account, booked: Booked) -> None:
    composer.line(
        "  - "
        + composer.cited(
            composer.text(
                "quarter",
                period=booked.period.label,
                amount=amount(booked.figure.now, booked.currency, composer.language),
                change=_change(composer, booked.figure.change),
            ),
            [_computed(context, account, booked)],
        )
    )


def _span(context: SkillContext, composer: Composer, account: Account, booked: Booked) -> None:
    composer.bullet(
        "span",
        [_computed(context, account, booked)],
        account=account.name,
        since=booked.period.first,
        until=booked.period.last,
        amount=amount(booked.figure.now, booked.currency, composer.language),
        change=_change(composer, booked.figure.change),
    )


def _computed(context: SkillContext, account: Account, booked: Booked) -> ComputedSource:
    return ComputedSource(
        "revenue_by_quarter (S1-17)",
        account.name,
        context.clock.today,
        booked.formula,
        tuple(context.records.where(row) for row in (*booked.rows, *booked.before_rows)),
    )


def _change(composer: Composer, share: Decimal | None) -> str:
    return "" if share is None else composer.text("change", change=f"{percent(share):+f}")


def _satisfaction(context: SkillContext, composer: Composer, found: list[Series]) -> None:
    if not found:
        return
    order = {Direction.FALLING: 0, Direction.LEVEL: 1, Direction.RISING: 2, Direction.UNKNOWN: 3}
    composer.heading("head_satisfaction")
    for series in sorted(found, key=lambda one: (order[one.direction], one.account.name))[:SHOWN]:
        shown = series.rows[-VALUES:]
        values = [composer.text("value_on", value=f"{row.value:f}", date=row.date) for row in shown]
        composer.bullet(
            "survey",
            [context.records.source(row, ["date", "kind", "value"]) for row in series.rows],
            account=series.account.name,
            kind=series.kind.upper(),
            values=composer.text("arrow").join(values),
            direction=composer.text(WAYS[series.direction]),
        )


def _engagement(context: SkillContext, composer: Composer, accounts: list[Account]) -> None:
    """Days in touch are the account's, never a colleague's: nobody's activity is ranked."""
    start = context.company.fiscal_year_start
    for account in accounts[:SHOWN]:
        found = contacts_by_quarter(context.records, account, year_start=start)
        if found:
            _quarters(context, composer, account, found)


def _quarters(
    context: SkillContext, composer: Composer, account: Account, found: list[Contacts]
) -> None:
    parts = [
        composer.text(
            "running" if one.period.holds(context.clock.today) else "days_in",
            period=one.period.label,
            n=one.days,
        )
        for one in found
    ]
    if not composer.citations:
        composer.heading("head_engagement")
    source = ComputedSource(
        "contacts_by_quarter (S1-17)",
        account.name,
        context.clock.today,
        "; ".join(f"{one.period.label}: {one.days} days in two-way touch" for one in found),
        tuple(dict.fromkeys(_where(context, touch) for one in found for touch in one.touches)),
    )
    composer.bullet(
        "engagement", [source], account=account.name, parts=composer.text("semicolon").join(parts)
    )


def _where(context: SkillContext, touch: Touch) -> str:
    if touch.note:
        return touch.note.where
    assert touch.activity is not None, "a touch is told by a note or by a record"
    return context.records.where(touch.activity)


def _wallet(context: SkillContext, composer: Composer, accounts: list[Account]) -> None:
    records = context.records
    for account in accounts[:SHOWN]:
        if account.share_of_wallet is None:
            continue
        told = records.provenance(account, ["share_of_wallet"]).get("share_of_wallet")
        composer.bullet(
            "wallet",
            [records.source(account, ["name", "share_of_wallet"])],
            account=account.name,
            share=f"{percent(account.share_of_wallet):f}",
            date=told.as_of if told else account.as_of,
        )
