"""The workspace's time, which people may move on, and what is due at a time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

A_MOMENT = 0.05


@dataclass(order=True)
class Due:
    """Something that happens at an instant unless it is called off."""

    at: float
    number: int
    act: Callable[[], None] = field(compare=False)
    off: bool = field(default=False, compare=False)

    def call_off(self) -> None:
        """It will not happen."""
        self.off = True


class WorkspaceClock:
    """Real time plus what people moved it on; seconds since 1970, UTC."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self._ahead = 0.0
        self._due: list[Due] = []
        self._numbers = itertools.count()
        self._last_micros = 0

    def now(self) -> float:
        """The instant in the workspace."""
        return self._real() + self._ahead

    def message_ts(self) -> str:
        """A ts that is later than every ts before."""
        self._last_micros = max(int(self.now() * 1_000_000), self._last_micros + 1)
        seconds, micros = divmod(self._last_micros, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def later(self, seconds: float, act: Callable[[], None]) -> Due:
        """Has something happen after so many seconds of the workspace's time."""
        due = Due(self.now() + seconds, next(self._numbers), act)
        heapq.heappush(self._due, due)
        return due

    async def move_on(self, seconds: float) -> None:
        """Lets time pass; what falls due on the way happens at its own instant, in order.

        After each, apps get a moment of real time, so that they can ack what reached them.
        """
        goal = self._ahead + seconds
        while self._due and self._due[0].at <= self._real() + goal:
            self._ahead = min(max(self._ahead, self._due[0].at - self._real()), goal)
            due = heapq.heappop(self._due)
            if not due.off:
                due.act()
                await asyncio.sleep(A_MOMENT)
        self._ahead = max(goal, self._ahead)

    def tick(self) -> None:
        """What is due by now happens."""
        while self._due and self._due[0].at <= self.now():
            due = heapq.heappop(self._due)
            if not due.off:
                due.act()
