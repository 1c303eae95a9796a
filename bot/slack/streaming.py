"""A model's answer in Slack while it is being written: by checked sentence, in one message.

What is streamed is a view of the answer, never the answer: that is a row of the outbox, and its
delivery ends the stream or, where that cannot be, puts the whole answer in the message's place.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.arrivals import conversation_of
from bot.slack.blocks.mrkdwn import markdown
from bot.slack.blocks.reply import so_far
from bot.slack.delivery import EVENT_TYPE, code, retry_after
from bot.slack.outbox import Outbox
from bot.slack.places import Site
from prompts import replies

_LOG = logging.getLogger(__name__)
EVERY_SECONDS = 1.0
"""Between two calls of a stream: a workspace has 100 a minute for all of them."""
LONGEST = 9_000
"""Characters from which on nothing is added; Slack's limit is 12,000."""
UPDATE_SECONDS = 3.0
"""Between two updates of a message where there are no streams: 50 a minute for all of them."""
_REMEMBERED = 500
"""Streams that were stopped: an answer is done long before so many others are stopped."""
_NO_STREAMS = frozenset({"channel_type_not_supported", "unknown_method", "not_allowed"})
_NO_ANSWER = (SlackApiError, SlackClientError, HTTPException, OSError)


@dataclass(frozen=True)
class Seat:
    """Where an answer is awaited, since when, and by whom."""

    channel: str
    thread_ts: str
    asked_ts: str
    user: str
    language: str


class Streams:
    """Begins streams, and shows that somebody is at work. Safe to share between threads."""

    def __init__(
        self,
        client: WebClient,
        team: str,
        outbox: Outbox,
        *,
        time_of: Callable[[], float] = time.monotonic,
    ) -> None:
        """`client` must not repeat a call by itself, and not wait long: people wait for the
        answer, not for its preview."""
        self.client = client
        self.team = team
        self.time_of = time_of
        self._outbox = outbox
        self._us: Any = None
        self._stopped: deque[str] = deque(maxlen=_REMEMBERED)

    def stop(self, messages: Iterable[str]) -> None:
        """Somebody pressed the stop button: these streams grow no more."""
        self._stopped.extend(messages)

    def was_stopped(self, ts: str | None) -> bool:
        """Whether we heard that somebody stopped the stream."""
        return ts in self._stopped

    def site(self) -> Site | None:
        """The workspace's address; None while Slack does not tell it."""
        us = self._who_we_are()
        return Site(self.team, us["url"]) if us and us.get("url") else None

    def at_work(self, seat: Seat) -> None:
        """Shows in the thread that an answer is on its way; the answer takes it away."""
        words = replies("slack")
        try:
            self.client.assistant_threads_setStatus(
                channel_id=seat.channel,
                thread_ts=seat.thread_ts,
                status=words["status"][seat.language],
                loading_messages=[words["status_long"][seat.language]],
            )
        except _NO_ANSWER as error:
            _LOG.info("no status was shown: %s", type(error).__name__)

    def left_behind(self, seat: Seat) -> str | None:
        """The stream in the thread, younger than the question, that whoever began it never ended
        and that no answer waits to end; None for none.

        What we post and what we end carries our metadata; what broke off does not.
        """
        us = self._who_we_are()
        if us is None:
            return None
        try:
            page: Any = self.client.conversations_replies(
                channel=seat.channel,
                ts=seat.thread_ts,
                oldest=seat.asked_ts,
                limit=200,
                include_all_metadata=True,
            )
        except _NO_ANSWER as error:
            _LOG.info("the thread was not looked through: %s", type(error).__name__)
            return None
        ending = self._outbox.ending(conversation_of(self.team, seat.channel, seat.thread_ts))
        for message in page["messages"]:
            ours = message.get("user") == us["user_id"] and not message.get("subtype")
            carried = (message.get("metadata") or {}).get("event_type")
            younger = float(message["ts"]) > float(seat.asked_ts)
            if ours and younger and carried != EVENT_TYPE and message["ts"] not in ending:
                return str(message["ts"])
        return None

    def _who_we_are(self) -> Any:
        if self._us is None:
            try:
                self._us = self.client.auth_test()
            except _NO_ANSWER as error:
                _LOG.info("Slack did not say who we are: %s", type(error).__name__)
        return self._us


