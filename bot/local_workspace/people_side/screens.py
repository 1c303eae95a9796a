"""Buttons, menus, modals, commands and shortcuts, as a person uses them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.local_workspace import interactions
from bot.local_workspace.delivery import Ack
from bot.local_workspace.errors import Impossible, Json, SlackError
from bot.local_workspace.manifest import app_of_command, app_of_shortcut, escapes, interactive
from bot.local_workspace.modals import close_all, close_top, show, top, update
from bot.local_workspace.people_side.deeds import (
    Deeds,
    acting,
    conversation_of,
    message_of,
    must_be_in,
)
from bot.local_workspace.people_side.entering import empty, entered, pressed
from bot.local_workspace.people_side.responses import answer_in
from bot.local_workspace.people_side.writing import as_commanded
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.state import Message, SlackApp, User, View
from bot.local_workspace.view_rules import check_view

SCREENS = Deeds()


def _outcome(ack: Ack) -> Json:
    problem = None
    if ack.problem is not None:
        problem = "operation_timeout" if ack.problem == "timeout" else "dispatch_failed"
    return {"acked": ack.problem is None, "problem": problem, "answer": ack.payload}


def _elements(blocks: Iterable[Json]) -> Iterable[tuple[Json, Json]]:
    for block in blocks:
        inner = list(block.get("elements", [])) + list(block.get("actions", []))
        inner += [block[name] for name in ("accessory", "element") if name in block]
        for one in inner:
            if isinstance(one, dict) and one.get("type") in ("card",):
                yield from _elements([one])
            elif isinstance(one, dict) and "action_id" in one:
                yield block, one
        yield from _elements(block.get("child_blocks", []))


def _element(
    blocks: Iterable[Json], action_id: str, block_id: str | None = None
) -> tuple[Json, Json]:
    for block, element in _elements(blocks):
        if element["action_id"] == action_id and block_id in (None, block.get("block_id")):
            return block, element
    raise Impossible(f"no element {action_id!r} there")


def initial_values(spec: Json) -> dict[str, dict[str, Json]]:
    """What the inputs of a view hold before anybody touches them."""
    found: dict[str, dict[str, Json]] = {}
    for block, element in _elements(spec["blocks"]):
        value = entered(element)
        if value is not None and element["type"] != "overflow":
            found.setdefault(block["block_id"], {})[element["action_id"]] = value
    return found


def _held(view: View) -> dict[str, dict[str, Json]]:
    held = initial_values(view.spec)
    for block_id, values in view.values.items():
        if block_id in held:
            held[block_id] |= {name: one for name, one in values.items() if name in held[block_id]}
    return held


async def _press(
    parts: Parts, person: User, app: SlackApp, blocks: list[Json], spec: Json, **where: Any
) -> Json:
    if not interactive(app):
        raise Impossible(f"{app.name} has no interactivity")
    block, element = _element(blocks, spec["action_id"], spec.get("block_id"))
    action = pressed(element, spec.get("value"), spec.get("offered"))
    action["block_id"] = block.get("block_id")
    body = interactions.block_actions(parts.workspace, app, person, action, **where)
    return _outcome(await parts.workspace.delivery.interaction(app, "interactive", body))


@SCREENS.deed
async def press(
    parts: Parts,
    *,
    user: str,
    action_id: str,
    channel: str,
    ts: str,
    value: Any = None,
    block_id: str | None = None,
) -> Json:
    """A person presses a button or chooses from a menu in a message."""
    person = acting(parts.workspace, user)
    where = conversation_of(parts.workspace, person, channel)
    must_be_in(person, where)
    message = message_of(where, ts, person)
    app = parts.workspace.state.apps.get(message.app_id or "")
    if app is None:
        raise Impossible("no app wrote that message")
    given = {"action_id": action_id, "block_id": block_id, "value": value}
    blocks = _shown_blocks(message)
    return await _press(parts, person, app, blocks, given, channel=where, message=message)


def _shown_blocks(message: Message) -> list[Json]:
    blocks = list(message.blocks or [])
    for attachment in message.attachments or []:
        blocks += attachment.get("blocks", [])
    return blocks


@SCREENS.deed
async def press_in_view(
    parts: Parts,
    *,
    user: str,
    action_id: str,
    value: Any = None,
    block_id: str | None = None,
    home_of: str | None = None,
) -> Json:
    """A person presses something in the modal on top, or on an app's Home."""
    person = acting(parts.workspace, user)
    view = _home(parts, person, home_of) if home_of else _top(parts, person)
    app = parts.workspace.state.apps[view.app_id]
    block, element = _element(view.spec["blocks"], action_id, block_id)
    view.values = _held(view)
    offered = view.offered.get(action_id)
    held = entered(element, value, offered) if value is not None else None
    if held is not None:
        view.values.setdefault(block["block_id"], {})[action_id] = held
    if block["type"] == "input" and not block.get("dispatch_action"):
        return {"acked": True, "problem": None, "answer": None}
    given = {"action_id": action_id, "block_id": block_id, "value": value, "offered": offered}
    return await _press(parts, person, app, view.spec["blocks"], given, view=view)


@SCREENS.deed
async def type_into(parts: Parts, *, user: str, action_id: str, text: str) -> Json:
    """A person types into an external select of the modal on top; its options come back."""
    person = acting(parts.workspace, user)
    view = _top(parts, person)
    app = parts.workspace.state.apps[view.app_id]
    block, element = _element(view.spec["blocks"], action_id)
    named = {**element, "block_id": block["block_id"]}
    body = interactions.block_suggestion(parts.workspace, app, person, named, text, view)
    ack = await parts.workspace.delivery.interaction(app, "interactive", body)
    answer = ack.payload or {}
    groups = answer.get("option_groups") or []
    options = [
        *(answer.get("options") or []),
        *(one for group in groups for one in group["options"]),
    ]
    view.offered[action_id] = options
    return _outcome(ack)


