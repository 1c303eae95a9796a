"""Whom the names of a note mean at its account, and names that nobody on record has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.notes.cues import cue, pattern
from ingest.notes.mentions import ACCOUNT, HUMAN, Mention, Named, sign
from ingest.notes.note import Choice, Question
from ingest.notes.reading import Reading
from ingest.notes.writer import Writer
from kam_knowledge.language.company_names import is_generic, is_ordinary
from kam_knowledge.language.human_forms import is_known_given_name
from kam_knowledge.language.name_address import addresses
from kam_knowledge.language.name_units import at_sentence_start, units
from kam_knowledge.language.normalise import HAN, fold
from kam_knowledge.language.titles import title_key
from kam_knowledge.language.tokens import is_common
from kam_knowledge.language.words import word_list
from kam_knowledge.queries.offices import codes_of, holders, one_a_person
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact

_NAME = re.compile(
    rf"[A-ZÀ-Þ][^\W\d_{HAN}]*(?:['’-][A-ZÀ-Þ]?[^\W\d_{HAN}]+)*"
    rf"(?:\s(?:van|von|de|der|den|di|da|bin|al)(?=\s[A-ZÀ-Þ]))*"
    rf"(?:\s[A-ZÀ-Þ][^\W\d_{HAN}]*(?:['’-][A-ZÀ-Þ]?[^\W\d_{HAN}]+)*){{0,2}}"
)
_HONORIFIC = re.compile(r"(?:Mr|Mrs|Ms|Dr|Herr|Frau|Prof)\.?\s+(?=[A-ZÀ-Þ])")
_BESIDE = re.compile(r"[\s,(（'’s的]*(?:(?:the|their|its|our|new|at)\s+)*")
_TITLE = sign("title")


@dataclass(frozen=True)
class Somebody:
    """Whom a mention means."""

    kind: str
    """contact, person or unknown."""
    name: str
    key: int | None = None
    email: str | None = None


class People:
    """Resolves mentions at one account; collects what must be asked."""

    def __init__(self, named: Named, writer: Writer, account_id: int | None) -> None:
        self._named = named
        self._writer = writer
        self._account_id = account_id
        self._known: dict[Mention, Somebody | None] = {}
        self._called: dict[str, int] = {}
        """Whom names that no record has turned out to mean, once that was asked."""
        self.questions: dict[str, Question] = {}

    def who(self, mention: Mention) -> Somebody | None:
        """Whom it means; None for nobody in particular, or while that must be asked."""
        if mention not in self._known:
            self._known[mention] = self._resolved(mention)
        return self._known[mention]

    def at(self, start: int, end: int, *kinds: str) -> list[Mention]:
        """The people named in a stretch of the text."""
        return self._named.within(
            start, end, *(kinds or ("contact", "person", "title", "stranger"))
        )

    def _resolved(self, mention: Mention) -> Somebody | None:
        if mention.kind == "person":
            return self._of_ours(mention)
        if mention.kind == "stranger":
            return self._stranger(mention)
        if self._account_id is None:
            return None
        if mention.kind == "title":
            return self._by_title(mention)
        return self._of_theirs(mention)

    def _of_ours(self, mention: Mention) -> Somebody | None:
        people = self._writer.records.people
        keys = [key for key in mention.keys("person") if key in people]
        here = [key for key in keys if not _gone(people[key].left_on, self._writer.today)] or keys
        if not here:
            return None
        row = people[here[0]]
        return Somebody("person", row.name, row.id, row.email)

    def _of_theirs(self, mention: Mention) -> Somebody | None:
        assert self._account_id is not None
        rows = [
            row
            for key in mention.keys("contact")
            if (row := self._writer.contact(key, self._account_id)) is not None
        ]
        if not rows:
            return None
        rows = self._fewer(mention, rows)
        if len(rows) == 1:
            return _contact(rows[0])
        choices = tuple(Choice("contact", row.id, _label(row)) for row in rows)
        self.questions.setdefault(
            f"which_person {mention.words}", Question("which_person", mention.words, choices)
        )
        return None

    def _fewer(self, mention: Mention, rows: list[Contact]) -> list[Contact]:
        """The rows that stay possible: no doubles; chosen, of the title beside, still there."""
        rows = one_a_person(rows)
        chosen = {key for kind, key in self._writer.chosen if kind == "contact"}
        if picked := [row for row in rows if row.id in chosen]:
            return picked
        if len(rows) > 1 and (codes := self._codes_beside(mention)):
            rows = [row for row in rows if codes & codes_of(row)] or rows
        if len(rows) > 1:
            rows = [row for row in rows if not has_left(row, self._writer.today)] or rows
        return rows

    def _codes_beside(self, mention: Mention) -> frozenset[str]:
        """The offices that stand right beside a name: "Dana (CTO)", CTO 吴总."""
        found: set[str] = set()
        for one in self._named.within(mention.start - 80, mention.end + 80, "title"):
            if one.title is not None and self.belong(mention, one):
                found |= one.title.codes | {one.title.code}
        return frozenset(found)

    def belong(self, human: Mention, title: Mention) -> bool:
        """Whether the title is the human's: nothing but a bracket, a comma, an account between."""
        first, second = sorted((human, title), key=lambda one: one.start)
        between = self._named.marked[first.end : second.start]
        if len(between) > 40 or "\n" in between:
            return False
        between = re.sub(ACCOUNT, " ", between)
        if first is human:
            return (
                re.fullmatch(r"\s*[(,]\s*(?:(?:the|their|its|new|at|from|of)\s*|'s\s*)*", between)
                is not None
            )
        return re.fullmatch(r"(?:\s*(?:of|at|'s|的)\s*)*\s*[,:]?\s*", between) is not None

    def _by_title(self, mention: Mention) -> Somebody | None:
        assert self._account_id is not None
        assert mention.title is not None
        if any(
            one.kind != "title" and self.belong(one, mention)
            for one in self._named.within(
                mention.start - 60, mention.end + 60, "contact", "stranger", "person"
            )
        ):
            return None  # the one who is named beside it
        before = self._named.marked[max(0, mention.start - 14) : mention.start]
        if re.search(
            r"(?:\bour|我们|我司|我方|former|ex-?|前|next|下一任|a|an)\s*(?:的|任)?\s*$",
            before,
        ):
            return None
        rows = list(self._writer.contacts(self._account_id))
        found = holders(rows, mention.title, self._writer.today)
        found = [row for row in found if not has_left(row, self._writer.today)]
        return _contact(found[0]) if len(found) == 1 else None

    def _stranger(self, mention: Mention) -> Somebody:
        row = self._answered(mention.words)
        return _contact(row) if row is not None else Somebody("unknown", mention.words)

    def _answered(self, words: str) -> Contact | None:
        """The contact that was answered when it was asked who that is: in the order asked, of
        those that the text does not name itself."""
        if self._account_id is None:
            return None
        if words not in self._called:
            named = {key for one in self._named.mentions for key in one.keys("contact")}
            left = [
                key
                for kind, key in self._writer.chosen
                if kind == "contact" and key not in named and key not in self._called.values()
            ]
            rows = [self._writer.contact(key, self._account_id) for key in left]
            here = next((row for row in rows if row is not None), None)
            if here is None:
                return None
            self._called[words] = here.id
        return self._writer.contact(self._called[words], self._account_id)

    @property
    def called(self) -> tuple[tuple[str, str], ...]:
        """New names and the contacts that they turned out to mean."""
        found = []
        for words, key in self._called.items():
            row = self._writer.contact(key, self._account_id or 0)
            if row is not None:
                found.append((words, row.name))
        return tuple(found)

    def ask_about(self, somebody: Somebody) -> None:
        """Notes that somebody unknown took part, promised or moved."""
        if somebody.kind == "unknown" and not self._writer.takes_unknown:
            self.questions.setdefault(
                f"unknown_person {somebody.name}", Question("unknown_person", somebody.name)
            )


