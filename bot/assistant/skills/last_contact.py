"""When we were last in touch, with whom and about what; how often this year (P-2)."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines, note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.next_contact import next_contact
from bot.assistant.skills.no_such_title import no_such_title
from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.records import Records
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
    if request.title_text and accounts and not contacts and not request.person_ids:
        return no_such_title(context, request, accounts[0])
    ahead = request.slots.get("next") and not longest(
        plain(request.text), phrases(cues()["was_last"])
    )
    if ahead:
        return next_contact(context, request, contacts, accounts)
    who = listed([row.name for row in contacts] or [a.name for a in accounts], request.language)
    if not who and request.person_ids:
        colleagues = map(records.people.get, request.person_ids)
        ours = [person.name for person in colleagues if person]
        who = composer.text("customers_of", people=listed(ours, request.language))
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
    if request.until:
        found = [touch for touch in found if touch.date <= request.until]
    names = [part for row in contacts for part in [row.name, *row.aliases, *row.name.split()]]
    focus = {
        "account_ids": list(dict.fromkeys(account_ids)),
        "contact_ids": [row.id for row in contacts],
    }
    shown = [account.name for account in accounts]
    people = [row.name for row in contacts]
    today = context.clock.today
    if not found and request.slots.get("period") and request.since:
        until = min(request.until or today, today)
        composer.plain("none_between", who=who, since=request.since, until=until)
        _before(composer, records, account_ids, contacts, request.since, names)
        looked = composer.text("looked", who=who, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=shown, people=people, looked_at=[looked], focus=focus
        )
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
        _how_long_ago(composer, found[0], who, today)
        for touch in found[: SHOWN * 3 if request.slots.get("more") else SHOWN]:
            lines.touch(touch, names, theirs=not contacts, most=3 if touch is found[0] else 1)
    return composer.reply(accounts=shown, people=people, focus=focus)


def _how_long_ago(composer: Composer, touch: Touch, who: str, today: date) -> None:
    """The answer in one line: the day, and how many days have gone by since."""
    days = (today - touch.date).days
    formula = f"{who}: {today} - {touch.date} = {days} days"
    source = ComputedSource("touches (P-2)", who, today, formula)
    key = "last_today" if not days else "last_one" if days == 1 else "last"
    composer.claim(key, [source], who=who, date=touch.date, days=days)


def _before(
    composer: Composer,
    records: Records,
    account_ids: list[int],
    contacts: list[Contact],
    since: date,
    names: list[str],
) -> None:
    """The last contact before the days asked about, where there was none in them."""
    wanted = {row.id for row in contacts}
    for touch in touches(records, account_ids=account_ids or None):
        met = not wanted or wanted & set(touch.contact_ids)
        if touch.two_way and met and touch.date < since:
            Lines(records, composer).touch(touch, names, theirs=not contacts)
            composer.line(composer.text("before") + composer.pop_line())
            return


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
    kinds = Counter(kind for _, kind in told)
    listing = ", ".join(f"{day} {kind}" for day, kind in told)
    by_kind = " + ".join(f"{n} {kind}" for kind, n in kinds.most_common())
    formula = f"{by_kind}, on {len(days)} days: {listing}"
    counted = ComputedSource(
        "touches (P-2)",
        who,
        context.clock.today,
        f"{formula}; since {since}",
        tuple(dict.fromkeys(source.where for source in inputs)),
    )
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
