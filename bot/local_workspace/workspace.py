"""The living workspace: its state, its time, its rules, and the way to its apps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.local_workspace.clock import WorkspaceClock
from bot.local_workspace.delivery import Delivery
from bot.local_workspace.errors import SlackError
from bot.local_workspace.faults import Faults
from bot.local_workspace.journal import WorkspaceJournal
from bot.local_workspace.limits import RateLimits
from bot.local_workspace.state import Channel, SlackApp, State, Team, User

SLACKBOT = "USLACKBOT"
TOKEN_SECONDS = 43_200
"""How long a token of an app with rotation opens anything."""


class Workspace:
    """Everything that a method or a person's deed needs. Used on one event loop only."""

    def __init__(self, team: Team, *, limits: bool = True, free_team: bool = False) -> None:
        self.state = State(team)
        self.free_team = free_team
        # As in every workspace; Slack says of it that it is no bot.
        self.state.users[SLACKBOT] = User(SLACKBOT, team.id, "slackbot", "Slackbot")
        self.clock = WorkspaceClock()
        self.faults = Faults()
        self.journal = WorkspaceJournal(self.clock.now)
        self.limits = RateLimits(self.clock.now, enforced=limits)
        self.delivery = Delivery(self.state, self.clock, self.journal)
        self.base_url = ""
        self.distributed: dict[str, SlackApp] = {}
        self.token_seconds = TOKEN_SECONDS
        self.new_connection: Callable[[SlackApp], str] = _no_socket_mode
        self.version = 0
        self._changed = asyncio.Event()

    def changed(self) -> None:
        """Somebody may see something new now."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def change_after(self, version: int, seconds: float) -> int:
        """The version, as soon as it is past this one, or after so many real seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self.version <= version:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                break
        return self.version

    def app_user(self, app: SlackApp) -> User:
        """The bot user of an app."""
        return self.state.users[app.bot_user]

    def visible_channel(self, app: SlackApp, channel_id: str) -> Channel:
        """The conversation, as far as the app may know of it.

        Raises SlackError(`channel_not_found`): a private conversation without the app does not
        exist for it.
        """
        channel = self.state.channels.get(channel_id)
        if channel is None or (channel.kind != "public" and app.bot_user not in channel.members):
            raise SlackError("channel_not_found")
        return channel


def _no_socket_mode(_: SlackApp) -> str:
    raise SlackError("internal_error")
