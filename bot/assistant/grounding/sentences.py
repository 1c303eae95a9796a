"""How an answer falls into sentences and markers, and how it closes up where one was dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.assistant.quotations import quoted, spaceless
from bot.assistant.reply import Citation

MARK = re.compile(r"\[(\d+(?:\s?[,，、]\s?\d+)*)\]")
ITEM = re.compile(r"\s*(?:[-*+•>]|\d{1,2}[.)])\s+")
HEADING = re.compile(r"\s*(?:#{1,6}\s+.+|\*\*[^*]+\*\*[:：]?|[^。！？]{1,80}[:：])\s*")
_MARKS_AFTER = re.compile(r"(?:\s*\[\d+(?:\s?[,，、]\s?\d+)*\])+")
_STOP = re.compile(r"[.!?](?=\s|$|\[\d)|[。！？](?!\s*[”」』])")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|Co|Corp|vs|No|St|approx)$"
)
_TABLE_RULE = re.compile(r"[\s|:-]+")


def heads_table(line: str, below: str) -> bool:
    """Whether the line names the columns of the table that begins below it."""
    return "|" in line and "-" in below and _TABLE_RULE.fullmatch(below) is not None


def is_whole(line: str) -> bool:
    """Whether the line is judged as one: an item of a list, a row of a table, a heading."""
    return bool(ITEM.match(line)) or line.lstrip().startswith("#") or "|" in line


def pieces(line: str) -> Iterator[str]:
    """The sentences of a line, each with the markers behind it; an item or a row as a whole."""
    if is_whole(line):
        yield line
        return
    quotations = list(quoted(line, bool))
    start = 0
    for stop in _STOP.finditer(line):
        if stop.start() < start or any(a <= stop.start() < b for a, b, _ in quotations):
            continue
        if stop.group() == "." and _ABBREVIATED.search(line[start : stop.start()]):
            continue
        marks = _MARKS_AFTER.match(line, stop.end())
        end = marks.end() if marks else stop.end()
        yield line[start:end]
        start = end
    if line[start:].strip():
        yield line[start:]


def without_last(markdown: str) -> str:
    """The text without its last sentence, item or row: one that was cut off says something else."""
    head, _, last = markdown.rpartition("\n")
    return f"{head}\n{''.join(list(pieces(last))[:-1])}".strip()


def markers(markdown: str) -> set[int]:
    """The numbers that the text refers to."""
    return {number for numbers in MARK.findall(markdown) for number in numbers_of(numbers)}


def numbers_of(group: str) -> Iterable[int]:
    """The numbers of one marker: 2 and 5 of `2, 5`."""
    return (int(number) for number in re.findall(r"\d+", group))


def renumbered(markdown: str, citations: Iterable[Citation], numbers: Mapping[int, int]) -> str:
    """The markdown with other numbers in its markers; what it quotes stays as it is."""
    texts = [spaceless(text) for one in citations for text in (one.source.quote, one.source.title)]

    def verbatim(said: str) -> bool:
        words = spaceless(said.strip().strip("…"))
        return bool(words) and any(words in text for text in texts)

    def moved(text: str) -> str:
        def mark(match: re.Match[str]) -> str:
            return "".join(f"[{numbers.get(n, n)}]" for n in numbers_of(match.group(1)))

        return MARK.sub(mark, text)

    lines = []
    for line in markdown.split("\n"):
        done, place = "", 0
        for start, end, _ in quoted(line, verbatim):
            done += moved(line[place:start]) + line[start:end]
            place = end
        lines.append(done + moved(line[place:]))
    return "\n".join(lines)


def tidied(lines: list[str]) -> str:
    """Without headings that have nothing under them, nor blank lines on end."""
    kept: list[str] = []
    for line in reversed(lines):
        if HEADING.fullmatch(line) and not MARK.search(line):
            below = next((one for one in reversed(kept) if one.strip()), "")
            if not below or (HEADING.fullmatch(below) and not MARK.search(below)):
                continue
        if not line.strip() and (not kept or not kept[-1].strip()):
            continue
        kept.append(line)
    return "\n".join(reversed(kept)).strip()
