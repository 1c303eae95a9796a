"""Text cut into the units that names are made of: Latin words and single Chinese characters.

So boundaries are respected where a script has them ("Initech" is not in "Initechnology") and not
asked for where it has none ("上次见Dana是什么时候").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kam_knowledge.language.normalise import HAN, fold_with_offsets, has_han, strip_accents

# A contraction is one word: the Don of "Don't" is nobody.
_UNIT = re.compile(rf"[{HAN}]|[^\W_{HAN}]+(?:['’](?:t|ll|re|ve|d|m)(?![^\W_]))?")
_PLAIN = re.compile(rf"[\x00-\x7f{HAN}，。；：？！（）、]*")
# An initial or an abbreviation may end in a full stop; after a word it ends the sentence.
_ABBREVIATION = 4


class Unit(NamedTuple):
    """A folded, unaccented word or one Chinese character, and where it stands as written."""

    text: str
    start: int
    end: int
    written: str
    han: bool

    @property
    def capitalised(self) -> bool:
        return self.written[:1].isupper() or self.written[:1].isdigit()

    @property
    def upper(self) -> bool:
        return self.written.isupper()


def plain(text: str) -> tuple[str, list[int]]:
    """The folded text without accents, and the place in `text` of each of its characters."""
    folded, offsets = fold_with_offsets(text)
    if folded.isascii() or _PLAIN.fullmatch(folded):
        return folded, offsets
    bare: list[str] = []
    places: list[int] = []
    for character, place in zip(folded, offsets, strict=False):
        stripped = character if character.isascii() else strip_accents(character)
        bare.append(stripped)
        places.extend([place] * len(stripped))
    places.append(offsets[-1])
    return "".join(bare), places


def units(text: str) -> list[Unit]:
    """The units of a text in order; the `s` of a possessive is none."""
    folded, offsets = plain(text)
    found: list[Unit] = []
    for match in _UNIT.finditer(folded):
        start, end = match.span()
        word = match.group()
        if word == "s" and folded[start - 1 : start] in ("'", "’") and start > 1:
            continue
        if not word.isalnum():
            word = word.replace("'", "").replace("’", "")
        first, last = offsets[start], offsets[end]
        han = not word.isascii() and has_han(word)
        found.append(Unit(word, first, last, text[first:last], han))
    return found


def joined(text: str) -> str:
    """The units of a name as one string: the key under which spellings of it meet."""
    return "".join(unit.text for unit in units(text))


def adjoins(text: str, one: Unit, other: Unit) -> bool:
    """Whether two neighbouring units can belong to one name, by what stands between them."""
    gap = text[one.end : other.start]
    if not gap or gap == " ":
        return True
    if one.han or other.han:
        return gap in (" ", "·", "•", "・", "\u3000")
    if len(gap) > 3 or "\n" in gap or "\t" in gap:
        return False
    marks = gap.replace(" ", "")
    if not marks:
        return True
    if marks in ("-", "‐", "–", "'", "’", "&", "＆", "·", "•", "_", "+"):
        return True
    if marks in (".", ".-", ".&"):
        return len(one.text) <= _ABBREVIATION or " " not in gap
    return marks in (",", ".,")


def at_sentence_start(text: str, start: int) -> bool:
    """Whether a capital at this place may be there only because a sentence begins."""
    before = text[:start].rstrip(" \t\"'“‘(（「『*_")
    return not before or before[-1] in ".!?;:。！？；：\n…>•-–—|"
