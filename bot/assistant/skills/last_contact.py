"""When we were last in touch, with whom and about what; how often this year (P-2)."""

from __future__ import annotations

from collections import Counter

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines, note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.seats import SPONSOR
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.touches import Touch, touches
from kam_knowledge.store.models import Contact, TeamSeat

SHOWN = 3


def last_contact(context: SkillContext, request: Request) -> Reply:
    """The newest touches on record with a person or an account, or their count in a period."""
    composer, records = Composer("last_contact", request.language), context.records
    contacts = [row for key in request.contact_ids if (row := records.get(Contact, key))]
    account_ids = list(request.account_ids) or [row.account_id for row in contacts]
    accounts = [records.accounts[key] for key in account_ids]
    who = listed([row.name for row in contacts] or [a.name for a in accounts], request.language)
    counting = request.slots.get("measure") == "count"
    found = [
        touch
        for touch in touches(
            records,
            account_ids=account_ids or None,
            since=request.since if counting or request.slots.get("period") else None,
        )
        if touch.two_way and (not contacts or any(row.id in touch.contact_ids for row in contacts))
    ]
    people_asked = set(request.person_ids)
    if request.slots.get("with") == "sponsor":
        people_asked |= _sponsors(context, account_ids)
    if people_asked:
        found = [touch for touch in found if people_asked & set(touch.person_ids)]
    if counting and request.until:
        found = [touch for touch in found if touch.date <= request.until]
    names = [part for row in contacts for part in [row.name, *row.aliases, *row.name.split()]]
    focus = {
        "account_ids": list(dict.fromkeys(account_ids)),
        "contact_ids": [row.id for row in contacts],
    }
    shown = [account.name for account in accounts]
    people = [row.name for row in contacts]
    today = context.clock.today
    if not found:
        composer.plain("none", who=who or composer.text("anyone"), today=today)
        looked = composer.text("looked", who=who or composer.text("anyone"), today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=shown, people=people, looked_at=[looked], focus=focus
        )
    lines = Lines(records, composer)
    if counting:
        _count(context, composer, lines, found, who, request, names)
    else:
        composer.plain("newest", who=who)
        for touch in found[:SHOWN]:
            lines.touch(touch, names, theirs=not contacts)
    return composer.reply(accounts=shown, people=people, focus=focus)


def _sponsors(context: SkillContext, account_ids: list[int]) -> set[int]:
    """Who sponsors the accounts; somebody who is nobody where no seat is held."""
    seats = context.records.all(TeamSeat, account_ids=account_ids)
    return {seat.person_id for seat in seats if seat.seat == SPONSOR} or {0}


def _count(
    context: SkillContext,
    composer: Composer,
    lines: Lines,
    found: list[Touch],
    who: str,
    request: Request,
    names: list[str],
) -> None:
    days = sorted({touch.date for touch in found}, reverse=True)
    since = request.since or days[-1]
    inputs: list[Source] = [_source(context, touch, names) for touch in found]
    told = sorted({(touch.date, touch.kind) for touch in found}, reverse=True)
    formula = f"{len(days)} days: " + ", ".join(f"{day} {kind}" for day, kind in told)
    counted = ComputedSource(
        "touches (P-2)",
        who,
        context.clock.today,
        f"{formula}; since {since}",
        tuple(dict.fromkeys(source.where for source in inputs)),
    )
    kinds = Counter(kind for _, kind in told)
    parts = [
        composer.text("of_kind", n=n, kind=word(f"kind_{kind}", composer.language))
        for kind, n in kinds.most_common()
    ]
    said = listed(parts, composer.language)
    composer.claim("count", [counted], who=who, parts=said, n=len(days), since=since)
    for touch in found[: SHOWN * 2]:
        lines.touch(touch, names, theirs=not request.contact_ids)


def _source(context: SkillContext, touch: Touch, names: list[str]) -> Source:
    if touch.note:
        return note_source(touch.note, excerpt(touch.note.text, names))
    assert touch.activity is not None
    return context.records.source(touch.activity, ["date", "kind", "contact_ids", "subject"])
