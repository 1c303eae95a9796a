"""What recognising a cell can come to, beside its plain value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Bad:
    """A cell that does not hold what its column should; `reason` says what is wrong."""

    reason: str


class Clear(Enum):
    """A cell that holds `-`: the value is to be cleared."""

    CLEAR = "-"


CLEAR = Clear.CLEAR


@dataclass(frozen=True)
class Reference:
    """A cell that names another row: by name or alias, by email, or by a CRM's id.

    `or_name` is the name that stands beside an id, for when the id is not on record; `emails`
    are those of people at an account that is meant; what is `optional` may name nobody we know.
    """

    text: str
    by_id: bool = False
    or_name: str = ""
    emails: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Amount:
    """An amount and the currencies that the cell's own sign or code could mean (none: no sign)."""

    number: Any
    currencies: frozenset[str] = frozenset()


@dataclass
class Reading:
    """A column read as a whole.

    `values` has one entry a cell: a value, CLEAR, Bad, or None where the cell is empty. With
    `ambiguous` set the column could be read two ways: the entries are then all None.
    """

    values: list[Any] = field(default_factory=list)
    ambiguous: str | None = None

    @classmethod
    def unreadable(cls, cells: Sequence[Any], reason: str) -> Reading:
        """The reading of a column of which nothing may go in."""
        return cls([None] * len(cells), reason)


def shown(cell: Any) -> str:
    """A cell as a message quotes it: short and on one line."""
    text = " ".join(str(cell).split())
    return repr(text if len(text) <= 60 else text[:57] + "…")
