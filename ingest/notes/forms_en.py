"""English promises that no verb of will introduces: awaited, come from, have done, given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ingest.notes.clauses import Clause, Subject
from ingest.notes.cues import LATIN, any_of, cue, words
from ingest.notes.ends_en import end_of
from ingest.notes.mentions import AHEAD, DATE, HUMAN, OURS, TODAY
from ingest.notes.phrases_en import spoken_to
from ingest.notes.reading import Sentence

_US = r"(?:us|me)(?![a-z])"
_BE = r"(?:\s+(?:am|are|is)|'(?:m|re|s))\s+(?:still\s+|now\s+|just\s+)?"
_STANDING = re.compile(
    r"(?<![a-z])(?:every|each|always|usually|normally|generally|regularly|typically|weekly|monthly"
    r"|quarterly|daily|annually|yearly|often|sometimes|as (?:usual|always)|never|no longer"
    r"|not|n't|hardly|if|unless|may|might|could|would)(?![a-z])|n't"
)
"""A standing arrangement, a denial or a possibility."""


@cache
def _who() -> str:
    return (
        rf"(?:(?P<me>{cue('me')})|(?P<we>{cue('we')})|(?P<named>{HUMAN})|(?P<they>{cue('they')})"
        rf"|(?P<he>{cue('he')}))"
    )


@cache
def _awaited() -> re.Pattern[str]:
    """ "She's waiting for our response", "we are expecting the plan from Sam"."""
    return re.compile(
        rf"{_who()}{_BE}(?:waiting\s+(?:for|on)|awaiting|expecting)\s+(?P<act>(?:the|a|an|our|my"
        rf"|their|his|her|some|two|three|[{LATIN}])[^\n;]*)"
    )


@cache
def _comes_from() -> re.Pattern[str]:
    """ "The forecast comes from Aoife by the 25th", "plan: expected from her by 30 Nov"."""
    word = rf"(?:[a-z0-9][\w'-]*|{DATE})"
    return re.compile(
        rf"(?P<act>(?<![a-z]){word}(?:\s+{word}){{0,5}}?)\s*[:,]?\s+(?:will\s+)?(?:(?:is\s+|are\s+)?(?:expected"
        r"|due|awaited|outstanding|pending)|comes?|follows?|to\s+come|to\s+follow)\s+from\s+"
        rf"(?:(?P<me>{_US})|(?P<named>{HUMAN})|(?P<they>{cue('they')})|(?P<he>{cue('he')}))"
    )


@cache
def _handed() -> re.Pattern[str]:
    """ "Sensor swap -> Kofi, Thu", "the translation is with Owen (due 24/11)"."""
    word = r"[a-z0-9][\w'-]*"
    return re.compile(
        rf"(?P<act>(?<![a-z]){word}(?:\s+{word}){{0,5}}?)\s*(?:[-=]>|→|\s(?:is|lies|sits|stays)\s+with\s)"
        rf"\s*(?P<named>{HUMAN})(?=\s*(?:$|[,;.(]|{DATE}))(?:[\s,(]*(?:due|by|on|until)?\s*{AHEAD}\)?)?"
    )


@cache
def _has_done() -> re.Pattern[str]:
    """ "She has the sheets scanned for us", "he's having it pulled for us by Friday"."""
    return re.compile(
        rf"{_who()}(?:\s+(?:has|have|gets?)|{_BE}(?:having|getting))\s+(?P<act>(?:the|a|an|our|their"
        rf"|his|her|it|them|some|all)(?![a-z])(?:\s+[\w'-]+){{0,6}}?\s*(?:[a-z]+ed|sent|done|drawn|written"
        rf"|cut|put|built|made|ready)(?![a-z])[^\n;]*?(?:(?:to|for)\s+{_US}|{AHEAD}|{TODAY}))"
    )


@cache
def _gives() -> re.Pattern[str]:
    """ "Aoife invites us to the day", "she gets back to me": something done towards us, or by ours
    for them, in the present."""
    verbs = any_of(
        re.sub(r"^[a-z-]+", lambda verb: f"{verb.group()}(?:s|es)", one)
        for one in words("act")
        if one[0].isalpha() and one.isascii()
    )
    happens = any_of(
        re.sub(r"^[a-z-]+", lambda verb: f"{verb.group()}(?:s|es)", one)
        for one in words("happens")
        if one[0].isalpha() and one.isascii()
    )
    return re.compile(
        rf"(?:(?P<ours>{OURS})|(?P<named>{HUMAN})|(?P<he>{cue('he')}))\s+(?:also\s+|then\s+)?"
        rf"(?P<act>(?P<verb>(?!{happens}\s){verbs})\s+(?P<what>(?:{_US}|the|a|an|our|his|her|their|it|them"
        rf"|him|back|{HUMAN})(?![a-z])[^\n;]*))"
    )


def further(marked: str, sentence: Sentence, seen: Sequence[tuple[int, int]]) -> Iterator[Clause]:
    """The promises of the sentence of these forms, where none is `seen`."""
    start, end = sentence.start, sentence.end
    taken = list(seen)
    for form in (_awaited, _has_done, _comes_from, _handed, _gives):
        for match in form().finditer(marked, start, end):
            act = match.start("act")
            if any(one <= act < other or one <= match.start() < other for one, other in taken):
                continue
            until = (
                match.end() if form in (_comes_from, _handed) else end_of(marked, act + 2, end, end)
            )
            if form is _comes_from:
                dated = re.compile(rf"\s*(?:by|on|until|before|in)?\s*(?:the\s+)?{AHEAD}").match(
                    marked, until, end
                )
                until = dated.end() if dated else until
            left = max(marked.rfind(mark, start, match.start()) for mark in ",;:(") + 1
            if _STANDING.search(marked, max(left, start), until):
                continue
            clause = _clause_of(form is _awaited, form is _gives, match, marked, until)
            if clause is not None:
                taken.append((clause.start, clause.end))
                yield clause


def _clause_of(
    awaited: bool, gives: bool, match: re.Match[str], marked: str, until: int
) -> Clause | None:
    group = match.groupdict()
    act, act_end = match.start("act"), until if match.end("act") > until else match.end("act")
    subject, owner = Subject.THEY, -1
    if awaited:
        return _awaited_by(match, marked, until)
    if group.get("ours"):
        return Clause(Subject.NAMED, match.start(), until, act, until, match.start("ours"))
    if gives and re.search(rf"(?<![a-z]){_US}", marked[act:until]) is None:
        return None  # what they do for themselves
    if group.get("me"):
        subject = Subject.ME
    elif group.get("we"):
        subject = Subject.WE
    elif group.get("named"):
        subject, owner = Subject.NAMED, match.start("named")
    elif group.get("he"):
        subject = Subject.HE
    return Clause(subject, match.start(), until, act, act_end, owner)


def _awaited_by(match: re.Match[str], marked: str, until: int) -> Clause | None:
    """What somebody waits for: ours to give where they wait, theirs where we do."""
    act = match.start("act")
    source = re.compile(rf"\s+from\s+(?:(?P<us>{_US})|(?P<named>{HUMAN}))").search(
        marked, act, until
    )
    behind = re.compile(rf"[,;]\s*(?:and\s+)?(?P<named>{OURS})\s+is\s+on\s+it").search(marked, act)
    act_end = source.start() if source else until
    waits = match["me"] or match["we"] or (match["named"] and re.match(OURS, match["named"]))
    if behind and behind.start() <= until + 40:
        return Clause(
            Subject.NAMED,
            match.start(),
            until,
            act,
            min(act_end, behind.start()),
            behind.start("named"),
        )
    if source and source["named"]:
        return Clause(Subject.NAMED, match.start(), until, act, act_end, source.start("named"))
    if waits:
        return Clause(Subject.THEY, match.start(), until, act, act_end) if not source else None
    ours = source or re.match(r"(?:our|my)\s", marked[act:])
    return Clause(Subject.WE, match.start(), until, act, act_end) if ours else None


def is_spoken_to(marked: str, sentence: Sentence) -> bool:
    """Whether the sentence asks one of ours to do something: "@Chen Bo can you check it?"."""
    return spoken_to().search(marked, sentence.start, sentence.end) is not None
