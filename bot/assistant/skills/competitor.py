"""Rivals: where they stand, what we expect of them, what was said of them (S2-13)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import islice

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.topic import spoken_of, strangers
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, in_brackets, listed
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.stakeholder import is_open, open_now
from kam_knowledge.queries.touches import NoteText, latest_mentions
from kam_knowledge.store.models import Account, Competitor, Installed, Opportunity

Trace = Opportunity | Installed | Competitor
"""Where a rival stands on record."""

SHOWN = 6
LINES = 8
HELD = ("unit", "product", "state", "competitor", "potential", "currency")
ASKED: dict[str, tuple[str, ...]] = {
    "": ("strength", "weakness", "expected_move"),
    "strengths": ("strength", "weakness"),
    "moves": ("expected_move",),
}
"""Fields of a rival by what was asked."""
Mention = tuple[int, NoteText, str]
"""Account, note, and the words of it."""
READ, SPREAD = 24, 5
"""Mentions that are looked at for other accounts, and accounts that are then quoted."""
TABLE_CELL = " | "
"""What a quote holds that is a row of a table: it says nothing outside of it."""


def competitors(context: SkillContext, request: Request) -> Reply:
    """Records of rivals by account, open deals against them, and the notes' own words.

    Where the question names a unit, a product or a deal, what has to do with it alone.
    """
    composer, records = Composer("competitor", request.language), context.records
    asked = [fold(name) for name in request.competitors]
    if asked and not request.account_ids and request.slots.get("scope") != "mine":
        accounts = list(records.accounts.values())
    else:
        accounts = accounts_in_scope(context, request)
    ids = [account.id for account in accounts]
    today = context.clock.today

    def wanted(name: str | None) -> bool:
        return bool(name) and (not asked or any(one in fold(name or "") for one in asked))

    rows = [row for row in records.all(Competitor, account_ids=ids) if wanted(row.competitor)]
    deals = [
        row
        for row in records.all(
            Opportunity, account_ids=ids, now=[Opportunity.competitor.is_not(None), open_now()]
        )
        if wanted(row.competitor) and is_open(row, today)
    ]
    cells = [
        row
        for row in records.all(Installed, account_ids=ids, now=[Installed.state == "competitor"])
        if wanted(row.competitor) and row.state == "competitor"
    ]
    everything: list[Trace] = [*deals, *cells, *rows]
    strange = strangers(request, records, everything, _labels)
    if strange and not asked:
        return _nothing(composer, today, listed(strange, request.language), accounts)
    named: list[Trace] = spoken_of(request, records, [*deals, *cells], _labels)
    if not named and asked:
        named = spoken_of(request, records, [*rows], _labels)
    if named:
        there = {(row.account_id, fold(row.competitor or "")) for row in named}
        deals = [row for row in deals if row in named]
        cells = [row for row in cells if row in named]
        rows = [row for row in rows if (row.account_id, fold(row.competitor)) in there]
    ask = request.slots.get("ask")
    told = ASKED.get(ask or "", ASKED[""])
    if ask == "mentions":
        rows = []
    if ask in ("mentions", "strengths"):
        deals, cells = [], []
    left: list[Trace] = [*deals, *cells, *rows]
    spread = {row.account_id for row in left}
    if len(spread) > 2 and ask is None:
        _by_account(context, composer, rows, deals, cells)
    else:
        for row in rows[:SHOWN]:
            _rival(context, composer, row, told)
        for deal in deals[:SHOWN]:
            _competes(context, composer, deal)
        for cell in cells[:SHOWN]:
            _holds(context, composer, cell)
    names = list(request.competitors) or sorted({row.competitor or "" for row in left} - {""})
    few = len(accounts) == 1 or ask == "mentions"
    _mentions(context, composer, request, accounts, names, most=4 if few else 2)
    if not composer.citations:
        who = listed(request.competitors, request.language) or composer.text("any_rival")
        return _nothing(composer, today, who, accounts)
    return composer.reply(
        accounts=[records.accounts[key].name for key in sorted(spread)],
        focus={"account_ids": list(request.account_ids)},
    )


def _labels(row: Trace) -> tuple[str | None, ...]:
    if isinstance(row, Competitor):
        return (row.strength, row.weakness, row.expected_move)
    return (row.unit, row.product, row.name if isinstance(row, Opportunity) else None)


def _nothing(composer: Composer, today: date, who: str, accounts: list[Account]) -> Reply:
    place = places(accounts, composer.language, most=6)
    composer.plain("none", who=who, place=place, today=today)
    looked = composer.text("looked", place=place, today=today)
    return composer.reply(Outcome.UNKNOWN, looked_at=[looked])


def _by_account(
    context: SkillContext,
    composer: Composer,
    rows: list[Competitor],
    deals: list[Opportunity],
    cells: list[Installed],
) -> None:
    """A line for each rival at each account: what it holds, what it is after, what comes next."""
    records = context.records
    traces: list[Trace] = [*cells, *deals, *rows]
    held = sorted({(row.account_id, row.competitor or "") for row in traces})
    for account_id, rival in held[:LINES]:

        def here(row: Trace, key: tuple[int, str]) -> bool:
            return (row.account_id, row.competitor) == key

        key = (account_id, rival)
        parts = [
            composer.cited(
                composer.text("holds", product=cell.product, unit=cell.unit)
                + in_brackets(_worth(context, composer, cell), composer.language),
                [records.source(cell, HELD)],
            )
            for cell in cells
            if here(cell, key)
        ]
        parts += [
            composer.cited(
                composer.text("wants", name=deal.name),
                [records.source(deal, ["name", "stage", "competitor"])],
            )
            for deal in deals
            if here(deal, key)
        ]
        parts += [
            composer.cited(
                composer.text("expected_move", what=row.expected_move),
                [records.source(row, ["account_id", "competitor", "expected_move"])],
            )
            for row in rows
            if here(row, key) and row.expected_move
        ]
        if parts:
            said = composer.text("semicolon").join(parts)
            name = composer.text("rival_at", rival=rival, account=records.accounts[account_id].name)
            composer.line(f"- {name}{composer.text('colon')}{said}")
    if len(held) > LINES:
        composer.plain("more", n=len(held) - LINES)


def _competes(context: SkillContext, composer: Composer, deal: Opportunity) -> None:
    records, account = context.records, context.records.accounts[deal.account_id]
    worth = None
    if deal.amount is not None:
        worth = amount(deal.amount, deal.currency or account.currency, composer.language)
    composer.bullet(
        "competes",
        [records.source(deal, ["name", "amount", "currency", "stage", "competitor"])],
        account=account.name,
        name=deal.name,
        rival=deal.competitor,
        amount=in_brackets(worth, composer.language),
    )


def _holds(context: SkillContext, composer: Composer, cell: Installed) -> None:
    worth = _worth(context, composer, cell)
    composer.bullet(
        "installed",
        [context.records.source(cell, HELD)],
        account=context.records.accounts[cell.account_id].name,
        unit=cell.unit,
        product=cell.product,
        rival=cell.competitor,
        worth=composer.text("worth", amount=worth) if worth else "",
    )


def _worth(context: SkillContext, composer: Composer, cell: Installed) -> str | None:
    if cell.potential is None:
        return None
    account = context.records.accounts[cell.account_id]
    return amount(cell.potential, cell.currency or account.currency, composer.language)


def _rival(
    context: SkillContext, composer: Composer, row: Competitor, told: tuple[str, ...]
) -> None:
    parts = [composer.text(key, what=value) for key in told if (value := getattr(row, key))]
    composer.bullet(
        "rival",
        [context.records.source(row, ["account_id", "competitor", *told])],
        account=context.records.accounts[row.account_id].name,
        rival=row.competitor,
        what=composer.text("colon") + composer.text("semicolon").join(parts) if parts else "",
    )


def _in_span(day: date | None, request: Request) -> bool:
    """Whether a note of that day belongs to the span asked about; any does to none."""
    if request.since is None and request.until is None:
        return True
    if day is None or (request.since and day < request.since):
        return False
    return request.until is None or day <= request.until


def _spread(mentions: Iterable[Mention], most: int) -> list[Mention]:
    """The newest of each account before a second one of any: where a rival turns up counts."""
    newest_first = list(mentions)
    firsts = {account_id: n for n, (account_id, *_) in reversed(list(enumerate(newest_first)))}
    ranked = sorted(range(len(newest_first)), key=lambda n: (firsts[newest_first[n][0]] != n, n))
    return [newest_first[n] for n in sorted(ranked[: max(most, min(len(firsts), SPREAD))])]


def _mentions(
    context: SkillContext,
    composer: Composer,
    request: Request,
    accounts: list[Account],
    names: list[str],
    *,
    most: int,
) -> None:
    ids = [account.id for account in accounts]
    spoken = (
        (account_id, note, excerpt(note.text, names, alone=True))
        for account_id, note in latest_mentions(context.records, ids, names)
        if _in_span(note.date, request)
    )
    told = (one for one in spoken if TABLE_CELL not in one[2])
    wide = len(accounts) > 1 and request.slots.get("ask") != "mentions"
    quoted = _spread(islice(told, READ), most) if wide else list(islice(told, most))
    if not quoted:
        return
    composer.heading("mentions")
    for account_id, note, quote in quoted:
        composer.bullet(
            "mention",
            [note_source(note, quote)],
            account=context.records.accounts[account_id].name,
            date=note.date or "",
            quote=quote,
        )
