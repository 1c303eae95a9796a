"""Brings what was claimed to the desk of its workspace; what has none any more is ended."""

from __future__ import annotations

import logging
from datetime import timedelta

from slack_sdk.errors import SlackApiError

from bot.slack import inbox
from bot.slack.arrivals import team_of
from bot.slack.desks import Desk, Desks
from bot.slack.inbox import Inbox, Received
from bot.slack.outbox import Outbox, Parcel
from bot.slack.tokens import NotInstalled, NotRenewed
from kam_knowledge.store.engine import Store

_LOG = logging.getLogger(__name__)
_TRY_AGAIN = timedelta(seconds=5)
_OUT = frozenset({"token_revoked", "account_inactive", "invalid_auth", "token_expired"})


class Later(Exception):
    """Slack cannot be asked which token holds."""


class AtTheDesk:
    """Answers and delivers, each at its own desk. Safe to share between threads."""

    def __init__(self, desks: Desks, store: Store, inbox: Inbox, outbox: Outbox) -> None:
        self._desks = desks
        self._store = store
        self._inbox = inbox
        self._outbox = outbox

    def answer(self, received: Received) -> None:
        """Answers; nobody is left to be told where we were taken out meanwhile."""
        try:
            desk = self._desk(received.conversation)
        except NotInstalled:
            _LOG.warning("arrival %s: we are in its workspace no more", received.id)
            with self._store.write() as session:
                inbox.finish(session, received, inbox.FAILED)
        except Later:
            self._inbox.put_back(received, _TRY_AGAIN)
        else:
            desk.answering.answer(received)

    def deliver(self, parcel: Parcel) -> None:
        """Delivers, or gives up what is for a workspace that we are in no more."""
        try:
            desk = self._desk(parcel.conversation)
        except NotInstalled:
            _LOG.warning("outbox %s: we are in its workspace no more", parcel.id)
            self._outbox.failed(parcel)
        except Later:
            self._outbox.later(parcel, _TRY_AGAIN.total_seconds(), counts=False)
        else:
            desk.delivery.deliver(parcel)

    def _desk(self, conversation: str) -> Desk:
        try:
            return self._desks.of(team_of(conversation))
        except SlackApiError as error:
            if error.response.get("error") in _OUT:
                raise NotInstalled from error
            raise Later from error
        except (NotRenewed, OSError) as error:
            raise Later from error
