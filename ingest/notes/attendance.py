"""Who took part: the people whom the words of meeting name, else those who are said to speak."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from ingest.notes.cues import cue, pattern
from ingest.notes.mentions import ACCOUNT, DATE, HUMAN, Mention, Named
from ingest.notes.people import is_absent
from ingest.notes.reading import Sentence

_AHEAD = 28
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
    found = {place for one in sentences for place in places_met(named, one)}
    kept = [one for one in named.mentions if one.start in found]
    kept = [one for one in kept if not is_absent(named.marked, one.start, one.end)]
    if any(one.kind in ("contact", "title", "stranger") for one in kept):
        return Present(tuple(kept), stated=True)
    speaking = [
        one
        for sentence in sentences
        for one in named.within(sentence.start, sentence.end, "contact", "stranger")
        if _speaks(named.marked, one, sentence, is_touch=is_touch)
        and not is_absent(named.marked, one.start, one.end)
    ]
    return Present((*kept, *speaking), stated=False)


def places_met(named: Named, sentence: Sentence) -> set[int]:
    """The places of the names of people that the words of meeting name in the sentence."""
    key = (sentence.start, sentence.end)
    if key not in named.met:
        named.met[key] = _places_met(named.marked, sentence)
    return named.met[key]


def _places_met(marked: str, sentence: Sentence) -> set[int]:
    start, end = sentence.start, sentence.end
    found: set[int] = set()
    if sentence.label in _LABELS:
        found |= {match.start() for match in _human().finditer(marked, start, end)}
    for match in pattern("meets").finditer(marked, start, end):
        if not is_to_come(marked, start, match.start(), match.group()):
            found |= set(_listed(marked, match.end(), end, loose=True))
    for match in _before().finditer(marked, start, end):
        if not is_to_come(marked, start, match.start(2)) or match.start(2) - match.end(1) < 3:
            found |= {
                place.start() for place in _human().finditer(marked, match.start(1), match.end(1))
            }
    for match in _together().finditer(marked, start, end):
        if not is_to_come(marked, start, match.start()):
            found |= {
                place.start() for place in _human().finditer(marked, match.start(), match.end())
            }
    if header := _header().fullmatch(marked, start, end):
        found |= {place.start() for place in _human().finditer(marked, *header.span())}
    for match in _held().finditer(marked, start, end):
        found |= {place.start() for place in _human().finditer(marked, *match.span(1))}
    for match in _between_dashes().finditer(marked, start, end):
        if re.search(rf"{ACCOUNT}|{DATE}", marked[start:end]):
            found |= {place.start() for place in _human().finditer(marked, *match.span(1))}
    if led := re.compile(r"\s*(?:together\s+)?with\s").match(marked, start, end):
        found |= set(_listed(marked, led.end(), end, loose=False))
    if said := _chat_line().match(marked, start, end):
        found.add(said.start(1))
    if sentence.start == start and (opening := _opening().match(marked, start, end)):
        found |= {place.start() for place in _human().finditer(marked, start, opening.end())}
    return found


@cache
def _human() -> re.Pattern[str]:
    return re.compile(HUMAN)


_AND = (
    r"(?:\s*\([^)\n]{0,60}\))?\s*(?:,\s*(?:and\s+)?|、|/|&|\+|和|跟|与|及|以及"
    r"|还有|同|;|\band\b|\bplus\b|\bwith\b|\bas well as\b)\s*"
)


@cache
def _header() -> re.Pattern[str]:
    """A line of names, a day, a kind and nothing else: "acme / tang rui / call / 19 nov"."""
    kinds = "|".join(cue("talk_kind", kind) for kind in ("meeting", "call", "email", "chat"))
    return re.compile(
        rf"(?=[^\n]*(?:{DATE}|{kinds}))(?:{HUMAN}|{ACCOUNT}|{DATE}|{kinds}|notes?|minutes|纪要|记录"
        rf"|\bw/|\bwith\b|\band\b|\bat\b|\bin\b|\bon\b|\bfrom\b|[\s/|,·:&+()–—#*_-]|和|与|及|、)+"
    )


@cache
def _between_dashes() -> re.Pattern[str]:
    """Names between dashes or strokes: "18 Nov - Linz - Kovac, Stamm + 2 from ops"."""
    return re.compile(rf"\s[-–—|/]\s+({HUMAN}(?:{_AND}{HUMAN})*)(?=\s*(?:\+|\s[-–—|/]\s|$|[.\n]))")


@cache
def _held() -> re.Pattern[str]:
    """ "Had Helen Brandt on the line", "had Dana over for lunch"."""
    return re.compile(
        rf"\b(?:had|got|have)\s+({HUMAN}(?:{_AND}{HUMAN})*)\s+(?:on\s+the\s+(?:line"
        rf"|phone|call)|over|in|here|for\s+(?:lunch|coffee|dinner|breakfast))(?![a-z])"
    )


@cache
def _chat_line() -> re.Pattern[str]:
    """A line of a chat: a name with a time behind it, or the time in front."""
    return re.compile(rf"\s*({HUMAN})\s*[(\[]?\s*(?:{DATE})?[\s,]*\d{{1,2}}:\d{{2}}(?::\d{{2}})?")


@cache
def _before() -> re.Pattern[str]:
    several = (
        rf"(?:{HUMAN}(?:{_AND}(?:(?:\w+\s)?{ACCOUNT}(?:'s|的)?\s*)?(?:{HUMAN}|我|\bi\b|\bme\b))*)"
    )
    return re.compile(
        rf"({several})(?:\s*\([^)\n]{{0,60}}\))?\s*(?:(?:also|just|both|all|then|had"
        rf"|has|{DATE}|from\s+{ACCOUNT}|of\s+{ACCOUNT}|今天|上午|下午|中午|早上|晚上|刚|刚才|刚刚|都|又)\s*)"
        rf"*({cue('met_before')})"
    )


@cache
def _together() -> re.Pattern[str]:
    between = rf"(?:{ACCOUNT}|{DATE}|{HUMAN}|[^\s,.;:。!?\n]{{1,2}}|\s){{0,10}}?"
    return re.compile(
        rf"{cue('together_before')}{between}{HUMAN}(?:\s|{HUMAN}|{ACCOUNT}|{DATE}"
        rf"|[、,&+/和跟与及以及的在又刚\w]){{0,14}}?{cue('together_after')}"
    )


@cache
def _opening() -> re.Pattern[str]:
    """ "Dana Wu, Tang Rui (ACME): …": names alone in front of a colon, or "Dana call:"."""
    return re.compile(
        rf"\s*(?:(?:{ACCOUNT}|{DATE}|上午|下午|中午|早上|晚上|然后|接着)[\s,:/|-]*)"
        rf"+{HUMAN}(?:{_AND}{HUMAN})*(?:\s*\([^)\n]{{0,60}}\))?[\s,]*(?:{DATE})?\s*"
        rf"(?:{cue('talk_kind', 'meeting')}|{cue('talk_kind', 'call')}|{cue('talk_kind', 'chat')})"
        rf"?[\s,]*(?:{DATE})?\s*(?::|--?\s|[–—]|,(?=[^\x00-\x7f]))"
    )


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
        if human := _human().match(marked, at, end):
            owns = re.match(rf"(?:'s\s+\w|的(?!{HUMAN}|\s*{ACCOUNT}))", marked[human.end() :])
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
            listed = ":" in skipped.group() and not seen and _human().match(marked, skipped.end())
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
    before = marked[max(start, place - _AHEAD) : place]
    before = re.split(r"[.;:。,!?\n]|\band\b", before)[-1]
    if re.search(rf"(?:\b(?:i|we)|{HUMAN})\s*$", before) and said.isascii() and said:
        return True  # "I call Ingrid on Tuesday"
    return pattern("to_come").search(before) is not None


def _speaks(marked: str, one: Mention, sentence: Sentence, *, is_touch: bool) -> bool:
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
    verb = cue("speaks") if is_touch else cue("tells")
    if re.match(rf"(?:\s*\([^)]*\))?\s*(?:{DATE}\s*)?{adverb}(?:{verb})", after):
        return True
    before = marked[sentence.start : one.start]
    return is_touch and _in_front().search(before) is not None


@cache
def _in_front() -> re.Pattern[str]:
    """What stands before whoever is spoken of first: nothing, or "then ACME Suzhou:"."""
    when = r"(?:(?:then|now|next|also|after that|afterwards|later|然后|接着|之后|上午|下午)\s*)?"
    at = rf"{ACCOUNT}(?:\s+[\w-]+){{0,2}}?\s*[:,-]?\s*"
    return re.compile(rf"^[\s-]*{when}(?:{at})?$|[:;,][\s-]*{when}{at}$")
