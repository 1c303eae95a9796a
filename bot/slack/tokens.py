"""Which bot token opens which workspace."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.authorize import Authorize
from slack_sdk import WebClient

_LOG = logging.getLogger(__name__)


class NotInstalled(Exception):
    """We are not in that workspace, or no more: there is no token for it."""


class NotRenewed(Exception):
    """The token has ended and Slack could not be asked for the next one just now."""


@dataclass(frozen=True)
class BotToken:
    """A token, and who we are in the workspace that it opens."""

    team: str
    value: str
    bot_user: str
    bot_id: str | None
    enterprise: str | None = None


class Tokens(Protocol):
    """The tokens of one workspace or of several. Safe to share between threads."""

    def of(self, team: str) -> BotToken:
        """The token for a workspace. Raises NotInstalled, NotRenewed, SlackApiError, OSError."""
        ...

    def teams(self) -> list[str]:
        """The ids of the workspaces that are served."""
        ...

    def taken_out(self, team: str, at: float) -> None:
        """Somebody took us out of a workspace at that instant (seconds since 1970)."""
        ...


class OneToken:
    """The one workspace whose token is among the settings."""

    def __init__(self, value: str, api_url: str) -> None:
        self._client = WebClient(token=value, base_url=api_url)
        self._value = value

    def of(self, team: str) -> BotToken:
        """The one there is: Slack alone knows the tokens of others."""
        return self.only

    @cached_property
    def only(self) -> BotToken:
        """The token, and whose it is as Slack tells it. Raises SlackApiError, OSError."""
        found: Any = self._client.auth_test()
        return BotToken(
            found["team_id"],
            self._value,
            found["user_id"],
            found.get("bot_id"),
            found.get("enterprise_id"),
        )

    def teams(self) -> list[str]:
        """The one workspace. Raises SlackApiError, OSError."""
        return [self.only.team]

    def taken_out(self, team: str, at: float) -> None:
        """Nothing is kept of it: the token is a setting."""
        _LOG.warning(
            "the app was taken out of workspace %s: install it again and set its new bot token",
            team,
        )


class Whose(Authorize):
    """Bolt's question whose request it is; None for a workspace that we are not in."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def __call__(self, *, team_id: str | None, **_: Any) -> AuthorizeResult | None:
        """Who we are where the request comes from. Raises NotRenewed, SlackApiError, OSError."""
        try:
            token = self._tokens.of(team_id or "")
        except NotInstalled:
            return None
        return AuthorizeResult(
            enterprise_id=token.enterprise,
            team_id=token.team,
            bot_user_id=token.bot_user,
            bot_id=token.bot_id,
            bot_token=token.value,
        )
