"""Which lines a digest shows: the first by rank, but not the same thing over and over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from bot.digest.line import Line

SHOWN = 7
"""Lines of a digest at most: one screen."""
OF_A_KIND = 2
"""So many of one kind come before those of others that rank behind them in the same tier."""
STEPS = 3


def chosen(lines: Sequence[Line], folded: Collection[str] = ()) -> list[Line]:
    """At most `SHOWN` lines in order of rank, none of which is folded.

    In a tier the first `OF_A_KIND` of each kind, at accounts of their own, go before the others.
    """
    left = sorted((one for one in lines if one.key not in folded), key=lambda one: one.rank)
    found: list[Line] = []
    for tier in sorted({one.tier for one in left}):
        here = [one for one in left if one.tier == tier]
        told, kinds = set[tuple[str, int]](), Counter[str]()
        first, later = list[Line](), list[Line]()
        for one in here:
            again = (one.kind, one.account_id) in told or kinds[one.kind] >= OF_A_KIND
            (later if again else first).append(one)
            told.add((one.kind, one.account_id))
            kinds[one.kind] += 0 if again else 1
        found += [*first, *later]
    return sorted(found[:SHOWN], key=lambda one: one.rank)


def steps(lines: Sequence[Line], shown: Sequence[Line]) -> list[list[Line]]:
    """Up to `STEPS` steps: for each account shown its first line, and the next one of another
    kind at the same account, which speaks for it too."""
    found: list[list[Line]] = []
    ranked = sorted(lines, key=lambda one: one.rank)
    for first in shown:
        if any(first.account_id == one[0].account_id for one in found):
            continue
        also = (
            one for one in ranked if one.account_id == first.account_id and one.kind != first.kind
        )
        found.append([first, *list(also)[:1]])
    for first in shown:  # few accounts: their other lines
        if not any(first is one[0] for one in found):
            found.append([first])
    return found[:STEPS]
