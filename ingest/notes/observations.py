"""What a note says besides promises: decisions, concerns, rivals, mood, signals, delicate words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from ingest.notes.cues import cue, keys, pattern
from ingest.notes.mentions import HUMAN, Named
from ingest.notes.note import Delicate, Sentiment, Signal, SignalType
from ingest.notes.people import People, Somebody
from ingest.notes.reading import Reading, Sentence

_LONGEST = 200
_CLAUSE_END = re.compile(
    r"[,，;；.。!！?？\n)）]|\bbut\b|\bwhile\b|\s--?\s|\s[–—]\s|\band\s+(?:wants?"
    r"|asked|will|we|i|they|he|she|is|needs)\b"
)
_BEFORE = 8
_CHANGES = ("left", "reports", "promoted", "joined")


def decisions(
    reading: Reading, sentences: Iterable[Sentence], taken: Sequence[tuple[int, int]]
) -> tuple[str, ...]:
    """What was decided, in the note's words."""
    found: dict[str, None] = {}
    for one in sentences:
        said = pattern("decided").search(reading.plain, one.start, one.end)
        if one.label == "decisions":
            found[_short(reading.of(one))] = None
        elif said and not _is_taken(said.start(), taken) and "?" not in reading.of(one):
            left, right = _clause(reading.plain, one, said.start(), said.end())
            found[_short(reading.text[left:right])] = None
    return tuple(one for one in found if one)


