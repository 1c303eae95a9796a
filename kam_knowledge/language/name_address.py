"""People addressed by surname and title: 吴总, 老王, Ms Wu, Director Li, Wang laoshi."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from kam_knowledge.language.chinese_names import (
    is_chinese_word,
    surname_pinyin,
    titles_after_surname,
)
from kam_knowledge.language.name_forms import name_parts
from kam_knowledge.language.name_units import Unit, adjoins
from kam_knowledge.language.normalise import has_han
from kam_knowledge.language.words import word_list

# 总结, 总部, 总共 are words of their own; 总是, 总会, 总和 more often begin anew (王总是谁).
_NOT_A_TITLE = re.compile(
    "总[结共体部价额数之算量包计]|工[作业程厂资商会序期艺种]|董事会|代表[团处队]"
)
# 本周总, 下周经理会: a week and no Mr Zhou.
_BEFORE_WEEK = frozenset("本上下这那每一两三四几半隔双单当首末")


@dataclass(frozen=True, slots=True)
class Address:
    """A surname with a form of address: the units it spans, and what it says."""

    first: int
    last: int
    surname: str
    title: str
    same_script: bool


def addresses(text: str, found: list[Unit], surnames: Mapping[str, object]) -> Iterator[Address]:
    """Every place where one of the surnames (Han or pinyin keys) is used with a title."""
    for at, unit in enumerate(found):
        if unit.han:
            yield from _chinese(found, at, surnames)
        else:
            yield from _latin(text, found, at, surnames)


def _chinese(found: list[Unit], at: int, surnames: Mapping[str, object]) -> Iterator[Address]:
    known = word_list("surnames_zh")
    for length in (2, 1):
        window = found[at : at + length]
        surname = "".join(unit.text for unit in window)
        if len(window) < length or surname not in known or not _touching(window):
            continue
        keys = [(surname, True)] if surname in surnames else []
        keys += [(sound, False) for sound in surname_pinyin(surname) if sound in surnames]
        if not keys:
            continue
        before = found[at - 1] if at and found[at - 1].end == found[at].start else None
        if surname == "周" and before is not None and before.text in _BEFORE_WEEK:
            continue
        if before is not None and before.han and is_chinese_word(before.text + surname):
            # 由于总是, 对方总是: the surname is the end of a word.
            continue
        last = at + length - 1
        title = _title_after(found, last + 1)
        if title:
            for key, same in keys:
                yield Address(at, last + title[0], key, title[1], same)
        elif before is not None and _familiar(before.text, surname):
            for key, same in keys:
                yield Address(at - 1, last, key, "", same)
        if title:
            return


def _familiar(before: str, surname: str) -> bool:
    """老王, 小李; but 小时 is an hour and 老师 a teacher."""
    return before in "老小阿" and not is_chinese_word(before + surname)


def _title_after(found: list[Unit], at: int) -> tuple[int, str] | None:
    """The longest title that begins at this unit: how many units, and the title."""
    ahead: list[Unit] = []
    for unit in found[at : at + 5]:
        if ahead and ahead[-1].end != unit.start:
            break
        if not ahead and at and found[at - 1].end != unit.start:
            break
        ahead.append(unit)
    if not ahead:
        return None
    text = "".join(unit.text for unit in ahead)
    for title in titles_after_surname():
        if text.startswith(title):
            count = 1 if not has_han(title) else len(title)
            ends_word = has_han(title) or ahead[0].text == title
            if ends_word and not (len(title) <= 2 and _NOT_A_TITLE.match(text)):
                return count, title
    return None


def _touching(window: list[Unit]) -> bool:
    return all(a.end == b.start for a, b in pairwise(window))


def _latin(
    text: str, found: list[Unit], at: int, surnames: Mapping[str, object]
) -> Iterator[Address]:
    unit = found[at]
    title = unit.text in name_parts(0) or (unit.text in name_parts(3) and unit.capitalised)
    titled = title or unit.text in name_parts(5)
    if not titled and unit.text not in surnames:
        return  # most words of a text
    after = found[at + 1] if at + 1 < len(found) else None
    if after is None or after.han or not adjoins(text, unit, after):
        return
    if unit.text in surnames and after.text in name_parts(4):
        yield Address(at, at + 1, unit.text, after.text, True)
        return
    if not titled:
        return
    for length in (3, 2, 1):
        window = found[at + 1 : at + 1 + length]
        surname = "".join(u.text for u in window)
        if len(window) < length or surname not in surnames or not window[0].capitalised:
            continue
        if all(adjoins(text, a, b) for a, b in pairwise(window)):
            yield Address(at, at + length, surname, unit.text, True)
            return


# What a spoken title may stand for in a person's job title, folded.
_STANDS_FOR = {
    "总": ("总", "chief", "ceo", "cfo", "cto", "cio", "coo", "president", "vp", "director", "head"),
    "董": ("董", "chair", "board"),
    "工": ("工", "engineer", "技术", "technical"),
    "主任": ("主任", "director", "head"),
    "经理": ("经理", "manager"),
    "老师": ("老师", "teacher", "教授", "professor", "lecturer"),
    "教授": ("教授", "professor"),
    "律师": ("律师", "法务", "legal", "counsel", "lawyer"),
    "法务": ("法务", "legal", "counsel"),
    "采购": ("采购", "procurement", "purchas", "buyer"),
    "会计": ("会计", "财务", "account", "finance"),
    "director": ("director", "总监", "主任"),
    "manager": ("manager", "经理"),
    "president": ("president", "总裁", "总经理"),
    "zong": ("总", "chief", "ceo", "cto", "cfo", "cio", "president", "director", "head", "vp"),
    "gong": ("工", "engineer", "技术"),
    "jingli": ("经理", "manager"),
}


def agrees(title: str, job_titles: tuple[str, ...]) -> bool:
    """Whether a spoken title fits one of a person's job titles or departments (folded)."""
    meanings = _STANDS_FOR.get(title, (title,))
    return bool(title) and any(m in job for job in job_titles for m in meanings if m)
