"""Who took part: the people whom the words of meeting name, else those who are said to speak."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ingest.notes.cues import cue, pattern
from ingest.notes.mentions import ACCOUNT, AHEAD, DATE, HUMAN, Mention, Named
from ingest.notes.met_phrases import (
    APART,
    any_human,
    anybody_beside,
    between_dashes,
    chat_line,
    header_line,
    held_there,
    named_before,
    opening_line,
    quoted_line,
    seen,
    together_with,
    when_with,
    word_from,
)
from ingest.notes.people import is_absent
from ingest.notes.reading import Sentence

_TO_COME = 28
_LABELS = ("attendees", "ours")


@dataclass(frozen=True)
class Present:
    """The mentions of people who took part, and how that is known."""

    mentions: tuple[Mention, ...]
    stated: bool
    """False where only people who are said to have spoken are known."""


def present(named: Named, sentences: Iterable[Sentence], *, is_touch: bool) -> Present:
    """Who took part, of both sides, each place of the text once."""
    sentences = list(sentences)
    if voices := speakers(named, sentences):
        return Present(tuple(voices), stated=True)
    found = {place for one in sentences for place in places_met(named, one)}
    kept = [one for one in named.mentions if one.start in found]
    kept = [one for one in kept if not is_absent(named.marked, one.start, one.end)]
    if any(one.kind in ("contact", "title", "stranger") for one in kept):
        return Present(tuple(kept), stated=True)
    sentences_told = pattern("told_them")
    loosely = {place for one in sentences for place in _loosely_met(named.marked, one)}
    beside = [one for one in named.mentions if one.start in loosely]
    beside = [one for one in beside if not is_absent(named.marked, one.start, one.end)]
    if any(one.kind in ("contact", "title", "stranger") for one in beside):
        return Present((*kept, *beside), stated=True)
    told = any(sentences_told.search(named.marked, one.start, one.end) for one in sentences)
    speaking = [
        one
        for sentence in sentences
        for one in named.within(sentence.start, sentence.end, "contact", "stranger")
        if _speaks(named.marked, one, sentence, is_touch=is_touch, told=told)
        and not is_absent(named.marked, one.start, one.end)
    ]
    return Present((*kept, *speaking), stated=False)


def speakers(named: Named, sentences: Iterable[Sentence]) -> list[Mention]:
    """Who speaks in a text of several voices, each name as written once."""
    found: dict[str, Mention] = {}
    for turn in dict.fromkeys(one.turn for one in sentences if one.turn is not None):
        who = named.speaker(turn.name_start, turn.name_end)
        if who is not None:
            found.setdefault(who.words, who)
    return list(found.values())


def places_met(named: Named, sentence: Sentence) -> set[int]:
    """The places of the names of people that the words of meeting name in the sentence."""
    key = (sentence.start, sentence.end)
    if key not in named.met:
        named.met[key] = _places_met(named.marked, sentence)
    return named.met[key]


def _loosely_met(marked: str, sentence: Sentence) -> set[int]:
    """The places of whoever the writer did anything with, where no word says that they met:
    "had tea with Samira", 跟何静吵了一架."""
    if sentence.label not in ("", "other"):
        return set()
    found: set[int] = set()
    for match in anybody_beside().finditer(marked, sentence.start, sentence.end):
        apart = APART.search(marked, sentence.start, match.start())
        if apart is None and not is_to_come(marked, sentence.start, match.start()):
            found |= set(_listed(marked, match.end(), sentence.end, loose=False))
    return found


def _places_met(marked: str, sentence: Sentence) -> set[int]:
    start, end = sentence.start, sentence.end
    found: set[int] = set()
    if sentence.label in _LABELS:
        found |= {match.start() for match in any_human().finditer(marked, start, end)}
    for match in pattern("meets").finditer(marked, start, end):
        if not is_to_come(marked, start, match.start(), match.group()):
            found |= set(_listed(marked, match.end(), end, loose=True))
    for match in named_before().finditer(marked, start, end):
        if not is_to_come(marked, start, match.start(2)) or match.start(2) - match.end(1) < 3:
            found |= {
                place.start()
                for place in any_human().finditer(marked, match.start(1), match.end(1))
            }
    for match in together_with().finditer(marked, start, end):
        if not is_to_come(marked, start, match.start()):
            found |= {
                place.start() for place in any_human().finditer(marked, match.start(), match.end())
            }
    if header := header_line().fullmatch(marked, start, end):
        found |= {place.start() for place in any_human().finditer(marked, *header.span())}
    for match in held_there().finditer(marked, start, end):
        found |= {place.start() for place in any_human().finditer(marked, *match.span(1))}
    for match in between_dashes().finditer(marked, start, end):
        tasks = sentence.label.startswith("actions")
        if not tasks and re.search(rf"{ACCOUNT}|{DATE}", marked[start:end]):
            found |= {place.start() for place in any_human().finditer(marked, *match.span(1))}
    if told := word_from().match(marked, start, end):
        found |= {place.start() for place in any_human().finditer(marked, *told.span(1))}
    for match in seen().finditer(marked, start, end):
        if not is_to_come(marked, start, match.start()):
            found |= set(_listed(marked, match.end(), end, loose=False))
    for match in when_with().finditer(marked, start, end):
        found |= set(_listed(marked, match.end(), end, loose=False))
    if led := re.compile(r"\s*(?:together\s+)?with\s").match(marked, start, end):
        found |= set(_listed(marked, led.end(), end, loose=False))
    if quoted := quoted_line().match(marked, start, end):
        found.add(quoted.start(1))
    if said := chat_line().match(marked, start, end):
        found.add(said.start(1))
    if sentence.start == start and (opening := opening_line().match(marked, start, end)):
        found |= {place.start() for place in any_human().finditer(marked, start, opening.end())}
    return found


_SKIP = re.compile(
    rf"[\s,/&+、()\[\]|:\"'“”*_-]+|\b(?:and|with|plus|as|well|also|both|mr|mrs|ms"
    rf"|dr|our|their|the|from|of|at|by|in|again|briefly|twice|quickly|shortly|today"
    rf"|guys|folks)\b\.?|'s"
    rf"|{ACCOUNT}|{DATE}|和|跟|与|及|以及|同|还有|的|了|过|他们|客户|对方|我们|在"
    rf"|一起|一下|下|个|以|来自|还见了|又|刚|刚刚|今天|上午|下午|位|两位|三位"
)
_WORD = re.compile(r"[a-z'-]+\s*|[^\s.;。!?\n,:a-z]")
_STOP = re.compile(r"[.;。!?\n]")
_FILLERS = 6


def _listed(marked: str, start: int, end: int, *, loose: bool) -> Iterator[int]:
    """The places of the people listed from there on."""
    at, seen, fillers = start, False, 0
    while at < end:
        if human := any_human().match(marked, at, end):
            owns = re.match(
                rf"(?:'s\s+\w|\s+team(?![a-z])|团队|的(?!{HUMAN}|\s*{ACCOUNT}))",
                marked[human.end() :],
            )
            if not owns:
                yield human.start()
            at, seen = human.end(), True
            aside = re.compile(r"\s*\([^)\n]*\)").match(marked, at, end)
            if aside and not re.search(HUMAN + r"\s*[,、和&]", aside.group()):
                at = aside.end()
            continue
        if seen and (comma := re.compile(r"\s*,").match(marked, at, end)):
            # After a comma only another name, or "and" another name, goes on with the list.
            after = re.compile(
                rf"\s*,\s*(?:and\s+|和|及)?(?:their\s+|the\s+|the new\s+|{ACCOUNT}(?:'s"
                rf"|的)?\s*)*(?={HUMAN}(?:\s*(?:,|、|and|&|\+|和|\(|\)|$|[.;\n])))"
            ).match(marked, at, end)
            if after is None:
                return
            at = max(after.end(), comma.end())
            continue
        if skipped := _SKIP.match(marked, at, end):
            listed = (
                ":" in skipped.group() and not seen and any_human().match(marked, skipped.end())
            )
            if (seen or fillers) and re.search("[:,]", skipped.group()) and not listed:
                return
            at = skipped.end()
            continue
        if seen or not loose or fillers >= _FILLERS or _STOP.match(marked, at):
            return
        word = _WORD.match(marked, at, end)
        if word is None or pattern("unsure").match(word.group()):
            return
        fillers += 1 if word.group()[0].isascii() else 0.5  # type: ignore[assignment]
        at = word.end()


def is_to_come(marked: str, start: int, place: int, said: str = "") -> bool:
    """Whether the words right before speak of a meeting that is only wanted or planned."""
    if said and (said[-1] in "了过到" or re.search(r"(?:ed|met|saw|spoke|rang|ran into)\b", said)):
        return False
    before = marked[max(start, place - _TO_COME) : place]
    before = re.split(r"[.;:。,!?\n]|\band\b", before)[-1]
    if re.search(rf"(?:\b(?:i|we)|{HUMAN})\s*$", before) and said.isascii() and said:
        return True  # "I call Ingrid on Tuesday"
    return pattern("to_come").search(before) is not None


def _speaks(marked: str, one: Mention, sentence: Sentence, *, is_touch: bool, told: bool) -> bool:
    """Whether somebody is said to have told us something; of a meeting, also to be or to want."""
    if pattern("hearsay").search(marked, sentence.start, one.start):
        return False
    after = marked[one.end : min(one.end + 30, sentence.end)]
    if re.match(rf"(?:'s\s+\w|的(?!{HUMAN}|\s*{ACCOUNT}))", after):
        return False  # the assistant of hers
    adverb = (
        r"(?:(?:still|also|just|now|again|already|both|all|really|very|a bit|还"
        r"|仍|也|又|今天|昨天)\s*)*"
    )
    verb = cue("speaks") if is_touch or told else cue("tells")
    if re.match(rf"(?:\s*\([^)]*\))?\s*(?:{DATE}\s*)?{adverb}(?:{verb})", after):
        return True
    if re.match(rf"[^,.;。，]{{0,10}}?{cue('left')}", after):
        return False  # who left is spoken of, not with
    if re.match(rf"\s*{AHEAD}", after):
        return False  # what they are to do is spoken of
    before = marked[sentence.start : one.start]
    return is_touch and _in_front().search(before) is not None


@cache
def _in_front() -> re.Pattern[str]:
    """What stands before whoever is spoken of first: nothing, or "then ACME Suzhou:"."""
    when = r"(?:(?:then|now|next|also|after that|afterwards|later|然后|接着|之后|上午|下午)\s*)?"
    at = rf"{ACCOUNT}(?:\s+[\w-]+){{0,2}}?\s*[:,-]?\s*"
    return re.compile(rf"^[\s-]*{when}(?:{at})?$|[:;,][\s-]*{when}{at}$")
