"""What a correction in words changes of a note: who was met, when, how, at which account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.assistant.compose import Composer
from bot.assistant.wording import listed
from ingest.notes import MeetingNote
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Contact


@dataclass(frozen=True)
class Correction:
    """What the message says is so; empty where it says nothing of that."""

    contacts: tuple[Contact, ...] = ()
    account: Account | None = None
    day: dt.date | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Changed:
    """One field of the note, as people read it."""

    field: str
    """attendees, account, date or kind."""
    before: str
    after: str


class WhichOne(Exception):
    """Several took part, and the message does not say who of them was somebody else."""


def corrected(
    note: MeetingNote, said: Correction, records: Records, language: str
) -> tuple[MeetingNote, list[Changed]]:
    """The note as it is then, and what changed; nothing where it says what the note says.

    Raises WhichOne.
    """
    after = note
    if said.account is not None and said.account.id != note.account_id:
        after = _at(after, said.account, records)
    after = _met(after, said.contacts)
    if said.day is not None:
        after = replace(after, date=said.day, date_assumed=False)
    if said.kind is not None:
        after = replace(after, kind=said.kind)
    return after, list(_changes(note, after, language))


def lines(changes: Iterable[Mapping[str, str]], language: str) -> list[str]:
    """What changes, a line each, from how it was to how it is: of the fields of `Changed`."""
    own, words = Composer("correcting", language), Composer("logging", language)
    found = []
    for one in changes:
        before, after = one["before"], one["after"]
        if one["field"] == "kind":
            before, after = words.text(f"kind_{before}"), words.text(f"kind_{after}")
        label = own.text(f"field_{one['field']}")
        found.append(own.text("changed", field=label, before=before, after=after))
    return found


def with_words(note: MeetingNote, line: str) -> MeetingNote:
    """The note with the words of its correction behind it: both are what was said."""
    return replace(note, text=f"{note.text}\n\n{line}")


def _at(note: MeetingNote, account: Account, records: Records) -> MeetingNote:
    """The note at another account; who is none of its people stays as written."""
    there = {row.id for row in records.contacts(account.id)}
    known = [key for key in note.contact_ids if key in there]
    strangers = [
        name
        for name, key in zip(note.attendees, _keys(note, records), strict=True)
        if key is None or key not in there
    ]
    return replace(
        note,
        account_id=account.id,
        account=account.name,
        account_from="",
        contact_ids=tuple(known),
        unknown_names=tuple(strangers),
    )


def _keys(note: MeetingNote, records: Records) -> list[int | None]:
    """The contact of each attendee, None for a name as written."""
    names = {
        row.name: row.id
        for key in note.contact_ids
        if (row := records.get(Contact, key)) is not None
    }
    return [names.get(name) for name in note.attendees]


def _met(note: MeetingNote, contacts: Sequence[Contact]) -> MeetingNote:
    """With those in it who were there, in the place of whoever was not."""
    here = [row for row in contacts if row.account_id == note.account_id]
    right = [row for row in here if row.id not in note.contact_ids]
    if not right:
        return note
    wrong = [row.name for row in here if row.id in note.contact_ids]
    if not wrong and len(note.attendees) > 1:
        raise WhichOne
    wrong = wrong or list(note.attendees)
    gone = {row.id for row in here if row.id in note.contact_ids}
    if len(note.attendees) == 1:
        gone = set(note.contact_ids)
    attendees: dict[str, None] = {}
    for name in note.attendees:
        attendees |= dict.fromkeys([row.name for row in right] if name in wrong else [name])
    attendees |= dict.fromkeys(row.name for row in right)
    new = right[0]
    return replace(
        note,
        attendees=tuple(attendees),
        contact_ids=tuple(
            dict.fromkeys(
                [*(key for key in note.contact_ids if key not in gone), *(one.id for one in right)]
            )
        ),
        unknown_names=tuple(one for one in note.unknown_names if one not in wrong),
        actions=tuple(
            replace(one, owner=new.name, contact_id=new.id)
            if one.direction == "theirs" and (one.contact_id in gone or one.owner in wrong)
            else one
            for one in note.actions
        ),
        signals=tuple(
            replace(one, person=new.name, contact_id=new.id) if one.person in wrong else one
            for one in note.signals
        ),
    )


def _changes(before: MeetingNote, after: MeetingNote, language: str) -> Iterable[Changed]:
    if before.account != after.account:
        yield Changed("account", before.account or "", after.account or "")
    if before.date != after.date:
        yield Changed("date", str(before.date or ""), str(after.date or ""))
    if before.kind != after.kind:
        yield Changed("kind", before.kind, after.kind)
    if before.attendees != after.attendees:
        names = (listed(one.attendees, language, most=20) for one in (before, after))
        yield Changed("attendees", *names)
