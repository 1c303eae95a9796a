"""Where a message of an app goes and what is in it, checked as chat.* checks it."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.membership import direct
from bot.local_workspace.scopes import require
from bot.local_workspace.state import Channel, Message
from bot.local_workspace.web_api.registry import JSON, STR, UNREADABLE, Call

LONGEST_TEXT = 40_000
LONGEST_MARKDOWN = 12_000
IMAGES = (".png", ".jpg", ".jpeg", ".gif")
LARGEST_METADATA = 16_000
MOST_ATTACHMENTS = 100
TS = re.compile(r"\d{10}\.\d{6}")

CONTENT = {
    "text": STR,
    "blocks": JSON,
    "attachments": JSON,
    "markdown_text": STR,
}
LOOK = {"username": STR, "icon_emoji": STR, "icon_url": STR}


def destination(call: Call, *, may_open: bool = True) -> Channel:
    """The conversation that a `channel` argument means, which the app may write to."""
    state, name = call.workspace.state, str(call["channel"])
    if may_open and name in state.users:
        user = state.users[name]
        if user.id == call.bot.id or user.is_bot:
            raise SlackError("cannot_dm_bot")
        if user.deleted:
            raise SlackError("channel_not_found")
        return direct(call.workspace, call.bot.id, user.id)
    for channel in state.channels.values():
        if channel.kind == "public" and name == f"#{channel.name}":
            name = channel.id
    channel = call.workspace.visible_channel(call.app, name)
    if call.bot.id not in channel.members and "chat:write.public" not in call.app.scopes:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind == "im":
        others = [one for one in channel.members if one != call.bot.id]
        if any(state.users[one].deleted for one in others):
            raise SlackError("is_archived")
        tab = call.app.manifest.get("features", {}).get("app_home", {}).get("messages_tab_enabled")
        if tab is False:
            raise SlackError("messages_tab_disabled")
    return channel


def content(call: Call, *, longest: int | None = None) -> Json:
    """The text, blocks and attachments of a call, checked. Raises SlackError.

    `longest` refuses a longer text (`msg_too_long`); without it, text is cut at 40,000.
    """
    found: Json = {}
    if "markdown_text" in call.args:
        if "text" in call.args or "blocks" in call.args:
            raise SlackError("markdown_text_conflict")
        markdown = call["markdown_text"]
        if len(markdown) > LONGEST_MARKDOWN:
            raise SlackError("msg_too_long")
        if markdown.strip():
            found["text"] = markdown
            found["blocks"] = check_message_blocks([{"type": "markdown", "text": markdown}])
    if "text" in call.args:
        text = call["text"]
        if longest is not None and len(text) > longest:
            raise SlackError("msg_too_long")
        found["text"] = text[:LONGEST_TEXT]
    if "blocks" in call.args:
        found["blocks"] = check_message_blocks(call["blocks"])
        _files_are_images(call, found["blocks"])
    if "attachments" in call.args:
        found["attachments"] = _attachments(call["attachments"])
    return found


def _files_are_images(call: Call, blocks: list[Json]) -> None:
    """Slack shows files in image blocks that are uploaded, images, and the app's to see."""
    state = call.workspace.state
    mine = {one.id for one in state.of_user(call.bot.id)}
    for number, block in enumerate(blocks):
        if block["type"] != "image" or "id" not in block.get("slack_file", {}):
            continue
        file = state.files.get(block["slack_file"]["id"])
        ours = file is not None and (file.user == call.bot.id or bool(mine & set(file.shares)))
        if not ours or file is None or not file.complete or not file.name.endswith(IMAGES):
            problem = f"invalid slack file [json-pointer:/blocks/{number}/slack_file]"
            raise SlackError("invalid_blocks", [f"[ERROR] {problem}"], errors=[problem])


def require_content(found: Json) -> None:
    """Raises SlackError(`no_text`) for a message without anything to read."""
    parts = (found.get("text", "").strip(), found.get("blocks"), found.get("attachments"))
    if not any(parts):
        raise SlackError("no_text")


def look(call: Call) -> Json:
    """The name and picture an app puts on; they have a scope of their own."""
    given = {name for name in LOOK if call.get(name)}
    if not given:
        return {}
    require(call.app.scopes, "chat:write.customize")
    icons = {name.removeprefix("icon_"): call[name] for name in given - {"username"}}
    return {"username": call.get("username"), "icons": icons or None}


def metadata(value: Any) -> Json | None:
    """Message metadata; an empty object means none. Raises SlackError."""
    if value is UNREADABLE or not isinstance(value, dict):
        raise SlackError("invalid_metadata_format")
    if not value:
        return None
    if not isinstance(value.get("event_type"), str) or not isinstance(
        value.get("event_payload"), dict
    ):
        raise SlackError("invalid_metadata_schema")
    if set(value) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(value)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return value


def thread_of(channel: Channel, ts: str | None) -> str | None:
    """The thread's parent. Raises SlackError for what is no parent."""
    if ts is None:
        return None
    if not TS.fullmatch(ts):
        raise SlackError("invalid_thread_ts")
    parent = channel.messages.get(ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.thread_ts not in (None, parent.ts):
        raise SlackError("cannot_reply_to_message")
    return ts


def by_app(call: Call, channel: Channel, **parts: Any) -> Message:
    """A message whose author is the calling app."""
    return Message(
        ts=call.workspace.clock.message_ts(),
        channel=channel.id,
        user=call.bot.id,
        team=call.bot.team_id,
        bot_id=call.app.bot_id,
        app_id=call.app.id,
        **parts,
    )


def own_message(call: Call, channel: Channel, ts: str, refusal: str) -> Message:
    """A message that the calling app wrote. Raises SlackError."""
    message = channel.messages.get(ts)
    if message is None:
        raise SlackError("message_not_found")
    if message.app_id != call.app.id:
        raise SlackError(refusal)
    return message


def _attachments(value: Any) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise SlackError("invalid_attachments")
    if len(value) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [
        {**one, "blocks": check_message_blocks(one["blocks"])} if "blocks" in one else one
        for one in value
    ]
