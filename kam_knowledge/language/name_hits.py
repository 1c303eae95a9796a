"""Finds every place in a text that may name an entry; `names` chooses among them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kam_knowledge.language.chinese_names import is_chinese_word, is_pinyin, pinyin
from kam_knowledge.language.company_names import is_ordinary, legal_form_ends
from kam_knowledge.language.human_forms import human_forms, is_known_given_name
from kam_knowledge.language.name_address import addresses, agrees
from kam_knowledge.language.name_context import NameContext
from kam_knowledge.language.name_entries import HUMAN, NameEntry
from kam_knowledge.language.name_forms import Form, How, Surname, organisation_forms
from kam_knowledge.language.name_typos import NearSpellings
from kam_knowledge.language.name_units import adjoins, units
from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.language.words import word_list

_LONGEST_LATIN = 7  # units of a Latin name in a text
_LONGEST_SOUND = 12  # and of one recognised by its sound, or written in two scripts
# What a slip costs, by the length of the word: the shorter, the likelier it is another word.
_SLIP = {4: 0.25, 5: 0.2, 6: 0.2, 7: 0.17, 8: 0.15}
_PAIR = 6  # letters of a name of two words that may hold a slip


@dataclass(frozen=True, slots=True)
class Hit:
    """A possible match: the entry's number, the span, the way and the score."""

    entry: int
    start: int
    end: int
    how: How
    score: float


