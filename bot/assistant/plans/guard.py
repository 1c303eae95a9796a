"""What may never reach a customer, whatever block or person wrote it (P-6, S1-4).

The blocks of a document for the customer read no inner fact. This is the second door: a line that
names a rival or another customer, or speaks of cost, price limits, politics or our judgement of
them, does not pass, though a goal or a promise was worded that way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bot.assistant.understanding.cues import pattern, phrases, plain
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Competitor, Installed, Opportunity
from prompts import load


def names_of_others(records: Records, account: Account | None) -> tuple[str, ...]:
    """The rivals on record anywhere, and the customers that are not this one or its group.

    Rivals of accounts that the reader may not see are not among them: neither can they be told.
    """
    rivals = {
        row.competitor
        for model in (Competitor, Opportunity, Installed)
        for row in records.fields(model, ["competitor"])
        if row.competitor
    }
    family = {account.id, account.parent_id} if account else set()
    others = {
        name
        for one in records.accounts.values()
        if one.id not in family and (account is None or one.parent_id != account.id)
        for name in (one.name, *one.aliases)
    }
    own = {fold(name) for name in (account.name, *account.aliases)} if account else set()
    own_words = {word for name in own for word in name.split()}
    names = {name for name in rivals | others if fold(name) not in own | own_words}
    return tuple(sorted(names))


def passes(line: str, names: tuple[str, ...]) -> bool:
    """Whether the line may be given to the customer."""
    return not (_speaks_of(names)(line) or pattern(_guarded()).search(plain(line)))


@cache
def _speaks_of(names: tuple[str, ...]) -> Callable[[str], bool]:
    return mentions_of(names)


@cache
def _guarded() -> tuple[str, ...]:
    return phrases(load("understanding/guarded.yaml")["words"])
