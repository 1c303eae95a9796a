"""A message becomes a note: understood, shown, saved once its writer says yes (demand 7 to 9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.assistant import note_lines
from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.speakers import as_spoken
from bot.assistant.turn import Told
from bot.assistant.wording import listed
from ingest.notes import (
    Extraction,
    MeetingNote,
    NotYours,
    Question,
    SaidNote,
    Writer,
    extract,
)
from kam_knowledge.changes import proposals
from kam_knowledge.changes.logged import ORIGIN, LoggedNote, logged_before, logged_hash
from kam_knowledge.changes.notes import NoteDraft
from kam_knowledge.clock import Clock
from kam_knowledge.errors import UsageError
from kam_knowledge.language.detect import text_language
from kam_knowledge.language.names import NameIndex
from kam_knowledge.store.models import SHEETS, Proposal

VISIBILITIES = ("team", "author", "open")
_TITLE = 80


@dataclass(frozen=True)
class Given:
    """What besides the text decides: names, answers given before, who may read the note."""

    names: NameIndex
    account_id: int | None = None
    chosen: tuple[tuple[str, int], ...] = ()
    date: dt.date | None = None
    keeps_names: bool = False
    visibility: str = "team"
    extracts: bool = False
    """Whether what is understood is only shown."""
    said: SaidNote | None = None
    """What a model read in the text; without it the built-in reading stands."""
    account_from: str = ""
    """Whether that account is the `conversation`'s or the `channel`'s."""
    found: Extraction | None = None
    """The text understood beforehand: nobody waits for a long one."""
    turn: int | None = None
    """The turn that holds the message, where this one answers a question about it."""
    told: Told | None = None
    """Where the message stands, and who said it when."""


@dataclass(frozen=True)
class Taken:
    """What became of a message that is to be logged."""

    reply: Reply
    notes: tuple[MeetingNote, ...] = ()
    proposal: Proposal | None = None
    saved: tuple[str, ...] = ()
    """The ids of notes that hold this content already."""


def understood(context: SkillContext, text: str, given: Given) -> Extraction:
    """The notes that the text holds, under the rights of the turn.

    Raises UsageError for a text that is empty or too long, NotYours where the writer, or a
    reader, is not of the account's team.
    """
    writer = Writer(
        given.names,
        context.records,
        given.account_id,
        given.chosen,
        given.date,
        given.keeps_names,
        given.told.on if given.told else None,
    )
    found = _named(extract(text, writer, given.said), given)
    if given.told and given.told.lines:
        return Extraction(tuple(as_spoken(one, given.told.lines, writer) for one in found.notes))
    return found


def _named(found: Extraction, given: Given) -> Extraction:
    """The notes, each with where an account comes from that it does not name."""
    notes = (
        replace(one, account_from=given.account_from or one.account_from)
        if one.account_from
        else one
        for one in found.notes
    )
    return replace(found, notes=tuple(notes))


def take(context: SkillContext, text: str, given: Given, thread_id: int | None) -> Taken:
    """Proposes the notes of a message; asks or refuses where it must, and stores nothing then."""
    composer = Composer("logging", context.language)
    try:
        found = _found(context, text, given)
    except NotYours as refusal:
        composer.plain("not_yours", account=refusal.account)
        return Taken(composer.reply(Outcome.DENIED, accounts=[refusal.account]))
    except UsageError as refusal:
        composer.plain("refused", why=str(refusal))
        return Taken(composer.reply(Outcome.CLARIFY))
    asked = [one for note in found.notes for one in note.questions]
    if given.extracts:
        return Taken(_extracted(composer, found, asked, given), found.notes)
    if asked:
        return Taken(_asking(composer, asked, given), found.notes)
    return _proposed(context, composer, found, given, thread_id)


def _found(context: SkillContext, text: str, given: Given) -> Extraction:
    """What was understood beforehand, as long as the writer may still write to all of it."""
    if given.found is not None:
        accounts = [note.account_id for note in given.found.notes if note.account_id is not None]
        if all(map(context.rights.sees_inner, accounts)):
            return given.found
    return understood(context, text, given)


def _extracted(
    composer: Composer, found: Extraction, asked: Sequence[Question], given: Given
) -> Reply:
    """What is understood and what would be asked, with nothing proposed."""
    for note in found.notes:
        note_lines.card(composer, note, given.visibility)
    for one in dict.fromkeys(asked):
        composer.unclaimed(note_lines.question(composer, one))
    composer.blank()
    composer.plain("only_extracted")
    accounts = [note.account for note in found.notes if note.account]
    return composer.reply(Outcome.ANSWERED, accounts=accounts)


def asked_of(note: MeetingNote, language: str) -> list[str]:
    """The note's questions as sentences."""
    composer = Composer("logging", language)
    return [note_lines.question(composer, one) for one in note.questions]


def _asking(composer: Composer, asked: Sequence[Question], given: Given) -> Reply:
    """One round of questions: all that must be known, the choices of the first to pick from."""
    for one in dict.fromkeys(asked):
        composer.unclaimed(note_lines.question(composer, one))
    first = asked[0]
    pending: dict[str, Any] = {
        "note": True,
        "choices": [{"kind": one.kind, "key": one.key} for one in first.choices],
        "missing": _MISSING.get(first.code, ""),
        "chosen": [list(one) for one in given.chosen],
    }
    if given.turn is not None:
        pending["turn"] = given.turn
    if given.told is not None:
        pending["told"] = given.told.as_json()
    return composer.reply(
        Outcome.CLARIFY,
        suggestions=[one.label for one in first.choices],
        focus={"pending": pending},
    )


