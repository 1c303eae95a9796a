"""Goals and actions that can be held: an owner, a date, and something to see (S1-12, S1-13)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.words import word_list

FAULTS = ("no_owner", "owner_left", "no_date", "vague")
"""Why a goal is returned to its author, in the order in which it is told."""


def faults(
    text: str,
    *,
    owner: bool,
    owner_left: bool = False,
    due: date | None,
    measured: bool = False,
) -> tuple[str, ...]:
    """What a goal or an action lacks, as codes of `FAULTS` (S1-13; house practice).

    It is vague where it names an effort instead of a result ("improve", "support", 加强) and no
    measure or value says what will be seen.
    """
    found = []
    if not owner:
        found.append("no_owner")
    elif owner_left:
        found.append("owner_left")
    if due is None:
        found.append("no_date")
    if not measured and is_vague(text):
        found.append("vague")
    return tuple(found)


def is_vague(text: str) -> bool:
    """Whether the words name an effort that nobody can see as done."""
    folded = fold(text)
    if any(character.isdigit() for character in folded):
        return False  # a figure or a date can be held against it
    first = re.match(r"\W*([a-z'-]+)", folded)
    if first and first.group(1) in _latin():
        return True
    return any(word in folded for word in _han())


@cache
def _latin() -> frozenset[str]:
    return frozenset(word for word in word_list("vague") if not has_han(word))


@cache
def _han() -> frozenset[str]:
    return frozenset(word for word in word_list("vague") if has_han(word))


@dataclass(frozen=True)
class Backwards:
    """A step counted back from a day: the code of the step and its day."""

    step: str
    due: date
    formula: str


STEPS_TO_A_MEETING = (("strengthen", 12), ("value", 6), ("arrange", 4))
"""The worked example's three actions (S1-14), and the weeks before the meeting by which each is
done: house practice, from October, November and mid-December for a meeting in January."""


def steps_to_a_meeting(day: date, today: date) -> tuple[Backwards, ...]:
    """The three steps to a meeting on or after `day`, none of them due before today (S1-14).

    Where the time is shorter than twelve weeks the intervals shrink in proportion, so that each
    step keeps its place.
    """
    ahead = max((day - today).days, 0)
    whole = 7 * STEPS_TO_A_MEETING[0][1]
    found = []
    for step, weeks in STEPS_TO_A_MEETING:
        back = 7 * weeks
        if ahead < whole + 7:  # the first step needs a week at least
            back = round(ahead * 7 * weeks / (whole + 7))
        due = day - timedelta(days=back)
        found.append(Backwards(step, due, f"{day} - {back} days = {due}"))
    return tuple(found)


MILESTONES = (
    ("live", 0), ("trained", 1), ("accepted", 2), ("migrated", 4), ("signed", 8), ("legal", 10),
    ("pilot", 12),
)  # fmt: skip
"""Milestones of a go-live with the weeks they are counted back (P-7, house practice)."""
SIGNING = (("signed", 0), ("legal", 2), ("offer", 4), ("pilot", 6))
"""Milestones of a signature with the weeks they are counted back (P-7, house practice)."""


def counted_back(
    day: date, milestones: tuple[tuple[str, int], ...] = SIGNING
) -> tuple[Backwards, ...]:
    """The milestones with their days, the first in time first (P-7)."""
    found = []
    for step, weeks in milestones:
        due = day - timedelta(weeks=weeks)
        found.append(Backwards(step, due, f"{day} - {weeks} weeks = {due}"))
    return tuple(sorted(found, key=lambda one: one.due))
