"""Contacts with the customer on record: notes and recorded activities, both (P-2)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, and_, case, cast, or_, select

from kam_knowledge.language.mass_mail import is_mass_mail
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.naming_notes import indexed, may_hold
from kam_knowledge.queries.records import Records
from kam_knowledge.store.membership import among, one_of
from kam_knowledge.store.models import Activity, Interaction, Note, NotePlace


class Touch(NamedTuple):
    """One touch: from a note, from an activity, or from both when both tell of it."""

    date: dt.date
    kind: str
    account_id: int
    contact_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    assumed: bool
    """True when the participants were found in the text rather than stated."""
    two_way: bool = True
    """False for mass mail and for talks among ourselves: they never reset a cadence (P-2)."""
    internal: bool = False
    """Several of ours and nobody of theirs: no contact with the customer at all."""
    note: NoteText | None = None
    activity: Activity | None = None


@dataclass(frozen=True)
class NoteText:
    """A readable note: what a citation of it needs. Its place and text are read when asked for,
    since of a hundred notes that tell of a touch one or two are quoted."""

    note_id: int
    title: str
    kind: str
    date: dt.date | None
    reader: NoteReader = field(repr=False, compare=False)

    @property
    def where(self) -> str:
        """What people are shown as its place."""
        return self.reader.place(self.note_id)

    @property
    def text(self) -> str:
        """What was written."""
        return self.reader.text(self.note_id)

    @property
    def author_id(self) -> int | None:
        """Who of ours wrote it, where that is known."""
        return self.reader.author_id(self.note_id)


class NoteReader:
    """Reads places and texts of notes that these readers may see, each once."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._places: dict[int, str] = {}
        self._texts: dict[int, str] = {}

    def place(self, note_id: int) -> str:
        """What people are shown as the note's place."""
        if note_id not in self._places:
            self._places |= note_places(self._records, [note_id])
        return self._places[note_id]

    def text(self, note_id: int) -> str:
        """What was written."""
        if note_id not in self._texts:
            readable = select(Note.text).where(
                Note.id == note_id, self._records.rights.note_clause()
            )
            self.keep(note_id, self._records.session.scalars(readable).one())
        return self._texts[note_id]

    def author_id(self, note_id: int) -> int | None:
        """Who of ours wrote it, where that is known."""
        readable = select(Note.author_id).where(
            Note.id == note_id, self._records.rights.note_clause()
        )
        return self._records.session.scalars(readable).one()

    def keep(self, note_id: int, text: str) -> None:
        """The text of a readable note, for one who has just read it."""
        self._texts[note_id] = text


def is_internal(contacts: Sized, people: Sized) -> bool:
    """Whether only we were there. One of ours alone was with somebody who is not named."""
    return not contacts and len(people) > 1


def touches(
    records: Records,
    *,
    account_ids: Iterable[int] | None = None,
    contact_id: int | None = None,
    since: dt.date | None = None,
    kinds: Collection[str] | None = None,
    citable: bool = True,
) -> list[Touch]:
    """Touches up to the business day, newest first; with one contact only, if one is given, and
    of some kinds only, if those are.

    A planned activity is no touch. A meeting that both a note and an activity record is given
    once: by its note, with everybody whom either of them names. Touches that need not be
    `citable` come without their note, and are cheaper by thousands.
    """
    wanted = None if account_ids is None else list(account_ids)
    found = _from_notes(records, wanted, since, kinds, citable=citable)
    places: dict[tuple[dt.date, int, str], list[int]] = {}
    for place, touch in enumerate(found):
        places.setdefault((touch.date, touch.account_id, touch.kind), []).append(place)
    for activity in _done(records, wanted, since, kinds, citable=citable):
        near = places.get((activity.date, activity.account_id, activity.kind), ())
        noted = next((place for place in near if _same_meeting(found[place], activity)), None)
        alone = is_internal(activity.contact_ids, activity.person_ids)
        if noted is None:
            found.append(
                Touch(
                    activity.date,
                    activity.kind,
                    activity.account_id,
                    tuple(activity.contact_ids),
                    tuple(activity.person_ids),
                    assumed=False,
                    two_way=not (alone or is_mass_mail(activity.kind, activity.subject)),
                    internal=alone,
                    activity=activity,
                )
            )
        else:  # the note tells of it, the record may know of more who were there
            touch = found[noted]
            internal = touch.internal and alone
            mass = is_mass_mail(activity.kind, activity.subject)
            found[noted] = touch._replace(
                contact_ids=_participants(touch, touch.contact_ids, activity.contact_ids),
                person_ids=_participants(touch, touch.person_ids, activity.person_ids),
                assumed=touch.assumed and not activity.contact_ids,
                two_way=not internal and not mass and (touch.two_way or touch.internal),
                internal=internal,
                activity=activity,
            )
    if contact_id is not None:
        found = [touch for touch in found if contact_id in touch.contact_ids]
    return sorted(found, key=lambda touch: (touch.date, touch.note is not None), reverse=True)


