"""Who came after somebody who left, or who holds a seat now (P-8)."""

from __future__ import annotations

from datetime import timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import note_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.colleague_left import colleague_left
from bot.assistant.skills.person_status import person_status
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.moves import movements
from kam_knowledge.queries.stakeholder import has_left, stakeholder_status
from kam_knowledge.queries.touches import NoteText, notes_mentioning
from kam_knowledge.store.models import Contact

HALF_A_YEAR = timedelta(days=182)


def who_replaced(context: SkillContext, request: Request) -> Reply:
    """The successor on record, with what the notes say of the change; of a colleague what they
    left; without a name who came and went at the account."""
    records = context.records
    rows = [row for key in request.contact_ids if (row := records.get(Contact, key))]
    gone = [row for row in rows if has_left(row, context.clock.today)]
    if request.person_ids and not rows:
        return colleague_left(context, request)
    if rows and not gone:
        return _present(context, request, rows[0])
    if not rows and request.title_text:
        return person_status(context, request)
    if not rows:
        return _movements(context, request)
    composer = Composer("who_replaced", request.language)
    contact = gone[0]
    account = records.accounts[contact.account_id]
    status = stakeholder_status(records, contact, account)
    composer.claim(
        "left",
        [records.source(contact, ["name", "title", "department", "left_on"])],
        name=contact.name,
        title=in_brackets(contact.title, request.language),
        account=account.name,
        date=contact.left_on,
    )
    for row in status.successors:
        composer.claim(
            "successor",
            [records.source(row, ["name", "title", "department", "since"])],
            name=row.name,
            title=word("clause", request.language) + row.title if row.title else "",
            date=row.since,
        )
    if not status.successors:
        composer.plain("nobody", name=contact.name, today=context.clock.today)
    names = [contact.name, *contact.aliases, *(row.name for row in status.successors)]
    told = notes_mentioning(records, account.id, names, limit=12)
    told.sort(key=lambda note: _nearness(note, contact))
    for note in told[:2]:
        quote = excerpt(note.text, names)
        composer.bullet(
            "quoted" if note.date else "quoted_undated",
            [note_source(note, quote)],
            date=note.date,
            title=note.title,
            quote=quote,
        )
    found = status.successors[:1] or [contact]
    looked = [composer.text("looked", account=account.name, today=context.clock.today)]
    return composer.reply(
        Outcome.ANSWERED if status.successors else Outcome.UNKNOWN,
        accounts=[account.name],
        people=[contact.name, *(row.name for row in status.successors)],
        looked_at=[] if status.successors else looked,
        focus={"account_ids": [account.id], "contact_ids": [row.id for row in found]},
    )


def _present(context: SkillContext, request: Request, contact: Contact) -> Reply:
    """Somebody who is there: since when and after whom, and that nobody says they left."""
    records, today = context.records, context.clock.today
    composer = Composer("who_replaced", request.language)
    account = records.accounts[contact.account_id]
    before = [
        row
        for row in records.contacts(account.id)
        if has_left(row, today) and contact in stakeholder_status(records, row, account).successors
    ]
    fields = ["name", "title", "department", "since", "left_on"]
    composer.claim(
        "holds" if contact.since else "holds_plain",
        [records.source(contact, fields)],
        name=contact.name,
        title=in_brackets(contact.title, request.language),
        account=account.name,
        date=contact.since,
    )
    for row in before[:1]:
        composer.claim(
            "came_after",
            [records.source(row, ["name", "title", "left_on"])],
            name=row.name,
            title=in_brackets(row.title, request.language),
            date=row.left_on,
        )
    if not before:
        composer.plain("not_left", name=contact.name, today=today)
    return composer.reply(
        accounts=[account.name],
        people=[contact.name, *(row.name for row in before[:1])],
        focus={"account_ids": [account.id], "contact_ids": [contact.id]},
    )


def _movements(context: SkillContext, request: Request) -> Reply:
    """Who joined and who left at the account in the span asked about, else in half a year."""
    records, today = context.records, context.clock.today
    composer = Composer("who_replaced", request.language)
    account = records.accounts[request.account_ids[0]]
    since = request.since or today - HALF_A_YEAR
    until = min(request.until or today, today)
    found = movements(records, [account.id], since, until)
    focus = {"account_ids": [account.id], "contact_ids": []}
    if not found:
        composer.plain("no_moves", account=account.name, since=since, until=until)
        looked = [composer.text("looked", account=account.name, today=today)]
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=looked, focus=focus
        )
    for day, row, joined in found:
        composer.bullet(
            "joined" if joined else "went",
            [records.source(row, ["name", "title", "department", "since", "left_on"])],
            date=day,
            name=row.name,
            title=in_brackets(row.title, request.language),
            account=account.name,
        )
    people = [row.name for _, row, _ in found]
    return composer.reply(accounts=[account.name], people=people, focus=focus)


def _nearness(note: NoteText, gone: Contact) -> tuple[bool, int]:
    """For sorting: notes by how near they are to the day the person left; undated ones last."""
    if note.date is None or gone.left_on is None:
        return (True, 0)
    return (False, abs((note.date - gone.left_on).days))
