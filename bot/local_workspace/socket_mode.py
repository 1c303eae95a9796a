"""Socket Mode: tickets, connections, hello, envelopes, disconnect."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from bot.local_workspace.delivery import Ack, Envelope
from bot.local_workspace.errors import Json
from bot.local_workspace.state import SlackApp
from bot.local_workspace.workspace import Workspace

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30


@dataclass
class Connection:
    """An app's web socket."""

    app_id: str
    socket: web.WebSocketResponse
    request: web.Request
    leaving: bool = False


@dataclass
class SocketMode:
    """All connections; an envelope goes to one of the app's, in turn."""

    workspace: Workspace
    connections: list[Connection] = field(default_factory=list)
    _tickets: dict[str, tuple[str, float]] = field(default_factory=dict)
    _waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)
    _turn: itertools.count[int] = field(default_factory=itertools.count)

    def ticket(self, app: SlackApp) -> str:
        """The address of one connection, good for half a minute."""
        ticket = self.workspace.state.secret()
        self._tickets[ticket] = (app.id, self.workspace.clock.now() + TICKET_SECONDS)
        where = self.workspace.base_url.replace("http", "ws", 1)
        return f"{where}/link/?ticket={ticket}&app_id={app.id}"

    def gave(self, ticket: str) -> bool:
        """Whether the ticket is for one of this workspace's connections."""
        return ticket in self._tickets

    def of(self, app_id: str) -> list[Connection]:
        """The connections of an app that take envelopes."""
        return [
            one
            for one in self.connections
            if one.app_id == app_id and not one.leaving and not one.socket.closed
        ]

    async def send(self, app: SlackApp, envelope: Envelope) -> Ack:
        """Sends an envelope over one of the connections and waits for its ack."""
        connections = self.of(app.id)
        if not connections:
            return Ack("no_connection")
        connection = connections[next(self._turn) % len(connections)]
        waiting: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope.id] = waiting
        message: Json = {
            "envelope_id": envelope.id,
            "type": envelope.kind,
            "payload": envelope.payload,
            "accepts_response_payload": envelope.kind != "events_api",
        }
        if envelope.kind == "events_api":
            message |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
        try:
            await connection.socket.send_str(json.dumps(message))
            return await waiting
        except ConnectionError:
            return Ack("connection_failed")
        finally:
            self._waiting.pop(envelope.id, None)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The web socket itself."""
        app_id, until = self._tickets.pop(request.query.get("ticket", ""), ("", 0.0))
        if not app_id or until < self.workspace.clock.now():
            return web.Response(status=403, text="invalid ticket")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(app_id, socket, request)
        if len(self.of(app_id)) >= MOST_CONNECTIONS:
            await self._disconnect(connection, "too_many_websockets")
            return socket
        self.connections.append(connection)
        journal = self.workspace.journal
        try:
            await socket.send_str(json.dumps(self._hello(app_id)))
            journal.write("socket", app=app_id, what="hello", connections=len(self.of(app_id)))
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._read(message.data)
        finally:
            self.connections.remove(connection)
            journal.write("socket", app=app_id, what="closed", connections=len(self.of(app_id)))
            self.workspace.changed()
        return socket

    async def disconnect(self, app_id: str, reason: str) -> int:
        """Asks an app to connect anew (`warning`, `refresh_requested`); how many were asked."""
        asked = self.of(app_id)
        for connection in asked:
            await self._disconnect(connection, reason)
        return len(asked)

    def cut(self, app_id: str, most: int | None = None) -> int:
        """Cuts an app's sockets without a word, at most so many, the oldest first; how many."""
        found = [one for one in self.connections if one.app_id == app_id and not one.leaving][:most]
        for connection in found:
            connection.leaving = True
            if connection.request.transport is not None:
                connection.request.transport.abort()
        return len(found)

    async def close(self) -> None:
        """Closes every connection."""
        for connection in list(self.connections):
            await connection.socket.close()

    async def _disconnect(self, connection: Connection, reason: str) -> None:
        connection.leaving = True
        message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
        await connection.socket.send_str(json.dumps(message))
        self.workspace.journal.write(
            "socket", app=connection.app_id, what="disconnect", reason=reason
        )
        if reason != "warning":
            await connection.socket.close()

    def _read(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        waiting = self._waiting.get(str(message.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(Ack(payload=message.get("payload")))

    def _hello(self, app_id: str) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.of(app_id)),
            "debug_info": {
                "host": "local",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": app_id},
        }
