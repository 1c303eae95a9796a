"""A card that nobody confirmed: reminded of once, then a draft that only its author sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from kam_knowledge.changes import proposals
from kam_knowledge.schedules import Weekly
from kam_knowledge.store.models import Proposal

REMINDED_AFTER = timedelta(hours=4)
DRAFT_AFTER = timedelta(hours=20)
"""After the reminder."""
KEPT = timedelta(days=30)
_MORNING, _EVENING = time(9), time(18)
_FRIDAY, _SATURDAY = 4, 5
_OFFERED_AT = time(15)


@dataclass(frozen=True)
class Draft:
    """A note that was never confirmed, as its author's list shows it."""

    key: str
    """The proposal's id."""
    summary: str
    until: datetime
    aside: bool
    """Whether it is its author's alone by now."""


def remind_at(proposed: datetime, zone: str) -> datetime:
    """When an unconfirmed card is brought to mind: hours later, while its author works."""
    here = (proposed + REMINDED_AFTER).astimezone(ZoneInfo(zone))
    if here.time() >= _EVENING:
        here = datetime.combine(here.date() + timedelta(days=1), _MORNING, here.tzinfo)
    elif here.time() < _MORNING:
        here = datetime.combine(here.date(), _MORNING, here.tzinfo)
    while here.weekday() >= _SATURDAY:
        here = datetime.combine(here.date() + timedelta(days=1), _MORNING, here.tzinfo)
    return here.astimezone(UTC)


def offered_at(now: datetime, zone: str) -> datetime:
    """The next Friday afternoon where the author lives."""
    return Weekly((_FRIDAY,), _OFFERED_AT, zone).next_after(now)


def put_aside(session: Session, proposal: Proposal, now: datetime) -> bool:
    """Makes a draft of a card that waits; False where it no longer does."""
    payload = {**proposal.payload, "draft": {"since": now.isoformat(), "offered": False}}
    if not proposals.rewrite(session, proposal, payload):
        return False
    proposal.expires_at = now + KEPT
    session.flush()
    return True


def is_draft(proposal: Proposal) -> bool:
    """Whether it is its author's alone by now."""
    return bool(proposal.payload.get("draft"))


def drafts(session: Session, person_id: int, now: datetime) -> list[Draft]:
    """The person's drafts that are still kept, oldest first."""
    return [one for one in waiting(session, person_id, now) if one.aside]


def waiting(session: Session, person_id: int, now: datetime) -> list[Draft]:
    """All notes that wait for the person's yes, drafts or not, oldest first."""
    rows = session.scalars(
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.kind == "note",
            Proposal.state == proposals.WAITING,
            Proposal.expires_at > now,
        )
        .order_by(Proposal.id)
    )
    return [_draft(one) for one in rows]


def offer(session: Session, person_id: int, now: datetime) -> list[Draft]:
    """Those that were not offered before; from now on they were."""
    fresh = []
    for one in drafts(session, person_id, now):
        proposal = proposals.by_key(session, one.key, person_id)
        held = proposal.payload["draft"]
        if not held["offered"]:
            payload = {**proposal.payload, "draft": {**held, "offered": True}}
            if proposals.rewrite(session, proposal, payload):
                fresh.append(one)
    return fresh


def _draft(proposal: Proposal) -> Draft:
    return Draft(
        proposal.key,
        proposal.payload["summary"],
        proposal.expires_at,
        is_draft(proposal),
    )
