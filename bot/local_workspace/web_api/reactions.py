"""reactions.*."""

from __future__ import annotations

import re

from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.posting import react
from bot.local_workspace.shapes import message_object
from bot.local_workspace.state import Channel, Message
from bot.local_workspace.web_api.content import TS
from bot.local_workspace.web_api.registry import BOOL, STR, Call, Family

REACTIONS = Family()
NAME = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


def _message(call: Call) -> tuple[Channel, Message]:
    channel = call.workspace.visible_channel(call.app, call["channel"])
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    if not TS.fullmatch(call["timestamp"]):
        raise SlackError("bad_timestamp")
    message = channel.messages.get(call["timestamp"])
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


@REACTIONS.method(
    "reactions.add",
    "reactions:write",
    tier=3,
    needs={"channel": STR, "name": STR, "timestamp": STR},
)
def add(call: Call) -> Json:
    """Puts an emoji on a message."""
    channel, message = _message(call)
    if not NAME.fullmatch(call["name"]):
        raise SlackError("invalid_name")
    if channel.is_archived:
        raise SlackError("is_archived")
    if not react(call.workspace, channel, message, call["name"], call.bot.id, add=True):
        raise SlackError("already_reacted")
    return {}


@REACTIONS.method(
    "reactions.remove",
    "reactions:write",
    tier=2,
    needs={"channel": STR, "name": STR, "timestamp": STR},
)
def remove(call: Call) -> Json:
    """Takes the app's emoji back."""
    channel, message = _message(call)
    if not react(call.workspace, channel, message, call["name"], call.bot.id, add=False):
        raise SlackError("no_reaction")
    return {}


@REACTIONS.method(
    "reactions.get",
    "reactions:read",
    tier=3,
    needs={"channel": STR, "timestamp": STR},
    takes={"full": BOOL},
)
def get(call: Call) -> Json:
    """The reactions on a message."""
    channel, message = _message(call)
    shown = message_object(call.workspace.state, message)
    return {"type": "message", "channel": channel.id, "message": shown}
