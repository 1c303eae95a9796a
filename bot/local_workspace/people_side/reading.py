"""What a given person sees: channels, messages, Home, modals, an agent's status."""

from __future__ import annotations

import base64

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.people_side.agents import app_of
from bot.local_workspace.people_side.deeds import Deeds, conversation_of, user_of
from bot.local_workspace.server_parts import Parts
from bot.local_workspace.shapes import (
    channel_object,
    file_object,
    message_object,
    user_object,
    view_object,
)
from bot.local_workspace.state import AssistantThread, Channel, Message, User

READING = Deeds()


def _readable(parts: Parts, person: User, channel: str) -> Channel:
    where = conversation_of(parts.workspace, person, channel)
    member = person.id in where.members
    looks_in = where.kind == "public" and not parts.workspace.state.stranger(person)
    if person.deleted or not (member or (looks_in and not person.is_restricted)):
        raise Impossible(f"{person.real_name} can't read {where.name or where.id}")
    return where


@READING.deed
def users(parts: Parts) -> list[Json]:
    """Everybody, with emails."""
    state = parts.workspace.state
    return [user_object(state, one, email=True) for one in state.users.values()]


@READING.deed
def channels(parts: Parts, *, user: str) -> list[Json]:
    """The conversations a person has at the side of the screen."""
    state, person = parts.workspace.state, user_of(parts.workspace, user)
    return [channel_object(state, one, person.id) for one in state.of_user(person.id)]


@READING.deed
def messages(parts: Parts, *, user: str, channel: str, thread_ts: str | None = None) -> list[Json]:
    """What a person reads in a conversation, or in one thread of it, oldest first.

    Ephemeral messages for this person are among them (`is_ephemeral`), nobody else's are.
    """
    state, person = parts.workspace.state, user_of(parts.workspace, user)
    where = _readable(parts, person, channel)
    mine = [one for one in where.ephemerals if one.only_for == person.id]
    found = sorted([*where.messages.values(), *mine], key=lambda one: float(one.ts))

    def belongs(one: Message) -> bool:
        if thread_ts is not None:
            return thread_ts in (one.ts, one.thread_ts)
        return one.thread_ts in (None, one.ts) or one.broadcast

    return [message_object(state, one, metadata=True) for one in found if belongs(one)]


@READING.deed
def home(parts: Parts, *, user: str, app: str | None = None) -> Json | None:
    """What a person sees on an app's Home; null before the app has published it."""
    person, shown = user_of(parts.workspace, user), app_of(parts, app)
    view = parts.workspace.state.homes.get((shown.id, person.id))
    return None if view is None else view_object(parts.workspace.state, view, shown)


@READING.deed
def modals(parts: Parts, *, user: str) -> list[Json]:
    """A person's open modals, the lowest first."""
    state, person = parts.workspace.state, user_of(parts.workspace, user)
    found = [state.views[one] for one in state.stacks.get(person.id, [])]
    return [view_object(state, one, state.apps[one.app_id]) for one in found]


@READING.deed
def thread(parts: Parts, *, user: str, channel: str, thread_ts: str = "") -> Json:
    """What an agent has set on a thread: status, title, prompts. `""` is a new conversation."""
    person = user_of(parts.workspace, user)
    where = _readable(parts, person, channel)
    found = parts.workspace.state.threads.get((where.id, thread_ts), AssistantThread())
    return {
        "status": found.status,
        "session": found.session,
        "loading_messages": found.loading,
        "title": found.title,
        "prompts": found.prompts,
        "prompts_title": found.prompts_title,
    }


@READING.deed
def file(parts: Parts, *, user: str, file_id: str) -> Json:
    """A file that a person may open, its bytes as base64."""
    state, person = parts.workspace.state, user_of(parts.workspace, user)
    found = state.files.get(file_id)
    mine = state.of_user(person.id)
    if found is None or not (
        found.user == person.id
        or any(one.id in found.shares or _shows(one, file_id) for one in mine)
    ):
        raise Impossible(f"{person.real_name} can't open {file_id!r}")
    content = base64.b64encode(found.content or b"").decode()
    return file_object(found) | {"content": content}


def _shows(channel: Channel, file_id: str) -> bool:
    """Whether a message there shows the file in a block."""
    return any(
        block.get("slack_file", {}).get("id") == file_id
        for message in channel.messages.values()
        for block in message.blocks or ()
    )


@READING.deed
def canvas(parts: Parts, *, user: str, canvas_id: str) -> Json:
    """A canvas that a person may open, as Markdown."""
    state, person = parts.workspace.state, user_of(parts.workspace, user)
    found = state.canvases.get(canvas_id)
    if found is None:
        raise Impossible(f"no canvas {canvas_id!r}")
    mine = {person.id, *(one.id for one in state.of_user(person.id))}
    if found.channel not in mine and found.owner != person.id and not mine & set(found.access):
        raise Impossible(f"{person.real_name} can't open {canvas_id!r}")
    markdown = "\n\n".join(one["text"] for one in found.sections)
    return {"id": found.id, "title": found.title, "markdown": markdown}
