"""A request to /api/METHOD becomes a call, and its answer a response; in Slack's order.

Fault, method, token, rate, scope, arguments: whichever is wrong first decides the answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.faults import Fault
from bot.local_workspace.scopes import require
from bot.local_workspace.state import SlackApp
from bot.local_workspace.web_api.registry import Call, Method
from bot.local_workspace.web_api.table import methods
from bot.local_workspace.workspace import Workspace


class WebApiDoor:
    """The door of the Web API: a call goes to the workspace whose token, or code, it brings."""

    def __init__(self, workspaces: Sequence[Workspace]) -> None:
        self._apis = [WebApi(one) for one in workspaces]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answers one call."""
        given, problem = await _given(request)
        brought = {_token(given, request), given.get("code"), given.get("refresh_token")}
        api = next((one for one in self._apis if one.knows(brought)), self._apis[0])
        return await api.serve(request, given, problem)


class WebApi:
    """The Web API of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._methods = methods()

    def knows(self, brought: set[Any]) -> bool:
        """Whether a token, a code or a refresh token is this workspace's."""
        state = self._workspace.state
        return any(one in known for one in brought if isinstance(one, str)
                   for known in (state.tokens, state.codes, state.refresh_tokens))  # fmt: skip

    async def serve(
        self, request: web.Request, given: Json, problem: str | None
    ) -> web.StreamResponse:
        """Answers one call and writes it into the journal."""
        name = request.match_info["method"]
        entry = self._workspace.journal.write("call", method=name, args=_shown(given))
        fault = self._workspace.faults.take(name)
        if fault is not None:
            entry["fault"] = fault.kind
            if (refused := await self._before(fault, request)) is not None:
                entry |= {"ok": False, "status": refused.status}
                return refused
        headers: dict[str, str] = {}
        if fault is not None and fault.kind == "error":
            body = SlackError(fault.code).answer()
        else:
            body = self._answer(name, given, request, headers, problem)
        retry = body.pop("retry_after", None)
        status = 429 if body.get("error") == "ratelimited" else 200
        if retry is not None:
            headers["Retry-After"] = str(retry)
        entry |= {"ok": body["ok"], "error": body.get("error"), "status": status, "answer": body}
        if fault is not None and fault.kind == "drop_after":
            return _drop(request)
        return web.json_response(body, status=status, headers=headers)

    async def _before(self, fault: Fault, request: web.Request) -> web.StreamResponse | None:
        if fault.kind == "rate_limited":
            headers = {"Retry-After": str(max(1, int(fault.seconds)))}
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers=headers)
        if fault.kind == "server_error":
            return web.Response(status=500, text="Internal Server Error")
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "drop":
            return _drop(request)
        return None

    def _answer(
        self,
        name: str,
        given: Json,
        request: web.Request,
        headers: dict[str, str],
        problem: str | None,
    ) -> Json:
        try:
            method = self._methods.get(name)
            if method is None:
                raise SlackError("unknown_method", req_method=name)
            if problem is not None:
                raise SlackError(problem)
            app = self._who(method, given, request)
            if method.token in ("bot", "any"):
                headers["X-OAuth-Scopes"] = ",".join(sorted(app.scopes))
                headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
            return {"ok": True, **self._call(method, app, given, request)}
        except SlackError as error:
            return error.answer()

    def _call(self, method: Method, app: SlackApp, given: Json, request: web.Request) -> Json:
        seconds = self._workspace.limits.refuse(app.id, method.name, method.tier)
        if seconds is not None:
            raise SlackError("ratelimited", retry_after=seconds)
        if method.token == "bot":
            require(app.scopes, *method.scopes)
        return method.handle(Call(self._workspace, app, method.read(given), request.headers))

    def _who(self, method: Method, given: Json, request: web.Request) -> SlackApp:
        state = self._workspace.state
        if method.token == "none":
            apps = [*state.apps.values(), *self._workspace.distributed.values()]
            if not apps:
                raise SlackError("invalid_client_id")
            return apps[0]
        value = _token(given, request)
        if not value:
            raise SlackError("not_authed")
        token = state.tokens.get(value)
        if token is None:
            raise SlackError("invalid_auth")
        app = state.apps[token.app_id]
        if token.revoked:
            raise SlackError("token_revoked")
        if token.expires is not None and self._workspace.clock.now() >= token.expires:
            raise SlackError("token_expired")
        if not app.installed or state.users[app.bot_user].deleted:
            raise SlackError("account_inactive")
        if given.get("team_id", state.team.id) != state.team.id:
            raise SlackError("team_access_not_granted")
        if method.token not in ("any", token.kind):
            raise SlackError("not_allowed_token_type")
        return app


def _token(given: Json, request: web.Request) -> str:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if kind == "Bearer" else str(given.get("token") or "")


async def _given(request: web.Request) -> tuple[Json, str | None]:
    given: Json = dict(request.query)
    if request.method != "POST":
        return given, None
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            return given, "invalid_json"
        if not isinstance(body, dict):
            return given, "json_not_object"
        return given | body, None
    for name, value in (await request.post()).items():
        if not isinstance(value, str):
            return given, "invalid_form_data"
        given[name] = value
    return given, None


_SECRET = ("token", "client_secret", "code", "refresh_token")


def _shown(given: Json) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in _SECRET}


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
