"""A text cut into what is said, without the command and quoted replies; its lines and labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from ingest.notes.cues import LATIN, any_of, keys, pattern, plainly, words

_QUOTED_LINE = re.compile(r"^[ \t]*>[^\n]*", re.MULTILINE)
_BULLET = re.compile(
    r"[ \t]*(?:[-*•·▪◦–—+]|\(?\d{1,2}[.)、]|[(]?[a-h][)]|[①-⑳]|\[[ x]?\])[ \t]*(?=\S)"
)
_END = re.compile(
    r"[。！？!?;\n]+|…+|(?<![.\d])\.(?=\s|$)"
    r"|(?<=\d)\.(?=\s+(?!jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d_]{2,}|\s*$)"
    r"|(?<=[^\sa-z0-9])\.(?=\S)|\.{2,}"
    r"|(?<=[^\s:])\s+(?=\(?\d{1,2}[.)、]\s*[^\W\d_])"  # an item of a list on one line
)
_ABBREVIATED = re.compile(
    rf"(?<![{LATIN}])(?:mr|mrs|ms|dr|prof|e\.g|i\.e|approx|inc|ltd|corp|vs|dept|est|incl|excl|resp|tel|fig"
    rf"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|thu|fri)(?=\.\s*\d)|[a-z])$"
)


_ONE_LINE = frozenset({"attendees", "ours", "date", "account", "other"})
"""Labels whose list, where something stands behind them, is that line."""


@dataclass(frozen=True)
class Sentence:
    """A stretch of the text: where it is, and under which label it stands."""

    start: int
    end: int
    label: str = ""
    """The label of its section (`labels` of the cues), empty where there is none."""
    line: int = 0
    item: bool = False
    """Whether it begins with a bullet."""


@dataclass(frozen=True)
class Reading:
    """The text as stored and its plain form of the same length; quoted text is blanked there."""

    text: str
    plain: str
    sentences: tuple[Sentence, ...]

    def of(self, sentence: Sentence) -> str:
        """The sentence as written."""
        return self.text[sentence.start : sentence.end]


def read(message: str) -> Reading:
    """The message without the words that only ask to keep it, cut into sentences."""
    text = without_command(message.replace("\r\n", "\n").replace("\r", "\n").strip())
    plain = _without_quotes(plainly(text))
    if not plain.strip():
        plain = plainly(text)  # nothing but quoted text: then that is the note
    return Reading(text, plain, tuple(_sentences(plain)))


def without_command(text: str) -> str:
    """The message without "Log:", 记录： and the like in front."""
    match = _command().match(plainly(text))
    return text[match.end() :].strip() if match else text


def is_command(text: str) -> bool:
    """Whether the message says in so many words that it is a note to keep."""
    return _command().match(plainly(text.strip())) is not None


@cache
def _command() -> re.Pattern[str]:
    return re.compile(rf"\s*/?{any_of(words('command'))}\s*(?:[:\n]|--?\s|[–—])\s*")


def _without_quotes(plain: str) -> str:
    below = pattern("quoted_below").search(plain)
    if below and plain[: below.start()].strip():
        plain = plain[: below.start()] + " " * (len(plain) - below.start())
    return _QUOTED_LINE.sub(lambda match: " " * len(match.group()), plain)


def _sentences(plain: str) -> Iterator[Sentence]:
    """The sentences by line. A label alone on a line holds for the lines below it up to a blank
    one; one with something behind it for that, and for the list below it."""
    section, begun, start = "", False, 0
    for number, line in enumerate(plain.split("\n")):
        begin, end = start, start + len(line)
        start = end + 1
        if not line.strip():
            section = "" if begun else section
            continue
        bullet = _BULLET.match(plain, begin, end)
        inside = bullet.end() if bullet else begin
        found = _label_at(plain, inside, end)
        if found is not None and not plain[found[1] : end].strip(" \t*_#|"):
            section, begun = found[0], False
            continue
        if found is not None:
            lists = found[0] not in _ONE_LINE and not bullet and _is_bullet(plain, end + 1)
            section = found[0] if lists else ""
        for piece in _pieces(plain, inside, end, section):
            yield replace(piece, line=number, item=bullet is not None)
        begun = True


def _is_bullet(plain: str, start: int) -> bool:
    return _BULLET.match(plain, start) is not None


@cache
def _labels() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{name}>{any_of(words('labels', name))})" for name in keys("labels"))
    return re.compile(rf"[\s#*_>|\[【]*(?:{groups})[\s*_\]】)]*[:|]\s*[*_|]*\s*")


@cache
def _headings() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{name}>{any_of(words('labels', name))})" for name in keys("labels"))
    return re.compile(rf"(?:{groups})")


def _label_at(plain: str, start: int, end: int) -> tuple[str, int] | None:
    """The label that stands there, and where what it labels begins."""
    match = _labels().match(plain, start, end)
    if match is not None:
        return match.lastgroup or "", match.end()
    line = plain[start:end].strip()
    title = line.strip(" #*_:【】[]")
    if line[:1] in "#【*[" and (heading := _headings().fullmatch(title)):
        return heading.lastgroup or "", end
    return None


def _is_next_item(plain: str, start: int, place: int) -> bool:
    """Whether the number there begins a list, or goes on with one: "1. … 2. …" on one line."""
    number = int(re.match(r"\(?(\d+)", plain[place:])[1])  # type: ignore[index]
    if number == 1:
        return True
    before = plain[start:place]
    return re.search(rf"(?:^|[\s:(]){number - 1}[.)、]", before) is not None


def _pieces(plain: str, start: int, end: int, section: str) -> Iterator[Sentence]:
    """The sentences of a line. A label amid the line holds up to the next full stop."""
    begin, label = start, section
    stops = [(stop.start(), stop.end()) for stop in _END.finditer(plain, start, end)]
    for stop, after in [*stops, (end, end)]:
        ends = plain[stop:after]
        if stop < end and not ends.strip(" \t") and not _is_next_item(plain, start, after):
            continue
        if ends == "." and re.search(r"(?:^|[:;])\s*\(?\d{1,2}$", plain[begin:stop]):
            continue  # the number of an item
        if ends == "." and _ABBREVIATED.search(plain[max(begin, stop - 12) : stop]):
            continue
        bullet = _BULLET.match(plain, begin, stop)
        inside = bullet.end() if bullet else begin
        found = _label_at(plain, inside, stop)
        if found is not None and found[1] <= stop:
            label, inside = found
            inside = item.end() if (item := _BULLET.match(plain, inside, stop)) else inside
        if plain[inside:stop].strip():
            # A question mark tells what the sentence is, so it stays with it.
            last = after if "?" in ends else stop
            yield Sentence(inside, last, label, item=bullet is not None)
        if ";" not in ends and not _is_bullet(plain, after):
            label = section
        begin = after