def _participants(touch: Touch, noted: Iterable[int], recorded: Iterable[int]) -> tuple[int, ...]:
    """Who was there by note and record together. Names that a note only holds in its text may be
    of people it speaks about: what is recorded stands before what was assumed."""
    known = tuple(recorded)
    if touch.assumed and known:
        return known
    return tuple(dict.fromkeys((*noted, *known)))


def noted(records: Records) -> ColumnElement[bool]:
    """SQL over interactions joined with their notes: those of readable notes, up to the day."""
    rights = records.rights
    return and_(
        rights.note_clause(),
        rights.account_clause(Interaction.account_id),
        Interaction.date <= rights.today,
    )


_SEEN = ("date", "kind", "status", "account_id", "contact_ids", "person_ids", "subject")


def _done(
    records: Records,
    account_ids: list[int] | None,
    since: dt.date | None,
    kinds: Collection[str] | None,
    *,
    citable: bool,
) -> Iterator[Activity]:
    """Activities that have taken place, oldest row first."""
    today = records.rights.today
    now = [Activity.date <= today, or_(Activity.status.is_(None), Activity.status != "planned")]
    now += [Activity.date >= since] if since else []
    now += [Activity.kind.in_(kinds)] if kinds is not None else []
    rows: Iterable[Any] = (
        records.all(Activity, account_ids=account_ids, now=now)
        if citable
        else records.fields(Activity, _SEEN, account_ids=account_ids, now=now)
    )
    for row in rows:
        if row.date > today or row.status == "planned":
            continue
        if (since is None or row.date >= since) and (kinds is None or row.kind in kinds):
            yield row


def _from_notes(
    records: Records,
    account_ids: list[int] | None,
    since: dt.date | None,
    kinds: Collection[str] | None,
    *,
    citable: bool,
) -> list[Touch]:
    """Touches that readable notes describe, oldest note first."""
    reader = NoteReader(records)
    # Only a mail that nobody has looked at is read whole: its body may say that it went to many.
    unmarked = and_(Interaction.kind == "email", Interaction.mass.is_(None))
    body = case((unmarked, Note.text), else_="")
    statement = (
        select(
            Interaction.date,
            Interaction.kind,
            Interaction.account_id,
            cast(Interaction.contact_ids, Text),
            cast(Interaction.person_ids, Text),
            Interaction.unknown_names,
            Interaction.assumed,
            Interaction.mass,
            Note.id,
            Note.title,
            Note.kind,
            Note.date,
            body,
        )
        .join(Note, Note.id == Interaction.note_id)
        .where(noted(records))
        .order_by(Interaction.id)
    )
    if account_ids is not None:
        statement = statement.where(among(Interaction.account_id, account_ids))
    if since is not None:
        statement = statement.where(Interaction.date >= since)
    if kinds is not None:
        statement = statement.where(Interaction.kind.in_(kinds))
    found = []
    for (
        day,
        kind,
        account,
        stored_contacts,
        stored_people,
        unknown,
        assumed,
        mass,
        *note,
        text,
    ) in records.session.connection().execute(statement).all():
        note_id, title, note_kind, note_date = note
        contacts, people = _ids(stored_contacts), _ids(stored_people)
        internal = is_internal(contacts or unknown, people)
        if mass is None:
            mass = is_mass_mail(kind, title, text)
        found.append(
            Touch(
                day,
                kind,
                account,
                contacts,
                people,
                assumed,
                two_way=not (internal or mass),
                internal=internal,
                note=NoteText(note_id, title, note_kind, note_date, reader) if citable else None,
            )
        )
    return found


