"""What stands around a possible name: whether the words there mean it at all."""

from __future__ import annotations

from collections.abc import Container
from functools import cached_property
from itertools import pairwise

from kam_knowledge.language.chinese_names import is_chinese_word
from kam_knowledge.language.company_names import is_ordinary
from kam_knowledge.language.human_forms import is_known_given_name
from kam_knowledge.language.name_forms import Form, name_parts
from kam_knowledge.language.name_units import Unit, at_sentence_start, units
from kam_knowledge.language.words import word_list

_MONTHS = frozenset(["january", "february", "march", "april", "may", "june", "july", "august"])
# At the beginning of a sentence these are no He Jing and no You Lan.
_PRONOUNS = frozenset(["he", "she", "you", "we", "they", "it", "me", "us"])
# Characters that are surnames too, but before a name are far more often grammar.
_GRAMMAR = frozenset("和于向都从由对同与跟让时经相那能全来常给被把为是有没找问请叫见")


class NameContext:
    """A text's units, and the judgement of any window of them as a name."""

    def __init__(self, text: str, companies: Container[str]) -> None:
        self.text = text
        self.units = units(text)
        self._companies = companies

    def weight(self, first: int, last: int, form: Form, *, human: bool) -> float:
        """By how much to multiply the form's score for the units first … last; 0 is no match."""
        window = self.units[first : last + 1]
        if form.initial and len(window) != form.length and not _run_together(window, form):
            return 0.0
        if window[0].han and window[-1].han:
            return self._in_chinese(first, last, form, human=human)
        if not self._well_joined(window, form, human=human):
            return 0.0
        if form.case == "upper" and not all(u.upper or u.text.isdecimal() for u in window):
            return 0.0
        # A name that is only figures (360) is an amount more often.
        weight = 0.6 if form.key.isdecimal() and len(self.units) > 1 else 1.0
        if form.case == "capital":
            weight *= self._capitalised(first, last)
        if human and form.how in ("given_name", "partial", "pinyin") and len(window) == 1:
            if len(form.key) <= 2 and window[0].upper and not self.text.isupper():
                return 0.0
            weight *= self._not_somebody_else(first, form)
        return weight

    def _well_joined(self, window: list[Unit], form: Form, *, human: bool) -> bool:
        gaps = [self.text[a.end : b.start] for a, b in pairwise(window)]
        if any("," in gap for gap in gaps) and not form.comma:
            return False
        if human and any("&" in gap or "＆" in gap for gap in gaps):
            return False
        if len(window) > form.length and not any(u.han for u in window):
            # "in tech" is no InTech, "Da Na" no Dana; A.B.C. is ABC, GTX Pro is GTXPro.
            letters = all(len(u.text) == 1 for u in window) and "." in "".join(gaps)
            words = all(len(u.text) >= (2 if human else 3) for u in window)
            plain = all(is_ordinary(u.text) and not u.capitalised for u in window)
            return letters or (words and not plain) or all(g in ("", "-") for g in gaps)
        if len(window) < form.length and len(window) == 1 and is_ordinary(window[0].text):
            return window[0].capitalised
        return True

    def _capitalised(self, first: int, last: int) -> float:
        window = self.units[first : last + 1]
        small = name_parts(2) if len(window) > 1 else frozenset()
        if not all(u.capitalised or u.text in small or u.text == "and" for u in window):
            return 0.0
        if len(window) > 1 or not window[0].text.isalpha():
            return 1.0
        word = window[0]
        if word.text in _MONTHS and self._is_month(first):
            return 0.0
        if len(self.units) == 1 or (word.upper and not self.text.isupper() and len(word.text) > 1):
            return 1.0
        if word.text in _PRONOUNS and at_sentence_start(self.text, word.start):
            return 0.0
        if not is_ordinary(word.text) or not at_sentence_start(self.text, word.start):
            return 1.0
        possessive = self.text[word.end : word.end + 2] in ("'s", "’s")
        if possessive:
            return 1.0
        if word.text in word_list("frame_en") or word.text in word_list("stop_en"):
            after = self.units[first + 1] if first + 1 < len(self.units) else None
            verb = after is not None and (
                after.capitalised or after.text in word_list("after_auxiliary")
            )
            return 0.0 if verb else 0.75
        return 0.75

    def _is_month(self, at: int) -> bool:
        before = self.units[at - 1].text if at else ""
        after = self.units[at + 1].text if at + 1 < len(self.units) else ""
        return before in word_list("before_month") or before[:1].isdigit() or after[:1].isdigit()

    def _not_somebody_else(self, at: int, form: Form) -> float:
        """Dana of "Dana Smith" is not Dana Wu; Wu of "John Wu" is not either."""
        if form.how == "partial":
            if at and self._adjacent(at - 1, at):
                before = self.units[at - 1]
                if before.text in name_parts(0) or before.text in name_parts(3):
                    return 1.0
                if len(before.text) == 1 and before.text.isalpha() and before.upper:
                    return 0.4
                if self._is_name_word(before) or is_known_given_name(before.text):
                    return 0.4
            return 1.0
        if at + 1 < len(self.units) and self._adjacent(at, at + 1):
            return 0.5 if self._is_name_word(self.units[at + 1]) else 1.0
        return 1.0

    def _adjacent(self, one: int, other: int) -> bool:
        return self.text[self.units[one].end : self.units[other].start] in (" ", "-", ". ", "·")

    def _is_name_word(self, unit: Unit) -> bool:
        return (
            unit.written.istitle()
            and unit.text.isalpha()
            and len(unit.text) > 1
            and not is_ordinary(unit.text)
            and unit.text not in self._companies
            and unit.text not in name_parts(4)
        )

    def _in_chinese(self, first: int, last: int, form: Form, *, human: bool) -> float:
        start, end = self.units[first].start, self.units[last].end
        word = "".join(unit.text for unit in self.units[first : last + 1])
        short_form = form.how in ("given_name", "abbreviation", "partial")
        weight = 1.0
        if short_form and len(word) == 2 and is_chinese_word(word):
            weight = 0.65
        if human and form.how == "given_name" and first:
            before = self.units[first - 1]
            surname = before.text in word_list("surnames_zh") and before.end == start
            if surname and before.text not in _GRAMMAR:
                weight *= 0.5
        if len(word) == 2 and self._torn(start, end):
            return weight * 0.45 if human else 0.0
        if human and len(word) == 2 and not short_form and self._inside_longer_name(start, end):
            weight *= 0.6
        return weight

    def _torn(self, start: int, end: int) -> bool:
        """Whether both characters belong to words beyond the name: 国美 in 中国美术."""
        left = right = False
        particle = [False, False]
        for word, begins, ends in self._segments:
            if begins < start < ends:
                left = True
            if begins < end < ends:
                right = True
            if begins == start and ends == start + 1:
                particle[0] = word in word_list("stop_zh")
            if begins == end - 1 and ends == end:
                particle[1] = word in word_list("stop_zh")
        return (left and right) or (left and particle[1]) or (right and particle[0])

    def _inside_longer_name(self, start: int, end: int) -> bool:
        """Whether the segmenter sees a longer name here: 李伟明 for 李伟."""
        return any(
            begins <= start and end <= ends and 2 < ends - begins <= 4 and begins == start
            for _, begins, ends in self._segments
        )

    @cached_property
    def _segments(self) -> list[tuple[str, int, int]]:
        import rjieba

        segments: list[tuple[str, int, int]] = rjieba.tokenize(self.text, "default", True)
        return segments


def _run_together(window: list[Unit], form: Form) -> bool:
    """Whether initials are written as one: JC van der Berg."""
    first = window[0]
    together = first.upper and 2 <= len(first.text) <= 3
    return together and len(window) + len(first.text) - 1 == form.length
