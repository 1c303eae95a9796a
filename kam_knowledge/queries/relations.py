"""Who of ours knows whom of theirs, and where an account hangs on one person (P-13, S3-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left, is_open, open_now
from kam_knowledge.queries.touches import Touch, touches
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Account, Contact, Opportunity, Person

WINDOW = timedelta(days=180)
"""Touches within this many days count as knowing somebody (design.md, decision 8)."""
LATELY = timedelta(days=30)
"""What is read first of many accounts' touches: mostly it shows that an account is broad."""


@dataclass(frozen=True)
class Acquaintance:
    """One of ours who knows a contact: entered on record, or assumed from touches."""

    person: Person
    entered: bool
    touches: int
    last: date | None

    @property
    def strength(self) -> tuple[bool, int, date]:
        """For sorting: entered first, then more and later touches."""
        return (self.entered, self.touches, self.last or date.min)


@dataclass(frozen=True)
class KnownContact:
    """A contact and who of ours knows them, strongest tie first."""

    contact: Contact
    by: tuple[Acquaintance, ...]


@dataclass(frozen=True)
class SingleThread:
    """Why an account hangs on one thread (P-13)."""

    account: Account
    contacts: tuple[Contact, ...]
    """Customer people in two-way contact within the window, those who left not counted."""
    people: tuple[Person, ...]
    """Ours who were in those touches."""
    reasons: tuple[str, ...]
    """Codes: one_contact, one_function, one_of_ours, one_supporter."""
    deals: tuple[tuple[Opportunity, Contact], ...] = ()
    """Open deals that rest on one supporter."""


def who_knows(records: Records, contacts: Iterable[Contact]) -> list[KnownContact]:
    """Who of ours, still here, knows each contact."""
    chosen = list(contacts)
    today = records.rights.today
    met: defaultdict[int, list[Touch]] = defaultdict(list)
    accounts = {row.account_id for row in chosen}
    for touch in touches(records, account_ids=accounts, since=today - WINDOW):
        for contact_id in touch.contact_ids if touch.two_way else ():
            met[contact_id].append(touch)
    found = []
    for contact in chosen:
        people: dict[int, Acquaintance] = {}
        ids = set(contact.known_by_ids) | {
            key for touch in met[contact.id] for key in touch.person_ids
        }
        for key in ids:
            person = records.people.get(key)
            if person is None or (person.left_on and person.left_on <= today):
                continue
            shared = [touch for touch in met[contact.id] if key in touch.person_ids]
            last = max((touch.date for touch in shared), default=None)
            people[key] = Acquaintance(
                person, key in contact.known_by_ids, len({t.date for t in shared}), last
            )
        ranked = sorted(people.values(), key=lambda a: a.strength, reverse=True)
        found.append(KnownContact(contact, tuple(ranked)))
    return found


def single_threads(
    records: Records, accounts: Iterable[Account], most: int | None = None
) -> tuple[list[SingleThread], int]:
    """Accounts that hang on one thread, by any of the three tests of P-13: the first `most` of
    them, and how many there are.

    An account without any touch in the window is not single-threaded but silent, and one with
    open deals on a single supporter counts whatever its width.
    """
    chosen = list(accounts)
    found = _hanging(records, chosen)
    shown = found[:most]
    ids = [key for one in shown for key in one.contact_ids]
    ids += [supporter for one in shown for _, supporter in one.deals]
    contacts = {row.id: row for row in records.all(Contact, among(Contact.id, ids))}
    wanted = [deal for one in shown for deal, _ in one.deals]
    deals = {row.id: row for row in records.all(Opportunity, among(Opportunity.id, wanted))}
    told = [
        SingleThread(
            one.account,
            tuple(contacts[key] for key in one.contact_ids),
            one.people,
            one.reasons,
            tuple((deals[deal], contacts[supporter]) for deal, supporter in one.deals),
        )
        for one in shown
    ]
    return told, len(found)


