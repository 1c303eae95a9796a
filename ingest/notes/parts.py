"""Which account a note is about, and where a message about several goes from one to the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from ingest.notes.attendance import places_met, speakers
from ingest.notes.cues import cue
from ingest.notes.mentions import DATE, HUMAN, Mention, Named
from ingest.notes.note import Choice, Question
from ingest.notes.reading import Reading, Sentence
from ingest.notes.writer import Writer
from kam_knowledge.queries.stakeholder import has_left

_LABELLED, _HEAD, _MET, _MENTION, _CONTACT = 100.0, 8.0, 6.0, 1.0, 1.5
_MOST_MENTIONS = 3.0
_NEAR = 0.75
_COMPARED = re.compile(
    r"(?:\b(?:like|unlike|as|than|versus|vs\.?|compared (?:to|with)|similar to"
    r"|instead of|such as|reference"
    r"|references|reference (?:call|visit)|visit to|example)(?: (?:at|with|in|for"
    r"|from|the|of|to|call|visit))*"
    r"|像|比|相比|类似|参照|例如|比如|参考|学习|看看)\s*$"
)


@dataclass(frozen=True)
class Part:
    """The sentences about one account; None while it is not known which."""

    account_id: int | None
    sentences: tuple[Sentence, ...]
    questions: tuple[Question, ...] = ()
    carried: bool = False
    """Whether the text names no account and the writer's usual one stands in."""


@dataclass
class _Evidence:
    weight: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))

    def best(self) -> list[int]:
        """The accounts that nothing tells apart, likeliest first."""
        most = max(self.weight.values(), default=0.0)
        near = [key for key, weight in self.weight.items() if weight > 0 and weight >= _NEAR * most]
        return sorted(near, key=lambda key: (-self.weight[key], key))


def parts_of(reading: Reading, named: Named, writer: Writer) -> list[Part]:
    """The message by account, in the order they come; one part where it is about one or none."""
    sentences = reading.sentences
    chosen = [key for kind, key in writer.chosen if kind == "account"]
    scopes = _Scopes(named, writer)
    heads = [scopes.heads(sentence) for sentence in sentences]
    if len(chosen) == 1 and len({key for one in heads for key in one} - set(chosen)) == 0:
        return [Part(chosen[0], tuple(sentences))]
    if len({key for one in heads for key in one}) > 1:
        return _several(sentences, heads, named, scopes)
    account, questions, carried = _one(sentences, named, writer, scopes)
    return [Part(account, tuple(sentences), questions, carried)]


