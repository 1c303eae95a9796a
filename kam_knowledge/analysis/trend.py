"""Series over time: which way they go, and a period against the year before (S1-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Direction(StrEnum):
    """Which way a series goes. Unknown: fewer than two values."""

    RISING = "rising"
    FALLING = "falling"
    LEVEL = "level"
    UNKNOWN = "unknown"


def direction(values: Sequence[Decimal], *, tolerance: Decimal = Decimal(0)) -> Direction:
    """From the first to the last value; a change of at most `tolerance` is level (S1-17)."""
    if len(values) < 2:
        return Direction.UNKNOWN
    change = values[-1] - values[0]
    if abs(change) <= tolerance:
        return Direction.LEVEL
    return Direction.RISING if change > 0 else Direction.FALLING


@dataclass(frozen=True)
class Against:
    """A figure and the same a year before; `change` is a share (0.07 is 7 %)."""

    now: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """None without a figure to compare with."""
        if not self.before:
            return None
        return (self.now - self.before) / self.before
