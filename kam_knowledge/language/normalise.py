"""The one normal form in which texts are compared; what is stored stays as it was written.

OpenCC supplies the data (its traditional → simplified tables), not the conversion: its Python
converter is eight times slower and quadratic in text without punctuation, and it keeps 乾隆 but
turns 乾 into 干, so that two spellings of one word may part. For matching, all spellings of a
character fall together; the few words whose parts convert differently (計畫 → 计划, 回覆 → 回复)
follow as rules.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""The Han characters, as the inside of a regular expression's character class."""

_HAN = re.compile(f"[{HAN}]")
# OpenCC keeps these apart as variants of a simplified character; readers do not.
_VARIANTS = {
    "锺": "钟",
    "钜": "巨",
    "麽": "么",
    "祇": "只",
    "衹": "只",
    "𫫇": "恶",
    # As often "chain" as "refine" in the table; today's texts write 煉 for the latter.
    "鍊": "链",
}
# Rules that would harm simplified text: 沈 is a surname (沈没来), and 覆 is read 复 only in words
# for "reply" and "again" (说明覆盖 is "explains coverage").
_NOT_RULES = {"么么", "沈没"}
_REPLY_OR_AGAIN = ("回覆", "答覆", "反覆", "反反覆覆", "重覆", "函覆", "申覆")


def has_han(text: str) -> bool:
    """Whether the text holds at least one Chinese character."""
    return _HAN.search(text) is not None


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, casefold, traditional → simplified.

    `fold(fold(x)) == fold(x)` for every text. Accents stay (see `strip_accents`).
    """
    if text.isascii():
        return text.lower()
    return _folded_short(text) if len(text) < _SHORT else _folded(text)


def _folded(text: str) -> str:
    folded = _compatible(text)
    return _simplified(folded) if has_han(folded) else folded


_SHORT = 60
"""Characters of a name or a word: the same ones are folded again and again."""
_folded_short = lru_cache(maxsize=50_000)(_folded)


def strip_accents(text: str) -> str:
    """The text without the accents of Latin, Greek and Cyrillic: `é` → `e`, `ø` → `o`."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    bare = _ACCENTS.sub("", decomposed).translate(_STROKES)
    return unicodedata.normalize("NFC", bare)


# Only these marks: voicing marks of kana and vowel signs of Indic scripts are no accents.
_ACCENTS = re.compile("[\u0300-\u036f]")
_STROKES = str.maketrans("øØłŁđĐıħŧ", "oOlLdDiht")


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """`fold(text)`, and for each of its characters the place in `text` it came from.

    The list is one longer than the folded text: its last entry is `len(text)`, so that
    `text[offsets[i]:offsets[j]]` is what `folded[i:j]` was written as.
    """
    folded = fold(text)
    if len(folded) == len(text) and (text.isascii() or _compatible_by_character(text)):
        return folded, list(range(len(text) + 1))
    pieces: list[str] = []
    offsets: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _joins(text[end]):
            end += 1
        piece = _compatible(text[start:end])
        pieces.append(piece)
        offsets.extend([start] * len(piece))
        start = end
    offsets.append(len(text))
    joined = "".join(pieces)
    return _simplified(joined) if has_han(joined) else joined, offsets


def _compatible_by_character(text: str) -> bool:
    # The common Han block stands as it is; there is no need to ask for each of its characters.
    others = {c for c in text if not c.isascii() and not "\u4e00" <= c <= "\u9fff"}
    return all(len(_compatible(c)) == 1 and not _joins(c) for c in others)


def _joins(character: str) -> bool:
    """Whether NFKC may merge the character into the one before it (marks, Hangul jamo)."""
    return (
        unicodedata.combining(character) != 0
        or unicodedata.category(character)[0] == "M"
        or "\u1160" <= character <= "\u11ff"
        or "\uff9e" <= character <= "\uff9f"
    )


def _compatible(text: str) -> str:
    # One round is not a fixed point (a casefolded letter may compose with the mark after it);
    # Unicode's own recipe needs three, and a text that settles at once costs one more look.
    while True:
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if folded == text:
            return folded
        text = folded


def _simplified(text: str) -> str:
    characters, rule, words = _opencc()
    text = text.translate(characters)
    # Each replacement removes a character that only rules touch, so this ends.
    while True:
        replaced = rule.sub(lambda match: words[match.group()], text)
        if replaced == text:
            return text
        text = replaced


@lru_cache(maxsize=1)
def _opencc() -> tuple[dict[int, str], re.Pattern[str], dict[str, str]]:
    """OpenCC's tables: a closed map of characters, and the words that it does not explain."""
    raw = dict(_rows("TSCharacters.txt")) | _VARIANTS
    # Some keys of the table are simplified characters of their own in compatibility forms.
    raw = {key: value for key, value in raw.items() if _compatible(key) == key}
    closed: dict[int, str] = {}
    for key, value in raw.items():
        seen = {key}
        while value in raw and value not in seen:
            seen.add(value)
            value = raw[value]
        if value != key:
            closed[ord(key)] = value
    words = {
        key.translate(closed): value.translate(closed) for key, value in _rows("TSPhrases.txt")
    }
    words = {
        k: v
        for k, v in words.items()
        if k != v and k not in _NOT_RULES and ("覆" not in k or k.startswith(_REPLY_OR_AGAIN))
    }
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    # 双重覆盖 is "double coverage", not "again".
    rule = re.compile(f"(?:{'|'.join(map(re.escape, longest_first))})(?!盖)")
    return closed, rule, words


def _rows(table: str) -> list[tuple[str, str]]:
    text = resources.files("opencc").joinpath("dictionary", table).read_text(encoding="utf-8")
    rows = []
    for line in text.splitlines():
        key, _, values = line.partition("\t")
        if values:
            rows.append((key, values.split(" ")[0]))
    return rows
