"""An app comes into a workspace by a person's yes: code, tokens, their renewal and their end."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.manifest import install, rotates
from bot.local_workspace.state import Code, SlackApp, Token, User
from bot.local_workspace.workspace import Workspace

CODE_SECONDS = 600


def grant(
    workspace: Workspace,
    app: SlackApp,
    person: User,
    scopes: frozenset[str],
    redirect_uri: str | None,
) -> str:
    """The code for an app that a person allowed to do so much."""
    code = workspace.state.secret()
    born = workspace.clock.now()
    workspace.state.codes[code] = Code(app.id, person.id, scopes, redirect_uri, born)
    return code


def exchange(workspace: Workspace, app: SlackApp, code: str, redirect_uri: str | None) -> Json:
    """The answer to a code. Raises SlackError: it works once, for its app, for ten minutes."""
    state = workspace.state
    found = state.codes.pop(code, None)
    if found is None or found.app_id != app.id:
        raise SlackError("invalid_code")
    if workspace.clock.now() > found.born + CODE_SECONDS:
        raise SlackError("invalid_code")
    if found.redirect_uri != redirect_uri:
        raise SlackError("bad_redirect_uri")
    installed = state.apps.get(app.id) or install(state, app)
    if not installed.installed:
        installed.request_url = app.request_url
    installed.installed, installed.scopes = True, found.scopes
    return _answer(workspace, installed) | {"authed_user": {"id": found.user}}


def refresh(workspace: Workspace, app: SlackApp, token: str) -> Json:
    """New tokens for a refresh token, which works once; the old access token ends in its time."""
    state = workspace.state
    installed = state.apps.get(app.id)
    if state.refresh_tokens.get(token) != app.id or installed is None or not installed.installed:
        raise SlackError("invalid_refresh_token")
    del state.refresh_tokens[token]
    return _answer(workspace, installed)


def revoke(workspace: Workspace, app: SlackApp) -> None:
    """Every bot token of the app in this workspace is void, and so is what would renew it."""
    state = workspace.state
    for token in state.tokens.values():
        if token.app_id == app.id and token.kind == "bot":
            token.revoked = True
    for key in [key for key, app_id in state.refresh_tokens.items() if app_id == app.id]:
        del state.refresh_tokens[key]


def _answer(workspace: Workspace, app: SlackApp) -> Json:
    state = workspace.state
    found: Json = {
        "token_type": "bot",
        "scope": ",".join(sorted(app.scopes)),
        "bot_user_id": app.bot_user,
        "app_id": app.id,
        "team": {"id": state.team.id, "name": state.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    held = state.tokens.get(app.bot_token)
    if rotates(app):
        app.bot_token = f"xoxe.xoxb-1-{state.secret()}"
        expires = workspace.clock.now() + workspace.token_seconds
        state.tokens[app.bot_token] = Token("bot", app.id, app.scopes, expires=expires)
        renewing = f"xoxe-1-{state.secret()}"
        state.refresh_tokens[renewing] = app.id
        found |= {"refresh_token": renewing, "expires_in": workspace.token_seconds}
    elif held is None or held.revoked or held.scopes != app.scopes:
        app.bot_token = f"xoxb-{state.secret()}"
        state.tokens[app.bot_token] = Token("bot", app.id, app.scopes)
    return {"access_token": app.bot_token, **found}
