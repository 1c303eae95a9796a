"""Pictures of replies: what is drawn, taken from what was read under the reply's own rights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from bot.assistant.wording import amount, listed
from bot.render.drawings import (
    Bond,
    Colleague,
    GridCell,
    HealthChart,
    HealthWeek,
    Language,
    Picture,
    QuarterSales,
    RelationshipMap,
    RevenueChart,
    Stakeholder,
    WhitespaceGrid,
)
from bot.render.words import coded, said
from kam_knowledge.analysis.health import AMBER_FROM, GREEN_FROM, Colour, Health
from kam_knowledge.queries.relations import WINDOW, Acquaintance, KnownContact
from kam_knowledge.queries.relationship_map import DECIDING, AccountMap
from kam_knowledge.queries.trends import Booked
from kam_knowledge.queries.whitespace import UNSOLD, Cell
from kam_knowledge.store.models import Account, Contact, Target

_LONGEST_ALT = 950
"""Slack takes 1,000 characters."""
_NAMED = 6


def map_picture(found: AccountMap, on: date, language: str) -> Picture:
    """The relationship map of an account (S1-10, S3-4, P-13)."""
    people = tuple(_stakeholder(one, found) for one in found.people)
    drawing = RelationshipMap(
        account=found.account.name,
        on=on,
        language=_spoken(language),
        window_days=WINDOW.days,
        people=people,
        ours=_ours(found),
        inner=found.inner,
        threads=found.thread.reasons if found.thread else (),
        level=found.account.relationship if found.inner else None,
        sponsors=found.sponsors,
        agreements=tuple(row.contract for row in found.agreements[:2]),
    )
    return Picture(
        _named("relationship-map", found.account, on), _map_alt(found, on, language), drawing
    )


def _stakeholder(one: KnownContact, found: AccountMap) -> Stakeholder:
    row = one.contact
    return Stakeholder(
        key=row.id,
        name=row.name,
        title=row.title or row.department or "",
        role=row.decision_role,
        stance=row.support if found.inner else None,
        coverage=row.coverage if found.inner else None,
        layer=row.layer,
        reports_to=found.leads.get(row.id),
        bonds=tuple(Bond(tie.person.id, tie.touches, tie.entered) for tie in _by_days(one)),
    )


def _by_days(one: KnownContact) -> list[Acquaintance]:
    return sorted(one.by, key=lambda tie: (tie.touches, tie.entered), reverse=True)


def _ours(found: AccountMap) -> tuple[Colleague, ...]:
    """Ours who know somebody there, whoever knows most people first."""
    seats = {person.id: seat for seat, people in found.seats.held.items() for person in people}
    known: dict[int, tuple[int, str]] = {}
    for one in found.people:
        for tie in one.by:
            count, _ = known.get(tie.person.id, (0, ""))
            known[tie.person.id] = (count + 1, tie.person.name)
    ranked = sorted(known.items(), key=lambda item: (-item[1][0], item[1][1]))
    return tuple(Colleague(key, name, seats.get(key)) for key, (_, name) in ranked)


def _map_alt(found: AccountMap, on: date, language: str) -> str:
    told = said(
        "alt_map", language, account=found.account.name, day=on,
        n=len(found.people), known=len(found.known),
    )  # fmt: skip
    for role in DECIDING:
        if holders := found.in_role(role):
            word = coded("role", role, language)
            told += said("alt_role", language, role=_capital(word), names=_names(holders, language))
    if found.against:
        told += said("alt_against", language, names=_names(found.against, language))
    if found.strangers:
        told += said("alt_nobody", language, names=_names(found.strangers, language))
    if found.thread:
        told += said("alt_thread", language)
    return _short(told)


def _names(rows: Iterable[Contact], language: str) -> str:
    return listed([row.name for row in rows], language, most=_NAMED)


def revenue_picture(
    account: Account,
    booked: Sequence[Booked],
    plans: Mapping[str, Sequence[Target]],
    on: date,
    language: str,
) -> Picture:
    """Sales by quarter against plan and the year before (S1-17); all in one currency."""
    currency = booked[0].currency or ""
    quarters = [
        QuarterSales(
            one.period.label,
            float(one.figure.now),
            _plan(plans.get(one.period.label, ()), currency, account),
            float(one.figure.before) if one.figure.before is not None else None,
        )
        for one in booked
    ]
    drawing = RevenueChart(account.name, on, _spoken(language), currency, tuple(quarters))
    values = []
    for one in quarters:
        value = f"{one.label} {amount(Decimal(str(one.amount)), None, language)}"
        if one.plan is not None:
            plan = amount(Decimal(str(one.plan)), None, language)
            value = said("alt_with_plan", language, value=value, plan=plan)
        values.append(value)
    alt = said(
        "alt_revenue", language, account=account.name, currency=currency,
        values=listed(values, language, most=len(values)),
    )  # fmt: skip
    return Picture(_named("revenue", account, on), _short(alt), drawing)


def _plan(rows: Sequence[Target], currency: str, account: Account) -> float | None:
    """The sum of the targets of one period; None where one is in another currency."""
    if not rows or any((row.currency or account.currency or "") != currency for row in rows):
        return None
    return float(sum(row.amount for row in rows))


def health_picture(
    account: Account, weeks: Sequence[tuple[date, Health]], on: date, language: str
) -> Picture | None:
    """Health over the last weeks (P-1); None where fewer than two of them have a score."""
    points = tuple(HealthWeek(day, one.score, str(one.colour)) for day, one in weeks)
    scored = [one for one in points if one.score is not None]
    if len(scored) < 2:
        return None
    drawing = HealthChart(account.name, on, _spoken(language), points, GREEN_FROM, AMBER_FROM)
    last = points[-1]
    colour = (
        said("too_little", language)
        if last.colour == Colour.GREY
        else said(f"band_{last.colour}", language)
    )
    alt = said(
        "alt_health", language, account=account.name, n=len(points),
        first=scored[0].score, last=scored[-1].score, colour=colour,
    )  # fmt: skip
    return Picture(_named("health", account, on), _short(alt), drawing)


def whitespace_picture(
    account: Account, cells: Sequence[Cell], on: date, language: str
) -> Picture | None:
    """Units by products (S4-1); None where there is no grid to speak of."""
    units = tuple(dict.fromkeys(cell.row.unit for cell in cells))
    products = tuple(dict.fromkeys(cell.row.product for cell in cells))
    if len(cells) < 2:
        return None
    currencies = [cell.currency for cell in cells if cell.row.potential and cell.currency]
    currency = max(sorted(set(currencies)), key=currencies.count, default="")
    drawn = tuple(
        GridCell(
            cell.row.unit,
            cell.row.product,
            cell.row.state,
            cell.row.competitor or "",
            float(cell.row.potential)
            if cell.row.potential is not None and cell.currency == currency
            else None,
            bool(cell.deals) and cell.row.state in UNSOLD,
        )
        for cell in cells
    )
    drawing = WhitespaceGrid(account.name, on, _spoken(language), currency, units, products, drawn)
    states = [cell.row.state or "open" for cell in cells]
    alt = said(
        "alt_grid", language, account=account.name, ours=states.count("ours"),
        rival=states.count("competitor"), open=states.count("open"),
    )  # fmt: skip
    unsold = [one for one in drawn if one.state in UNSOLD and one.potential]
    if unsold:
        top = max(unsold, key=lambda one: one.potential or 0)
        alt += said("alt_largest", language, unit=top.unit, product=top.product)
    return Picture(_named("whitespace", account, on), _short(alt), drawing)


def _named(kind: str, account: Account, on: date) -> str:
    """A file name that every system takes."""
    name = re.sub(r"[^\w]+", "-", account.name).strip("-")
    return f"{kind}-{name}-{on.isoformat()}"


def _spoken(language: str) -> Language:
    return "zh" if language == "zh" else "en"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_ALT else text[: _LONGEST_ALT - 1] + "…"
