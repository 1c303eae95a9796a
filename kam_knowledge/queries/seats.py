"""The account's team: the iron triangle, the sponsor, and empty seats (S3-5, S1-16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Person, TeamSeat

TRIANGLE = ("account_manager", "solution_manager", "delivery_manager")
SPONSOR = "executive_sponsor"


@dataclass(frozen=True)
class Seats:
    """Who sits where at one account; a seat whose holder left is empty."""

    account: Account
    held: dict[str, list[Person]]
    gone: dict[str, list[Person]]
    """Seats whose holders have left, with whom."""
    rows: tuple[TeamSeat, ...]

    def empty(self, wanted: Iterable[str]) -> list[str]:
        """Which of these seats nobody holds. The owner holds the account manager's seat."""
        return [seat for seat in wanted if not self.held.get(seat)]


def team_seats(records: Records, accounts: Iterable[Account]) -> list[Seats]:
    """The seats of each account on the business day."""
    chosen = list(accounts)
    today = records.rights.today
    grouped: defaultdict[int, list[TeamSeat]] = defaultdict(list)
    for row in records.all(TeamSeat, account_ids=[account.id for account in chosen]):
        grouped[row.account_id].append(row)
    found = []
    for account in chosen:
        held: defaultdict[str, list[Person]] = defaultdict(list)
        gone: defaultdict[str, list[Person]] = defaultdict(list)
        taken = [(row.seat, row.person_id) for row in grouped[account.id]]
        if account.owner_id is not None and ("account_manager", account.owner_id) not in taken:
            taken.append(("account_manager", account.owner_id))
        for seat, person_id in taken:
            person = records.people.get(person_id)
            if person is None:
                continue
            left = person.left_on is not None and person.left_on <= today
            (gone if left else held)[seat].append(person)
        found.append(Seats(account, dict(held), dict(gone), tuple(grouped[account.id])))
    return found