class NameTables:
    """The forms of all entries by key, by surname, by sound and by spelling."""

    def __init__(self, entries: Iterable[NameEntry]) -> None:
        self.entries = tuple(entries)
        self.forms: dict[str, list[tuple[int, Form]]] = {}
        self._surnames: dict[str, list[tuple[int, Surname]]] = {}
        self.human = [entry.kind in HUMAN for entry in self.entries]
        for number, entry in enumerate(self.entries):
            best: dict[str, Form] = {}
            for form in forms_of(entry):
                if isinstance(form, Surname):
                    self._surnames.setdefault(form.key, []).append((number, form))
                elif len(form.key) > 1 and form.score > best.get(form.key, _NONE).score:
                    best[form.key] = form
            for key, form in best.items():
                self.forms.setdefault(key, []).append((number, form))
        self._in_order = sorted(self.forms)
        sounding = [key for key in self.forms if len(key) > 2 and _all_han(key)]
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        for key in sounding:
            self._by_sound.setdefault(pinyin(key), []).append(key)
        self._sound_lengths: dict[str, int] = {}
        for sound in self._by_sound:
            longest = self._sound_lengths.get(sound[0], 0)
            self._sound_lengths[sound[0]] = max(longest, min(len(sound), _LONGEST_SOUND))
        self.companies = frozenset(
            key for key, forms in self.forms.items() if not all(self.human[n] for n, _ in forms)
        )
        self._words = {u.text for e in self.entries for name in names_of(e) for u in units(name)}
        # Slips are looked for in the words of names and in whole names written as one word.
        whole = {key for key, forms in self.forms.items() if any(f.score >= 0.98 for _, f in forms)}
        self._spellings = NearSpellings(
            {word for word in self._words if not is_ordinary(word)}
            | {key for key in whole if len(key) <= 20}
        )

    def hits(self, context: NameContext) -> Iterator[Hit]:
        written = list(self._written(context))
        yield from written
        yield from self._addressed(context)
        covered = {
            place for hit in written if hit.score >= 0.6 for place in range(hit.start, hit.end)
        }
        yield from self._by_ear(context, covered)
        yield from self._misspelt(context, covered)

    def _written(self, context: NameContext) -> Iterator[Hit]:
        found = context.units
        for first, unit in enumerate(found):
            following = found[first + 1].text if first + 1 < len(found) else ""
            longest = len(found)
            if not unit.han:
                longest = _LONGEST_SOUND if has_han(following) else _LONGEST_LATIN
            key = ""
            for last in range(first, min(first + longest, len(found))):
                if last > first and not adjoins(context.text, found[last - 1], found[last]):
                    break
                key += found[last].text
                if not self._begins_one(key):
                    break
                for number, form in self.forms.get(key, ()):
                    yield from self._hit(context, number, form, first, last)
            if len(following) == 1:
                yield from self._without_middle_initial(context, first)

    def _begins_one(self, start: str) -> bool:
        """Whether any form begins like this: of most words none does."""
        at = bisect_left(self._in_order, start)
        return at < len(self._in_order) and self._in_order[at].startswith(start)

    def _without_middle_initial(self, context: NameContext, first: int) -> Iterator[Hit]:
        """Dana M. Wu for Dana Wu."""
        window = context.units[first : first + 3]
        if len(window) < 3 or len(window[1].text) != 1 or not window[1].capitalised:
            return
        if window[1].han or not all(map(adjoins, [context.text] * 2, window, window[1:])):
            return
        for number, form in self.forms.get(window[0].text + window[2].text, ()):
            if form.whole_person:
                yield _hit(number, window[0].start, window[2].end, form.how, form.score - 0.05)

    def _hit(
        self, context: NameContext, number: int, form: Form, first: int, last: int
    ) -> Iterator[Hit]:
        weight = context.weight(first, last, form, human=self.human[number])
        if weight > 0:
            end = context.units[last].end
            if not self.human[number]:
                end = _with_legal_form(context, last)
            yield _hit(number, context.units[first].start, end, form.how, form.score * weight)

    def _addressed(self, context: NameContext) -> Iterator[Hit]:
        found = context.units
        for address in addresses(context.text, found, self._surnames):
            start, end = found[address.first].start, found[address.last].end
            for number, surname in self._surnames[address.surname]:
                if surname.heard and not address.same_script:
                    continue
                titles = tuple(fold(title) for title in self.entries[number].titles)
                score = (0.75 if address.same_script else 0.62) * surname.score
                score += 0.1 if agrees(address.title, titles) else 0.0
                yield _hit(number, start, end, "surname_title", score)

    def _by_ear(self, context: NameContext, covered: set[int]) -> Iterator[Hit]:
        """Chinese characters that sound like a name: another 娜, or 李伟 for Li Wei."""
        found = context.units
        for first, unit in enumerate(found):
            if not unit.han or unit.start in covered:
                continue
            surname = unit.text in word_list("surnames_zh")
            longest = max(self._sound_lengths.get(pinyin(unit.text)[0], 0), 4 * surname)
            characters = ""
            for last in range(first, min(first + longest, len(found))):
                beyond = last > first and found[last - 1].end != found[last].start
                if beyond or not found[last].han:
                    break
                characters += found[last].text
                start, end = unit.start, found[last].end
                sounds = pinyin(characters)
                for key in self._by_sound.get(sounds, ()):
                    if key[0] == characters[0] and 2 * _shared(key, characters) >= len(key):
                        for number, form in self.forms[key]:
                            if form.score >= 0.9:
                                yield _hit(number, start, end, "typo", form.score - 0.2)
                if surname and 2 <= len(characters) <= 4:
                    people = [
                        (number, form)
                        for number, form in self.forms.get("".join(sounds), ())
                        if form.whole_person
                    ]
                    if people and is_chinese_word(characters):
                        continue  # 经理 sounds like Jing Li
                    for number, form in people:
                        yield _hit(number, start, end, "pinyin", form.score - 0.15)

    def _misspelt(self, context: NameContext, covered: set[int]) -> Iterator[Hit]:
        found = context.units
        for at, unit in enumerate(found):
            if unit.han or not self._may_be_slip(unit.text):
                if at and not unit.han:
                    yield from self._slip_in_pair(context, at)
                continue
            if unit.start not in covered:
                furthest = 2 if unit.capitalised else 1
                for meant, slips in self._spellings.near(unit.text, furthest):
                    if _two_pinyin_names(unit.text, meant):
                        continue
                    for first in range(max(0, at - 3), at + 1):
                        for last in range(at, min(at + 4, len(found))):
                            yield from self._slip(context, first, last, at, meant, slips)
            if at:
                yield from self._slip_in_pair(context, at)

    def _slip_in_pair(self, context: NameContext, at: int) -> Iterator[Hit]:
        """A slip in a short word that only its neighbour gives away: Dana Wuu."""
        one, other = context.units[at - 1], context.units[at]
        known = one.text in self._words
        if known == (other.text in self._words) or one.han:
            return
        unknown, together = (other if known else one).text, one.text + other.text
        if len(together) < _PAIR or not adjoins(context.text, one, other):
            return
        if is_known_given_name(unknown) or is_ordinary(unknown):
            return
        for meant, slips in self._spellings.near(together, 1):
            for number, form in self.forms.get(meant, ()):
                if form.whole_person and not _two_pinyin_names(together, meant):
                    score = form.score - 0.1 - 0.1 * slips
                    yield _hit(number, one.start, other.end, "typo", score)

    def _slip(
        self, context: NameContext, first: int, last: int, at: int, meant: str, slips: int
    ) -> Iterator[Hit]:
        window = context.units[first : last + 1]
        if not all(adjoins(context.text, a, b) for a, b in pairwise(window)):
            return
        key = "".join(meant if n == at else u.text for n, u in enumerate(window, first))
        written = context.units[at]
        for number, form in self.forms.get(key, ()):
            alone = len(window) == 1
            if form.initial or form.how == "pinyin" or form.case == "upper":
                continue
            if len(window) > form.length or (len(window) < form.length and slips > 1):
                continue
            # A lower-case word that stands alone is most often just a word we do not know.
            if alone and not written.capitalised and len(written.text) < 6:
                continue
            if alone and form.score < (0.55 if len(meant) >= 8 else 0.65):
                continue
            weight = context.weight(first, last, form, human=self.human[number])
            less = _SLIP.get(len(meant), 0.06 if len(meant) > 9 else 0.12) + 0.1 * (slips - 1)
            score = form.score * weight - less
            if score >= 0.25:
                yield _hit(number, window[0].start, window[-1].end, "typo", score)

    def _may_be_slip(self, word: str) -> bool:
        return (
            len(word) >= 4
            and word not in self._words
            and not is_ordinary(word)
            and not is_known_given_name(word)
        )


