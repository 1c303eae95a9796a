"""A message that asks to keep something else than itself: the thread it stands in, its files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ingest.notes.cues import any_of, pattern, plainly, words
from kam_knowledge.language.normalise import has_han


@dataclass(frozen=True)
class Keeping:
    """What is to be kept, for which account as written, and whether it is only to be shown."""

    what: Literal["thread", "files"]
    account: str = ""
    extracts: bool = False


def keeping(text: str, *, files: bool) -> Keeping | None:
    """What the message asks to keep besides its own words; None where it asks for none.

    `files` says whether it came with files: then "log this" means these.
    """
    plain = plainly(text.strip())
    extracts = pattern("dont_save").search(plain) is not None or plain.startswith("extract")
    for what, asks in (("thread", _begins("keep_thread")), ("files", _begins("keep_file"))):
        if what == "files" and not files:
            continue
        begun = asks.match(plain)
        if begun is None and not (what == "files" and not plain.strip(_MARKS)):
            continue
        start = begun.end() if begun else 0
        account = _account(text.strip(), plain, start)
        rest = pattern("dont_save").sub("", plain[start:])
        if account or not re.sub(r"\b(?:yet|it|but|please)\b|下来|一下", "", rest).strip(_MARKS):
            return Keeping(what, account, extracts)  # type: ignore[arg-type]
    return None


_MARKS = " .,!:;。，！：；"


def _account(text: str, plain: str, start: int) -> str:
    """The account named behind what is asked; in Chinese its verb belongs to both."""
    for one in words("keep_as"):
        begin = max(0, start - 2) if has_han(one) else start
        if match := re.compile(one).search(plain, begin):
            words_for = text[slice(*match.span("account"))].strip(_MARKS)
            return re.sub(r"(?i)(?:,?\s*(?:please|pls|thanks|thank you))$", "", words_for)
    return ""


@cache
def _begins(name: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{any_of(words('joining'))}[\s,]*)?{any_of(words(name))}")
