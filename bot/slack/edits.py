"""An edited question has its answer changed, a deleted one has it taken back (decision 0008)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.slack.answers import Row, conversation_of_row
from bot.slack.asked import Asked
from bot.slack.blocks.mrkdwn import escape
from ingest import leases
from kam_knowledge.store.models import Inbox, Outbox
from prompts import replies


@dataclass(frozen=True)
class Standing:
    """A message of ours that answers what somebody said."""

    outbox_id: int
    conversation: str


def answers_to(session: Session, asked: Asked) -> list[Standing]:
    """The messages that answer what was edited or deleted, as they stand or will stand."""
    received = asked.received
    told = session.execute(
        select(Inbox.id, Inbox.payload)
        .where(Inbox.conversation == received.conversation, Inbox.id < received.id)
        .order_by(Inbox.id.desc())
    )
    for inbox_id, payload in told:
        if payload.get("ts") != asked.payload["ts"]:
            continue
        found = session.scalars(
            select(Outbox)
            .where(
                Outbox.inbox_id == inbox_id,
                or_(Outbox.state == leases.DUE, Outbox.delivered_ref.is_not(None)),
            )
            .order_by(Outbox.id)
        )
        standing = [
            Standing(one.id, one.conversation) for one in found if "takes_back" not in one.payload
        ]
        if standing:
            return standing
    return []


def overtaken(session: Session, asked: Asked) -> bool:
    """Whether a message was edited or deleted and we heard of that first: Slack keeps no order."""
    if asked.received.kind != "message":
        return False
    later = session.scalars(
        select(Inbox.payload).where(
            Inbox.conversation == asked.received.conversation,
            Inbox.kind.in_(("edited", "deleted")),
            Inbox.state != leases.DUE,
        )
    )
    return any(one.get("ts") == asked.payload.get("ts") for one in later)


def in_their_place(team: str, asked: Asked, standing: list[Standing], rows: list[Row]) -> list[Row]:
    """The messages, each in the place of one that stands in the same conversation; what is left
    over there is taken back. The first one says that the question was edited."""
    left: dict[str, list[Standing]] = defaultdict(list)
    for one in standing:
        left[one.conversation].append(one)
    found: list[Row] = []
    for number, (where, message) in enumerate(rows):
        before = left[conversation_of_row(team, asked, where)]
        if number == 0 and standing:
            message = {**message, "blocks": [_note(asked.language), *message["blocks"]]}
        if before:
            message = {**message, "replaces": before.pop(0).outbox_id}
        found.append((where, message))
    return found + taken_back(asked, left[asked.received.conversation])


def taken_back(asked: Asked, standing: list[Standing]) -> list[Row]:
    """What takes back those that stand where the question stood."""
    return [
        (asked.here, {"takes_back": one.outbox_id})
        for one in standing
        if one.conversation == asked.received.conversation
    ]


def _note(language: str) -> dict[str, object]:
    text = escape(replies("slack")["edited"][language])
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}
