"""Which account a document is about, where its front matter does not say.

Content is asked first: a labelled line, the title, the first lines, who took part, what is named
most. Only a passing mention of somebody else yields to the name of the file or its folder. Two
accounts that are equally likely are none: a note under the wrong account is worse than a note
under no account, for readers and for rights.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr

from ingest import cues
from ingest.book import Book
from ingest.report import From
from kam_knowledge.language.names import NameMatch
from kam_knowledge.language.normalise import HAN, fold

LONGEST = 4_000
"""Characters in which names are looked for first: who is named later is not who it is about."""
_PIECE, _BEFORE, _AFTER = 8_000, 60, 120
_WORD = re.compile(r"[a-z0-9\u00df-\u024f]+")
_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")

_SURE = 0.7
"""A usual short form of a name at least; a surname alone fits too many."""
_EQUAL = 0.8
"""A second account with this share of the first one's evidence is as likely."""
_STRONG = 5.0
# What each kind of evidence weighs; a mention in the body counts up to its limit.
_LABELLED, _IN_TITLE, _IN_HEAD, _TOOK_PART = 100.0, 8.0, 6.0, 6.0
_CONTACT_IN_TITLE, _CONTACT_IN_HEAD = 6.0, 5.0
_MENTION, _MOST_MENTIONS = 1.0, 4.0
_CONTACT_MENTION, _MOST_CONTACT_MENTIONS = 0.5, 2.0

