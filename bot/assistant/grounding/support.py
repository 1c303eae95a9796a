"""Whether a sentence's words are its sources' words, and say of them what the sources say.

For answers of a model. The other checks hold names, figures, quotations; a sentence of words
alone passes them all. Here most of its content words must stand in what it cites (or in what the
skills said with the same marker), in either language; what it denies the source must deny too,
and a task on record does not bear out that it was done (docs/decisions/0006).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property

from bot.assistant.grounding.statements import Speech, spoken
from bot.assistant.grounding.vocabulary import Unit, Words, opposites, units
from kam_knowledge.language.normalise import HAN, fold
from kam_knowledge.language.tokens import stem
from kam_knowledge.language.words import word_list

ENOUGH = 0.6
"""The share of a sentence's content words that its sources must have. Measured, see 0006."""

_CLAUSE = re.compile(
    r"[,;；，()（）–—|¶!！?？]|\s[-›]\s|\b(?:but|and|while|although|though|unless|because|since|so)\b"
    r"|但是?|不过|可是|因为|所以|虽然|尽管",
    re.IGNORECASE,
)
# In a source the label before a colon holds for what follows: "empty: delivery manager".
_CLAIMED = re.compile(rf"{_CLAUSE.pattern}|[:：]", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")
_HAN_DENIAL = re.compile(
    "(?<!差)不(?![仅但过同久断少锈光止只管论足])|没(?!错)|(?<!从)未(?!来|必)|无(?![论锡])|非(?!常)|(?<!特)别(?!的|人)|勿|莫"
)
_FREE_DENIAL = re.compile(
    r"不得不|不满意?|不安|(?:若|如|如果|要)不"
    r"|\bno (?:later|less|more|fewer) than\b|\bnot only\b|\bno\. ?\d"
)


# After these an English sentence says what is so; 已 and 被 do it in Chinese.
_PREDICATE = re.compile(
    r"\b(?:is|are|was|were|been|be|has|have|had|being|gets?|got)\s+"
    r"(?:(?:not|already|now|also|still|never|fully|completely|finally|been|being)\s+)*([a-z]+)"
    r"|\b([a-z]{2,}ed)\b"
    rf"|([{HAN}]{{2,4}})了"
    rf"|(?:已经?|被|已被|已由|很|非常|十分|特别|是)([{HAN}]{{1,4}})",
    re.IGNORECASE,
)
_FOR_GOOD = re.compile(r"\b(?:will not|won['’]t|no longer|never|any ?more)\b|不会|不再|永不", re.I)
# support=neutral says nothing of support; auto_renews=yes and weakness=Needs … do.
_CODED = re.compile(r"\b[a-z_]+=(?=(?!yes\b|no\b)[a-z_]+(?:;|$))", re.MULTILINE)
_DUTY = re.compile(r"\b(?:has|have|had|is|are|was|were) to\b")
_UNFINISHED = re.compile(r"\bstatus=open\b.*|\baction=(?!.*\bstatus=(?:done|dropped)\b)", re.DOTALL)


class _Clause:
    """A clause of a source, or of a claim, as far as denial goes."""

    def __init__(self, text: str, whole: str = "", speech: Speech = Speech.STATES) -> None:
        self.text, self.whole = text, whole or text
        self.speech = speech
        folded = _FREE_DENIAL.sub(" ", fold(text).replace("n't", " not ").replace("n’t", " not "))
        words = _said(folded)
        self.denies = bool(words & word_list("negation") or _HAN_DENIAL.search(folded))
        self.absent = _among("absence", folded)
        self.asks = _asks(folded)

    @cached_property
    def words(self) -> Words:
        """Its words, for comparison."""
        return Words(self.text)

    @cached_property
    def around(self) -> Words:
        """The words of the sentence or record that it is part of."""
        return Words(self.whole)

    @cached_property
    def units(self) -> list[Unit]:
        """What it says in words."""
        return units(self.text)

    def bears_denial(self, claim: _Clause) -> bool:
        """Whether a denial of its words may rest on it, and not on the very word denied."""
        if self.speech is Speech.ASKS and not _FOR_GOOD.search(claim.text):
            return True
        return self.denies or bool(self.absent - claim.absent)

    def denies_what(self, claim: _Clause) -> bool:
        """Whether it denies what the claim, which has no denial, says without reserve."""
        return self.denies and not claim.absent - self.absent


class Support:
    """What a sentence may rest on: its sources' clauses, without those that would steer us."""

    def __init__(self, sources: Sequence[Sequence[str]]) -> None:
        """Each source as its title, its quote, and what the skills said with its marker."""
        self._own: list[_Clause] = []
        self._given: list[_Clause] = []
        for title, quote, *given in sources:
            task = _UNFINISHED.search(quote) is not None
            self._own += _clauses(_CODED.sub(" ", quote), task)
            rest = [clause for text in (title, *given) for clause in _clauses(text, task)]
            self._given += rest

    def lacks(self, sentence: str) -> str | None:
        """What the sentence says that is not borne out; None where it is.

        The sentence comes without its quotations, markers and names.
        """
        clauses = [_Clause(clause) for clause in _CLAIMED.split(sentence) if clause.strip()]
        said = list({unit.written: unit for clause in clauses for unit in clause.units}.values())
        lacking = [unit for unit in said if not self._holders(unit)]
        total = sum(unit.weight for unit in said)
        if total and 1 - sum(unit.weight for unit in lacking) / total < ENOUGH:
            return lacking[0].written
        mood = _asks(fold(sentence))
        for clause in clauses:
            if not (mood or clause.denies):
                predicate = _lacking_predicate(clause.text, lacking)
                if predicate is not None:
                    return predicate
        return next((w for c in clauses if (w := self._contradicted(c, mood)) is not None), None)

    def _holders(self, unit: Unit) -> list[_Clause]:
        """The clauses that say it: the source's own, else those of the skills about it."""
        own = [clause for clause in self._own if clause.words.hold(unit)]
        return own or [clause for clause in self._given if clause.words.hold(unit)]

    def _contradicted(self, claim: _Clause, mood: bool) -> str | None:
        """A word of which the nearest clauses of the sources say the contrary."""
        for unit in claim.units:
            if self._has_opposite(unit, claim):
                return unit.written
        near = self._nearest(claim.units)
        if not near:
            return None
        about = next(u.written for u in claim.units if any(c.words.hold(u) for c in near))
        if claim.denies and not any(one.bears_denial(claim) for one in near):
            return about
        if not claim.denies:
            for unit in claim.units:
                holders = self._holders(unit)
                if holders and all(one.denies_what(claim) for one in holders):
                    return unit.written
            if all(one.denies_what(claim) for one in near):
                return about
        planned = all(one.speech is Speech.ASKS for one in near)
        reserved = mood or claim.asks or claim.denies or claim.absent
        return about if planned and not reserved else None

    def _has_opposite(self, unit: Unit, claim: _Clause) -> bool:
        """Whether the sources have its opposite in its place, and not the word itself."""
        contrary = frozenset() if claim.asks else opposites(unit.written)
        if not contrary or any(c.words.means(unit.written) for c in self._own + self._given):
            return False
        others = [other for other in claim.units if other is not unit]
        near = self._nearest(others) + self._nearest(others, self._given) if others else self._own
        return any(
            clause.denies == claim.denies and any(map(clause.around.means, contrary))
            for clause in near
        )

    def _nearest(self, wanted: Sequence[Unit], *among: Sequence[_Clause]) -> list[_Clause]:
        """The clauses that say the most of these words; none where none says any.

        Without `among` those of the source itself, or else of what the skills said about it.
        """
        for clauses in among or (self._own, self._given):
            said = [(sum(clause.words.hold(unit) for unit in wanted), clause) for clause in clauses]
            most = max((count for count, _ in said), default=0)
            if most:
                return [clause for count, clause in said if count == most]
        return []


def _clauses(text: str, task: bool) -> list[_Clause]:
    return [
        _Clause(clause, piece, Speech.ASKS if task else speech)
        for piece, speech in spoken(text)
        if speech is not Speech.STEERS
        for clause in _CLAUSE.split(piece)
        if clause.strip()
    ]


def _lacking_predicate(clause: str, lacking: Sequence[Unit]) -> str | None:
    """What the clause says of its subject, where no source says it."""
    for match in _PREDICATE.finditer(fold(clause)):
        verb, past, before, after = match.groups()
        latin = verb or past
        for unit in lacking:
            if latin and stem(latin) in {stem(unit.written), unit.written}:
                return unit.written
            if (after and after.startswith(unit.written.lstrip("已"))) or (
                before and before.endswith(unit.written)
            ):
                return unit.written
    return None


def _said(folded: str) -> frozenset[str]:
    return frozenset(_WORD.findall(folded))


def _asks(folded: str) -> bool:
    """Whether it tells of a request, a duty, a plan or a condition."""
    return bool(_among("asking", folded) or _DUTY.search(folded))


def _among(name: str, folded: str) -> frozenset[str]:
    """Those words of the list that the folded text has."""
    latin = frozenset(map(stem, _said(folded))) & _stems_of(name)
    return latin | frozenset(_han(name).findall(folded))


@cache
def _stems_of(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in word_list(name) if word.isascii())


@cache
def _han(name: str) -> re.Pattern[str]:
    words = sorted((w for w in word_list(name) if not w.isascii()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))