def strangers(reading: Reading, named: Named) -> list[Mention]:
    """Names of people whom no record has, where the text speaks of them as of people."""
    marked, found = named.marked, dict[int, Mention]()

    def add(start: int, words: str) -> None:
        end = start + len(words)
        if words and start not in found and not re.search("[\ue000-\ue00a]", marked[start:end]):
            found[start] = Mention(start, end, "stranger", words)

    for match in _HONORIFIC.finditer(reading.text):
        if name := _NAME.match(reading.text, match.end()):
            add(name.start(), name.group())
    for start, words in _capitalised(reading):
        if start in found or not reading.plain[start : start + len(words)].strip():
            continue
        given = is_known_given_name(fold(words.split()[0]))
        several = " " in words
        before, after = marked[max(0, start - 40) : start], marked[start + len(words) :][:30]
        titled = re.match(rf"\s*[(,]\s*(?:(?:their|the|its|new|a|{ACCOUNT}|'s)\s*)*{_TITLE}", after)
        led = re.search(rf"{_TITLE}\s*,?\s*$", before)
        met = re.search(
            rf"(?:{cue('meets')}\s*|{HUMAN}(?:\s*\([^)]*\))?\s*(?:,|and|&|\+|,\s*and)\s*)$", before
        )
        speaks = re.match(
            rf"\s*(?:will\b|'ll\b|{cue('met_before')}|said|asked|wants|told|promised)", after
        )
        if (given and (several or met or speaks)) or titled or led or (met and several):
            add(start, words)
    for start, words in _addressed(reading):
        add(start, words)
    return sorted(found.values(), key=lambda one: one.start)


