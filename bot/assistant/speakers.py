"""Who says "I" in a note that was made from what several people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.notes import MeetingNote, NoteAction, Writer
from kam_knowledge.language.normalise import fold
from kam_knowledge.store.models import Person

Lines = Sequence[tuple[int | None, str]]


def as_spoken(note: MeetingNote, lines: Lines, writer: Writer) -> MeetingNote:
    """The note with what its keeper seems to promise given to whoever said it; who spoke took
    part in it, its keeper only where they spoke too."""
    keeper = writer.person
    if keeper is None:
        return note
    actions = tuple(_spoken(one, lines, keeper, writer) for one in note.actions)
    spoke = [who for who, _ in lines if who is not None]
    others = [one for one in note.person_ids if one != keeper.id]
    people = tuple(dict.fromkeys([*spoke, *others])) if note.person_ids else ()
    return replace(note, actions=actions, person_ids=people)


def _spoken(action: NoteAction, lines: Lines, keeper: Person, writer: Writer) -> NoteAction:
    if action.person_id != keeper.id or _is_named(keeper, action.words):
        return action
    said_by = {who for who, said in lines if action.words in said}
    if len(said_by) != 1 or said_by == {keeper.id}:
        return action
    speaker = writer.records.people.get(said_by.pop() or 0)
    if speaker is None:
        return replace(action, owner=None, person_id=None)
    return replace(action, owner=speaker.email, person_id=speaker.id)


def _is_named(person: Person, words: str) -> bool:
    said = fold(words)
    return any(fold(name) in said for name in (person.name, *(person.aliases or ())))
