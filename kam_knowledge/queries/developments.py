"""What became different at accounts in a span of days (S3-7): facts with dates, then the ledger.

A dated fact (a deal won, somebody who left, a complaint closed) counts on its own day. A change
of a value counts on the day it was stated for or recorded on. The values a row was created with
are no change, and rows that an import brought the first time it brought any are no news.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from kam_knowledge.changes.values import from_json
from kam_knowledge.queries.commitments import is_open
from kam_knowledge.queries.history import Stated
from kam_knowledge.queries.records import Records
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Account,
    Action,
    Change,
    Competitor,
    Complaint,
    Contact,
    Contract,
    Goal,
    Installed,
    LedgerEntry,
    Opportunity,
    Receivable,
    Satisfaction,
    Score,
    TeamSeat,
)

TRACKED: dict[type[BusinessRow], tuple[str, ...]] = {
    Account: (
        "account_class", "tier", "relationship", "relationship_target", "owner_id", "renewal_date",
        "share_of_wallet", "key_reason",
    ),
    Contact: ("title", "department", "reports_to_id", "decision_role", "support", "coverage"),
    Opportunity: (
        "amount", "probability", "forecast", "stage", "close_date", "next_step", "owner_id",
        "competitor", "contact_id", "outcome",
    ),
    Action: ("action", "owner", "due", "status"),
    Contract: ("end", "notice_by", "auto_renews", "value", "price_clause", "status"),
    Goal: ("owner_id", "due", "value", "status"),
    Competitor: ("strength", "weakness", "expected_move"),
    Complaint: ("severity", "action"),
    Installed: ("state", "competitor", "potential"),
    Receivable: ("amount", "due", "disputed", "reason"),
    TeamSeat: (),
}  # fmt: skip
"""Fields whose change is news, by model; a model without fields tells only of new rows."""


@dataclass(frozen=True)
class FieldChange:
    """A value before and after, in the row's own types, and who stated it when."""

    name: str
    old: Any
    new: Any
    recorded_at: dt.datetime
    actor_id: int | None
    cause: str


@dataclass(frozen=True)
class Development:
    """One thing that became different."""

    day: dt.date
    kind: str
    """deal_new, deal_won, deal_lost, contact_left, contact_joined, complaint_new,
    complaint_closed, promise_done, promise_late, invoice_paid, invoice_late, survey, scored,
    contract_ended, notice_passed, changed (a field), added (a row)."""
    account_id: int
    row: BusinessRow
    fields: tuple[str, ...]
    """What a citation of it quotes."""
    change: FieldChange | None = None
    others: tuple[BusinessRow, ...] = field(default=())
    """For a survey the one before; for a scoring the other criteria."""


def developments(
    records: Records,
    accounts: Iterable[Account],
    since: dt.date,
    until: dt.date,
    zone: dt.tzinfo | None = None,
) -> list[Development]:
    """What became different from `since` to `until`, both included, newest first.

    `zone` tells on which day an instant of recording lies. A day after the business day never
    counts.
    """
    ids = [account.id for account in accounts]
    last = min(until, records.rights.today)
    span = _Span(records, ids, since, last, zone or dt.UTC)
    found = [*span.dated(), *span.changed()]
    return sorted(found, key=lambda one: (one.day, one.row.id), reverse=True)


def changed_values(
    records: Records,
    accounts: Iterable[Account],
    models: Iterable[type[BusinessRow]],
    zone: dt.tzinfo | None = None,
) -> list[Development]:
    """Every change of these models' tracked fields up to the business day, newest first."""
    ids = [account.id for account in accounts]
    span = _Span(records, ids, dt.date.min, records.rights.today, zone or dt.UTC)
    found = [one for one in span.changed(models) if one.change is not None]
    return sorted(found, key=lambda one: (one.day, one.row.id), reverse=True)


