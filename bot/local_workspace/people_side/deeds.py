"""A deed: something a person (or whoever runs the trial) does, by name, over the control API."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.membership import direct
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.state import Channel, Message, User
from bot.local_workspace.workspace import Workspace


class Deeds:
    """The deeds of one file. A deed takes the workspace's parts and named JSON values."""

    def __init__(self) -> None:
        self.known: dict[str, Callable[..., Any]] = {}

    def deed(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Declares a deed under its function's name."""
        self.known[act.__name__] = act
        return act


async def perform(act: Callable[..., Any], parts: Parts, given: Json) -> Any:
    """Does a deed. Raises Impossible when the names given are not its own."""
    try:
        inspect.signature(act).bind(parts, **given)
    except TypeError as error:
        raise Impossible(f"{act.__name__}: {error}") from None
    found = act(parts, **given)
    return await found if inspect.isawaitable(found) else found


def user_of(workspace: Workspace, name: str) -> User:
    """A user by id, email, name or display name. Raises Impossible."""
    state = workspace.state
    if name in state.users:
        return state.users[name]
    wanted = name.removeprefix("@").casefold()
    for user in state.users.values():
        if wanted in {
            (user.email or "").casefold(),
            user.name.casefold(),
            user.real_name.casefold(),
        }:
            return user
    raise Impossible(f"no user {name!r}")


def acting(workspace: Workspace, name: str) -> User:
    """Somebody who can act here: a person who is not deactivated. Raises Impossible."""
    user = user_of(workspace, name)
    if user.deleted:
        raise Impossible(f"{user.real_name} is deactivated")
    if user.is_bot:
        raise Impossible(f"{user.real_name} is an app")
    return user


def channel_of(workspace: Workspace, name: str) -> Channel:
    """A conversation by id or #name. Raises Impossible."""
    state = workspace.state
    if name in state.channels:
        return state.channels[name]
    for channel in state.channels.values():
        if channel.name and channel.name == name.removeprefix("#"):
            return channel
    raise Impossible(f"no channel {name!r}")


def conversation_of(workspace: Workspace, user: User, name: str) -> Channel:
    """The conversation that a person means: a channel, or somebody's direct message."""
    state = workspace.state
    if name not in state.channels and not name.startswith("#"):
        try:
            return direct(workspace, user.id, user_of(workspace, name).id)
        except Impossible:
            pass
    return channel_of(workspace, name)


def must_be_in(user: User, channel: Channel) -> None:
    """Raises Impossible for somebody who is not in a conversation."""
    if user.id not in channel.members:
        raise Impossible(f"{user.real_name} is not in {channel.name or channel.id}")


def message_of(channel: Channel, ts: str, reader: User) -> Message:
    """A message that a person can see, ephemeral or not. Raises Impossible."""
    if ts in channel.messages:
        return channel.messages[ts]
    for one in channel.ephemerals:
        if one.ts == ts and one.only_for == reader.id:
            return one
    raise Impossible(f"no message {ts!r} that {reader.real_name} could see")
