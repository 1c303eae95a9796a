"""What of a topic answers a question: the section that speaks of it, and of that the parts that do.

A part is verbatim in its section: a sentence, a whole list, a whole table. What says whose claim
it is or how far it holds (house practice, inferred, uncertain) stays with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.methodology.catalogue import Section, Topic
from kam_knowledge.methodology.finder import finder

LONGEST = {"en": 520, "zh": 230}
"""Characters of what is taken from a section beside the first."""
_AHEAD = 0.45
"""How much nearer than the sum a section must be to go before it."""
_HEADING = 0.5
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
    asked = frozenset(query_tokens(question))
    weight = finder(topic.language).weights(asked)
    size = sum(weight.values()) or 1.0

    def held(text: str) -> float:
        return sum(weight[token] for token in asked & set(query_tokens(text))) / size

    def likeness(section: Section) -> float:
        whole = held(f"{section.heading}\n{section.text}")
        return 0.6 * whole + _HEADING * held(section.heading) + nearness.get(section.key, 0.0)

    lead, *others = topic.sections
    best = max(others, key=likeness)
    longest = LONGEST[topic.language]
    found = [
        summed_up(topic),
        Part(best, _pieces(best.text, asked, weight, longest)),
    ]
    return found[::-1] if likeness(best) > likeness(lead) + _AHEAD else found


def _pieces(
    text: str, asked: Collection[str], weight: dict[str, float], longest: int
) -> tuple[str, ...]:
    """The run of pieces that holds most of the question's words and fits; the whole where it does.

    The piece that says whose claim it is goes before them where it is not among them.
    """
    pieces = list(_units(text))
    if sum(map(len, pieces)) <= longest:
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
    end, size = start + 1, len(pieces[start])
    while end < len(pieces) and size + len(pieces[end]) <= longest:
        size += len(pieces[end])
        end += 1
    while start and size + len(pieces[start - 1]) <= longest:
        start -= 1
        size += len(pieces[start])
    return start, end


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
