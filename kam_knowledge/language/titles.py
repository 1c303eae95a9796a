"""Job titles and departments of both languages as codes: CTO, 首席技术官, 技术总监 → cto.

The table is `titles.yaml`. A title gives several codes: the office, its department and its rank.
A person fits a question when its main code is among theirs, and the fewer others they have the
better: "CTO" finds the CTO before the deputy CTO, "legal" finds the general counsel too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

from kam_knowledge import own_data
from kam_knowledge.language.name_units import Unit, units

Kind = Literal["role", "department", "level"]


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A title or department in a text: its main code, its place, all its codes."""

    code: str
    span: tuple[int, int]
    kind: Kind = "role"
    """role: one person's office; department; level: a bare rank (a director, a manager)."""
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Title:
    code: str
    kind: Kind
    codes: frozenset[str]
    heads: bool = False
    upper: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    title: _Title
    first: int
    last: int


def title_key(text: str) -> frozenset[str]:
    """The codes of a job title or department as written in a record; empty if none is known.

    `title_key("Procurement Director")` holds cpo, procurement and director.
    """
    return frozenset(code for match in find_titles(text) for code in match.codes)


def find_titles(text: str) -> list[TitleMatch]:
    """The titles and departments in a text, by place; the longest wording wins.

    A rank beside a department is one title ("head of procurement", 采购部经理).
    """
    found = units(text)
    plain = list(_plain(text, found))
    matches: list[TitleMatch] = []
    at = 0
    while at < len(plain):
        here = plain[at]
        after = plain[at + 1] if at + 1 < len(plain) else None
        title, last = here.title, here.last
        if after is not None and _one_title(text, found, here, after):
            title, last = _together(here.title, after.title), after.last
            at += 1
        span = found[here.first].start, found[last].end
        matches.append(TitleMatch(title.code, span, title.kind, title.codes))
        at += 1
    return matches


def _plain(text: str, found: list[Unit]) -> Iterator[_Found]:
    """The wordings of the table in the text, from left to right."""
    phrases, longest = _table()[:2]
    at = 0
    while at < len(found):
        for length in range(min(longest.get(found[at].text, 0), len(found) - at), 0, -1):
            window = found[at : at + length]
            words = tuple(unit.text for unit in window)
            title = phrases.get(words) or phrases.get((*words[:-1], words[-1].removesuffix("s")))
            if title is None or not _unbroken(text, window):
                continue
            if title.upper and not window[0].upper:
                continue
            yield _Found(title, at, at + length - 1)
            at += length - 1
            break
        at += 1


def _unbroken(text: str, window: list[Unit]) -> bool:
    for one, other in pairwise(window):
        gap = text[one.end : other.start]
        if gap and (one.han and other.han):
            return False
        if gap.strip(" -&.'/") or len(gap) > 3 or "\n" in gap:
            return False
    return True


def _one_title(text: str, found: list[Unit], one: _Found, other: _Found) -> bool:
    """Whether two neighbours are a rank and its department, in either order."""
    kinds = {one.title.kind, other.title.kind}
    deputy = one.title.code == "deputy" and other.title.kind == "role"
    if kinds != {"level", "department"} and not deputy:
        return False
    between = found[one.last + 1 : other.first]
    if len(between) > 3 or not all(unit.text in _table()[2] for unit in between):
        return False
    gap = text[found[one.last].end : found[other.first].start]
    if any(mark in gap for mark in ".;。；\n!?！？、") or len(gap) > 25:
        return False
    if one.title.kind == "department" and "," in gap:
        return False
    # "the director asked finance": a rank before its department needs an "of" or nothing.
    return one.title.kind != "level" or bool(between) or not gap.strip(" ,-/")


def _together(one: _Title, other: _Title) -> _Title:
    codes = one.codes | other.codes
    if "deputy" in (one.code, other.code):
        code = "deputy_" + (other.code if one.code == "deputy" else one.code)
        return _Title(code, "role", codes | {code})
    rank, department = (one, other) if one.kind == "level" else (other, one)
    if rank.heads:
        code = _table()[3].get(department.code, f"head_{department.code}")
    else:
        code = f"{department.code}_{rank.code}"
    return _Title(code, "role", codes | {code})


_Table = tuple[dict[tuple[str, ...], _Title], dict[str, int], frozenset[str], dict[str, str]]


@cache
def _table() -> _Table:
    """Phrases by units, the longest phrase by first unit, words between, heads of departments."""
    text = resources.files("kam_knowledge.language").joinpath("titles.yaml").read_text("utf-8")
    raw: dict[str, Any] = own_data.parse(text)
    upper = {str(word) for word in raw["upper"]}
    phrases: dict[tuple[str, ...], _Title] = {}

    def add(names: list[str], code: str, kind: Kind, codes: set[str], heads: bool = False) -> None:
        for name in names:
            words = tuple(unit.text for unit in units(name))
            title = _Title(code, kind, frozenset(codes), heads, name in upper)
            phrases.setdefault(words, title)

    for code, role in raw["roles"].items():
        codes = {code, role["department"]} if "department" in role else {code}
        add(role["names"], code, "role", codes)
    for code, level in raw["levels"].items():
        add(level["names"], code, "level", {code}, bool(level.get("heads")))
    for code, department in raw["departments"].items():
        add(department["names"], code, "department", {code})
    longest: dict[str, int] = {}
    for words in phrases:
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
        # A plural of a one-word phrase begins with another unit: CTOs.
        if len(words) == 1:
            longest.setdefault(words[0] + "s", 1)
    between = frozenset(unit.text for word in raw["between"] for unit in units(str(word)))
    heads = {code: d["head"] for code, d in raw["departments"].items() if "head" in d}
    return phrases, longest, between, heads
