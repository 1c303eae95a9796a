"""Who promised what until when: found in sentences, in lists under labels, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ingest.notes import promises_en, promises_zh
from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import cue, pattern
from ingest.notes.due import due_in, without_dates
from ingest.notes.forms_en import is_spoken_to
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, Mention, Named
from ingest.notes.note import Direction, NoteAction
from ingest.notes.people import People, Somebody
from ingest.notes.promise_items import is_ticked, item_in, owner_behind, quoting
from ingest.notes.reading import Reading, Sentence
from ingest.notes.writer import Writer
from kam_knowledge.language.normalise import has_han

_LONGEST = 300
_LATEST = 8
_NEAR = 1_500
"""Characters back in which whoever "she" means is named."""


@dataclass(frozen=True)
class Found:
    """A promise and where it stands."""

    action: NoteAction
    start: int
    end: int


@dataclass
class _Owner:
    direction: Direction
    owner: str | None = None
    person_id: int | None = None
    contact_id: int | None = None
    assumed: bool = False


class Promises:
    """Finds the promises of one note."""

    def __init__(
        self,
        reading: Reading,
        named: Named,
        writer: Writer,
        people: People,
        present: Sequence[Mention],
    ) -> None:
        self._reading, self._named, self._writer, self._people = reading, named, writer, people
        self._theirs = self._present(present)

    def found(self, sentences: Sequence[Sentence]) -> list[Found]:
        """The promises in the order they come, none twice."""
        found: list[Found] = []
        said: set[tuple[object, ...]] = set()
        tasks = _tasks(self._named.marked, sentences)
        for sentence in sentences:
            marked = self._named.marked
            asks = self._reading.plain[sentence.start : sentence.end].rstrip().endswith("?")
            if asks and not is_spoken_to(marked, sentence):
                continue
            if is_ticked(marked, sentence):
                continue
            sentence = _without_head(marked, sentence)
            listed = sentence.label.startswith("actions")
            dated = sentence.item and re.search(AHEAD, marked[sentence.start : sentence.end])
            tasked = _tasked().match(marked, sentence.start, sentence.end)
            is_item = listed or dated or tasked or sentence.start in tasks
            clauses = item_in(marked, sentence, named=True) if is_item else []
            clauses = clauses or [*self._clauses(sentence)]
            if sentence.label in _TOLD:
                clauses = [one for one in clauses if one.subject in _NAMED]
            if listed and (owned := owner_behind().search(marked, sentence.start, sentence.end)):
                clauses = item_in(marked, sentence) if owned.start() > sentence.start else clauses
            if not clauses and listed:
                clauses = item_in(self._named.marked, sentence)
            for clause in clauses:
                one = self._found(clause, sentence)
                if one is None or any(_same(one, other) for other in found[-_LATEST:]):
                    continue
                key = (one.action.action.lower(), one.action.owner, one.action.due)
                if key not in said:
                    said.add(key)
                    found.append(one)
        return found

    def _present(self, mentions: Sequence[Mention]) -> list[Somebody]:
        known = [self._people.who(one) for one in mentions if one.kind != "person"]
        return list(dict.fromkeys(one for one in known if one is not None))

    def _clauses(self, sentence: Sentence) -> Iterator[Clause]:
        marked = self._named.marked
        if has_han(marked[sentence.start : sentence.end]):
            yield from promises_zh.clauses(marked, sentence)
        yield from promises_en.clauses(marked, sentence)

    def _found(self, clause: Clause, sentence: Sentence) -> Found | None:
        owner = self._owner(clause, sentence)
        if owner is None:
            return None
        text, days, today = self._reading.text, self._named.dateable, self._writer.today
        if sentence.turn is not None and sentence.turn.day is not None:
            today = sentence.turn.day  # "tomorrow" is the day after it was said
        due = due_in(days, clause.start, clause.end, today)
        if clause.due is not None and (due is None or clause.due_first):
            due = due_in(days, *clause.due, today) or due
        words = text[clause.start : clause.end].strip(" ,;，；-–—")
        act = slice(clause.act, clause.act_end)
        said = _tidy(without_dates(text[act], days[act], today))
        if clause.object is not None:
            place = slice(*clause.object)
            what = _tidy(without_dates(text[place], days[place], today))
            said = what if what.startswith(said) else said + what
        if len(said) == 1 and has_han(said) and clause.subject is Subject.ME:
            said = _tidy(words)  # 明天再催: one character says too little alone
        if len(said) < 2 or said == "Do" or len(said) > _LONGEST or not any(map(str.isalnum, said)):
            return None
        action = NoteAction(
            said,
            owner.direction,
            owner.owner,
            due.day if due else None,
            words,
            owner.person_id,
            owner.contact_id,
            owner.assumed,
        )
        return Found(action, clause.start, clause.end)

    def _owner(self, clause: Clause, sentence: Sentence) -> _Owner | None:
        owner = self._whose(clause, sentence)
        if owner is None:
            return None
        stretch = self._reading.plain[clause.start : clause.end]
        if owner.direction == "ours" and pattern("internal").search(stretch):
            owner.direction = "internal"
        if sentence.label == "actions_theirs" and owner.assumed:
            return _Owner("theirs")
        if sentence.label == "actions_ours" and clause.subject is Subject.OPEN:
            me = self._writer.person
            return _Owner("ours", me.email if me else None, me.id if me else None, assumed=True)
        return owner

    def _whose(self, clause: Clause, sentence: Sentence) -> _Owner | None:
        me = self._writer.person
        mine = _Owner("ours", me.email if me else None, me.id if me else None)
        speaker = self._speaker(sentence) or self._quoted(clause, sentence)
        if speaker is not None:
            return self._spoken(clause, sentence, speaker, mine)
        return self._written(clause, sentence, mine)

    def _speaker(self, sentence: Sentence) -> _Owner | None:
        """Whose words the sentence is of, in a text of several voices."""
        if sentence.turn is None:
            return None
        mention = self._named.speaker(sentence.turn.name_start, sentence.turn.name_end)
        return self._owner_of(mention) if mention is not None else None

    def _quoted(self, clause: Clause, sentence: Sentence) -> _Owner | None:
        """Whose words a stretch between quotation marks is: Gong: "I'll export it"."""
        said = quoting().search(self._named.marked, sentence.start, clause.act)
        if said is None:
            return None
        mention = self._named.at(said.start("who"))
        return self._owner_of(mention) if mention is not None else None

    def _spoken(
        self, clause: Clause, sentence: Sentence, speaker: _Owner, mine: _Owner
    ) -> _Owner | None:
        """Whose promise it is in somebody's own words: "I'll send it" is the speaker's, and
        "please send it" is for the other side."""
        if clause.subject not in (Subject.ME, Subject.WE, Subject.NOBODY, Subject.OPEN):
            return self._written(clause, sentence, mine)
        words = self._reading.plain[clause.start : clause.end]
        asks = clause.subject in (Subject.NOBODY, Subject.OPEN) and _PLEASE.match(words)
        asks = asks or pattern("asked_of").match(words)
        if asks:
            return (
                replace(mine, assumed=True) if speaker.direction == "theirs" else _Owner("theirs")
            )
        return replace(speaker, assumed=clause.subject is not Subject.ME)

    def _written(self, clause: Clause, sentence: Sentence, mine: _Owner) -> _Owner | None:
        """Whose promise it is in the words of whoever writes the note."""
        match clause.subject:
            case Subject.ME:
                return mine
            case Subject.NOBODY if (speaker := self._in_front(clause, sentence)) is not None:
                return self._owner_of(speaker)
            case Subject.WE | Subject.NOBODY:
                return _Owner("ours", mine.owner, mine.person_id, assumed=True)
            case Subject.OPEN:
                return _Owner("ours", assumed=True)
            case Subject.OUR_OTHERS:
                return _Owner("ours")
            case Subject.THEY:
                return _Owner("theirs")
            case Subject.HE:
                who = self._last_named(clause.start)
                if who is not None and who.kind == "person":
                    return _Owner("ours", who.email, who.key)
                return _Owner("theirs", who.name, contact_id=who.key) if who else _Owner("theirs")
            case _:
                return self._named_owner(clause)

    def _named_owner(self, clause: Clause) -> _Owner | None:
        mention = self._named.at(clause.owner_at)
        return None if mention is None else self._owner_of(mention)

    def _in_front(self, clause: Clause, sentence: Sentence) -> Mention | None:
        """Whom a promise without a subject is of: "Kai Ming: will open a ticket", "Dana fine, will
        send the order". Where somebody is to get it, the writer means themselves."""
        front = re.compile(rf"\s*({HUMAN})").match(self._named.marked, sentence.start, clause.act)
        if front is None or clause.start <= front.start(1):
            return None
        mention = self._named.at(front.start(1))
        words = self._reading.plain[clause.start : clause.end]
        if mention is None or mention.kind == "title" or re.search(_SOMEBODY, words):
            return None
        return mention

    def _owner_of(self, mention: Mention) -> _Owner | None:
        """Whose promise it is that a mention makes."""
        if mention.kind in ("competitor", "product"):
            return None
        if mention.kind == "account":
            return _Owner("theirs")
        who = self._people.who(mention)
        if who is None:
            return _Owner("theirs") if mention.kind in ("title", "contact") else None
        if who.kind == "person":
            return _Owner("ours", who.email, who.key)
        self._people.ask_about(who)
        return _Owner("theirs", who.name, contact_id=who.key)

    def _last_named(self, place: int) -> Somebody | None:
        """Whom "she" means: whoever is named last, else the only one of theirs who was there."""
        voices = self._reading.voices
        for one in reversed(self._people.at(place - _NEAR, place)):
            if voices.turns and voices.at(one.start) is None:
                continue  # who speaks does not speak of themselves as "she"
            who = self._people.who(one)
            if who is not None:
                return who
        return self._theirs[0] if len(self._theirs) == 1 else None


