"""What answers on scores share: criteria with their weights, and the sources of a score (S1-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.wording import listed
from kam_knowledge.analysis.scoring import Criterion, share_of_size
from kam_knowledge.methodology.criteria import label
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.scores import Matrix, Scoring
from kam_knowledge.queries.sources import ComputedSource, Source


def short(value: Decimal) -> str:
    """A number without zeros at its end: 55.0 is 55, 8.20 is 8.2."""
    return f"{value.normalize():f}"


def weighted_names(composer: Composer, weights: Mapping[str, Decimal]) -> str:
    """The criteria with their share of the weight: "fit 20 %, spend 30 % and …"."""
    total = sum(weights.values(), Decimal(0))
    return listed(
        [
            composer.text(
                "weighted",
                name=label(name, composer.language),
                share=short(percent(weight / total)),
            )
            for name, weight in weights.items()
        ],
        composer.language,
    )


def names_of(names: Iterable[str], language: str) -> str:
    """Criteria as they are called in the language."""
    return listed([label(name, language) for name in names], language)


def matrix_source(matrix: Matrix, composer: Composer, today: date) -> ComputedSource:
    """The criteria in use with their weights, and how many accounts are scored by them."""
    total = sum(matrix.weights.values(), Decimal(0))
    made_of = "; ".join(
        f"{name} {weight:f} = {short(percent(weight / total))} %"
        for name, weight in matrix.weights.items()
    )
    since = f" since {matrix.since}" if matrix.since else ""
    return ComputedSource(
        "matrices (S1-3)",
        composer.text("title"),
        today,
        f"version {matrix.version}{since}, {len(matrix.account_ids)} accounts: {made_of}",
    )


def size_source(
    title: str, today: date, weights: Mapping[str, Decimal], where: tuple[str, ...] = ()
) -> tuple[Decimal, ComputedSource]:
    """The share of the weight (0-1) that spend and size hold, and how it was computed (S0-2)."""
    share = share_of_size(Criterion(name, Decimal(1), weight) for name, weight in weights.items())
    share = share or Decimal(0)
    made_of = "; ".join(f"{name} {weight:f}" for name, weight in weights.items())
    formula = f"weights: {made_of} → spend and revenue {percent(share)} %"
    return share, ComputedSource("share_of_size (S0-2)", title, today, formula, where)


def scoring_sources(records: Records, title: str, scoring: Scoring) -> list[Source]:
    """The formula, and one criterion's record, which says who scored."""
    found: list[Source] = [
        ComputedSource(
            "weighted_score (S1-3)",
            title,
            scoring.day or records.rights.today,
            scoring.weighted.formula,
            tuple(records.where(row) for row in scoring.rows),
        )
    ]
    if scoring.by:
        fields = ["criterion", "score", "weight", "scored_by_id", "scored_on"]
        found.append(records.source(scoring.rows[0], fields))
        found += [records.source(person, ["email", "name"]) for person in scoring.by]
    return found
