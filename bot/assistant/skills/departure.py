"""Somebody of theirs left: what hung on the person, and what to do, as one proposal (P-8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.note_offers import Offer
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.proposing import field_change, proposed
from bot.assistant.ticking import chosen
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, word
from ingest.notes.cues import pattern, plainly
from kam_knowledge.changes.proposals import FieldChange
from kam_knowledge.queries.departures import WITHIN, Departure, departure
from kam_knowledge.store.models import Contact, Person

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk

SHOWN = 8


def says_left(text: str) -> bool:
    """Whether the message says that somebody is there no more."""
    return pattern("left").search(plainly(text)) is not None


def contact_left(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes that whoever the message names left, with what follows from it."""
    composer = Composer("departure", request.language)
    rows = [row for key in request.contact_ids if (row := context.records.get(Contact, key))]
    if len(rows) != 1:
        composer.plain("who_left")
        return composer.reply(Outcome.CLARIFY)
    today = context.clock.today
    on = min(request.until or request.since or today, today)
    said = request.until is not None or request.since is not None
    return checklist(context, desk, rows[0], on if said else None, request.language, request.text)


def checklist(
    context: SkillContext,
    desk: Desk,
    contact: Contact,
    on: date | None,
    language: str,
    words: str,
) -> Reply:
    """The checklist of P-8 for somebody who left on that day: on None, the day on record, else
    today. Each step is offered with the words it rests on and written where it is ticked."""
    composer = Composer("departure", language)
    account = context.records.accounts[contact.account_id]
    if not context.rights.sees_inner(account.id):
        composer.plain("not_yours", account=account.name)
        return composer.reply(Outcome.DENIED, accounts=[account.name])
    day = on or contact.left_on or context.clock.today
    found = departure(context.records, contact, day)
    _said(context, composer, found)
    steps = list(_steps(context, composer, found))
    labelled = [
        {**one.as_payload(ticked=ticked), "label": _label(composer, one)} for one, ticked in steps
    ]
    composer.heading("head_steps")
    for number, one in enumerate(labelled, start=1):
        mark = composer.text("ticked" if one["ticked"] else "open")
        composer.unclaimed(f"{number}. {mark} {one['label']}")
    composer.plain("how_to_tick")
    summary = composer.text("summary", name=contact.name, account=account.name, date=day)
    payload: dict[str, Any] = chosen({"words": words}, labelled)
    changes = [FieldChange(**one) for one in payload.pop("changes")]
    return proposed(
        context,
        composer,
        desk,
        "departure",
        summary,
        changes,
        more=payload,
        account_ids=[account.id],
        people=[contact.name],
    )


def _said(context: SkillContext, composer: Composer, found: Departure) -> None:
    """Who it is, who follows, and what hung on the person."""
    records, contact = context.records, found.contact
    lines = Lines(records, composer)
    fields = ["name", "title", "department", "decision_role", "left_on"]
    composer.claim(
        "who",
        [records.source(contact, fields)],
        name=contact.name,
        title=in_brackets(contact.title, composer.language),
        account=found.account.name,
    )
    for row in found.successors:
        source = records.source(row, ["name", "title", "department", "since"])
        title = in_brackets(row.title, composer.language)
        composer.bullet("successor", [source], name=row.name, title=title, date=row.since)
    if not found.successors:
        composer.plain("no_successor")
    if found.alone_in_role:
        role = word(f"role_{contact.decision_role}", composer.language)
        source = records.source(contact, ["name", "decision_role"])
        composer.bullet("role_empty", [source], role=role)
    for row in found.reports[:SHOWN]:
        source = records.source(row, ["name", "title", "reports_to_id"])
        composer.bullet("reported", [source], name=row.name, superior=contact.name)
    if found.commitments:
        composer.heading("head_commitments")
        for one in found.commitments[:SHOWN]:
            lines.commitment(one)
    if found.deals:
        composer.heading("head_deals")
        for deal in found.deals[:SHOWN]:
            lines.deal(deal)
    if found.renewals:
        composer.heading("head_renewals")
        for renewal in found.renewals:
            for contract in renewal.contracts:
                lines.renewal(renewal.deadline, contract)
            if not renewal.contracts and renewal.stated:
                source = records.source(found.account, ["name", "renewal_date"])
                composer.bullet("renewal_stated", [source], date=renewal.stated)


def _steps(
    context: SkillContext, composer: Composer, found: Departure
) -> Iterator[tuple[Offer, bool]]:
    """What may be written, and whether it is ticked: what is sure is, a guess is not."""
    contact, follows = found.contact, found.successor
    if contact.left_on != found.on:
        change = field_change(context, contact, "left_on", found.on)
        before = contact.left_on.isoformat() if contact.left_on else None
        yield _offer("left", contact.name, before, found.on.isoformat(), change), True
    for one in found.commitments:
        if one.action.id in found.owned and follows is not None:
            changes = [
                field_change(context, one.action, name, value)
                for name, value in (("owner_contact_id", follows.id), ("owner", follows.name))
            ]
            yield _offer("promise", one.action.action, contact.name, follows.name, *changes), True
    for deal in found.deals:
        if follows is not None:
            change = field_change(context, deal, "contact_id", follows.id)
            yield _offer("deal", deal.name, contact.name, follows.name, change), False
    for row in found.reports:
        if follows is not None:
            change = field_change(context, row, "reports_to_id", follows.id)
            yield _offer("superior", row.name, contact.name, follows.name, change), False
    until = context.clock.today + WITHIN
    asked = {"name": contact.name, "successor": follows.name if follows else ""}
    owner, sponsor = found.owner, found.sponsor or found.owner
    if follows is None:
        yield (
            _task(composer, found, "task_successor", owner, until - timedelta(days=7), asked),
            True,
        )
    yield _task(composer, found, "task_sponsor", sponsor, until, asked), True
    meeting = "task_meeting" if follows else "task_meeting_gap"
    yield _task(composer, found, meeting, owner, until, asked), True


def _offer(kind: str, name: str, before: str | None, after: str, *changes: FieldChange) -> Offer:
    first, *others = [vars(one) for one in changes]
    return Offer(kind, name, "", before, after, first, besides=tuple(others))


def _task(
    composer: Composer,
    found: Departure,
    key: str,
    owner: Person | None,
    due: date,
    asked: dict[str, str],
) -> Offer:
    action = composer.text(key, **asked)
    values: dict[str, Any] = {
        "account_id": found.account.id,
        "action": action,
        "direction": "internal",
        "owner": owner.email if owner else None,
        "owner_person_id": owner.id if owner else None,
        "due": due.isoformat(),
        "status": "open",
    }
    given = {name: value for name, value in values.items() if value is not None}
    who = owner.name if owner else composer.text("nobody")
    after = composer.text("who_when", who=who, date=due)
    return Offer("task", action, "", None, after, given, "actions")


def _label(composer: Composer, one: Offer) -> str:
    before = one.before or composer.text("not_on_record")
    return composer.text(f"step_{one.kind}", name=one.name, before=before, after=one.after)
