"""Where a text quotes: quotation marks of both languages, nested or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_OPENING = {"“": "”", "「": "」", "『": "』", "„": "“", '"': '"', "«": "»"}
_OPENER = re.compile(f"[{''.join(_OPENING)}]")


def quoted(text: str, accepts: Callable[[str], bool]) -> Iterator[tuple[int, int, str | None]]:
    """The quotations: start, end, and the words within where no reading of them is accepted.

    A quoted text may hold quotation marks itself, so the farthest end that is accepted wins.
    """
    place = 0
    while opening := _OPENER.search(text, place):
        place = opening.start()
        closing = _OPENING[opening.group()]
        ends = [found.start() for found in re.finditer(closing, text[place + 1 :])]
        ends = [place + 1 + end for end in ends]
        good = next((at for at in reversed(ends) if accepts(text[place + 1 : at])), None)
        if good is None and ends:
            yield place, ends[0] + 1, text[place + 1 : ends[0]]
            place = ends[0] + 1
        elif good is None:
            # A quotation that never ends is one to the end of the line.
            if text[place] != '"' or not text[place - 1 : place].isdigit():
                yield place, len(text), text[place + 1 :]
            return
        else:
            yield place, good + 1, None
            place = good + 1


def spaceless(text: str) -> str:
    return " ".join(text.split())
