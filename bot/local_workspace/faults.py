"""Faults on demand: the next calls of a method fail in a chosen way."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal, get_args

from bot.local_workspace.errors import Impossible

FaultKind = Literal["rate_limited", "server_error", "slow", "drop", "drop_after", "error"]


@dataclass
class Fault:
    """What happens to a call.

    rate_limited: 429 with Retry-After of `seconds`. server_error: 500. slow: it works, `seconds`
    late, by the real clock. drop: the connection is cut before anything happens. drop_after: it
    works, and the answer is lost. error: the answer is `code`.
    """

    method: str
    kind: FaultKind
    times: int = 1
    seconds: float = 1.0
    code: str = "internal_error"
    share: float = 1.0
    """Which share of the calls it strikes, the others passing it by; 1 is every one."""


class Faults:
    """The faults that wait for their calls; the method `*` is any."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._chance = random.Random(1)  # the same calls of the same run

    def add(self, fault: Fault) -> None:
        """Raises Impossible for a kind that is none."""
        if fault.kind not in get_args(FaultKind):
            raise Impossible(f"no such fault: {fault.kind!r}")
        self._waiting.append(fault)

    def take(self, method: str) -> Fault | None:
        """The fault of this call, used up by one."""
        for fault in self._waiting:
            if fault.method in ("*", method) and self._chance.random() < fault.share:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """No more faults."""
        self._waiting.clear()
