"""When it was: the day that the note says, or the day of writing, or a question."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.notes.attendance import places_met
from ingest.notes.cues import cue, pattern
from ingest.notes.days import days_in
from ingest.notes.mentions import Named
from ingest.notes.note import Question
from ingest.notes.reading import Reading, Sentence
from ingest.notes.writer import Writer
from kam_knowledge.language.dates import DateMatch

_LONG_AGO = 180
"""Days back from which a day without a year must name its year."""
_OPENING = 40
"""Sentences in which a note says of which day it is."""
_SOON = 60
"""Days ahead within which a weekday or a day is one that is still to come."""
_FAR = 400
"""Days back beyond which a day without a year is not what was meant."""


@dataclass(frozen=True)
class Day:
    """The note's day; None while it must be asked for."""

    date: dt.date | None
    assumed: bool
    question: Question | None = None


def day_of(
    reading: Reading,
    named: Named,
    sentences: Sequence[Sentence],
    writer: Writer,
    taken: Sequence[tuple[int, int]],
) -> Day:
    """The day of a note. `taken` are the stretches of promises: their days are still to come."""
    if writer.date is not None:
        return Day(writer.date, assumed=False)
    today = writer.today
    said_on = [one.turn.day for one in sentences if one.turn is not None and one.turn.day]
    if said_on and max(said_on) <= today:
        return Day(max(said_on), assumed=False)
    best: tuple[int, DateMatch] | None = None
    loose: tuple[int, str] | None = None
    for number, sentence in enumerate(sentences[:_OPENING]):
        text = named.dateable[sentence.start : sentence.end]
        for match in days_in(text, today, prefer="past"):
            start = sentence.start + match.span[0]
            rank = _rank(
                named,
                sentence,
                start,
                start + len(match.text),
                match,
                number,
                taken,
                today,
            )
            if rank is not None and (best is None or rank > best[0]):
                best = (rank, match)
        if number < 3 and (
            found := pattern("loose_day").search(reading.plain, sentence.start, sentence.end)
        ):
            rank = 40 - number if _is_met(named, sentence) or number == 0 else 5
            if loose is None or rank > loose[0]:
                loose = (rank, reading.text[found.start() : found.end()])
    if best is not None and (loose is None or best[0] >= loose[0]):
        return _checked(best[1], today)
    if loose is not None and loose[0] >= 30:
        return Day(None, assumed=False, question=Question("vague_date", loose[1]))
    plain = " ".join(reading.plain[one.start : one.end] for one in sentences[:2])
    said = pattern("same_day").search(plain) is not None
    return Day(today, assumed=not said)


_WILL = re.compile(r"'ll(?![a-z])|(?<![a-z])(?:will|shall|going to)(?![a-z])")


def _rank(
    named: Named,
    sentence: Sentence,
    start: int,
    end: int,
    match: DateMatch,
    number: int,
    taken: Sequence[tuple[int, int]],
    writer_today: dt.date,
) -> int | None:
    """How surely the date is that of the note; None where it is not."""
    if sentence.label == "date":
        return 100
    if match.start > writer_today and not _was_met(named.marked, sentence, start, end):
        return None
    if (writer_today - match.end).days > _LONG_AGO and not re.search(
        r"\d{4}|last year|去年", match.text
    ):
        return None
    if match.relation in ("by", "before", "since", "after") or match.grain in (
        "month",
        "quarter",
        "half",
        "year",
        "fiscal",
    ):
        return None
    if sentence.label.startswith("actions") or any(a <= start < b for a, b in taken):
        return None
    before = named.marked[max(sentence.start, start - 40) : start]
    if re.search(
        r"(?:\b(?:until|till|due|for|from|effective|as of|go-?live|starts?|starting"
        r"|valid|expires?|ends?|sent|paid|left|joined|since|dated|moved (?:from|to)"
        r"|postponed to|到期|截止|生效|上线|自|从|改到|推迟到|延期到|发的|的(?:会议"
        r"|邮件|报价|合同))\s*(?:on|at|in|the)?\s*)$",
        before,
    ):
        return None
    if match.start != match.end and not _was_met(named.marked, sentence, start, end):
        return None
    clause = max(named.marked.rfind(mark, sentence.start, start) for mark in ",;:") + 1
    if _WILL.search(named.marked, max(clause, sentence.start), start):
        return None
    met = _is_met(named, sentence)
    if not met and start - sentence.start > 3:
        ahead = days_in(match.text, writer_today, prefer="future")
        if ahead and 0 < (ahead[0].start - writer_today).days < _SOON:
            return None  # "the redlines come on Tuesday"
    rank = (50 if met else 20) - number
    if start - sentence.start <= 3 or number == 0:
        rank += 10  # "Yesterday …", "12 Nov: …"
    if met and _near_meeting(named.marked, sentence, start, end):
        rank += 15
    if number > 2 and not met:
        rank -= 15
    return rank if rank >= 20 else None


def _was_met(marked: str, sentence: Sentence, start: int, end: int) -> bool:
    """Whether the date's own clause says that somebody was met, in the past."""
    clause = _own_clause(marked, sentence, start, end)
    past = (
        r"(?<![a-z])(?:met|saw|visited|called|spoke|talked|had|held|hosted|ran|was|were)(?![a-z])"
    )
    return re.search(rf"{past}|[见会谈聊访开打吃]了|通了", clause) is not None


def _own_clause(marked: str, sentence: Sentence, start: int, end: int) -> str:
    left = max(marked.rfind(mark, sentence.start, start) for mark in ",;:") + 1
    rights = [place for mark in ",;:" if (place := marked.find(mark, end, sentence.end)) >= 0]
    return marked[max(left, sentence.start) : min(rights, default=sentence.end)]


def _is_met(named: Named, sentence: Sentence) -> bool:
    kinds = "|".join(cue("talk_kind", kind) for kind in ("meeting", "call", "email", "chat"))
    return (
        bool(places_met(named, sentence))
        or re.search(kinds, named.marked[sentence.start : sentence.end]) is not None
    )


def _near_meeting(marked: str, sentence: Sentence, start: int, end: int) -> bool:
    """Whether a word of meeting stands in the date's own clause."""
    kinds = "|".join(cue("talk_kind", kind) for kind in ("meeting", "call", "email", "chat"))
    return re.search(kinds, _own_clause(marked, sentence, start, end)) is not None


def _checked(match: DateMatch, today: dt.date) -> Day:
    if match.start != match.end:
        if match.start <= today <= match.end and match.grain == "day":
            return Day(match.start, assumed=False)
        return Day(None, assumed=False, question=Question("vague_date", match.text))
    if match.start > today:
        return Day(None, assumed=False, question=Question("future_date", match.text))
    if (
        match.vague
        and (other := _turned(match.start)) is not None
        and other <= today
        and (today - other).days < _FAR
        and other != match.start
    ):
        return Day(None, assumed=False, question=Question("vague_date", match.text))
    return Day(match.start, assumed=False)


def _turned(day: dt.date) -> dt.date | None:
    """The day with day and month exchanged: 11/12 is 12 November here and 11 December there."""
    try:
        return day.replace(month=day.day, day=day.month)
    except ValueError:
        return None
