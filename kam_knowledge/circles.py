"""Who of ours belongs to an account's team, and why (contract.md, "Who may see what")."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.store.models import Account, Cover, Person, TeamSeat


class Circles:
    """Our people on one day, and who of them belongs to an account's team."""

    def __init__(self, session: Session, today: date) -> None:
        self.people = {
            row.id: row
            for row in session.execute(
                select(
                    Person.id, Person.role, Person.manager_id, Person.left_on, Person.listed
                ).where(Person.retracted.is_(False))
            )
        }
        self.active = {
            key
            for key, row in self.people.items()
            if row.listed and (row.left_on is None or row.left_on > today)
        }
        self.leaders = {key for key in self.active if self.people[key].role == "leader"}
        self.covers = session.execute(
            select(Cover.person_id, Cover.cover_id, Cover.account_ids).where(
                Cover.retracted.is_(False), Cover.from_date <= today, Cover.to_date >= today
            )
        ).all()
        self._above: dict[int, set[int]] = {}
        self._seated: defaultdict[int, set[int]] = defaultdict(set)
        for account_id, person_id in session.execute(
            select(TeamSeat.account_id, TeamSeat.person_id).where(TeamSeat.retracted.is_(False))
        ):
            self._seated[account_id].add(person_id)

    def line(self, person: int) -> set[int]:
        """The person and every manager above."""
        if person not in self._above:
            self._above[person] = set(self.upwards(person))
        return self._above[person]

    def upwards(self, person: int) -> list[int]:
        """The same, the nearest first; a circle in the data ends the walk."""
        seen: dict[int, None] = {}
        step: int | None = person
        while step is not None and step not in seen:
            seen[step] = None
            row = self.people.get(step)
            step = row.manager_id if row else None
        return list(seen)

    def seated(self, account_id: int, owner_id: int | None) -> set[int]:
        """Its owner and whoever holds a seat."""
        return self._seated[account_id] | ({owner_id} if owner_id else set())

    def team(self, account_id: int, owner_id: int | None) -> set[int]:
        """Leaders, the seated, the managers above them, and whoever stands in for one of these."""
        team = set(self.leaders)
        for person in self.seated(account_id, owner_id):
            team |= self.line(person)
        return team | {
            cover.cover_id
            for cover in self.covers
            if cover.person_id in team
            and (not cover.account_ids or account_id in cover.account_ids)
        }


@dataclass(frozen=True)
class Grant:
    """Why one of ours belongs to an account's team."""

    person_id: int
    why: str
    """`seated` (the owner or a seat), `manager`, `leader` or `cover`; the first that holds."""
    of: int | None = None
    """The person under the manager, or stood in for."""


def grants(session: Session, account_id: int, today: date) -> list[Grant]:
    """Who of ours may see the account's inner facts that day, and why: the team of
    `access.decide`.

    Of accounts that the asker may not see it must not be asked.
    """
    owner_id = session.scalar(select(Account.owner_id).where(Account.id == account_id))
    circles = Circles(session, today)
    found: dict[int, Grant] = {}

    def add(person: int, why: str, of: int | None = None) -> None:
        if person in team and person in circles.active and person not in found:
            found[person] = Grant(person, why, of)

    team = circles.team(account_id, owner_id)
    seated = sorted(circles.seated(account_id, owner_id), key=lambda key: (key != owner_id, key))
    for person in seated:
        add(person, "seated")
    for person in seated:
        for above in circles.upwards(person)[1:]:
            add(above, "manager", person)
    for person in sorted(circles.leaders):
        add(person, "leader")
    for cover in circles.covers:
        if not cover.account_ids or account_id in cover.account_ids:
            add(cover.cover_id, "cover", cover.person_id)
    return list(found.values())
