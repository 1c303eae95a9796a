"""Corrections by message: "no, that was the CIO", "Dana's title is CTO", 不对,是 CIO.

Each is a proposal with before and after. A corrected note takes the place of the one before, which
stands again when the correction is undone.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.assistant import note_lines
from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.note_cards import note_of
from bot.assistant.note_corrections import (
    Changed,
    Correction,
    WhichOne,
    corrected,
    lines,
    with_words,
)
from bot.assistant.note_taking import as_logged
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.departure import contact_left, says_left
from bot.assistant.skills.proposing import field_change, proposed
from bot.assistant.turn import Told
from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.request import Request
from ingest.notes import MeetingNote
from ingest.notes.cues import keys, pattern
from ingest.notes.reading import read
from kam_knowledge.changes import proposals
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.clock import Clock
from kam_knowledge.language.normalise import fold
from kam_knowledge.language.titles import TitleMatch, find_titles
from kam_knowledge.queries.offices import holders
from kam_knowledge.store.models import Contact, Proposal

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk

RECENT = timedelta(hours=12)
"""How long after a note a message outside of its conversation may still be about it."""


def correct(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes what the message puts right: a note logged before, or a person on record."""
    composer = Composer("correcting", request.language)
    latest = _latest_note(context, desk)
    rows = [row for key in request.contact_ids if (row := context.records.get(Contact, key))]
    if len(rows) == 1 and says_left(request.text):
        return contact_left(context, request, desk)
    title = _title(request)
    if len(rows) == 1 and title is not None and _is_about(request.text, rows[0], title, latest):
        return _retitled(context, composer, desk, rows[0], title)
    if latest is None:
        composer.plain("nothing_to_correct")
        return composer.reply(Outcome.CLARIFY)
    return _note_corrected(context, composer, request, desk, latest, rows)


def _retitled(
    context: SkillContext, composer: Composer, desk: Desk, row: Contact, title: str
) -> Reply:
    """Proposes another title for a contact."""
    account = context.records.accounts[row.account_id]
    if not context.rights.sees_inner(account.id):
        composer.plain("not_yours", account=account.name)
        return composer.reply(Outcome.DENIED, accounts=[account.name])
    if fold(row.title or "") == fold(title):
        source = context.records.source(row, ["name", "title"])
        composer.claim("already_so", [source], name=row.name, title=row.title)
        return composer.reply(Outcome.ANSWERED, accounts=[account.name], people=[row.name])
    before = row.title or composer.text("not_on_record")
    summary = composer.text(
        "summary_title", name=row.name, account=account.name, before=before, after=title
    )
    return proposed(
        context,
        composer,
        desk,
        "contact",
        summary,
        [field_change(context, row, "title", title)],
        sources=[context.records.source(row, ["name", "title"])],
        account_ids=[account.id],
        people=[row.name],
    )


def _note_corrected(
    context: SkillContext,
    composer: Composer,
    request: Request,
    desk: Desk,
    latest: Proposal,
    rows: list[Contact],
) -> Reply:
    """Proposes the note anew, with what the message says of it."""
    logged = list(proposals.logged_notes(latest))
    number = _which_note(logged, request, rows)
    note = note_of(logged[number])
    said = _said(context, request, note, rows)
    if said is None:
        composer.plain("no_holder", title=request.title_text, account=note.account)
        return composer.reply(Outcome.CLARIFY, focus={"account_ids": [note.account_id]})
    if said == Correction():
        composer.plain("what_is_wrong")
        return composer.reply(Outcome.CLARIFY, focus={"account_ids": [note.account_id]})
    try:
        fixed, changes = corrected(note, said, context.records, request.language)
    except WhichOne:
        composer.plain("which_attendee", right=", ".join(row.name for row in said.contacts))
        for name in note.attendees:
            composer.unclaimed(f"- {name}")
        return composer.reply(Outcome.CLARIFY, focus={"account_ids": [note.account_id]})
    if not context.rights.sees_inner(fixed.account_id):
        composer.plain("not_yours", account=fixed.account)
        return composer.reply(Outcome.DENIED)
    if fixed.date and fixed.date > context.clock.today:
        composer.plain("still_to_come", date=fixed.date)
        return composer.reply(Outcome.CLARIFY, focus={"account_ids": [note.account_id]})
    if not changes:
        composer.plain("says_so_already")
        return composer.reply(Outcome.ANSWERED, focus={"account_ids": [note.account_id]})
    own = Composer("logging", request.language)
    line = own.text("correction_line", date=context.clock.today, words=request.text)
    fixed = with_words(fixed, line)
    before = logged[number]
    told = Told(before.source.get("where", ""), source=dict(before.source))
    author = before.draft.author_id or latest.person_id
    logged[number] = as_logged(fixed, own, author, before.draft.visibility, told)
    return _proposed_anew(context, composer, desk, latest, logged, fixed, changes)


