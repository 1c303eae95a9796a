"""Who is in a conversation: joining, leaving, direct messages, sharing with other companies."""

from __future__ import annotations

from bot.local_workspace.errors import Json
from bot.local_workspace.events import tell, tell_members
from bot.local_workspace.shapes import user_object
from bot.local_workspace.state import Channel, ChannelKind, User
from bot.local_workspace.workspace import Workspace

_PREFIX: dict[ChannelKind, str] = {"public": "C", "private": "C", "im": "D", "mpim": "G"}


def create(workspace: Workspace, kind: ChannelKind, name: str, creator: str) -> Channel:
    """A new conversation with its creator in it."""
    state = workspace.state
    channel = Channel(
        id=state.new_id(_PREFIX[kind]),
        kind=kind,
        name=name,
        creator=creator,
        created=int(workspace.clock.now()),
        members=[creator],
    )
    state.channels[channel.id] = channel
    workspace.changed()
    return channel


def direct(workspace: Workspace, *users: str) -> Channel:
    """The direct message of these people, made when there is none."""
    found = workspace.state.direct(*users)
    if found is None:
        unique = list(dict.fromkeys(users))
        kind: ChannelKind = "im" if len(unique) <= 2 else "mpim"
        name = ""
        if kind == "mpim":
            names = "--".join(workspace.state.users[one].name for one in unique)
            name = f"mpdm-{names}-1"
        found = create(workspace, kind, name, unique[0])
        found.members = unique
    return found


def join(workspace: Workspace, channel: Channel, user: str, inviter: str | None = None) -> bool:
    """Puts somebody into a conversation; False when they were there."""
    if user in channel.members:
        return False
    channel.members.append(user)
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": workspace.state.users[user].team_id,
    }
    if inviter:
        event["inviter"] = inviter
    tell_members(workspace, event, channel)
    workspace.changed()
    return True


def leave(workspace: Workspace, channel: Channel, user: str) -> bool:
    """Takes somebody out of a conversation; False when they were not there."""
    if user not in channel.members:
        return False
    event: Json = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "public" else "G",
        "team": workspace.state.users[user].team_id,
    }
    tell_members(workspace, event, channel)
    channel.members.remove(user)
    workspace.changed()
    return True


def share(workspace: Workspace, channel: Channel, team_id: str, *, pending: bool = False) -> None:
    """Shares a conversation with another company, or invites it to."""
    if pending:
        channel.pending.append(team_id)
        workspace.changed()
        return
    if team_id in channel.pending:
        channel.pending.remove(team_id)
    channel.connected.append(team_id)
    event = {"type": "channel_shared", "connected_team_id": team_id, "channel": channel.id}
    tell(workspace, event, channel=channel)
    workspace.changed()


def unshare(workspace: Workspace, channel: Channel, team_id: str) -> None:
    """Ends the sharing: the other company's people are out."""
    for user in list(channel.members):
        if workspace.state.users[user].team_id == team_id:
            channel.members.remove(user)
    channel.connected.remove(team_id)
    event: Json = {
        "type": "channel_unshared",
        "previously_connected_team_id": team_id,
        "channel": channel.id,
        "is_ext_shared": channel.is_ext_shared,
    }
    tell(workspace, event, channel=channel)
    workspace.changed()


def user_changed(workspace: Workspace, user: User) -> None:
    """Tells the apps that a user is not who they were."""
    user.updated = workspace.clock.now()
    shown = user_object(workspace.state, user, email=True)
    tell(workspace, {"type": "user_change", "user": shown, "cache_ts": int(user.updated)})
    workspace.changed()
