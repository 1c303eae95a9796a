"""The cheapest way through who knows whom (S1-10, S3-4): Dijkstra over weighed ties."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)
Evidence = TypeVar("Evidence")

RECENT_DAYS = 60
"""A tie in touch within these days is warm."""


@dataclass(frozen=True)
class Tie(Generic[Node, Evidence]):
    """A step one can take: from whom to whom, what it costs, and why it is believed."""

    start: Node
    end: Node
    cost: float
    evidence: Evidence


def tie_cost(*, entered: bool, touches: int, silent_days: int | None) -> float:
    """What it costs to go through somebody who knows a contact (house practice, S3-4).

    1 is a warm tie: entered on record and in touch within 60 days. A tie only assumed from
    touches is dearer, the more so the fewer they are; so is a silent one.
    """
    cost = 1.0
    if not entered:
        cost += 0.5 + 0.25 * max(0, 3 - touches)
    if silent_days is None:
        cost += 1.0
    elif silent_days > RECENT_DAYS:
        cost += 0.5
    return cost


def cheapest_path(
    ties: Iterable[Tie[Node, Evidence]],
    start: Node,
    goal: Node,
    *,
    without: Collection[Node] = (),
) -> list[Tie[Node, Evidence]] | None:
    """The steps of the cheapest path, empty when start is goal, None when there is no way.

    Nodes in `without` are not passed through. Raises ValueError for a negative cost.
    """
    leaving: defaultdict[Node, list[Tie[Node, Evidence]]] = defaultdict(list)
    for tie in ties:
        if tie.cost < 0:
            raise ValueError(f"a tie cannot cost {tie.cost!r}")
        leaving[tie.start].append(tie)
    best: dict[Node, float] = {start: 0.0}
    came: dict[Node, Tie[Node, Evidence]] = {}
    queue: list[tuple[float, int, Node]] = [(0.0, 0, start)]
    counter = 0
    while queue:
        cost, _, node = heapq.heappop(queue)
        if node == goal:
            return _steps(came, start, goal)
        if cost > best[node]:
            continue
        for tie in leaving[node]:
            if tie.end in without and tie.end != goal:
                continue
            reached = cost + tie.cost
            if reached < best.get(tie.end, float("inf")):
                best[tie.end] = reached
                came[tie.end] = tie
                counter += 1  # equal costs are taken in the order in which they were found
                heapq.heappush(queue, (reached, counter, tie.end))
    return None


def _steps(
    came: dict[Node, Tie[Node, Evidence]], start: Node, goal: Node
) -> list[Tie[Node, Evidence]]:
    steps: list[Tie[Node, Evidence]] = []
    node = goal
    while node != start:
        steps.append(came[node])
        node = came[node].start
    return steps[::-1]
