"""Writes by message: proposed, confirmed, cancelled, taken back.

These skills run in a unit of work that writes; what they do is committed with the conversation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.note_taking import proposal_json
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.skills.correcting import correct
from bot.assistant.skills.departure import contact_left
from bot.assistant.skills.digest_schedule import digest_pause, digest_setup
from bot.assistant.skills.goal_actions import goal_actions
from bot.assistant.skills.log_note import log_note, note_receipt
from bot.assistant.skills.merging import merge_contacts
from bot.assistant.skills.score_account import score_account
from bot.assistant.turn import Told
from bot.assistant.understanding.request import Request
from ingest.notes import Extraction, SaidNote
from kam_knowledge.changes import proposals
from kam_knowledge.changes.ledger import to_json
from kam_knowledge.changes.proposals import FieldChange
from kam_knowledge.clock import Clock
from kam_knowledge.errors import KamError
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.store.models import SHEETS, Action, Proposal

LIKE = 55
"""From this likeness (0-100) a commitment may be the one that is meant."""
APART = 12
"""By this much the best must be liker than the next, else a person chooses."""
SHOWN = 4


@dataclass(frozen=True)
class Desk:
    """Where a write happens: the thread it belongs to, and the face it came through."""

    thread_id: int | None
    origin: str
    names: NameIndex | None = None
    """The book's names, for what is understood while it is written."""
    visibility: str = "team"
    """Who may read a note that is logged."""
    extracts: bool = False
    """Whether a note is only shown, and nothing proposed."""
    said: SaidNote | None = None
    """What a model read in a note that is logged."""
    found: Extraction | None = None
    """The note understood beforehand."""
    told: Told | None = None
    """Where the message stands that is logged, and who said it."""


Writer = Callable[[SkillContext, Request, Desk], Reply]


