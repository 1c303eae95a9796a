"""The control API: POST /control/DEED with JSON, for the people's side and for trials."""

from __future__ import annotations

import json
from collections.abc import Sequence

from aiohttp import web

from bot.local_workspace.errors import Impossible, SlackError
from bot.local_workspace.people_side.agents import AGENTS
from bot.local_workspace.people_side.conducting import CONDUCTING
from bot.local_workspace.people_side.deeds import perform
from bot.local_workspace.people_side.gathering import GATHERING
from bot.local_workspace.people_side.reading import READING
from bot.local_workspace.people_side.screens import SCREENS
from bot.local_workspace.people_side.talking import TALKING
from bot.local_workspace.server_parts import Parts

DEEDS = {
    name: act
    for deeds in (AGENTS, GATHERING, READING, CONDUCTING, SCREENS, TALKING)
    for name, act in deeds.known.items()
}

LOCAL = ("127.0.0.1", "localhost", "::1")


class Control:
    """Answers `{"ok": true, "found": …}`, or `{"ok": false, "problem": …}` with 404, 409 or 415.

    `?team=T…` names the workspace; it is the first without it.
    """

    def __init__(self, everywhere: Sequence[Parts]) -> None:
        self._everywhere = {one.workspace.state.team.id: one for one in everywhere}
        self._first = everywhere[0].workspace.state.team.id

    async def serve(self, request: web.Request) -> web.Response:
        """Does one deed."""
        # Any page that a browser on this machine shows could send a form here, or have a name of
        # its own lead here; it can't send JSON, and it can't take this machine's name.
        if (request.url.host or "") not in LOCAL:
            return _no(403, "this is for the machine itself")
        if request.content_type != "application/json":
            return _no(415, "send JSON")
        act = DEEDS.get(request.match_info["deed"])
        if act is None:
            return _no(404, f"no deed {request.match_info['deed']!r}")
        try:
            given = json.loads(await request.text() or "{}")
        except ValueError as error:
            return _no(400, f"not JSON: {error}")
        if not isinstance(given, dict):
            return _no(400, "send an object")
        parts = self._everywhere.get(request.query.get("team") or self._first)
        if parts is None:
            return _no(404, f"no workspace {request.query['team']!r}")
        try:
            found = await perform(act, parts, given)
        except Impossible as error:
            return _no(409, str(error))
        except SlackError as error:
            return _no(409, json.dumps(error.answer()))
        return web.json_response({"ok": True, "found": found})


def _no(status: int, problem: str) -> web.Response:
    return web.json_response({"ok": False, "problem": problem}, status=status)
