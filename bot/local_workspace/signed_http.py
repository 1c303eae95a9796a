"""Events and interactions over HTTP, signed as Slack signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.local_workspace.delivery import Ack, Envelope
from bot.local_workspace.errors import Json
from bot.local_workspace.state import SlackApp


def signature(secret: str, timestamp: str, body: str) -> str:
    """`v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}`."""
    basis = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()


def encoded(envelope: Envelope) -> tuple[str, str]:
    """The body and its content type."""
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload), "application/json"
    form = "application/x-www-form-urlencoded"
    if envelope.kind == "slash_commands":
        return urlencode(envelope.payload), form
    return urlencode({"payload": json.dumps(envelope.payload)}), form


class SignedHttp:
    """Posts to an app's request URL."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def send(self, app: SlackApp, envelope: Envelope) -> Ack:
        """Posts once. Anything but a 200 is no ack; `X-Slack-No-Retry` forbids another attempt."""
        if app.request_url is None:
            return Ack("no_request_url")
        body, content_type = encoded(envelope)
        headers = sign(app, body) | {"Content-Type": content_type}
        if envelope.attempt:
            headers["X-Slack-Retry-Num"] = str(envelope.attempt)
            headers["X-Slack-Retry-Reason"] = _REASONS.get(envelope.reason, envelope.reason)
        try:
            async with self._open().post(app.request_url, data=body, headers=headers) as answer:
                text = await answer.text()
                no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
                if answer.status != 200:
                    return Ack("http_error", no_retry=no_retry)
                return Ack(payload=_payload(text, answer.content_type))
        except ValueError:
            return Ack("invalid_response")
        except (aiohttp.ClientError, OSError):
            return Ack("connection_failed")

    async def verify(self, app: SlackApp) -> bool:
        """Whether the request URL answers Slack's challenge."""
        challenge = app.signing_secret[:12]
        body = json.dumps({"type": "url_verification", "token": "local", "challenge": challenge})
        headers = sign(app, body) | {"Content-Type": "application/json"}
        assert app.request_url is not None
        try:
            async with self._open().post(app.request_url, data=body, headers=headers) as answer:
                return answer.status == 200 and challenge in await answer.text()
        except (aiohttp.ClientError, OSError):
            return False

    async def close(self) -> None:
        """Closes what is open."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A proxy of the machine's must not come between the workspace and its app.
            self._session = aiohttp.ClientSession(trust_env=False)
        return self._session


_REASONS = {"timeout": "http_timeout"}


def sign(app: SlackApp, body: str, at: float | None = None) -> dict[str, str]:
    """The headers that prove a body comes from Slack; by the real clock, as apps check it."""
    stamp = str(int(time.time() if at is None else at))
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(app.signing_secret, stamp, body),
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    }


def _payload(text: str, content_type: str) -> Json | None:
    if not text:
        return None
    if content_type == "application/json":
        found = json.loads(text)
        return found if isinstance(found, dict) else None
    return {"text": text}
