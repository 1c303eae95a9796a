"""What a Slack payload is to us: its key, its conversation, and what is kept of it.

The key makes a second delivery a duplicate: event_id for events, trigger_id for commands and
workflow steps, action_ts + user + action_id for buttons. Messages that nobody addressed to us
are no arrivals: nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.blocks.mrkdwn import mentioned

Json = Mapping[str, Any]

_ADDRESSED_SUBTYPES = (None, "file_share", "thread_broadcast")


@dataclass(frozen=True)
class Arrival:
    """Something addressed to us that must not be lost."""

    key: str
    conversation: str
    kind: str
    """message, command, settle, ask_again, feedback or step."""
    payload: dict[str, Any]
    """`direct` says that the asker alone will read the reply; `response_url` is there only
    where the reply goes through it."""


@dataclass(frozen=True)
class Ourselves:
    """Who we are in the workspace that sent the payload."""

    team: str
    bot_user: str
    in_thread: Callable[[str], bool]
    """Whether we answered in that conversation in the last 24 hours."""


def arrival(body: Json, us: Ourselves) -> Arrival | None:
    """What arrived, or None for what is not addressed to us."""
    if "event" in body:
        return _event(body, body["event"], us)
    if "command" in body:
        return _command(body, us)
    if body.get("type") == "block_actions":
        return _action(body, us)
    return None


def conversation_of(team: str, channel: str, thread: str) -> str:
    """The key of a thread in a channel of a workspace."""
    return f"slack:{team}:{channel}:{thread}"


def _event(body: Json, event: Json, us: Ourselves) -> Arrival | None:
    if event.get("type") == "function_executed":
        return _step(body, event, us)
    if event.get("type") not in ("app_mention", "message") or _not_a_persons(event, us):
        return None
    thread = str(event.get("thread_ts") or event["ts"])
    conversation = conversation_of(us.team, str(event["channel"]), thread)
    if event["type"] == "message" and not _addressed(event, conversation, us):
        return None
    payload = {
        "text": str(event.get("text") or ""),
        "user": event["user"],
        "user_team": event.get("user_team") or event.get("team"),
        "channel": event["channel"],
        "thread_ts": thread,
        "direct": event.get("channel_type") == "im",
        "shared_outside": bool(body.get("is_ext_shared_channel")),
        "files": [file["id"] for file in event.get("files") or ()],
    }
    return Arrival(f"event:{body['event_id']}", conversation, "message", payload)


def _not_a_persons(event: Json, us: Ourselves) -> bool:
    """Bots' messages (our own among them), joins, edits and deletions are not for us to answer."""
    return bool(
        event.get("bot_id")
        or event.get("edited")
        or event.get("subtype") not in _ADDRESSED_SUBTYPES
        or not event.get("user")
        or event.get("user") == us.bot_user
    )


def _addressed(event: Json, conversation: str, us: Ourselves) -> bool:
    if event.get("channel_type") == "im":
        return True
    if us.bot_user in mentioned(event.get("text") or ""):
        return False  # it comes as app_mention too, and is taken there
    return bool(event.get("thread_ts")) and us.in_thread(conversation)


def _command(body: Json, us: Ourselves) -> Arrival:
    payload = {
        "text": str(body.get("text") or "").strip(),
        "user": body["user_id"],
        "user_team": body.get("team_id"),
        "channel": body["channel_id"],
        "direct": True,
        "response_url": body["response_url"],
    }
    # Each command is a question of its own, but what was asked before in the same place and by
    # the same person is what "and their CFO?" goes on from.
    conversation = conversation_of(us.team, str(body["channel_id"]), f"command:{body['user_id']}")
    return Arrival(f"trigger:{body['trigger_id']}", conversation, "command", payload)


def _action(body: Json, us: Ourselves) -> Arrival | None:
    action = body["actions"][0]
    kind, _, _ = str(action["action_id"]).partition(":")
    if kind not in ("settle", "ask_again", "feedback"):
        return None
    user, container = body["user"], body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "home")
    message = body.get("message") or {}
    thread = str(message.get("thread_ts") or container.get("message_ts") or user["id"])
    payload = {
        "action": action["action_id"],
        "value": action.get("value") or "",
        "user": user["id"],
        "user_team": user.get("team_id"),
        "channel": channel,
        "thread_ts": thread,
        "message_ts": container.get("message_ts"),
        "direct": channel.startswith("D") or channel == "home",
        "shared_outside": bool(body.get("is_ext_shared_channel")),
    }
    if container.get("is_ephemeral"):
        # Whoever alone saw the button alone sees what comes of it.
        payload |= {"direct": True, "response_url": body.get("response_url")}
    key = f"action:{action['action_ts']}:{user['id']}:{action['action_id']}"
    return Arrival(key, conversation_of(us.team, channel, thread), kind, payload)


def _step(body: Json, event: Json, us: Ourselves) -> Arrival:
    inputs = event.get("inputs") or {}
    payload = {
        "text": str(inputs.get("question") or ""),
        "user": str(inputs.get("person") or ""),
        "user_team": us.team,
        "execution": event["function_execution_id"],
        "token": event.get("bot_access_token"),
    }
    conversation = conversation_of(us.team, "step", str(event["function_execution_id"]))
    return Arrival(f"event:{body['event_id']}", conversation, "step", payload)
