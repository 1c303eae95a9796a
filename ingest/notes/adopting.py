"""A model's reading of a note taken over, as far as it can be resolved like the built-in one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from ingest.notes.cues import plainly, words
from ingest.notes.days import days_in
from ingest.notes.due import due_in
from ingest.notes.mentions import Named
from ingest.notes.note import MeetingNote, NoteAction, Question, Signal
from ingest.notes.people import People, Somebody
from ingest.notes.said import SaidAction, SaidNote, SaidPart
from ingest.notes.writer import Writer
from kam_knowledge.changes.notes import TOUCHES


def adopted(
    note: MeetingNote, said: SaidNote, named: Named, people: People, writer: Writer
) -> MeetingNote:
    """The note with what the model says of its account; the note itself where it says nothing."""
    part = _part_of(note, said, writer)
    if part is None:
        return note
    theirs = _known(part.attendees, named, people)
    ours = [one for one in _known(part.our_attendees, named, people) if one.kind == "person"]
    theirs = [one for one in theirs if one.kind != "person"]
    for one in theirs:
        people.ask_about(one)
    only = theirs[0] if len(theirs) == 1 else None
    actions = [_action(one, named, people, writer, only) for one in part.actions]
    me = (writer.person.id,) if writer.person is not None and part.kind in TOUCHES else ()
    day, question = _day(part, note, writer)
    kept = [
        one
        for one in note.questions
        if one.code not in ("vague_date", "future_date", "unknown_person")
    ]
    asked = [*kept, *people.questions.values(), *([question] if question else [])]
    return replace(
        note,
        date=day,
        date_assumed=note.date_assumed if not part.date_words else False,
        kind=part.kind,
        attendees=tuple(dict.fromkeys(one.name for one in theirs)),
        contact_ids=tuple(
            dict.fromkeys(one.key for one in theirs if one.kind == "contact" and one.key)
        ),
        ours=tuple(dict.fromkeys(one.name for one in ours)),
        person_ids=tuple(dict.fromkeys([*me, *(one.key for one in ours if one.key)])),
        unknown_names=tuple(one.name for one in theirs if one.kind == "unknown"),
        summary=part.summary or note.summary,
        actions=tuple(one for one in actions if one is not None),
        decisions=tuple(part.decisions),
        concerns=tuple(part.concerns),
        competitors=tuple(dict.fromkeys([*note.competitors, *part.competitors])),
        sentiment=part.sentiment,
        signals=_signals(part, named, people),
        questions=tuple(dict.fromkeys(asked)),
        by="model",
    )


def _part_of(note: MeetingNote, said: SaidNote, writer: Writer) -> SaidPart | None:
    if len(said.parts) == 1:
        return said.parts[0]
    for part in said.parts:
        found = writer.names.best(part.account, kinds=("account",)) if part.account else []
        if found and found[0].entry.key == note.account_id:
            return part
    return None


def _known(names: Sequence[str], named: Named, people: People) -> list[Somebody]:
    """Whom the names mean, as the text's own mentions of them do."""
    found = [who for name in names if (who := _somebody(name, named, people)) is not None]
    return list(dict.fromkeys(found))


def _somebody(name: str, named: Named, people: People) -> Somebody | None:
    wanted = plainly(name).strip()
    for one in named.mentions:
        if one.kind in ("contact", "person", "title", "stranger"):
            said = plainly(one.words)
            if said in wanted or wanted in said:
                return people.who(one)
    return Somebody("unknown", name.strip())


def _action(
    said: SaidAction, named: Named, people: People, writer: Writer, only: Somebody | None
) -> NoteAction | None:
    """The promise with its owner resolved; `only` is whom "she" means."""
    due = due_in(said.due_words, 0, len(said.due_words), writer.today)
    base = NoteAction(said.action, said.direction, None, due.day if due else None, said.words)
    me = writer.person
    who = plainly(said.who).strip()
    if who in words("me") or who in words("we") or (not who and said.direction != "theirs"):
        email, key = (me.email, me.id) if me else (None, None)
        assumed = who not in words("me")
        direction = "ours" if said.direction == "theirs" else said.direction
        return replace(base, owner=email, person_id=key, assumed=assumed, direction=direction)
    if who in words("they") or not who:
        return replace(base, direction="theirs")
    if who in words("he"):
        return replace(
            base,
            direction="theirs",
            owner=only.name if only else None,
            contact_id=only.key if only else None,
        )
    somebody = _somebody(said.who, named, people)
    if somebody is None:
        return base
    if somebody.kind == "person":
        direction = "ours" if said.direction == "theirs" else said.direction
        return replace(base, owner=somebody.email, person_id=somebody.key, direction=direction)
    people.ask_about(somebody)
    return replace(base, owner=somebody.name, contact_id=somebody.key, direction="theirs")


def _day(
    part: SaidPart, note: MeetingNote, writer: Writer
) -> tuple[dt.date | None, Question | None]:
    """The day of the words that the model points at; the note's own where it points at none."""
    own = next((one for one in note.questions if one.code in ("vague_date", "future_date")), None)
    if writer.date is not None or not part.date_words:
        return note.date, own
    found = days_in(part.date_words, writer.today, prefer="past")
    if len(found) != 1 or found[0].start != found[0].end:
        return None, Question("vague_date", part.date_words)
    if found[0].start > writer.today:
        return None, Question("future_date", part.date_words)
    return found[0].start, None


def _signals(part: SaidPart, named: Named, people: People) -> tuple[Signal, ...]:
    found = []
    for one in part.signals:
        who = _somebody(one.person, named, people) if one.person else None
        key = who.key if who is not None and who.kind == "contact" else None
        found.append(
            Signal(one.type, one.words, who.name if who else None, key, one.change or None)
        )
    return tuple(found)
