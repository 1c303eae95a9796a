"""How much room texts take, so that nothing runs out of a slide or a table's column.

Measured with the font of the pictures, which is wider than those that documents name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.render.canvas import width_of
from bot.render.documents.content import Run, Runs, said_by

LEADING = 1.25
"""The height of a line over the size of its letters."""
_SAFE = 1.02
_SHORT = 5
_RAISED = 0.7
"""How much smaller a raised marker is."""
_TOKEN = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\S|\s+")
_NEVER_FIRST = frozenset("，。、；：？！）》”’】」』％…")


@lru_cache(maxsize=8_000)
def _units(token: str) -> float:
    return sum(_letter(one) for one in token) * _SAFE


@lru_cache(maxsize=8_000)
def _letter(one: str) -> float:
    return width_of(one if not one.isspace() else "n", 1.0)


def wide(text: str, size: float) -> float:
    """Inches that the text takes on one line."""
    return _units(text) * size


def wrapped(runs: Runs, size: float, room: float) -> list[Runs]:
    """The runs on as many lines as they take in so many inches; one empty line for nothing."""
    lines: list[list[Run]] = [[]]
    used = 0.0
    for run in runs:
        for token in _tokens(run.text, size, room):
            taken = wide(token, size) * (_RAISED if run.mark is not None else 1.0)
            hangs = token[0] in _NEVER_FIRST
            if used + taken > room and lines[-1] and not token.isspace() and not hangs:
                lines.append([])
                used = 0.0
            if token.isspace() and not lines[-1]:
                continue
            lines[-1].append(Run(token, run.strong, run.mark))
            used += taken
    return [_joined(line) for line in lines]


def _tokens(text: str, size: float, room: float) -> Iterator[str]:
    """Words, single Chinese characters and white space; a word wider than the room in pieces."""
    for token in _TOKEN.findall(text):
        if wide(token, size) <= room:
            yield token
            continue
        piece = ""
        for one in token:
            if piece and wide(piece + one, size) > room:
                yield piece
                piece = ""
            piece += one
        yield piece


def _joined(runs: Sequence[Run]) -> Runs:
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        alike = last is not None and (last.strong, last.mark) == (run.strong, run.mark)
        if last is not None and alike and run.mark is None:
            found[-1] = Run(last.text + run.text, run.strong)
        else:
            found.append(run)
    return tuple(found)


def unwrapped(lines: Sequence[Runs]) -> Runs:
    """Lines as one paragraph again, for whoever breaks lines itself."""
    return _joined([run for line in lines for run in line])


def high(lines: int, size: float) -> float:
    """Inches that so many lines take."""
    return lines * size * LEADING / 72


def columns(rows: Sequence[Sequence[Runs]], size: float, room: float, pad: float) -> list[float]:
    """The widths of a table's columns in inches, all of the room: each as wide as its longest
    word, what is left by how much its longest cell wants."""
    count = len(rows[0])
    least, wanted = [0.0] * count, [0.0] * count
    for row in rows:
        for place, cell in enumerate(row):
            text = said_by(cell)
            # A name of three characters is one word, though Chinese may break anywhere.
            tokens = [text] if len(text) <= _SHORT else _TOKEN.findall(text)
            words = [wide(token, size) for token in tokens]
            least[place] = max(least[place], min(max(words, default=0.0), room / 3) + pad)
            wanted[place] = max(wanted[place], wide(text, size) + pad)
    if sum(least) >= room:
        return [one * room / sum(least) for one in least]
    if sum(wanted) <= room:
        return [one * room / sum(wanted) for one in wanted]
    # A cell that wants ten lines does not take all the room from cells that want two.
    pull = [(b - a) ** 0.6 if b > a else 0.0 for a, b in zip(least, wanted, strict=True)]
    rest = room - sum(least)
    return [a + rest * one / sum(pull) for a, one in zip(least, pull, strict=True)]


def size_of_png(drawn: bytes) -> tuple[int, int]:
    """Its dots across and down, as its header says."""
    return int.from_bytes(drawn[16:20], "big"), int.from_bytes(drawn[20:24], "big")


def inside(drawn: bytes, width: float, height: float) -> tuple[float, float]:
    """The largest size in inches that the picture can have in that room."""
    across, down = size_of_png(drawn)
    scale = min(width / across, height / down)
    return across * scale, down * scale
