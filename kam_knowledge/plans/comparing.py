"""What moved between two states of a section: facts by their source, and lines (S1-11, S1-13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kam_knowledge.plans.sections import Fact, Section, bare, by_id

_PASSING = re.compile(r"\d{4}-\d{2}-\d{2} - |-?\b\d+ days?\b|\d+天")
"""What a formula says only because a day has gone by."""
Kind = Literal["changed", "gone", "new"]


@dataclass(frozen=True)
class Moved:
    """A fact that reads otherwise now, is no longer there, or was not there before."""

    section: str
    kind: Kind
    before: Fact | None
    after: Fact | None

    @property
    def where(self) -> str:
        """Its source."""
        one = self.after or self.before
        return one.where if one else ""


@dataclass(frozen=True)
class Difference:
    """What became of one section from one state to another."""

    section: str
    moved: tuple[Moved, ...]
    added: tuple[str, ...]
    """Lines that are new, as they read now."""
    removed: tuple[str, ...]
    written: tuple[str, ...]
    """Of the added lines those that people wrote."""

    @property
    def anything(self) -> bool:
        """Whether anything did."""
        return bool(self.moved or self.added or self.removed)


def stale(kept: Section, now: Section) -> tuple[Moved, ...]:
    """The facts of the kept section that moved since it was drafted, and new ones that a draft of
    today would cite. A computed fact that only a day's passing changed has not moved."""
    return tuple(_moved(kept.id, kept.cited or kept.facts, now.facts))


def difference(before: Section, after: Section) -> Difference:
    """What the second says and the first did not, and the reverse."""
    old, new = list(map(bare, before.lines)), list(map(bare, after.lines))
    added = tuple(line for line in after.lines if bare(line) not in old)
    own = {bare(one.line) for one in after.written}
    return Difference(
        after.id,
        tuple(_moved(after.id, before.facts, after.facts)),
        added,
        tuple(line for line in before.lines if bare(line) not in new),
        tuple(line for line in added if bare(line) in own),
    )


def differences(before: Iterable[Section], after: Iterable[Section]) -> list[Difference]:
    """The sections in which something changed, in the order of the second state."""
    old = by_id(before)
    new = by_id(after)
    empty = [one for key, one in old.items() if key not in new]
    found = [difference(old.get(key, Section(key, "", "")), one) for key, one in new.items()]
    found += [difference(one, Section(one.id, "", "")) for one in empty]
    return [one for one in found if one.anything]


def _moved(section: str, before: Sequence[Fact], after: Sequence[Fact]) -> Iterable[Moved]:
    """By source: a note may be cited for several of its sentences, a record for several fields."""
    old, new = _by_source(before), _by_source(after)
    for key, facts in old.items():
        said = {_lasting(fact) for fact in new.get(key, ())}
        lost = [fact for fact in facts if _lasting(fact) not in said]
        if key not in new:
            yield Moved(section, "gone", facts[0], None)
        elif lost:
            yield Moved(section, "changed", lost[0], _other(new[key], facts))
    for key, facts in new.items():
        if key not in old:
            yield Moved(section, "new", None, facts[0])


def _other(now: Sequence[Fact], before: Sequence[Fact]) -> Fact:
    """What of the source is said now and was not said before; its first where all was."""
    said = {_lasting(fact) for fact in before}
    return next((fact for fact in now if _lasting(fact) not in said), now[0])


def _by_source(facts: Sequence[Fact]) -> dict[tuple[str, str], list[Fact]]:
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        if fact.kind == "methodology":
            continue  # the method is no fact of the account
        key = (fact.where, fact.title if fact.kind == "computed" else "")
        found.setdefault(key, []).append(fact)
    return found


def _lasting(fact: Fact) -> str:
    """What of the fact does not change by a day's passing."""
    return _PASSING.sub("", fact.quote) if fact.kind == "computed" else fact.quote