_NONE = Form(key="", how="partial", score=0.0)


def _hit(entry: int, start: int, end: int, how: How, score: float) -> Hit:
    return Hit(entry, start, end, how, round(score, 3))


def names_of(entry: NameEntry) -> tuple[str, ...]:
    """All names of an entry, its own first."""
    return (entry.name, *entry.aliases)


def forms_of(entry: NameEntry) -> Iterator[Form | Surname]:
    """Every form under which an entry may be written."""
    for name in names_of(entry):
        alias = name is not entry.name
        if entry.kind in HUMAN:
            yield from human_forms(name, alias=alias)
        else:
            yield from organisation_forms(name, alias=alias, product=entry.kind == "product")


def _two_pinyin_names(written: str, meant: str) -> bool:
    """Xiaoming and Xiaolong, Wang Ming and Wang Ling: two people, no slip of one another."""
    return len(written) == len(meant) and is_pinyin(written) and is_pinyin(meant)


def _shared(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


def _all_han(key: str) -> bool:
    return all(has_han(character) for character in key)


def _with_legal_form(context: NameContext, last: int) -> int:
    """The end of a company's name with the legal form that follows it in the text."""
    following = context.units[last + 1 : last + 5]
    if following and following[0].capitalised and not following[0].han:
        extra = legal_form_ends([unit.text for unit in following])
        window = context.units[last : last + extra + 1]
        together = pairwise(window)
        if extra and all(adjoins(context.text, a, b) for a, b in together):
            return window[-1].end
    return context.units[last].end
