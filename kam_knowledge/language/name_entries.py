"""What names belong to, and where a text names it."""

from __future__ import annotations

from dataclasses import dataclass

from kam_knowledge.language.name_forms import How

HUMAN = frozenset({"contact", "person"})


@dataclass(frozen=True, slots=True)
class NameEntry:
    """Something that has a name: what it is, its key, all its names."""

    kind: str
    """account, contact, person, product or competitor."""
    key: int
    name: str
    aliases: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """A person's job title and department: they tell two of one surname apart."""
    scope: int | None = None
    """The key of a contact's account."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """An entry that a part of the text names: where, as written, in which way, how surely."""

    entry: NameEntry
    span: tuple[int, int]
    matched: str
    how: How
    score: float
