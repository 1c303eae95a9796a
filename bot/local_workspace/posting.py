"""Messages: posted, edited, deleted, reacted to, by people and by apps alike."""

from __future__ import annotations

from dataclasses import replace

from bot.local_workspace.errors import Json
from bot.local_workspace.events import tell_changed, tell_deleted, tell_members, tell_posted
from bot.local_workspace.shapes import message_object
from bot.local_workspace.state import Channel, Message
from bot.local_workspace.workspace import SLACKBOT, Workspace


def post(workspace: Workspace, channel: Channel, message: Message) -> Message:
    """Puts a message into its conversation; thread parents get their `thread_ts`."""
    if message.thread_ts and (parent := channel.messages.get(message.thread_ts)):
        message.thread_ts = parent.thread_ts = parent.thread_ts or parent.ts
    channel.messages[message.ts] = message
    thread = workspace.state.threads.get((channel.id, message.thread_ts or message.ts))
    if thread is not None and message.app_id is not None:
        # An agent's answer takes its status away.
        thread.status, thread.loading = "", []
    for file_id in message.files:
        shares = workspace.state.files[file_id].shares.setdefault(channel.id, [])
        shares.append(message.ts)
    tell_posted(workspace, channel, message)
    workspace.changed()
    return message


def post_ephemeral(workspace: Workspace, channel: Channel, message: Message) -> Message:
    """Shows a message to one person; nobody is told, and no history holds it."""
    channel.ephemerals.append(message)
    workspace.changed()
    return message


def edit(workspace: Workspace, channel: Channel, message: Message, **changes: object) -> None:
    """Changes parts of a message; people's edits are marked, apps' are not."""
    before = message_object(workspace.state, message)
    author = changes.pop("by", None)
    for name, value in changes.items():
        setattr(message, name, value)
    if author is not None:
        message.edited = {"user": author, "ts": workspace.clock.message_ts()}
    mention = message.text if author is not None else ""
    tell_changed(workspace, channel, message, before, mention)
    workspace.changed()


def delete(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Removes a message; a thread's parent leaves a tombstone, as in Slack."""
    before = message_object(workspace.state, message)
    if channel.replies(message.ts):
        stone = replace(message, text="This message was deleted.", blocks=None, attachments=None)
        stone.subtype, stone.files, stone.reactions, stone.metadata = "tombstone", [], {}, None
        stone.user, stone.bot_id, stone.app_id = SLACKBOT, None, None
        channel.messages[message.ts] = stone
    else:
        channel.messages.pop(message.ts, None)
        if message in channel.ephemerals:
            channel.ephemerals.remove(message)
    if message.only_for is None:
        tell_deleted(workspace, channel, message, before)
    workspace.changed()


def react(
    workspace: Workspace, channel: Channel, message: Message, name: str, user: str, *, add: bool
) -> bool:
    """Adds or takes back a reaction; False when that was so already."""
    users = message.reactions.setdefault(name, [])
    if (user in users) is add:
        if not users:
            del message.reactions[name]
        return False
    if add:
        users.append(user)
    else:
        users.remove(user)
        if not users:
            del message.reactions[name]
    event: Json = {
        "type": "reaction_added" if add else "reaction_removed",
        "user": user,
        "reaction": name,
        "item_user": message.user,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "event_ts": workspace.clock.message_ts(),
    }
    tell_members(workspace, event, channel)
    workspace.changed()
    return True
