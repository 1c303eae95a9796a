"""Modals as a person has them on the screen: a stack of at most three views."""

from __future__ import annotations

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.interactions import spend
from bot.local_workspace.shapes import content_hash
from bot.local_workspace.state import SlackApp, View
from bot.local_workspace.workspace import Workspace

HIGHEST_STACK = 3


def show(workspace: Workspace, app: SlackApp, user: str, spec: Json, *, push: bool = False) -> View:
    """Puts a view on a person's screen: alone, or on top of those already there."""
    state = workspace.state
    external = spec.get("external_id")
    if external and any(
        one.open and one.app_id == app.id and one.spec.get("external_id") == external
        for one in state.views.values()
    ):
        raise SlackError("duplicate_external_id")
    stack = state.stacks.get(user, []) if push else []
    if push and len(stack) >= HIGHEST_STACK:
        raise SlackError("push_limit_reached")
    if not push:
        close_all(workspace, user)
    view_id = state.new_id("V")
    view = View(
        id=view_id,
        app_id=app.id,
        user=user,
        spec=spec,
        hash=content_hash(workspace.clock.now(), spec),
        root=stack[0] if stack else view_id,
        previous=stack[-1] if stack else None,
    )
    state.views[view_id] = view
    state.stacks[user] = [*stack, view_id]
    workspace.changed()
    return view


def update(workspace: Workspace, view: View, spec: Json, expected: str | None = None) -> View:
    """Replaces what a view shows; what the person entered stays where the inputs do."""
    if expected is not None and expected != view.hash:
        raise SlackError("hash_conflict")
    ids = {block["block_id"] for block in spec["blocks"]}
    view.values = {block: values for block, values in view.values.items() if block in ids}
    view.spec = spec
    view.hash = content_hash(workspace.clock.now(), spec)
    workspace.changed()
    return view


def triggered(workspace: Workspace, app: SlackApp, trigger_id: str) -> tuple[str, str | None]:
    """Whose screen a trigger id opens, and from which view. Raises SlackError."""
    trigger = spend(workspace, app, trigger_id)
    return trigger.user, trigger.view_id


def top(workspace: Workspace, user: str) -> View | None:
    """The view on top of a person's screen."""
    stack = workspace.state.stacks.get(user, [])
    return workspace.state.views[stack[-1]] if stack else None


def close_top(workspace: Workspace, user: str) -> None:
    """The view below comes up again, if there is one."""
    stack = workspace.state.stacks.get(user, [])
    if stack:
        workspace.state.views[stack.pop()].open = False
    workspace.changed()


def close_all(workspace: Workspace, user: str) -> list[View]:
    """The screen is empty; the views that were closed, the top one first."""
    stack = workspace.state.stacks.pop(user, [])
    closed = [workspace.state.views[one] for one in reversed(stack)]
    for view in closed:
        view.open = False
    workspace.changed()
    return closed
