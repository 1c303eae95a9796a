"""Whether what somebody says in a thread we are in is said to us (decision 0008)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.slack.asked import Asked
from bot.slack.blocks.mrkdwn import mentioned
from kam_knowledge.store.models import Inbox, Outbox, Thread

if TYPE_CHECKING:
    from bot.app import App
    from bot.assistant.turn import Turn

_EVERYBODY = re.compile(r"<!(?:subteam\^|channel|here|everyone)")


def is_for_us(app: App, asked: Asked, turn: Turn) -> bool:
    """A message without a mention of us is ours to answer where it asks what we know to answer,
    or goes on right after our answer to the same person; never where it is addressed to others."""
    raw = str(asked.payload.get("text") or "")
    if mentioned(raw) or _EVERYBODY.search(raw):
        return False
    with app.store.read() as session:
        goes_on = _follows_our_answer(session, asked)
    heard = app.assistant.listen(turn)
    return not heard.to_somebody_else and (goes_on or heard.asks)


def _follows_our_answer(session: Session, asked: Asked) -> bool:
    """Whether nobody spoke in the thread since we answered this very person there."""
    received, person = asked.received, asked.asker.person
    answered = session.scalar(
        select(Outbox.inbox_id)
        .where(Outbox.conversation == received.conversation, Outbox.inbox_id < received.id)
        .order_by(Outbox.id.desc())
        .limit(1)
    )
    if answered is None:
        return False
    somebody_spoke = session.scalar(
        select(
            exists().where(
                Inbox.conversation == received.conversation,
                Inbox.kind == "message",
                Inbox.id > answered,
                Inbox.id < received.id,
            )
        )
    )
    last = session.scalar(
        select(Thread.person_id)
        .where(Thread.key == received.conversation)
        .order_by(Thread.updated_at.desc())
        .limit(1)
    )
    return not somebody_spoke and last == (person.id if person else None)
