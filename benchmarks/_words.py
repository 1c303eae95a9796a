"""Words that no language has, for texts of any length."""

from __future__ import annotations

import random


def vocabulary(chance: random.Random) -> list[str]:
    """Twenty thousand pronounceable words."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    found: set[str] = set()
    while len(found) < 20_000:
        found.add("".join(chance.choices(syllables, k=chance.randint(2, 4))))
    shuffled = sorted(found)
    chance.shuffle(shuffled)
    return shuffled
