"""Which intent a message has, by its likeness to examples (prompts/intents, data not code).

Names, titles and dates in the message are masked first, so that an example stands for every
account and person. What the examples of an intent have in common, and others have not, is weighed
once, when the index is built: a few rounds of multinomial regression over the features, from
nothing, without chance. There is no rule for any single sentence.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import chain
from typing import TYPE_CHECKING, Any

from bot.assistant.understanding.features import (
    concepts,
    features,
    pieces,
    prepared,
    says_something,
)
from bot.assistant.understanding.spelling import corrected
from kam_knowledge.language.normalise import fold
from prompts import load

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDS = 6
"""Rounds of regression. Leaving tenths out, 3 rounds get 82 in 100 examples right, 6 get 87; the
next two rounds add less than one, and every round costs at a cold start."""

KEPT_UNDER_MASK = frozenset({"date", "title"})
"""Slots whose words say something of the intent, too: "today", "head of legal"."""

_SLOT = re.compile(r"\{(\w+)\}")

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Guess:
    """An intent and how likely the message has it, among all (0-1)."""

    intent: str
    score: float


@dataclass(frozen=True)
class Masked:
    """A message with its names, titles and dates masked."""

    text: str
    covered: tuple[str, ...]
    """What stood under the masks of `KEPT_UNDER_MASK`, folded."""


def mask(text: str, spans: Iterable[Span]) -> Masked:
    """The text with each span replaced by its slot: `{account}`, `{title}`, `{date}`…"""
    kept: list[Span] = []
    for start, end, slot in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, slot))
    covered = [fold(text[start:end]) for start, end, slot in kept if slot in KEPT_UNDER_MASK]
    for start, end, slot in reversed(kept):
        text = f"{text[:start]}{{{slot}}}{text[end:]}"
    return Masked(text, tuple(covered))


class IntentIndex:
    """The weight of every feature for every intent."""

    def __init__(self, examples: Sequence[tuple[str, set[str]]]) -> None:
        self.intents = tuple(sorted({intent for intent, _ in examples}))
        used = Counter(chain.from_iterable(held for _, held in examples))
        # A feature of one example tells nothing of other messages.
        told = sorted(feature for feature, times in used.items() if times > 1)
        self._numbers = {feature: number for number, feature in enumerate(told)}
        self._rarity, self._weights = self._learnt(examples)

    def guess(self, masked: Masked) -> list[Guess]:
        """Every intent, the likeliest first; none when no feature of the message is known."""
        import numpy as np

        text = corrected(prepared(masked.text), self.knows_word, self._knows_pair)
        known = {f for f in features(text, masked.covered) if f in self._numbers}
        if not any(says_something(feature) for feature in known):
            return []
        numbers = sorted(map(self._numbers.__getitem__, known))
        rarity = self._rarity[numbers]
        scores = rarity @ self._weights[numbers] / math.sqrt(float(rarity @ rarity))
        likely = np.exp(scores - scores.max())
        likely /= likely.sum()
        order = np.argsort(-likely, kind="stable")
        return [Guess(self.intents[n], round(float(likely[n]), 4)) for n in order]

    def knows_word(self, word: str) -> bool:
        """Whether the examples or the concepts hold the folded English word."""
        stem = pieces(word)[0][0]
        return stem in self._numbers or concepts().knows(stem)

    def _knows_pair(self, first: str, second: str) -> bool:
        return f"{first}␣{second}" in self._numbers

    def _learnt(
        self, examples: Sequence[tuple[str, set[str]]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The rarity of each feature (1 + number of intents / of those that use it, as log), and
        its weight for each intent."""
        import numpy as np

        intents = {intent: number for number, intent in enumerate(self.intents)}
        wanted = np.array([intents[intent] for intent, _ in examples])
        known = self._numbers
        numbers: list[int] = []
        starts: list[int] = []
        for _, held in examples:
            starts.append(len(numbers))
            # In order, so that the sums do not depend on the order of a set.
            numbers += sorted(known[f] for f in held if f in known) or [0]
        feature = np.array(numbers)
        start = np.array(starts)
        example = np.repeat(np.arange(len(examples)), np.diff(np.append(start, len(feature))))
        size = len(self._numbers) * len(intents)
        uses = np.bincount(feature * len(intents) + wanted[example], minlength=size)
        spread = np.count_nonzero(uses.reshape(-1, len(intents)), axis=1)
        rarity = np.log1p(len(intents) / np.maximum(spread, 1)).astype(np.float32)
        value = rarity[feature]
        value /= np.sqrt(np.add.reduceat(value * value, start))[example]
        weights = self._centres(feature, wanted[example], value)
        truth = np.zeros((len(examples), len(intents)), np.float32)
        truth[np.arange(len(examples)), wanted] = 1
        order = np.argsort(feature, kind="stable")
        first = np.searchsorted(feature[order], np.arange(len(self._numbers)))
        by_example, by_value = example[order], value[order][:, None]
        room = np.empty((len(feature), len(intents)), np.float32)
        for _ in range(ROUNDS - 1):
            np.take(weights, feature, axis=0, out=room, mode="clip")
            np.multiply(room, value[:, None], out=room)
            likely = np.add.reduceat(room, start, axis=0)
            np.exp(likely - likely.max(axis=1, keepdims=True), out=likely)
            likely /= likely.sum(axis=1, keepdims=True)
            np.take(truth - likely, by_example, axis=0, out=room, mode="clip")
            np.multiply(room, by_value, out=room)
            weights += np.add.reduceat(room, first, axis=0)
        return rarity, weights

    def _centres(
        self, feature: NDArray[np.int64], intent: NDArray[np.int64], value: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """The weights after the first round, when all intents are as likely: what the examples
        of an intent have together, less an even share of what all have."""
        import numpy as np

        count, features = len(self.intents), len(self._numbers)
        own = np.bincount(feature * count + intent, value, features * count)
        all_of_them = np.bincount(feature, value, features)
        centres = own.reshape(features, count) - all_of_them[:, None] / count
        return centres.astype(np.float32)


@cache
def intent_index() -> IntentIndex:
    """The index over every file of prompts/intents."""
    return IntentIndex([(name, features(text, kept)) for name, text, kept in intent_examples()])


def intent_examples() -> list[tuple[str, str, tuple[str, ...]]]:
    """Every example: its intent, its prepared text, what stands under its kept masks.

    An example with a date or a title takes one of the samples, each in turn.
    """
    samples = {
        slot: {language: tuple(map(fold, words)) for language, words in by_language.items()}
        for slot, by_language in load("understanding/samples.yaml").items()
    }
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for name in intent_names():
        for language, lines in load(f"intents/{name}.yaml")["examples"].items():
            for line in lines.splitlines():
                if not line.strip():
                    continue
                covered: list[str] = []
                for slot in _SLOT.findall(line):
                    if slot in samples:
                        words = samples[slot][language]
                        covered.append(words[(len(found) + len(covered)) % len(words)])
                found.append((name, prepared(line), tuple(covered)))
    return found


@cache
def intent_names() -> tuple[str, ...]:
    """Every intent there is a file for."""
    folder = resources.files("prompts") / "intents"
    return tuple(
        sorted(
            entry.name.removesuffix(".yaml")
            for entry in folder.iterdir()
            if entry.name.endswith(".yaml")
        )
    )


@cache
def intent_slots(name: str) -> frozenset[str]:
    """The slots that the examples of an intent hold: what it can be about."""
    texts = load(f"intents/{name}.yaml")["examples"].values()
    return frozenset(slot for text in texts for slot in _SLOT.findall(text))


@cache
def intent(name: str) -> dict[str, Any]:
    """What the file of an intent says besides its examples: needs, carry, window, slots…"""
    return {key: value for key, value in load(f"intents/{name}.yaml").items() if key != "examples"}
