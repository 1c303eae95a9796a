"""What a message names: accounts, people, products, rivals, titles, dates, as readers may see.

A name outside the rights is as if it were on no record, an account's own name excepted: it is
remembered by the words the asker wrote, so that "not for you" is not told as "nothing".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.assistant.understanding.cues import cues, pattern, phrases, plain
from bot.assistant.understanding.features import concepts, pieces
from bot.assistant.understanding.intent import Masked, Span, intent_index, mask
from bot.assistant.understanding.short_names import shortened
from kam_knowledge.access import Rights
from kam_knowledge.language.chinese_names import is_chinese_word, titles_after_surname
from kam_knowledge.language.company_names import (
    chinese_short_names,
    is_generic,
    is_ordinary,
    without_legal_form,
)
from kam_knowledge.language.dates import DateMatch, find_dates
from kam_knowledge.language.human_forms import is_known_given_name
from kam_knowledge.language.name_choice import likeliest
from kam_knowledge.language.name_units import at_sentence_start, units
from kam_knowledge.language.names import NameIndex, NameMatch
from kam_knowledge.language.normalise import HAN, fold, has_han
from kam_knowledge.language.titles import TitleMatch, find_titles
from kam_knowledge.language.tokens import is_common
from kam_knowledge.language.words import word_list

SURE = 0.5
"""Below this score something in the text speaks against the name."""

_ROOM = 14
"""Characters before and after a title's word in which a role of several words may stand."""

_LONGEST_NAME = 12
"""Six words, or twelve Han: more than the names of people have."""

OURS = frozenset({"account_manager", "owner"})
"""Titles that in a question mean our own people, or are plain words."""


@dataclass(frozen=True)
class Named:
    """A place in the text and the rows it may mean, the likeliest first, all visible."""

    span: tuple[int, int]
    matched: str
    candidates: tuple[NameMatch, ...]

    @property
    def kind(self) -> str:
        """What the likeliest candidate is."""
        return self.candidates[0].entry.kind

    def keys(self, kind: str) -> tuple[int, ...]:
        """The candidates of one kind, by key."""
        found = (match.entry.key for match in self.candidates if match.entry.kind == kind)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Heard:
    """Everything found in the text, before it is put together."""

    text: str
    named: tuple[Named, ...]
    hidden: tuple[str, ...]
    """Accounts by name that are not for all readers, as written."""
    hidden_from_asker: bool
    titles: tuple[TitleMatch, ...]
    """Offices of one person: CTO, head of procurement."""
    departments: tuple[TitleMatch, ...]
    dates: tuple[DateMatch, ...]
    spans: tuple[Span, ...]
    unknown: tuple[str, ...]
    """Words written like names that no visible row has."""

    @property
    def masked(self) -> Masked:
        """The text with all of this masked."""
        return mask(self.text, self.spans)

    @property
    def named_apart(self) -> str:
        """The text with its names masked and its titles as written: "who signs, who holds the
        purse" asks for roles, though one of them is a title too."""
        return mask(self.text, [span for span in self.spans if span[2] != "title"]).text

    @property
    def written(self) -> tuple[str, ...]:
        """The names as written, to tell the language by the other words."""
        return (*(one.matched for one in self.named), *self.hidden, *self.unknown)

    def of_kind(self, kind: str) -> Iterator[Named]:
        """The places whose likeliest candidate is of that kind."""
        return (one for one in self.named if one.kind == kind)


