"""oauth.v2.access: a code, or a refresh token, becomes a token."""

from __future__ import annotations

import base64
import binascii

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.installing import exchange, refresh
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
    for app in call.workspace.distributed.values():
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
    """The bot token that an install's code stands for, or the one that follows an expiring one."""
    app = _client(call)
    kind = call.get("grant_type", "authorization_code")
    if kind == "refresh_token":
        return refresh(call.workspace, app, call.get("refresh_token", ""))
    if kind != "authorization_code":
        raise SlackError("invalid_grant_type")
    return exchange(call.workspace, app, call.get("code", ""), call.get("redirect_uri"))
