"""Which intent a message has, by its likeness to examples (prompts/intents, data not code).

Names, titles and dates in the message are masked first, so that an example stands for every
account and person. What the examples of an intent have in common, and others have not, is weighed
once, when the index is built: a few rounds of multinomial regression over the features, from
nothing, without chance. There is no rule for any single sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from bot.assistant.understanding.features import (
    concepts,
    features,
    pieces,
    prepared,
    says_something,
)
from bot.assistant.understanding.learning import Learnt, learn
from bot.assistant.understanding.learnt import KEPT
from bot.assistant.understanding.spelling import corrected
from kam_knowledge.language.normalise import fold
from prompts import load

if TYPE_CHECKING:
    pass

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

    def __init__(self, learnt: Learnt) -> None:
        self.intents = tuple(learnt.intents)
        self._numbers = {feature: number for number, feature in enumerate(learnt.features)}
        self._rarity, self._weights = learnt.rarity, learnt.weights

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


@cache
def intent_index() -> IntentIndex:
    """The index over every file of prompts/intents; kept for the next start where it may be."""
    if (kept := KEPT.load()) is not None:
        return IntentIndex(kept)
    learnt = learn([(name, features(text, held)) for name, text, held in intent_examples()])
    KEPT.save(learnt)
    return IntentIndex(learnt)


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
