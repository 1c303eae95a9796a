"""The Slack face put together: listeners before, workers behind, over one of two transports."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from slack_bolt import App as Bolt
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot.slack.access import Access, OAuthAccess
from bot.slack.answering import Answering
from bot.slack.at_the_desk import AtTheDesk
from bot.slack.boundary import Boundary
from bot.slack.delivery import Delivery
from bot.slack.desks import Desk, Desks
from bot.slack.digests import Digests
from bot.slack.directory import Directory
from bot.slack.home import Home
from bot.slack.identity import Identities
from bot.slack.inbox import Inbox
from bot.slack.intake import Intake
from bot.slack.keepers import Keepers
from bot.slack.links import remember_home
from bot.slack.listeners import actions, commands, events, notes, steps
from bot.slack.note_forms import NoteForms
from bot.slack.oauth.door import InstallDoor
from bot.slack.oauth.installations import Installations, InstalledTokens, States
from bot.slack.oauth.vault import open_vault
from bot.slack.originals import Originals
from bot.slack.outbox import Outbox
from bot.slack.scheduled import Scheduled
from bot.slack.shared_files import SharedFiles
from bot.slack.streaming import Streams
from bot.slack.tokens import BotToken, OneToken, Tokens, Whose
from bot.slack.waiting_notes import WaitingNotes
from bot.slack.workers import Workers
from prompts import replies

if TYPE_CHECKING:
    from bot.app import App

__all__ = ["Access", "OAuthAccess", "SlackFace"]

PREVIEW_SECONDS = 3
"""How long Slack may take over a view of an answer: the answer itself does not wait longer."""


class SlackFace:
    """The bot of one workspace or several. `bolt` takes the events; `workers` answer and
    deliver; `door` installs, where workspaces do that themselves."""

    def __init__(
        self,
        app: App,
        access: Access | OAuthAccess,
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

    @property
    def team(self) -> str:
        """The workspace's id where one is served by its token. Raises SlackApiError, OSError."""
        return self.tokens.teams()[0]

    @cached_property
    def tokens(self) -> Tokens:
        """The workspaces' tokens. Raises UsageError for a key that is none."""
        access = self._access
        if isinstance(access, Access):
            return OneToken(access.bot_token, access.api_url)
        return InstalledTokens(
            self._installations(access),
            access.teams,
            client_secret=access.client_secret,
            api_url=access.api_url,
        )

    @cached_property
    def door(self) -> InstallDoor | None:
        """Where workspaces install us; None where one is served by its token."""
        access = self._access
        if isinstance(access, Access):
            return None
        store = self._app.store
        return InstallDoor(access, self._installations(access), States(store))

    @cached_property
    def desks(self) -> Desks:
        """What belongs to each workspace."""
        return Desks(self.tokens, self._desk)

    @cached_property
    def bolt(self) -> Bolt:
        """The Bolt app, with the intake before every listener."""
        gone = replies("slack")["taken_out"]
        bolt = Bolt(
            client=self._client(None),
            signing_secret=self._access.signing_secret or "socket-mode-needs-none",
            authorize=Whose(self.tokens),  # type: ignore[arg-type]  # Bolt takes None too
            user_facing_authorize_error_message=f"{gone['en']} {gone['zh']}",
        )
        bolt.use(Intake(self.inbox, self.outbox, Keepers(self._app.store)))
        events.register(bolt, self.desks)
        notes.register(bolt, self.desks)
        for one in (commands, actions, steps):
            one.register(bolt)
        bolt.error(Boundary(self._app).listener_failed)
        return bolt

    @cached_property
    def workers(self) -> Workers:
        """The threads behind; `start` them."""
        there = AtTheDesk(self.desks, self._app.store, self.inbox, self.outbox)
        return Workers(
            self.inbox,
            self.outbox,
            there.answer,
            there.deliver,
            self.scheduled,
            answerers=self._workers,
        )

    @cached_property
    def scheduled(self) -> Scheduled:
        """What the clock brings up: a kind of schedule, and what does it."""
        return Scheduled(self._app, {**WaitingNotes(self._app).does, **Digests(self._app).does})

    def _desk(self, token: BotToken) -> Desk:
        app, team = self._app, token.team
        if isinstance(self._access, Access):
            remember_home(app.store, team, only=True)
        client, delivering = self._client(token.value), self._client(token.value, patient=False)
        showing = self._client(token.value, patient=False)
        showing.timeout = PREVIEW_SECONDS
        opening = self._client(token.value, patient=False)
        streams = Streams(showing, team, self.outbox, time_of=self._time_of)
        directory = Directory(client, team, time_of=self._time_of)
        identities = Identities(directory, app.store, lambda person: app.clock(person).today)
        home = Home(app, client, identities, team)
        return Desk(
            team,
            (client, delivering, showing, opening),
            directory,
            home,
            streams,
            Answering(
                app,
                self.inbox,
                directory,
                identities,
                team,
                streams,
                Originals(client, directory, identities, team),
                SharedFiles(client),
                home.publish,
            ),
            Delivery(delivering, self.outbox),
            NoteForms(app, self.inbox, opening, identities, team),
        )

    def _client(self, token: str | None, *, patient: bool = True) -> WebClient:
        """A patient one tries again by itself, which is good for what changes nothing."""
        handlers = [
            ConnectionErrorRetryHandler(),
            RateLimitErrorRetryHandler(max_retry_count=2),
            ServerErrorRetryHandler(max_retry_count=2),
        ]
        url = self._access.api_url
        return WebClient(token=token, base_url=url, retry_handlers=handlers if patient else [])

    def _installations(self, access: OAuthAccess) -> Installations:
        vault = open_vault(self._app.home, access.token_key)
        return Installations(access.client_id, self._app.store, vault)
