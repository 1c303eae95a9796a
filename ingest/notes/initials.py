"""Initials that stand for somebody: "TB -> updated ROI calc", "ZW to send the drawings"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.notes.mentions import Mention, Named
from ingest.notes.reading import Reading
from ingest.notes.writer import Writer
from kam_knowledge.language.names import NameMatch

_SELF = frozenset({"i", "me", "you", "我", "本人", "self"})
"""How programs write whoever saved a chat."""
_FREE = re.compile(
    r"(?<![\w.@&/-])([A-Z]{2,3})(?=\s*(?::|[-=]>|→|\s[-–—]\s)|\s+(?:to|will|sends?|owes?|is|was|has)\s"
    r"|['’](?:ll|s)\s|\s+[a-z]+s\s|[),])"
)
"""Initials that do something, or own an item."""
_LED = re.compile(
    r"(?:^|[;.]\s)\s*(?:[-*•·→]\s*)?([A-Za-z]{2,3})(?=\s*(?::|[-=]>|→|\s[-–—]\s))", re.MULTILINE
)
_NOBODY = frozenset(
    {
        "re",
        "fw",
        "cc",
        "am",
        "pm",
        "to",
        "ok",
        "no",
        "me",
        "we",
        "us",
        "he",
        "id",
        "by",
        "fyi",
        "eta",
    }
)


def unnamed_speakers(reading: Reading, named: Named, writer: Writer) -> list[Mention]:
    """The speakers of a chat or a transcript whom no record names: the writer, or strangers."""
    found: dict[int, Mention] = {}
    for one in reading.voices.turns:
        words = reading.text[one.name_start : one.name_end]
        if one.name_start in found or named.speaker(one.name_start, one.name_end) is not None:
            continue
        place = (one.name_start, one.name_end)
        if words.strip().lower() not in _SELF:
            found[one.name_start] = Mention(*place, "stranger", words)
        elif own := _own_name(writer):
            found[one.name_start] = Mention(*place, "person", words, own)
    return list(found.values())


def _own_name(writer: Writer) -> tuple[NameMatch, ...]:
    """The writer's own entry among the names."""
    if writer.person is None:
        return ()
    name = writer.person.name
    found = writer.names.best(name, {"person"})
    return tuple(one for one in found if one.entry.key == writer.person.id)[:1]


def initials(reading: Reading, named: Named, writer: Writer) -> list[Mention]:
    """The places where initials stand for whoever is named in the text, else for the writer."""
    known = _known(named, writer)
    found: dict[int, Mention] = {}
    for pattern in (_FREE, _LED):
        for match in pattern.finditer(reading.text):
            start, end = match.span(1)
            letters = match[1].lower()
            if letters in _NOBODY or letters not in known or not reading.plain[start:end].strip():
                continue
            if named.marked[start:end].isalpha() and (one := known[letters]) is not None:
                found.setdefault(start, Mention(start, end, one.kind, match[1], one.candidates))
    return list(found.values())


def _known(named: Named, writer: Writer) -> dict[str, Mention | None]:
    """By initials whom they mean; None for what several share."""
    found: dict[str, Mention | None] = {}
    people = [one for one in named.mentions if one.kind in ("contact", "person")]
    if own := _own_name(writer):
        people.append(Mention(0, 0, "person", "", own))
    for one in people:
        if not one.candidates:
            continue
        entry = one.candidates[0].entry
        for letters in _letters((entry.name, *entry.aliases)):
            other = found.setdefault(letters, one)
            if other is not None and other.candidates[0].entry.key != entry.key:
                found[letters] = None
    return found


def _letters(names: Iterable[str]) -> set[str]:
    """The first letters of names of two or three Latin words."""
    words = (name.split() for name in names if name.isascii())
    return {
        "".join(word[0] for word in one).lower()
        for one in words
        if 2 <= len(one) <= 3 and all(word[0].isalpha() for word in one)
    }