class Stream:
    """One answer as it grows; it implements the assistant's Draft.

    Whatever Slack refuses ends the view and nothing else: the answer is posted, or put in its
    place, when it is done.
    """

    def __init__(self, streams: Streams, seat: Seat, standing: str | None = None) -> None:
        """`standing` is the message that an earlier attempt has begun: nothing more is streamed
        then. Slack hears of a stream with its first words."""
        self._streams, self._seat = streams, seat
        self._client = streams.client
        self._next_at = float("-inf")
        self._said = self._sent = ""
        self._stopped = False
        self.ts = standing
        """The message that stands in Slack, once there is one."""
        self._over = self.ts is not None
        self._every = EVERY_SECONDS

    @property
    def stopped(self) -> bool:
        """Whether a person pressed the stop button: Slack refused to add something, or told us."""
        return self._stopped or self._streams.was_stopped(self.ts)

    @property
    def shown(self) -> str:
        """What its reader has seen."""
        return self._sent

    def said(self, text: str) -> None:
        """Another checked piece."""
        self._said += text
        due = self._streams.time_of() >= self._next_at
        if due and not self._over and len(self._said) <= LONGEST:
            self._send()

    def withdrawn(self) -> None:
        """What was shown is not to be read any more: the message says so until the answer is
        there."""
        shown, self._said, self._sent = self._sent, "", ""
        self._over = True
        if self.ts is None or not shown:
            return
        there: dict[str, Any] = {"channel": self._seat.channel, "ts": self.ts}
        text = replies("slack")["begins_again"][self._seat.language]
        blocks = [{"type": "context", "elements": [{"type": "plain_text", "text": text}]}]
        if self._streamed:
            self._calls(lambda: self._client.chat_stopStream(**there))
        self._calls(lambda: self._client.chat_update(**there, text=text, blocks=blocks))

    def rest_of(self, answer: str) -> str | None:
        """What is still to be appended so that the stream says the answer; None where it cannot
        be ended so."""
        sent, whole = markdown(self._sent), markdown(answer)
        if self._over or not self._streamed or not whole.startswith(sent):
            return None
        return whole[len(sent) :]

    @property
    def _streamed(self) -> bool:
        return self.ts is not None and self._every == EVERY_SECONDS

    def _send(self) -> None:
        more = markdown(self._said)[len(markdown(self._sent)) :]
        chunks = [{"type": "markdown_text", "text": more}]
        begins = self.ts is None
        if self._calls(lambda: self._begin(chunks) if begins else self._append(chunks)):
            self._sent = self._said
            self._next_at = self._streams.time_of() + self._every
        elif begins:
            self._over = True  # it is posted when it is done

    def _begin(self, chunks: list[dict[str, Any]]) -> None:
        seat = self._seat
        try:
            begun = self._client.chat_startStream(
                channel=seat.channel,
                thread_ts=seat.thread_ts,
                recipient_team_id=self._streams.team,
                recipient_user_id=seat.user,
                chunks=chunks,
            )
        except SlackApiError as error:
            if code(error) not in _NO_STREAMS:
                raise
            self._every = UPDATE_SECONDS
            begun = self._client.chat_postMessage(
                channel=seat.channel,
                thread_ts=seat.thread_ts,
                unfurl_links=False,
                unfurl_media=False,
                **so_far(self._said),
            )
        except _NO_ANSWER:  # it may have begun all the same
            self.ts = self._streams.left_behind(seat)
            raise
        self.ts = str(begun["ts"])

    def _append(self, chunks: list[dict[str, Any]]) -> None:
        there: dict[str, Any] = {"channel": self._seat.channel, "ts": self.ts}
        if self._streamed:
            self._client.chat_appendStream(**there, chunks=chunks)
        else:
            self._client.chat_update(**there, **so_far(self._said))

    def _calls(self, call: Callable[[], Any]) -> bool:
        """Whether it went well. A stream that is asked to wait waits; any other no ends it."""
        try:
            call()
        except SlackApiError as error:
            said = code(error)
            if said == "ratelimited":
                self._next_at = self._streams.time_of() + retry_after(error)
                return False
            _LOG.info("a stream ends before its answer: %s", said)
            self._over = True
            self._stopped = self._stopped or said == "stopped_by_user"
        except _NO_ANSWER as error:
            _LOG.info("a stream ends before its answer: %s", type(error).__name__)
            self._over = True
        else:
            return True
        return False