@lru_cache(maxsize=20_000)
def _ids(listed: str) -> tuple[int, ...]:
    """The ids of a stored list: of thousands of touches most are with the same people."""
    return tuple(json.loads(listed))


def _same_meeting(touch: Touch, activity: Activity) -> bool:
    """Whether the note behind a touch of the same account, day and kind tells of this activity.

    There is somebody in common, unless one of the two names nobody, and no other activity has
    claimed it.
    """
    if touch.activity is not None:
        return False
    theirs, recorded = set(touch.contact_ids), set(activity.contact_ids)
    return not theirs or not recorded or bool(theirs & recorded)


def note_places(records: Records, note_ids: Iterable[int]) -> dict[int, str]:
    """What people are shown as a readable note's place: its first file, else its own id."""
    ids = list(note_ids)
    readable = select(Note.id, Note.key).where(Note.id.in_(ids), records.rights.note_clause())
    shown = dict(records.session.execute(readable).all())
    placed = select(NotePlace.note_id, NotePlace.place).where(NotePlace.note_id.in_(shown))
    for note_id, place in records.session.execute(placed.order_by(NotePlace.id.desc())):
        shown[note_id] = place
    return shown


def notes_mentioning(
    records: Records, account_id: int, names: Iterable[str], *, limit: int = 5
) -> list[NoteText]:
    """The account's readable notes whose text holds one of the names, newest first."""
    wanted = list(names)
    speaks_of = mentions_of(wanted)
    statement = (
        select(Note.id, Note.title, Note.kind, Note.date, Note.text)
        .where(records.rights.note_clause(), Note.account_id == account_id, may_hold(wanted))
        .order_by(Note.date.desc().nulls_last(), Note.id.desc())
        .execution_options(yield_per=50)
    )
    reader, hits = NoteReader(records), list[NoteText]()
    with records.session.execute(statement) as rows:
        for note_id, title, kind, day, text in rows:
            if speaks_of(text):
                reader.keep(note_id, text)
                hits.append(NoteText(note_id, title, kind, day, reader))
                if len(hits) == limit:
                    break
    return hits


def latest_mentions(
    records: Records, account_ids: Iterable[int], names: Iterable[str]
) -> Iterator[tuple[int, NoteText]]:
    """The accounts' readable notes whose text holds one of the names: (account id, note), newest
    first, read one by one."""
    wanted = list(names)
    speaks_of = mentions_of(wanted)
    statement = (
        select(Note.account_id, Note.id, Note.title, Note.kind, Note.date)
        .where(
            records.rights.note_clause(),
            one_of(Note.account_id, account_ids),
            indexed(records.session, wanted),
        )
        .order_by(Note.date.desc().nulls_last(), Note.id.desc())
    )
    reader = NoteReader(records)
    for account_id, note_id, title, kind, day in records.session.execute(statement).all():
        if account_id is not None and speaks_of(reader.text(note_id)):
            yield account_id, NoteText(note_id, title, kind, day, reader)


def notes_between(
    records: Records, account_ids: Iterable[int], since: dt.date, until: dt.date
) -> list[tuple[int, NoteText]]:
    """Readable notes about the accounts, dated from `since` to `until`: (account id, note),
    newest first. Notes without a date are left out: nobody can say that they are new."""
    statement = (
        select(Note.account_id, Note.id, Note.title, Note.kind, Note.date)
        .where(
            records.rights.note_clause(),
            records.rights.account_clause(Note.account_id),
            Note.account_id.in_(list(account_ids)),
            Note.date >= since,
            Note.date <= until,
        )
        .order_by(Note.date.desc(), Note.id.desc())
    )
    reader = NoteReader(records)
    return [
        (account_id, NoteText(note_id, title, kind, day, reader))
        for account_id, note_id, title, kind, day in records.session.execute(statement)
        if account_id is not None
    ]
