"""A message becomes meeting notes, one an account: by rules and the book's names, no network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.notes import observations
from ingest.notes.adopting import adopted
from ingest.notes.attendance import Present, is_to_come, present
from ingest.notes.cues import keys, pattern
from ingest.notes.initials import initials, unnamed_speakers
from ingest.notes.mentions import AHEAD, HUMAN, Named, names_in, with_strangers
from ingest.notes.note import MeetingNote, Question
from ingest.notes.parts import Part, parts_of
from ingest.notes.people import People, Somebody, strangers
from ingest.notes.promises import Promises
from ingest.notes.reading import Reading, Sentence, read
from ingest.notes.said import SaidNote
from ingest.notes.turns import Turn
from ingest.notes.when import day_of
from ingest.notes.writer import Writer
from kam_knowledge.changes.notes import TOUCHES
from kam_knowledge.errors import DeniedError, UsageError

LONGEST = 400_000
"""Characters of a note: more than a hundred pages."""


@dataclass(frozen=True)
class Extraction:
    """What a message says, by account in the order they come."""

    notes: tuple[MeetingNote, ...]


class NotYours(DeniedError):
    """The note is about an account that the writer may not write to, or not before these readers.

    `account` is the account as written."""

    def __init__(self, account: str) -> None:
        super().__init__(f"only the team of {account} may write to it; nothing was stored.")
        self.account = account


def extract(message: str, writer: Writer, said: SaidNote | None = None) -> Extraction:
    """The notes that a message holds; `said` is what a model read in it.

    Raises UsageError for one that is empty or too long, NotYours for one about an account that
    is not the writer's to write to.
    """
    if len(message) > LONGEST:
        raise UsageError(
            f"the note has {len(message):,} characters; {LONGEST:,} are the most.",
            "Ingest it as a file (`kam ingest`), or log what matters of it.",
        )
    reading = read(message)
    if not any(map(str.isalnum, reading.text)):
        raise UsageError("there is nothing to log.", 'Write what happened: kam log "…" --as EMAIL.')
    named = names_in(reading, writer)
    if any(_is_account(named, one) for one in reading.voices.turns):
        reading = read(message, spoken=False)  # "ACME: met Dana today" is a heading
    named = with_strangers(named, unnamed_speakers(reading, named, writer))
    named = with_strangers(named, initials(reading, named, writer))
    named = with_strangers(named, strangers(reading, named))
    parts = parts_of(reading, named, writer)
    for part in parts:
        _check(part, named, writer)
    whole = len(parts) == 1
    return Extraction(
        tuple(_note(reading, named, part, writer, said, whole=whole) for part in parts)
    )


def _is_account(named: Named, turn: Turn) -> bool:
    """Whether what stands in front is an account and nobody."""
    place = (turn.name_start, turn.name_end)
    return bool(named.within(*place, "account")) and named.speaker(*place) is None


def _check(part: Part, named: Named, writer: Writer) -> None:
    """Raises NotYours for a part that may not be written."""
    if part.account_id is None:
        if named.hidden:
            raise NotYours(named.hidden[0])
        writable = {
            key
            for one in part.questions
            for choice in one.choices
            if choice.kind == "account"
            for key in [choice.key]
        }
        if writable and not any(writer.may_write(key) for key in writable):
            raise NotYours(writer.accounts[min(writable)].name)
    elif not writer.may_write(part.account_id):
        raise NotYours(writer.accounts[part.account_id].name)


def _note(
    reading: Reading,
    named: Named,
    part: Part,
    writer: Writer,
    said: SaidNote | None,
    *,
    whole: bool,
) -> MeetingNote:
    sentences = part.sentences
    people = People(named, writer, part.account_id)
    kind = reading.voices.kind or _kind(named, sentences)
    there = present(named, sentences, is_touch=kind is not None or not whole)
    found = Promises(reading, named, writer, people, there.mentions).found(sentences)
    taken = [(one.start, one.end) for one in found]
    day = day_of(reading, named, sentences, writer, taken)
    theirs, ours = _sides(there, people)
    for one in theirs:
        people.ask_about(one)
    account = writer.accounts.get(part.account_id or 0)
    questions = [*part.questions, *people.questions.values()]
    questions += [day.question] if day.question else []
    kind = kind or ("meeting" if theirs and there.stated else "document")
    if not theirs and _is_called_off(reading, sentences):
        kind = "document"
    note = MeetingNote(
        text=reading.text if whole else _text(reading, sentences),
        account_id=part.account_id,
        account=account.name if account else None,
        account_from="context" if part.carried else "",
        date=day.date,
        date_assumed=day.assumed,
        kind=kind,
        attendees=tuple(one.name for one in theirs),
        contact_ids=tuple(one.key for one in theirs if one.kind == "contact" and one.key),
        ours=tuple(one.name for one in ours),
        person_ids=_with_writer(ours, writer, kind, speaks=not reading.voices.turns),
        unknown_names=tuple(one.name for one in theirs if one.kind == "unknown"),
        summary=observations.summary(reading, sentences),
        actions=tuple(one.action for one in found),
        decisions=observations.decisions(reading, sentences, taken),
        concerns=observations.concerns(reading, sentences),
        competitors=observations.competitors(named, reading, sentences),
        sentiment=observations.sentiment(reading, sentences),
        signals=observations.signals(reading, named, sentences, people),
        delicate=observations.delicate(reading, sentences),
        called=people.called,
        questions=_once(questions),
    )
    return note if said is None else adopted(note, said, named, people, writer)


_TO_CALL = re.compile(
    rf"\s*(?:to\s+)?(?:call|meet|visit|e-?mail|phone)\s+(?:{HUMAN}|her|him|them)[^.;\n]*{AHEAD}"
)
"""A meeting that is still to come: "Call her next week"."""


def _is_called_off(reading: Reading, sentences: Sequence[Sentence]) -> bool:
    """Whether the note says that nobody met."""
    called_off = pattern("called_off")
    return any(called_off.search(reading.plain, one.start, one.end) for one in sentences)


def _kind(named: Named, sentences: Sequence[Sentence]) -> str | None:
    """The kind of touch whose words come first; None where none is told of."""
    best: tuple[int, int, str] | None = None
    for sentence in sentences:
        if _TO_CALL.match(named.marked, sentence.start, sentence.end):
            continue
        for number, kind in enumerate(keys("talk_kind")):
            for said in pattern("talk_kind", kind).finditer(
                named.marked, sentence.start, sentence.end
            ):
                if is_to_come(named.marked, sentence.start, said.start()):
                    continue
                if best is None or (said.start(), number) < best[:2]:
                    best = (said.start(), number, kind)
                break
        if best is not None:
            return best[2]
    return None


def _sides(there: Present, people: People) -> tuple[list[Somebody], list[Somebody]]:
    """Who took part of theirs and of ours, each once."""
    theirs: dict[str, Somebody] = {}
    ours: dict[str, Somebody] = {}
    for one in there.mentions:
        who = people.who(one)
        if who is not None:
            (ours if who.kind == "person" else theirs).setdefault(who.name, who)
    return list(theirs.values()), list(ours.values())


def _with_writer(
    ours: Sequence[Somebody], writer: Writer, kind: str, *, speaks: bool
) -> tuple[int, ...]:
    """Who of ours took part: the writer, too, unless others alone speak in the text."""
    ids = [one.key for one in ours if one.key is not None]
    me = writer.person
    if me is not None and kind in TOUCHES and (speaks or kind == "email"):
        ids.insert(0, me.id)
    return tuple(dict.fromkeys(ids))


def _once(questions: Sequence[Question]) -> tuple[Question, ...]:
    return tuple(dict.fromkeys(questions))


def _text(reading: Reading, sentences: Sequence[Sentence]) -> str:
    """The part's own sentences as written: nothing of what the message says of another account."""
    lines: dict[int, list[str]] = {}
    for one in sentences:
        lines.setdefault(one.line, []).append(reading.of(one).strip())
    ends = {
        line: ". " if all(map(str.isascii, "".join(said))) else "。" for line, said in lines.items()
    }
    return "\n".join(ends[line].join(said).strip(" ,;，；") for line, said in lines.items())