def concerns(reading: Reading, sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """What worries them, in the note's words."""
    found: dict[str, None] = {}
    for one in sentences:
        if one.label == "concerns":
            found |= dict.fromkeys(
                _short(part) for part in re.split(r"[,，、]|\band\b", reading.of(one))
            )
            continue
        for said in pattern("worried").finditer(reading.plain, one.start, one.end):
            if _is_denied(reading.plain, one.start, said.start()):
                continue
            end = _CLAUSE_END.search(reading.plain, said.end(), one.end)
            words = reading.text[said.end() : end.start() if end else one.end]
            found[_short(re.sub(r"^(?:了|的是|：|:|的|\s)+", "", words))] = None
        for said in pattern("too").finditer(reading.plain, one.start, one.end):
            left, right = _clause(reading.plain, one, said.start(), said.end())
            found[_short(reading.text[left:right])] = None
        for said in pattern("worried_zh_before").finditer(reading.plain, one.start, one.end):
            left, right = _clause(reading.plain, one, said.start(), said.end())
            found[_short(_about(reading, left, right))] = None
    kept = [one for one in found if len(one) > 1]
    return tuple(one for one in kept if not any(one != other and one in other for other in kept))


def _about(reading: Reading, left: int, right: int) -> str:
    """Of 吴总对价格有顾虑 the price."""
    about = re.search(
        r"(?:对|关于|就)(.{1,30}?)(?:还|也|很|比较|有|不|非常|提出|仍)", reading.text[left:right]
    )
    return about[1] if about else reading.text[left:right]


def competitors(named: Named, reading: Reading, sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """The rivals that the note names, as recorded; others where a word says what they are."""
    found: dict[str, None] = {}
    for sentence in sentences:
        for one in named.within(sentence.start, sentence.end, "competitor"):
            found[one.candidates[0].entry.name] = None
        for said in pattern("rival_cue").finditer(reading.plain, sentence.start, sentence.end):
            name = re.compile(
                r"\s*:?\s*(?:is\s+|from\s+|with\s+|the\s+|are\s+)?((?:[A-Z][\w&-]+)"
                r"(?:\s[A-Z][\w&-]+)?)"
            ).match(reading.text, said.end(), sentence.end)
            if name and not any(one.start <= name.start(1) < one.end for one in named.mentions):
                found[name[1]] = None
    return tuple(found)


def sentiment(reading: Reading, sentences: Iterable[Sentence]) -> Sentiment | None:
    """The mood that the words tell of; None where none do."""
    good = bad = 0
    for one in sentences:
        for said in pattern("happy").finditer(reading.plain, one.start, one.end):
            denied = _is_denied(reading.plain, one.start, said.start())
            bad, good = bad + denied, good + (not denied)
        for said in pattern("unhappy").finditer(reading.plain, one.start, one.end):
            if not _is_denied(reading.plain, one.start, said.start()):
                bad += 1
        bad += len(pattern("too").findall(reading.plain, one.start, one.end))
        if one.label == "concerns":
            bad += 1
    if good and bad:
        return (
            "mixed"
            if min(good, bad) * 3 >= max(good, bad)
            else ("positive" if good > bad else "negative")
        )
    return "positive" if good else "negative" if bad else None


def signals(
    reading: Reading, named: Named, sentences: Sequence[Sentence], people: People
) -> tuple[Signal, ...]:
    """Renewal, budget, changes among their people, the relationship: in the note's words."""
    found: dict[tuple[str, str], Signal] = {}
    for one in sentences:
        kinds: tuple[SignalType, ...] = ("renewal", "budget", "relationship")
        for kind in kinds:
            if said := pattern(kind).search(reading.plain, one.start, one.end):
                text = _short(
                    reading.text[slice(*_clause(reading.plain, one, said.start(), said.end()))]
                )
                who = (
                    _person_near(named, people, one, said.start())
                    if kind == "relationship"
                    else None
                )
                found.setdefault(
                    (kind, text),
                    Signal(kind, text, who.name if who else None, who.key if who else None),
                )
        for signal in _changes(reading, named, one, people):
            found.setdefault(("org_change", signal.text + (signal.person or "")), signal)
    return tuple(found.values())


def _person_near(named: Named, people: People, sentence: Sentence, place: int) -> Somebody | None:
    before = named.within(sentence.start, place, "contact", "stranger")
    who = people.who(before[-1]) if before else None
    return who if who is not None and who.kind == "contact" else None


@cache
def _change(kind: str) -> re.Pattern[str]:
    name = rf"(?P<who>{HUMAN})(?:\s*\([^)]*\))?"
    gap = r"[^.;。\n,，:]{0,14}?"
    after = {
        "left": rf"{name}(?:{gap}|\s*,[^,]{{0,30}},\s*)(?P<cue>{cue('left')})|(?:resignation "
        rf"of|departure of|farewell to|goodbye to)\s+{name.replace('who', 'who2')}",
        "joined": rf"{name}(?:{gap}|\s*,[^,]{{0,30}},\s*)(?P<cue>{cue('joined')})|"
        rf"(?P<cue2>{cue('joined')})[^.;。\n,，]{{0,24}}?{name.replace('who', 'who2')}",
        "promoted": rf"{name}{gap}(?P<cue>{cue('promoted')})",
        "reports": rf"{name}{gap}(?P<cue>{cue('reports')})",
    }[kind]
    return re.compile(after)


def _changes(
    reading: Reading, named: Named, sentence: Sentence, people: People
) -> Iterator[Signal]:
    """Who left, joined, rose, or has another superior."""
    marked = named.marked
    seen: set[int] = set()
    for kind in _CHANGES:
        for match in _change(kind).finditer(marked, sentence.start, sentence.end):
            place = match.start("who") if match["who"] else match.start("who2")
            mention = named.at(place)
            if mention is None or mention.kind == "person" or place in seen:
                continue
            left, right = _clause(reading.plain, sentence, match.start(), match.end())
            if kind == "left" and re.search(
                r"left (?:a|the(?! (?:company|firm|business|group))|us|me|early|his|her|it"
                r"|for (?:lunch|the day))|走了?一?[遍圈趟]"
                r"|走了?流程",
                marked[match.start() : right],
            ):
                continue
            if kind == "joined" and re.search(
                r"joined (?:us|the (?:call|meeting|session|workshop|lunch))|joined "
                r"(?:late|later|by|remotely|online|too|in)",
                marked[match.start() : right],
            ):
                continue
            if kind == "promoted" and re.search(
                r"is now\s+(?!the|their|head|chief|director|vp|cto|cio|cfo|ceo|coo|\ue006)",
                marked[match.start() : right],
            ):
                continue
            who = people.who(mention)
            if who is None and mention.kind == "title":
                name, key = None, None
            elif who is None:
                continue
            else:
                name, key = who.name, who.key if who.kind == "contact" else None
            seen.add(place)
            change = {
                "left": "left",
                "joined": "joined",
                "promoted": "promoted",
                "reports": "reports_to",
            }[kind]
            yield Signal("org_change", _short(reading.text[left:right]), name, key, change)  # type: ignore[arg-type]


def delicate(reading: Reading, sentences: Iterable[Sentence]) -> tuple[Delicate, ...]:
    """Words about health, family, religion, politics and gifts."""
    found: dict[Delicate, None] = {}
    for one in sentences:
        for kind in keys("delicate"):
            for said in pattern("delicate", kind).finditer(reading.plain, one.start, one.end):
                left, right = _clause(reading.plain, one, said.start(), said.end())
                found[Delicate(kind, _short(reading.text[left:right]))] = None
    return tuple(found)


def summary(reading: Reading, sentences: Sequence[Sentence], longest: int = 280) -> str:
    """The note's first sentences, as written, up to that many characters."""
    said = ""
    for one in sentences:
        text = " ".join(reading.of(one).split()).strip(" -*#_")
        if not text or one.label in ("date", "account", "attendees", "ours"):
            continue
        joint = "" if not said else ("; " if said[-1].isascii() else "；")
        if len(said) + len(joint) + len(text) > longest:
            break
        said += joint + text
    return said or " ".join(reading.text.split())[:longest]


def _clause(plain: str, sentence: Sentence, start: int, end: int) -> tuple[int, int]:
    """The clause around a place: between commas, in Chinese too."""
    left = max(
        [sentence.start, *(plain.rfind(mark, sentence.start, start) + 1 for mark in ",;:\n")]
    )
    rights = [place for mark in ",;\n" if (place := plain.find(mark, end, sentence.end)) >= 0]
    return left, min([sentence.end, *rights])


def _is_denied(plain: str, start: int, place: int) -> bool:
    """Whether a word right before turns the cue round."""
    before = plain[max(start, place - _BEFORE) : place]
    return (
        re.search(rf"{cue('denied')}\s*(?:very|really|so|too|at all|太|很|是很)?\s*$", before)
        is not None
    )


def _is_taken(place: int, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in taken)


def _short(words: str) -> str:
    return " ".join(words.split()).strip(" \t,;:.，；：。-–—*_!！")[:_LONGEST]
