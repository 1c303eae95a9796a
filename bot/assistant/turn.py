"""What comes in: a message, who sent it, who will read the reply, and the day it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from kam_knowledge.access import Audience, Viewer
from kam_knowledge.clock import Clock


@dataclass(frozen=True)
class Told:
    """Where a message that is to be kept stands, and who said it when."""

    where: str = ""
    """Its place (`slack:…`); empty for a text on its own."""
    on: dt.date | None = None
    """The day it was said in the writer's zone; None for the business day."""
    lines: tuple[tuple[int | None, str], ...] = ()
    """Who of ours said which part of it (None: somebody else); empty where its writer speaks."""
    source: dict[str, Any] = field(default_factory=dict)
    """Its `author` and the instant it was said `at`, as people read them."""

    def as_json(self) -> dict[str, Any]:
        """As a question about it keeps it."""
        return {**vars(self), "on": self.on.isoformat() if self.on else None}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Told:
        """The inverse of `as_json`."""
        day = dt.date.fromisoformat(kept["on"]) if kept["on"] else None
        lines = tuple((who, said) for who, said in kept["lines"])
        return cls(kept["where"], day, lines, kept["source"])


@dataclass(frozen=True)
class Turn:
    """One message addressed to the assistant."""

    text: str
    viewer: Viewer
    audience: Audience
    clock: Clock
    thread: str | None = None
    """The conversation it belongs to; None for a question on its own."""
    default_account_id: int | None = None
    """The account the channel is bound to."""
    told: Told | None = None
    """The source of a note that is to be logged."""
