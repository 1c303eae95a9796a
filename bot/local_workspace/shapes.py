"""The workspace's data as Slack's JSON."""

from __future__ import annotations

import mimetypes
from hashlib import sha256
from pathlib import PurePath

from bot.local_workspace.errors import Json
from bot.local_workspace.state import Channel, File, Message, SlackApp, State, User, View


def user_object(state: State, user: User, *, email: bool, locale: bool = False) -> Json:
    """A user as users.info gives it; the email only with its scope."""
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": user.real_name.partition(" ")[0],
        "last_name": user.real_name.partition(" ")[2],
        "team": user.team_id,
    }
    if user.bot_id:
        profile |= {"api_app_id": user.app_id, "bot_id": user.bot_id, "always_active": True}
    found: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": int(user.updated),
    }
    if state.stranger(user):
        return found | {"is_stranger": True}
    if email and user.email:
        profile["email"] = user.email
    if locale:
        found["locale"] = user.locale
    if user.deleted:
        return found
    return found | {
        "tz": user.tz,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": user.is_email_confirmed,
    }


def channel_object(state: State, channel: Channel, reader: str) -> Json:
    """A conversation as conversations.info gives it to a reader."""
    found: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": state.team.id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        others = [one for one in channel.members if one != reader] or [reader]
        gone = state.users[others[0]].deleted
        return found | {"user": others[0], "is_user_deleted": gone, "priority": 0}
    return found | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_general": channel.is_general,
        "is_member": reader in channel.members,
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_pending_ext_shared": bool(channel.pending),
        "pending_shared": list(channel.pending),
        "pending_connected_team_ids": list(channel.pending),
        "connected_team_ids": list(channel.connected),
        "shared_team_ids": [state.team.id, *channel.connected],
        "internal_team_ids": [],
        "creator": channel.creator,
        "unlinked": 0,
        "parent_conversation": None,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
        "properties": {"canvas": {"file_id": channel.canvas_id}} if channel.canvas_id else {},
    }


def message_object(state: State, message: Message, *, metadata: bool = False) -> Json:
    """A message as histories and events show it; metadata only where it is asked for."""
    found: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    channel = state.channels[message.channel]
    found["team"] = message.team
    if channel.is_ext_shared:
        found |= {"user_team": message.team, "source_team": message.team}
    for name in ("client_msg_id", "subtype", "bot_id", "app_id", "thread_ts", "username", "icons"):
        if value := getattr(message, name):
            found[name] = value
    if message.bot_id and (author := state.by_bot(message.bot_id)):
        found["bot_profile"] = {
            "id": message.bot_id,
            "app_id": author.app_id,
            "name": author.real_name,
            "deleted": author.deleted,
            "updated": int(author.updated),
            "icons": {},
            "team_id": author.team_id,
        }
    for name in ("blocks", "attachments", "edited"):
        if (value := getattr(message, name)) is not None:
            found[name] = value
    if message.files:
        found["files"] = [file_object(state.files[one]) for one in message.files]
        found |= {"upload": False, "display_as_bot": False}
    if message.reactions:
        found["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if message.stream is not None:
        found["streaming_state"] = "in_progress" if message.stream.live else "completed"
    if metadata and message.metadata is not None:
        found["metadata"] = message.metadata
    replies = channel.replies(message.ts)
    if replies:
        authors = list(dict.fromkeys(one.user for one in replies))
        found |= {
            "reply_count": len(replies),
            "reply_users_count": len(authors),
            "latest_reply": replies[-1].ts,
            "reply_users": authors[:5],
        }
    if message.only_for:
        found["is_ephemeral"] = True
    return found


def file_object(file: File) -> Json:
    """A file as files.info gives it; its address wants the bot token."""
    mime = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    where = f"{file.origin}/files-pri/{file.id}"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": mime,
        "filetype": PurePath(file.name).suffix.lstrip(".") or "text",
        "user": file.user,
        "size": file.length,
        "mode": "snippet" if file.snippet_type else "hosted",
        "pretty_type": PurePath(file.name).suffix.lstrip(".").upper() or "Plain Text",
        "editable": bool(file.snippet_type),
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "username": "",
        "alt_txt": file.alt_text,
        "url_private": f"{where}/{file.name}",
        "url_private_download": f"{where}/download/{file.name}",
        "channels": [one for one in file.shares if one.startswith("C")],
        "groups": [one for one in file.shares if one.startswith("G")],
        "ims": [one for one in file.shares if one.startswith("D")],
    }


def view_object(state: State, view: View, app: SlackApp) -> Json:
    """A view as the apps see it, with what the person has entered so far."""
    spec = view.spec
    found: Json = {
        "id": view.id,
        "team_id": state.team.id,
        "type": spec["type"],
        "blocks": spec["blocks"],
        "private_metadata": spec.get("private_metadata", ""),
        "callback_id": spec.get("callback_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "clear_on_close": bool(spec.get("clear_on_close")),
        "notify_on_close": bool(spec.get("notify_on_close")),
        "external_id": spec.get("external_id", ""),
        "title": spec.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "close": spec.get("close"),
        "submit": spec.get("submit"),
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": view.app_id,
        "app_installed_team_id": state.team.id,
        "bot_id": app.bot_id,
    }
    return found


def content_hash(now: float, spec: Json) -> str:
    """The hash of a view as it is now."""
    return f"{now:.6f}.{sha256(repr(spec).encode()).hexdigest()[:8]}"
