"""Who speaks where in a text of several voices: chats, transcripts "Name: words", emails."""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from ingest.documents.chat import spoken
from ingest.notes.cues import LATIN, any_of, keys, pattern, plainly, words

_LINE = re.compile(
    r"^[ \t]*(?:\[?\d{1,2}:\d{2}(?::\d{2})?\]?[ \t]+)?"
    r"(?P<name>[^\W\d_][^:：。！？!?;；，,\n<>\[\]]{0,39}?)"
    r"[ \t]*[:：][ \t]*(?P<text>\S.*)$",
    re.MULTILINE,
)
_VOICE = re.compile(
    rf"(?<![{LATIN}])(?:i|i'll|i'm|we|we'll|you|your|our|my|us|me)(?![{LATIN}])|[我你您咱]"
)
"""Words of somebody who speaks: minutes have none but of their writer."""
_HEADER = re.compile(
    r"\**(?P<key>from|to|cc|date|sent|subject|发件人|收件人|抄送|日期|时间|发送时间|主题)\**"
    r"[ \t]*[:：]\**[ \t]*(?P<value>.*)",
    re.IGNORECASE,
)
_FROM, _WHEN = ("from", "发件人"), ("date", "sent", "日期", "时间", "发送时间")
_MOST_OF = 0.6
_DAY = re.compile(r"(20\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})")
_MONTH_NAMED = re.compile(r"(\d{1,2})\s+([A-Za-z]{3})[a-z]*\.?,?\s+(20\d{2})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(20\d{2})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Turn:
    """A stretch that one voice says: the place of the name, of the words, and the day."""

    name_start: int
    name_end: int
    start: int
    end: int
    day: dt.date | None = None


@dataclass(frozen=True)
class Voices:
    """What a text of several voices is (chat, email, or empty for a transcript), and its turns
    in their order: none where one person writes."""

    kind: str = ""
    turns: tuple[Turn, ...] = ()

    def at(self, place: int) -> Turn | None:
        """The turn that the place of the text is in."""
        number = bisect_right(self._starts, place) - 1
        return self.turns[number] if number >= 0 and place < self.turns[number].end else None

    @cached_property
    def _starts(self) -> list[int]:
        return [one.start for one in self.turns]


ONE_VOICE = Voices()


def voices_of(text: str) -> Voices:
    """Who says what in the text."""
    if "\n" not in text:
        return ONE_VOICE
    if said := spoken(text):
        turns = (Turn(one.name_start, one.name_end, one.start, one.end, one.date) for one in said)
        return Voices("chat", tuple(turns))
    if mail := _email(text):
        return Voices("email", mail)
    return Voices("", _transcript(text))


def _transcript(text: str) -> tuple[Turn, ...]:
    """The lines "Name: words" where nearly all are such, and somebody speaks of themselves."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = [one for one in _LINE.finditer(text) if not _is_label(one["name"])]
    found = [one for one in found if len(one["name"].split()) <= 4]
    names = {one["name"].strip().lower() for one in found}
    if len(found) < 2 or len(names) < 2 or len(found) < _MOST_OF * len(lines):
        return ()
    if len(names) > max(2, 0.7 * len(found)):
        return ()  # a form, whose labels stand once each
    if not any(_VOICE.search(plainly(one["text"])) for one in found):
        return ()
    return tuple(Turn(*one.span("name"), *one.span("text")) for one in found)


def _is_label(name: str) -> bool:
    return _labels().fullmatch(plainly(name.strip(" *#_【】"))) is not None


def _labels() -> re.Pattern[str]:
    return re.compile("|".join(any_of(words("labels", name)) for name in keys("labels")))


def _email(text: str) -> tuple[Turn, ...]:
    """The body of a message that stands below its own headers, as its sender's words."""
    place, sender, day, seen = 0, None, None, 0
    for line in text.split("\n"):
        match = _HEADER.fullmatch(line.strip(" \t*"))
        if match is None:
            if seen or (line.strip() and not pattern("quoted_below").search(plainly(line))):
                break
            place += len(line) + 1
            continue
        seen += 1
        if match["key"].lower() in _FROM:
            name = re.split(r"\s*[<(\[]", match["value"])[0].strip(" \"'") or match["value"].strip(
                " <>"
            )
            begin = text.find(name, place + len(match["key"])) if name else -1
            sender = (begin, begin + len(name)) if begin >= 0 else sender
        if match["key"].lower() in _WHEN:
            day = _day_of(match["value"])
        place += len(line) + 1
    if sender is None or seen < 2 or not text[place:].strip():
        return ()
    return (Turn(*sender, place, len(text), day),)


def _day_of(written: str) -> dt.date | None:
    try:
        return email.utils.parsedate_to_datetime(written).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        pass
    try:
        if match := _DAY.search(written):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _MONTH_NAMED.search(written):
            return dt.date(int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
        if match := _NAMED_MONTH.search(written):
            return dt.date(int(match[3]), _MONTHS.index(match[1].lower()) + 1, int(match[2]))
    except ValueError:
        return None
    return None
