"""What asks for a person's time on a day or in a week, most urgent first (P-2, P-4, P-11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_

from kam_knowledge.analysis.cadence import KEY_DECIDERS
from kam_knowledge.analysis.renewals import FIRST_STEP, renewal_deadline, renewal_step
from kam_knowledge.analysis.urgency import Matter, urgency
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.receivables import overdue_invoices
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.silence import Silence, silences
from kam_knowledge.queries.stakeholder import is_open, open_now, unsolved_now
from kam_knowledge.queries.tenders import quiet_deals
from kam_knowledge.store.membership import one_of
from kam_knowledge.store.models import (
    Account,
    Action,
    Activity,
    Complaint,
    Contract,
    Opportunity,
    Receivable,
)

LONG_LATE = 14
"""Days a colleague's promise must be late before it is a leader's matter (P-1)."""


@dataclass(frozen=True)
class Duties:
    """Whose day it is, and what falls to that person."""

    person_id: int
    answers_for: frozenset[int]
    """Accounts whose risks are this person's: owned, led, sponsored or covered."""
    stands_in: dict[int, frozenset[int]]
    """People covered today, with the accounts the cover is for (P-11)."""
    leads: bool = False

    def acts_for(self, person_id: int | None, account_id: int) -> bool:
        """Whether what falls to that person at the account falls to this one."""
        if person_id is None:
            return False
        return person_id == self.person_id or account_id in self.stands_in.get(person_id, ())


Evidence = Commitment | Activity | Complaint | Contract | Receivable | Silence | Opportunity


@dataclass(frozen=True)
class Item:
    """One thing to do, with what it rests on."""

    matter: Matter
    account: Account
    days: int
    """How late it is; negative is how far ahead it lies."""
    evidence: Evidence
    covered: int | None = None
    """The person it belongs to, where the reader only stands in."""
    step: str | None = None
    """For a renewal the step that is due; `notice_given` where it has been given."""

    @property
    def order(self) -> tuple[tuple[int, int, int], str]:
        """For sorting, most urgent first."""
        key_account = self.account.account_class == "key"
        return urgency(self.matter, self.days, key_account=key_account), self.account.name


def agenda(records: Records, duties: Duties, day: date, until: date) -> list[Item]:
    """Everything that is late on `day` or falls due by `until`, most urgent first."""
    gathered = _Agenda(records, duties, day, until)
    found = [
        *gathered.meetings(),
        *gathered.promises(),
        *gathered.complaints(),
        *gathered.renewals(),
        *gathered.invoices(),
        *gathered.silent(),
        *gathered.deals(),
    ]
    return sorted(found, key=lambda item: item.order)


def next_meeting(records: Records, duties: Duties, after: date) -> Item | None:
    """The first meeting planned after that day."""
    ahead = list(_Agenda(records, duties, after, date.max).meetings())
    later = [item for item in ahead if item.days < 0]
    return max(later, key=lambda item: item.days, default=None)


def promises_due(records: Records, duties: Duties, day: date, until: date) -> list[Item]:
    """Of these only what was promised, most urgent first."""
    found = _Agenda(records, duties, day, until).promises()
    return sorted(found, key=lambda item: item.order)


