"""auth.*, apps.*, api.test, blocks.validate, functions.*: the app and its platform."""

from __future__ import annotations

from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.events import tell
from bot.local_workspace.installing import revoke
from bot.local_workspace.manifest import socket_mode
from bot.local_workspace.view_rules import check_view
from bot.local_workspace.web_api.registry import BOOL, JSON, STR, UNREADABLE, Call, Family

APPS = Family()


@APPS.method("api.test", tier=4, takes={"error": STR, "foo": STR}, token="none")
def api_test(call: Call) -> Json:
    """Answers, with the error one asks for."""
    if error := call.get("error"):
        raise SlackError(error, args={"error": error})
    return {"args": call.args}


@APPS.method("auth.test", tier=None, token="any")
def auth_test(call: Call) -> Json:
    """Who the token is."""
    state = call.workspace.state
    return {
        "url": f"https://{state.team.domain}.slack.com/",
        "team": state.team.name,
        "user": call.bot.name,
        "team_id": state.team.id,
        "user_id": call.bot.id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


@APPS.method("auth.revoke", tier=3, takes={"test": BOOL})
def auth_revoke(call: Call) -> Json:
    """Gives the token back."""
    if call.get("test"):
        return {"revoked": False}
    revoke(call.workspace, call.app)
    event: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [call.bot.id]}}
    tell(call.workspace, event, app=call.app)
    return {"revoked": True}


@APPS.method("apps.connections.open", "connections:write", tier=3, token="app")
def open_connection(call: Call) -> Json:
    """The address of a Socket Mode connection."""
    if not socket_mode(call.app):
        raise SlackError("forbidden_team")
    return {"url": call.workspace.new_connection(call.app)}


@APPS.method("blocks.validate", tier=3, takes={"blocks": JSON, "message": JSON, "view": JSON})
def validate_blocks(call: Call) -> Json:
    """Whether blocks, a message or a view would be taken."""
    given = [name for name in ("blocks", "message", "view") if name in call.args]
    if len(given) != 1:
        raise SlackError("invalid_arguments", ["[ERROR] exactly one of blocks, message, view"])
    value = call[given[0]]
    if value is UNREADABLE:
        raise SlackError("invalid_blocks_format")
    if given[0] == "view":
        kind = value.get("type") if isinstance(value, dict) else None
        check_view(value, "home" if kind == "home" else "modal")
    else:
        blocks = value if given[0] == "blocks" else value.get("blocks", [])
        check_message_blocks(blocks)
    return {}


def _execution(call: Call) -> Json:
    found = call.workspace.state.functions.get(call["function_execution_id"])
    if found is None or found["app_id"] != call.app.id:
        raise SlackError("function_execution_not_found")
    if found["state"] != "running":
        raise SlackError("execution_not_in_running_state")
    return found


def _end(call: Call, execution: Json, how: Json) -> None:
    """The step's own token ends with it."""
    execution |= how
    call.workspace.state.tokens[execution["token"]].revoked = True
    call.workspace.changed()


@APPS.method(
    "functions.completeSuccess",
    tier=3,
    needs={"function_execution_id": STR, "outputs": JSON},
)
def complete_success(call: Call) -> Json:
    """A workflow's step is done; its outputs must be those the manifest declares."""
    found = _execution(call)
    outputs = call["outputs"]
    if not isinstance(outputs, dict):
        raise SlackError("parameter_validation_failed")
    function = call.app.manifest["functions"][found["callback_id"]]
    declared = function.get("output_parameters", {})
    missing = {name for name, one in declared.items() if one.get("is_required")} - set(outputs)
    if missing or set(outputs) - set(declared):
        raise SlackError("parameter_validation_failed")
    _end(call, found, {"state": "completed", "outputs": outputs})
    return {}


@APPS.method("functions.completeError", tier=3, needs={"function_execution_id": STR, "error": STR})
def complete_error(call: Call) -> Json:
    """A workflow's step has failed."""
    _end(call, _execution(call), {"state": "failed", "error": call["error"]})
    return {}
