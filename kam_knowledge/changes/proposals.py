"""Writes that wait for their author's yes: proposed, confirmed once, receipted, undoable.

The states change by condition (`UPDATE … WHERE state = 'waiting'`), so however often a yes
arrives, and from how many workers, the change is written once and the first receipt comes back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kam_knowledge.changes.ledger import Ledger, from_json, to_json
from kam_knowledge.errors import DeniedError, KamError, UsageError
from kam_knowledge.store.models import SHEETS, Change, Proposal

LIFE = timedelta(days=7)


@dataclass(frozen=True)
class FieldChange:
    """One field of one row: what it holds and what it would hold (values as JSON)."""

    table: str
    row_id: int
    key: str
    """What a person calls the row."""
    field: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        """The contract's shape."""
        return {name: getattr(self, name) for name in ("table", "key", "field", "before", "after")}


@dataclass(frozen=True)
class Receipt:
    """What was written: the change's public id, its fields, and when."""

    change: str
    fields: tuple[FieldChange, ...]
    recorded_at: str


class OutOfDate(KamError):
    """What the proposal would change has changed meanwhile."""


def propose(
    session: Session,
    *,
    person_id: int,
    kind: str,
    summary: str,
    changes: Sequence[FieldChange],
    now: datetime,
    thread_id: int | None = None,
) -> Proposal:
    """A proposal that waits for its author; nothing is written to the book."""
    row = Proposal(
        key=f"proposal-{secrets.token_hex(5)}",
        person_id=person_id,
        thread_id=thread_id,
        kind=kind,
        payload={"summary": summary, "changes": [asdict(change) for change in changes]},
        state="waiting",
        created_at=now,
        expires_at=now + LIFE,
    )
    session.add(row)
    session.flush()
    return row


def field_changes(proposal: Proposal) -> tuple[FieldChange, ...]:
    """What the proposal would change."""
    return tuple(FieldChange(**change) for change in proposal.payload["changes"])


def waiting(session: Session, person_id: int, thread_id: int | None) -> Proposal | None:
    """The person's newest proposal of that thread that still waits; None for none."""
    return session.scalar(
        select(Proposal)
        .where(
            Proposal.person_id == person_id,
            Proposal.thread_id == thread_id,
            Proposal.state == "waiting",
        )
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def by_key(session: Session, key: str, person_id: int) -> Proposal:
    """The person's proposal of that id. Raises UsageError where there is none of theirs."""
    row = session.scalar(
        select(Proposal).where(Proposal.key == key, Proposal.person_id == person_id)
    )
    if row is None:
        raise UsageError(f"you have no proposal {key!r}.", "Ask again to get a new one.")
    return row


def confirm(
    session: Session, proposal: Proposal, *, today: date, now: datetime, origin: str
) -> Receipt:
    """Writes what was proposed, once; a second yes gets the first receipt.

    Raises UsageError for one that was cancelled or has expired, OutOfDate when a field no
    longer holds what the proposal showed: nothing is written then.
    """
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == "waiting", Proposal.expires_at > now)
        .values(state="confirmed")
    )
    session.refresh(proposal)
    if not getattr(taken, "rowcount", 0):
        if proposal.state == "confirmed" and proposal.receipt is not None:
            return receipt_of(proposal)
        state = "has expired" if proposal.state == "waiting" else f"was {proposal.state}"
        raise UsageError(f"{proposal.key} {state}.", "Ask again to get a new one.")
    ledger = Ledger(
        session,
        cause="message",
        origin=origin,
        actor_id=proposal.person_id,
        as_of=today,
        as_of_stated=True,
    )
    changes = field_changes(proposal)
    for change in changes:
        model = SHEETS[change.table]
        row = session.get(model, change.row_id)
        if row is None or row.retracted or to_json(getattr(row, change.field)) != change.before:
            raise OutOfDate(
                f"{change.key} has changed since this was proposed.",
                "Ask again to see how it stands now.",
            )
        ledger.update(
            row, {change.field: from_json(model, change.field, change.after)}, source=proposal.key
        )
    receipt = Receipt(ledger.change.key, changes, now.isoformat())
    proposal.receipt = {
        "change": receipt.change,
        "fields": [asdict(change) for change in changes],
        "recorded_at": receipt.recorded_at,
    }
    proposal.change_id = ledger.change.id
    session.flush()
    return receipt


def receipt_of(proposal: Proposal) -> Receipt:
    """The receipt of a confirmed proposal."""
    kept = proposal.receipt or {}
    return Receipt(
        kept["change"],
        tuple(FieldChange(**change) for change in kept["fields"]),
        kept["recorded_at"],
    )


def cancel(session: Session, proposal: Proposal) -> bool:
    """Takes the proposal off the table; False when it no longer waited."""
    taken = session.execute(
        update(Proposal)
        .where(Proposal.id == proposal.id, Proposal.state == "waiting")
        .values(state="cancelled")
    )
    session.refresh(proposal)
    return bool(getattr(taken, "rowcount", 0))


def undo_last(session: Session, person_id: int, *, origin: str, today: date) -> Proposal:
    """Takes the person's last confirmed write back; returns the proposal it came from.

    Raises UsageError where there is nothing of theirs to take back, DeniedError when somebody
    else's write stands on it.
    """
    row = session.scalar(
        select(Proposal)
        .join(Change, Change.id == Proposal.change_id)
        .where(
            Proposal.person_id == person_id,
            Proposal.state == "confirmed",
            Change.undone_by_id.is_(None),
        )
        .order_by(Change.id.desc())
        .limit(1)
    )
    if row is None or row.change_id is None:
        raise UsageError("there is nothing of yours to take back.", "")
    change = session.get(Change, row.change_id)
    if change is None or change.actor_id != person_id:
        raise DeniedError("that write is not yours to take back.", "Ask whoever made it.")
    ledger = Ledger(
        session, cause="undo", origin=origin, actor_id=person_id, as_of=today, as_of_stated=True
    )
    ledger.undo(change)
    row.state = "undone"
    session.flush()
    return row
