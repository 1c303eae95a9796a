"""The server: Web API, uploads and downloads, response URLs, Socket Mode, control API."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from urllib.parse import quote

from aiohttp import web

from bot.local_workspace.control import Control
from bot.local_workspace.errors import SlackError
from bot.local_workspace.oauth_page import OAuthPage
from bot.local_workspace.people_side.responses import through
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.signed_http import SignedHttp
from bot.local_workspace.socket_mode import SocketMode
from bot.local_workspace.web_api.dispatch import WebApiDoor
from bot.local_workspace.workspace import Workspace

LOG = logging.getLogger(__name__)
TICK_SECONDS = 0.02
LARGEST_BODY = 64 << 20
SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"


class Server:
    """Workspaces behind one port. Use on the event loop that runs it.

    They have nothing in common but the apps that are distributed: ids may be the same in two.
    """

    def __init__(self, *workspaces: Workspace) -> None:
        self.all = [Parts(one, SocketMode(one), SignedHttp()) for one in workspaces]
        self.parts = self.all[0]
        for one in self.all:
            one.workspace.delivery.socket = one.sockets
            one.workspace.delivery.http = one.http
            one.workspace.new_connection = one.sockets.ticket
            one.workspace.distributed = workspaces[0].distributed
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listens; the address comes back. Port 0 takes any free one."""
        app = web.Application(client_max_size=LARGEST_BODY)
        everywhere = [one.workspace for one in self.all]
        app.router.add_route("*", "/api/{method}", WebApiDoor(everywhere).serve)
        app.router.add_post("/control/{deed}", Control(self.all).serve)
        app.router.add_get("/link/", self._link)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files-pri/{file}/{name:.+}", self._download)
        app.router.add_post("/response/{key}", self._respond)
        app.router.add_get("/oauth/v2/authorize", OAuthPage(everywhere).serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        for one in everywhere:
            one.base_url = f"http://{host}:{bound}"
        self._ticking = asyncio.create_task(self._tick())
        return self.parts.workspace.base_url

    async def stop(self) -> None:
        """Closes every connection and the port."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        for one in self.all:
            await one.workspace.delivery.close()
            await one.sockets.close()
            await one.http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _tick(self) -> None:
        while True:
            for one in self.all:
                try:
                    one.workspace.clock.tick()
                except Exception:
                    # One thing that goes wrong in its time must not stop time for all the rest.
                    LOG.exception("What was due has failed.")
            await asyncio.sleep(TICK_SECONDS)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        chosen = next((one.sockets for one in self.all if one.sockets.gave(ticket)), None)
        return await (chosen or self.parts.sockets).serve(request)

    async def _upload(self, request: web.Request) -> web.Response:
        ticket = request.match_info["ticket"]
        for file in (file for one in self.all for file in one.workspace.state.files.values()):
            if file.ticket == ticket and file.content is None:
                data = await _bytes(request)
                if len(data) != file.length:
                    return web.Response(status=400, text="length does not match")
                file.content = data
                return web.Response(text=f"OK - {len(data)}")
        return web.Response(status=404, text="no such upload")

    async def _download(self, request: web.Request) -> web.Response:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        states = [one.workspace.state for one in self.all]
        state = next((one for one in states if value in one.tokens), states[0])
        file = state.files.get(request.match_info["file"])
        token = state.tokens.get(value) if kind == "Bearer" else None
        if token is None or token.revoked or "files:read" not in token.scopes:
            # Slack sends whoever may not read a file to its page for signing in.
            return web.Response(text=SIGN_IN, content_type="text/html")
        app = state.apps[token.app_id]
        mine = {one.id for one in state.of_user(app.bot_user)}
        if file is None or (file.user != app.bot_user and not mine.intersection(file.shares)):
            return web.Response(status=404, text="file_not_found")
        return web.Response(
            body=file.content or b"",
            content_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"},
        )

    async def _respond(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        places = [one.workspace for one in self.all]
        workspace = next((one for one in places if key in one.state.response_urls), places[0])
        url = workspace.state.response_urls.get(key)
        entry = workspace.journal.write("response", key=key)
        try:
            if url is None:
                raise SlackError("no_active_hooks")
            answer = json.loads(await request.text())
            entry["args"] = answer
            through(workspace, url, answer)
        except ValueError:
            entry["error"] = "invalid_payload"
            return web.Response(status=400, text="invalid_payload")
        except SlackError as error:
            entry["error"] = error.code
            gone = error.code in ("used_url", "expired_url", "no_active_hooks")
            return web.Response(status=404 if gone else 400, text=error.code)
        return web.Response(text="ok")


async def _bytes(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                return value.file.read()
    return await request.read()
