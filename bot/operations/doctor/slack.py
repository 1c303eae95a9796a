"""Slack: whether the settings go together, and with `online` whether Slack takes the tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.app import App
from bot.operations.doctor.check import Check, fail, ok, warn
from bot.slack.access import Access, OAuthAccess, access
from bot.slack.oauth.vault import KEY_FILE, kept_vault
from kam_knowledge.errors import UsageError

NAME = "slack"
_AGAIN = "Copy it anew from api.slack.com/apps; docs/slack-setup.md says where it is."


def check_slack(app: App, *, online: bool) -> Iterator[Check]:
    """The way to Slack, where one is set."""
    settings = app.settings
    given = (settings.slack_bot_token, settings.slack_app_token, settings.slack_client_id)
    if not any(given):
        yield ok(NAME, "not set up")
        return
    try:
        chosen = access(settings, http=not settings.slack_app_token)
        vault = kept_vault(app.home, settings.token_key)
    except UsageError as error:
        yield fail(NAME, error.message, error.next_step)
        return
    if isinstance(chosen, OAuthAccess):
        kept = "KAM_TOKEN_KEY" if settings.token_key else KEY_FILE
        key = f"their tokens sealed with {kept}" if vault else "no key yet, one is made"
        yield ok(NAME, f"workspaces {', '.join(chosen.teams)} may install it; {key}")
        return
    if not online:
        over = "Socket Mode" if settings.slack_app_token else "HTTP"
        yield ok(NAME, f"one workspace, over {over}; --online tries the tokens")
        return
    yield from _tried(chosen, settings.slack_app_token)


def _tried(chosen: Access, app_token: str | None) -> Iterator[Check]:
    try:
        told: Any = WebClient(token=chosen.bot_token, base_url=chosen.api_url).auth_test()
    except SlackApiError as error:
        yield fail(NAME, f"Slack refused the bot token: {error.response.get('error')}", _AGAIN)
        return
    except OSError as error:
        finding = f"Slack does not answer at {chosen.api_url}: {error}"
        yield fail(NAME, finding, "Check the network and KAM_SLACK_API_URL.")
        return
    held = {name.lower(): value for name, value in told.headers.items()}.get("x-oauth-scopes", "")
    missing = sorted(_wanted() - {one.strip() for one in held.split(",")})
    if missing:
        yield warn(
            NAME,
            f"workspace {told['team_id']} has not allowed {', '.join(missing)}",
            "Put the output of `kam manifest` into the app's manifest and install it again.",
        )
    else:
        yield ok(NAME, f"workspace {told['team_id']} ({told['team']}) takes the bot token")
    if app_token is None:
        return
    try:
        WebClient(base_url=chosen.api_url).apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        yield fail(NAME, f"Slack refused the app token: {error.response.get('error')}", _AGAIN)
    else:
        yield ok(NAME, "Slack takes the app token")


def _wanted() -> set[str]:
    manifest = json.loads(resources.files("bot.slack").joinpath("manifest.json").read_text())
    return set(manifest["oauth_config"]["scopes"]["bot"])
