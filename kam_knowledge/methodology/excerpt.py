"""What of a topic answers a question: the section that speaks of it, and of that the parts that do.

A part is verbatim in its section: a sentence, a whole list, a whole table. What says whose claim
it is or how far it holds (house practice, inferred, uncertain) stays with it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.methodology.catalogue import Section, Topic
from kam_knowledge.methodology.finder import finder

LONGEST = {"en": 900, "zh": 380}
"""Characters of what is taken from a section beside the first."""
_AHEAD = 0.45
"""How much nearer than the sum a section must be to go before it."""
_NEARER = 0.15
"""How much nearer it must be to stand alone."""
_HEADING = 0.5
_NEARNESS = 0.6
_OF_AN_EXAMPLE = 0.35
"""What is taken from a section that works an example where none was asked for."""
_EXAMPLE = re.compile(r"\bexample|\bcalculation|算例|示例|范例|例子|举例|案例", re.IGNORECASE)
LEFT_OUT = "…"
"""Stands where something between two pieces was left out."""
_ELSEWHERE = 0.3
"""How much more of the question a later run must hold than the first one."""
_CAVEAT = re.compile(
    r"house practice|inferred|inference|\bours\b|\bour (?:own|addition|example|reading|suggestion)"
    r"|uncertain|caveat|not in the source|source (?:does|gives|says)|according to|\bnot from\b"
    r"|本产品|推断|原文|不确定|存疑|出自|示例|虚构|按《",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=\s+[A-Z“\"(*])")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d+[.)、．])\s*")


@dataclass(frozen=True)
class Part:
    """What is taken from one section: verbatim pieces, each a line or several."""

    section: Section
    pieces: tuple[str, ...]


def summed_up(topic: Topic) -> Part:
    """What sums the topic up, whole."""
    return Part(topic.sections[0], tuple(_units(topic.sections[0].text)))


def parts(question: str, topic: Topic, nearness: dict[str, float]) -> list[Part]:
    """What sums the topic up, and of the section nearest to the question what speaks of it.

    The sum comes first and whole, with its caveats, unless the section is much nearer.

    `nearness` says, by section key, how near a search found the section, 0 to 1.
    """
    best, ahead = _best(question, topic, nearness)
    found = [summed_up(topic), best]
    return found[::-1] if ahead > _AHEAD else found


def nearest_part(question: str, topic: Topic, nearness: dict[str, float]) -> Part:
    """The one part of the topic that says most to the question: what sums it up, or a section."""
    best, ahead = _best(question, topic, nearness)
    return best if ahead > _NEARER else summed_up(topic)


def _best(question: str, topic: Topic, nearness: dict[str, float]) -> tuple[Part, float]:
    """What of the section nearest to the question speaks of it, and how much nearer than the sum.

    A word that most sections hold tells them apart no more.
    """
    asked = frozenset(query_tokens(question))
    weight = finder(topic.language).weights(asked)
    count = len(topic.sections)
    holders = Counter(
        token
        for section in topic.sections
        for token in asked & set(query_tokens(f"{section.heading}\n{section.text}"))
    )
    telling = {
        token: weight[token] * math.log1p(count / used) / math.log1p(count)
        for token, used in holders.items()
    }
    size = sum(telling.values()) or 1.0

    def held(text: str) -> float:
        return sum(telling.get(token, 0.0) for token in asked & set(query_tokens(text))) / size

    def likeness(section: Section) -> float:
        whole = held(f"{section.heading}\n{section.text}")
        near = _NEARNESS * nearness.get(section.key, 0.0)
        off = _EXAMPLE.search(section.heading) and not _EXAMPLE.search(question)
        return 0.8 * whole + _HEADING * held(section.heading) + near - _OF_AN_EXAMPLE * bool(off)

    lead, *others = topic.sections
    best = max(others, key=likeness)
    pieces = _pieces(best.text, asked, weight, LONGEST[topic.language])
    return Part(best, pieces), likeness(best) - likeness(lead)


def _pieces(
    text: str, asked: Collection[str], weight: dict[str, float], longest: int
) -> tuple[str, ...]:
    """The run of pieces that holds most of the question's words and fits; the whole where it does.

    The piece that says whose claim it is goes before them where it is not among them.
    """
    pieces = list(_units(text))
    if sum(map(_size, pieces)) <= longest:
        return tuple(pieces)
    worth = [sum(weight[token] for token in set(query_tokens(p)) & set(asked)) for p in pieces]
    windows = [_window(pieces, start, longest) for start in range(len(pieces))]
    held = [sum(worth[start:end]) for start, end in windows]
    best = max(range(len(pieces)), key=lambda n: (held[n], -n))
    if held[best] <= held[0] + _ELSEWHERE * (sum(weight.values()) or 1.0):
        best = 0
    first, last = windows[best]
    caveat = next((n for n, piece in enumerate(pieces[:first]) if _CAVEAT.search(piece)), None)
    shown = [] if caveat is None else [pieces[caveat]]
    if first and (caveat is None or caveat < first - 1):
        shown.append(LEFT_OUT)
    return (*shown, *pieces[first:last])


def _window(pieces: Sequence[str], start: int, longest: int) -> tuple[int, int]:
    """The run from there on that fits, and what fits before it where the end leaves room."""
    end, size = start + 1, _size(pieces[start])
    while end < len(pieces) and size + _size(pieces[end]) <= longest:
        size += _size(pieces[end])
        end += 1
    while start and size + _size(pieces[start - 1]) <= longest:
        start -= 1
        size += _size(pieces[start])
    return start, end


def _size(piece: str) -> float:
    """Characters of it: half for a list or a table, whose opening says nothing without it."""
    return len(piece) / 2 if "\n" in piece else len(piece)


def _units(text: str) -> Iterator[str]:
    """Sentences; a list or a table as one, with the line that opens it."""
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip("\n").split("\n")
        if any(line.startswith("|") or _ITEM.match(line) for line in lines):
            yield block.strip("\n")
            continue
        for sentence in _SENTENCE.split(" ".join(lines)):
            if sentence.strip():
                yield sentence.strip()
