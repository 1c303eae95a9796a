"""Which deal of an account a request for a document names."""

from __future__ import annotations

from collections.abc import Sequence

from kam_knowledge.language.normalise import fold
from kam_knowledge.language.tokens import content_words
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import is_open
from kam_knowledge.store.models import Account, Opportunity


def chosen_deal(records: Records, account: Account, about: str) -> Opportunity | None:
    """The open deal that a document is of: the one its request names, else the largest that is no
    renewal, else the largest."""
    today = records.rights.today
    found = records.all(Opportunity, account_ids=[account.id])
    deals = sorted(
        (row for row in found if is_open(row, today)), key=lambda row: (-(row.amount or 0), row.id)
    )
    named = deal_named(about, account, deals)
    if named is not None:
        return named
    fresh = [row for row in deals if row.kind != "renewal"]
    return next(iter(fresh or deals), None)


def deal_named(text: str, account: Account, deals: Sequence[Opportunity]) -> Opportunity | None:
    """The open deal whose name the text holds, else the one that shares most of its own words
    with the text; None where none shares any."""
    folded = fold(text)
    if not folded.strip():
        return None
    whole = [row for row in deals if fold(row.name) in folded]
    if whole:
        return max(whole, key=lambda row: len(row.name))
    own = {word for name in (account.name, *account.aliases) for word in content_words(name)}
    said = set(content_words(text)) - own

    def shared(row: Opportunity) -> int:
        label = " ".join(part for part in (row.name, row.unit, row.product) if part)
        return len(said & set(content_words(label)))

    best = max(deals, key=shared, default=None)
    return best if best is not None and shared(best) else None