@dataclass(frozen=True)
class _Span:
    records: Records
    ids: list[int]
    since: dt.date
    until: dt.date
    zone: dt.tzinfo

    def holds(self, day: dt.date | None) -> bool:
        return day is not None and self.since <= day <= self.until

    def _is_over(self, due: dt.date) -> bool:
        """Whether the day lies in the span and is over: what is due today is not late yet."""
        return self.holds(due) and due < self.records.rights.today

    def dated(self) -> Iterator[Development]:
        """Facts that carry a day of their own."""
        yield from self._deals()
        yield from self._people()
        yield from self._service()
        yield from self._money()
        yield from self._figures()

    def _deals(self) -> Iterator[Development]:
        for row in self.records.all(Opportunity, account_ids=self.ids):
            fields = ("name", "amount", "currency", "outcome", "close_date", "competitor", "reason")
            if row.outcome in ("won", "lost") and self.holds(row.close_date):
                assert row.close_date is not None
                yield Development(
                    row.close_date, f"deal_{row.outcome}", row.account_id, row, fields
                )
            elif self.holds(row.created_on):
                assert row.created_on is not None
                opened = ("name", "amount", "currency", "stage", "created_on")
                yield Development(row.created_on, "deal_new", row.account_id, row, opened)

    def _people(self) -> Iterator[Development]:
        for row in self.records.all(Contact, account_ids=self.ids):
            for kind, day, name in (
                ("contact_left", row.left_on, "left_on"),
                ("contact_joined", row.since, "since"),
            ):
                if self.holds(day):
                    assert day is not None
                    yield Development(day, kind, row.account_id, row, ("name", "title", name))

    def _service(self) -> Iterator[Development]:
        for row in self.records.all(Complaint, account_ids=self.ids):
            fields = ("complaint", "severity", "raised_on", "closed_on")
            if self.holds(row.raised_on):
                yield Development(row.raised_on, "complaint_new", row.account_id, row, fields)
            if self.holds(row.closed_on):
                assert row.closed_on is not None
                yield Development(row.closed_on, "complaint_closed", row.account_id, row, fields)
        for action in self.records.all(Action, account_ids=self.ids):
            quoted = ("action", "direction", "owner", "due", "status", "done_on")
            account_id = action.account_id
            if self.holds(action.done_on):
                assert action.done_on is not None
                yield Development(action.done_on, "promise_done", account_id, action, quoted)
            elif action.due and self._is_over(action.due) and is_open(action, self.until):
                yield Development(action.due, "promise_late", account_id, action, quoted)

    def _money(self) -> Iterator[Development]:
        for row in self.records.all(Receivable, account_ids=self.ids):
            fields = ("invoice", "amount", "currency", "due", "paid_on")
            if self.holds(row.paid_on):
                assert row.paid_on is not None
                yield Development(row.paid_on, "invoice_paid", row.account_id, row, fields)
            if self._is_over(row.due) and (row.paid_on is None or row.paid_on > self.until):
                yield Development(row.due, "invoice_late", row.account_id, row, fields)
        for contract in self.records.all(Contract, account_ids=self.ids):
            fields = ("contract", "end", "notice_by", "auto_renews", "status")
            for kind, end in (
                ("contract_ended", contract.end),
                ("notice_passed", contract.notice_by),
            ):
                if end and self._is_over(end):
                    yield Development(end, kind, contract.account_id, contract, fields)

    def _figures(self) -> Iterator[Development]:
        before: dict[tuple[int, str], Satisfaction] = {}
        for row in sorted(
            self.records.all(Satisfaction, account_ids=self.ids), key=lambda row: (row.date, row.id)
        ):
            earlier = before.get((row.account_id, row.kind))
            before[(row.account_id, row.kind)] = row
            if self.holds(row.date):
                others = (earlier,) if earlier else ()
                yield Development(
                    row.date, "survey", row.account_id, row, ("date", "kind", "value"), None, others
                )
        scored: defaultdict[tuple[int, dt.date], list[Score]] = defaultdict(list)
        for score in self.records.all(Score, account_ids=self.ids):
            if score.scored_on and self.holds(score.scored_on):
                scored[(score.account_id, score.scored_on)].append(score)
        for (account_id, day), rows in scored.items():
            fields = ("criterion", "score", "weight", "scored_by_id", "scored_on")
            yield Development(day, "scored", account_id, rows[0], fields, None, tuple(rows[1:]))

    def changed(self, models: Iterable[type[BusinessRow]] = TRACKED) -> Iterator[Development]:
        """What the ledger tells: values that moved, and rows that are new."""
        wanted = set(models)
        for model, names in TRACKED.items():
            if model not in wanted:
                continue
            rows = {row.id: row for row in self._rows(model)}
            entries: defaultdict[int, list[Stated]] = defaultdict(list)
            for stated in self.records.stated(model, list(rows.values())):
                entries[stated.entry.row_id].append(stated)
            for row_id, told in entries.items():
                yield from self._of(model, rows[row_id], names, told)

    def _rows(self, model: type[BusinessRow]) -> list[Any]:
        if model is Account:
            return self.records.all(Account, Account.id.in_(self.ids))
        return self.records.all(model, account_ids=self.ids)

    def _of(
        self,
        model: type[BusinessRow],
        row: BusinessRow,
        names: tuple[str, ...],
        told: list[Stated],
    ) -> Iterator[Development]:
        """The net change of each field of one row, or that the row as a whole is new."""
        first = min(told, key=lambda stated: stated.entry.id)
        account_id = row.id if isinstance(row, Account) else row.account_id  # type: ignore[attr-defined]
        created = self._day(first)
        if created is not None and _dated(row) is None and self._is_news(model, first):
            yield Development(created, "added", account_id, row, tuple(row.KEY))
            return
        for name in names:
            moved = [
                (day, stated)
                for stated in told
                if stated.entry.field == name
                and stated.entry.applied
                and not stated.entry.conflict
                and stated.entry.change_id != first.entry.change_id
                and stated.entry.old != stated.entry.new
                and (day := self._day(stated))
            ]
            if not moved:
                continue
            day, latest = moved[-1]
            old = moved[0][1].entry.old
            if old == latest.entry.new:
                continue  # it moved and came back
            change = FieldChange(
                name,
                from_json(model, name, old),
                from_json(model, name, latest.entry.new),
                latest.recorded_at,
                latest.actor_id,
                latest.cause,
            )
            yield Development(day, "changed", account_id, row, (*row.KEY, name), change)

    def _day(self, stated: Stated) -> dt.date | None:
        """The day in the span on which the entry counts: the one stated, else of recording."""
        recorded = stated.recorded_at.astimezone(self.zone).date()
        if stated.entry.as_of_stated and self.holds(stated.entry.as_of):
            return stated.entry.as_of
        return recorded if self.holds(recorded) else None

    def _is_news(self, model: type[BusinessRow], first: Stated) -> bool:
        """Whether it was written by hand, or by an import that had brought such rows before."""
        if first.cause != "import":
            return True
        earlier = (
            select(LedgerEntry.id)
            .join(Change, Change.id == LedgerEntry.change_id)
            .where(
                LedgerEntry.table == model.__tablename__,
                Change.cause == "import",
                Change.origin == first.origin,
                Change.id < first.entry.change_id,
            )
            .limit(1)
        )
        return self.records.session.scalar(earlier) is not None


def _dated(row: BusinessRow) -> dt.date | None:
    """The day the row itself says it began; `dated` tells of those."""
    for name in ("created_on", "since", "raised_on"):
        day = getattr(row, name, None)
        if isinstance(day, dt.date):
            return day
    return None
