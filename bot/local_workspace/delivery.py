"""Bringing events and interactions to apps: attempts, acks, redelivery.

An event that is not acked in three seconds goes out again: at once, after a minute, after five.
Interactions go out once; the person waits three seconds for the ack.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bot.local_workspace.clock import WorkspaceClock
from bot.local_workspace.errors import Json
from bot.local_workspace.journal import WorkspaceJournal
from bot.local_workspace.manifest import socket_mode
from bot.local_workspace.state import SlackApp, State

ACK_SECONDS = 3.0
KEPT = 5_000
RETRY_AFTER = (0.0, 60.0, 300.0)
DeliveryKind = Literal["events_api", "interactive", "slash_commands"]


@dataclass
class Envelope:
    """One attempt to bring something to an app."""

    app_id: str
    kind: DeliveryKind
    payload: Json
    attempt: int = 0
    reason: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Ack:
    """What came back. `problem` is None for an ack, else why there is none."""

    problem: str | None = None
    payload: Json | None = None
    no_retry: bool = False


class Transport(Protocol):
    """Socket Mode, or signed HTTP."""

    async def send(self, app: SlackApp, envelope: Envelope) -> Ack:
        """Sends once. Returns when the app answers; the caller counts the three seconds."""
        ...


class Delivery:
    """The way out. `transports` are put in by the server."""

    def __init__(self, state: State, clock: WorkspaceClock, journal: WorkspaceJournal) -> None:
        self._state = state
        self._clock = clock
        self._journal = journal
        self.socket: Transport | None = None
        self.http: Transport | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self.sent: dict[str, tuple[str, Json]] = {}

    @property
    def under_way(self) -> int:
        """How many attempts have neither been acked nor given up."""
        return len(self._under_way)

    def event(self, app: SlackApp, body: Json) -> None:
        """Sends an event, and sends it again while it is not acked."""
        self.sent[body["event_id"]] = (app.id, body)
        if len(self.sent) > KEPT:
            del self.sent[next(iter(self.sent))]
        self._start(app, Envelope(app.id, "events_api", body))

    def again(self, event_id: str) -> None:
        """Sends an event that was sent before, as Slack does when an ack got lost on its side."""
        app_id, body = self.sent[event_id]
        envelope = Envelope(app_id, "events_api", body, 1, "timeout")
        self._start(self._state.apps[app_id], envelope)

    async def interaction(self, app: SlackApp, kind: DeliveryKind, payload: Json) -> Ack:
        """Sends an interaction and waits for its ack, for three seconds of the workspace's time."""
        return await self._attempt(app, Envelope(app.id, kind, payload))

    async def close(self) -> None:
        """Nothing is sent any more."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _start(self, app: SlackApp, envelope: Envelope) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(app, envelope))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, app: SlackApp, envelope: Envelope) -> None:
        ack = await self._attempt(app, envelope)
        if ack.problem is None or ack.no_retry or envelope.attempt >= len(RETRY_AFTER):
            return
        # Over a socket Slack knows one reason only.
        reason = "timeout" if socket_mode(app) else ack.problem
        following = Envelope(app.id, "events_api", envelope.payload, envelope.attempt + 1, reason)
        self._clock.later(RETRY_AFTER[envelope.attempt], lambda: self._start(app, following))

    async def _attempt(self, app: SlackApp, envelope: Envelope) -> Ack:
        transport = self.socket if socket_mode(app) else self.http
        entry = self._journal.write(
            "delivery",
            app=app.id,
            over="socket" if socket_mode(app) else "http",
            what=envelope.kind,
            type=_type(envelope.payload),
            event_id=envelope.payload.get("event_id"),
            attempt=envelope.attempt,
            reason=envelope.reason,
            acked=None,
            payload=envelope.payload,
        )
        if transport is None:
            entry |= {"acked": False, "problem": "no_transport"}
            return Ack("no_transport")
        loop = asyncio.get_running_loop()
        late: asyncio.Future[Ack] = loop.create_future()
        due = self._clock.later(
            ACK_SECONDS, lambda: None if late.done() else late.set_result(Ack("timeout"))
        )
        answer = loop.create_task(transport.send(app, envelope))
        try:
            await asyncio.wait({answer, late}, return_when=asyncio.FIRST_COMPLETED)
            ack = answer.result() if answer.done() else late.result()
        finally:
            due.call_off()
            late.cancel()
            answer.cancel()
        entry |= {
            "acked": ack.problem is None,
            "problem": ack.problem,
            "answer": ack.payload,
            "seconds": self._clock.now() - entry["at"],
        }
        return ack


def _type(payload: Json) -> str:
    event = payload.get("event")
    if isinstance(event, dict):
        return str(event["type"])
    return str(payload.get("type") or payload.get("command"))
