"""Our own side in a plan: the seats, the sponsor, reviews, hours and money spent (S1-16, S0-4)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from bot.assistant.plans.page import Page
from bot.assistant.sums import in_all, rate_sources
from bot.assistant.wording import amount, word
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.revenue import percent, year_of_sales
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, team_seats
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Investment, TimeEntry

WEEKS = 13
"""A quarter of weeks: how far back hours are counted."""


def seats(page: Page) -> None:
    """Who of ours holds which seat; the triangle's and the sponsor's empty ones are gaps."""
    team = team_seats(page.records, [page.account])[0]
    titled = () if page.reading.customer else ("title",)  # a title of ours may tell their class
    if team.held:
        page.heads("seat", "name", *titled)
    rows = {(row.seat, row.person_id): row for row in team.rows}
    for seat, people in team.held.items():
        for person in people:
            row = rows.get((seat, person.id))
            source: Source = (
                page.records.source(row, ["person_id", "seat"])
                if row
                else page.records.source(page.account, ["name", "owner_id"])
            )
            who = page.records.source(person, ["email", "name", "title", "left_on"])
            cells = [word(f"seat_{seat}", page.language), person.name]
            page.row([*cells, person.title] if titled else cells, [source, who])
    for seat in (*TRIANGLE, SPONSOR):
        page.met_or_gap(
            f"seat_{'sponsor' if seat == SPONSOR else 'triangle'}",
            there=bool(team.held.get(seat)),
            seat=word(f"seat_{seat}", page.language),
        )
    if page.reading.customer:
        return
    for seat, people in team.gone.items():
        for person in people:
            row = rows.get((seat, person.id))
            if row is None:
                continue
            sources = [page.records.source(row, ["person_id", "seat"]), page.person_source(person)]
            seat_name = word(f"seat_{seat}", page.language)
            page.say("seat_gone", sources, name=person.name, seat=seat_name, date=person.left_on)


def cadence(page: Page) -> None:
    """How often we review the account among ourselves (S1-17)."""
    how = page.account.review_cadence
    page.met_or_gap("cadence", there=bool(how))
    if how:
        source = page.records.source(page.account, ["name", "review_cadence"])
        page.say("cadence", [source], how=page.composer.text(f"every_{how}"))


def investments(page: Page) -> None:
    """What we spend on the account beyond delivery. For the team alone."""
    if not page.inner:
        return
    rows = [
        row
        for row in page.records.all(Investment, account_ids=[page.account.id])
        if row.cost is not None
    ]
    page.met_or_gap("investments", there=bool(rows))
    currency = page.account.currency
    for row in rows:
        source = page.records.source(row, ["kind", "cost", "currency", "period"])
        page.say(
            "investment",
            [source],
            kind=row.kind,
            amount=amount(row.cost or Decimal(0), row.currency or currency, page.language),
            period=row.period or word("unknown", page.language),
        )
    if len(rows) < 2:
        return
    total = Exchange(page.records).total(
        [(row.cost or Decimal(0), row.currency or currency) for row in rows], currency
    )
    where = tuple(page.records.source(row, ["kind"]).where for row in rows)
    source_all = ComputedSource(
        "investments (S0-4)", page.account.name, page.today, total.formula, where, inner=True
    )
    rates = rate_sources(page.records, total.rates)
    page.say("invested", [source_all, *rates], sums=in_all(total, page.composer))


def hours(page: Page) -> None:
    """Hours of ours in the last quarter of weeks, their share of those people's time, and what the
    same people gave to others meanwhile: the opportunity cost. For the team alone."""
    if not page.inner:
        return
    first = page.today - timedelta(weeks=WEEKS)
    recent = [
        row for row in page.records.all(TimeEntry) if first <= _monday(row.week) <= page.today
    ]
    here = [row for row in recent if row.account_id == page.account.id]
    page.met_or_gap("hours", there=bool(here))
    if not here:
        return
    people = {row.person_id for row in here}
    spent = sum((row.hours for row in here), Decimal(0))
    elsewhere: defaultdict[int, Decimal] = defaultdict(Decimal)
    others = [
        row for row in recent if row.person_id in people and row.account_id != page.account.id
    ]
    for row in others:
        elsewhere[row.account_id] += row.hours
    whole = spent + sum(elsewhere.values(), Decimal(0))
    share = percent(spent / whole) if whole else Decimal(0)
    source = ComputedSource(
        "hours (S2-19)",
        page.account.name,
        page.today,
        f"{spent:f} of {whole:f} hours logged since {first} by the {len(people)} people who worked "
        f"on it = {share} %",
        tuple(page.records.source(row, ["person_id", "week"]).where for row in here),
        inner=True,
    )
    page.say("hours", [source], n=f"{spent:f}", since=first, share=f"{share:f}", people=len(people))
    _instead(page, elsewhere, first)


def _instead(page: Page, elsewhere: dict[int, Decimal], first: date) -> None:
    """Where else the same people worked, with what those accounts brought in a year."""
    ranked = sorted(elsewhere, key=lambda key: -elsewhere[key])[:3]
    accounts = [page.records.accounts[key] for key in ranked if key in page.records.accounts]
    years = year_of_sales(page.records, accounts)
    for account in accounts:
        year = years.get(account.id)
        worth = ""
        said = f"{elsewhere[account.id]:f} hours of the same people since {first}"
        if year:
            worth = page.composer.text(
                "brought", amount=amount(year.revenue, year.currency, page.language)
            )
            said += f"; twelve months' revenue {year.revenue:f} {year.currency or ''}"
        where = page.records.source(account, ["name"]).where
        source = ComputedSource(
            "opportunity_cost (S0-4)", account.name, page.today, said, (where,), inner=True
        )
        page.below(
            "instead", [source], name=account.name, n=f"{elsewhere[account.id]:f}", worth=worth
        )


def _monday(week: str) -> date:
    """The first day of an ISO week, 2026-W47; the beginning of time for what is none."""
    try:
        year, number = week.split("-W")
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        return date.min
