"""oauth.v2.access: a code becomes a token."""

from __future__ import annotations

import base64
import binascii

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.state import SlackApp
from bot.local_workspace.web_api.registry import STR, Call, Family

OAUTH = Family()


def _credentials(call: Call) -> tuple[str, str]:
    kind, _, value = call.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        try:
            client_id, _, secret = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client_id, secret
    return call.get("client_id", ""), call.get("client_secret", "")


def _client(call: Call) -> SlackApp:
    client_id, secret = _credentials(call)
    for app in call.workspace.state.apps.values():
        if app.client_id == client_id:
            if app.client_secret != secret:
                raise SlackError("bad_client_secret")
            return app
    raise SlackError("invalid_client_id")


@OAUTH.method(
    "oauth.v2.access",
    tier=4,
    takes={
        "code": STR,
        "redirect_uri": STR,
        "client_id": STR,
        "client_secret": STR,
        "grant_type": STR,
        "refresh_token": STR,
    },
    token="none",
)
def access(call: Call) -> Json:
    """The bot token of the app that was installed with this code; a code works once."""
    app, state = _client(call), call.workspace.state
    app_id, installer = state.codes.pop(call.get("code", ""), ("", ""))
    if app_id != app.id:
        raise SlackError("invalid_code")
    app.installed = True
    state.tokens[app.bot_token].revoked = False
    return {
        "access_token": app.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(app.scopes)),
        "bot_user_id": app.bot_user,
        "app_id": app.id,
        "team": {"id": state.team.id, "name": state.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": installer},
    }