@dataclass(frozen=True)
class _Hanging:
    """A `SingleThread` by the ids of its rows."""

    account: Account
    contact_ids: tuple[int, ...]
    people: tuple[Person, ...]
    reasons: tuple[str, ...]
    deals: tuple[tuple[int, int], ...]


def _hanging(records: Records, chosen: list[Account]) -> list[_Hanging]:
    today = records.rights.today
    ids = [account.id for account in chosen]
    deals: defaultdict[int, list[Any]] = defaultdict(list)
    of_deals = ("id", "account_id", "contact_id", "outcome", "created_on")
    for deal in records.fields(Opportunity, of_deals, account_ids=ids, now=[open_now()]):
        if is_open(deal, today):
            deals[deal.account_id].append(deal)
    here: defaultdict[int, dict[int, Any]] = defaultdict(dict)
    of_people = ("id", "account_id", "name", "title", "department", "support", "left_on")
    for contact in records.fields(Contact, of_people, account_ids=ids):
        if not has_left(contact, today):
            here[contact.account_id][contact.id] = contact
    on_one_supporter = {
        key: _on_one_supporter(here[key].values(), deals[key]) for key in ids if deals[key]
    }
    # Who was met lately is enough to see that an account is broad: more touches only widen it.
    lately = _met(records, ids, today - LATELY, here)
    narrow = [
        key
        for key in ids
        if on_one_supporter.get(key) or key not in lately or lately[key].reasons()
    ]
    met = _met(records, narrow, today - WINDOW, here)
    found = []
    for account in chosen:
        one = met.get(account.id, _Met())
        hanging = on_one_supporter.get(account.id, ())
        reasons = [*one.reasons(), *(("one_supporter",) if hanging else ())]
        if reasons:
            people = tuple(one.ours.values())
            found.append(_Hanging(account, tuple(one.theirs), people, tuple(reasons), hanging))
    return found


@dataclass(frozen=True)
class _Met:
    """Who of either side, still here, was at an account's two-way touches, by id."""

    theirs: dict[int, Any] = field(default_factory=dict)
    ours: dict[int, Person] = field(default_factory=dict)

    def reasons(self) -> list[str]:
        """By which of the tests of P-13 this is a single thread; none where nobody was met."""
        found = []
        if len(self.theirs) == 1:
            found.append("one_contact")
        elif self.theirs and len({_function(row) for row in self.theirs.values()}) == 1:
            found.append("one_function")
        if self.theirs and len(self.ours) == 1:
            found.append("one_of_ours")
        return found


def _met(
    records: Records, ids: list[int], since: date, here: Mapping[int, Mapping[int, Any]]
) -> dict[int, _Met]:
    """By account, of those with a touch since then at which one of `here` was."""
    today = records.rights.today
    found: defaultdict[int, _Met] = defaultdict(_Met)
    for touch in touches(records, account_ids=ids, since=since, citable=False) if ids else ():
        staff = here[touch.account_id] if touch.two_way else {}
        theirs = [key for key in touch.contact_ids if key in staff]
        if not theirs:
            continue
        met = found[touch.account_id]
        met.theirs.update((key, staff[key]) for key in theirs)
        for key in touch.person_ids:
            person = records.people.get(key)
            if person and (person.left_on is None or person.left_on > today):
                met.ours[key] = person
    return found


def _on_one_supporter(staff: Iterable[Any], deals: Iterable[Any]) -> tuple[tuple[int, int], ...]:
    """The open deals that stand on an account's only supporter, each with that contact's id."""
    supporters = [row for row in staff if row.support in ("mentor", "supporter")]
    if len(supporters) != 1:
        return ()
    return tuple((one.id, supporters[0].id) for one in deals if one.contact_id == supporters[0].id)


def _function(contact: Contact) -> str:
    """The function a person stands for: the department, else the title."""
    return fold(contact.department or contact.title or contact.name)
