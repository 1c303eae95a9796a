"""The field's terms in both languages: what lets a question find text in the other one.

`glossary.tsv` holds a pair a line: English, Chinese, topic; `|` separates synonyms, the
preferred one first. Embeddings of the default model read no Chinese, so this table is the bridge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TypeVar

from kam_knowledge.language.normalise import fold, fold_with_offsets, has_han
from kam_knowledge.language.tokens import is_common, stem

Key = TypeVar("Key", str, tuple[str, ...])

_ENDING = re.compile(r"|e|y|(?:i?e)?s|(?:i?e)?d|[a-z]?(?:ing|ed)|(?:at|it)?ions?|als?|ments?")
_ACRONYMS = re.compile(r"[^aeiouy]{2,}s")
_WORD = re.compile(r"[a-z0-9]+(?:'(?!s\b)[a-z]+)?")


@dataclass(frozen=True, slots=True)
class TermPair:
    """One meaning: its English and its Chinese terms, the preferred ones first."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    topic: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A term found in a text: the glossary's form of it, its counterparts, its place."""

    source: str
    targets: tuple[str, ...]
    topic: str
    span: tuple[int, int]
    synonyms: tuple[str, ...] = ()
    """Other terms for the same in its own language."""


@dataclass(frozen=True, slots=True)
class _Term:
    written: str
    targets: tuple[str, ...]
    topic: str
    synonyms: tuple[str, ...] = ()


class Glossary:
    """Looks up field terms in either language; build one with `load`."""

    def __init__(self, pairs: Iterable[TermPair]) -> None:
        self.pairs: tuple[TermPair, ...] = tuple(pairs)
        self._english: dict[tuple[str, ...], dict[str, _Term]] = {}
        self._chinese: dict[str, _Term] = {}
        for pair in self.pairs:
            for english in pair.en:
                words = _words(english)
                forms = self._english.setdefault(tuple(map(_stem, words)), {})
                _add(forms, " ".join(words), _term(english, pair.zh, pair.topic, pair.en))
            for chinese in pair.zh:
                _add(self._chinese, fold(chinese), _term(chinese, pair.en, pair.topic, pair.zh))
        # A single character is part of too many words to be a term.
        self._chinese = {
            key: term for key, term in self._chinese.items() if len(key) > 1 and has_han(key)
        }
        self._english.pop((), None)
        self._english_lengths = _lengths(self._english, lambda key: key[0])
        self._chinese_lengths = _lengths(self._chinese, lambda key: key[:2])

    @staticmethod
    def load() -> Glossary:
        """The glossary that comes with the product, read once."""
        return _load("glossary.tsv")

    @staticmethod
    def everyday() -> Glossary:
        """Ordinary words that say the same, not the field's: to compare texts, never to search."""
        return _load("everyday.tsv")

    def translate_terms(self, text: str) -> list[Translation]:
        """The terms in the text with their counterparts, by place; longer terms win."""
        folded, offsets = fold_with_offsets(text)
        found = [*self._english_terms(text, folded, offsets)]
        if has_han(folded):
            found += self._chinese_terms(folded, offsets)
        return sorted(found, key=lambda translation: translation.span)

    def _english_terms(self, text: str, folded: str, offsets: list[int]) -> Iterator[Translation]:
        words = [(_stem(m.group()), m.start(), m.end()) for m in _WORD.finditer(folded)]
        at = 0
        while at < len(words):
            for length in self._english_lengths.get(words[at][0], ()):
                key = tuple(word for word, _, _ in words[at : at + length])
                forms = self._english.get(key) if len(key) == length else None
                if forms is None:
                    continue
                start, end = words[at][1], words[at + length - 1][2]
                term = _nearest(forms, " ".join(_WORD.findall(folded[start:end])))
                if term is None:
                    continue
                span = offsets[start], offsets[end]
                # "IT" is a department, "it" is not.
                if is_common(term.written.lower()) and text[slice(*span)] != term.written:
                    continue
                yield _translation(term, span)
                at += length - 1
                break
            at += 1

    def _chinese_terms(self, folded: str, offsets: list[int]) -> Iterator[Translation]:
        at = 0
        while at < len(folded) - 1:
            for length in self._chinese_lengths.get(folded[at : at + 2], ()):
                term = self._chinese.get(folded[at : at + length])
                if (
                    term is not None
                    and at + length <= len(folded)  # a slice past the end matches shorter terms
                    and _apart(folded, at, at + length)
                ):
                    span = offsets[at], offsets[at + length]
                    yield _translation(term, span)
                    at += length - 1
                    break
            at += 1


def _words(phrase: str) -> list[str]:
    return _WORD.findall(fold(phrase))


def _stem(word: str) -> str:
    """The stem; of a word without vowels, which the stemmer leaves alone, without its plural s."""
    stemmed = stem(word)
    return stemmed[:-1] if _ACRONYMS.fullmatch(stemmed) else stemmed


def _nearest(forms: dict[str, _Term], written: str) -> _Term | None:
    """The term of which `written` is a form, the nearest first: stems alone join too much
    (accounts and accountant, save and savings, week and weekly)."""
    if written in forms:
        return forms[written]
    near = [form for form in forms if _inflected(form.split(" "), written.split(" "))]
    if not near:
        return None
    return forms[min(near, key=lambda form: (abs(len(form) - len(written)), form))]


def _inflected(form: list[str], written: list[str]) -> bool:
    for one, other in zip(form, written, strict=True):
        shared = _shared(one, other)
        if not _ENDING.fullmatch(one[shared:]) or not _ENDING.fullmatch(other[shared:]):
            return False
    return True


def _term(written: str, targets: tuple[str, ...], topic: str, same: tuple[str, ...]) -> _Term:
    return _Term(written, targets, topic, tuple(one for one in same if one != written))


def _translation(term: _Term, span: tuple[int, int]) -> Translation:
    return Translation(term.written, term.targets, term.topic, span, term.synonyms)


def _add(terms: dict[Key, _Term], key: Key, term: _Term) -> None:
    """A term with two meanings has the counterparts of both, the first line's in front."""
    known = terms.get(key)
    if known is not None:
        targets = tuple(dict.fromkeys(known.targets + term.targets))
        synonyms = tuple(dict.fromkeys(known.synonyms + term.synonyms))
        term = _Term(known.written, targets, known.topic, synonyms)
    terms[key] = term


def _lengths(terms: Iterable[Key], start: Callable[[Key], str]) -> dict[str, list[int]]:
    """For each beginning, the lengths of the terms that begin so, longest first."""
    lengths: dict[str, set[int]] = {}
    for key in terms:
        lengths.setdefault(start(key), set()).add(len(key))
    return {beginning: sorted(found, reverse=True) for beginning, found in lengths.items()}


def _apart(text: str, start: int, end: int) -> bool:
    """Whether a Latin letter at either end of the match begins or ends a word there."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (_latin(text[start]) and _latin(before)) or (_latin(text[end - 1]) and _latin(after))
    )


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _shared(one: str, other: str) -> int:
    """The length of the beginning that both words share."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


@lru_cache(maxsize=2)
def _load(name: str) -> Glossary:
    table = resources.files("kam_knowledge.language").joinpath(name)
    lines = table.read_text(encoding="utf-8").splitlines()
    return Glossary(_pair(line) for line in lines[1:] if line.strip())


def _pair(line: str) -> TermPair:
    english, chinese, topic = (cell.strip() for cell in line.split("\t"))
    return TermPair(_synonyms(english), _synonyms(chinese), topic)


def _synonyms(cell: str) -> tuple[str, ...]:
    return tuple(term.strip() for term in cell.split("|") if term.strip())
