"""The forecast of one period: commit, best case, weighted pipeline, gap to target (P-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class OpenDeal:
    """What the forecast takes of an open deal; `probability` is 0-1, None where nobody said."""

    amount: Decimal
    currency: str | None
    probability: Decimal | None
    category: str | None
    """commit, best_case, pipeline or omitted."""


@dataclass(frozen=True)
class Outlook:
    """Amounts by currency; `best_case` holds commit too, `weighted` all that is not omitted."""

    commit: Mapping[str, Decimal] = field(default_factory=dict)
    best_case: Mapping[str, Decimal] = field(default_factory=dict)
    weighted: Mapping[str, Decimal] = field(default_factory=dict)
    deals: int = 0
    unweighed: int = 0
    """Deals without a probability: they are in no weighted sum, since a guess is no forecast."""


def outlook(deals: Iterable[OpenDeal]) -> Outlook:
    """Commit, best case and amount × probability of the open deals of a period (P-3).

    Deals marked omitted count nowhere. A deal without a category counts in the weighted sum
    alone, one without a probability never there (S1-5: no default probability).
    """
    commit: defaultdict[str, Decimal] = defaultdict(Decimal)
    best: defaultdict[str, Decimal] = defaultdict(Decimal)
    weighted: defaultdict[str, Decimal] = defaultdict(Decimal)
    count = unweighed = 0
    for deal in deals:
        if deal.category == "omitted":
            continue
        count += 1
        currency = deal.currency or "?"
        if deal.category == "commit":
            commit[currency] += deal.amount
        if deal.category in ("commit", "best_case"):
            best[currency] += deal.amount
        if deal.probability is None:
            unweighed += 1
        else:
            weighted[currency] += deal.amount * deal.probability
    return Outlook(dict(commit), dict(best), dict(weighted), count, unweighed)


def gap(target: Decimal, won: Decimal, commit: Decimal) -> Decimal:
    """What is missing to the target beyond what is won and committed; negative when beyond it."""
    return target - won - commit
