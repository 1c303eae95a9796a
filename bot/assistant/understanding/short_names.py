"""Companies by a part of their name alone: 海诺 for 海诺膜, Iberia for Ardmore Iberia.

Where a trade or a legal form follows (清渊科技) the index of names knows the short form; of a name
that only its bearer could take apart it does not, because in running text two characters stand
in too many words; nor does the last word of a Latin name mean its bearer everywhere. In a
question they are mostly meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from kam_knowledge.language.chinese_names import is_chinese_word
from kam_knowledge.language.company_names import is_generic, is_ordinary, without_legal_form
from kam_knowledge.language.name_entries import NameEntry, NameMatch
from kam_knowledge.language.names import NameIndex
from kam_knowledge.language.normalise import HAN, fold
from kam_knowledge.language.tokens import is_common

_LENGTH = 2
_SCORE = 0.6
"""How surely they mean it: something that fits, as of a surname."""
_LONG = 5
"""Letters of a word that may stand for a whole name."""
_LATIN = re.compile(r"(?<![\w@.'-])[a-z]{5,}(?![\w@-])")
_COMPANY = re.compile(rf"[{HAN}]{{{_LENGTH + 1},}}")

_BY_INDEX: WeakKeyDictionary[NameIndex, dict[str, list[NameEntry]]] = WeakKeyDictionary()


def shortened(
    text: str, names: NameIndex, taken: Sequence[tuple[int, int]]
) -> Iterator[list[NameMatch]]:
    """The accounts and rivals of which a place in the text, outside `taken`, has the first two
    characters, or the last word that no other has; none where these are a word of their own or
    part of one."""
    folded = fold(text)
    if len(folded) != len(text):
        return
    known = _short_forms(names)
    for word in _LATIN.finditer(folded):
        bearers = known.get(word[0], [])
        free = all(word.end() <= left or right <= word.start() for left, right in taken)
        if len(bearers) == 1 and free:
            written = text[slice(*word.span())]
            yield [NameMatch(bearers[0], word.span(), written, "partial", _SCORE)]
    edges = _edges(folded)
    for match in re.finditer(rf"(?=([{HAN}]{{{_LENGTH}}}))", folded):
        start, end = match.start(), match.start() + _LENGTH
        entries = known.get(match[1])
        if not entries or any(start < right and left < end for left, right in taken):
            continue
        if start in edges and end in edges:
            written = text[start:end]
            yield [
                NameMatch(entry, (start, end), written, "abbreviation", _SCORE) for entry in entries
            ]


def _edges(text: str) -> set[int]:
    """Where a word of the text begins or ends: 上海诺言 has no 海诺."""
    if text.isascii():
        return set()
    import rjieba

    return {place for _, *span in rjieba.tokenize(text, "default", False) for place in span}


def _last_word(name: str) -> str:
    """The last word of a Latin name of several, where it tells a company and nothing else."""
    words = fold(name).split()
    last = words[-1] if len(words) > 1 else ""
    plain = len(last) < _LONG or is_generic(last) or is_ordinary(last) or is_common(last)
    return "" if plain or not _LATIN.fullmatch(last) or without_legal_form(words) != words else last


def _short_forms(names: NameIndex) -> dict[str, list[NameEntry]]:
    found = _BY_INDEX.get(names)
    if found is None:
        found = _BY_INDEX[names] = {}
        for entry in names.entries:
            if entry.kind not in ("account", "competitor"):
                continue
            last = _last_word(entry.name)
            if last:
                found.setdefault(last, []).append(entry)
            for name in (entry.name, *entry.aliases):
                short = fold(name)[:_LENGTH]
                if not _COMPANY.match(fold(name)) or is_common(short) or is_chinese_word(short):
                    continue
                if entry not in found.setdefault(short, []):
                    found[short].append(entry)
    return found