class _Scopes:
    """Which accounts names speak for."""

    def __init__(self, named: Named, writer: Writer) -> None:
        self.named = named
        self._writer = writer
        self._stated = {
            key
            for one in named.mentions
            if one.kind == "account"
            for key in one.keys("account")[:1]
        }
        self._chosen = {key for kind, key in writer.chosen if kind == "contact"}
        self._sure = {
            next(iter(one.scopes))
            for one in named.mentions
            if one.kind == "contact" and len(one.scopes) == 1
        }

    def of(self, mention: Mention) -> frozenset[int]:
        """The accounts that the mention may speak for."""
        if mention.kind == "account":
            return self._account(mention)
        if mention.kind != "contact":
            return frozenset()
        for one in mention.candidates:
            if one.entry.kind == "contact" and one.entry.key in self._chosen:
                return frozenset({one.entry.scope or 0})
        found = mention.scopes
        there = self._still_there(mention) if len(found) > 1 else set()
        beside = self._beside(mention) if len(found) > 1 else set()
        for narrower in (beside, self._stated, there, self._writable(found), self._sure):
            if len(found) > 1 and found & narrower:
                found = found & narrower
        return frozenset(found)

    def _beside(self, mention: Mention) -> set[int]:
        """The accounts that the mention's own line names."""
        marked = self.named.marked
        start = marked.rfind("\n", 0, mention.start) + 1
        end = marked.find("\n", mention.end)
        line = self.named.within(start, end if end >= 0 else len(marked), "account")
        return {key for one in line for key in one.keys("account")[:1]}

    def _still_there(self, mention: Mention) -> set[int]:
        """The accounts at which the contact has not left."""
        rows = [
            row
            for one in mention.candidates
            if one.entry.kind == "contact" and one.entry.scope is not None
            if (row := self._writer.contact(one.entry.key, one.entry.scope)) is not None
        ]
        return {row.account_id for row in rows if not has_left(row, self._writer.today)}

    def _writable(self, found: Iterable[int]) -> set[int]:
        return {key for key in found if self._writer.may_write(key)}

    def _account(self, mention: Mention) -> frozenset[int]:
        keys = mention.keys("account")
        chosen = {key for kind, key in self._writer.chosen if kind == "account"}
        return frozenset(set(keys) & chosen) or frozenset(keys)

    def heads(self, sentence: Sentence) -> frozenset[int]:
        """The accounts that the sentence begins to speak of: met there, or named in front."""
        found: dict[int, None] = {}
        met = places_met(self.named, sentence)
        for one in self.named.within(sentence.start, sentence.end, "account", "contact"):
            scopes = self.of(one)
            if len(scopes) != 1:
                continue
            key = next(iter(scopes))
            if one.kind == "contact" and one.start in met:
                if self._stated and key not in self._stated and self._stated_near(sentence):
                    continue  # whoever was there from another company was a guest at this one
                found[key] = None
            elif one.kind == "account":
                if sentence.label == "account" or self._in_front(one, sentence):
                    found[key] = None
            elif self._opens(one, sentence) and self._writable([key]):
                found[key] = None
        return frozenset(found)

    def _opens(self, mention: Mention, sentence: Sentence) -> bool:
        """Whether the sentence begins with what somebody told: "Brunner says …"."""
        if self.named.marked[sentence.start : mention.start].strip():
            return False
        return _tells().match(self.named.marked, mention.end, sentence.end) is not None

    def _stated_near(self, sentence: Sentence) -> bool:
        return any(
            self._in_front(one, sentence) or True
            for one in self.named.within(sentence.start, sentence.end, "account")
        )

    def _in_front(self, mention: Mention, sentence: Sentence) -> bool:
        before = self.named.marked[sentence.start : mention.start]
        if _COMPARED.search(before):
            return False
        clause = re.split(r"[:;,]", before)[-1]
        after = self.named.marked[mention.end : mention.end + 24]
        if _joined().fullmatch(before) and _announces().match(after):
            return True
        if _joined().fullmatch(clause) and re.match(rf"(?:'s|的|,)?\s*{HUMAN}", after):
            return True
        return _met_at().search(before) is not None


@cache
def _tells() -> re.Pattern[str]:
    return re.compile(rf"(?:\s*\([^)]*\))?\s*(?::|{cue('tells')}|{cue('met_before')})")


@cache
def _joined() -> re.Pattern[str]:
    return re.compile(
        rf"[\s#*_>\-–—(\[【]*(?:{DATE}|{cue('joining')}|\d+[.)]|now|today|for|re|on|at|second"
        rf"|first|第[一二三]|上午|下午|中午|早上|晚上|然后|接着|之后|先|再)*[\s,:]*"
        rf"(?:{HUMAN}\s*(?:from|of|at)\s*)?"
    )


@cache
def _announces() -> re.Pattern[str]:
    kinds = "|".join(cue("talk_kind", kind) for kind in ("meeting", "call", "email", "chat"))
    return re.compile(
        rf"(?:'s)?(?:\s+[\w-]+){{0,2}}?[\s*_\])】]*(?::|--?\s|[–—]|\n|$|,?\s*\(?{HUMAN}|{kinds}|(?:update|status"
        rf"|notes?|today|那边|这边))"
    )


@cache
def _met_at() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{cue('meets')}|\bat|拜访|走访|{cue('together_before')})(?:\s|{HUMAN}"
        rf"|[,&()/、和\w'-]{{1,16}}\s?){{0,7}}?$"
    )


def _one(
    sentences: Sequence[Sentence], named: Named, writer: Writer, scopes: _Scopes
) -> tuple[int | None, tuple[Question, ...], bool]:
    """The account of a message about one, or what must be asked; whether it is the usual one."""
    evidence = _weighed(sentences, named, scopes)
    best = evidence.best()
    if len(best) == 1:
        return best[0], (), False
    if len(best) > 1:
        return None, (_which(best, named, writer, scopes),), False
    if writer.account_id is not None and writer.account_id in writer.accounts:
        return writer.account_id, (), True
    return None, (Question("no_account"),), False


