"""Scorings of accounts: all criteria of one day together, with their weighed mean (S1-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam_knowledge.analysis.scoring import (
    Criterion,
    Weighted,
    complete_each_other,
    even_weights,
    weighted_score,
)
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Person, Score


@dataclass(frozen=True)
class Scoring:
    """What an account was scored on one day."""

    account_id: int
    day: date | None
    """None where nobody said when."""
    rows: tuple[Score, ...]
    """That day's; where only some criteria were scored anew, the others as they stood."""
    weighted: Weighted
    by: tuple[Person, ...]
    """Who scored, as far as it is on record."""

    @property
    def scores(self) -> dict[str, Decimal]:
        """Score by criterion."""
        return {row.criterion: row.score for row in self.rows}

    @property
    def weights(self) -> dict[str, Decimal | None]:
        """Weight by criterion."""
        return {row.criterion: row.weight for row in self.rows}


@dataclass(frozen=True)
class Matrix:
    """A set of criteria with its weights, as accounts were scored by it (S1-3)."""

    version: int
    """Counted from 1, in the order in which the company began to use them."""
    since: date | None
    """The first day it was scored by; None where no day is on record."""
    weights: Mapping[str, Decimal]
    even: bool
    """Whether no weights were given, so that all count the same."""
    account_ids: frozenset[int]
    """Whose latest scoring is by it."""


def scorings(records: Records, account_ids: Iterable[int]) -> dict[int, list[Scoring]]:
    """Every scoring up to the business day by account id, newest first; undated ones last."""
    today = records.rights.today
    grouped: defaultdict[tuple[int, date | None], list[Score]] = defaultdict(list)
    for row in records.all(Score, account_ids=list(account_ids)):
        if row.scored_on is None or row.scored_on <= today:
            grouped[(row.account_id, row.scored_on)].append(row)
    found: defaultdict[int, list[Scoring]] = defaultdict(list)
    for (account_id, day), rows in sorted(grouped.items(), key=lambda item: item[0][1] or date.min):
        earlier = found[account_id][-1].rows if found[account_id] else ()
        whole = _with_what_stood(rows, earlier)
        weighted = weighted_score(Criterion(r.criterion, r.score, r.weight) for r in whole)
        if weighted is None:
            continue
        people = dict.fromkeys(row.scored_by_id for row in whole)
        by = tuple(records.people[key] for key in people if key in records.people)
        found[account_id].append(Scoring(account_id, day, whole, weighted, by))
    return {account_id: known[::-1] for account_id, known in found.items()}


def matrices(known: Mapping[int, list[Scoring]]) -> list[Matrix]:
    """Every set of criteria and weights that accounts were scored by, the one in use first.

    In use is the one of most accounts' latest scorings; of several, the newest.
    """
    first: dict[frozenset[tuple[str, Decimal | None]], date | None] = {}
    every = [one for ones in known.values() for one in ones]
    for one in sorted(every, key=lambda one: one.day or date.min):
        first.setdefault(frozenset(one.weights.items()), one.day)
    found = []
    for number, (made_of, since) in enumerate(first.items(), start=1):
        latest = [ones[0] for ones in known.values() if made_of == set(ones[0].weights.items())]
        weights = latest[0].weights if latest else dict(sorted(made_of, key=lambda one: one[0]))
        even = None in weights.values()
        users = frozenset(one.account_id for one in latest)
        found.append(Matrix(number, since, even_weights(weights), even, users))
    return sorted(found, key=lambda one: (-len(one.account_ids), -one.version))


def _with_what_stood(rows: list[Score], earlier: Iterable[Score]) -> tuple[Score, ...]:
    """The rows of a day, with those scored before that make one scoring with them."""
    fresh = {row.criterion: row for row in rows}
    before = {row.criterion: row for row in earlier}
    if not before or not complete_each_other(
        {name: row.weight for name, row in before.items()},
        {name: row.weight for name, row in fresh.items()},
    ):
        return tuple(rows)
    return tuple((before | fresh).values())
