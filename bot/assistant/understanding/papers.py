"""Contracts and deals that a message calls by their names, which no index of names holds."""

from __future__ import annotations

import re
from functools import lru_cache

from kam_knowledge.language.normalise import fold, has_han
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Contract, Opportunity

_NUMBER_AFTER = re.compile(r"[\s\d年#_/-]+$")
_LEAST, _LEAST_WORDS = 4, 2


def papers_accounts(text: str, records: Records) -> list[int]:
    """Ids of the accounts whose contract or deal, as far as the readers may see, the text names,
    with or without the year and the number behind its name: then its own terms are asked about,
    not terms in general. The longest name counts; none where nothing is named."""
    body = fold(text)
    contracts = records.fields(Contract, ["contract", "account_id"])
    papers = [(row.contract, row.account_id) for row in contracts]
    deals = records.fields(Opportunity, ["name", "account_id"])
    papers += [(row.name, row.account_id) for row in deals]
    named = [(bare, key) for name, key in papers if (bare := _bare(name)) and bare in body]
    longest = max((len(bare) for bare, _ in named), default=0)
    return sorted({key for bare, key in named if len(bare) == longest})


@lru_cache(maxsize=20_000)
def _bare(name: str) -> str:
    """The name as people say it; nothing where it is too short to be nothing else."""
    bare = _NUMBER_AFTER.sub("", fold(name))
    enough = len(bare) >= _LEAST if has_han(bare) else len(bare.split()) >= _LEAST_WORDS
    return bare if enough else ""