def hear(text: str, names: NameIndex, rights: Rights, asker: Rights, today: date) -> Heard:
    """The names of the book in the text that all readers may know of, its titles and dates."""
    text = _BARE_POSSESSIVE.sub(r"\1's", text)
    named: list[Named] = []
    hidden: dict[str, bool] = {}
    for span, matches in _by_span(names.find(text)):
        visible = [match for match in matches if _visible(match, rights)]
        if visible and not _means_another(matches, visible):
            matched = visible[0].matched
            named.append(Named(span, matched, likeliest(visible)))
            continue
        meant = likeliest(matches) if visible else matches
        for match in meant:
            if match.entry.kind == "account" and rights.inside:
                hidden[match.matched] = asker.sees(match.entry.key)
    taken = [*(one.span for one in named), *_places(text, hidden)]
    named += _strange(text, names, rights, taken)
    for meant in shortened(text, names, taken):
        if visible := [match for match in meant if _visible(match, rights)]:
            named.append(Named(visible[0].span, visible[0].matched, likeliest(visible)))
    spans: list[Span] = [(*one.span, one.kind) for one in named]
    spans += [(*span, "account") for span in _places(text, hidden)]
    person = any(one.kind == "contact" for one in named)
    offices, departments = [], []
    for title in find_titles(text):
        if not is_free(title.span, spans):
            continue
        # "What did Dana say about the controller?": beside a person's name a word is a thing.
        thing = (
            person and text[slice(*title.span)].islower() and " " not in text[slice(*title.span)]
        )
        if _says_a_role(text, title.span):
            continue
        if title.kind == "role" and title.code not in OURS and not thing:
            offices.append(title)
        elif title.kind == "department":
            departments.append(title)
    spans += [(*title.span, "title") for title in offices]
    dates = tuple(day for day in find_dates(text, today) if is_free(day.span, spans))
    spans += [(*day.span, "date") for day in dates]
    unknown = list(_unknown(text, spans))
    spans += [(*place, _looks_like(name)) for name in unknown for place in _places(text, [name])]
    return Heard(
        text,
        tuple(named),
        tuple(hidden),
        bool(hidden) and not all(hidden.values()),
        tuple(offices),
        tuple(departments),
        dates,
        tuple(spans),
        tuple(dict.fromkeys(unknown)),
    )


def _strange(
    text: str, names: NameIndex, rights: Rights, taken: Sequence[tuple[int, int]]
) -> Iterator[Named]:
    """Accounts by words in small letters that nothing else explains: "whats globx status".

    In running text such a word is most often just unknown; in a question it is mostly a name.
    """
    known = intent_index()
    for match in _STRANGE.finditer(text):
        word = match.group()
        free = all(match.end() <= start or end <= match.start() for start, end in taken)
        if not free or known.knows_word(word) or is_ordinary(word) or is_common(word):
            continue
        found = [hit for hit in names.best(word, kinds={"account"}) if hit.score >= SURE]
        visible = [hit for hit in found if _visible(hit, rights)]
        if visible:
            moved = [replace(hit, span=match.span(), matched=word) for hit in visible]
            yield Named(match.span(), word, likeliest(moved))


def _by_span(matches: Iterable[NameMatch]) -> Iterator[tuple[tuple[int, int], list[NameMatch]]]:
    spans: dict[tuple[int, int], list[NameMatch]] = {}
    for match in matches:
        if match.score >= SURE and not _part_of_a_sentence(match):
            spans.setdefault(match.span, []).append(match)
    yield from spans.items()


def _part_of_a_sentence(match: NameMatch) -> bool:
    """Whether only a piece is named of what is longer than any human's name: a record whose name
    is a sentence must not be meant by every "what" and "please"."""
    if match.entry.kind not in ("contact", "person") or match.how in ("exact", "alias"):
        return False
    words = units(match.entry.name)
    return sum(len(unit.text) if unit.han else 2 for unit in words) > _LONGEST_NAME


def _visible(match: NameMatch, rights: Rights) -> bool:
    entry = match.entry
    if entry.kind == "account":
        return rights.sees(entry.key)
    if entry.kind in ("contact", "competitor"):
        return rights.sees(entry.scope)
    return rights.inside


def _means_another(matches: Sequence[NameMatch], visible: Sequence[NameMatch]) -> bool:
    """Whether the words are the very name of an account that is not for all readers, and those
    that may be seen share only a word of it: Hellmann is the group, not Hellmann Logistik."""

    def own(match: NameMatch) -> bool:
        return match.how in ("exact", "alias")

    of_account = [match for match in matches if match.entry.kind == "account"]
    return any(map(own, of_account)) and not any(map(own, visible))


def _says_a_role(text: str, span: tuple[int, int]) -> bool:
    """Whether the word belongs to a role in the decision: an economic buyer is no buyer."""
    start, end = span
    around = plain(text[max(0, start - _ROOM) : end + _ROOM])
    word = plain(text[start:end])
    roles = pattern(phrases(cues()["decision_roles"]))
    return any(word in found.group() for found in roles.finditer(around))


def is_free(span: tuple[int, int], spans: Iterable[Span]) -> bool:
    """Whether nothing that was found covers the place."""
    return all(span[1] <= start or end <= span[0] for start, end, _ in spans)


