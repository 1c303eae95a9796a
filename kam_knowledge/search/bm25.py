"""BM25, once, for both databases and for measurements: k1 1.2, b 0.75.

A database only finds candidates; their scores come from here, from the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75


@dataclass(frozen=True)
class Statistics:
    """What BM25 must know of the whole collection."""

    passages: int
    average_length: float
    """In tokens."""
    frequencies: Mapping[str, int]
    """In how many passages each token of the query stands; a token left out stands in none."""

    def weight(self, token: str) -> float:
        """The token's inverse document frequency, always positive: the rarer, the more."""
        found = self.frequencies.get(token, 0)
        # The collection may have lost passages since a frequency was counted.
        return log(1 + (max(self.passages, found) - found + 0.5) / (found + 0.5))


def contributions(
    tokens: Sequence[str],
    counts: NDArray[np.float32],
    lengths: NDArray[np.float32],
    statistics: Statistics,
) -> NDArray[np.float32]:
    """What each token adds to each passage's score, (passages, tokens).

    `counts[i, j]` says how often `tokens[j]` stands in passage i, `lengths[i]` how many tokens
    that passage has.
    """
    import numpy as np

    weights = np.array([statistics.weight(token) for token in tokens], dtype=np.float32)
    relative = lengths / max(statistics.average_length, 1e-9)
    held = K1 * (1 - B + B * relative)[:, None]
    return np.asarray(weights * counts * (K1 + 1) / (counts + held), dtype=np.float32)


class BM25Index:
    """BM25 over a list of tokenised passages in memory."""

    def __init__(self, passages: Sequence[Sequence[str]]) -> None:
        import numpy as np

        self.lengths = np.array([len(tokens) for tokens in passages], dtype=np.float32)
        found: dict[str, tuple[list[int], list[int]]] = {}
        for number, tokens in enumerate(passages):
            for token, count in Counter(tokens).items():
                numbers, counts = found.setdefault(token, ([], []))
                numbers.append(number)
                counts.append(count)
        self._postings = {
            token: (np.array(numbers), np.array(counts, dtype=np.float32))
            for token, (numbers, counts) in found.items()
        }

    def statistics(self, tokens: Sequence[str]) -> Statistics:
        """The collection's numbers for these tokens."""
        return Statistics(
            passages=len(self.lengths),
            average_length=float(self.lengths.mean(dtype=float)) if len(self.lengths) else 0.0,
            frequencies={
                token: len(self._postings[token][0]) for token in tokens if token in self._postings
            },
        )

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """One score a passage; a token that the query repeats counts as often."""
        import numpy as np

        total = np.zeros(len(self.lengths), dtype=np.float32)
        asked = Counter(query)
        statistics = self.statistics(list(asked))
        for token, times in asked.items():
            if token not in self._postings:
                continue
            numbers, counts = self._postings[token]
            added = contributions([token], counts[:, None], self.lengths[numbers], statistics)
            total[numbers] += times * added[:, 0]
        return total
