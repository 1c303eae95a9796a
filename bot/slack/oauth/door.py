"""`/slack/install` and `/slack/oauth_redirect`: a workspace's admin adds us, if it is listed."""

from __future__ import annotations

import html
import json
import logging
from importlib import resources
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation

from bot.slack.access import OAuthAccess
from bot.slack.oauth.installations import STATE_SECONDS, Installations, States
from prompts import replies

_LOG = logging.getLogger(__name__)
INSTALL, BACK = "/slack/install", "/slack/oauth_redirect"
_TOLD = {
    "access_denied": "install_cancelled",
    "invalid_browser": "install_begin_again",
    "invalid_state": "install_begin_again",
    "storage_error": "install_not_listed",
}


class InstallDoor:
    """Answers the two pages. Safe to share between threads."""

    def __init__(self, access: OAuthAccess, installations: Installations, states: States) -> None:
        manifest = json.loads(resources.files("bot.slack").joinpath("manifest.json").read_text())
        settings = OAuthSettings(
            client_id=access.client_id,
            client_secret=access.client_secret,
            scopes=manifest["oauth_config"]["scopes"]["bot"],
            user_scopes=[],
            install_path=INSTALL,
            redirect_uri_path=BACK,
            install_page_rendering_enabled=False,
            authorization_url=access.authorization_url,
            installation_store=installations,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
            callback_options=CallbackOptions(success=_installed, failure=_not_installed),
        )
        self._flow = _Flow(access, settings)

    def answer(self, path: str, query: str, headers: dict[str, str]) -> BoltResponse | None:
        """The page, or the way to the next one; None for a path that is none of the two."""
        if path not in (INSTALL, BACK):
            return None
        request = BoltRequest(body="", query=query, headers=dict(headers))
        if path == INSTALL:
            return self._flow.handle_installation(request)
        return self._flow.handle_callback(request)


class _Flow(OAuthFlow):
    """The SDK's flow, with a guard before what it keeps."""

    def __init__(self, access: OAuthAccess, settings: OAuthSettings) -> None:
        super().__init__(client=WebClient(base_url=access.api_url), settings=settings)
        self._access = access

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        """Keeps it, if the workspace is listed; else the token is given back at once.

        Raises BoltError for a workspace that is not.
        """
        team = installation.team_id
        if team in self._access.teams and not installation.is_enterprise_install:
            super().store_installation(request, installation)
            _LOG.warning("the app was installed in workspace %s", team)
            return
        try:
            WebClient(token=installation.bot_token, base_url=self._access.api_url).auth_revoke()
        except (SlackClientError, OSError) as error:
            _LOG.warning("a token could not be given back: %s", type(error).__name__)
        raise BoltError(str(team))


def _installed(args: SuccessArgs) -> BoltResponse:
    answer = _page(200, "installed", team=args.installation.team_name or args.installation.team_id)
    answer.headers["set-cookie"] = [args.settings.state_utils.build_set_cookie_for_deletion()]
    return answer


def _not_installed(args: FailureArgs) -> BoltResponse:
    key = _TOLD.get(args.reason, "install_failed")
    status = 403 if key == "install_not_listed" else args.suggested_status_code
    _LOG.warning("an install was refused: %s %s", args.reason, args.error or "")
    return _page(status, key, team=str(args.error or ""), reason=args.reason)


def _page(status: int, key: str, **values: Any) -> BoltResponse:
    told = [html.escape(replies("slack")[key][one].format(**values)) for one in ("en", "zh")]
    body = "".join(f"<p>{one}</p>" for one in told)
    return BoltResponse(
        status=status,
        headers={"Content-Type": "text/html; charset=utf-8"},
        body=f'<!DOCTYPE html><meta charset="utf-8"><title>KAM</title>{body}',
    )