def _places(text: str, written: Iterable[str]) -> Iterator[tuple[int, int]]:
    for name in written:
        for match in re.finditer(re.escape(name), text):
            yield match.span()


_STRANGE = re.compile(r"(?<![\w.@#/'{-])[a-z]{4,}(?![\w@/'.-])")
_BARE_POSSESSIVE = re.compile(r"(?<![\w.-])([A-Z][A-Z0-9]{2,})s(?=\s+[A-Za-z])")
"""ACMEs CTO for ACME's CTO."""
_LATIN_NAME = re.compile(
    rf"(?<![^\W{HAN}])(?<![.@#/'-])[A-ZÀ-Þ](?:[^\W{HAN}]|['’&.-])*[^\W{HAN}]"
    rf"(?:[ ]+(?:(?:van|von|de|der|den|di|da|bin|al|&|of)[ ]+)*"
    rf"[A-ZÀ-Þ](?:[^\W{HAN}]|['’&-])*[^\W{HAN}])*"
)
_HAN_RUN = re.compile(rf"[{HAN}]{{2,}}")
_WHO_IS = re.compile(rf"([{HAN}]{{2,3}}?)(?:是谁|是什么人|是哪位|是哪家的|这个人)")


def _unknown(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """Capitalised words no list of ours knows; 某某集团 and 刘总 that no record has."""
    bare = text
    for start, end, _ in spans:
        bare = f"{bare[:start]}{'|' * (end - start)}{bare[end:]}"
    for match in _LATIN_NAME.finditer(bare):
        words = re.split(r"\s+", match.group().removesuffix("'s").removesuffix("’s"))
        first = at_sentence_start(text, match.start())
        while words and _plain_word(words[0]) and not (len(words) > 1 and _given(words[0], first)):
            words = words[1:]
        while words and _plain_word(words[-1]) and not is_generic(fold(words[-1])):
            words = words[:-1]
        if words and not all(map(_plain_word, words)):
            yield " ".join(words)
    for run in _HAN_RUN.finditer(bare):
        yield from _unknown_han(run.group())


def _given(word: str, first: bool) -> bool:
    """Whether a capitalised word before another may be a first name: Bill Tan, mid-sentence."""
    return is_known_given_name(fold(word)) or (not first and not is_common(fold(word)))


def _looks_like(name: str) -> str:
    """The slot of an unknown name: a person's or an account's where its words say so.

    One word alone may be a place or a project as well, so that no example stands for it.
    """
    words = [fold(word) for word in name.split()]
    if has_han(name):
        return "account" if _is_company(name) else "contact"
    if any(is_generic(word) for word in words) or without_legal_form(words) != words:
        return "account"
    return "contact" if len(words) > 1 else "name"


def _plain_word(word: str) -> bool:
    """Whether a capitalised word is an ordinary one, or a term of the field."""
    folded = re.split("['’]", fold(word).strip(".'’"))[0]
    stems = [piece for piece, _ in pieces(folded)]
    return (
        len(folded) < 3
        or any(map(str.isdigit, folded))
        or (word.isupper() and len(word) <= 5)
        or is_ordinary(folded)
        or is_common(folded)
        or all(concepts().knows(stem) for stem in stems)
    )


def _unknown_han(run: str) -> Iterator[str]:
    """三一重工, 中集集团, 刘总, 王经理, where no record has them."""
    import rjieba

    words = [word for word, _, _ in rjieba.tokenize(run, "default", True)]
    surnames, titles = word_list("surnames_zh"), titles_after_surname()
    asked = _WHO_IS.match(run)
    if asked and asked[1][0] in surnames and not is_chinese_word(asked[1]):
        yield asked[1]
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if len(word) >= 2 and not is_common(word):
            if _is_company(word):
                yield word
            elif following and _is_company(word + following) and not any(concepts().of_han(word)):
                yield word + following
        person = word[:1] in surnames and (word[1:] or following) in titles
        if person and not is_chinese_word(word):
            yield word if word[1:] else word + following


def _is_company(word: str) -> bool:
    """Whether the word ends as names of companies do: 三一重工, 中集集团."""
    return any(sureness >= 0.87 for _, sureness in chinese_short_names(fold(word)))