_MISSING = {
    "no_account": "account",
    "which_account": "account",
    "vague_date": "day",
    "future_date": "day",
    "unknown_person": "name",
}


def _proposed(
    context: SkillContext,
    composer: Composer,
    found: Extraction,
    given: Given,
    thread_id: int | None,
) -> Taken:
    person = context.rights.viewer.person_id
    assert person is not None, "nobody outside gets this far"
    logged = [
        as_logged(note, composer, person, given.visibility, given.told) for note in found.notes
    ]
    known = [logged_before(context.session, one.draft.content_hash, person) for one in logged]
    keys = tuple(note.key for note in known if note is not None)
    accounts = [note.account for note in found.notes if note.account]
    ids = [note.account_id for note in found.notes if note.account_id]
    if len(keys) == len(logged):
        composer.plain("known_already", note=listed(keys, composer.language))
        reply = composer.reply(Outcome.DONE, accounts=accounts, focus={"account_ids": ids})
        return Taken(reply, found.notes, saved=keys)
    for note in found.notes:
        note_lines.card(composer, note, given.visibility)
    proposal = proposals.propose(
        context.session,
        person_id=person,
        kind="note",
        summary=listed([_summary(composer, note) for note in found.notes], composer.language),
        changes=[],
        now=Clock.now(),
        thread_id=thread_id,
        notes=logged,
    )
    composer.blank()
    composer.plain("say_yes", id=proposal.key)
    people = [name for note in found.notes for name in note.attendees]
    reply = composer.reply(
        Outcome.PROPOSED, accounts=accounts, people=people, focus={"account_ids": ids}
    )
    return Taken(replace(reply, proposal=proposal_json(proposal)), found.notes, proposal)


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """The contract's shape of a proposal, its note and further notes included."""
    notes = [dict(one.said) for one in proposals.logged_notes(proposal)]
    first = notes[0] | {"more": notes[1:]} if notes else None
    corrected = [
        {"table": "notes", "key": proposal.payload["corrects"], **one}
        for one in proposal.payload.get("corrected", ())
    ]
    labelled = [one for one in proposal.payload.get("offers", ()) if "label" in one]
    return {
        "id": proposal.key,
        "kind": proposal.kind,
        "summary": proposal.payload["summary"],
        "changes": [change.as_json() for change in proposals.field_changes(proposal)]
        + _created(proposal)
        + corrected,
        "offers": [{"text": one["label"], "ticked": one["ticked"]} for one in labelled],
        "note": first,
        "questions": [],
        "expires": proposal.expires_at.isoformat(),
    }


def _created(proposal: Proposal) -> list[dict[str, Any]]:
    """What the rows that it would create hold, where they are called by a key."""
    return [
        {"table": row["table"], "key": row["key"], "field": name, "before": None, "after": value}
        for row in proposal.payload.get("creates", ())
        if "key" in row
        for name, value in row["values"].items()
        if value is not None and name not in SHEETS[row["table"]].KEY and not name.endswith("_id")
    ]


def as_logged(
    note: MeetingNote,
    composer: Composer,
    author_id: int,
    visibility: str,
    told: Told | None = None,
) -> LoggedNote:
    """The note as a proposal keeps it."""
    content = logged_hash(note.text, note.account_id, note.date)
    who = listed(note.attendees, composer.language, most=3)
    subject = who if who else note.account or ""
    title = composer.text(f"title_{note.kind if who else 'document'}", who=subject)
    draft = NoteDraft(
        text=note.text,
        title=title[:_TITLE],
        kind=note.kind,
        content_hash=content,
        visibility=visibility,
        language=text_language(note.text),
        date=note.date,
        account_id=note.account_id,
        author_id=author_id,
        origin=ORIGIN,
        format="text",
        inferred=_inferred(note),
        contact_ids=note.contact_ids,
        person_ids=note.person_ids,
        unknown_names=note.unknown_names,
    )
    actions = [
        {
            "account_id": note.account_id,
            "action": one.action,
            "direction": one.direction,
            "owner": one.owner,
            "owner_person_id": one.person_id,
            "owner_contact_id": one.contact_id,
            "due": one.due.isoformat() if one.due else None,
            "status": "open",
        }
        for one in note.actions
    ]
    said = note.as_json() | {"questions": [], "words": [one.words for one in note.actions]}
    source = {**told.source, "where": told.where} if told and told.where else {}
    return LoggedNote(draft, tuple(actions), said, source)


def _inferred(note: MeetingNote) -> dict[str, str]:
    """What of the note its text does not say, and whence it comes."""
    found = {"date": "assumed"} if note.date_assumed else {}
    return found | ({"account": note.account_from} if note.account_from else {})


def _summary(composer: Composer, note: MeetingNote) -> str:
    return composer.text(
        "proposal_summary",
        account=note.account,
        kind=note_lines.kind(composer, note),
        date=note.date,
    )
