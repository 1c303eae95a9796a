"""Which of the entries that fit one place in a text stay possible beside the best one."""

from __future__ import annotations

from collections.abc import Sequence

from kam_knowledge.language.name_entries import NameEntry, NameMatch
from kam_knowledge.language.name_units import units
from kam_knowledge.language.normalise import has_han


def likeliest(matches: Sequence[NameMatch]) -> tuple[NameMatch, ...]:
    """The candidates that stay possible beside the best one.

    A full name as recorded leaves only others that are recorded so, and so does the alias of an
    account (华远 is the group called so, not its daughter 华远智装); a slip of the pen gives way
    to anything that is none; a first name, 吴总 or D. Wu leaves everybody it fits.
    """
    matches = _with_the_degree(matches)
    best = matches[0]
    initials = any(len(unit.text) == 1 and not unit.han for unit in units(best.matched))
    own = best.how == "exact" or (best.how == "alias" and best.entry.kind == "account")
    if own and not initials:
        kept = [match for match in matches if match.how in ("exact", "alias")]
    elif best.how != "typo":
        kept = [match for match in matches if match.how != "typo"]
    else:
        kept = list(matches)
    if best.entry.kind == "account" and best.how in ("exact", "alias"):
        # 华远 on record as the group's alias is no shortening of its daughter's name.
        kept = [match for match in kept if match.how != "abbreviation"]
    if best.entry.kind != "account" and best.how == "alias" and _names_an_office(best.matched):
        kept = [match for match in kept if match.how in ("exact", "alias")]
    margin = 0.15 if best.entry.kind == "account" else 0.4
    return tuple(match for match in kept if match.score >= best.score - margin)


def _with_the_degree(matches: Sequence[NameMatch]) -> Sequence[NameMatch]:
    """Of "Dr Vogel" those whom a record calls so, where there are any: a degree that is on one
    record tells its holder from a namesake."""
    said = units(matches[0].matched)[:1]
    if not said or said[0].text not in _DEGREES:
        return matches
    holders = [match for match in matches if said[0].text in _first_words(match.entry)]
    return holders or matches


_DEGREES = frozenset({"dr", "prof", "professor"})


def _first_words(entry: NameEntry) -> set[str]:
    """The word that each of the entry's names begins with."""
    return {unit.text for name in (entry.name, *entry.aliases) for unit in units(name)[:1]}


def _names_an_office(matched: str) -> bool:
    """Whether a Chinese form of address says more than respect: 陈行长 is one person's alias,
    陈总 may be anybody called Chen."""
    return has_han(matched) and len(matched) > 2 and not matched.endswith(("总", "工", "老师"))
