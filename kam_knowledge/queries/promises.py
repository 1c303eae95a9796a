"""Which promise is meant: those of somebody, those about a thing, done ones too (S1-13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from kam_knowledge.language.normalise import fold
from kam_knowledge.language.tokens import tokens
from kam_knowledge.queries.commitments import Commitment, as_commitment
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Action, Contact

RECENT = timedelta(days=90)
"""How long a kept promise is still an answer to "did they send it?"."""
NEARLY = 0.6
"""Of what the best promise says of the thing asked about, another must say this much."""


def kept_promises(records: Records, account_ids: Iterable[int]) -> list[Commitment]:
    """Promises kept within the last 90 days, the latest first."""
    today = records.rights.today
    done = [
        row
        for row in records.all(Action, account_ids=account_ids)
        if row.status == "done" and row.done_on and today - RECENT <= row.done_on <= today
    ]
    done.sort(key=lambda row: row.done_on or today, reverse=True)
    return [as_commitment(records, row) for row in done]


def concerning(found: Iterable[Commitment], contacts: Sequence[Contact]) -> list[Commitment]:
    """Promises that one of these people made, or that name one of them."""
    ids = {row.id for row in contacts}
    named = mentions_of([name for row in contacts for name in (row.name, *row.aliases)])
    return [
        one
        for one in found
        if one.action.owner_contact_id in ids
        or (one.action.owner_contact_id is None and named(one.action.action))
    ]


def about(
    found: Sequence[Commitment], terms: Collection[str], phrases: Collection[str]
) -> list[Commitment]:
    """The promises that speak of what was asked: by `terms` (tokens of the question) or
    `phrases` (what they mean in the other language); none where no promise does.

    Of several only those that say nearly as much of it as the best one.
    """
    wanted = set(terms)
    said = [_said(one.action, wanted, phrases) for one in found]
    most = max(said, default=0.0)
    if not most:
        return []
    return [one for one, much in zip(found, said, strict=True) if much >= NEARLY * most]


def _said(action: Action, terms: Collection[str], phrases: Collection[str]) -> float:
    """How much of the question stands in the promise; a longer word says more."""
    held = set(tokens(action.action))
    body = fold(action.action).replace("-", " ")
    words = sum(1.0 + 0.1 * min(len(term), 10) for term in terms if term in held)
    return words + sum(1.5 for phrase in phrases if fold(phrase) in body)
