"""Scorings of accounts: all criteria of one day together, with their weighed mean (S1-3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kam_knowledge.analysis.scoring import Criterion, Weighted, weighted_score
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Person, Score


@dataclass(frozen=True)
class Scoring:
    """What an account was scored on one day."""

    account_id: int
    day: date | None
    """None where nobody said when."""
    rows: tuple[Score, ...]
    weighted: Weighted
    by: tuple[Person, ...]
    """Who scored, as far as it is on record."""


def scorings(records: Records, account_ids: Iterable[int]) -> dict[int, list[Scoring]]:
    """Every scoring up to the business day by account id, newest first; undated ones last."""
    today = records.rights.today
    grouped: defaultdict[tuple[int, date | None], list[Score]] = defaultdict(list)
    for row in records.all(Score, account_ids=list(account_ids)):
        if row.scored_on is None or row.scored_on <= today:
            grouped[(row.account_id, row.scored_on)].append(row)
    found: defaultdict[int, list[Scoring]] = defaultdict(list)
    ordered = sorted(grouped.items(), key=lambda item: item[0][1] or date.min, reverse=True)
    for (account_id, day), rows in ordered:
        weighted = weighted_score(Criterion(r.criterion, r.score, r.weight) for r in rows)
        if weighted is None:
            continue
        people = dict.fromkeys(row.scored_by_id for row in rows)
        by = tuple(records.people[key] for key in people if key in records.people)
        found[account_id].append(Scoring(account_id, day, tuple(rows), weighted, by))
    return dict(found)
