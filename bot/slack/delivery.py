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
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.slack.outbox import Outbox, Parcel
from bot.slack.pictures import Pictures, shows_file

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
_STREAM_OVER = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
_NOT_TO_BE_CHANGED = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "message_not_owned_by_app"}
)
_GONE_ALREADY = frozenset({"message_not_found", "cant_delete_message"})
_COMPLETED_BEFORE = "execution_not_in_running_state"
_GONE, _TOO_MANY = 404, 429


class Delivery:
    """Posts parcels. Safe to share between threads."""

    def __init__(self, client: WebClient, outbox: Outbox) -> None:
        """`client` must not repeat a call by itself: only we know how to repeat one safely."""
        self._client = client
        self._outbox = outbox
        self._pictures = Pictures(client, outbox)
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
            payload = {name: one for name, one in payload.items() if name != "response_url"}
            payload |= {"user": payload["asker"]}
            self._outbox.becomes(parcel, payload)
        if "execution" in payload:
            self._complete(parcel)
            return None
        channel = payload.get("channel") or self._direct(payload["user"])
        if "takes_back" in payload:
            self._take_back(channel, payload["takes_back"])
            return None
        if "picture" in payload:
            parcel = self._pictures.ready(parcel)
            payload = parcel.payload
        standing = self._standing(payload)
        if standing is not None and self._changed(parcel, channel, standing):
            return standing
        thread_ts = payload.get("thread_ts")
        if parcel.attempts > 1:
            there = self._already_there(channel, thread_ts, parcel.id)
            if there is not None:
                return there
        try:
            return self._posted(parcel, channel, thread_ts, payload["blocks"])
        except SlackApiError as error:
            if code(error) not in _BLOCKS_REFUSED or shows_file(payload):
                raise
            _LOG.error("outbox %s goes as text: %s", parcel.id, code(error))
            return self._posted(parcel, channel, thread_ts, [])

    def _standing(self, payload: dict[str, Any]) -> str | None:
        """The message that this one ends or takes the place of."""
        if "stream" in payload:
            return str(payload["stream"]["ts"])
        if "stands" in payload:
            return str(payload["stands"])
        return self._outbox.reference(payload["replaces"]) if "replaces" in payload else None

    def _changed(self, parcel: Parcel, channel: str, ts: str) -> bool:
        """Ends the stream with what is still to be said, or puts the whole message in the place
        of what stands there; False where that can no longer be changed."""
        payload, stream = parcel.payload, parcel.payload.get("stream")
        if stream and self._ended(parcel, channel, stream):
            return True
        nothing: list[dict[str, Any]] = []
        for blocks in (payload["blocks"], nothing):
            try:
                self._client.chat_update(
                    channel=channel,
                    ts=ts,
                    text=payload["text"],
                    blocks=blocks,
                    metadata=_metadata(parcel),
                )
                return True
            except SlackApiError as error:
                if code(error) in _NOT_TO_BE_CHANGED:
                    return False
                if code(error) not in _BLOCKS_REFUSED or not blocks or shows_file(payload):
                    raise
                _LOG.error("outbox %s goes as text: %s", parcel.id, code(error))
        return False

    def _ended(self, parcel: Parcel, channel: str, stream: dict[str, Any]) -> bool:
        """Whether the stream was ended with its rest, so that nothing is to be put in its place.

        One call appends and ends: where an earlier attempt got through, it has ended already.
        """
        whole = stream["rest"] is not None
        more: dict[str, Any] = {}
        if whole:
            more = {"blocks": stream["below"], "metadata": _metadata(parcel)}
            if stream["rest"]:
                more["chunks"] = [{"type": "markdown_text", "text": stream["rest"]}]
        try:
            self._client.chat_stopStream(channel=channel, ts=stream["ts"], **more)
        except SlackApiError as error:
            if code(error) in _STREAM_OVER | _NOT_TO_BE_CHANGED:
                return False
            if not whole or code(error) == "ratelimited":
                raise
            _LOG.error("outbox %s: its stream did not end: %s", parcel.id, code(error))
            self._client.chat_stopStream(channel=channel, ts=stream["ts"])
            return False
        return whole

    def _take_back(self, channel: str, outbox_id: int) -> None:
        """Deletes what was delivered; nothing where it never was or is gone."""
        ts = self._outbox.reference(outbox_id)
        if ts is None:
            return
        try:
            self._client.chat_delete(channel=channel, ts=ts)
        except SlackApiError as error:
            if code(error) not in _GONE_ALREADY:
                raise

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
            metadata=_metadata(parcel),
        )
        return str(posted["ts"])

    def _complete(self, parcel: Parcel) -> None:
        payload = parcel.payload
        try:
            self._client.functions_completeSuccess(
                function_execution_id=payload["execution"], outputs={"answer": payload["text"]}
            )
        except SlackApiError as error:
            if parcel.attempts == 1 or code(error) != _COMPLETED_BEFORE:
                raise

    def _ephemeral(self, parcel: Parcel) -> bool:
        """At most once: nobody can tell afterwards whether an ephemeral got through.

        False where the address is no longer good: then nothing can have been shown. Raises
        SlackApiError where it asks to wait.
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
        if answer.status_code == _TOO_MANY:  # this one was surely not shown
            raise SlackApiError("ratelimited", _as_response(self._client, answer))  # type: ignore[no-untyped-call]
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
        said = code(error)
        if said == "ratelimited":
            self._outbox.later(parcel, retry_after(error), counts=False)
        elif said in _NEVER:
            _LOG.error("outbox %s can never be delivered: %s", parcel.id, said)
            self._outbox.failed(parcel)
        else:
            _LOG.warning("outbox %s: %s", parcel.id, said)
            self._again(parcel)

    def _again(self, parcel: Parcel) -> None:
        if parcel.attempts >= ATTEMPTS:
            _LOG.error("outbox %s is given up after %s attempts", parcel.id, parcel.attempts)
            self._outbox.failed(parcel)
        else:
            self._outbox.later(parcel, min(0.5 * 2**parcel.attempts, 60))


def _metadata(parcel: Parcel) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"outbox": parcel.id}}


def _as_response(client: WebClient, answer: WebhookResponse) -> SlackResponse:
    return SlackResponse(
        client=client,
        http_verb="POST",
        api_url="response_url",
        req_args={},
        data={"ok": False, "error": "ratelimited"},
        headers=answer.headers,
        status_code=answer.status_code,
    )


def code(error: SlackApiError) -> str:
    """Slack's word for it; the status where Slack said no word that can be read."""
    response: Any = error.response
    given = response.get("error")
    status = response.get("status") or getattr(response, "status_code", None)
    return "ratelimited" if status == 429 else str(given or status)


def retry_after(error: SlackApiError) -> float:
    """The seconds that Slack asks to wait."""
    headers: Any = getattr(error.response, "headers", None) or {}
    found = {str(name).lower(): value for name, value in headers.items()}.get("retry-after", 1)
    try:
        return max(1.0, float(found[0] if isinstance(found, list) else found))
    except ValueError:
        return 1.0
