"""Which day a document is about, where its front matter does not say.

What states its day comes first: a message's own date, a line "Date: …". Then what stands where
people put the day of writing: the title, a heading, the first lines, the file's name, the
folder's. A day still to come is only believed where it is stated; words such as "yesterday" and
"by 12 November" never say when a note was written, and the file's own time is no evidence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest import cues
from ingest.documents import Document
from ingest.report import From
from kam_knowledge.language.dates import date_in_name, find_dates

_LINES = 5
"""First lines in which an unlabelled date may be that of the note."""
_SHORT_LINE = 100
_AT_START = 20
_ASIDE = dt.timedelta(days=1_000)
_YEAR = re.compile(r"\d{4}")
_HEADING = re.compile(r"#{1,6}[ \t]")
# The day of something that the note speaks of, rather than its own.
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:sign(?:ed|ing)|start(?:s|ed|ing)?|end(?:s|ed|ing)?|expir\w+|renew\w*|valid|due|deadline"
    r"|founded|since|effective|next\b.{0,20}|planned|contract|version|as of)\b[^.;\n]{0,12}$"
    r"|(?:合同|签订|签约|到期|续约|生效|成立|截止|截至|下次[^，。\n]{0,8}|计划|交付|上线|有效期)[^，。\n]{0,6}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Day:
    when: dt.date
    is_full: bool
    """Whether the year is written."""
    is_clear: bool
    """Whether it can be read in one way only."""
    start: int
    end: int


def read_day(value: str, today: dt.date) -> dt.date | None:
    """The one day that a stated date means; None when it means none, or may mean two."""
    days = list(_days(value, today))
    if len(days) == 1 and days[0].is_full and days[0].is_clear:
        return days[0].when
    return None


def find_day(
    document: Document, title: str, stem: str, folders: Sequence[str], today: dt.date
) -> tuple[dt.date, From] | None:
    """The day and where it was found, None where nothing tells it.

    `title` is "" when it is only the file's name; `folders` come nearest first.
    """
    if document.date is not None:
        return document.date, "content"
    label = cues.labelled(document.text, "date")
    labelled = list(_days(label, today)) if label else []
    for day in labelled:
        if day.is_full and day.is_clear:
            return day.when, "content"
    written = [*labelled, *_days(title, today), *_in_first_lines(document.text, today)]
    past = [day for day in written if day.when <= today]
    if full := [day for day in past if day.is_full and day.is_clear]:
        return full[0].when, "content"
    if (named := date_in_name(stem)) is not None and named <= today:
        return named, "file name"
    if clear := [day for day in past if day.is_clear]:
        return clear[0].when, "content"
    if (named := _in_folders(folders)) is not None and named <= today:
        return named, "folder"
    return (past[0].when, "content") if past else None


def _days(text: str, today: dt.date) -> Iterator[_Day]:
    """The calendar days in a text, by place; days that depend on when it is read are none."""
    if not any(character.isdigit() for character in text):
        return
    earlier = {match.span: match for match in find_dates(text, today - _ASIDE, prefer="past")}
    for match in find_dates(text, today, prefer="past"):
        other = earlier.get(match.span)
        if match.grain != "day" or match.relation != "on" or other is None:
            continue
        if (match.start.month, match.start.day) != (other.start.month, other.start.day):
            continue
        is_full = match.start == other.start
        if is_full and not _YEAR.search(match.text):
            continue  # 3.11.12 is a version more often than a day
        yield _Day(match.start, is_full, not match.vague, *match.span)


def _in_first_lines(text: str, today: dt.date) -> Iterator[_Day]:
    """Dates in headings, in short lines and at the beginning of long ones."""
    for number, line in enumerate(cues.head(text).split("\n")):
        is_heading = _HEADING.match(line) is not None
        if number >= _LINES and not is_heading:
            continue
        for day in _days(line, today):
            near = is_heading or len(line) <= _SHORT_LINE or day.start <= _AT_START
            if near and not _OF_SOMETHING_ELSE.search(line[: day.start]):
                yield day


def _in_folders(folders: Sequence[str]) -> dt.date | None:
    """The day that a folder's name tells, or three of them: 2026/11/12."""
    for name in folders:
        if (day := date_in_name(name)) is not None:
            return day
    nested = list(reversed(folders[:3]))
    if len(nested) == 3 and all(name.isdecimal() for name in nested):
        return date_in_name("-".join(nested))
    return None
