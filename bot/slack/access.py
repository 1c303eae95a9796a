"""How Slack is reached: one workspace by its token, or several that install us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from bot.settings import Settings
from kam_knowledge.errors import UsageError

SLACK = "https://slack.com/api/"
_SET_UP = "docs/slack-setup.md shows the set-up step by step."


@dataclass(frozen=True)
class Access:
    """One workspace, by its bot token."""

    bot_token: str
    signing_secret: str | None = None
    api_url: str = SLACK


@dataclass(frozen=True)
class OAuthAccess:
    """Workspaces that install the app; only those of `teams` may."""

    client_id: str
    client_secret: str
    signing_secret: str
    teams: tuple[str, ...]
    token_key: str | None = None
    api_url: str = SLACK

    @property
    def authorization_url(self) -> str:
        """The page on which a workspace's admin allows the app."""
        return urljoin(self.api_url, "../oauth/v2/authorize")


def access(settings: Settings, *, http: bool) -> Access | OAuthAccess:
    """What the settings say, for Socket Mode or HTTP. Raises UsageError for what is missing."""
    several = settings.slack_client_id or settings.slack_client_secret
    if settings.slack_bot_token and several:
        raise UsageError(
            "a bot token and an OAuth client are both set.",
            "Unset KAM_SLACK_BOT_TOKEN to serve several workspaces, or KAM_SLACK_CLIENT_ID and "
            "KAM_SLACK_CLIENT_SECRET to serve one.",
        )
    if not (settings.slack_bot_token or several):
        raise UsageError(
            "no Slack bot token is set.", f"Set KAM_SLACK_BOT_TOKEN (xoxb-…): {_SET_UP}"
        )
    if http and not settings.slack_signing_secret:
        raise UsageError(
            "no signing secret is set: requests could come from anybody.",
            "Set KAM_SLACK_SIGNING_SECRET from the app's Basic Information.",
        )
    if several:
        return _several(settings, http)
    if not http and not settings.slack_app_token:
        raise UsageError(
            "no Slack app token is set.",
            "Set KAM_SLACK_APP_TOKEN (xapp-…) for Socket Mode, or use --http PORT.",
        )
    token = settings.slack_bot_token or ""
    return Access(token, settings.slack_signing_secret, settings.slack_api_url)


def _several(settings: Settings, http: bool) -> OAuthAccess:
    if not http:
        raise UsageError(
            "several workspaces are served over HTTP only.",
            "Use `kam serve --http PORT`, or set KAM_SLACK_BOT_TOKEN for one workspace.",
        )
    if not (settings.slack_client_id and settings.slack_client_secret):
        raise UsageError(
            "half of the OAuth client is missing.",
            "Set KAM_SLACK_CLIENT_ID and KAM_SLACK_CLIENT_SECRET from Basic Information.",
        )
    teams = tuple(one.strip() for one in (settings.slack_teams or "").split(",") if one.strip())
    if not teams or not all(re.fullmatch(r"T[A-Z0-9]+", one) for one in teams):
        raise UsageError(
            "KAM_SLACK_TEAMS does not say which workspaces may install the app.",
            "Set it to their ids with commas between (T0123ABCD,T0456EFGH): whoever runs a "
            "workspace decides which email its people have.",
        )
    return OAuthAccess(
        settings.slack_client_id,
        settings.slack_client_secret,
        settings.slack_signing_secret or "",
        teams,
        settings.token_key,
        settings.slack_api_url,
    )
