"""The names in a note, under the writer's rights, and a plain text in which they are marked.

The marked text is as long as the text: a name is one sign that tells what it names, and fillers.
So patterns speak of "a person of theirs", and places in it are places in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from ingest.notes.days import days_in
from ingest.notes.reading import Reading
from ingest.notes.writer import Writer
from kam_knowledge.language.name_choice import likeliest
from kam_knowledge.language.names import NameMatch
from kam_knowledge.language.normalise import has_han
from kam_knowledge.language.titles import TitleMatch, find_titles

SURE = 0.5
"""Below this score something in the text speaks against the name."""
_PIECE = 4_000
_PRONOUNS = frozenset({"he", "she", "we", "you", "it", "they", "me", "us", "him", "her"})
"""Words that are names, too: He Jing is never called He alone."""

_SIGNS = {
    "contact": "\ue001",
    "person": "\ue002",
    "account": "\ue003",
    "competitor": "\ue004",
    "product": "\ue005",
    "title": "\ue006",
    "stranger": "\ue007",
    "date": "\ue008",
    "gone": "\ue009",
    "today": "\ue00a",
}
_FILLER = "\ue000"


def sign(*kinds: str) -> str:
    """The inside of a pattern for a marked name of one of these kinds."""
    return f"(?:[{''.join(_SIGNS[kind] for kind in kinds)}]{_FILLER}*)"


THEIRS = sign("contact", "title", "stranger")
OURS = sign("person")
HUMAN = sign("contact", "title", "stranger", "person")
ACCOUNT = sign("account")
DATE = sign("date", "gone", "today")
TODAY = sign("today")
AHEAD = sign("date")
"""A date that is neither past nor today."""


@dataclass(frozen=True)
class Mention:
    """A place in the text and what it may name, the likeliest first; all visible."""

    start: int
    end: int
    kind: str
    """contact, person, account, competitor, product, title or stranger."""
    words: str
    candidates: tuple[NameMatch, ...] = ()
    title: TitleMatch | None = None

    def keys(self, kind: str) -> tuple[int, ...]:
        """The candidates of one kind."""
        found = (one.entry.key for one in self.candidates if one.entry.kind == kind)
        return tuple(dict.fromkeys(found))

    @property
    def scopes(self) -> frozenset[int]:
        """The accounts whose contact this may be."""
        return frozenset(
            one.entry.scope
            for one in self.candidates
            if one.entry.kind == "contact" and one.entry.scope is not None
        )


@dataclass(frozen=True)
class Named:
    """All that a text names."""

    mentions: tuple[Mention, ...]
    hidden: tuple[str, ...] = ()
    """Accounts that the writer may not see, as written."""
    marked: str = field(default="", repr=False)
    dateable: str = field(default="", repr=False)
    """The text without its names, some of which are words for days: Sun Meiling, April."""

    def within(self, start: int, end: int, *kinds: str) -> list[Mention]:
        """The names of these kinds in a stretch of the text."""
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [one for one in self.mentions[first:last] if not kinds or one.kind in kinds]

    def at(self, place: int) -> Mention | None:
        """The name that begins at the place."""
        number = bisect_left(self._starts, place)
        there = number < len(self._starts) and self._starts[number] == place
        return self.mentions[number] if there else None

    def speaker(self, start: int, end: int) -> Mention | None:
        """Whoever the words in front of a turn name."""
        found = self.within(start, end, "contact", "person", "stranger", "title")
        return found[0] if found else None

    @cached_property
    def met(self) -> dict[tuple[int, int], set[int]]:
        """Who was met by stretch of the text, as far as that was looked for (`attendance`)."""
        return {}

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.mentions]


def names_in(reading: Reading, writer: Writer) -> Named:
    """The names of the book, and the offices, in the text as far as it is no quoted reply."""
    found: list[Mention] = []
    hidden: dict[str, None] = {}
    for start, text in _stretches(reading):
        for _, group in groupby(writer.names.find(text), key=lambda match: match.span):
            matches = [
                match
                for match in group
                if match.score >= SURE and match.matched.lower() not in _PRONOUNS
            ]
            seen = [match for match in matches if _visible(match, writer)]
            if seen:
                found.append(_mention(start, seen))
                continue
            accounts = [one.matched for one in matches if one.entry.kind == "account"]
            hidden |= dict.fromkeys(accounts[:1])
        taken = [(one.start - start, one.end - start) for one in found]
        for title in find_titles(text):
            free = all(title.span[1] <= a or b <= title.span[0] for a, b in taken)
            if title.kind == "role" and free:
                place = (start + title.span[0], start + title.span[1])
                words = reading.text[slice(*place)]
                found.append(Mention(*place, "title", words, title=title))
    found = [one for one in found if reading.plain[one.start : one.end].strip()]
    found.sort(key=lambda one: one.start)
    dateable = _without_names(reading.text, found)
    marked = _marked(reading, dateable, found, writer)
    return Named(tuple(found), tuple(hidden), marked, dateable)


def with_strangers(named: Named, strangers: Sequence[Mention]) -> Named:
    """The names with those that nobody knows, marked too."""
    every = sorted([*named.mentions, *strangers], key=lambda one: one.start)
    return Named(
        tuple(every),
        named.hidden,
        _mark(named.marked, every),
        _without_names(named.dateable, list(strangers)),
    )


def _stretches(reading: Reading) -> Iterator[tuple[int, str]]:
    """The text in stretches of whole lines, short enough to look for names in."""
    start = 0
    while start < len(reading.text):
        end = min(start + _PIECE, len(reading.text))
        if end < len(reading.text):
            end = (
                max(reading.text.rfind("\n", start, end), reading.text.rfind("。", start, end)) + 1
            )
            end = end or min(start + _PIECE, len(reading.text))
        if end <= start:
            end = min(start + _PIECE, len(reading.text))
        yield start, reading.text[start:end]
        start = end


def _mention(start: int, seen: list[NameMatch]) -> Mention:
    kept = likeliest(seen)
    if has_han(kept[0].matched):
        # 方总 is called 方; 韦芳 only sounds like it.
        surname = kept[0].matched[0]
        own = [
            m for m in kept if any(n.startswith(surname) for n in (m.entry.name, *m.entry.aliases))
        ]
        kept = tuple(own) or kept
    first = kept[0]
    begin, end = start + first.span[0], start + first.span[1]
    return Mention(begin, end, first.entry.kind, first.matched, kept)


def _visible(match: NameMatch, writer: Writer) -> bool:
    entry = match.entry
    if entry.kind == "account":
        return writer.rights.sees(entry.key)
    if entry.kind in ("contact", "competitor"):
        return writer.rights.sees(entry.scope)
    return writer.rights.inside


def _marked(reading: Reading, dateable: str, mentions: list[Mention], writer: Writer) -> str:
    marked = _mark(reading.plain, mentions)
    for start, text in _stretches(reading):
        for day in days_in(dateable[start : start + len(text)], writer.today):
            begin, end = start + day.span[0], start + day.span[1]
            gone = day.end <= writer.today and day.relation != "by"
            gone = gone or (day.relation == "on" and _is_told(reading.plain, begin, end))
            now = day.start == day.end == writer.today and gone
            sort = "today" if now else "gone" if gone else "date"
            marked = _put(marked, begin, end, _SIGNS[sort])
    return marked


_TOLD = re.compile(
    r"(?<![a-z])(?:met|saw|visited|spoke|talked|had|held|hosted|ran|was|were|chatted|phoned|rang|called|wrote"
    r"|sat down|caught up|call with|meeting with|notes|minutes)(?![a-z])[^.,;:]{0,60}$"
)
_TOLD_AFTER = re.compile(
    r"[^,.;。]{0,10}?(?:[见会谈聊访开打吃碰跑去到]了|通了|拜访|会议|开会|见面|来电|打来)"
)


def _is_told(plain: str, start: int, end: int) -> bool:
    """Whether the clause of a weekday or a day without a year tells of what was."""
    before, after = plain[max(0, start - 70) : start], plain[end : end + 20]
    return bool(_TOLD.search(before) or (_TOLD_AFTER.match(after) and after[:1] != "前"))


def _without_names(text: str, mentions: Iterable[Mention]) -> str:
    for one in mentions:
        if one.kind != "title":
            blank = "x" if one.words.isascii() else "某"
            text = f"{text[: one.start]}{blank * (one.end - one.start)}{text[one.end :]}"
    return text


def _mark(plain: str, mentions: Iterable[Mention]) -> str:
    for one in mentions:
        plain = _put(plain, one.start, one.end, _SIGNS[one.kind])
    return plain


def _put(plain: str, start: int, end: int, sign: str) -> str:
    return f"{plain[:start]}{sign}{_FILLER * (end - start - 1)}{plain[end:]}"
