"""Won and lost deals, against whom and why (S2-26)."""

from __future__ import annotations

from datetime import timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.topic import spoken_of, strangers
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.touches import NoteText, notes_mentioning
from kam_knowledge.store.models import Opportunity

SHOWN = 4
FEW = 2
"""Of so few deals it is also told what was written when they ended."""
NEAR = timedelta(days=21)
OUTCOMES = ("won", "lost")
_WHY = ("because", "reason", "lesson", "price", "why", "原因", "因为", "教训", "价格")


def win_loss(context: SkillContext, request: Request) -> Reply:
    """Closed deals, newest first: the outcome asked for, against the rival asked for.

    A deal that is asked about by name is told as it ended, also where the question has it wrong.
    """
    composer, records = Composer("win_loss", request.language), context.records
    accounts = {account.id: account for account in accounts_in_scope(context, request)}
    today = context.clock.today
    wanted = request.slots.get("outcome")
    closed = _closed(context, request, list(accounts))
    named = spoken_of(request, records, closed, _labels)
    focus = {"account_ids": list(request.account_ids)}
    if strange := strangers(request, records, closed, _labels):
        who = listed(strange, request.language)
        composer.plain("none_of", who=who, today=today)
        looked = composer.text("looked", place=who, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked], focus=focus)
    among = named or closed
    found = [row for row in among if wanted not in OUTCOMES or row.outcome == wanted]
    rivals = [fold(name) for name in request.competitors]
    against = [row for row in found if any(name in fold(row.competitor or "") for name in rivals)]
    if rivals:
        # A deal that was named is told even if it was another's: the question had it wrong.
        found = against or (found if named else [])
    elif request.slots.get("rival") == "any":
        found = [row for row in found if row.competitor] or found
    contrary = bool(named) and (not found or bool(rivals and not against))
    found = found or named
    found.sort(key=lambda row: (row.close_date or today.min, row.id), reverse=True)
    if not found:
        place = places(accounts.values(), request.language, most=6)
        if rivals:
            against_whom = listed(request.competitors, request.language)
            place = composer.text("against_at", rivals=against_whom, place=place)
        composer.plain(f"none_{wanted if wanted in OUTCOMES else 'any'}", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked], focus=focus)
    if contrary:
        composer.plain("otherwise")
    if request.slots.get("tally"):
        _tally(context, composer, closed)
    limit = int(request.slots.get("n") or (1 if request.slots.get("last") else SHOWN))
    if (len(found) > 1 and wanted not in OUTCOMES) or wanted == "rate":
        _record(context, composer, found)
    for row in found[:limit]:
        _deal(context, composer, row, quoted=len(found) <= FEW)
    if len(found) > limit:
        composer.plain("more", n=len(found) - limit)
    shown = found[:limit]
    focus = {"account_ids": [shown[0].account_id]}
    return composer.reply(accounts=[accounts[row.account_id].name for row in shown], focus=focus)


def _labels(row: Opportunity) -> tuple[str | None, ...]:
    return (row.name, row.unit, row.product)


def _closed(context: SkillContext, request: Request, ids: list[int]) -> list[Opportunity]:
    """The deals that ended in the days asked about."""
    today = context.clock.today
    until = min(request.until or today, today)
    return [
        row
        for row in context.records.all(Opportunity, account_ids=ids)
        if row.outcome in OUTCOMES
        and (row.close_date is None or row.close_date <= until)
        and (request.since is None or row.close_date is None or row.close_date >= request.since)
    ]


def _record(context: SkillContext, composer: Composer, found: list[Opportunity]) -> None:
    """How many were won and lost, where there are several."""
    won = sum(row.outcome == "won" for row in found)
    source = ComputedSource(
        "win_loss (S2-26)",
        composer.text("counted_title"),
        context.clock.today,
        f"won {won}, lost {len(found) - won}",
        tuple(context.records.where(row) for row in found),
    )
    composer.claim("counted", [source], won=won, lost=len(found) - won)


def _tally(context: SkillContext, composer: Composer, closed: list[Opportunity]) -> None:
    """Wins and losses by rival, the one to whom most was lost first."""
    rivals: dict[str, list[Opportunity]] = {}
    for row in closed:
        if row.competitor:
            rivals.setdefault(row.competitor, []).append(row)
    lost = {name: sum(row.outcome == "lost" for row in rows) for name, rows in rivals.items()}
    for name in sorted(rivals, key=lambda name: (-lost[name], -len(rivals[name]), name)):
        rows = rivals[name]
        won = len(rows) - lost[name]
        source = ComputedSource(
            "win_loss (S2-26)",
            name,
            context.clock.today,
            f"{name}: lost {lost[name]}, won {won}",
            tuple(context.records.where(row) for row in rows),
        )
        composer.bullet("tally", [source], name=name, lost=lost[name], won=won)


def _deal(context: SkillContext, composer: Composer, row: Opportunity, *, quoted: bool) -> None:
    records = context.records
    account = records.accounts[row.account_id]
    worth = ""
    if row.amount is not None:
        currency = row.currency or account.currency
        worth = composer.text("worth", amount=amount(row.amount, currency, composer.language))
    fields = [
        "name", "account_id", "amount", "currency", "outcome", "close_date", "competitor",
        "reason",
    ]  # fmt: skip
    composer.bullet(
        str(row.outcome),
        [records.source(row, fields)],
        account=account.name,
        name=row.name,
        worth=worth,
        date=composer.text("closed", date=row.close_date) if row.close_date else "",
        rival=composer.text("against", name=row.competitor) if row.competitor else "",
        reason=composer.text("because", reason=row.reason)
        if row.reason
        else composer.text("no_reason"),
    )
    review = _review(context, row) if quoted else None
    if review:
        quote = excerpt(review.text, [row.competitor or row.name, *_WHY])
        composer.line(
            "  - "
            + composer.cited(
                composer.text("quoted", date=review.date, title=review.title, quote=quote),
                [note_source(review, quote)],
            )
        )


def _review(context: SkillContext, row: Opportunity) -> NoteText | None:
    """What was written about the deal when it ended: by its name, else by its rival's."""
    if row.close_date is None:
        return None
    closed = row.close_date
    for names in ([row.name], [row.competitor] if row.competitor else []):
        notes = notes_mentioning(context.records, row.account_id, names, limit=50)
        near = [note for note in notes if note.date and abs(note.date - closed) <= NEAR]
        if near:
            return min(near, key=lambda note: abs((note.date or closed) - closed))
    return None
