"""Cuts a text into passages that can be found and quoted: every one a verbatim piece of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from kam_knowledge.language.normalise import has_han

_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*?)[ \t#]*$", re.MULTILINE)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)

LATIN_SIZE = 700
"""Characters a passage holds at most: about 120 words, within what MiniLM reads whole."""
HAN_SIZE = 320
_SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", ". ", "! ", "? ", "; ", "，", ", ", " ", ""]


@dataclass(frozen=True)
class Piece:
    """A verbatim piece of a text, with the headings it stands under."""

    text: str
    heading: str


def split(text: str) -> list[Piece]:
    """The text's passages in order; nothing but white space between them is left out."""
    return [
        Piece(piece, heading)
        for heading, section in _sections(text)
        for piece in _cut(section)
        if piece.strip()
    ]


def content_hash(context: str, text: str) -> str:
    """The key of a passage's vector: what is embedded decides it, nothing else."""
    return sha256(f"{context}\n{text}".encode()).hexdigest()


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Headings as a path, and the text below each with its own heading line."""
    fenced = [match.span() for match in _FENCE.finditer(text)]
    marks = [
        match
        for match in _HEADING.finditer(text)
        if not any(start <= match.start() < end for start, end in fenced)
    ]
    if not marks or marks[0].start() > 0:
        yield "", text[: marks[0].start()] if marks else text
    path: list[tuple[int, str]] = []
    carried = ""  # a heading with nothing below it goes with the next section
    for number, mark in enumerate(marks):
        level, title = len(mark[1]), mark[2]
        path = [entry for entry in path if entry[0] < level] + [(level, title)]
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        section = carried + text[mark.start() : end]
        if not text[mark.end() : end].strip() and number + 1 < len(marks):
            carried = section
            continue
        carried = ""
        yield " › ".join(title for _, title in path), section


def _cut(section: str) -> list[str]:
    size = HAN_SIZE if has_han(section) else LATIN_SIZE
    stripped = section.strip()
    if len(stripped) <= size:
        return [stripped]
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS, keep_separator="end", chunk_size=size, chunk_overlap=0
    )
    return splitter.split_text(stripped)
