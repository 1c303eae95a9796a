"""What a Slack payload is to us: its key, its conversation, and what is kept of it.

The key makes a second delivery a duplicate: event_id for events, trigger_id for commands and
workflow steps, action_ts + user + action_id for buttons and message shortcuts; view id + hash for
forms, which are checked before they arrive (`note_forms.py`). Messages that nobody addressed to us
are no arrivals: nothing of them is kept. What is said in a thread that we are in waits until it
is known whether it was said to us (decision 0008).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.blocks.mrkdwn import mentioned
from bot.slack.places import place
from ingest.notes import is_command

Json = Mapping[str, Any]

_LOG = ("log", "记录")
"""Words of `/kam` behind which a note stands."""
_TICK, _STEPS = "note:tick:", "tick:"
"""Boxes of a note's card, which is changed by each; of any other proposal, which is not."""
_ADDRESSED_SUBTYPES = (None, "file_share", "thread_broadcast")


@dataclass(frozen=True)
class Arrival:
    """Something addressed to us that must not be lost."""

    key: str
    conversation: str
    kind: str
    """message, edited, deleted, command, log, save, note, settle, ask_again, feedback or step."""
    payload: dict[str, Any]
    """`direct` says that the asker alone will read the reply, `privately` that it goes by direct
    message; `response_url` is there only where the reply goes through it; `overheard` says that
    nobody called us."""
    others: tuple[Arrival, ...] = ()
    """What the same payload is to further people: each is answered alone."""


@dataclass(frozen=True)
class Ourselves:
    """Who we are in the workspace that sent the payload."""

    team: str
    bot_user: str
    in_thread: Callable[[str], bool]
    """Whether we answered in that conversation in the last 24 hours."""
    keepers: Callable[[str], Sequence[str]] = lambda _: ()
    """The users who keep somebody's message as a note, by the message's place."""
    was_in_thread: Callable[[str], bool] = lambda _: False
    """Whether we ever answered in that conversation: what is deleted there is forgotten, however
    old it is."""


def arrival(body: Json, us: Ourselves) -> Arrival | None:
    """What arrived, or None for what is not addressed to us."""
    if "event" in body:
        return _event(body, body["event"], us)
    if "command" in body:
        return _command(body, us)
    if body.get("type") == "block_actions":
        return _action(body, us)
    if body.get("type") == "message_action" and body.get("callback_id") == "save_note":
        return _save(body, us)
    return None


def conversation_of(team: str, channel: str, thread: str) -> str:
    """The key of a thread in a channel of a workspace."""
    return f"slack:{team}:{channel}:{thread}"


def team_of(conversation: str) -> str:
    """The workspace of such a key; empty where it is no such key."""
    parts = conversation.split(":")
    return parts[1] if parts[0] == "slack" and len(parts) > 2 else ""


def _event(body: Json, event: Json, us: Ourselves) -> Arrival | None:
    if event.get("type") == "function_executed":
        return _step(body, event, us)
    if event.get("subtype") in ("message_changed", "message_deleted"):
        return _taken_back(body, event, us)
    if event.get("type") not in ("app_mention", "message") or _not_a_persons(event, us):
        return None
    conversation = _conversation(event, event, us)
    if event["type"] == "message" and not _addressed(event, conversation, us):
        return None
    payload = _said(body, event, event) | {"us": us.bot_user}
    if event["type"] == "message" and not payload["direct"]:
        payload["overheard"] = True
    return Arrival(f"event:{body['event_id']}", conversation, "message", payload)


def _said(body: Json, event: Json, message: Json) -> dict[str, Any]:
    """What is kept of a message, which the event is or tells of."""
    return {
        "text": str(message.get("text") or ""),
        "ts": message["ts"],
        "user": message["user"],
        "user_team": message.get("user_team") or message.get("team"),
        "channel": event["channel"],
        "thread_ts": str(message.get("thread_ts") or message["ts"]),
        "direct": event.get("channel_type") == "im",
        "shared_outside": bool(body.get("is_ext_shared_channel")),
        "files": [file["id"] for file in message.get("files") or ()],
    }


def _conversation(event: Json, message: Json, us: Ourselves) -> str:
    thread = str(message.get("thread_ts") or message["ts"])
    return conversation_of(us.team, str(event["channel"]), thread)


def _taken_back(body: Json, event: Json, us: Ourselves) -> Arrival | None:
    """An edit or a deletion of what somebody said in a conversation we answered in, or of what is
    kept as a note, or an edit that calls us; an unfurled link, a tombstone and our own messages
    are none."""
    before = event.get("previous_message") or {}
    if event["subtype"] == "message_deleted":
        kind, message = "deleted", before
    else:
        kind, message = "edited", event.get("message") or {}
        same = message.get("text") == before.get("text") or not message.get("edited")
        if same or message.get("subtype") == "tombstone":
            return None
    if _not_a_persons({**message, "edited": None}, us):
        return None
    conversation = _conversation(event, message, us)
    calls = us.bot_user in mentioned(message.get("text") or "")
    payload = _said(body, event, message)
    ours = us.in_thread(conversation) or (kind == "deleted" and us.was_in_thread(conversation))
    if not (calls or payload["direct"] or ours):
        kept = _of_a_note(body, event, message, us)
        return replace(kept[0], others=kept[1:]) if kept else None
    if not (calls or payload["direct"]):
        payload["overheard"] = True
    others = _of_a_note(body, event, message, us, beside=str(message["user"]))
    return Arrival(f"event:{body['event_id']}", conversation, kind, payload, others)


