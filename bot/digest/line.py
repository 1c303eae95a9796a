"""One line of a digest: a change or a deadline, with the one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.assistant.compose import Composer
from kam_knowledge.digests import state_of
from kam_knowledge.queries.sources import Source

Said = tuple[str, list[Source]]
FIRST, SOON, NEXT, LAST = range(4)
"""Tiers: money dates, broken promises and exits; what is due or grave; what moved; the rest."""


@dataclass(frozen=True)
class Line:
    """Something that may stand in a digest. It is put in words only where it does."""

    kind: str
    """Names its texts: `do_KIND`, `step_KIND`, `because_KIND` in prompts/replies/digest.yaml."""
    account_id: int
    row: str
    """What it is about: `table:id`."""
    tier: int
    order: tuple[int, ...]
    """Within the tier, first things first."""
    day: date
    """The day it fell or falls on."""
    say: Callable[[Composer], Said] = field(compare=False)
    values: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """For the texts of its step and its reason."""
    facts: tuple[object, ...] = ()
    """What makes it a new line when it changes."""

    @property
    def key(self) -> str:
        """What it is about, whatever it says of it."""
        return f"{self.kind}:{self.row}"

    @property
    def state(self) -> str:
        """What it says, as a hash."""
        return state_of(self.tier, self.day, *self.facts)

    @property
    def rank(self) -> tuple[int, ...]:
        """For sorting, first things first."""
        return (self.tier, *self.order)
