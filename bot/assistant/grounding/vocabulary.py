"""The words of a clause in the forms in which they are compared, across both languages.

What counts as the same word: one stem, one term of the glossary, or one line of the everyday
words. Names and figures are left out: other checks hold them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.tokens import content_words, is_common, stem
from kam_knowledge.language.words import word_lines, word_list

_JOINED = re.compile(r"(?<=[^\W\d_])[-'’/&+_](?=[^\W\d_])")
_LATIN = re.compile(r"[a-z]+")
# INV-10432, 4.2.1, Q3, 三年: other checks hold figures.
_FIGURE = re.compile(
    r"[A-Za-z0-9_.#/-]*\d[A-Za-z0-9_.#/%-]*|[〇零一二两三四五六七八九十百千万亿]+(?:号线|[年月日天周号期次个家台条份])"
)


@dataclass(frozen=True)
class Unit:
    """A word or a term of a sentence."""

    written: str
    """Folded."""
    forms: frozenset[str]
    """Folded ways to say it, its own among them."""

    @property
    def weight(self) -> float:
        """A single Chinese character says less than a word."""
        return 0.5 if len(self.written) == 1 and has_han(self.written) else 1.0


def units(text: str) -> list[Unit]:
    """What the text says in words, framing words left out."""
    text = _FIGURE.sub(lambda figure: " " * len(figure.group()), text)
    found: list[Unit] = []
    rest, place = "", 0
    for start, end, forms in _terms(text):
        if start < place:
            continue
        written = fold(text[start:end])
        rest += text[place:start] + " ¶ "
        place = end
        if _tells(written) and not _is_framing(written):
            found.append(Unit(written, forms | {written}))
    rest += text[place:]
    for word in content_words(_JOINED.sub(" ", rest)):
        if not any(c.isdigit() for c in word) and not _is_framing(word):
            found.append(Unit(word, frozenset({word})))
    return found


class Words:
    """The words of a source's clause, to be asked for those of a claim."""

    def __init__(self, text: str) -> None:
        # 不满意 is one word here: it is no 满意 that is denied.
        text = text.replace("不满意", "不满")
        self.text = fold(_JOINED.sub(" ", text))
        self._stems = frozenset(stem(word) for word in _LATIN.findall(self.text))
        self._terms: frozenset[str] = frozenset().union(*(forms for _, _, forms in _terms(text)))

    def hold(self, unit: Unit) -> bool:
        """Whether the clause says that word in any of its forms."""
        return any(self._says(form) for form in unit.forms)

    def holds_word(self, word: str) -> bool:
        """Whether the clause has the word itself, no other that means the same."""
        return word in self.text if has_han(word) else _stems(word) <= self._stems

    def means(self, word: str) -> bool:
        """Whether the clause has the word or the other language's for it."""
        return word in self._terms or self.holds_word(word)

    def _says(self, form: str) -> bool:
        if form in self._terms:
            return True
        if has_han(form):
            return form in self.text
        wanted = _stems(form)
        return bool(wanted) and wanted <= self._stems


@cache
def opposites(word: str) -> frozenset[str]:
    """The words that say the contrary of that folded word; empty for most."""
    return _opposites().get(stem(word), frozenset())


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in word_lines("opposites"):
        middle = line.index("/")
        left, right = line[:middle], line[middle + 1 :]
        for one, other in ((left, right), (right, left)):
            for word in one:
                found.setdefault(stem(word), set()).update(other)
    return {word: frozenset(against) for word, against in found.items()}


def _is_framing(word: str) -> bool:
    if word in word_list("framing") or word in word_list("numerals_en"):
        return True
    return word in _framing_stems() or len(_bare(word)) == 0


@cache
def _framing_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in word_list("framing"))


def _bare(word: str) -> str:
    return re.sub(r"[\W\d_]+", "", word)


@lru_cache(maxsize=2_000)
def _stems(form: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _LATIN.findall(form) if len(word) > 1)


@lru_cache(maxsize=4_000)
def _terms(text: str) -> tuple[tuple[int, int, frozenset[str]], ...]:
    return tuple(sorted(_found(text), key=lambda found: (found[0], found[0] - found[1])))


def _found(text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
    for glossary in (Glossary.load(), Glossary.everyday()):
        for term in glossary.translate_terms(text):
            forms = (term.source, *term.synonyms, *term.targets)
            yield *term.span, frozenset(filter(_tells, map(fold, forms)))


def _tells(form: str) -> bool:
    """Whether finding the form in a text tells anything: "up", "no" and 要 stand everywhere."""
    return len(form) > 1 and not is_common(form)
