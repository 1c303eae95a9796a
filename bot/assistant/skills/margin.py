"""Margin and cost of an account: for its team alone (S0-4, S1-2)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.inner import refuse_inner
from bot.assistant.lines import note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.margins import Margin, margins
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.touches import notes_mentioning
from kam_knowledge.store.models import Account, Investment

FLOOR = (
    "price floor", "floor price", "price limit", "lowest price", "walk-away", "walk away price",
    "底价", "价格底线", "最低价", "让价",
)  # fmt: skip
"""How notes speak of a price limit."""
SHOWN = 8


def margin(context: SkillContext, request: Request) -> Reply:
    """Revenue less cost over twelve months, as a share; what we invest beside. Several accounts
    are ranked, the least profitable first unless the best were asked for.

    Whoever is outside the team is refused in words that do not say whether a figure exists.
    """
    composer, records = Composer("margin", request.language), context.records
    if not request.account_ids:
        return _ranking(context, request, composer)
    account = records.accounts[request.account_ids[0]]
    focus = {"account_ids": [account.id]}
    if not context.rights.sees_inner(account.id):
        refuse_inner(context, composer, account)
        return composer.reply(Outcome.DENIED, accounts=[account.name], focus=focus)
    metric = request.slots.get("metric")
    if metric != "investment":
        for one in margins(records, [account]):
            composer.claim("margin", [_source(context, one)], **_said(composer, one))
    if metric == "floor":
        _floor(context, composer, account)
    if metric == "clv":
        composer.plain("no_lifetime_value", account=account.name)
    for row in records.all(Investment, account_ids=[account.id]):
        if row.cost is None or metric in ("floor", "margin"):
            continue
        composer.bullet(
            "investment",
            [records.source(row, ["kind", "cost", "currency", "period"])],
            kind=row.kind,
            amount=amount(row.cost, row.currency or account.currency, request.language),
            period=word("clause", request.language) + row.period if row.period else "",
        )
    if not composer.citations:
        today = context.clock.today
        composer.plain("none", account=account.name, today=today)
        looked = composer.text("looked", account=account.name, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=[looked], focus=focus
        )
    return composer.reply(accounts=[account.name], focus=focus)


def _ranking(context: SkillContext, request: Request, composer: Composer) -> Reply:
    """The accounts in scope by margin, as far as the reader is of their teams."""
    accounts, today = accounts_in_scope(context, request), context.clock.today
    inner = [one for one in accounts if context.rights.sees_inner(one.id)]
    if not inner:
        composer.plain("denied_all")
        return composer.reply(Outcome.DENIED)
    found = margins(context.records, inner)
    if request.slots.get("order") == "best":
        found.reverse()
    place = places(inner, request.language, most=6)
    if not found:
        composer.plain("none", account=place, today=today)
        looked = composer.text("looked", account=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    shown = found[: int(request.slots.get("n") or SHOWN)]
    for one in shown:
        composer.bullet("margin", [_source(context, one)], **_said(composer, one))
    known = {one.account.id for one in found}
    without = [one.name for one in inner if one.id not in known]
    if without:
        composer.plain("no_cost", names=listed(without, request.language))
    return composer.reply(
        accounts=[one.account.name for one in shown],
        focus={"account_ids": list(request.account_ids)},
    )


def _said(composer: Composer, one: Margin) -> dict[str, object]:
    period = composer.text("to", last=one.last) if one.last else composer.text("on_record")
    return {
        "account": one.account.name,
        "share": percent(one.share),
        "revenue": amount(one.revenue, one.currency, composer.language),
        "cost": amount(one.cost, one.currency, composer.language),
        "period": period,
    }


def _source(context: SkillContext, one: Margin) -> ComputedSource:
    records = context.records
    inputs = [records.where(row) for row in one.rows]
    return ComputedSource(
        "margin (S1-2)",
        one.account.name,
        context.clock.today,
        one.formula,
        tuple(inputs or [records.where(one.account)]),
        inner=True,
    )


def _floor(context: SkillContext, composer: Composer, account: Account) -> None:
    """What the team's notes say of how low a price may go; no record holds it."""
    found = notes_mentioning(context.records, account.id, FLOOR, limit=2)
    for note in found:
        quote = excerpt(note.text, FLOOR)
        key = "quoted" if note.date else "quoted_undated"
        composer.bullet(
            key, [note_source(note, quote)], date=note.date, title=note.title, quote=quote
        )
    if not found:
        composer.plain("no_floor", account=account.name, today=context.clock.today)