def _weighed(sentences: Sequence[Sentence], named: Named, scopes: _Scopes) -> _Evidence:
    evidence = _Evidence()
    counted: defaultdict[int, float] = defaultdict(float)
    for speaker in speakers(named, sentences):
        for key in scopes.of(speaker):
            evidence.weight[key] += _MET
    for sentence in sentences:
        met = places_met(named, sentence)
        heads = scopes.heads(sentence)
        for key in heads:
            evidence.weight[key] += _LABELLED if sentence.label == "account" else _HEAD
        for one in named.within(sentence.start, sentence.end, "account", "contact"):
            keys = scopes.of(one)
            compared = _COMPARED.search(named.marked[max(0, one.start - 30) : one.start])
            each = _MENTION if one.kind == "account" else _CONTACT
            if one.start in met:
                each = _MET
            each = 0.2 if compared else each
            for key in keys:
                if one.start in met or counted[key] < _MOST_MENTIONS:
                    evidence.weight[key] += each
                    counted[key] += 0 if one.start in met else each
    return evidence


def _which(best: list[int], named: Named, writer: Writer, scopes: _Scopes) -> Question:
    """Asks which account; by the person where it is one name that several have."""
    for one in named.mentions:
        if one.kind != "contact" or not set(best) <= scopes.of(one):
            continue
        choices = []
        for match in one.candidates:
            scope = match.entry.scope
            if match.entry.kind == "contact" and scope in best and scope in writer.accounts:
                label = f"{match.entry.name} ({writer.accounts[scope].name})"
                choices.append(Choice("contact", match.entry.key, label))
        return Question("which_person", one.words, tuple(choices))
    names = [one.words for one in named.mentions if one.kind == "account"]
    choices = [
        Choice("account", key, writer.accounts[key].name) for key in best if key in writer.accounts
    ]
    return Question("which_account", names[0] if names else "", tuple(choices))


def _several(
    sentences: Sequence[Sentence], heads: Sequence[frozenset[int]], named: Named, scopes: _Scopes
) -> list[Part]:
    """The message cut where it goes on to another account; what stands before the first, and what
    names none, belongs to the one before it."""
    collected: dict[int, list[Sentence]] = {}
    current: int | None = None
    opening: list[Sentence] = []
    for sentence, found in zip(sentences, heads, strict=True):
        pieces = _cut(sentence, named, scopes) if len(found) > 1 else [(sentence, found)]
        for piece, keys in pieces:
            if keys and (current is None or current not in keys):
                current = min(keys, key=lambda key: _first_place(key, piece, named, scopes))
            if current is None:
                opening.append(piece)
            else:
                collected.setdefault(current, []).append(piece)
    return [Part(key, (*opening, *found)) for key, found in collected.items()]


def _first_place(key: int, piece: Sentence, named: Named, scopes: _Scopes) -> int:
    places = [
        one.start
        for one in named.within(piece.start, piece.end, "account", "contact")
        if key in scopes.of(one)
    ]
    return min(places, default=piece.end)


def _cut(
    sentence: Sentence, named: Named, scopes: _Scopes
) -> list[tuple[Sentence, frozenset[int]]]:
    """A sentence about several accounts, cut before the name of each."""
    cuts: list[tuple[int, int]] = []
    for one in named.within(sentence.start, sentence.end, "account", "contact"):
        keys = scopes.of(one)
        if len(keys) == 1 and (not cuts or cuts[-1][1] not in keys):
            cuts.append((one.start, next(iter(keys))))
    pieces: list[tuple[Sentence, frozenset[int]]] = []
    for number, (place, key) in enumerate(cuts):
        start = (
            sentence.start if number == 0 else _boundary(named.marked, cuts[number - 1][0], place)
        )
        if pieces:
            before, keys = pieces[-1]
            pieces[-1] = (_moved(before, before.start, start), keys)
        pieces.append((_moved(sentence, start, sentence.end), frozenset({key})))
    return pieces


def _boundary(marked: str, start: int, place: int) -> int:
    """Where the clause of a name begins: after the last comma, dash or "and" before it."""
    found = list(re.finditer(r"[,;/、]|\band\b|\bthen\b|和|另外|然后|- ", marked[start:place]))
    return start + found[-1].start() if found else place


def _moved(sentence: Sentence, start: int, end: int) -> Sentence:
    return replace(sentence, start=start, end=end)
