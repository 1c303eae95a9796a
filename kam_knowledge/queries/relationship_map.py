"""An account's people with what a relationship map shows of them (S1-10, S3-4, P-13)."""

from __future__ import annotations

from dataclasses import dataclass

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.contracts import is_running
from kam_knowledge.queries.offices import one_a_person
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.relations import KnownContact, SingleThread, single_threads, who_knows
from kam_knowledge.queries.seats import SPONSOR, Seats, team_seats
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Account, Contact, Contract

DECIDING = ("decision_maker", "economic_buyer", "champion")
AGAINST = ("non_supporter", "enemy")


@dataclass(frozen=True)
class AccountMap:
    """Everybody who is there on the business day, each once, and what the account hangs on."""

    account: Account
    inner: bool
    """Whether all readers may see stance and coverage."""
    people: tuple[KnownContact, ...]
    leads: dict[int, int]
    """Who reports to whom, of those who are there, by contact id."""
    thread: SingleThread | None
    seats: Seats
    agreements: tuple[Contract, ...]
    """Contracts that run: the organisational layer belongs to the two companies (S3-4)."""

    @property
    def known(self) -> tuple[KnownContact, ...]:
        """Those whom somebody of ours knows."""
        return tuple(one for one in self.people if one.by)

    @property
    def strangers(self) -> tuple[Contact, ...]:
        """Those whom nobody of ours knows."""
        return tuple(one.contact for one in self.people if not one.by)

    def in_role(self, role: str) -> tuple[Contact, ...]:
        """Those in a decision role."""
        return tuple(one.contact for one in self.people if one.contact.decision_role == role)

    @property
    def against(self) -> tuple[Contact, ...]:
        """Who could derail it: blockers, and who is against us as far as readers may see it."""
        return tuple(
            one.contact
            for one in self.people
            if one.contact.decision_role == "blocker" or one.contact.support in AGAINST
        )

    @property
    def sponsors(self) -> tuple[str, ...]:
        """Names of our executives who sponsor the account."""
        return tuple(one.name for one in self.seats.held.get(SPONSOR, ()))


def account_map(records: Records, account: Account) -> AccountMap:
    """The map of one account, under the readers' rights."""
    today = records.rights.today
    rows = [row for row in records.contacts(account.id) if not has_left(row, today)]
    people = one_a_person(rows)
    threads, _ = single_threads(records, [account])
    running = [
        row
        for row in records.all(Contract, account_ids=[account.id])
        if is_running(row, today) and (row.start is None or row.start <= today)
    ]
    return AccountMap(
        account,
        records.rights.sees_inner(account.id),
        tuple(who_knows(records, people)),
        _leads(rows, people),
        threads[0] if threads else None,
        team_seats(records, [account])[0],
        tuple(running),
    )


def _leads(rows: list[Contact], people: list[Contact]) -> dict[int, int]:
    """Reporting lines among the people; what a second record of somebody says counts too."""
    own = {row.id: row.id for row in people}
    by_email = {fold(row.email): row.id for row in people if row.email}
    for row in rows:
        if row.id not in own and row.email:
            own[row.id] = by_email[fold(row.email)]
    found: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: row.id not in {one.id for one in people}):
        lead = own.get(row.reports_to_id or 0)
        key = own.get(row.id, row.id)
        if lead is not None and lead != key:
            found.setdefault(key, lead)
    return found
