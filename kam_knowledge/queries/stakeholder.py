"""Where we stand with one person at an account (S1-10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_

from kam_knowledge.analysis.cadence import cadence_days
from kam_knowledge.analysis.renewals import renewal_deadline
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.receivables import overdue_invoices
from kam_knowledge.queries.records import Disagreement, Records
from kam_knowledge.queries.touches import NoteText, Touch, notes_mentioning, touches
from kam_knowledge.store.models import (
    Account,
    Complaint,
    Contact,
    Contract,
    Opportunity,
    Person,
    Receivable,
)

RENEWAL_HORIZON = timedelta(days=120)
"""How far ahead a renewal belongs in a person's status: the sponsor's step of P-4."""


@dataclass(frozen=True)
class StakeholderStatus:
    """Everything on record about a contact that these readers may see."""

    contact: Contact
    account: Account
    inner: bool
    """Whether stance and coverage may be shown."""
    reports_to: Contact | None
    known_by: list[Person]
    successors: list[Contact]
    """Who holds the same title or department since the person left."""
    last_touch: Touch | None
    touches: list[Touch]
    """Two-way touches, newest first: mass mail is no contact."""
    mentions: list[NoteText]
    """Notes that speak of the person, newest first."""
    commitments: list[Commitment]
    """Open commitments with the account: the person's own first."""
    own_commitments: frozenset[int]
    """Ids of actions that name the person."""
    opportunities: list[Opportunity]
    """Open deals that hang on the person."""
    other_open: list[Opportunity]
    risks: Risks
    disagreements: list[Disagreement]
    gaps: tuple[str, ...]
    """Codes of what is not known: decision_role, support, reports_to, last_touch, next_step…"""
    cadence: int | None
    """Days between contacts that P-2 asks for, None where it asks for none."""
    silent_days: int | None
    """Days since the last touch; None without one."""


@dataclass(frozen=True)
class Risks:
    """What weighs on the account today."""

    overdue_invoices: list[Receivable] = field(default_factory=list)
    open_complaints: list[Complaint] = field(default_factory=list)
    renewals: list[tuple[date, Contract]] = field(default_factory=list)
    stated_renewal: date | None = None
    """The account's own renewal date within the horizon, where no contract ends that day."""


def stakeholder_status(records: Records, contact: Contact, account: Account) -> StakeholderStatus:
    """The status of one contact on the business day."""
    today = records.rights.today
    colleagues = records.contacts(account.id)
    by_id = {row.id: row for row in colleagues}
    met = [
        touch
        for touch in touches(records, account_ids=[account.id], contact_id=contact.id)
        if touch.two_way
    ]
    names = [contact.name, *contact.aliases]
    mentions = notes_mentioning(records, account.id, names)
    commitments = open_commitments(records, account_ids=[account.id])
    own = frozenset(c.action.id for c in commitments if _concerns(c, contact, names))
    commitments = sorted(commitments, key=lambda c: c.action.id not in own)
    rows = records.all(Opportunity, account_ids=[account.id], now=[open_now()])
    deals = [deal for deal in rows if is_open(deal, today)]
    gone = has_left(contact, today)
    inner = records.rights.sees_inner(account.id)
    risks = account_risks(records, account.id)
    last = met[0] if met else None
    gaps = [
        code
        for code, missing in (
            ("decision_role", not contact.decision_role),
            ("support", inner and not contact.support),
            ("reports_to", contact.reports_to_id is None),
            ("last_touch", last is None),
            ("known_by", not contact.known_by_ids),
        )
        if missing
    ]
    return StakeholderStatus(
        contact=contact,
        account=account,
        inner=inner,
        reports_to=by_id.get(contact.reports_to_id or 0),
        known_by=[records.people[key] for key in contact.known_by_ids if key in records.people],
        successors=[row for row in colleagues if gone and _follows(row, contact, today)],
        last_touch=last,
        touches=met,
        mentions=mentions,
        commitments=commitments,
        own_commitments=own,
        opportunities=[d for d in deals if d.contact_id == contact.id],
        other_open=[d for d in deals if d.contact_id != contact.id],
        risks=risks,
        disagreements=records.disagreements(contact),
        gaps=tuple(gaps),
        cadence=None if gone else cadence_days(account.account_class, contact.decision_role),
        silent_days=(today - last.date).days if last else None,
    )


def is_open(deal: Opportunity, today: date) -> bool:
    """Whether the deal was open on that day; one created later was not there yet."""
    return deal.outcome in (None, "open") and (deal.created_on is None or deal.created_on <= today)


def open_now() -> ColumnElement[bool]:
    """Deals that no outcome has closed, by present values, as SQL over `Opportunity`."""
    return or_(Opportunity.outcome.is_(None), Opportunity.outcome == "open")


def unsolved_now(today: date) -> ColumnElement[bool]:
    """Complaints that are not closed, by present values, as SQL over `Complaint`."""
    return or_(Complaint.closed_on.is_(None), Complaint.closed_on > today)


def has_left(contact: Contact, today: date) -> bool:
    """Whether the person had left by that day."""
    return contact.left_on is not None and contact.left_on <= today


def account_risks(records: Records, account_id: int) -> Risks:
    """Overdue invoices, open complaints and renewals within the horizon, most pressing first."""
    today = records.rights.today
    complaints = [
        row
        for row in records.all(Complaint, account_ids=[account_id], now=[unsolved_now(today)])
        if row.raised_on <= today and (row.closed_on is None or row.closed_on > today)
    ]
    renewals = []
    contracts = records.all(Contract, account_ids=[account_id])
    for contract in contracts:
        # A notice date that has passed leaves the end to count from.
        notice = contract.notice_by if contract.notice_by and contract.notice_by >= today else None
        deadline = renewal_deadline(notice, contract.end)
        if deadline and today <= deadline <= today + RENEWAL_HORIZON:
            renewals.append((deadline, contract))
    account = records.accounts.get(account_id)
    stated = account.renewal_date if account else None
    if stated and (
        not today <= stated <= today + RENEWAL_HORIZON
        or stated in [contract.end for contract in contracts]
    ):
        stated = None
    return Risks(
        overdue_invoices(records, [account_id]),
        sorted(complaints, key=lambda row: (row.severity != "high", row.raised_on)),
        sorted(renewals, key=lambda pair: (pair[0], pair[1].id)),
        stated,
    )


def _concerns(commitment: Commitment, contact: Contact, names: list[str]) -> bool:
    if commitment.action.owner_contact_id == contact.id:
        return True
    return mentions_of(names)(commitment.action.action)


def _follows(row: Contact, gone: Contact, today: date) -> bool:
    """Whether the row took the place: same title or department, there since the other left."""
    if row.id == gone.id or has_left(row, today) or row.since is None or gone.left_on is None:
        return False
    near = row.since >= gone.left_on - timedelta(days=60)
    same_title = bool(row.title and gone.title and fold(row.title) == fold(gone.title))
    same_place = bool(
        row.department and gone.department and fold(row.department) == fold(gone.department)
    )
    return near and (same_title or same_place)
