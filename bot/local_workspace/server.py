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
from bot.local_workspace.people_side.responses import through
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.signed_http import SignedHttp
from bot.local_workspace.socket_mode import SocketMode
from bot.local_workspace.web_api.dispatch import WebApi
from bot.local_workspace.workspace import Workspace

LOG = logging.getLogger(__name__)
TICK_SECONDS = 0.02
LARGEST_BODY = 64 << 20
SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body></body></html>"


class Server:
    """One workspace behind one port. Use on the event loop that runs it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.parts = Parts(workspace, SocketMode(workspace), SignedHttp())
        workspace.delivery.socket = self.parts.sockets
        workspace.delivery.http = self.parts.http
        workspace.new_connection = self.parts.sockets.ticket
        self._runner: web.AppRunner | None = None
        self._ticking: asyncio.Task[None] | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listens; the address comes back. Port 0 takes any free one."""
        app = web.Application(client_max_size=LARGEST_BODY)
        api = WebApi(self.workspace)
        app.router.add_route("*", "/api/{method}", api.serve)
        app.router.add_post("/control/{deed}", Control(self.parts).serve)
        app.router.add_get("/link/", self.parts.sockets.serve)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files-pri/{file}/{name:.+}", self._download)
        app.router.add_post("/response/{key}", self._respond)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.workspace.base_url = f"http://{host}:{bound}"
        self._ticking = asyncio.create_task(self._tick())
        return self.workspace.base_url

    async def stop(self) -> None:
        """Closes every connection and the port."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        await self.workspace.delivery.close()
        await self.parts.sockets.close()
        await self.parts.http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _tick(self) -> None:
        while True:
            try:
                self.workspace.clock.tick()
            except Exception:
                # One thing that goes wrong in its time must not stop time for everything else.
                LOG.exception("What was due has failed.")
            await asyncio.sleep(TICK_SECONDS)

    async def _upload(self, request: web.Request) -> web.Response:
        ticket = request.match_info["ticket"]
        for file in self.workspace.state.files.values():
            if file.ticket == ticket and file.content is None:
                data = await _bytes(request)
                if len(data) != file.length:
                    return web.Response(status=400, text="length does not match")
                file.content = data
                return web.Response(text=f"OK - {len(data)}")
        return web.Response(status=404, text="no such upload")

    async def _download(self, request: web.Request) -> web.Response:
        state = self.workspace.state
        file = state.files.get(request.match_info["file"])
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
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
        url = self.workspace.state.response_urls.get(key)
        entry = self.workspace.journal.write("response", key=key)
        try:
            if url is None:
                raise SlackError("no_active_hooks")
            answer = json.loads(await request.text())
            entry["args"] = answer
            through(self.workspace, url, answer)
        except ValueError:
            entry["error"] = "invalid_payload"
            return web.Response(status=400, text="invalid_payload")
        except SlackError as error:
            entry["error"] = error.code
            gone = error.code in ("used_url", "expired_url", "no_active_hooks")
            return web.Response(status=404 if gone else 400, text=error.code)
        return web.Response(text="ok")

    async def _authorize(self, request: web.Request) -> web.Response:
        """Somebody follows "Add to Slack"; the workspace's admin allows it at once."""
        state = self.workspace.state
        admin = next((one for one in state.users.values() if one.is_admin), None)
        where = request.query.get("redirect_uri")
        for app in state.apps.values():
            if app.client_id == request.query.get("client_id") and admin is not None and where:
                code = state.secret()
                state.codes[code] = (app.id, admin.id)
                passed = quote(request.query.get("state", ""))
                joint = "&" if "?" in where else "?"
                raise web.HTTPFound(f"{where}{joint}code={code}&state={passed}")
        return web.Response(status=400, text="invalid_client_id")


async def _bytes(request: web.Request) -> bytes:
    if request.content_type == "multipart/form-data":
        for value in (await request.post()).values():
            if isinstance(value, web.FileField):
                return value.file.read()
    return await request.read()