def _proposed_anew(
    context: SkillContext,
    composer: Composer,
    desk: Desk,
    latest: Proposal,
    logged: list[LoggedNote],
    fixed: MeetingNote,
    changes: list[Changed],
) -> Reply:
    own = Composer("logging", composer.language)
    shown = [asdict(one) for one in changes]
    more = {
        "notes": [one.as_payload() for one in logged],
        "corrects": latest.key,
        "corrected": shown,
        "instead_of": [latest.key] if latest.state == "confirmed" else [],
        "offers": latest.payload.get("offers", []),
    }
    proposals.cancel(context.session, latest)
    for line in lines(shown, composer.language):
        composer.unclaimed(f"- {line}")
    composer.blank()
    note_lines.card(own, fixed, logged[0].draft.visibility)
    for line in own.reply().markdown.split("\n"):
        composer.unclaimed(line)
    composer.blank()
    summary = own.text(
        "proposal_summary",
        account=fixed.account or own.text("no_account"),
        kind=note_lines.kind(own, fixed),
        date=fixed.date,
    )
    return proposed(
        context,
        composer,
        desk,
        "note",
        summary,
        [],
        more=more,
        account_ids=[fixed.account_id] if fixed.account_id else [],
        people=fixed.attendees,
    )


def _said(
    context: SkillContext, request: Request, note: MeetingNote, rows: list[Contact]
) -> Correction | None:
    """What the message says is so; None for a title that nobody at the account holds."""
    records = context.records
    contacts = rows
    if not rows and request.title_code and note.account_id is not None:
        match = TitleMatch(request.title_code, (0, 0))
        contacts = holders(records.contacts(note.account_id), match, context.clock.today)
        if not contacts:
            return None
    account = None
    named = [key for key in request.account_ids if not request.carried and key != note.account_id]
    if named and not contacts:
        account = records.accounts.get(named[0])
    one_day = request.since is not None and request.since == request.until
    kind = _kind(request.text, note.kind)
    return Correction(tuple(contacts), account, request.since if one_day else None, kind)


def _which_note(logged: list[LoggedNote], request: Request, rows: list[Contact]) -> int:
    """Of several notes of one message the one whose account the correction is about."""
    accounts = {row.account_id for row in rows} or set(request.account_ids)
    for number, one in enumerate(logged):
        if one.draft.account_id in accounts:
            return number
    return 0


def _is_about(text: str, row: Contact, title: str, latest: Proposal | None) -> bool:
    """Whether the title is said of the person: "Dana Wu is the CIO"; and not of the note, as in
    "that was Robert Hale, the CIO", where the last note was at his account and without him."""
    folded, wanted = plain(text), plain(title)
    for name in map(plain, (row.name, *row.aliases)):
        start, end = folded.find(name), folded.rfind(wanted)
        between = folded[start + len(name) : end]
        if 0 <= start < end and longest(between, phrases(cues()["entitled"])):
            return True
    return latest is None or not any(
        one.draft.account_id == row.account_id and row.id not in one.draft.contact_ids
        for one in proposals.logged_notes(latest)
    )


def _latest_note(context: SkillContext, desk: Desk) -> Proposal | None:
    """The note of this conversation that was proposed or saved last, else the person's last one
    of these hours; None for a message on its own, which goes on from nothing."""
    if desk.thread_id is None:
        return None
    person = context.rights.viewer.person_id
    mine = (
        select(Proposal)
        .where(
            Proposal.person_id == person,
            Proposal.kind == "note",
            Proposal.state.in_((proposals.WAITING, "confirmed")),
        )
        .order_by(Proposal.id.desc())
        .limit(1)
    )
    found = context.session.scalar(mine.where(Proposal.thread_id == desk.thread_id))
    since = Clock.now() - RECENT
    return found or context.session.scalar(mine.where(Proposal.created_at > since))


def _title(request: Request) -> str | None:
    """The last office that the message names, as written."""
    found = [one for one in find_titles(request.text) if one.kind == "role"]
    return request.text[slice(*found[-1].span)] if found else None


def _kind(text: str, before: str) -> str | None:
    """The kind of touch that the message says it was; None where it says none or the same."""
    plain = read(text).plain
    found = [kind for kind in keys("talk_kind") if pattern("talk_kind", kind).search(plain)]
    others = [kind for kind in found if kind != before]
    return others[0] if len(others) == 1 else None
