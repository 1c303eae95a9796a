"""The scoring matrix: 3-5 criteria from 1 to 10, weighed, ranked, re-weighed (S1-3, S0-2)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from kam_knowledge.methodology.criteria import measures_size

LOWEST, HIGHEST = Decimal(1), Decimal(10)
FEWEST, MOST = 3, 5
"""Criteria of a set (S1-3)."""
TOO_MUCH_SIZE = Decimal("0.5")
"""Above this share of the weight, size decides (S0-2; the threshold is house practice)."""
_HUNDREDTH, _FINE = Decimal("0.01"), Decimal("0.0001")


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
    rounded = value.quantize(_HUNDREDTH, ROUND_HALF_UP)
    parts = " + ".join(f"{one.name} {one.score:f}×{weight:f}" for one, weight in pairs)
    return Weighted(rounded, f"({parts}) / {total:f} = {rounded:f}")


def share_of_size(criteria: Iterable[Criterion]) -> Decimal | None:
    """The share of the weight that spend and revenue hold (0-1); None without weights (S0-2)."""
    known = [one for one in criteria if one.weight is not None]
    total = sum((one.weight or Decimal(0) for one in known), Decimal(0))
    if not total:
        return None
    size = sum((one.weight or Decimal(0) for one in known if measures_size(one.name)), Decimal(0))
    return size / total


Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Place(Generic[Key]):
    """An account's place in a ranking; equal scores share the better one."""

    key: Key
    rank: int
    weighted: Weighted


@dataclass(frozen=True)
class Shift(Generic[Key]):
    """A place before the weights changed, and after."""

    before: Place[Key]
    after: Place[Key]

    @property
    def moved(self) -> int:
        """Places gained (positive) or lost."""
        return self.before.rank - self.after.rank


def on_scale(score: Decimal) -> bool:
    """Whether a score is one from 1 to 10 (S1-3)."""
    return score.is_finite() and LOWEST <= score <= HIGHEST


def even_weights(weights: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """The weights; where any is missing, all count the same (S1-3: the source has none)."""
    if any(weight is None for weight in weights.values()):
        return dict.fromkeys(weights, Decimal(1))
    return {name: weight for name, weight in weights.items() if weight is not None}


def complete_each_other(
    before: Mapping[str, Decimal | None], now: Mapping[str, Decimal | None]
) -> bool:
    """Whether what is scored now is one scoring with what was scored before, by their weights.

    It is where some criteria of a set are scored anew, or where one of the two is no whole set
    yet (fewer than three criteria, or weights that do not add up to one) and both together are at
    most one. Other criteria or other weights begin a new set (S1-3: the same for all accounts).
    """
    if any(before[name] != weight for name, weight in now.items() if name in before):
        return False
    if now.keys() <= before.keys():
        return True
    both = {**before, **now}
    return (
        len(both) <= MOST
        and (None in both.values() or _total(both) <= 1)
        and not (_is_whole(before) and _is_whole(now))
    )


def _is_whole(weights: Mapping[str, Decimal | None]) -> bool:
    return len(weights) >= FEWEST and (None in weights.values() or _total(weights) >= 1)


def _total(weights: Mapping[str, Decimal | None]) -> Decimal:
    return sum((weight or Decimal(0) for weight in weights.values()), Decimal(0))


def ranking(
    scores: Mapping[Key, Mapping[str, Decimal]], weights: Mapping[str, Decimal]
) -> list[Place[Key]]:
    """The accounts by weighed score, highest first; of equals in the order given (S1-3).

    Ranks are told by the exact scores, not by the rounded ones. Raises ValueError for a score
    outside 1 to 10, an account that is not scored on exactly these criteria, or weights that weigh
    nothing: only what is measured alike can be compared.
    """
    exact: dict[Key, Fraction] = {}
    weighed: dict[Key, Weighted] = {}
    for key, held in scores.items():
        if held.keys() != weights.keys():
            raise ValueError(f"scored on {sorted(held)}, not on {sorted(weights)}")
        if off := [name for name, score in held.items() if not on_scale(score)]:
            raise ValueError(f"scores from 1 to 10 only: {off}")
        found = weighted_score(
            Criterion(name, held[name], weight) for name, weight in weights.items()
        )
        assert found is not None, "there are no weights without a criterion"
        weighed[key] = found
        exact[key] = sum(
            (Fraction(held[name]) * Fraction(weight) for name, weight in weights.items()),
            Fraction(0),
        )
    ordered = sorted(exact, key=lambda key: -exact[key])
    ahead = {key: sum(other > exact[key] for other in exact.values()) for key in ordered}
    return [Place(key, 1 + ahead[key], weighed[key]) for key in ordered]


def reweighed(
    weights: Mapping[str, Decimal],
    factors: Mapping[str, Decimal],
    shares: Mapping[str, Decimal] | None = None,
) -> dict[str, Decimal]:
    """Other weights for a what-if (S1-3: sensitivity is ours).

    `factors` multiply a weight (2 counts double, 0 leaves it out); `shares` (0-1) set its part of
    the whole, and what is left goes to the others as they stood to each other, to four decimals.
    Raises ValueError where nothing is left to weigh, or a share is none.
    """
    found = {name: weight * factors.get(name, Decimal(1)) for name, weight in weights.items()}
    if shares:
        fixed = sum(shares.values(), Decimal(0))
        rest = sum((w for name, w in found.items() if name not in shares), Decimal(0))
        if fixed > 1 or min(shares.values()) < 0 or (fixed < 1 and not rest):
            raise ValueError(f"no shares of one whole: {[str(one) for one in shares.values()]}")
        left = 1 - fixed
        found = {
            name: shares[name]
            if name in shares
            else (weight * left / (rest or Decimal(1))).quantize(_FINE)
            for name, weight in found.items()
        }
    if any(weight < 0 for weight in found.values()) or not sum(found.values()):
        raise ValueError(f"weights that weigh nothing: {[str(one) for one in found.values()]}")
    return found


def shifts(
    scores: Mapping[Key, Mapping[str, Decimal]],
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
) -> list[Shift[Key]]:
    """Every account's place under two weightings, in the order of the second (S1-3).

    Raises ValueError as `ranking` does.
    """
    then = {place.key: place for place in ranking(scores, before)}
    return [Shift(then[place.key], place) for place in ranking(scores, after)]


@dataclass(frozen=True)
class SizeAndGrowth(Generic[Key]):
    """An account's place by size and by growth, among how many (S0-1)."""

    key: Key
    by_size: int
    by_growth: int
    of: int

    @property
    def large_without_growth(self) -> bool:
        """Whether it is in the upper half by size and the lower half by growth."""
        return 2 * self.by_size <= self.of < 2 * self.by_growth

    @property
    def growing(self) -> bool:
        """Whether it is in the upper half by growth."""
        return 2 * self.by_growth <= self.of


def size_and_growth(
    size: Mapping[Key, Decimal], growth: Mapping[Key, Decimal]
) -> list[SizeAndGrowth[Key]]:
    """The accounts that have both, side by side, the largest first (S0-1).

    `size` in one unit, `growth` as a share (0.07 is 7 %). Equals share the better place.
    """
    both = [key for key in size if key in growth]
    found = [
        SizeAndGrowth(
            key,
            1 + sum(size[other] > size[key] for other in both),
            1 + sum(growth[other] > growth[key] for other in both),
            len(both),
        )
        for key in both
    ]
    return sorted(found, key=lambda one: one.by_size)