# "The same as at Globex": a name after these words is an example, not what the text is about.
_COMPARED = re.compile(
    r"(?:\b(?:like|unlike|as|than|versus|vs\.?|compared (?:to|with)|similar to|instead of"
    r"|not only|such as)(?: (?:at|with|in|for|from|the))*|像|不像|比|相比|类似|参照|例如|比如)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AccountFound:
    """The account, None where several are as likely: `candidates` are they."""

    account_id: int | None
    source: From
    candidates: tuple[int, ...] = ()


@dataclass
class Evidence:
    """What speaks for each account; `named` are all that the content names at all."""

    weight: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    named: set[int] = field(default_factory=set)

    def likeliest(self) -> list[int]:
        """The accounts that nothing in here tells apart, likeliest first; one if it is clear."""
        if not self.weight:
            return []
        most = max(self.weight.values())
        near = [key for key, weight in self.weight.items() if weight >= _EQUAL * most]
        return sorted(near, key=lambda key: (-self.weight[key], key))

    @property
    def is_strong(self) -> bool:
        """Whether it is more than a passing mention."""
        return max(self.weight.values(), default=0.0) >= _STRONG


def find_account(
    evidence: Evidence, book: Book, file_name: str, folders: Sequence[str]
) -> AccountFound | None:
    """The account that content, else the file's name, else its folders' names give.

    `folders` come nearest first. None when nothing names an account.
    """
    content = evidence.likeliest()
    if evidence.is_strong and len(content) == 1:
        return AccountFound(content[0], "content")
    among = set(content) if evidence.is_strong else None
    places: list[tuple[From, str]] = [("file name", file_name)]
    places += [("folder", name) for name in folders]
    for source, name in places:
        found = accounts_in_name(name, book)
        found = found & among if among is not None else found
        if len(found) == 1:
            return AccountFound(next(iter(found)), source)
    if len(content) == 1:
        return AccountFound(content[0], "content")
    return AccountFound(None, "content", tuple(content)) if content else None


def evidence_of(
    book: Book, title: str, text: str, matches: Sequence[NameMatch], participants: Iterable[str]
) -> Evidence:
    """What of a document speaks for which account.

    `matches` are the names found in the first `LONGEST` characters of the text, `participants`
    those whom its format or its front matter names.
    """
    evidence = Evidence()
    if (label := cues.labelled(text, "account")) is not None:
        found = {account.id for account in book.accounts_called(label)}
        found = found or _accounts(book.names.find(label))
        if len(found) == 1:
            evidence.weight[found.pop()] = _LABELLED
            return evidence
    about = [m for m in matches if not _COMPARED.search(text[max(0, m.span[0] - 30) : m.span[0]])]
    contacts = _unmistakable(about)
    evidence.named = _accounts(matches) | set(_unmistakable(matches))
    head = text.find("\n", len(cues.head(text)))
    head = head if head >= 0 else len(text)
    _weigh(evidence, _accounts_at(about), head, _IN_HEAD, _MENTION, _MOST_MENTIONS)
    _weigh(evidence, contacts, head, _CONTACT_IN_HEAD, _CONTACT_MENTION, _MOST_CONTACT_MENTIONS)
    in_title = book.names.find(title) if title else []
    for key in _accounts(in_title):
        evidence.weight[key] += _IN_TITLE
    for key in _unmistakable(in_title):
        evidence.weight[key] += _CONTACT_IN_TITLE
    evidence.named |= _accounts(in_title) | set(_unmistakable(in_title))
    for key, people in _of_participants(book, participants).items():
        evidence.weight[key] += _TOOK_PART + len(people)
        evidence.named.add(key)
    return evidence


def accounts_in_name(name: str, book: Book) -> frozenset[int]:
    """The accounts that a file's or folder's name gives, by their names or their contacts'."""
    if name not in book.accounts_in_names:
        book.accounts_in_names[name] = frozenset(_in_name(cues.spoken(name), book))
    return book.accounts_in_names[name]


def _in_name(words: str, book: Book) -> set[int]:
    if words and (exact := book.accounts_exactly(words)):
        return exact
    # Names of files are often in small letters, in which a text would mean ordinary words.
    for written in (words, words.title()):
        matches = book.names.find(written)
        if found := _accounts(matches) or set(_unmistakable(matches)):
            return found
    return set()


def accounts_named(text: str, book: Book) -> set[int]:
    """Every account that a text names, by its name or by that of a contact of no other account.

    The whole text is read, however long, but only looked at closely where a name may begin: slips
    of the pen are not found here.
    """
    found: set[int] = set()
    for start, end in _where_names_may_be(text, book):
        matches = book.names.find(text[start:end])
        found |= _accounts(matches) | set(_unmistakable(matches))
    return found


def _where_names_may_be(text: str, book: Book) -> list[tuple[int, int]]:
    """Spans around words with which a name on record begins."""
    folded = fold(text)
    if len(folded) != len(text):
        # Compatibility forms have moved the letters.
        return [(at, at + _PIECE + _BEFORE) for at in range(0, len(text), _PIECE)]
    begin = book.first_words
    places = [match.start() for match in _WORD.finditer(folded) if match.group() in begin]
    for run in _HAN_RUN.finditer(folded):
        places += [at for at in range(*run.span()) if folded[at : at + 2] in begin]
    spans: list[tuple[int, int]] = []
    for at in sorted(places):
        if spans and at - _BEFORE <= spans[-1][1] and at - spans[-1][0] < _PIECE:
            spans[-1] = (spans[-1][0], at + _AFTER)
        else:
            spans.append((max(0, at - _BEFORE), at + _AFTER))
    return spans


def _accounts(matches: Iterable[NameMatch]) -> set[int]:
    return {m.entry.key for m in matches if m.entry.kind == "account" and m.score >= _SURE}


def _accounts_at(matches: Iterable[NameMatch]) -> dict[int, list[int]]:
    """Where each account is named; a name that two accounts share says neither."""
    spans: defaultdict[tuple[int, int], list[NameMatch]] = defaultdict(list)
    for match in matches:
        if match.entry.kind == "account" and match.score >= _SURE:
            spans[match.span].append(match)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for span, group in spans.items():
        for match in group:
            if match.score >= max(other.score for other in group) - 0.05:
                places[match.entry.key].append(span[0])
    return places


def _unmistakable(matches: Iterable[NameMatch]) -> dict[int, list[int]]:
    """Where contacts of each account are named whom nobody else's name fits as well."""
    spans: defaultdict[tuple[int, int], list[NameMatch]] = defaultdict(list)
    for match in matches:
        spans[match.span].append(match)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for span, group in spans.items():
        best = max(match.score for match in group)
        near = [match.entry for match in group if match.score >= best - 0.05]
        scopes = {entry.scope for entry in near}
        account = near[0].scope
        if best >= _SURE and len(scopes) == 1 and account is not None:
            places[account].append(span[0])
    return places


def _weigh(
    evidence: Evidence,
    places: Mapping[int, Collection[int]],
    head: int,
    in_head: float,
    each: float,
    most: float,
) -> None:
    for key, starts in places.items():
        evidence.weight[key] += min(most, each * len(starts))
        if min(starts) < head:
            evidence.weight[key] += in_head


def _of_participants(book: Book, participants: Iterable[str]) -> dict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for written in participants:
        name, address = parseaddr(written) if "@" in written else (written, "")
        keys = book.accounts_at(address) if address else set()
        if not keys and not (address and book.person_at(address)):
            keys = set(_unmistakable(book.names.best(name)))
        if len(keys) == 1:
            found[keys.pop()].add(written)
    return found
