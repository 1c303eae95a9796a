"""Which rows a question speaks of by words of their own: a unit, a deal, a product, an office.

Accounts, people and rivals are found by the names of the book. Units ("the Penang plant"), deals
("the Melaka historian") and parts of product names ("Vision") have no entry there; they are
compared with the question word by word, Chinese also by its pinyin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import TypeVar

from bot.assistant.understanding.cues import cues, phrases
from bot.assistant.understanding.request import Request
from kam_knowledge.language.chinese_names import syllables
from kam_knowledge.language.normalise import has_han
from kam_knowledge.language.tokens import is_common, stem, tokens
from kam_knowledge.queries.records import Records

Row = TypeVar("Row")
Labels = Callable[[Row], Iterable[str | None]]

_LONGEST_HEARD = 4
_LONG_PINYIN = 4
"""Letters from which on the sound of a Chinese word is taken for it: 苏州 is suzhou."""


def spoken_of(
    request: Request, records: Records, rows: Sequence[Row], labels: Labels[Row]
) -> list[Row]:
    """The rows whose labels share most words with the question; none where no label shares any.

    Words of the accounts that the question names do not count, nor do those that every deal or
    unit could be called by (prompts/understanding/cues.yaml, `labels`).
    """
    asked = _words(request.text) - _account_words(request, records)
    shared = [len(asked & _label_words(labels(row))) for row in rows]
    most = max(shared, default=0)
    return [row for row, count in zip(rows, shared, strict=True) if count == most] if most else []


def strangers(
    request: Request, records: Records, rows: Iterable[Row], labels: Labels[Row]
) -> list[str]:
    """Names in the question that neither the book nor a label of these rows knows."""
    if not request.unknown_names:
        return []
    known = _account_words(request, records).union(*(_label_words(labels(row)) for row in rows))
    return [name for name in request.unknown_names if not _words(name) & known]


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    """The words of a text that can tell one label from another, with the sound of Chinese ones."""
    found = {word for word in tokens(text) if len(word) > 1 and not _says_nothing(word)}
    return frozenset(found.union(*(map(stem, sounds_of(word)) for word in found)))


def sounds_of(word: str) -> set[str]:
    """A short Chinese word in pinyin, by every reading of its characters: 成都 is chengdu (and
    chengdou); nothing for other words."""
    if not has_han(word) or len(word) > _LONGEST_HEARD:
        return set()
    read = product(*(syllables(one) or (one,) for one in word))
    spelt = {"".join(parts) for parts in read}
    return {one for one in spelt if one.isascii() and len(one) >= _LONG_PINYIN}


def _label_words(labels: Iterable[str | None]) -> frozenset[str]:
    return frozenset().union(*(_words(label) for label in labels if label))


def _account_words(request: Request, records: Records) -> frozenset[str]:
    accounts = [records.accounts[key] for key in request.account_ids if key in records.accounts]
    names = [name for one in accounts for name in (one.name, *(one.aliases or ()))]
    return frozenset().union(*map(_words, names))


def _says_nothing(word: str) -> bool:
    return word.isdecimal() or is_common(word) or word in _plain_labels()


@cache
def _plain_labels() -> frozenset[str]:
    return frozenset(word for phrase in phrases(cues()["labels"]) for word in tokens(phrase))
