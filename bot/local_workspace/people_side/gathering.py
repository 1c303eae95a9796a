"""Joining, leaving, inviting, sharing with other companies; who comes and who goes."""

from __future__ import annotations

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.membership import (
    create,
    direct,
    join,
    leave,
    share,
    unshare,
    user_changed,
)
from bot.local_workspace.people_side.deeds import (
    Deeds,
    acting,
    channel_of,
    must_be_in,
    user_of,
)
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.shapes import channel_object, user_object
from bot.local_workspace.state import Team, User

GATHERING = Deeds()
_MAY_CHANGE = {"name", "real_name", "email", "title", "tz", "locale", "is_admin"}
_MAY_CHANGE |= {"is_email_confirmed", "is_restricted", "is_ultra_restricted", "deleted"}


@GATHERING.deed
def add_team(parts: Parts, *, name: str, grid: bool = False) -> Json:
    """Another company's workspace; `grid` makes it an Enterprise Grid organisation."""
    state = parts.workspace.state
    team = Team(state.new_id("E" if grid else "T"), name, name.casefold().replace(" ", "-"))
    state.teams[team.id] = team
    return {"id": team.id, "name": team.name, "domain": team.domain}


@GATHERING.deed
def add_user(
    parts: Parts,
    *,
    name: str,
    email: str | None = None,
    team: str | None = None,
    guest: bool = False,
    single_channel: bool = False,
) -> Json:
    """A new member, guest, or person of another company (`team`)."""
    state = parts.workspace.state
    if team is not None and team not in state.teams:
        raise Impossible(f"no team {team!r}")
    user = User(
        id=state.new_id("U"),
        team_id=team or state.team.id,
        name=name.casefold().replace(" ", "."),
        real_name=name,
        email=email,
        is_restricted=guest or single_channel,
        is_ultra_restricted=single_channel,
    )
    state.users[user.id] = user
    parts.workspace.changed()
    return user_object(state, user, email=True)


@GATHERING.deed
def change_user(parts: Parts, *, user: str, **changes: object) -> Json:
    """Changes a profile: guest or not, deactivated or not, another name."""
    person = user_of(parts.workspace, user)
    if wrong := set(changes) - _MAY_CHANGE:
        raise Impossible(f"not to be changed: {', '.join(sorted(wrong))}")
    for name, value in changes.items():
        setattr(person, name, value)
    user_changed(parts.workspace, person)
    return user_object(parts.workspace.state, person, email=True)


@GATHERING.deed
def create_channel(parts: Parts, *, user: str, name: str, private: bool = False) -> Json:
    """A person makes a channel."""
    person = acting(parts.workspace, user)
    if any(one.name == name for one in parts.workspace.state.channels.values()):
        raise Impossible(f"there is a channel {name!r}")
    channel = create(parts.workspace, "private" if private else "public", name, person.id)
    return channel_object(parts.workspace.state, channel, person.id)


@GATHERING.deed
def open_direct(parts: Parts, *, user: str, others: list[str]) -> Json:
    """A direct message with one person or app, or with several."""
    person = acting(parts.workspace, user)
    ids = [user_of(parts.workspace, one).id for one in others]
    channel = direct(parts.workspace, person.id, *ids)
    return channel_object(parts.workspace.state, channel, person.id)


@GATHERING.deed
def join_channel(parts: Parts, *, user: str, channel: str) -> Json:
    """A person joins a public channel."""
    person, where = acting(parts.workspace, user), channel_of(parts.workspace, channel)
    if where.kind != "public" or person.is_restricted or person.is_ultra_restricted:
        raise Impossible(f"{person.real_name} can't join {where.name or where.id}")
    return {"changed": join(parts.workspace, where, person.id)}


@GATHERING.deed
def leave_channel(parts: Parts, *, user: str, channel: str) -> Json:
    """A person leaves a channel."""
    person, where = acting(parts.workspace, user), channel_of(parts.workspace, channel)
    return {"changed": leave(parts.workspace, where, person.id)}


@GATHERING.deed
def invite(parts: Parts, *, user: str, channel: str, who: str) -> Json:
    """A member brings somebody in: a colleague, a guest, an app, a connected company's person."""
    person, where = acting(parts.workspace, user), channel_of(parts.workspace, channel)
    must_be_in(person, where)
    guest = user_of(parts.workspace, who)
    if parts.workspace.state.stranger(guest) and guest.team_id not in where.connected:
        raise Impossible(f"{where.name} is not shared with the company of {guest.real_name}")
    return {"changed": join(parts.workspace, where, guest.id, inviter=person.id)}


@GATHERING.deed
def remove(parts: Parts, *, user: str, channel: str, who: str) -> Json:
    """A member takes somebody out."""
    person, where = acting(parts.workspace, user), channel_of(parts.workspace, channel)
    must_be_in(person, where)
    return {"changed": leave(parts.workspace, where, user_of(parts.workspace, who).id)}


@GATHERING.deed
def share_channel(parts: Parts, *, channel: str, team: str, pending: bool = False) -> Json:
    """Shares a channel with a company; `pending` while it has not accepted."""
    where = channel_of(parts.workspace, channel)
    if team not in parts.workspace.state.teams or where.kind in ("im", "mpim"):
        raise Impossible(f"{where.name or where.id} can't be shared with {team!r}")
    share(parts.workspace, where, team, pending=pending)
    return {}


@GATHERING.deed
def unshare_channel(parts: Parts, *, channel: str, team: str) -> Json:
    """Ends the sharing with a company."""
    where = channel_of(parts.workspace, channel)
    if team not in where.connected:
        raise Impossible(f"{where.name or where.id} is not shared with {team!r}")
    unshare(parts.workspace, where, team)
    return {}


@GATHERING.deed
def archive_channel(parts: Parts, *, channel: str) -> Json:
    """Nobody writes there any more."""
    channel_of(parts.workspace, channel).is_archived = True
    parts.workspace.changed()
    return {}