@cache
def _tasked() -> re.Pattern[str]:
    """ "Todo Priya: …", "@Chen Bo …"."""
    return re.compile(
        rf"\s*(?:{cue('labels', 'actions')}\s+(?:for\s+)?(?:{HUMAN}|me)\s*[:-]"
        rf"|@\s*{HUMAN}(?=.*{AHEAD})|{HUMAN}\s*(?:[-=]>|→))"
    )


def _tasks(marked: str, sentences: Sequence[Sentence]) -> set[int]:
    """Where items stand that are tasks as their neighbours are: "Name: what", one of them dated."""
    found: set[int] = set()
    run: list[Sentence] = []
    owned = re.compile(rf"\s*{HUMAN}\s*(?::|[-=]>|→)")
    for sentence in (*sentences, None):
        if sentence is not None and sentence.item and owned.match(marked, sentence.start):
            run.append(sentence)
            continue
        if len(run) > 1 and any(re.search(AHEAD, marked[one.start : one.end]) for one in run):
            found |= {one.start for one in run}
        run = []
    return found


def _without_head(marked: str, sentence: Sentence) -> Sentence:
    """The sentence behind "Mon, ACME, Tang Rui - ": that day is when they met."""
    head = re.compile(
        rf"\s*{DATE}[\s,/|]*{ACCOUNT}[\s,/|]*(?:{HUMAN}[\s,/|&+和、]*)*(?:\s[-–—]\s|:)"
    ).match(marked, sentence.start, sentence.end)
    return replace(sentence, start=head.end()) if head else sentence


_PLEASE = re.compile(r"\s*(?:please|pls|plz|kindly|请|麻烦|烦请)")
_SOMEBODY = r"\b(?:her|him|them)\b|他|她|对方|客户"
_TOLD = ("decisions", "concerns", "account", "date", "attendees", "ours")
_NAMED = (Subject.NAMED, Subject.ME)
"""Whose promises count under a label that holds something else."""


def _same(one: Found, other: Found) -> bool:
    return (
        one.start < other.end
        and other.start < one.end
        and (
            one.action.action.lower() in other.action.action.lower()
            or other.action.action.lower() in one.action.action.lower()
        )
    )


def _tidy(said: str) -> str:
    said = re.sub(r"\s+", " ", said).strip(" \t,;:.，；：。-–—*_→>=")
    said = re.sub(r"\s*[(（]\s*[)）]", "", said).strip()
    said = re.sub(r"[\s,]+(?:asap|eod|cob|尽快)$", "", said, flags=re.IGNORECASE)
    said = re.sub(r"\s+(?:and|by|on|for|to|at|,)$", "", said)
    return said[:1].upper() + said[1:] if said[:1].isascii() else said
