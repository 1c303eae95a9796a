"""What an app says to a command or through a response_url."""

from __future__ import annotations

from typing import Any

from bot.local_workspace.blocks import check_message_blocks
from bot.local_workspace.errors import Json, SlackError
from bot.local_workspace.interactions import RESPONSE_SECONDS, RESPONSE_USES
from bot.local_workspace.posting import delete, edit, post, post_ephemeral
from bot.local_workspace.state import Channel, Message, ResponseUrl, SlackApp
from bot.local_workspace.workspace import Workspace

_KNOWN = {"text", "blocks", "attachments", "response_type", "replace_original", "delete_original"}
_KNOWN |= {"thread_ts", "unfurl_links", "unfurl_media", "metadata", "mrkdwn"}


def answer_in(
    workspace: Workspace,
    app: SlackApp,
    channel: Channel,
    user: str,
    answer: Json,
) -> Message:
    """Shows an answer: to one person, or to the channel. Raises SlackError."""
    content = _content(answer)
    public = answer.get("response_type") == "in_channel"
    message = Message(
        ts=workspace.clock.message_ts(),
        channel=channel.id,
        user=app.bot_user,
        team=workspace.state.team.id,
        bot_id=app.bot_id,
        app_id=app.id,
        thread_ts=answer.get("thread_ts"),
        only_for=None if public else user,
        **content,
    )
    return (post if public else post_ephemeral)(workspace, channel, message)


def through(workspace: Workspace, url: ResponseUrl, answer: Any) -> None:
    """One use of a response_url. Raises SlackError(`used_url`, `expired_url`, …)."""
    if workspace.clock.now() > url.born + RESPONSE_SECONDS:
        raise SlackError("expired_url")
    if url.uses >= RESPONSE_USES:
        raise SlackError("used_url")
    if not isinstance(answer, dict) or set(answer) - _KNOWN:
        raise SlackError("invalid_payload")
    app, channel = workspace.state.apps[url.app_id], workspace.state.channels[url.channel]
    original = _original(channel, url)
    if answer.get("delete_original"):
        url.uses += 1
        if original is not None:
            delete(workspace, channel, original)
        return
    content = _content(answer)
    url.uses += 1
    if answer.get("replace_original") and original is not None:
        content.setdefault("blocks", None)
        if original.only_for is None:
            edit(workspace, channel, original, **content)
        else:
            for name, value in content.items():
                setattr(original, name, value)
            workspace.changed()
        return
    answer_in(workspace, app, channel, url.user, answer)


def _original(channel: Channel, url: ResponseUrl) -> Message | None:
    if url.message_ts is None:
        return None
    if not url.ephemeral:
        return channel.messages.get(url.message_ts)
    return next((one for one in channel.ephemerals if one.ts == url.message_ts), None)


def _content(answer: Json) -> Json:
    found: Json = {}
    if "text" in answer:
        found["text"] = str(answer["text"])[:40_000]
    if answer.get("blocks") is not None:
        found["blocks"] = check_message_blocks(answer["blocks"])
    if answer.get("attachments") is not None:
        found["attachments"] = answer["attachments"]
    if not any(found.values()):
        raise SlackError("no_text")
    return found
