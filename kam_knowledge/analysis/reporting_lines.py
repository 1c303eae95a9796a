"""Reporting lines as a forest: who reports to whom, whatever circles the records hold (S1-10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=int)


def reports(leads: Mapping[Key, Key | None]) -> tuple[dict[Key, list[Key]], list[Key]]:
    """Who reports to each lead, and who reports to nobody, both in the order given.

    A lead who is not among the keys counts as none. A circle is opened at its first member, who
    then reports to nobody: everybody is found from the roots exactly once.
    """
    kept: dict[Key, Key | None] = {}
    for key, lead in leads.items():
        kept[key] = lead if lead in leads and lead != key else None
    for key in kept:
        if _leads_back(kept, key):
            kept[key] = None
    below: dict[Key, list[Key]] = {}
    for key, lead in kept.items():
        if lead is not None:
            below.setdefault(lead, []).append(key)
    return below, [key for key, lead in kept.items() if lead is None]


def _leads_back(leads: Mapping[Key, Key | None], key: Key) -> bool:
    """Whether the line upwards from somebody comes back to them."""
    seen: set[Key] = set()
    above = leads[key]
    while above is not None and above not in seen:
        if above == key:
            return True
        seen.add(above)
        above = leads[above]
    return False
