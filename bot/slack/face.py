"""The Slack face put together: listeners before, workers behind, over one of two transports."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from slack_bolt import App as Bolt
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.slack.answering import Answering
from bot.slack.delivery import Delivery
from bot.slack.directory import Directory
from bot.slack.home import Home
from bot.slack.identity import Identities
from bot.slack.inbox import Inbox
from bot.slack.intake import Intake
from bot.slack.listeners import actions, commands, events, steps
from bot.slack.outbox import Outbox
from bot.slack.workers import Workers

if TYPE_CHECKING:
    from bot.app import App


@dataclass(frozen=True)
class Access:
    """How the workspace is reached."""

    bot_token: str
    signing_secret: str | None = None
    api_url: str = "https://slack.com/api/"


class SlackFace:
    """One workspace's bot. `bolt` takes the events; `workers` answer and deliver."""

    def __init__(
        self,
        app: App,
        access: Access,
        *,
        workers: int = 4,
        time_of: Callable[[], float] = time.monotonic,
    ) -> None:
        """`time_of` counts the seconds that what Slack told is believed."""
        self._app = app
        self._time_of = time_of
        self._access = access
        self._workers = workers
        self.inbox = Inbox(app.store)
        self.outbox = Outbox(app.store)

    @cached_property
    def team(self) -> str:
        """The workspace's id, which the token tells. Raises SlackApiError."""
        return str(self._client.auth_test()["team_id"])

    @cached_property
    def _client(self) -> WebClient:
        return WebClient(
            token=self._access.bot_token,
            base_url=self._access.api_url,
            retry_handlers=[
                ConnectionErrorRetryHandler(),
                RateLimitErrorRetryHandler(max_retry_count=2),
                ServerErrorRetryHandler(max_retry_count=2),
            ],
        )

    @cached_property
    def directory(self) -> Directory:
        """Who is who in the workspace."""
        return Directory(self._client, self.team, time_of=self._time_of)

    @cached_property
    def identities(self) -> Identities:
        """Which of our people they are."""
        app = self._app
        return Identities(self.directory, app.store, lambda person: app.clock(person).today)

    @cached_property
    def bolt(self) -> Bolt:
        """The Bolt app, with the intake before every listener."""
        bolt = Bolt(
            client=self._client,
            signing_secret=self._access.signing_secret or "socket-mode-needs-none",
        )
        bolt.use(Intake(self.inbox, self.outbox))
        home = Home(self._app, self._client, self.identities, self.team)
        events.register(bolt, home, self.directory)
        commands.register(bolt)
        actions.register(bolt)
        steps.register(bolt)
        return bolt

    @cached_property
    def workers(self) -> Workers:
        """The threads behind; `start` them."""
        delivering = WebClient(
            token=self._access.bot_token, base_url=self._access.api_url, retry_handlers=[]
        )
        return Workers(
            self.inbox,
            self.outbox,
            Answering(self._app, self.inbox, self.directory, self.identities, self.team),
            Delivery(delivering, self.outbox),
            answerers=self._workers,
        )
