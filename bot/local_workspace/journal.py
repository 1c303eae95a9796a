"""The journal: every call of the Web API and every delivery, in order."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from typing import Any

from bot.local_workspace.errors import Json

KEPT = 20_000


class WorkspaceJournal:
    """Entries are plain JSON: `n`, `at`, `kind` (call, delivery, socket) and what belongs to it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._numbers = itertools.count(1)
        self.entries: deque[Json] = deque(maxlen=KEPT)

    def write(self, kind: str, **what: Any) -> Json:
        """Adds an entry and gives it back; a delivery's entry is completed when it is acked."""
        entry = {"n": next(self._numbers), "at": self._now(), "kind": kind, **what}
        self.entries.append(entry)
        return entry

    def find(self, kind: str | None = None, after: int = 0, like: Json | None = None) -> list[Json]:
        """The entries of a kind, later than number `after`, whose parts have these values."""
        return [
            entry
            for entry in self.entries
            if entry["n"] > after
            and kind in (None, entry["kind"])
            and all(entry.get(name) == value for name, value in (like or {}).items())
        ]
