"""Notes that wait on a card: one proposal each, ticked, edited, shown to more or fewer people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from bot.assistant import note_lines
from bot.assistant.compose import Composer
from bot.assistant.note_drafts import is_draft
from bot.assistant.note_offers import offers
from bot.assistant.note_taking import VISIBILITIES, as_logged
from bot.assistant.ticking import chosen
from bot.assistant.turn import Told
from ingest.notes import MeetingNote, NoteAction, Signal
from ingest.notes.note import Delicate
from kam_knowledge.access import Rights
from kam_knowledge.changes import proposals
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.clock import Clock
from kam_knowledge.errors import UsageError
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Proposal

WAITING = proposals.WAITING


@dataclass(frozen=True)
class NoteCard:
    """A note that is proposed, as a card shows it."""

    key: str
    """The proposal's id."""
    state: str
    """waiting, confirmed, cancelled or undone."""
    note: MeetingNote
    visibility: str
    offers: tuple[Mapping[str, Any], ...]
    """As `Offer.as_payload` has them."""
    language: str
    summary: str
    where: str
    """The place of the message it was made from; empty for none."""
    author: str | None = None
    """Who said it, where that is not whoever keeps it."""
    replaces: bool = False
    """Whether a note that was saved from the same message goes when this one is saved."""
    draft: bool = False
    """Whether nobody settled it in time, so that it is its author's alone by now."""
    corrected: tuple[Mapping[str, Any], ...] = ()
    """What a correction changed of it: `{field, before, after}`."""
    keepers: tuple[str, ...] = ()
    """Colleagues who have saved the same message, as far as its author may know."""


def lay_out(session: Session, records: Records, key: str, language: str) -> list[NoteCard]:
    """The cards of a proposal: it is parted where it holds several notes, and what its words may
    change besides is offered. What waits from the same message of the same person goes.

    Raises UsageError for a proposal that is none.
    """
    first = proposals.by_key(session, key, None)
    notes = proposals.logged_notes(first)
    earlier = _overtaken(session, first)
    cards = []
    for number, logged in enumerate(notes):
        proposal = first
        if number:
            proposal = proposals.propose(
                session,
                person_id=first.person_id,
                kind=first.kind,
                summary="",
                changes=[],
                now=Clock.now(),
                thread_id=first.thread_id,
                notes=[logged],
            )
        stands_for = proposal.payload.get("instead_of")
        instead = stands_for or _replaced(logged, earlier, alone=len(notes) == 1)
        payload = proposal.payload | {
            "language": language,
            "instead_of": instead,
            "keepers": _keepers(session, records, proposal, logged),
        }
        _put(session, proposal, payload, records, logged)
        cards.append(card_of(proposal))
    return cards


def card_of(proposal: Proposal) -> NoteCard:
    """The card as it stands."""
    (logged,) = proposals.logged_notes(proposal)
    payload = proposal.payload
    return NoteCard(
        proposal.key,
        proposal.state,
        note_of(logged),
        logged.draft.visibility,
        tuple(payload.get("offers", ())),
        payload.get("language", "en"),
        payload["summary"],
        str(logged.source.get("where") or ""),
        logged.source.get("author"),
        bool(payload.get("instead_of")),
        is_draft(proposal),
        tuple(payload.get("corrected", ())),
        tuple(payload.get("keepers", ())),
    )


def may_settle(proposal: Proposal, rights: Rights) -> bool:
    """Whether the one reader may settle it: its author, or the account's team unless it is the
    author's alone, as a draft is."""
    person = rights.viewer.person_id
    if person is None:
        return False
    (logged,) = proposals.logged_notes(proposal)
    if not rights.sees_inner(logged.draft.account_id):
        return False
    put_aside = proposal.state == WAITING and is_draft(proposal)
    alone = logged.draft.visibility == "author" or put_aside
    return person == proposal.person_id or not alone


def show_to(session: Session, proposal: Proposal, visibility: str) -> bool:
    """Who may read the note once it is saved; False where it no longer waits."""
    if visibility not in VISIBILITIES:
        raise UsageError(f"{visibility!r} is no visibility.")
    (logged,) = proposals.logged_notes(proposal)
    logged = replace(logged, draft=replace(logged.draft, visibility=visibility))
    return proposals.rewrite(session, proposal, proposal.payload | {"notes": [logged.as_payload()]})