@SCREENS.deed
async def submit(parts: Parts, *, user: str, values: Json | None = None) -> Json:
    """A person fills the modal on top (`{action_id: value}`) and submits it.

    `errors` are those of the app or, before it is asked, of fields that must not be empty.
    """
    workspace = parts.workspace
    person = acting(workspace, user)
    view = _top(parts, person)
    app = workspace.state.apps[view.app_id]
    if "submit" not in view.spec:
        raise Impossible("the modal has no button to submit it")
    view.values = _held(view)
    for action_id, value in (values or {}).items():
        block, element = _element(view.spec["blocks"], action_id)
        held = entered(element, value, view.offered.get(action_id))
        if held is not None:
            view.values.setdefault(block["block_id"], {})[action_id] = held
    if missing := _missing(view):
        return {"acked": True, "problem": None, "answer": None, "errors": missing}
    body = interactions.view_event(workspace, app, person, view, "view_submission")
    ack = await workspace.delivery.interaction(app, "interactive", body)
    return _outcome(ack) | {"errors": _respond(parts, person, app, view, ack)}


def _missing(view: View) -> dict[str, str]:
    found = {}
    for block in view.spec["blocks"]:
        if block["type"] == "input" and not block.get("optional"):
            held = view.values.get(block["block_id"], {}).get(block["element"]["action_id"])
            if held is None or empty(held):
                found[block["block_id"]] = "required"
    return found


def _respond(parts: Parts, person: User, app: SlackApp, view: View, ack: Ack) -> Json:
    if ack.problem is not None:
        return {}
    answer = ack.payload or {}
    action = answer.get("response_action")
    try:
        if action == "errors":
            blocks = {one["block_id"] for one in view.spec["blocks"] if one["type"] == "input"}
            errors: Json = answer.get("errors") or {}
            if not errors or set(errors) - blocks:
                raise SlackError("invalid_arguments", ["[ERROR] errors name no input block"])
            return errors
        if action == "update":
            update(parts.workspace, view, check_view(answer.get("view"), "modal"))
        elif action == "push":
            spec = check_view(answer.get("view"), "modal")
            show(parts.workspace, app, person.id, spec, push=True)
        elif action == "clear":
            close_all(parts.workspace, person.id)
        elif action is None:
            close_top(parts.workspace, person.id)
        else:
            raise SlackError("invalid_arguments", [f"[ERROR] response_action: {action}"])
    except SlackError as error:
        # Slack shows the person a sentence of its own here; a trial wants to know why.
        raise Impossible(f"the app's answer is not valid: {error.answer()}") from error
    return {}


@SCREENS.deed
async def close_modal(parts: Parts, *, user: str, everything: bool = False) -> Json:
    """A person closes the modal on top, or the whole stack."""
    workspace = parts.workspace
    person = acting(workspace, user)
    view = _top(parts, person)
    whole = everything or bool(view.spec.get("clear_on_close"))
    if whole:
        closed = close_all(workspace, person.id)
    else:
        close_top(workspace, person.id)
        closed = [view]
    for one in closed:
        if one.spec.get("notify_on_close"):
            app = workspace.state.apps[one.app_id]
            body = interactions.view_event(workspace, app, person, one, "view_closed", whole)
            await workspace.delivery.interaction(app, "interactive", body)
    return {"closed": [one.id for one in closed]}


@SCREENS.deed
async def command(parts: Parts, *, user: str, channel: str, text: str) -> Json:
    """A person sends a slash command; what the app answers at once is shown to them."""
    workspace = parts.workspace
    person = acting(workspace, user)
    where = conversation_of(workspace, person, channel)
    must_be_in(person, where)
    name, _, rest = text.partition(" ")
    app = app_of_command(workspace.state, name)
    if app is None:
        raise Impossible(f"{name} is not a valid command")
    typed = rest.strip()
    if escapes(app, name):
        typed = as_commanded(workspace.state, typed)
    body = interactions.slash_command(workspace, app, person, where, name, typed)
    ack = await workspace.delivery.interaction(app, "slash_commands", body)
    if ack.payload:
        answer_in(workspace, app, where, person.id, ack.payload)
    return _outcome(ack) | {"channel": where.id}


@SCREENS.deed
async def shortcut(
    parts: Parts,
    *,
    user: str,
    callback_id: str,
    channel: str | None = None,
    ts: str | None = None,
) -> Json:
    """A person uses a shortcut: a global one, or with `channel` and `ts` one on a message."""
    workspace = parts.workspace
    person = acting(workspace, user)
    app = app_of_shortcut(workspace.state, callback_id, "global" if ts is None else "message")
    if app is None:
        raise Impossible(f"no shortcut {callback_id!r}")
    if ts is None or channel is None:
        body = interactions.shortcut(workspace, app, person, callback_id)
    else:
        where = conversation_of(workspace, person, channel)
        must_be_in(person, where)
        message = message_of(where, ts, person)
        body = interactions.message_shortcut(workspace, app, person, callback_id, where, message)
    return _outcome(await workspace.delivery.interaction(app, "interactive", body))


def _top(parts: Parts, person: User) -> View:
    view = top(parts.workspace, person.id)
    if view is None:
        raise Impossible(f"{person.real_name} has no modal open")
    return view


def _home(parts: Parts, person: User, app: str) -> View:
    for (app_id, user_id), view in parts.workspace.state.homes.items():
        if user_id == person.id and app in (app_id, parts.workspace.state.apps[app_id].name):
            return view
    raise Impossible(f"{person.real_name} has no Home of {app!r}")
