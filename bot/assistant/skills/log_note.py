"""Logging: "Log: met Dana …", 记录： … and `kam log` become notes that wait for a yes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.note_lines import receipt
from bot.assistant.note_offers import departures_told
from bot.assistant.note_taking import Given, Taken, asked_of, take, understood
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Told
from bot.assistant.understanding.request import Request
from ingest.notes import NotYours, SaidNote, extracts_only
from kam_knowledge.changes import proposals
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.errors import UsageError
from kam_knowledge.language.names import NameIndex
from kam_knowledge.store.models import Proposal

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk


@dataclass(frozen=True)
class Wish:
    """How a note is to be logged."""

    save: bool = False
    visibility: str = "team"
    keeps_names: bool = False
    extracts: bool = False
    """Whether it is only shown: nothing is proposed."""


@dataclass(frozen=True)
class Logged:
    """What became of a text that was logged."""

    reply: Reply
    notes: tuple[dict[str, Any], ...]
    """Each as the contract shapes it."""
    saved: tuple[str, ...] = ()
    """The ids of the notes that hold it."""

    def as_json(self) -> dict[str, Any]:
        """The contract's shape: the first note, and the others as its `more`."""
        ids = [*self.saved, *[None] * len(self.notes)]
        shapes = [
            note | {"saved": bool(self.saved), "note": key}
            for note, key in zip(self.notes or (_NOTHING,), ids or [None], strict=False)
        ]
        first = shapes[0] | {"more": shapes[1:]}
        if self.reply.outcome in (Outcome.DENIED, Outcome.CLARIFY) and not self.notes:
            first["problem"] = self.reply.markdown
        proposal = self.reply.proposal
        return first | {"proposal": proposal["id"] if proposal and not self.saved else None}


_NOTHING: dict[str, Any] = {
    "account": None, "date": None, "date_assumed": False, "kind": None, "attendees": [],
    "our_attendees": [], "summary": "", "actions": [], "decisions": [], "concerns": [],
    "competitors": [], "sentiment": None, "signals": [], "sensitive": [], "questions": [],
}  # fmt: skip


def log_note(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes the notes of the message, asks what must be known, or refuses."""
    return taken(context, request, desk).reply


def prepared(context: SkillContext, request: Request, desk: Desk) -> Desk:
    """The desk with the message understood, before anything is written; as it is where that
    must end in a refusal."""
    try:
        found = understood(context, request.text, _given(request, desk))
    except (NotYours, UsageError):
        return desk
    return replace(desk, found=found)


def taken(context: SkillContext, request: Request, desk: Desk) -> Taken:
    """What becomes of the message: the reply, the notes, the proposal."""
    return take(context, request.text, _given(request, desk), desk.thread_id)


def _given(request: Request, desk: Desk) -> Given:
    """What besides the text decides."""
    assert desk.names is not None, "a note is understood by the book's names"
    # What stands in for an account that the text does not name: the thread's, the channel's.
    usual = request.account_ids[0] if len(request.account_ids) == 1 else None
    day = next((key for kind, key in request.chosen if kind == "day"), None)
    pending = request.pending or {}
    kept = pending.get("told")
    return Given(
        desk.names,
        usual,
        request.chosen,
        dt.date.fromordinal(day) if day else None,
        keeps_names=any(kind == "name" for kind, _ in request.chosen),
        visibility=desk.visibility,
        extracts=desk.extracts or extracts_only(request.text),
        account_from="conversation" if request.carried else "channel",
        said=desk.said,
        found=desk.found,
        turn=pending.get("turn"),
        told=desk.told if kept is None else Told.of_json(kept),
    )


def note_receipt(
    context: SkillContext, language: str, proposal: Proposal, stored: tuple[str, ...]
) -> Reply:
    """What was saved, and what it pays back."""
    composer = Composer("logging", language)
    logged = proposals.logged_notes(proposal)
    composer.plain("saved", summary=proposal.payload["summary"], note=", ".join(stored))
    for one in logged:
        receipt(composer, context, one)
    accounts = [one.said["account"] for one in logged if one.said.get("account")]
    ids = [one.draft.account_id for one in logged if one.draft.account_id]
    return composer.reply(
        Outcome.DONE,
        accounts=accounts,
        focus={"account_ids": ids},
        suggestions=_next(context, language, logged),
    )


def _next(context: SkillContext, language: str, logged: Sequence[LoggedNote]) -> list[str]:
    """What may be asked for once a note is saved."""
    composer = Composer("recap", language)
    left = [
        composer.text("ask_left", name=row.name, account=one.said.get("account"))
        for one in logged
        for row in departures_told(context.records, one)
    ]
    met = any(one.draft.contact_ids or one.draft.unknown_names for one in logged)
    recap = [composer.text("ask_recap")] if met else []
    return [*left, *recap, composer.text("ask_crm")]


def request_of(text: str, language: Literal["en", "zh"], wish: Wish) -> Request:
    """A text that is to be logged as a request."""
    return Request(text, language, "log_note", chosen=(("name", 1),) if wish.keeps_names else ())


def log(context: SkillContext, request: Request, desk: Desk, wish: Wish) -> Logged:
    """The text proposed, and saved where that is wished and nothing must be asked first."""
    found = taken(context, request, replace(desk, extracts=wish.extracts))
    shapes = _shapes(found, context.language)
    if not wish.save or found.proposal is None:
        return Logged(found.reply, shapes, found.saved)
    receipt = proposals.confirm(
        context.session,
        found.proposal,
        today=context.clock.today,
        now=context.clock.now(),
        origin=desk.origin,
    )
    reply = note_receipt(context, context.language, found.proposal, receipt.notes)
    return Logged(replace(reply, proposal=found.reply.proposal), shapes, receipt.notes)


def read_note(
    context: SkillContext, text: str, names: NameIndex, said: SaidNote | None = None
) -> Logged:
    """What a text would be logged as; nothing is written.

    Raises UsageError for a text that is empty or too long.
    """
    try:
        found = understood(context, text, Given(names, said=said))
    except NotYours as refusal:
        composer = Composer("logging", context.language)
        composer.plain("not_yours", account=refusal.account)
        return Logged(composer.reply(Outcome.DENIED), ())
    reply = Composer("logging", context.language).reply(Outcome.PROPOSED)
    return Logged(reply, _shapes(Taken(reply, found.notes), context.language))


def _shapes(found: Taken, language: str) -> tuple[dict[str, Any], ...]:
    return tuple(note.as_json() | {"questions": asked_of(note, language)} for note in found.notes)
