"""From the outbox to Slack: each message once, however often delivery is tried.

A message carries its outbox id as metadata. From the second attempt on, the conversation is
searched for that id first: the first attempt may have got through and its answer been lost.
"""

from __future__ import annotations

import logging
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from bot.slack.outbox import Outbox, Parcel

_LOG = logging.getLogger(__name__)
EVENT_TYPE = "kam_reply"
ATTEMPTS = 8
_NEVER = frozenset(
    {
        "channel_not_found", "not_in_channel", "is_archived", "user_not_found", "account_inactive",
        "msg_too_long", "no_text", "restricted_action", "cannot_dm_bot", "user_disabled",
        "invalid_auth", "token_revoked", "missing_scope", "thread_not_found",
    }
)  # fmt: skip
_BLOCKS_REFUSED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_COMPLETED_BEFORE = "execution_not_in_running_state"
_GONE = 404


class Delivery:
    """Posts parcels. Safe to share between threads."""

    def __init__(self, client: WebClient, outbox: Outbox) -> None:
        """`client` must not repeat a call by itself: only we know how to repeat one safely."""
        self._client = client
        self._outbox = outbox
        self._rooms: dict[str, str] = {}

    def deliver(self, parcel: Parcel) -> None:
        """Delivers it, or puts it back for later, or gives it up where it can never arrive."""
        try:
            reference = self._sent(parcel)
        except SlackApiError as error:
            self._refused(parcel, error)
        except (SlackClientError, HTTPException, OSError) as error:
            _LOG.warning("outbox %s: no answer from Slack: %s", parcel.id, type(error).__name__)
            self._again(parcel)
        else:
            self._outbox.delivered(parcel, reference)

    def _sent(self, parcel: Parcel) -> str | None:
        payload = parcel.payload
        if "response_url" in payload:
            if parcel.attempts > 1 or self._ephemeral(parcel):
                return None
            payload = payload | {"user": payload["asker"]}
        if "execution" in payload:
            self._complete(parcel)
            return None
        channel = payload.get("channel") or self._direct(payload["user"])
        thread_ts = payload.get("thread_ts")
        if parcel.attempts > 1:
            there = self._already_there(channel, thread_ts, parcel.id)
            if there is not None:
                return there
        try:
            return self._posted(parcel, channel, thread_ts, payload["blocks"])
        except SlackApiError as error:
            if _code(error) not in _BLOCKS_REFUSED:
                raise
            _LOG.error("outbox %s goes as text: %s", parcel.id, _code(error))
            return self._posted(parcel, channel, thread_ts, [])

    def _posted(
        self, parcel: Parcel, channel: str, thread_ts: str | None, blocks: list[dict[str, Any]]
    ) -> str:
        posted = self._client.chat_postMessage(
            channel=channel,
            text=parcel.payload["text"],
            blocks=blocks or None,
            thread_ts=thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"outbox": parcel.id}},
        )
        return str(posted["ts"])

    def _complete(self, parcel: Parcel) -> None:
        payload = parcel.payload
        try:
            self._client.functions_completeSuccess(
                function_execution_id=payload["execution"], outputs={"answer": payload["text"]}
            )
        except SlackApiError as error:
            if parcel.attempts == 1 or _code(error) != _COMPLETED_BEFORE:
                raise

    def _ephemeral(self, parcel: Parcel) -> bool:
        """At most once: nobody can tell afterwards whether an ephemeral got through.

        False where the address is no longer good: then nothing can have been shown.
        """
        payload = parcel.payload
        # Without handlers: the client's own would send it again after a cut connection.
        answer = WebhookClient(payload["response_url"], retry_handlers=[]).send(
            text=payload["text"],
            blocks=payload["blocks"] or None,
            response_type="ephemeral",
            replace_original=False,
            unfurl_links=False,
            unfurl_media=False,
        )
        if answer.status_code != 200:
            _LOG.warning("outbox %s: response_url said %s", parcel.id, answer.status_code)
        return answer.status_code != _GONE

    def _direct(self, user: str) -> str:
        if user not in self._rooms:
            opened: Any = self._client.conversations_open(users=user)
            self._rooms[user] = str(opened["channel"]["id"])
        return self._rooms[user]

    def _already_there(self, channel: str, thread_ts: str | None, outbox_id: int) -> str | None:
        cursor = ""
        while True:
            common: dict[str, Any] = {
                "channel": channel,
                "limit": 200,
                "include_all_metadata": True,
            }
            if cursor:
                common["cursor"] = cursor
            page: Any = (
                self._client.conversations_replies(ts=thread_ts, **common)
                if thread_ts
                else self._client.conversations_history(**common)
            )
            for message in page["messages"]:
                carried = message.get("metadata") or {}
                if (
                    carried.get("event_type") == EVENT_TYPE
                    and carried.get("event_payload", {}).get("outbox") == outbox_id
                ):
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor or not thread_ts:
                return None

    def _refused(self, parcel: Parcel, error: SlackApiError) -> None:
        code = _code(error)
        if code == "ratelimited":
            self._outbox.later(parcel, _retry_after(error), counts=False)
        elif code in _NEVER:
            _LOG.error("outbox %s can never be delivered: %s", parcel.id, code)
            self._outbox.failed(parcel)
        else:
            _LOG.warning("outbox %s: %s", parcel.id, code)
            self._again(parcel)

    def _again(self, parcel: Parcel) -> None:
        if parcel.attempts >= ATTEMPTS:
            _LOG.error("outbox %s is given up after %s attempts", parcel.id, parcel.attempts)
            self._outbox.failed(parcel)
        else:
            self._outbox.later(parcel, min(0.5 * 2**parcel.attempts, 60))


def _code(error: SlackApiError) -> str:
    """Slack's word for it; the status where Slack said no word that can be read."""
    response: Any = error.response
    given = response.get("error")
    status = response.get("status") or getattr(response, "status_code", None)
    return "ratelimited" if status == 429 else str(given or status)


def _retry_after(error: SlackApiError) -> float:
    headers: Any = getattr(error.response, "headers", None) or {}
    found = {str(name).lower(): value for name, value in headers.items()}.get("retry-after", 1)
    try:
        return max(1.0, float(found[0] if isinstance(found, list) else found))
    except ValueError:
        return 1.0
