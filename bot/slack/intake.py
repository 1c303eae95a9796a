"""Before Slack hears "received", what arrived is committed; what arrived before is dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from slack_bolt import BoltContext, BoltResponse

from bot.slack.arrivals import Ourselves, arrival
from bot.slack.inbox import Inbox
from bot.slack.outbox import Outbox


class Intake:
    """A Bolt middleware. An error in it is no ack, so Slack sends the event again."""

    def __init__(
        self, inbox: Inbox, outbox: Outbox, keepers: Callable[[str], Sequence[str]]
    ) -> None:
        """`keepers` tells who keep the message at a place as notes."""
        self._inbox = inbox
        self._keepers = keepers
        self._outbox = outbox

    def __call__(
        self, body: dict[str, Any], context: BoltContext, next: Callable[[], Any]
    ) -> BoltResponse | None:
        # The workspace whose token Bolt found: ids mean something there and nowhere else.
        found_for = context.authorize_result
        team = (found_for.team_id if found_for else None) or context.team_id or ""
        us = Ourselves(
            team,
            context.bot_user_id or "",
            self._outbox.answered_in,
            self._keepers,
            self._outbox.ever_answered_in,
        )
        found = arrival(body, us)
        # All are looked at: a delivery before this one may have been cut off amid them.
        new = [self._inbox.receive(one) for one in (found, *found.others)] if found else [True]
        if not any(new):
            return BoltResponse(status=200, body="")  # a repetition is acked and dropped
        next()
        return None
