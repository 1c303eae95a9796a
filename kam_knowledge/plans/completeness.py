"""How complete a plan is: what it should say and does, section by section (S1-10 to S1-13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kam_knowledge.plans.sections import Gap, Section


@dataclass(frozen=True)
class Completeness:
    """A score of 0 to 100, and for each section what of it is there and what is not."""

    score: int
    parts: tuple[tuple[str, int, int], ...]
    """Section, how many of its points are met, how many there are."""
    missing: tuple[tuple[str, Gap], ...]
    """Section and gap, in the plan's order."""

    @property
    def formula(self) -> str:
        """The score with its numbers: the mean of the sections' shares."""
        said = " + ".join(f"{section} {met}/{points}" for section, met, points in self.parts)
        return f"({said}) / {len(self.parts)} = {self.score} %" if self.parts else "no points"


def completeness(sections: Iterable[Section]) -> Completeness:
    """The score of a plan: each section weighs alike, and in it each point.

    A section that people wrote something into has one more point met. One without points is left
    out.
    """
    parts: list[tuple[str, int, int]] = []
    missing: list[tuple[str, Gap]] = []
    for one in sections:
        met = len(one.met) + bool(one.written)
        points = met + len(one.gaps)
        missing += [(one.id, gap) for gap in one.gaps]
        if points:
            parts.append((one.id, met, points))
    share = sum(met / points for _, met, points in parts) / len(parts) if parts else 0.0
    return Completeness(round(100 * share), tuple(parts), tuple(missing))
