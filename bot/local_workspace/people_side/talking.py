"""Writing, editing, deleting, reacting, uploading."""

from __future__ import annotations

import base64
import binascii
import uuid

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.events import tell_members
from bot.local_workspace.people_side.deeds import (
    Deeds,
    acting,
    conversation_of,
    message_of,
    must_be_in,
)
from bot.local_workspace.people_side.writing import as_sent, rich
from bot.local_workspace.posting import delete, edit, post, react
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.state import Channel, File, Message, User

TALKING = Deeds()


def _message(
    parts: Parts, user: User, channel: Channel, text: str, thread_ts: str | None
) -> Message:
    must_be_in(user, channel)
    if channel.is_archived:
        raise Impossible(f"{channel.name} is archived")
    if thread_ts is not None and thread_ts not in channel.messages:
        raise Impossible(f"no thread {thread_ts!r}")
    sent = as_sent(parts.workspace.state, text)
    return Message(
        ts=parts.workspace.clock.message_ts(),
        channel=channel.id,
        user=user.id,
        text=sent,
        team=user.team_id,
        blocks=rich(sent),
        thread_ts=thread_ts,
        client_msg_id=str(uuid.uuid4()),
    )


def _put(channel: Channel, message: Message) -> Json:
    return {"channel": channel.id, "ts": message.ts, "thread_ts": message.thread_ts}


@TALKING.deed
def say(
    parts: Parts,
    *,
    user: str,
    channel: str,
    text: str,
    thread_ts: str | None = None,
    broadcast: bool = False,
) -> Json:
    """A person writes a message, or a reply in a thread."""
    workspace = parts.workspace
    person = acting(workspace, user)
    where = conversation_of(workspace, person, channel)
    message = _message(parts, person, where, text, thread_ts)
    message.broadcast = broadcast and thread_ts is not None
    post(workspace, where, message)
    return _put(where, message)


@TALKING.deed
def upload(
    parts: Parts,
    *,
    user: str,
    channel: str,
    name: str,
    content: str,
    text: str = "",
    thread_ts: str | None = None,
) -> Json:
    """A person uploads a file (`content` is base64) with a message."""
    workspace = parts.workspace
    person = acting(workspace, user)
    where = conversation_of(workspace, person, channel)
    message = _message(parts, person, where, text, thread_ts)
    try:
        data = base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise Impossible(f"content is not base64: {error}") from None
    file = File(
        id=workspace.state.new_id("F"),
        name=name,
        length=len(data),
        user=person.id,
        created=int(workspace.clock.now()),
        origin=workspace.base_url,
        content=data,
        complete=True,
    )
    workspace.state.files[file.id] = file
    message.files, message.subtype = [file.id], "file_share"
    if not text:
        message.blocks = None
    post(workspace, where, message)
    event: Json = {
        "type": "file_shared",
        "file_id": file.id,
        "user_id": person.id,
        "file": {"id": file.id},
        "channel_id": where.id,
    }
    tell_members(workspace, event, where)
    return _put(where, message) | {"file_id": file.id}


@TALKING.deed
def edit_message(parts: Parts, *, user: str, channel: str, ts: str, text: str) -> Json:
    """A person changes their own message."""
    person = acting(parts.workspace, user)
    where = conversation_of(parts.workspace, person, channel)
    message = _own(person, where, ts)
    sent = as_sent(parts.workspace.state, text)
    edit(parts.workspace, where, message, text=sent, blocks=rich(sent), by=person.id)
    return _put(where, message)


@TALKING.deed
def delete_message(parts: Parts, *, user: str, channel: str, ts: str) -> Json:
    """A person deletes their own message."""
    person = acting(parts.workspace, user)
    where = conversation_of(parts.workspace, person, channel)
    message = _own(person, where, ts)
    delete(parts.workspace, where, message)
    return _put(where, message)


@TALKING.deed
def react_to(
    parts: Parts, *, user: str, channel: str, ts: str, name: str, add: bool = True
) -> Json:
    """A person puts an emoji on a message, or takes it back."""
    person = acting(parts.workspace, user)
    where = conversation_of(parts.workspace, person, channel)
    must_be_in(person, where)
    message = message_of(where, ts, person)
    changed = react(parts.workspace, where, message, name, person.id, add=add)
    return {"changed": changed}


def _own(person: User, channel: Channel, ts: str) -> Message:
    message = message_of(channel, ts, person)
    if message.user != person.id:
        raise Impossible(f"{person.real_name} did not write {ts}")
    return message
