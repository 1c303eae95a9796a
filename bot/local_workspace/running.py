"""A workspace that runs beside other code: a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType

from bot.local_workspace.errors import Json
from bot.local_workspace.people import People
from bot.local_workspace.people_side.conducting import install_app
from bot.local_workspace.server import Server
from bot.local_workspace.workspace import Workspace


class RunningWorkspace:
    """Starts on entering, stops on leaving; `people` is the way in, `api_url` the app's.

    Further workspaces are behind the same address, with people of their own: `people_of`.
    """

    def __init__(self, *workspaces: Workspace, port: int = 0) -> None:
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._server = Server(*workspaces)
        self._thread = threading.Thread(target=self._run, name="local-workspace", daemon=True)
        self.url = ""

    @property
    def api_url(self) -> str:
        """What the SDK takes as `base_url`."""
        return f"{self.url}/api/"

    @property
    def people(self) -> People:
        """Those who live in it."""
        return People(self.url)

    def people_of(self, team: str) -> People:
        """Those who live in one of several."""
        return People(self.url, team)

    def __enter__(self) -> RunningWorkspace:
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(self._server.start(port=self._port), self._loop)
        self.url = started.result(timeout=10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._server.stop(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


def run(
    workspace: Workspace,
    *,
    port: int,
    manifests: Iterable[Json] = (),
    ready: Callable[[Json], None],
) -> None:
    """Runs a workspace in this process until Ctrl-C; `ready` is told where it is and the tokens.

    Raises OSError when the port is taken, Impossible for a manifest that Slack would not take.
    """

    async def serve() -> None:
        server = Server(workspace)
        try:
            url = await server.start(port=port)
            apps = [install_app(server.parts, manifest=one) for one in manifests]
            ready({"url": url, "api_url": f"{url}/api/", "apps": apps})
            await asyncio.Event().wait()
        finally:
            await server.stop()

    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