def edit(
    session: Session, records: Records, proposal: Proposal, note: MeetingNote, visibility: str
) -> bool:
    """The note as its writer has it now; what was ticked stays ticked where it is still offered.

    False where it no longer waits.
    """
    (before,) = proposals.logged_notes(proposal)
    language = proposal.payload.get("language", "en")
    author = before.draft.author_id or proposal.person_id
    told = Told(before.source.get("where", ""), source=dict(before.source))
    logged = as_logged(note, Composer("logging", language), author, visibility, told)
    return _put(session, proposal, proposal.payload, records, logged)


def note_of(logged: LoggedNote) -> MeetingNote:
    """The note that a proposal keeps."""
    draft, said = logged.draft, logged.said
    words = [*said.get("words", ()), *[""] * len(logged.actions)]
    actions = tuple(
        NoteAction(
            one["action"],
            one["direction"],
            one["owner"],
            dt.date.fromisoformat(one["due"]) if one["due"] else None,
            words[number],
            one["owner_person_id"],
            one["owner_contact_id"],
        )
        for number, one in enumerate(logged.actions)
    )
    return MeetingNote(
        text=draft.text,
        account_id=draft.account_id,
        account=said["account"],
        date=draft.date,
        date_assumed=said["date_assumed"],
        account_from=said.get("account_from", ""),
        kind=draft.kind,
        attendees=tuple(said["attendees"]),
        contact_ids=draft.contact_ids,
        ours=tuple(said["our_attendees"]),
        person_ids=draft.person_ids,
        unknown_names=draft.unknown_names,
        summary=said["summary"],
        actions=actions,
        decisions=tuple(said["decisions"]),
        concerns=tuple(said["concerns"]),
        competitors=tuple(said["competitors"]),
        sentiment=said["sentiment"],
        signals=tuple(
            Signal(one["type"], one["text"], one.get("person"), None, one.get("change"))
            for one in said["signals"]
        ),
        delicate=tuple(Delicate(one["kind"], one["words"]) for one in said["sensitive"]),
        by=said["understood_by"],
    )


def _put(
    session: Session,
    proposal: Proposal,
    payload: Mapping[str, Any],
    records: Records,
    logged: LoggedNote,
) -> bool:
    composer = Composer("logging", str(payload.get("language", "en")))
    note = note_of(logged)
    summary = composer.text(
        "proposal_summary",
        account=note.account or composer.text("no_account"),
        kind=note_lines.kind(composer, note),
        date=note.date,
    )
    ticked = [one["change"] for one in payload.get("offers", ()) if one["ticked"]]
    offered = [one.as_payload(ticked=dict(one.change) in ticked) for one in offers(records, logged)]
    fresh = {**payload, "summary": summary, "notes": [logged.as_payload()]}
    return proposals.rewrite(session, proposal, chosen(fresh, offered))


def _overtaken(session: Session, proposal: Proposal) -> list[Proposal]:
    """What the same person has saved from the same message; what still waits there is cancelled:
    the message was edited, or asked about again."""
    saved: dict[int, Proposal] = {}
    for where in {one.source.get("where") for one in proposals.logged_notes(proposal)} - {None}:
        for one in proposals.from_place(session, str(where), proposal.person_id):
            if one.id < proposal.id and one.state == WAITING:
                proposals.cancel(session, one)
            elif one.id < proposal.id and one.state == "confirmed":
                saved[one.id] = one
    return list(saved.values())


def _keepers(
    session: Session, records: Records, proposal: Proposal, logged: LoggedNote
) -> list[str]:
    """Colleagues who have saved the same message in notes that all readers may see: each keeps a
    note of their own, and is told so before."""
    where = logged.source.get("where")
    if not where:
        return []
    found: dict[str, None] = {}
    for one in proposals.from_place(session, str(where)):
        if one.person_id == proposal.person_id or one.state != "confirmed":
            continue
        seen = any(
            note.draft.visibility != "author" and records.rights.sees_inner(note.draft.account_id)
            for note in proposals.logged_notes(one)
        )
        if seen and one.person_id in records.people:
            found[records.people[one.person_id].name] = None
    return list(found)


def _replaced(logged: LoggedNote, earlier: Sequence[Proposal], *, alone: bool) -> list[str]:
    """Which of the notes that were saved from the same message this one stands for: that about
    the same account, or the only one."""
    about = [
        one.key
        for one in earlier
        for note in proposals.logged_notes(one)
        if note.draft.account_id == logged.draft.account_id
    ]
    if not about and alone and len(earlier) == 1:
        return [earlier[0].key]
    return about
