"""The page on which a workspace's admin allows an app ("Add to Slack")."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from aiohttp import web

from bot.local_workspace.installing import grant
from bot.local_workspace.manifest import redirect_urls
from bot.local_workspace.state import SlackApp
from bot.local_workspace.workspace import Workspace


class OAuthPage:
    """Allows at once, as the admin of the workspace that `team` names, of the first without one.

    `deny=1` is the admin who presses Cancel.
    """

    def __init__(self, workspaces: Sequence[Workspace]) -> None:
        self._workspaces = workspaces

    async def serve(self, request: web.Request) -> web.Response:
        """Sends the admin back to the app with a code, or shows what is wrong with the link."""
        asked = request.query
        workspace = self._workspace(asked.get("team"))
        app = _app(self._workspaces[0], asked.get("client_id"))
        if workspace is None or app is None:
            return _wrong("Invalid client_id parameter")
        scopes = frozenset(one for one in asked.get("scope", "").split(",") if one)
        if not scopes:
            return _wrong("No scopes requested")
        if not scopes <= app.scopes:
            return _wrong(
                f"Invalid permissions requested: {', '.join(sorted(scopes - app.scopes))}"
            )
        passed, known = asked.get("redirect_uri"), redirect_urls(app)
        if not known or not (passed is None or any(passed.startswith(one) for one in known)):
            return _wrong(f"redirect_uri did not match any configured URIs. Passed URI: {passed}")
        admin = next((one for one in workspace.state.users.values() if one.is_admin), None)
        if admin is None or asked.get("deny"):
            back = {"error": "access_denied"}
        else:
            back = {"code": grant(workspace, app, admin, scopes, passed)}
        back["state"] = asked.get("state", "")
        where = passed or known[0]
        raise web.HTTPFound(f"{where}{'&' if '?' in where else '?'}{urlencode(back)}")

    def _workspace(self, team: str | None) -> Workspace | None:
        if team is None:
            return self._workspaces[0]
        return next((one for one in self._workspaces if one.state.team.id == team), None)


def _app(workspace: Workspace, client_id: str | None) -> SlackApp | None:
    apps = workspace.distributed.values()
    return next((one for one in apps if one.client_id == client_id), None)


def _wrong(what: str) -> web.Response:
    return web.Response(status=400, text=what)
