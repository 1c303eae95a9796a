"""Which of an account's goals a text touches (S1-12, S1-13)."""

from __future__ import annotations

import math
from collections.abc import Collection

from kam_knowledge.language.glossary import Glossary
from kam_knowledge.language.tokens import is_common, query_tokens
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Action, Goal

LIKE = 0.34
"""Of what a goal's words weigh, so much must be in the text."""


def goals_touched(
    records: Records, account_id: int, text: str, actions: Collection[str] = ()
) -> list[Goal]:
    """Open goals that the text speaks of, or that one of these actions on record serves; the
    nearest first, none where the account has no plan."""
    found = [
        one
        for one in records.all(Goal, account_ids=[account_id])
        if one.status not in ("done", "dropped")
    ]
    if not found:
        return []
    wanted = {one.casefold() for one in actions}
    served = {
        one.goal_id
        for one in records.all(Action, account_ids=[account_id])
        if one.goal_id and one.action.casefold() in wanted
    }
    said = set(_words(text))
    for term in Glossary.load().translate_terms(text):
        said |= set(query_tokens(" ".join(term.targets)))
    words = {one.id: set(_words(f"{one.goal} {one.measure or ''}")) for one in found}
    scored = []
    for one in found:
        own = words[one.id]
        weight = {
            word: math.log(1 + len(found) / sum(word in other for other in words.values()))
            for word in own
        }
        both = own & said
        most = sum(sorted(weight.values(), reverse=True)[:6])
        share = sum(weight[word] for word in both) / most if most else 0.0
        if one.id in served or (len(both) > 1 and share >= LIKE):
            scored.append((one.id not in served, -share, one.id, one))
    return [one for *_, one in sorted(scored, key=lambda row: row[:3])]


def _words(text: str) -> list[str]:
    return [word for word in query_tokens(text) if not is_common(word) and len(word) > 1]
