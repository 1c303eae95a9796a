"""A text cut into what is said, without the command and quoted replies; its lines and labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from ingest.notes.cues import LATIN, any_of, keys, pattern, plainly, words
from ingest.notes.turns import ONE_VOICE, Turn, Voices, voices_of

_QUOTED_LINE = re.compile(r"^[ \t]*>[^\n]*", re.MULTILINE)
_BULLET = re.compile(
    r"[ \t]*(?:->|=>|[-*•·▪◦–—+→▶►☐□]|\(?\d{1,2}[.)、]|[(]?[a-h][)]|[①-⑳]"
    r"|[一二三四五六七八九十]、|\[[ x]?\])[ \t]*(?=\S)"
)
_END = re.compile(
    r"[。！？!?;\n]+|…+|(?<![.\d])\.(?=\s|$)"
    r"|(?<=\d)\.(?=\s+(?!jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d_]{2,}|\s*$)"
    r"|(?<=[^\sa-z0-9])\.(?=\S)|\.{2,}"
    r"|(?<=[^\s:])\s+(?=\(?\d{1,2}[.)、]\s*[^\W\d_])"  # an item of a list on one line
    r"|(?<=[^\s:])\s*(?=[②-⑳])"
    r"|(?<=\))(?=\d{1,2}[.)、]\s*[^\W\d_])"
    r"|(?<=(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\)),\s"
    r"|(?<=\d\)),\s"  # "root cause (Chen Bo, 30/11), audit trail (Joanna, 4/12)"
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
    turn: Turn | None = None
    """Whose words it is of, in a text of several voices."""


@dataclass(frozen=True)
class Reading:
    """The text as stored and its plain form of the same length; quoted text is blanked there."""

    text: str
    plain: str
    sentences: tuple[Sentence, ...]
    voices: Voices = ONE_VOICE

    def of(self, sentence: Sentence) -> str:
        """The sentence as written."""
        return self.text[sentence.start : sentence.end]


def read(message: str, *, spoken: bool = True) -> Reading:
    """The message without the words that only ask to keep it, cut into sentences; with `spoken`
    by who speaks, where several do."""
    text = without_command(message.replace("\r\n", "\n").replace("\r", "\n").strip())
    plain = _without_quotes(plainly(text))
    if not plain.strip():
        plain = plainly(text)  # nothing but quoted text: then that is the note
    voices = voices_of(text) if spoken else ONE_VOICE
    words_alone = _words_alone(plain, voices)
    sentences = _sentences(words_alone)
    if voices.turns:
        sentences = (_spoken(one, words_alone, voices) for one in sentences)
    return Reading(text, plain, tuple(sentences), voices)


def _spoken(sentence: Sentence, plain: str, voices: Voices) -> Sentence:
    """The sentence from its first word on, and whose it is."""
    said = plain[sentence.start : sentence.end]
    start = sentence.start + len(said) - len(said.lstrip())
    return replace(sentence, start=start, turn=voices.at(start))


def _words_alone(plain: str, voices: Voices) -> str:
    """The text with who speaks when blanked, as long as it is."""
    found: list[str] = []
    place = 0
    for one in voices.turns:
        for start, end in (
            (_line_start(plain, one.name_start), _line_end(plain, one.name_start)),
            (_line_start(plain, one.start), one.start),
        ):
            start, end = max(start, place), min(end, one.start)
            if start < end:
                found += [plain[place:start], " " * (end - start)]
                place = end
    return "".join([*found, plain[place:]])


def _line_start(plain: str, place: int) -> int:
    return plain.rfind("\n", 0, place) + 1


def _line_end(plain: str, place: int) -> int:
    end = plain.find("\n", place)
    return end if end >= 0 else len(plain)


def without_command(text: str) -> str:
    """The message without "Log:", 记录： and the like in front."""
    match = _command().match(plainly(text))
    return text[match.end() :].strip() if match else text


def is_command(text: str) -> bool:
    """Whether the message says in so many words that it is a note to keep."""
    return _command().match(plainly(text.strip())) is not None


def extracts_only(text: str) -> bool:
    """Whether the message asks to show what would be kept, and to keep nothing yet."""
    return _extract_only().match(plainly(text.strip())) is not None


@cache
def _command() -> re.Pattern[str]:
    every = [*words("extract_only"), *words("command")]
    return re.compile(rf"\s*/?{any_of(every)}\s*(?:[:\n]|--?\s|[–—])\s*")


@cache
def _extract_only() -> re.Pattern[str]:
    return re.compile(rf"\s*/?{any_of(words('extract_only'))}\s*(?:[:\n]|--?\s|[–—])")


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
    heading = _headings().fullmatch(title)
    if heading is None:
        return None
    alone = (heading.lastgroup or "").startswith("actions") and _is_bullet(plain, end + 1)
    return (heading.lastgroup or "", end) if alone or line[:1] in "#【*[" else None


_TASK = re.compile(r"\s*[^\W\d_][\w.]*(?: [\w.]{1,15})?\s*(?::|[-=]>|→|\s[-–—])\s")
"""A task of a list on one line: "Actions: PR - estimate, Tue. LW - list, Wed."."""


def _is_next_item(plain: str, start: int, place: int) -> bool:
    """Whether the number there begins a list, or goes on with one: "1. … 2. …" on one line."""
    if "①" <= plain[place] <= "⑳":
        return True
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
        goes_on = label.startswith("actions") and _TASK.match(plain, after, end)
        if (
            ends[:1] not in (";", ",")
            and ";" not in ends
            and not _is_bullet(plain, after)
            and not goes_on
        ):
            label = section
        begin = after