def mark_done(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes that a commitment is done, as of the business day."""
    found = _meant(context, request)
    if isinstance(found, Reply):
        return found
    today = context.clock.today
    changes = _changes(context, found.action, {"status": "done", "done_on": today})
    return _proposed(context, request, desk, "done", found, changes)


def reschedule(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes another date, another owner, or both for a commitment."""
    found = _meant(context, request)
    if isinstance(found, Reply):
        return found
    wanted: dict[str, Any] = {}
    day = request.until or request.since
    if day is not None:
        wanted["due"] = day
        if found.action.first_due is None and found.action.due is not None:
            wanted["first_due"] = found.action.due
    if request.person_ids:
        person = context.records.people[request.person_ids[0]]
        wanted |= {
            "owner": person.email,
            "owner_person_id": person.id,
            "owner_contact_id": None,
        }
    if not wanted:
        composer = Composer("writing", request.language)
        composer.plain("to_when", action=found.action.action)
        return composer.reply(Outcome.CLARIFY, focus={"account_ids": [found.action.account_id]})
    changes = _changes(context, found.action, wanted)
    return _proposed(context, request, desk, "moved", found, changes)


def confirm(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Writes what waits in this thread; a second yes gets the first receipt."""
    person = context.rights.viewer.person_id
    proposal = _latest(context, desk)
    composer = Composer("writing", request.language)
    if proposal is None or person is None:
        composer.plain("nothing_waits")
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked")])
    return confirmed(context, request.language, proposal, desk)


def confirmed(context: SkillContext, language: str, proposal: Proposal, desk: Desk) -> Reply:
    """The receipt of one proposal, confirmed now or before.

    The writer must still be on the account's team; rights may have changed since.
    """
    composer = Composer("writing", language)
    if not all(context.rights.sees_inner(key) for key in _accounts_of(context, proposal)):
        composer.plain("not_yours")
        return composer.reply(Outcome.DENIED)
    try:
        with context.session.begin_nested():  # what is refused waits on as it did
            receipt = proposals.confirm(
                context.session,
                proposal,
                today=context.clock.today,
                now=Clock.now(),
                origin=desk.origin,
                actor_id=context.rights.viewer.person_id,
            )
    except KamError as error:
        composer.plain("refused", why=str(error))
        return composer.reply(Outcome.UNKNOWN)
    if receipt.notes:
        reply = note_receipt(context, language, proposal, receipt.notes)
        return replace(reply, proposal=proposal_json(proposal))
    composer.plain("receipt", summary=proposal.payload["summary"], id=receipt.change)
    return replace(composer.reply(Outcome.DONE), proposal=proposal_json(proposal))


def _accounts_of(context: SkillContext, proposal: Proposal) -> set[int | None]:
    """The accounts that the proposal writes to; None stands for a row that is out of sight."""
    found: set[int | None] = {note.draft.account_id for note in proposals.logged_notes(proposal)}
    for change in proposals.field_changes(proposal):
        row = context.records.get(SHEETS[change.table], change.row_id)
        found.add(None if row is None else getattr(row, "account_id", row.id))
    found |= {one["values"].get("account_id") for one in proposal.payload.get("creates", ())}
    edit = proposals.plan_edit(proposal)
    if edit is not None and edit.about.account_id is not None:
        found.add(edit.about.account_id)
    return found


def cancel(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Takes what waits in this thread off the table."""
    proposal = _latest(context, desk)
    if proposal is None:
        composer = Composer("writing", request.language)
        composer.plain("nothing_waits")
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked")])
    return cancelled(context, request.language, proposal, desk)


def cancelled(context: SkillContext, language: str, proposal: Proposal, _desk: Desk) -> Reply:
    """One proposal taken off the table, unless it was settled before."""
    composer = Composer("writing", language)
    if not proposals.cancel(context.session, proposal):
        composer.plain("nothing_waits")
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked")])
    composer.plain("cancelled", summary=proposal.payload["summary"])
    settled = proposal_json(proposal) if proposal.kind == "note" else None
    return composer.reply(Outcome.ANSWERED, proposal=settled)


def undo(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Takes the person's last write back."""
    composer = Composer("writing", request.language)
    person = context.rights.viewer.person_id
    try:
        if person is None:
            raise KamError("nobody of ours asked.")
        proposal = proposals.undo_last(
            context.session, person, origin=desk.origin, today=context.clock.today
        )
    except KamError:
        composer.plain("nothing_to_undo")
        return composer.reply(Outcome.UNKNOWN, looked_at=[composer.text("looked")])
    composer.plain("undone", summary=proposal.payload["summary"])
    return composer.reply(Outcome.DONE)


WRITERS: dict[str, Writer] = {
    "log_note": log_note,
    "mark_done": mark_done,
    "reschedule": reschedule,
    "correction": correct,
    "contact_left": contact_left,
    "merge_contacts": merge_contacts,
    "goal_actions": goal_actions,
    "score_account": score_account,
    "digest_setup": digest_setup,
    "digest_pause": digest_pause,
    "confirm": confirm,
    "cancel": cancel,
    "undo": undo,
}


def _latest(context: SkillContext, desk: Desk) -> Proposal | None:
    """What waits in this thread, else what was confirmed in it last: for the second yes."""
    person = context.rights.viewer.person_id
    if person is None:
        return None
    found = proposals.waiting(context.session, person, desk.thread_id)
    if found is not None or desk.thread_id is None:
        return found
    return context.session.scalar(
        select(Proposal)
        .where(Proposal.person_id == person, Proposal.thread_id == desk.thread_id)
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def _meant(context: SkillContext, request: Request) -> Commitment | Reply:
    """The one open commitment the message means, else a question or an honest no.

    Only commitments of accounts whose team the writer is of can be written to.
    """
    composer = Composer("writing", request.language)
    records, today = context.records, context.clock.today
    accounts = accounts_in_scope(context, request)
    ids = [account.id for account in accounts if context.rights.sees_inner(account.id)]
    if not ids and request.account_ids:
        composer.plain("not_yours")
        return composer.reply(Outcome.DENIED, accounts=[account.name for account in accounts])
    scored = _likeness(request, open_commitments(records, account_ids=ids))
    near = [(score, c) for score, c in scored if score >= LIKE]
    if near and (len(near) == 1 or near[0][0] - near[1][0] >= APART):
        return near[0][1]
    if not near:
        composer.plain("no_such", today=today)
        return composer.reply(
            Outcome.UNKNOWN, looked_at=[composer.text("looked_actions", today=today)]
        )
    composer.plain("which")
    lines = Lines(records, composer, name_account=True)
    for _, one in near[:SHOWN]:
        lines.commitment(one)
    return composer.reply(
        Outcome.CLARIFY, suggestions=[one.action.action for _, one in near[:SHOWN]]
    )


def _likeness(request: Request, found: list[Commitment]) -> list[tuple[float, Commitment]]:
    """Commitments by how much of the message they hold (0-100), the likest first.

    Counted are the message's words, and their terms in the other language, that any of the
    commitments holds; a word counts the more the fewer hold it.
    """
    held = [set(query_tokens(c.action.action)) for c in found]
    text = " ".join(request.terms) or request.text
    asked = [{token} for token in dict.fromkeys(query_tokens(text))]
    asked += [
        set(query_tokens(" ".join(translation.targets)))
        for translation in Glossary.load().translate_terms(request.text)
    ]
    weighed = []
    for group in asked:
        holders = sum(1 for words in held if words & group)
        if holders:
            weighed.append((group, math.log(1 + len(found) / holders)))
    most = sum(weight for _, weight in weighed)
    scored = [
        (100 * sum(weight for group, weight in weighed if words & group) / most, c)
        for words, c in zip(held, found, strict=True)
        if most
    ]
    return sorted(scored, key=lambda pair: -pair[0])


def _changes(context: SkillContext, action: Action, wanted: dict[str, Any]) -> list[FieldChange]:
    key = context.records.key(action)
    return [
        FieldChange("actions", action.id, key, name, to_json(getattr(action, name)), to_json(value))
        for name, value in wanted.items()
        if to_json(getattr(action, name)) != to_json(value)
    ]


def _proposed(
    context: SkillContext,
    request: Request,
    desk: Desk,
    kind: str,
    found: Commitment,
    changes: list[FieldChange],
) -> Reply:
    composer = Composer("writing", request.language)
    account = context.records.accounts[found.action.account_id]
    values = {change.field: change.after for change in changes}
    owner = context.records.people.get(values.get("owner_person_id") or 0)
    summary = composer.text(
        f"summary_{kind}",
        account=account.name,
        action=found.action.action,
        due=composer.text("to_day", date=date.fromisoformat(values["due"]))
        if values.get("due")
        else "",
        owner=composer.text("to_owner", name=owner.name) if owner else "",
    )
    person = context.rights.viewer.person_id
    assert person is not None, "nobody outside gets this far"
    proposal = proposals.propose(
        context.session,
        person_id=person,
        kind=kind,
        summary=summary,
        changes=changes,
        now=Clock.now(),
        thread_id=desk.thread_id,
    )
    source = context.records.source(
        found.action, ["action", "direction", "owner", "due", "first_due", "status"]
    )
    composer.claim("proposal", [source], summary=summary)
    composer.plain("say_yes", id=proposal.key)
    reply = composer.reply(
        Outcome.PROPOSED,
        accounts=[account.name],
        focus={"account_ids": [account.id]},
    )
    return replace(reply, proposal=proposal_json(proposal))
