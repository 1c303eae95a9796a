"""Where the clauses of an English sentence begin, and where a promise in it ends."""

from __future__ import annotations

import re
from functools import cache

from ingest.notes.mentions import ACCOUNT, HUMAN
from ingest.notes.phrases_en import (
    END,
    present_promise,
)


def next_present(marked: str, place: int, end: int) -> int:
    later = present_promise().search(marked, place, end)
    return later.start() if later else end


def openings_of(marked: str, start: int, end: int) -> list[int]:
    """Where the clauses of a sentence begin."""
    joints = re.compile(
        r"[,;(]\s*(?:and\s+|then\s+|but\s+)?|:\s|\s--?\s|\band\s"
        r"|\b(?:i|we)\s+(?:said|told\s+(?:him|her|them))\s+(?:(?:sure|ok|okay|yes|yep|fine)\s+)?(?=will\s)"
    ).finditer(marked, start, end)
    return [start, *(joint.end() for joint in joints)]


def end_of(marked: str, place: int, end: int, later: int) -> int:
    """Where what is promised ends: before the next promise, a new clause, a reason."""
    stop = end
    if later < end:
        stop = later
        gap = re.search(r"(?:\s*(?:,|;|and|&|but|then|\+|while|-)\s*)+$", marked[place:stop])
        if gap:
            stop = place + gap.start()
    cut = re.compile(END).search(marked, place, stop)
    if cut is not None:
        aside = cut.group() == "("
        stop = stop if aside else cut.start()
    new = _new_clause().search(marked, place, stop)
    if new is not None and new.start() > place:
        stop = new.start()
    return stop


@cache
def _new_clause() -> re.Pattern[str]:
    """After a comma somebody is spoken of: what was promised ended before it."""
    verb = (
        r"(?:'s|is|are|was|were|has|had|wants?|likes?|said|says|thinks|asked|needs"
        r"|will|won't|can|may|gets|sends|gives|brings|owes)"
    )
    return re.compile(
        r",\s*(?:and\s+)?(?:(?:he|she|they|we|i|it|this|that|there|not|very|happy|worried)(?![a-z])"
        rf"|(?:{HUMAN}|{ACCOUNT})\s*{verb}(?![a-z]))"
    )
