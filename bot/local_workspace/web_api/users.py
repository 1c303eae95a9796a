"""users.*, bots.info and team.info: who is who."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.shapes import user_object
from bot.local_workspace.state import User
from bot.local_workspace.web_api.registry import BOOL, PAGE, STR, Call, Family

USERS = Family()


def _shown(call: Call, user: User) -> Json:
    email = "users:read.email" in call.app.scopes
    locale = call.get("include_locale", False)
    return user_object(call.workspace.state, user, email=email, locale=locale)


def _met(call: Call, user: User) -> bool:
    """People of another company exist for the app where they share a channel with it."""
    state = call.workspace.state
    if not state.stranger(user):
        return True
    return any(user.id in one.members for one in state.of_user(call.bot.id))


@USERS.method(
    "users.info", "users:read", tier=4, needs={"user": STR}, takes={"include_locale": BOOL}
)
def info(call: Call) -> Json:
    """One user: member, guest, deactivated, bot, or of another company."""
    user = call.workspace.state.users.get(call["user"])
    if user is None:
        raise SlackError("user_not_found")
    if not _met(call, user):
        raise SlackError("user_not_visible")
    return {"user": _shown(call, user)}


@USERS.method(
    "users.list", "users:read", tier=2, takes={**PAGE, "include_locale": BOOL, "team_id": STR}
)
def list_users(call: Call) -> Json:
    """Our users, and those of other companies whom the app has met."""
    page, more = call.page([one for one in call.workspace.state.users.values() if _met(call, one)])
    return {
        "members": [_shown(call, one) for one in page],
        "cache_ts": int(call.workspace.clock.now()),
        "response_metadata": more,
    }


@USERS.method("users.lookupByEmail", "users:read.email", tier=3, needs={"email": STR})
def lookup_by_email(call: Call) -> Json:
    """Our user with an email; a deactivated one is not found."""
    user = call.workspace.state.by_email(call["email"])
    if user is None or user.deleted:
        raise SlackError("users_not_found")
    return {"user": _shown(call, user)}


@USERS.method("bots.info", "users:read", tier=3, takes={"bot": STR, "team_id": STR})
def bots_info(call: Call) -> Json:
    """A bot by its bot id."""
    user = call.workspace.state.by_bot(call.get("bot", call.app.bot_id))
    if user is None:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": user.bot_id,
            "deleted": user.deleted,
            "name": user.real_name,
            "updated": int(user.updated),
            "app_id": user.app_id,
            "user_id": user.id,
        }
    }


@USERS.method("team.info", "team:read", tier=3, takes={"team": STR, "domain": STR})
def team_info(call: Call) -> Json:
    """A workspace: ours, or a connected one."""
    team = call.workspace.state.teams.get(call.get("team", call.workspace.state.team.id))
    if team is None:
        raise SlackError("team_not_found")
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain}}
