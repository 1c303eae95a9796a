"""Who holds an office at an account: the contacts whose title or department says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kam_knowledge.language.normalise import fold
from kam_knowledge.language.titles import TitleMatch, find_titles, title_key
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact


def codes_of(row: Contact) -> frozenset[str]:
    """What the record says of a person's office: the codes of title and department."""
    return title_key(" ; ".join(part for part in (row.title, row.department) if part))


def holders(rows: Sequence[Contact], title: TitleMatch, today: date) -> list[Contact]:
    """Who holds that office, or works in that department; who is there before who left.

    Of several the one whose title says least besides: the CTO before the CTO's deputy.
    """
    fitting = [row for row in rows if title.code in codes_of(row)]
    if title.kind == "role":
        offices = {row.id: title_key(row.title or "") for row in fitting}
        held = [row for row in fitting if title.code in offices[row.id]] or fitting
        main = [
            row for row in held if any(m.code == title.code for m in find_titles(row.title or ""))
        ]
        fitting = main or held
        if len(fitting) > 1 and title.codes:
            least = min(len(offices[row.id] - title.codes) for row in fitting)
            fitting = [row for row in fitting if len(offices[row.id] - title.codes) == least]
    here = [row for row in fitting if not has_left(row, today)]
    return one_a_person(here or fitting)


def one_a_person(rows: Iterable[Contact]) -> list[Contact]:
    """The rows without duplicates of one person: of several with one email the fullest record."""
    best: dict[tuple[int, str], Contact] = {}
    for row in rows:
        key = (row.account_id, fold(row.email) if row.email else f"#{row.id}")
        if key not in best or _fullness(row) > _fullness(best[key]):
            best[key] = row
    return list(best.values())


def _fullness(row: Contact) -> int:
    told = (row.title, row.department, row.phone, row.decision_role, row.reports_to_id, row.since)
    return sum(part is not None for part in told) + len(row.known_by_ids) + len(row.aliases)
