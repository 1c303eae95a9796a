"""Account health: parts, gates, grey (P-1). The weights are house practice's defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

WEIGHTS: Mapping[str, int] = {
    "cadence": 15,
    "commitments": 15,
    "revenue": 15,
    "coverage": 15,
    "complaints": 10,
    "satisfaction": 10,
    "renewal": 10,
    "payment": 5,
    "sentiment": 5,
}
GREEN_FROM = 70
AMBER_FROM = 40


class Colour(StrEnum):
    """What an account is shown as. Grey: not enough on record to say."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True)
class Part:
    """One part of health. `score` is 0-100, None where there is no data (grey, never bad)."""

    name: str
    score: int | None


@dataclass(frozen=True)
class Gate:
    """A fact that holds the colour down whatever the score."""

    name: str
    holds_at: Colour


@dataclass(frozen=True)
class Health:
    """The colour, the score behind it (None when too little is known), and the formula."""

    colour: Colour
    score: int | None
    known_weight: int
    parts: tuple[Part, ...]
    gates: tuple[Gate, ...]
    deciding: tuple[str, ...]
    """For grey: the two unknown parts of most weight, which would decide it."""
    formula: str


def health(
    parts: Iterable[Part], gates: Iterable[Gate] = (), weights: Mapping[str, int] = WEIGHTS
) -> Health:
    """The weighed mean of the known parts, held down by gates (P-1).

    Under half of the weight known gives no colour; a red gate is red all the same.
    """
    given = {part.name: part for part in parts}
    everything = tuple(given.get(name, Part(name, None)) for name in weights)
    known = [part for part in everything if part.score is not None]
    weight = sum(weights[part.name] for part in known)
    total = sum(weights.values())
    held = tuple(gates)
    formula = " + ".join(f"{part.name} {part.score}×{weights[part.name]}" for part in known)
    if weight * 2 < total:
        missing = sorted(
            (part.name for part in everything if part.score is None),
            key=lambda name: -weights[name],
        )
        red = any(gate.holds_at is Colour.RED for gate in held)
        return Health(
            Colour.RED if red else Colour.GREY,
            None,
            weight,
            everything,
            held,
            tuple(missing[:2]),
            f"known weight {weight} of {total}",
        )
    mean = Decimal(sum(weights[part.name] * (part.score or 0) for part in known)) / weight
    score = int(mean.to_integral_value(rounding="ROUND_HALF_UP"))
    colour = (
        Colour.GREEN if score >= GREEN_FROM else Colour.AMBER if score >= AMBER_FROM else Colour.RED
    )
    for gate in held:
        if gate.holds_at is Colour.RED or (
            gate.holds_at is Colour.AMBER and colour is Colour.GREEN
        ):
            colour = gate.holds_at
    return Health(colour, score, weight, everything, held, (), f"({formula}) / {weight} = {score}")


def share_score(good: int, of: int) -> int | None:
    """The share as points; None where there is nothing to share."""
    return None if of == 0 else round(100 * good / of)


def change_score(now: Decimal, before: Decimal) -> int | None:
    """Revenue against the same period a year before: ±20 % span the whole scale, level is 50."""
    if before <= 0:
        return None
    points = 50 + float((now - before) / before) * 250
    return max(0, min(100, round(points)))


def satisfaction_score(kind: str, value: Decimal) -> int:
    """NPS (-100..100) or CSAT (1-5, 0-10 or 0-100, by its size) as points."""
    if kind == "nps":
        return round((float(value) + 100) / 2)
    if value <= 5:
        return round(max(0.0, (float(value) - 1) / 4 * 100))
    return round(min(100.0, float(value) * (10 if value <= 10 else 1)))
