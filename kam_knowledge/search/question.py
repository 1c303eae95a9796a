"""What a query holds, and so which of the two rankings it should lean on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from kam_knowledge.language.dates import find_dates
from kam_knowledge.language.detect import reply_language
from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.tokens import query_tokens

# Tuned on the validation meetings of two languages; the figures are flat around them.
WORDS_IN_PLAIN_QUESTIONS = 0.55
WORDS_WITH_NAMES = 0.65
TRANSLATED = 0.8
"""What a term's counterpart in the other language weighs beside the term as it was written."""
SYNONYM = 0.6
"""What another term for the same weighs in the language of the query."""

_CODE = re.compile(
    r"""\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]+\b | \d{2,} | \d+(?:\.\d+)+
    | ["“「『《] [^"”」』》]+ ["”」』》]""",
    re.VERBOSE,
)
_CAPITALISED = re.compile(r"(?<![.!?:\n])\s+[\"'(]?(?!I\b)[A-Z][\w&.-]+")

Weights = Mapping[str, float]
Human = tuple[str, int]
"""A contact or a person of ours: the kind and the key of its `NameEntry`."""


@dataclass(frozen=True)
class NamedThing:
    """A name that was recognised in the query before it is ranked.

    `written` is how the query spells it, `spellings` are all ways to (the stored name, aliases);
    `account_id` is the account that it is (`is_account`) or belongs to, if it is just one.
    """

    written: str
    spellings: tuple[str, ...] = ()
    account_id: int | None = None
    is_account: bool = False
    humans: frozenset[Human] = frozenset()
    """The people that it may be."""


@dataclass(frozen=True)
class Term:
    """Something that can be written in several ways, the query's own first.

    A passage has the one that it matches best. Of an account's name its own passages are taken
    to hold it, of a human's those of the touches they were at: they are told apart by what else
    they say.
    """

    writings: tuple[Weights, ...]
    account_id: int | None = None
    humans: frozenset[Human] = frozenset()


@dataclass(frozen=True)
class Question:
    """A query, taken apart for ranking."""

    text: str
    language: Literal["en", "zh"]
    """The language it is asked in: for zh only a model that reads Chinese may vote."""
    terms: Weights
    """Tokens of the query that can be written in one way only, with how often each counts."""
    variants: tuple[Term, ...] = ()
    """Its terms and names that can be written otherwise too."""
    words: float = WORDS_IN_PLAIN_QUESTIONS
    """The share of the word ranking in a passage's score, 0 to 1; the vectors have the rest."""
    account_ids: frozenset[int] = field(default_factory=frozenset)
    """Accounts that the query names."""
    days: tuple[tuple[int, int], ...] = ()
    """Times past that the query speaks of, as the ordinals of their first and last days."""

    @cached_property
    def humans(self) -> tuple[frozenset[Human], ...]:
        """Those that the query names, each with all whom the name may mean."""
        return tuple(term.humans for term in self.variants if term.humans)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Every token that matters to the ranking, once."""
        writings = (self.terms, *(way for term in self.variants for way in term.writings))
        return tuple(dict.fromkeys(token for writing in writings for token in writing))


def understand(
    text: str,
    names: Sequence[NamedThing] = (),
    glossary: Glossary | None = None,
    today: date | None = None,
) -> Question:
    """The query taken apart.

    Names, codes, numbers, quoted words and Chinese lean on the words, since a vector blurs
    them; a paraphrase leans on the vectors. A term of the glossary also counts in its other
    language, so that either language finds the other without a multilingual model. Times are
    read where it is known what day it is.
    """
    variants: list[Term] = []
    rest = text
    for name in names:
        # Cut out, so that no pair of characters reaches across a name's end.
        rest = rest.replace(name.written, "\n", 1)
        own = Counter(query_tokens(name.written))
        ways = _writings(name.spellings, own.total(), 1.0)
        account = name.account_id if name.is_account else None
        variants.append(Term((_weights(own), *ways), account, name.humans))
    terms = Counter(query_tokens(rest)) if rest.strip() else Counter()
    for translation in glossary.translate_terms(rest) if glossary else ():
        start, end = translation.span
        own = Counter(query_tokens(rest[start:end])) & terms
        if not own:  # a word that every text holds is not looked for in any language
            continue
        # As written and translated it is one term: where both stand, it counts once.
        for token, count in own.items():  # all of `terms` is not gone through for each
            terms[token] -= count
        ways = _writings(translation.targets, own.total(), TRANSLATED)
        ways += _writings(translation.synonyms, own.total(), SYNONYM)
        variants.append(Term((_weights(own), *ways)))
    named = bool(names) or bool(_CODE.search(text)) or bool(_CAPITALISED.search(text))
    return Question(
        text=text,
        language=reply_language(text),
        terms=_weights(+terms),
        variants=tuple(variants),
        words=WORDS_WITH_NAMES if named else WORDS_IN_PLAIN_QUESTIONS,
        account_ids=frozenset(n.account_id for n in names if n.account_id is not None),
        days=_past(rest, today) if today else (),
    )


def _past(text: str, today: date) -> tuple[tuple[int, int], ...]:
    """The times in the text that lie behind today or have begun: what was written lies there."""
    found = find_dates(text, today, prefer="past")
    return tuple(
        (one.start.toordinal(), one.end.toordinal())
        for one in found
        # "by Friday" and "before June" speak of what is to be done from today on.
        if one.end <= today or (one.start < today and one.relation not in ("by", "before"))
    )


def _weights(counted: Counter[str]) -> Weights:
    return {token: float(count) for token, count in counted.items()}


def _writings(spellings: Sequence[str], written: int, weight: float) -> list[Weights]:
    """Each spelling's tokens, together weighing as many words as what they stand for."""
    writings: list[Weights] = []
    for spelling in spellings:
        counted = Counter(query_tokens(spelling))
        if counted:
            share = weight * max(written, 1) / counted.total()
            writings.append({token: share * count for token, count in counted.items()})
    return writings