def _capitalised(reading: Reading) -> Iterator[tuple[int, str]]:
    for match in _NAME.finditer(reading.text):
        words, start = match.group(), match.start()
        first = at_sentence_start(reading.text, start)
        while words and _is_word(words.split()[0], first=first):
            cut = re.match(r"\S+\s*", words)
            assert cut is not None
            words, start, first = words[cut.end() :], start + cut.end(), False
        while words and _is_word(words.split()[-1], first=False) and " " in words:
            words = words.rsplit(None, 1)[0]
        if len(words) > 1 and not words.isupper():
            yield start, words


def _is_word(word: str, *, first: bool) -> bool:
    folded = fold(word)
    if is_known_given_name(folded) and not (first and is_common(folded)):
        return False
    return (
        len(folded) < 2
        or word.isupper()
        or is_ordinary(folded)
        or is_common(folded)
        or is_generic(folded)
    )


def _addressed(reading: Reading) -> Iterator[tuple[int, str]]:
    """王总, 李经理 whom no record has."""
    found = units(reading.text)
    surnames = dict.fromkeys(word_list("surnames_zh"), ())
    for one in addresses(reading.text, found, surnames):
        start, end = found[one.first].start, found[one.last].end
        yield start, reading.text[start:end]


def _contact(row: Contact) -> Somebody:
    return Somebody("contact", row.name, row.id)


def _label(row: Contact) -> str:
    return f"{row.name} ({row.title})" if row.title else row.name


def _gone(left_on: object, today: object) -> bool:
    return left_on is not None and left_on <= today  # type: ignore[operator]


def titled(text: str) -> frozenset[str]:
    """The codes of the offices that the words name."""
    return title_key(text)


def is_absent(marked: str, start: int, end: int) -> bool:
    """Whether the text says of the name at that place that they were not there."""
    after = marked[end : end + 40]
    found = pattern("absent").search(re.split(r"[,.;\n。]", after)[0])
    if found and not re.search(HUMAN, after[: found.start()]):
        return True
    return (
        re.search(r"(?:without|除了?|没见到)\s*$", marked[max(0, start - 12) : start]) is not None
    )