@dataclass(frozen=True)
class _Agenda:
    records: Records
    duties: Duties
    day: date
    until: date

    @property
    def _mine(self) -> list[Account]:
        return [
            account
            for account in self.records.accounts.values()
            if account.id in self.duties.answers_for
        ]

    def meetings(self) -> Iterator[Item]:
        """Planned activities with this person, or at an account of theirs with nobody named."""
        now = [Activity.status == "planned", Activity.date.between(self.day, self.until)]
        for row in self.records.all(Activity, now=now):
            if row.status != "planned" or not self.day <= row.date <= self.until:
                continue
            who = next((k for k in row.person_ids if self.duties.acts_for(k, row.account_id)), None)
            if who is None and (row.person_ids or row.account_id not in self.duties.answers_for):
                continue
            days = (self.day - row.date).days
            yield self._item(Matter.MEETING, row.account_id, days, row, who)

    def promises(self) -> Iterator[Item]:
        """One's own by their day; at one's accounts also orphans, colleagues' and theirs, late."""
        mine = [self.duties.person_id, *self.duties.stands_in]
        late = and_(
            Action.due < self.day,
            one_of(Action.account_id, self.duties.answers_for),
            Action.direction.in_(["ours"] if self.duties.leads else ["ours", "theirs"]),
        )
        if self.duties.leads:
            here = [key for key in self.records.people if self._here(key)]
            orphan = or_(Action.owner_person_id.is_(None), Action.owner_person_id.not_in(here))
            late = and_(late, or_(Action.due < self.day - timedelta(days=LONG_LATE), orphan))
        now = [Action.due <= self.until, or_(Action.owner_person_id.in_(mine), late)]
        for commitment in open_commitments(self.records, now=now):
            action = commitment.action
            if action.due is None:
                continue
            days = (self.day - action.due).days
            owner = action.owner_person_id
            if self.duties.acts_for(owner, action.account_id):
                if action.due <= self.until:
                    yield self._item(Matter.OWN_PROMISE, action.account_id, days, commitment, owner)
                continue
            if action.account_id not in self.duties.answers_for or days <= 0:
                continue
            if action.direction == "theirs":
                if not self.duties.leads:
                    yield self._item(Matter.THEIRS, action.account_id, days, commitment)
            elif action.direction == "ours" and not self._here(owner):
                yield self._item(Matter.ORPHAN, action.account_id, days, commitment)
            elif action.direction == "ours" and (not self.duties.leads or days > LONG_LATE):
                yield self._item(Matter.COLLEAGUE, action.account_id, days, commitment)

    def complaints(self) -> Iterator[Item]:
        """Severe complaints that are open."""
        now = [Complaint.severity == "high", unsolved_now(self.day)]
        for row in self.records.all(Complaint, account_ids=self.duties.answers_for, now=now):
            still = row.closed_on is None or row.closed_on > self.day
            if row.severity == "high" and row.raised_on <= self.day and still:
                days = (self.day - row.raised_on).days
                yield self._item(Matter.COMPLAINT, row.account_id, days, row)

    def renewals(self) -> Iterator[Item]:
        """Contracts on a step of their timeline, or ended by a notice that was given (P-4)."""
        # No step begins earlier, and one that has been given notice of is told at any time.
        begun = self.day + timedelta(days=FIRST_STEP)
        near = or_(Contract.end <= begun, Contract.notice_by <= begun)
        now = [Contract.end >= self.day, or_(near, Contract.status.contains("notice"))]
        for row in self.records.all(Contract, account_ids=self.duties.answers_for, now=now):
            deadline = renewal_deadline(row.notice_by, row.end)
            if deadline is None or row.end is None or row.end < self.day:
                continue
            ended = "notice" in (row.status or "")
            if deadline < self.day:
                if row.auto_renews and not ended:
                    continue  # nobody gave notice: it goes on
                deadline = row.end
            ahead = (deadline - self.day).days
            key_account = self.records.accounts[row.account_id].account_class == "key"
            step = "notice_given" if ended else renewal_step(ahead, key_account=key_account)
            if step:
                yield self._item(Matter.RENEWAL, row.account_id, -ahead, row, step=step)

    def invoices(self) -> Iterator[Item]:
        """Invoices that are due and unpaid."""
        for row in overdue_invoices(self.records, self.duties.answers_for):
            days = (self.day - row.due).days
            if days > 0 and (not self.duties.leads or days > 30):
                yield self._item(Matter.INVOICE, row.account_id, days, row)

    def silent(self) -> Iterator[Item]:
        """Deciders beyond their cadence; in a bid's quiet period nobody is to be called (P-9)."""
        quiet = quiet_deals(self.records, self.duties.answers_for)
        accounts = [account for account in self._mine if account.id not in quiet]
        for one in silences(self.records, accounts, roles=KEY_DECIDERS):
            if one.last is not None:
                yield self._item(Matter.SILENCE, one.account.id, one.days - one.cadence, one)

    def deals(self) -> Iterator[Item]:
        """Open deals whose close date has passed (P-3)."""
        now = [Opportunity.close_date < self.day, open_now()]
        for row in self.records.all(Opportunity, account_ids=self.duties.answers_for, now=now):
            if row.close_date and row.close_date < self.day and is_open(row, self.day):
                days = (self.day - row.close_date).days
                yield self._item(Matter.DEAL, row.account_id, days, row)

    def _here(self, person_id: int | None) -> bool:
        person = self.records.people.get(person_id or 0)
        return person is not None and (person.left_on is None or person.left_on > self.day)

    def _item(
        self,
        matter: Matter,
        account_id: int,
        days: int,
        evidence: Evidence,
        owner: int | None = None,
        step: str | None = None,
    ) -> Item:
        stands_in = owner in self.duties.stands_in and owner != self.duties.person_id
        covered = owner if stands_in else None
        account = self.records.accounts[account_id]
        return Item(matter, account, days, evidence, covered, step)
