"""Names in a query, resolved before anything is ranked: knowing the account is worth more than
any reranker (stack.md, Retrieval)."""

from __future__ import annotations

from collections.abc import Iterable

from kam_knowledge.access import Rights
from kam_knowledge.language.name_entries import HUMAN
from kam_knowledge.language.names import NameIndex, NameMatch
from kam_knowledge.search.question import NamedThing

SURE = 0.7
"""A name's own or a usual short form; what only might be one says nothing about the ranking."""


def named_things(text: str, names: NameIndex, rights: Rights) -> list[NamedThing]:
    """What the text names of the things that all readers may know of, by place."""
    places: dict[tuple[int, int], list[NameMatch]] = {}
    for match in names.find(text):
        if match.score >= SURE and _known(match, rights):
            places.setdefault(match.span, []).append(match)
    return [_thing(matches) for _, matches in sorted(places.items())]


def _thing(matches: list[NameMatch]) -> NamedThing:
    entries = [match.entry for match in matches]
    accounts = {entry.key if entry.kind == "account" else entry.scope for entry in entries}
    return NamedThing(
        written=matches[0].matched,
        spellings=tuple(_spellings(matches)),
        account_id=accounts.pop() if len(accounts) == 1 else None,
        is_account=all(entry.kind == "account" for entry in entries),
        humans=frozenset((entry.kind, entry.key) for entry in entries if entry.kind in HUMAN),
    )


def _spellings(matches: Iterable[NameMatch]) -> Iterable[str]:
    """Every way to write any of them, once."""
    return dict.fromkeys(
        name for match in matches for name in (match.entry.name, *match.entry.aliases)
    )


def _known(match: NameMatch, rights: Rights) -> bool:
    entry = match.entry
    if entry.kind == "account":
        return rights.sees(entry.key)
    if entry.scope is not None:
        return rights.sees(entry.scope)
    return rights.inside
