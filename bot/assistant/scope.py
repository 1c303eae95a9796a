"""Whose accounts a question is about: those named, the asker's own, or all that may be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.assistant.context import SkillContext
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed, word
from kam_knowledge.queries.records import Records
from kam_knowledge.store.models import Account, Cover, Person, TeamSeat

_OF_THE_STAFF = frozenset({"specialist", "customer_service", "planning"})


def accounts_in_scope(context: SkillContext, request: Request) -> list[Account]:
    """The accounts to look at, in order of name.

    Named ones win; otherwise the asker's own (see `own_accounts`), and for whoever has none or
    serves them as a specialist, every account they may see, unless "mine" was said. A tier or a
    class that was asked for narrows it.
    """
    records = context.records
    if request.account_ids:
        return [records.accounts[key] for key in request.account_ids if key in records.accounts]
    scope = request.slots.get("scope")
    chosen = [] if scope == "all" else own_accounts(context)
    if scope != "mine" and (not chosen or _only_serves(context)):
        chosen = list(records.accounts.values())
    return sorted(_of_the_kind(chosen, request), key=lambda account: account.name)


def accounts_held_by_named(context: SkillContext, request: Request) -> list[Account]:
    """The accounts in scope; where colleagues are named and no account is, those that they own,
    else those that they have a seat at, of the class and the tier asked for."""
    if not request.person_ids or request.account_ids:
        return accounts_in_scope(context, request)
    everyone = context.records.accounts.values()
    chosen = [account for account in everyone if account.owner_id in request.person_ids]
    if not chosen:
        held = _held_by(context.records)
        ids = set[int]().union(*(held.get(key, ()) for key in request.person_ids))
        chosen = [account for account in everyone if account.id in ids]
    return sorted(_of_the_kind(chosen, request), key=lambda account: account.name)


def _of_the_kind(accounts: list[Account], request: Request) -> list[Account]:
    """Those of the tier and the class that were asked for."""
    if tier := request.slots.get("tier"):
        accounts = [account for account in accounts if str(tier_of(account)) == tier]
    if kind := request.slots.get("class"):
        accounts = [account for account in accounts if account.account_class == kind]
    return accounts


def _only_serves(context: SkillContext) -> bool:
    """Whether the asker answers for no account: every seat of theirs is one of the staff's, as
    finance has them. Their questions are about all accounts."""
    records, person = context.records, context.rights.viewer.person_id
    asker = records.people.get(person or 0)
    if asker is None or asker.role in ("leader", "manager") or covers(context):
        return False
    if any(account.owner_id == person for account in records.accounts.values()):
        return False
    mine = [TeamSeat.person_id == person]
    seats = {row.seat for row in records.all(TeamSeat, now=mine) if row.person_id == person}
    return seats <= _OF_THE_STAFF


def places(accounts: Iterable[Account], language: str, *, most: int = 8) -> str:
    """The accounts' names, or "your accounts" where there is none to name."""
    names = [account.name for account in accounts]
    return listed(names, language, most=most) or word("your_accounts", language)


def tier_of(account: Account) -> int | None:
    """The tier on record, else the one that goes with the class (contract.md, accounts)."""
    return account.tier or {"key": 1, "ordinary": 2, "prospect": 3}.get(account.account_class or "")


def own_accounts(context: SkillContext) -> list[Account]:
    """Accounts the asker owns, sits in, or covers for today; a leader's or manager's line."""
    records = context.records
    person = context.rights.viewer.person_id
    asker = records.people.get(person or 0)
    if person is None or asker is None:
        return []
    if asker.role in ("leader", "manager"):
        below = [a for a in records.accounts.values() if context.rights.sees_inner(a.id)]
        if below:
            return below
    held = _held_by(records)
    mine = held.get(person, set()).union(*(stand.account_ids for stand in covers(context)))
    return [account for account in records.accounts.values() if account.id in mine]


@dataclass(frozen=True)
class StandIn:
    """Somebody the asker stands in for today, and for which of their accounts (P-11)."""

    row: Cover
    person: Person
    account_ids: frozenset[int]


def covers(context: SkillContext) -> list[StandIn]:
    """Whom the asker stands in for today. A cover that names no accounts is for all of theirs."""
    records, today = context.records, context.clock.today
    if not context.rights.covering:
        return []
    held = _held_by(records)
    return [
        StandIn(row, person, frozenset(row.account_ids or held.get(row.person_id, set())))
        for row in records.all(Cover)
        if row.cover_id == context.rights.sole_reader
        and row.from_date <= today <= row.to_date
        and (person := records.people.get(row.person_id))
    ]


def _held_by(records: Records) -> dict[int, set[int]]:
    """Ids of the accounts each person owns or sits in."""
    held: defaultdict[int, set[int]] = defaultdict(set)
    for account in records.accounts.values():
        if account.owner_id is not None:
            held[account.owner_id].add(account.id)
    for seat in records.fields(TeamSeat, ("account_id", "person_id")):
        held[seat.person_id].add(seat.account_id)
    return dict(held)
