"""How much hangs on few accounts (S3-1, S1-20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True)
class Loss:
    """What losing the largest accounts would take: amounts in one currency, share 0-1."""

    keys: tuple[object, ...]
    lost: Decimal
    total: Decimal

    @property
    def share(self) -> Decimal:
        """The lost share of the whole; 0 where there is nothing."""
        return self.lost / self.total if self.total else Decimal(0)


def loss_of_largest(revenue: Mapping[Key, Decimal], n: int) -> Loss:
    """The loss of the `n` largest. Raises ValueError for an n below 1."""
    if n < 1:
        raise ValueError(f"how many accounts? {n!r}")
    ranked = sorted(revenue.items(), key=lambda item: -item[1])[:n]
    return Loss(
        tuple(key for key, _ in ranked),
        sum((amount for _, amount in ranked), Decimal(0)),
        sum(revenue.values(), Decimal(0)),
    )


def loss_of(revenue: Mapping[Key, Decimal], keys: Iterable[Key]) -> Loss:
    """The loss of these accounts, the largest first. Raises KeyError for one without revenue."""
    ranked = sorted(set(keys), key=lambda key: -revenue[key])
    return Loss(
        tuple(ranked),
        sum((revenue[key] for key in ranked), Decimal(0)),
        sum(revenue.values(), Decimal(0)),
    )


def smallest_share_with(revenue: Mapping[Key, Decimal], share: Decimal) -> int:
    """How many of the largest accounts it takes to reach that share of the whole (80/20)."""
    total = sum(revenue.values(), Decimal(0))
    reached = Decimal(0)
    for number, amount in enumerate(sorted(revenue.values(), reverse=True), start=1):
        reached += amount
        if reached >= total * share:
            return number
    return len(revenue)
