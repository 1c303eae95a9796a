"""What whoever runs the workspace does: apps, time, faults, the journal."""

from __future__ import annotations

import asyncio

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.events import tell
from bot.local_workspace.faults import Fault, FaultKind
from bot.local_workspace.installing import grant, revoke
from bot.local_workspace.manifest import give_token, install, register
from bot.local_workspace.people_side.agents import app_of
from bot.local_workspace.people_side.deeds import Deeds, acting
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.state import SlackApp

CONDUCTING = Deeds()


def credentials(parts: Parts, app: SlackApp) -> Json:
    """What the app's settings need."""
    return {
        "app_id": app.id,
        "team_id": parts.workspace.state.team.id,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "signing_secret": app.signing_secret,
        "bot_token": app.bot_token,
        "app_token": app.app_token,
        "bot_user": app.bot_user,
        "bot_id": app.bot_id,
        "api_url": f"{parts.workspace.base_url}/api/",
    }


@CONDUCTING.deed
def register_app(parts: Parts, *, manifest: Json) -> Json:
    """Makes an app that workspaces install through "Add to Slack"; it has no bot token yet."""
    made = register(parts.workspace.state, manifest)
    parts.workspace.distributed[made.id] = made
    return credentials(parts, made)


@CONDUCTING.deed
def install_app(parts: Parts, *, manifest: Json) -> Json:
    """Installs an app by its manifest; its tokens come back."""
    state = parts.workspace.state
    made = register(state, manifest)
    parts.workspace.distributed[made.id] = made
    found = install(state, made)
    give_token(state, found)
    return credentials(parts, found)


@CONDUCTING.deed
def app(parts: Parts, *, name: str | None = None) -> Json:
    """An installed app's tokens."""
    return credentials(parts, app_of(parts, name))


@CONDUCTING.deed
async def set_request_url(parts: Parts, *, url: str, app: str | None = None) -> Json:
    """Has events and interactions of an app go to this URL, once it answers the challenge."""
    made = _made(parts, app)
    made.request_url = url
    if not await parts.http.verify(made):
        made.request_url = None
        raise Impossible(f"{url} did not answer the challenge")
    if made.id in parts.workspace.state.apps:
        parts.workspace.state.apps[made.id].request_url = url
    return {}


@CONDUCTING.deed
def authorize(parts: Parts, *, user: str, app: str | None = None) -> Json:
    """A person presses "Add to Slack" and allows it: the code that the app will be given."""
    person, made = acting(parts.workspace, user), _made(parts, app)
    return {"code": grant(parts.workspace, made, person, made.scopes, None)}


@CONDUCTING.deed
def tokens_live(parts: Parts, *, seconds: int) -> Json:
    """How long tokens open anything that are given from now on to apps with rotation."""
    parts.workspace.token_seconds = seconds
    return {}


@CONDUCTING.deed
def uninstall_app(parts: Parts, *, app: str | None = None) -> Json:
    """Takes an app out of the workspace: its tokens are void."""
    found = app_of(parts, app)
    event: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [found.bot_user]}}
    tell(parts.workspace, event, app=found)
    tell(parts.workspace, {"type": "app_uninstalled"}, app=found)
    revoke(parts.workspace, found)
    found.installed = False
    return {}


def _made(parts: Parts, name: str | None) -> SlackApp:
    """An app as its developer made it, by id or name; the only one when no name is given."""
    made = list(parts.workspace.distributed.values())
    if name is None and len(made) == 1:
        return made[0]
    for one in made:
        if name in (one.id, one.name):
            return one
    raise Impossible(f"no app {name!r}")


@CONDUCTING.deed
async def move_on(parts: Parts, *, seconds: float) -> Json:
    """Lets time pass: streams end, triggers expire, events go out again."""
    await parts.workspace.clock.move_on(seconds)
    return {"now": parts.workspace.clock.now()}


@CONDUCTING.deed
def add_fault(
    parts: Parts,
    *,
    method: str,
    kind: FaultKind,
    times: int = 1,
    seconds: float = 1.0,
    code: str = "internal_error",
    share: float = 1.0,
) -> Json:
    """The next `times` calls of a method (`*` is any) fail in this way, or a share of its calls
    until so many have failed."""
    parts.workspace.faults.add(Fault(method, kind, times, seconds, code, share))
    return {}


@CONDUCTING.deed
def clear_faults(parts: Parts) -> Json:
    """No more faults."""
    parts.workspace.faults.clear()
    return {}


@CONDUCTING.deed
def enforce_limits(parts: Parts, *, enforced: bool) -> Json:
    """Rate limits on or off."""
    parts.workspace.limits.enforced = enforced
    return {}


@CONDUCTING.deed
def cut_socket(parts: Parts, *, app: str | None = None, most: int | None = None) -> Json:
    """Cuts an app's Socket Mode connections without a word: all, or so many of the oldest."""
    return {"cut": parts.sockets.cut(app_of(parts, app).id, most)}


@CONDUCTING.deed
async def disconnect(
    parts: Parts, *, reason: str = "refresh_requested", app: str | None = None
) -> Json:
    """Asks an app to connect anew."""
    return {"asked": await parts.sockets.disconnect(app_of(parts, app).id, reason)}


@CONDUCTING.deed
def connections(parts: Parts, *, app: str | None = None) -> int:
    """How many Socket Mode connections an app has."""
    return len(parts.sockets.of(app_of(parts, app).id))


@CONDUCTING.deed
def repeat_event(parts: Parts, *, event_id: str) -> Json:
    """Sends an event once more that was acked already."""
    if event_id not in parts.workspace.delivery.sent:
        raise Impossible(f"no event {event_id!r} was sent")
    parts.workspace.delivery.again(event_id)
    return {}


@CONDUCTING.deed
def journal(
    parts: Parts, *, kind: str | None = None, after: int = 0, like: Json | None = None
) -> list[Json]:
    """The calls and deliveries, in order; `like` names parts and their values."""
    return parts.workspace.journal.find(kind, after, like)


@CONDUCTING.deed
async def changes(parts: Parts, *, after: int = 0, seconds: float = 0.0) -> Json:
    """The workspace's version, as soon as it is past `after`, or after so many real seconds."""
    return {"version": await parts.workspace.change_after(after, min(seconds, 60.0))}


@CONDUCTING.deed
async def settle(parts: Parts, *, quiet: float = 0.2, seconds: float = 10.0) -> Json:
    """Waits until nothing is under way and nobody has called for `quiet` seconds."""
    loop = asyncio.get_running_loop()
    deadline, still_since, last = loop.time() + seconds, loop.time(), -1
    while loop.time() < deadline:
        entries = parts.workspace.journal.entries
        seen = entries[-1]["n"] if entries else 0
        if seen != last or parts.workspace.delivery.under_way:
            last, still_since = seen, loop.time()
        elif loop.time() - still_since >= quiet:
            return {"quiet": True}
        await asyncio.sleep(0.02)
    return {"quiet": False}
