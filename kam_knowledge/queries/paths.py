"""The warmest way to somebody at an account, through who knows whom (S1-10, S3-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from kam_knowledge.analysis.paths import Tie, cheapest_path, tie_cost
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.relations import Acquaintance, who_knows
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.queries.touches import Touch, touches
from kam_knowledge.store.models import Account, Contact, Person, TeamSeat

Node = tuple[Literal["person", "contact"], int]

TEAM = 0.5
"""A colleague in the account's team is asked lightly, any other at twice the cost."""
LINE, MET, DEPARTMENT, FORMER = 1.5, 1.6, 2.0, 1.5
"""What a step costs between people of theirs: reporting line, met together, same department,
worked together before one of them left. It is dearer than a colleague's own tie: it is a favour."""
AGAINST, FOR = 3.0, -0.3
"""Going through somebody who is against us, or for us."""


@dataclass(frozen=True)
class Step:
    """One step of a path, and what it rests on."""

    kind: str
    """colleague, knows, reports_to, leads, met, department, formerly."""
    start: Person | Contact
    end: Person | Contact
    seat: TeamSeat | None = None
    tie: Acquaintance | None = None
    touch: Touch | None = None
    row: Contact | None = None
    """The record that says so, where it is not the start's own."""


@dataclass(frozen=True)
class Path:
    """The steps from the asker to the person looked for; none when they know each other."""

    target: Contact
    steps: tuple[Step, ...]
    cost: float


def best_paths(
    records: Records, asker: Person, account: Account, targets: Iterable[Contact]
) -> list[Path]:
    """The cheapest way to one of the targets, and the next best that begins with another.

    Empty where no chain of ties on record leads there. People who left are never on the way.
    """
    ties = list(_ties(records, asker, account))
    start: Node = ("person", asker.id)
    found: list[Path] = []
    avoid: set[Node] = set()
    wanted = [row for row in targets if not has_left(row, records.rights.today)]
    while len(found) < 2:
        path = _cheapest(ties, start, wanted, avoid)
        if path is None:
            break
        found.append(path)
        first = path.steps[0]
        avoid.add(_node(first.end))
        if first.end.id == path.target.id and isinstance(first.end, Contact):
            break  # the asker knows the person: no other way is warmer
    return found


def _cheapest(
    ties: list[Tie[Node, Step]], start: Node, targets: Iterable[Contact], avoid: set[Node]
) -> Path | None:
    best: Path | None = None
    for target in targets:
        steps = cheapest_path(ties, start, ("contact", target.id), without=avoid)
        if not steps:
            continue
        path = Path(target, tuple(s.evidence for s in steps), sum(s.cost for s in steps))
        if best is None or path.cost < best.cost:
            best = path
    return best


def _ties(records: Records, asker: Person, account: Account) -> Iterator[Tie[Node, Step]]:
    today = records.rights.today
    theirs = records.contacts(account.id)
    here = [row for row in theirs if not has_left(row, today)]
    moved = _moved(records, account, theirs)
    yield from _colleagues(records, asker, account)
    for known in who_knows(records, [*here, *(now for _, now in moved)]):
        for tie in known.by:
            silent = (today - tie.last).days if tie.last else None
            cost = tie_cost(entered=tie.entered, touches=tie.touches, silent_days=silent)
            cost += 0.1 / (1 + tie.touches)  # of two equal ties, the one that met more often
            step = Step("knows", tie.person, known.contact, tie=tie)
            yield Tie(("person", tie.person.id), ("contact", known.contact.id), cost, step)
    yield from _among(records, account, here)
    for former, now in moved:
        for row in here:
            if row.id == former.reports_to_id or row.reports_to_id == former.id:
                yield _between("formerly", now, row, FORMER, row=former)


def _colleagues(records: Records, asker: Person, account: Account) -> Iterator[Tie[Node, Step]]:
    today = records.rights.today
    seats = {row.person_id: row for row in records.all(TeamSeat, account_ids=[account.id])}
    for person in records.people.values():
        gone = person.left_on is not None and person.left_on <= today
        if person.id == asker.id or gone or not person.listed:
            continue
        seat = seats.get(person.id)
        close = seat is not None or person.id == account.owner_id
        cost = TEAM if close else 2 * TEAM
        step = Step("colleague", asker, person, seat=seat)
        yield Tie(("person", asker.id), ("person", person.id), cost, step)


def _among(records: Records, account: Account, here: list[Contact]) -> Iterator[Tie[Node, Step]]:
    """Ties between people of theirs: lines, meetings both were at, departments."""
    by_id = {row.id: row for row in here}
    for row in here:
        boss = by_id.get(row.reports_to_id or 0)
        if boss:
            yield _between("reports_to", row, boss, LINE)
            yield _between("leads", boss, row, LINE)
    together: dict[tuple[int, int], Touch] = {}
    for touch in touches(records, account_ids=[account.id]):
        present = [key for key in touch.contact_ids if key in by_id] if touch.two_way else []
        for pair in combinations(sorted(present), 2):
            together.setdefault(pair, touch)
    for (first, second), touch in together.items():
        yield _between("met", by_id[first], by_id[second], MET, touch=touch)
        yield _between("met", by_id[second], by_id[first], MET, touch=touch)
    departments: defaultdict[str, list[Contact]] = defaultdict(list)
    for row in here:
        if row.department:
            departments[fold(row.department)].append(row)
    for group in departments.values():
        for one, other in combinations(group, 2):
            yield _between("department", one, other, DEPARTMENT)
            yield _between("department", other, one, DEPARTMENT)


def _between(
    kind: str,
    start: Contact,
    end: Contact,
    cost: float,
    *,
    touch: Touch | None = None,
    row: Contact | None = None,
) -> Tie[Node, Step]:
    """A step through somebody of theirs; who is against us opens no door."""
    if start.support in ("non_supporter", "enemy") or start.decision_role == "blocker":
        cost += AGAINST
    elif start.support in ("mentor", "supporter"):
        cost += FOR
    step = Step(kind, start, end, touch=touch, row=row)
    return Tie(("contact", start.id), ("contact", end.id), cost, step)


def _moved(
    records: Records, account: Account, theirs: list[Contact]
) -> list[tuple[Contact, Contact]]:
    """People who left the account and are on record elsewhere: (then, now) (P-8)."""
    today = records.rights.today
    gone = {fold(row.name): row for row in theirs if has_left(row, today)}
    if not gone:
        return []
    return [
        (gone[fold(row.name)], row)
        for row in records.all(Contact)
        if row.account_id != account.id and fold(row.name) in gone and not has_left(row, today)
    ]


def _node(who: Person | Contact) -> Node:
    return ("contact" if isinstance(who, Contact) else "person", who.id)
