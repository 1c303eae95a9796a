"""An account's health from the records: each part and gate with what it rests on (P-1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from kam_knowledge.analysis.cadence import cadence_days
from kam_knowledge.analysis.health import (
    Colour,
    Gate,
    Health,
    Part,
    change_score,
    health,
    satisfaction_score,
    share_score,
)
from kam_knowledge.analysis.renewals import renewal_deadline
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.commitments import is_open as is_open_action
from kam_knowledge.queries.commitments import open_now as open_actions
from kam_knowledge.queries.contracts import notice_is_given
from kam_knowledge.queries.last_touches import last_touches
from kam_knowledge.queries.receivables import owed_now
from kam_knowledge.queries.records import Records, Row
from kam_knowledge.queries.revenue import TwelveMonths, twelve_months
from kam_knowledge.queries.stakeholder import has_left, unsolved_now
from kam_knowledge.queries.stakeholder import is_open as is_open_deal
from kam_knowledge.queries.stakeholder import open_now as open_deals
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Account,
    Action,
    Competitor,
    Complaint,
    Contact,
    Contract,
    Financial,
    Opportunity,
    Receivable,
    Satisfaction,
    TeamSeat,
)

LATE_PAYMENT = timedelta(days=30)
LATE_PROMISE = timedelta(days=14)
RECENT_EXIT = timedelta(days=180)
STALE_SURVEY = timedelta(days=365)
PILOT = ("pilot", "proof of concept", "poc", "试点", "试用")


_FIELDS: dict[type[BusinessRow], tuple[str, ...]] = {
    Contact: ("decision_role", "left_on"),
    Action: ("direction", "status", "done_on", "due"),
    Complaint: ("raised_on", "closed_on", "severity"),
    Satisfaction: ("date", "kind", "value"),
    Contract: ("notice_by", "end", "status"),
    Receivable: ("due", "paid_on"),
    Opportunity: ("kind", "outcome", "created_on"),
    Competitor: ("strength", "expected_move"),
    TeamSeat: ("person_id", "seat"),
}
"""What of each row health is computed from."""


def _weighs(today: date) -> dict[type[BusinessRow], list[ColumnElement[bool]]]:
    """What is read for health, and which present values a row must have to count."""
    return {
        Contact: [Contact.decision_role.is_not(None)],
        Action: [Action.direction == "ours", open_actions(today)],
        Complaint: [unsolved_now(today)],
        Satisfaction: [Satisfaction.date >= today - STALE_SURVEY],
        Contract: [or_(Contract.end.is_(None), Contract.end >= today)],
        Receivable: [owed_now(today)],
        Opportunity: [Opportunity.kind == "renewal", open_deals()],
        Competitor: [],
        TeamSeat: [TeamSeat.seat == "executive_sponsor"],
    }


@dataclass(frozen=True)
class AccountHealth:
    """The health of one account, and the rows behind each part and gate."""

    account: Account
    health: Health
    evidence: dict[str, list[BusinessRow]] = field(default_factory=dict)
    """Rows by the name of the part or gate."""
    silent: dict[int, int] = field(default_factory=dict)
    """Days since the last touch of each contact that is over its cadence."""
    year: TwelveMonths | None = None
    """The twelve months that the revenue part compares with the twelve before."""


class HealthReader:
    """Reads what health needs for many accounts at once."""

    def __init__(self, records: Records, account_ids: list[int], *, evidence: bool = True) -> None:
        """Without `evidence` rows are read as far as health is computed from them, and what
        `of` gives as evidence cannot be cited."""
        self.records = records
        self.today = records.rights.today
        self._whole = evidence
        self._rows = self._grouped(account_ids)
        self._promised = self._having(Action, account_ids, Action.direction == "ours")
        self._invoiced = self._having(Receivable, account_ids)
        self._complaints_kept = bool(self._having(Complaint, account_ids))
        self._last = last_touches(records, account_ids)
        visible = (records.accounts.get(key) for key in account_ids)
        self._year = twelve_months(records, [account for account in visible if account])

    def citing(self, account_ids: list[int]) -> HealthReader:
        """The same of some of the accounts, with evidence that can be cited."""
        whole = copy(self)
        whole._whole = True
        whole._rows = whole._grouped(account_ids)
        years = [year for key in account_ids if (year := self._year.get(key))]
        booked = [key for year in years for key in (*year.counted, *year.counted_before)]
        self.records.keep(Financial, booked)
        return whole

    def _grouped(self, account_ids: list[int]) -> dict[type[BusinessRow], dict[int, list[Any]]]:
        """What is read for health, by model and account."""
        found: dict[type[BusinessRow], dict[int, list[Any]]] = {}
        for model, now in _weighs(self.today).items():
            grouped: defaultdict[int, list[Any]] = defaultdict(list)
            for row in self._read(model, account_ids, now):
                grouped[row.account_id].append(row)
            found[model] = grouped
        return found

    def _read(
        self, model: type[BusinessRow], account_ids: list[int], now: list[ColumnElement[bool]]
    ) -> Sequence[Any]:
        if self._whole:
            return self.records.all(model, account_ids=account_ids, now=now)
        names = ("id", "account_id", *_FIELDS[model])
        return self.records.fields(model, names, account_ids=account_ids, now=now)

    def _having(
        self,
        model: type[Action] | type[Receivable] | type[Complaint],
        account_ids: list[int],
        *now: ColumnElement[bool],
    ) -> set[int]:
        """The accounts with any row of the kind (of commitments ours), closed ones too."""
        if not self.records.as_it_stands:
            rows = self.records.all(model, account_ids=account_ids)
            return {row.account_id for row in rows if getattr(row, "direction", "ours") == "ours"}
        where = and_(self.records.held(model), model.account_id.in_(account_ids), *now)
        return set(self.records.session.scalars(select(model.account_id).where(where).distinct()))

    def of(self, account: Account) -> AccountHealth:
        """The health of one of the accounts."""
        evidence: dict[str, list[BusinessRow]] = {}
        silent: dict[int, int] = {}
        parts = [
            Part("cadence", self._cadence(account, evidence, silent)),
            Part("commitments", self._commitments(account, evidence)),
            Part("complaints", self._complaints(account, evidence)),
            Part("satisfaction", self._satisfaction(account, evidence)),
            Part("revenue", self._revenue(account, evidence)),
            Part("coverage", self._coverage(account, evidence)),
            Part("renewal", self._renewal(account, evidence)),
            Part("payment", self._payment(account, evidence)),
        ]
        gates = list(self._gates(account, evidence))
        year = self._year.get(account.id)
        return AccountHealth(account, health(parts, gates), evidence, silent, year)

    def _of(self, model: type[Row], account: Account) -> list[Row]:
        return self._rows[model].get(account.id, [])

    def _cadence(
        self,
        account: Account,
        evidence: dict[str, list[BusinessRow]],
        silent: dict[int, int],
    ) -> int | None:
        if account.id not in self._last.by_account:
            return None
        named = [
            (row, days)
            for row in self._contacts(account)
            if not has_left(row, self.today)
            and (days := cadence_days(account.account_class, row.decision_role))
        ]
        good = 0
        for row, days in named:
            last = self._last.by_contact.get(row.id)
            if last is not None and (self.today - last).days <= days:
                good += 1
                continue
            evidence.setdefault("cadence", []).append(row)
            if last is not None:
                silent[row.id] = (self.today - last).days
        return share_score(good, len(named))

    def _commitments(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        ours = [row for row in self._of(Action, account) if row.direction == "ours"]
        open_now = [row for row in ours if is_open_action(row, self.today)]
        late = [row for row in open_now if row.due and row.due < self.today]
        evidence["commitments"] = list(late)
        if account.id not in self._promised:
            return None
        return 100 if not open_now else share_score(len(open_now) - len(late), len(open_now))

    def _complaints(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        if not self._complaints_kept:
            return None
        still = self._open_complaints(account)
        evidence["complaints"] = list(still)
        if any(row.severity == "high" for row in still):
            return 20
        return 60 if still else 100

    def _open_complaints(self, account: Account) -> list[Complaint]:
        return [
            row
            for row in self._of(Complaint, account)
            if row.raised_on <= self.today and (row.closed_on is None or row.closed_on > self.today)
        ]

    def _satisfaction(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        known = [
            row
            for row in self._of(Satisfaction, account)
            if self.today - STALE_SURVEY <= row.date <= self.today
        ]
        if not known:
            return None
        latest = max(known, key=lambda row: (row.date, row.id))
        evidence["satisfaction"] = [latest]
        return satisfaction_score(latest.kind, latest.value)

    def _revenue(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        found = self._year.get(account.id)
        if found is None or found.before is None:
            return None
        if self._whole:
            evidence["revenue"] = [*found.rows, *found.before_rows]
        return change_score(found.revenue, found.before)

    def _coverage(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        here = [row for row in self._contacts(account) if not has_left(row, self.today)]
        if not any(row.decision_role for row in here):
            return None
        held = {row.decision_role for row in here}
        sponsor = any(
            seat.seat == "executive_sponsor" and self._still_here(seat.person_id)
            for seat in self._of(TeamSeat, account)
        )
        wanted = ("decision_maker", "economic_buyer", "champion")
        evidence["coverage"] = [row for row in here if row.decision_role in wanted]
        return share_score(sum(role in held for role in wanted) + sponsor, 4)

    def _still_here(self, person_id: int) -> bool:
        person = self.records.people.get(person_id)
        return person is not None and (person.left_on is None or person.left_on > self.today)

    def _renewal(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        ahead = [
            (deadline, row)
            for row in self._of(Contract, account)
            if (deadline := renewal_deadline(row.notice_by, row.end))
            and row.end is not None
            and row.end >= self.today
        ]
        if not ahead:
            return None
        deadline, contract = min(ahead, key=lambda pair: (pair[0], pair[1].id))
        evidence["renewal"] = [contract]
        days = (deadline - self.today).days
        working = [
            row
            for row in self._of(Opportunity, account)
            if row.kind == "renewal" and is_open_deal(row, self.today)
        ]
        evidence["renewal"] += working
        if days > 180:
            return 100
        if days > 30:
            return 75 if working else 50
        return 50 if working else 20

    def _payment(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> int | None:
        if account.id not in self._invoiced:
            return None
        late = self._overdue(account)
        evidence["payment"] = list(late)
        if not late:
            return 100
        return 20 if any(self.today - row.due > LATE_PAYMENT for row in late) else 60

    def _overdue(self, account: Account) -> list[Receivable]:
        return [
            row
            for row in self._of(Receivable, account)
            if row.due < self.today and (row.paid_on is None or row.paid_on > self.today)
        ]

    def _gates(self, account: Account, evidence: dict[str, list[BusinessRow]]) -> list[Gate]:
        found: dict[str, tuple[Colour, list[BusinessRow]]] = {}

        def hold(name: str, rows: list[BusinessRow], colour: Colour = Colour.AMBER) -> None:
            if rows:
                found[name] = (colour, rows)

        hold(
            "notice_given",
            [
                row
                for row in self._of(Contract, account)
                if notice_is_given(row) and (row.end is None or row.end >= self.today)
            ],
            Colour.RED,
        )
        contacts = self._contacts(account)
        hold(
            "key_person_left",
            [
                row
                for row in contacts
                if row.decision_role in ("decision_maker", "champion")
                and has_left(row, self.today)
                and row.left_on is not None
                and self.today - row.left_on <= RECENT_EXIT
                and not any(
                    other.decision_role == row.decision_role and not has_left(other, self.today)
                    for other in contacts
                )
            ],
        )
        hold(
            "severe_complaint",
            [row for row in self._open_complaints(account) if row.severity == "high"],
        )
        hold(
            "competitor_pilot",
            [
                row
                for row in self._of(Competitor, account)
                if any(
                    word in fold(f"{row.strength or ''} {row.expected_move or ''}")
                    for word in PILOT
                )
            ],
        )
        hold(
            "late_payment",
            [row for row in self._overdue(account) if self.today - row.due > LATE_PAYMENT],
        )
        hold(
            "late_promise",
            [
                row
                for row in self._of(Action, account)
                if row.direction == "ours"
                and is_open_action(row, self.today)
                and row.due is not None
                and self.today - row.due > LATE_PROMISE
            ],
        )
        for name, (_, rows) in found.items():
            evidence[name] = rows
        return [Gate(name, colour) for name, (colour, _) in found.items()]

    def _contacts(self, account: Account) -> list[Contact]:
        return self._of(Contact, account)
