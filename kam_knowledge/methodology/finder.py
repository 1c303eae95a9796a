"""Which topic of the method a question is about, by its likeness to how people ask for each.

The lines compared are those of `asked.yaml`, and the titles, tags and headings of the topics. A
line's words count the more, the fewer topics use them, so that "plan" says little and "tender"
much; of typing slips the nearest word of the lines is meant.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kam_knowledge import own_data
from kam_knowledge.language.normalise import has_han
from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.methodology.catalogue import LANGUAGES, Topic, topics

_TITLE, _HEADING, _TAG = 0.9, 0.9, 0.75
"""What a likeness to a title, a heading or a tag is worth beside one to a question."""
_SECOND = 0.25
"""What the second best line of a topic adds: two lines that agree are no accident."""
_FORM = frozenset(
    {"definit", "defin", "differ", "mean", "exampl", "explain", "exact", "actual", "real",
     "realli", "normal", "usual", "typic", "tip", "kind", "say", "said", "thing", "true", "number",
     "figur", "work"}
    | {"定义", "区别", "意思", "是指", "例子", "举例", "解释", "到底", "真的", "一般", "通常",
       "名字", "哪些", "写什", "什么样", "要做", "要有", "东西"}
)  # fmt: skip
"""Tokens that tell how something is asked rather than what: they count little."""
_OF_FORM = 0.35
_SLIP_AT_LEAST = 5
"""Letters of a word that may hold a slip."""


@dataclass(frozen=True)
class Likeness:
    """How alike a question is to what people ask of a topic, 0 to about 1."""

    topic: str
    score: float
    coverage: float
    """How much of the question's words, by weight, the topic's lines know at all, 0 to 1."""
    shared: int
    """How many of its words they know."""
    section: int | None
    """The section whose heading was the nearest line, where it was one."""


@dataclass(frozen=True)
class _Line:
    topic: str
    tokens: frozenset[str]
    worth: float
    section: int | None


class Finder:
    """The lines of one language, ready to be compared with a question."""

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = [line for line in lines if line.tokens]
        users: defaultdict[str, set[str]] = defaultdict(set)
        self._by_token: defaultdict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self._lines):
            for token in line.tokens:
                users[token].add(line.topic)
                self._by_token[token].append(number)
        count = len({line.topic for line in self._lines})
        self._weight = {
            token: math.log1p(count / len(used)) * (_OF_FORM if token in _FORM else 1)
            for token, used in users.items()
        }
        self._unknown = math.log1p(count)
        self._length = [math.sqrt(self._sum(line.tokens)) for line in self._lines]

    def find(self, question: str) -> list[Likeness]:
        """The topics that share a word with the question, the likeliest first."""
        asked = {self._meant(token) for token in query_tokens(question)}
        size = self._sum(asked)
        if not size:
            return []
        shared: defaultdict[int, float] = defaultdict(float)
        for token in asked & self._weight.keys():
            for number in self._by_token[token]:
                shared[number] += self._weight[token]
        by_topic: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        held: defaultdict[str, set[str]] = defaultdict(set)
        for number, weight in shared.items():
            line = self._lines[number]
            likeness = weight / (math.sqrt(size) * self._length[number])
            by_topic[line.topic].append((likeness * line.worth, number))
            held[line.topic] |= line.tokens & asked
        found = [
            self._likeness(topic, sorted(hits, reverse=True), held[topic], size)
            for topic, hits in by_topic.items()
        ]
        return sorted(found, key=lambda one: (-one.score, one.topic))

    def weights(self, asked: Iterable[str]) -> dict[str, float]:
        """How much each of these words says, the more the fewer topics use it."""
        return {token: self._weight.get(token, self._unknown) for token in asked}

    def _likeness(
        self, topic: str, hits: list[tuple[float, int]], held: set[str], size: float
    ) -> Likeness:
        second = hits[1][0] if len(hits) > 1 else 0.0
        score = (hits[0][0] + _SECOND * second) / (1 + _SECOND)
        score = (score + 0.5 * hits[0][0]) / 1.5
        coverage = self._sum(held) / size
        return Likeness(topic, score, coverage, len(held), self._lines[hits[0][1]].section)

    def _sum(self, tokens: Iterable[str]) -> float:
        return sum(self._weight.get(token, self._unknown) for token in tokens)

    def _meant(self, token: str) -> str:
        """The token, or the word of the lines that it is a slip away from."""
        if token in self._weight or len(token) < _SLIP_AT_LEAST or has_han(token):
            return token
        return _nearest(token, tuple(self._weight)) or token


@cache
def finder(language: str) -> Finder:
    """The finder of that language."""
    return Finder(_lines(language))


def _lines(language: str) -> Iterator[_Line]:
    questions = _asked()
    for topic in topics(language):
        for line in questions.get(topic.id, {}).get(language, "").splitlines():
            yield _Line(topic.id, frozenset(query_tokens(line)), 1.0, None)
        yield from _own_words(topic)


def _own_words(topic: Topic) -> Iterator[_Line]:
    yield _Line(topic.id, frozenset(query_tokens(topic.title)), _TITLE, None)
    for tag in topic.tags:
        yield _Line(topic.id, frozenset(query_tokens(tag)), _TAG, None)
    for section in topic.sections:
        if section.heading:
            tokens = frozenset(query_tokens(section.heading))
            yield _Line(topic.id, tokens, _HEADING, section.ordinal)


@cache
def _asked() -> Mapping[str, Mapping[str, str]]:
    """How people ask for each topic: topic, language, a line each."""
    folder = resources.files("kam_knowledge.methodology")
    loaded = own_data.parse((folder / "asked.yaml").read_text(encoding="utf-8"))
    return dict(loaded)


def questions(language: str) -> Iterator[tuple[str, str]]:
    """Every line of asked.yaml in that language, with its topic."""
    assert language in LANGUAGES
    for topic, by_language in _asked().items():
        for line in by_language[language].splitlines():
            yield topic, line


@cache
def _nearest(token: str, words: tuple[str, ...]) -> str | None:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    furthest = 1 if len(token) < 8 else 2
    latin = [word for word in words if len(word) > 3 and word.isascii()]
    found = process.extractOne(
        token, latin, scorer=OSA.distance, score_cutoff=furthest, processor=None
    )
    return found[0] if found and found[0][0] == token[0] else None
