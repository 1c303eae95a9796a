"""Which scope opens what, where it depends on the kind of conversation."""

from __future__ import annotations

from bot.local_workspace.errors import SlackError
from bot.local_workspace.state import Channel, ChannelKind

FAMILY: dict[ChannelKind, str] = {
    "public": "channels",
    "private": "groups",
    "im": "im",
    "mpim": "mpim",
}
MESSAGE_EVENT: dict[ChannelKind, str] = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


def require(held: frozenset[str], *any_of: str) -> None:
    """Raises SlackError(`missing_scope`) unless one of the scopes is held."""
    if any_of and not held.intersection(any_of):
        raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(sorted(held)))


def require_for(held: frozenset[str], channel: Channel, what: str) -> None:
    """Raises SlackError(`missing_scope`) unless the conversation's own scope is held."""
    require(held, f"{FAMILY[channel.kind]}:{what}")