def _of_a_note(
    body: Json, event: Json, message: Json, us: Ourselves, *, beside: str = ""
) -> tuple[Arrival, ...]:
    """An edit or a deletion of what people keep as notes, as an arrival of each of them; of those
    `beside` its writer, whom it reaches anyway."""
    channel, event_id = str(event["channel"]), body["event_id"]
    found: list[Arrival] = []
    for number, keeper in enumerate(us.keepers(place(us.team, channel, str(message["ts"])))):
        if keeper == beside:
            continue
        whose = f":{keeper}" if number or beside else ""
        key, thread = f"event:{event_id}{whose}", f"save:{event_id}{whose}"
        conversation = conversation_of(us.team, channel, thread)
        payload = _kept(message, channel, us) | {"user": keeper, "user_team": us.team}
        kind = "save"
        if event["subtype"] == "message_deleted":
            kind, payload = "deleted", payload | {"ts": str(message["ts"])}
        found.append(Arrival(key, conversation, kind, payload))
    return tuple(found)


def _kept(message: Json, channel: str, us: Ourselves) -> dict[str, Any]:
    """A message that is to be a note, as it stands in its channel."""
    names = ("ts", "text", "user", "user_team", "team", "bot_id", "bot_profile", "username")
    kept = {name: message[name] for name in (*names, "reply_count") if name in message}
    return {
        "text": "",
        "channel": channel,
        "message": kept,
        "us": us.bot_user,
        "files": [file["id"] for file in message.get("files") or ()],
        "direct": True,
        "privately": True,
    }


def _not_a_persons(event: Json, us: Ourselves) -> bool:
    """Bots' messages (our own among them), joins, and what tells of a message twice: an edit
    comes as a changed message, whoever it mentions."""
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
    kind, to_log = "command", _to_log(payload["text"])
    if to_log is not None:
        # A card is no ephemeral: it must be there tomorrow, and be changed in its place.
        del payload["response_url"]
        kind, payload = "log", payload | {"text": to_log, "privately": True}
    return Arrival(f"trigger:{body['trigger_id']}", conversation, kind, payload)


def _to_log(text: str) -> str | None:
    """What a command asks to log, in the form of such a message; None where it asks for none."""
    word, _, rest = text.partition(" ")
    if word.lower() in _LOG:
        return f"{word}: {rest.strip()}" if rest.strip() else ""
    return text if is_command(text) else None


def _save(body: Json, us: Ourselves) -> Arrival:
    """The shortcut on a message: it is kept as whoever used it saw it."""
    user, channel, at = body["user"], str(body["channel"]["id"]), body["action_ts"]
    payload = _kept(body["message"], channel, us)
    payload |= {"user": user["id"], "user_team": user.get("team_id")}
    key = f"action:{us.team}:{at}:{user['id']}:save_note"
    return Arrival(key, conversation_of(us.team, channel, f"save:{at}"), "save", payload)


def _action(body: Json, us: Ourselves) -> Arrival | None:
    action = body["actions"][0]
    kind, _, _ = str(action["action_id"]).partition(":")
    if kind not in ("settle", "ask_again", "feedback", "note"):
        return None
    if action["action_id"] == "note:edit":
        return None  # its form is opened at once, while the trigger lives
    user, container = body["user"], body.get("container") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "home")
    message = body.get("message") or {}
    thread = str(message.get("thread_ts") or container.get("message_ts") or user["id"])
    payload = {
        "ts": action["action_ts"],
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
    if kind in ("note", "settle"):
        payload |= _on_card(body, action)
    if container.get("is_ephemeral"):
        # Whoever alone saw the button alone sees what comes of it.
        payload |= {"direct": True, "response_url": body.get("response_url")}
    # Events and triggers have ids of their own everywhere; a user and an instant may coincide.
    key = f"action:{us.team}:{action['action_ts']}:{user['id']}:{action['action_id']}"
    return Arrival(key, conversation_of(us.team, channel, thread), kind, payload)


def _on_card(body: Json, action: Json) -> dict[str, Any]:
    """The card that is meant, and its boxes that are ticked; None where that is not told."""
    name, boxes = str(action["action_id"]), None
    if name.startswith(_TICK):
        boxes = action.get("selected_options")
    for held in ((body.get("state") or {}).get("values") or {}).values():
        for one, value in held.items():
            if one.startswith((_TICK, _STEPS)) and boxes is None:
                boxes = value.get("selected_options")
    ticked = None if boxes is None else [one["value"] for one in boxes]
    key = name.removeprefix(_TICK) if name.startswith(_TICK) else action.get("value") or ""
    return {"value": key, "ticked": ticked}


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
