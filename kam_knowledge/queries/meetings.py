"""Planned meetings, and what to know before one: what they care about, what to ask (S1-9)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kam_knowledge.analysis.renewals import renewal_deadline
from kam_knowledge.analysis.trend import Direction
from kam_knowledge.queries.commitments import Commitment
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import RENEWAL_HORIZON, has_left, is_open
from kam_knowledge.queries.touches import NoteText, Touch, notes_mentioning
from kam_knowledge.queries.trends import satisfaction_series
from kam_knowledge.store.base import BusinessRow
from kam_knowledge.store.models import (
    Account,
    Activity,
    Competitor,
    Complaint,
    Contact,
    Contract,
    Opportunity,
)

FRESH = timedelta(days=365)
"""What was said longer ago is no longer what somebody cares about."""


@dataclass(frozen=True)
class Question:
    """Something worth asking, from a gap or a loose end in the records; a suggestion, no fact."""

    code: str
    """fix_holds, theirs_late, renewal_path, satisfaction, rival, decides, role, next_step."""
    row: BusinessRow | None
    """What it rests on; None where it rests on something not being on record."""
    name: str = ""


def planned(
    records: Records,
    since: date,
    until: date | None = None,
    *,
    account_ids: Iterable[int] | None = None,
    contact_ids: Iterable[int] = (),
) -> list[Activity]:
    """Planned activities from `since` to `until`, soonest first; with one of the contacts, if
    any are given."""
    wanted = set(contact_ids)
    now = [Activity.status == "planned", Activity.date >= since]
    found = [
        row
        for row in records.all(Activity, account_ids=account_ids, now=now)
        if row.status == "planned"
        and row.date >= since
        and (until is None or row.date <= until)
        and (not wanted or wanted & set(row.contact_ids))
    ]
    return sorted(found, key=lambda row: (row.date, row.id))


def cares_about(
    records: Records,
    account: Account,
    people: Iterable[Contact],
    met: Iterable[Touch],
    shown: Iterable[int],
) -> list[tuple[NoteText, Touch | None]]:
    """Notes that tell what these people care about: those of touches with them, each with its
    touch, then those that speak of them; of the last year, newest first, those already `shown`
    left out."""
    oldest = records.rights.today - FRESH
    seen = set(shown)
    found: list[tuple[NoteText, Touch | None]] = []

    def take(note: NoteText | None, touch: Touch | None = None) -> None:
        if note and note.note_id not in seen and note.date and note.date >= oldest:
            seen.add(note.note_id)
            found.append((note, touch))

    for touch in met:
        take(touch.note, touch)
    names = [name for person in people for name in (person.name, *person.aliases)]
    mentions = notes_mentioning(records, account.id, names) if names else []
    for note in mentions:
        take(note)
    return found


def questions(
    records: Records,
    account: Account,
    people: Iterable[Contact],
    commitments: Iterable[Commitment],
) -> list[Question]:
    """What to ask, most pressing first."""
    today = records.rights.today
    found: list[Question] = []
    for complaint in records.all(Complaint, account_ids=[account.id]):
        still = complaint.closed_on is None or complaint.closed_on > today
        if still and complaint.raised_on <= today:
            found.append(Question("fix_holds", complaint, complaint.complaint))
    for commitment in commitments:
        if commitment.action.direction == "theirs" and commitment.overdue_days:
            found.append(Question("theirs_late", commitment.action, commitment.action.action))
    found += _renewal(records, account, today)
    for series in satisfaction_series(records, [account]):
        if series.direction is Direction.FALLING:
            found.append(Question("satisfaction", series.rows[-1], series.kind.upper()))
    found += [
        Question("rival", row, row.competitor)
        for row in records.all(Competitor, account_ids=[account.id])
        if row.expected_move
    ][:1]
    here = [row for row in records.contacts(account.id) if not has_left(row, today)]
    if not any(row.decision_role in ("decision_maker", "economic_buyer") for row in here):
        found.append(Question("decides", None, account.name))
    found += [Question("role", None, row.name) for row in people if not row.decision_role]
    found += [
        Question("next_step", row, row.name)
        for row in records.all(Opportunity, account_ids=[account.id])
        if is_open(row, today) and not row.next_step
    ]
    return found


def _renewal(records: Records, account: Account, today: dt.date) -> list[Question]:
    found: list[tuple[date, Contract]] = []
    for contract in records.all(Contract, account_ids=[account.id]):
        deadline = renewal_deadline(contract.notice_by, contract.end)
        if deadline and today <= deadline <= today + RENEWAL_HORIZON:
            found.append((deadline, contract))
    found.sort(key=lambda pair: (pair[0], pair[1].id))
    return [Question("renewal_path", row, row.contract) for _, row in found[:1]]
