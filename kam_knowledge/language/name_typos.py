"""Near spellings of the words in names: one slip in most words, two in long ones, none in short."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 4
_LONG = 8
_REMEMBERED = 50_000  # words whose neighbours are kept at hand


class NearSpellings:
    """Finds the known words that a written word may be a slip of."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = {w for w in words if len(w) >= SHORTEST and w.isalpha()}
        self._shortened: dict[str, list[str]] = {}
        self._long: dict[str, list[str]] = {}
        for word in sorted(self._words):
            for short in _one_left_out(word):
                self._shortened.setdefault(short, []).append(word)
            if len(word) >= _LONG:
                self._long.setdefault(word[0], []).append(word)
        self._found: dict[tuple[str, int], tuple[tuple[str, int], ...]] = {}

    def near(self, word: str, furthest: int) -> tuple[tuple[str, int], ...]:
        """Known words within `furthest` slips (1 or 2) of an unknown one, with their number.

        A slip is a letter too many, too few, wrong, or two swapped. Words of four letters are
        never a letter wrong: Dina is not Dana. Two slips are for words of eight letters and more
        that begin alike.
        """
        key = (word, furthest)
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            found = self._found[key] = tuple(self._near(word, furthest))
        return found

    def _near(self, word: str, furthest: int) -> Iterable[tuple[str, int]]:
        from rapidfuzz.distance import OSA

        if len(word) < SHORTEST or word in self._words or not word.isalpha():
            return
        candidates = {
            known for short in _one_left_out(word) for known in self._shortened.get(short, ())
        }
        if furthest >= 2 and len(word) >= _LONG:
            candidates.update(self._long.get(word[0], ()))
        for known in sorted(candidates):
            distance = OSA.distance(word, known, score_cutoff=furthest)
            # A plural or possessive s is no slip: ACMEs are no ACME.
            if distance > furthest or word == known + "s":
                continue
            if distance == 2 and min(len(word), len(known)) < _LONG:
                continue
            same_letters = sorted(word) == sorted(known)
            short = min(len(word), len(known)) <= SHORTEST
            if short and len(word) == len(known) and not same_letters:
                continue
            yield known, distance


def _one_left_out(word: str) -> set[str]:
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}
