"""Before Slack hears "received", what arrived is committed; what arrived before is dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltContext, BoltResponse

from bot.slack.arrivals import Ourselves, arrival
from bot.slack.inbox import Inbox
from bot.slack.outbox import Outbox


class Intake:
    """A Bolt middleware. An error in it is no ack, so Slack sends the event again."""

    def __init__(self, inbox: Inbox, outbox: Outbox, keeper: Callable[[str], str | None]) -> None:
        """`keeper` tells who keeps the message at a place as a note."""
        self._inbox = inbox
        self._keeper = keeper
        self._outbox = outbox

    def __call__(
        self, body: dict[str, Any], context: BoltContext, next: Callable[[], Any]
    ) -> BoltResponse | None:
        # The workspace whose token Bolt found: ids mean something there and nowhere else.
        found_for = context.authorize_result
        team = (found_for.team_id if found_for else None) or context.team_id or ""
        us = Ourselves(team, context.bot_user_id or "", self._outbox.answered_in, self._keeper)
        found = arrival(body, us)
        if found is not None and not self._inbox.receive(found):
            return BoltResponse(status=200, body="")  # a repetition is acked and dropped
        next()
        return None
