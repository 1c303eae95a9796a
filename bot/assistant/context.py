"""What a skill works with during one turn: nothing it could widen its rights with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from kam_knowledge.access import Rights
from kam_knowledge.clock import Clock
from kam_knowledge.queries.records import Records

if TYPE_CHECKING:
    from kam_knowledge.search.service import Search


@dataclass(frozen=True)
class Company:
    """What the company itself is: settings that answers depend on."""

    currency: str | None = None
    """Totals are given in it where a dated rate is on record."""
    fiscal_year_start: int = 1
    """The month, 1 to 12, in which the fiscal year begins."""
    language: str = "en"
    """Of answers to people who have chosen none, where their words do not tell."""


@dataclass(frozen=True)
class SkillContext:
    """One turn's reading room."""

    session: Session
    rights: Rights
    records: Records
    clock: Clock
    language: str
    open_search: Callable[[], Search]
    """Search is opened by the first skill that needs it: most questions read records alone."""
    company: Company = Company()
    previous: Mapping[str, Any] | None = None
    """The reply before this turn in the same thread, as the contract's JSON."""

    @property
    def search(self) -> Search:
        """Search over passages."""
        return self.open_search()
