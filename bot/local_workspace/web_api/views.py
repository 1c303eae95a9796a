"""views.*: modals and the Home."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.manifest import interactive
from bot.local_workspace.modals import show, triggered, update
from bot.local_workspace.shapes import content_hash, view_object
from bot.local_workspace.state import View
from bot.local_workspace.view_rules import check_view
from bot.local_workspace.web_api.registry import JSON, STR, UNREADABLE, Call, Family

VIEWS = Family()
_TRIGGERED = {"trigger_id": STR, "interactivity_pointer": STR}


def _trigger(call: Call) -> tuple[str, str | None]:
    given = call.get("trigger_id") or call.get("interactivity_pointer")
    if not given:
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    return triggered(call.workspace, call.app, given)


def _view(call: Call) -> object:
    return None if call["view"] is UNREADABLE else call["view"]


def _shown(call: Call, view: View) -> Json:
    return {"view": view_object(call.workspace.state, view, call.app)}


@VIEWS.method("views.open", tier=4, needs={"view": JSON}, takes=_TRIGGERED)
def open_view(call: Call) -> Json:
    """Opens a modal on the screen of whoever did something within the last three seconds."""
    spec = check_view(_view(call), "modal")
    user, _ = _trigger(call)
    return _shown(call, show(call.workspace, call.app, user, spec))


@VIEWS.method("views.push", tier=4, needs={"view": JSON}, takes=_TRIGGERED)
def push_view(call: Call) -> Json:
    """Puts a modal on top of the one from which the trigger came."""
    spec = check_view(_view(call), "modal")
    user, below = _trigger(call)
    if below is None or not call.workspace.state.stacks.get(user):
        raise SlackError("invalid_trigger_id")
    return _shown(call, show(call.workspace, call.app, user, spec, push=True))


@VIEWS.method(
    "views.update",
    tier=4,
    needs={"view": JSON},
    takes={"view_id": STR, "external_id": STR, "hash": STR},
)
def update_view(call: Call) -> Json:
    """Changes a modal that is open; a hash that is not the present one is refused."""
    found = None
    for view in call.workspace.state.views.values():
        if view.app_id != call.app.id or not view.open:
            continue
        if view.id == call.get("view_id") or (
            "external_id" in call.args and view.spec.get("external_id") == call["external_id"]
        ):
            found = view
    if found is None:
        raise SlackError("not_found")
    spec = check_view(_view(call), "modal")
    return _shown(call, update(call.workspace, found, spec, call.get("hash")))


@VIEWS.method("views.publish", tier=4, needs={"user_id": STR, "view": JSON}, takes={"hash": STR})
def publish_view(call: Call) -> Json:
    """Sets what somebody sees on the app's Home tab."""
    workspace, state = call.workspace, call.workspace.state
    user = state.users.get(call["user_id"])
    if user is None or user.deleted:
        raise SlackError("user_not_found")
    home = call.app.manifest.get("features", {}).get("app_home", {})
    if not home.get("home_tab_enabled") or not interactive(call.app):
        raise SlackError("not_enabled")
    spec = check_view(_view(call), "home")
    view = state.homes.get((call.app.id, user.id))
    if view is None:
        view_id = state.new_id("V")
        fresh = content_hash(workspace.clock.now(), spec)
        view = View(view_id, call.app.id, user.id, spec, fresh, root=view_id)
        state.homes[call.app.id, user.id] = state.views[view_id] = view
        workspace.changed()
    else:
        update(workspace, view, spec, call.get("hash"))
    return _shown(call, view)
