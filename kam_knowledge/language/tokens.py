"""Tokens for the full-text index and for queries, the same for both databases.

Han runs give dictionary words and bigrams, a two-character word therefore twice: on real Chinese
meetings BM25 ranks a little better so than with words alone, bigrams alone, or both without
repetition (nDCG@10 on headlines 0.803 against 0.790, 0.799, 0.802). Latin words give Snowball
stems; numbers, versions, codes and dates stay whole and also give their parts. A token is
letters, digits and Han only, at most 60 characters: neither FTS5 nor a tsquery sees an operator.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache

from kam_knowledge.language.normalise import HAN, fold, strip_accents
from kam_knowledge.language.words import word_list

TOKENISER_VERSION = "1"
"""Changes whenever `tokens` gives something else for some text: an index built by another
version is not used. A unit test holds the tokens of a fixed text to it."""

LONGEST_TOKEN = 60

_PART = rf"[^\W_{HAN}]+"
_PIECE = re.compile(
    rf"""
    (?P<plain>[a-z]{{2,}}+(?=[\s,;:!?)]))
  | (?P<han_date>(?<!\d)((?:19|20)\d\d)年(\d\d?)月(?:(\d\d?)[日号])?)
  | (?P<iso_date>(?<!\d)((?:19|20)\d\d)([-/.])(\d\d?)(?:\8(\d\d?))?(?!\d))
  | (?P<dotted_date>(?<!\d)(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)(?!\d))
  | (?P<han>[{HAN}]+)
  | (?P<number>(?<!\d)((?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)([a-z]{{1,4}})?
      (?![^\W_{HAN}]|[.,]\d|[-_@&+']\w))
  | (?P<version>(?<!\d)v?(\d+(?:\.\d+)+)(?![^\W_{HAN}]))
  | (?P<initials>[^\W\d_{HAN}](?:\.[^\W\d_{HAN}])+(?!\w))
  | (?P<compound>{_PART}(?:[-._@&+'/]{_PART})*)
    """,
    re.VERBOSE,
)
_JOINT = re.compile(r"[-._@&+']")
_DIGITS_OR_NOT = re.compile(r"\d+|\D+")
_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")


def tokens(text: str) -> list[str]:
    """The tokens to index, in the order of the text; `tokens(fold(x)) == tokens(x)`."""
    return [token for token, _ in _pieces(text)]


def query_tokens(text: str) -> list[str]:
    """The tokens to look for: those of `tokens` without the words that every text holds.

    A query made of such words alone keeps them all, rather than finding nothing.
    """
    pieces = list(_pieces(text))
    return [token for token, common in pieces if not common] or [token for token, _ in pieces]


def content_words(text: str) -> list[str]:
    """The words that say something, in the order of the text: of Chinese whole words, no pairs."""
    return [token for token, common in _pieces(text, pairs=False) if not common]


def is_common(word: str) -> bool:
    """Whether a folded word, in either language, is one that every text holds."""
    return word in word_list("stop_en") or word in word_list("stop_zh")


def _pieces(text: str, *, pairs: bool = True) -> Iterator[tuple[str, bool]]:
    """Each token, and whether a query can do without it; `pairs` are those of Han characters."""
    text = strip_accents(fold(text)).replace("’", "'")
    for match in _PIECE.finditer(text):
        written = match.group()
        match match.lastgroup:
            case "plain":
                yield from _plain(written)
            case "han":
                yield from _han(written, pairs=pairs)
            case "han_date":
                yield from _date(written, match[3], match[4], match[5])
            case "iso_date":
                yield from _date(written, match[7], match[9], match[10])
            case "dotted_date":
                yield from _date(written, match[14], match[13], match[12])
            case "number":
                yield from _number(match[17], match[18])
            case "version":
                whole = _limited(written.replace(".", "dot"))
                yield whole, False
                if whole[0] == "v":
                    yield whole[1:], False
            case "initials":
                yield _limited(written.replace(".", "")), False
            case _:
                for word in written.split("/"):
                    yield from _word(word)


def _han(run: str, *, pairs: bool) -> Iterator[tuple[str, bool]]:
    stop = word_list("stop_zh")
    if len(run) == 1:
        yield run, run in stop
        return
    words = _words_of()(run, False)
    for word in words:
        yield _limited(word), word in stop
    if not pairs:
        return
    known = set(words)
    for start in range(len(run) - 1):
        pair = run[start : start + 2]
        # A pair across a particle (们的, 在怎) is rare, hence dear to BM25, and means nothing.
        across = pair not in known and (pair[0] in stop or pair[1] in stop)
        yield pair, across or pair in stop


def _date(written: str, year: str, month: str, day: str | None) -> Iterator[tuple[str, bool]]:
    if not 1 <= int(month) <= 12 or not 1 <= int(day or 1) <= 31:
        yield from _word(re.sub(r"\D+", "-", written).strip("-"))
        return
    if day:
        yield f"{year}{int(month):02}{int(day):02}", False
    yield f"{year}{int(month):02}", False
    yield year, False
    yield str(int(month)), False
    if day:
        yield str(int(day)), False


def _number(digits: str, unit: str | None) -> Iterator[tuple[str, bool]]:
    digits = digits.replace(",", "")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    value = digits.replace(".", "dot")
    if unit:
        yield _limited(value + unit), False
    yield _limited(value), False


@lru_cache(maxsize=20_000)
def _plain(word: str) -> tuple[tuple[str, bool], ...]:
    """The same of a word of plain letters, which a text holds again and again."""
    return tuple(_word(word))


def _word(word: str) -> Iterator[tuple[str, bool]]:
    stop = word_list("stop_en")
    if word.endswith("'s"):
        word = word[:-2]
    parts = [part for part in _JOINT.split(word) if part]
    if "'" in word:
        # O'Brien and don't are one word; of their parts only a name's is worth a token.
        whole = _JOINT.sub("", word)
        yield stem(_limited(whole)), whole in stop
        parts = [part for part in parts if len(part) > 3]
    elif len(parts) > 1:
        whole = _JOINT.sub("", _DECIMAL_POINT.sub("dot", word))
        # 12-14 is a range and no number 1214; 138-0013-8000 is one number.
        if not whole.isdecimal() or len(whole) >= 7:
            yield stem(_limited(whole)), False
    for part in parts:
        if len(parts) > 1 and len(part) == 1 and not part.isdecimal():
            continue
        yield stem(_limited(part)), part in stop
        pieces = _DIGITS_OR_NOT.findall(part)
        if len(pieces) > 1:
            yield from ((stem(_limited(p)), False) for p in pieces if len(p) > 1)


def _limited(token: str) -> str:
    return token[:LONGEST_TOKEN]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball English stem of a folded word; a word that is not plain Latin stays."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return word
    # A stemmer keeps the word it works on as its state: each thread has its own.
    stem_word: Callable[[str], str] | None = getattr(_THREAD, "stem_word", None)
    if stem_word is None:
        import Stemmer

        stem_word = _THREAD.stem_word = Stemmer.Stemmer("english").stemWord
    return stem_word(word)


_THREAD = threading.local()


@lru_cache(maxsize=1)
def _words_of() -> Callable[[str, bool], list[str]]:
    import rjieba

    # A segmenter of our own: words that someone adds to the shared one must not move ours.
    cut: Callable[[str, bool], list[str]] = rjieba.Jieba().cut
    return cut
