"""A stretch of text that may hold a promise: whose, what, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Subject(Enum):
    """Who is said to do it."""

    ME = auto()
    WE = auto()
    NOBODY = auto()
    """Nobody is named where a writer who means themselves names nobody."""
    OPEN = auto()
    """Nobody is named, and it is not said whose it is."""
    OUR_OTHERS = auto()
    THEY = auto()
    HE = auto()
    NAMED = auto()


@dataclass(frozen=True)
class Clause:
    """A promise in a text, by places."""

    subject: Subject
    start: int
    end: int
    act: int
    """Where what is to be done begins, and ends."""
    act_end: int
    owner_at: int = -1
    """Where the owner's name begins, for NAMED."""
    due: tuple[int, int] | None = None
    """Where a date stands that bounds it besides."""
    due_first: bool = False
    """Whether that date goes before one inside."""
    object: tuple[int, int] | None = None
    """Where it is said what it is done to, if that stands elsewhere: 要发票副本, Sofia明天寄."""
