"""The scoring matrix: 3-5 criteria from 1 to 10, weighed (S1-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SIZE = frozenset({"spend", "revenue", "size", "采购额", "收入", "规模"})
"""Criteria that measure how big an account is (S0-2)."""


@dataclass(frozen=True)
class Criterion:
    """One criterion of an account: its score, and its weight where one was given."""

    name: str
    score: Decimal
    weight: Decimal | None = None


@dataclass(frozen=True)
class Weighted:
    """The weighed mean on the scale of the scores, and the formula with its numbers."""

    value: Decimal
    formula: str


def weighted_score(criteria: Iterable[Criterion]) -> Weighted | None:
    """Σ score × weight / Σ weight, with two decimals; None without a criterion (S1-3).

    Weights are ours, not the source's: where any is missing, all count the same. Raises
    ValueError for a negative weight, or when the weights add up to nothing.
    """
    known = list(criteria)
    if not known:
        return None
    even = any(one.weight is None for one in known)
    weights = [Decimal(1) if even else one.weight or Decimal(0) for one in known]
    total = sum(weights, Decimal(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"weights that weigh nothing: {[str(weight) for weight in weights]}")
    pairs = list(zip(known, weights, strict=True))
    value = sum((one.score * weight for one, weight in pairs), Decimal(0)) / total
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    parts = " + ".join(f"{one.name} {one.score:f}×{weight:f}" for one, weight in pairs)
    return Weighted(rounded, f"({parts}) / {total:f} = {rounded:f}")


def share_of_size(criteria: Iterable[Criterion]) -> Decimal | None:
    """The share of the weight that spend and revenue hold (0-1); None without weights (S0-2)."""
    known = [one for one in criteria if one.weight is not None]
    total = sum((one.weight or Decimal(0) for one in known), Decimal(0))
    if not total:
        return None
    size = sum((one.weight or Decimal(0) for one in known if one.name in SIZE), Decimal(0))
    return size / total
