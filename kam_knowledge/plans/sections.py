"""A section of a plan: the text, the facts behind it as they read then, what is missing (S1-10).

In a text `[n]` refers to the fact of that number in the same section. Lines that people wrote
carry no marker: they are their own source.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MARK = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Fact:
    """What statements of a section rest on, as it read when it was cited."""

    n: int
    kind: str
    """note, document, record, computed or methodology (contract.md, "Asking")."""
    where: str
    title: str
    date: str | None
    """ISO day."""
    quote: str
    inputs: tuple[str, ...] = ()
    inner: bool = False

    @property
    def day(self) -> dt.date | None:
        """The day it is of."""
        return dt.date.fromisoformat(self.date) if self.date else None


@dataclass(frozen=True)
class Gap:
    """Something that the section should say and no record does."""

    code: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Written:
    """A line that a person wrote: who, and on which ISO day."""

    line: str
    person_id: int
    name: str
    date: str


@dataclass(frozen=True)
class Section:
    """A section as drafted from facts, and as it stands with people's words."""

    id: str
    draft: str
    text: str
    facts: tuple[Fact, ...] = ()
    met: tuple[str, ...] = ()
    """Codes of what it should say and does."""
    gaps: tuple[Gap, ...] = ()
    written: tuple[Written, ...] = ()
    plain: tuple[str, ...] = ()
    """Its lines that claim nothing: headings, the heads of tables."""
    clashes: tuple[str, ...] = ()
    """Lines of the last draft that did not go in, because a person had changed them."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its text that say something."""
        return tuple(line for line in self.text.split("\n") if line.strip())

    @property
    def cited(self) -> tuple[Fact, ...]:
        """The facts that its text refers to."""
        used = {int(number) for number in MARK.findall(self.text)}
        return tuple(fact for fact in self.facts if fact.n in used)

    def as_json(self) -> dict[str, Any]:
        """As a version keeps it."""
        return asdict(self)

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Section:
        """The inverse of `as_json`."""
        return cls(
            kept["id"],
            kept["draft"],
            kept["text"],
            tuple(Fact(**{**one, "inputs": tuple(one["inputs"])}) for one in kept["facts"]),
            tuple(kept["met"]),
            tuple(Gap(one["code"], dict(one["values"])) for one in kept["gaps"]),
            tuple(Written(**one) for one in kept["written"]),
            tuple(kept["plain"]),
            tuple(kept["clashes"]),
        )


def bare(line: str) -> str:
    """The line without its markers and the white space around it."""
    return re.sub(r"\s*\[\d+\]", "", line).strip()


def by_id(sections: Iterable[Section]) -> dict[str, Section]:
    """The sections by their ids, in order."""
    return {one.id: one for one in sections}
