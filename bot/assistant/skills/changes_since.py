"""What changed at an account, or at one's own, since a day (S3-7): facts first, then words."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.development_lines import told
from bot.assistant.lines import Lines, note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.queries.developments import Development, developments
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.touches import NoteText, Touch, notes_between, touches

Said = tuple[int, Touch | NoteText]
"""An account's id, and a touch or a note about it."""

DEFAULT_DAYS = 7
SHOWN = 12
SAID = 4
QUOTED = 160
"""Characters of a quote: a news line, not a page."""
WEIGHT = (
    "contact_left", "deal_won", "deal_lost", "complaint_new", "contact_joined", "changed",
    "contract_ended", "notice_passed", "survey", "complaint_closed", "promise_late",
    "invoice_late", "scored", "invoice_paid", "deal_new", "promise_done", "added",
)  # fmt: skip
"""What is kept first where not all fits; what is kept is told newest first."""


def changes_since(context: SkillContext, request: Request) -> Reply:
    """Developments of the span and the notes written in it, newest first, each with its source."""
    composer, records = Composer("changes_since", request.language), context.records
    accounts = accounts_in_scope(context, request)
    ids = [account.id for account in accounts]
    since, until = _span(context, request)
    names = [account.name for account in accounts] if request.account_ids else []
    place = listed(names, request.language) or composer.text("your_accounts")
    found = developments(records, accounts, since, until, context.clock.moment.tzinfo)
    said = _told(records, ids, since, until)
    focus = {"account_ids": list(request.account_ids), "contact_ids": []}
    if not found and not said:
        composer.plain("none", place=place, since=since, until=until)
        looked = composer.text("looked", place=place, since=since, until=until)
        return composer.reply(Outcome.UNKNOWN, accounts=names, looked_at=[looked], focus=focus)
    composer.heading("title", place=place, since=since, until=until)
    kept = sorted(found, key=lambda one: WEIGHT.index(one.kind))[:SHOWN]
    kept.sort(key=lambda one: (one.day, -WEIGHT.index(one.kind)), reverse=True)
    for one in kept:
        _line(context, composer, one, several=len(accounts) > 1)
    if not found:
        composer.plain("no_facts")
    if len(found) > SHOWN:
        composer.plain("more", n=len(found) - SHOWN)
    _said(context, composer, said, several=len(accounts) > 1)
    moved = [records.accounts[one.account_id].name for one in kept]
    moved += [records.accounts[key].name for key, _ in said[:SAID]]
    return composer.reply(accounts=names or moved, focus=focus)


def _span(context: SkillContext, request: Request) -> tuple[date, date]:
    """The days asked for; a week back without any. What lies ahead has not changed yet."""
    today = context.clock.today
    days = int(request.slots.get("days") or DEFAULT_DAYS)
    since = request.since or today - timedelta(days=days)
    until = request.until if request.until and since < request.until < today else today
    return min(since, today), until


def _line(context: SkillContext, composer: Composer, one: Development, *, several: bool) -> None:
    text, sources = told(context.records, composer, one)
    account = context.records.accounts[one.account_id].name
    said = composer.text(
        "at_account" if several else "at", date=one.day, account=account, text=text
    )
    composer.line("- " + composer.cited(said, sources))


def _said(context: SkillContext, composer: Composer, said: list[Said], *, several: bool) -> None:
    """Touches and documents of the span, newest first."""
    if not said:
        return
    composer.heading("said")
    lines = Lines(context.records, composer)
    for account_id, one in said[:SAID]:
        if isinstance(one, Touch):
            lines.touch(one, [], longest=QUOTED, theirs=True)
            text = composer.pop_line()
        else:
            quote = excerpt(one.text, longest=QUOTED)
            text = composer.text("quoted", date=one.date, title=one.title, quote=quote)
            text = composer.cited(text, [note_source(one, quote)])
        if several:
            account = context.records.accounts[account_id].name
            text = composer.text("of_account", account=account, text=text)
        composer.line(f"- {text}")
    if len(said) > SAID:
        composer.plain("more_said", n=len(said) - SAID)


def _told(records: Records, ids: list[int], since: date, until: date) -> list[Said]:
    """What there is to read of the span: touches, mass mail left out, and other notes."""
    met = [
        touch
        for touch in touches(records, account_ids=ids, since=since)
        if touch.date <= until and (touch.two_way or touch.internal)
    ]
    known = {touch.note.note_id for touch in touches(records, account_ids=ids) if touch.note}
    found: list[tuple[date, Said]] = [(touch.date, (touch.account_id, touch)) for touch in met]
    for account_id, note in notes_between(records, ids, since, until):
        if note.note_id not in known and note.date is not None:
            found.append((note.date, (account_id, note)))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [said for _, said in found]
