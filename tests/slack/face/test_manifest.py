"""The manifest asks for what the listeners hear and the code calls: no less, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import bot.slack
from bot.assistant.reply import Outcome, Reply
from bot.local_workspace.scopes import FAMILY
from bot.local_workspace.web_api.table import methods
from bot.slack.blocks.home import AccountCard, home_view
from bot.slack.blocks.reply import messages
from bot.slack.listeners import actions, commands, events, steps

SOURCE = Path(bot.slack.__file__).parent
MANIFEST = json.loads((SOURCE / "manifest.json").read_text(encoding="utf-8"))
SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
EVENTS = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
OF_EVENTS = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_context_changed": "assistant:write",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "user_change": "users:read",
}
"""What Slack wants before it sends an event; those without a line want nothing."""
OF_METHODS = {
    "conversations.open": {"im:write"},
    "conversations.info": {f"{one}:read" for one in FAMILY.values()},
    "conversations.members": {f"{one}:read" for one in FAMILY.values()},
    "conversations.history": {f"{one}:history" for one in FAMILY.values()},
    "conversations.replies": {f"{one}:history" for one in FAMILY.values()},
    "users.info": {"users:read", "users:read.email"},
    "users.list": {"users:read", "users:read.email"},
}
"""Scopes that depend on the conversation, or that decide how much is told."""


class Registered:
    """Stands in for the Bolt app and keeps what is registered."""

    def __init__(self) -> None:
        self.events: set[str] = set()
        self.commands: set[str] = set()
        self.functions: set[str] = set()
        self.actions: list[re.Pattern[str]] = []

    def event(self, name: str) -> Any:
        return self._keep(self.events.add, name)

    def command(self, name: str) -> Any:
        return self._keep(self.commands.add, name)

    def function(self, name: str, **_: Any) -> Any:
        return self._keep(self.functions.add, name)

    def action(self, name: re.Pattern[str]) -> Any:
        return self._keep(self.actions.append, name)

    @staticmethod
    def _keep(keep: Any, name: Any) -> Any:
        keep(name)
        return lambda listener: listener


@pytest.fixture(scope="module")
def registered() -> Registered:
    found: Any = Registered()
    events.register(found, None, None)  # type: ignore[arg-type]
    for one in (commands, actions, steps):
        one.register(found)
    return found  # type: ignore[no-any-return]


def called() -> set[str]:
    """The methods of the Web API that the code calls."""
    source = "\n".join(one.read_text(encoding="utf-8") for one in SOURCE.rglob("*.py"))
    found = re.findall(r"client\.([a-z]+(?:_[a-zA-Z]+)+)", source)
    return {one.replace("_", ".") for one in found} & set(methods())


def needed(method: str) -> set[str]:
    return OF_METHODS.get(method) or set(methods()[method].scopes)


def test_every_event_has_a_listener_and_every_listener_its_event(registered: Registered) -> None:
    # function_executed is heard by the steps
    subscribed = {one.partition(".")[0] for one in EVENTS} - {"function_executed"}
    assert registered.events == subscribed


def test_every_command_and_step_has_its_listener(registered: Registered) -> None:
    assert registered.commands == {one["command"] for one in MANIFEST["features"]["slash_commands"]}
    assert registered.functions == set(MANIFEST["functions"])
    assert "function_executed" in EVENTS
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]


def test_every_button_that_we_send_has_a_listener(registered: Registered) -> None:
    asked = Reply("?", "en", Outcome.PROPOSED, proposal={"id": "proposal-1"})
    told = Reply("!", "en", Outcome.ANSWERED, suggestions=("And now?",))
    blocks = [one for reply in (asked, told) for one in messages(reply)[-1]["blocks"]]
    blocks += home_view([AccountCard("ACME", "red", None, 1)], "en")["blocks"]
    sent = set(re.findall(r'"action_id": "([^"]+)"', json.dumps(blocks)))
    assert sent == {"settle:confirm", "settle:cancel", "ask_again:0", "feedback"}
    for one in sent:
        assert any(pattern.search(one) for pattern in registered.actions), one


def test_the_scopes_are_those_of_the_methods_and_events_and_no_more() -> None:
    wanted = {"commands"} | {OF_EVENTS[one] for one in EVENTS if one in OF_EVENTS}
    for method in called():
        wanted |= needed(method)
    assert wanted == SCOPES


def test_what_the_code_calls_is_found() -> None:
    assert {"chat.postMessage", "views.publish", "conversations.open", "users.info"} <= called()


def test_socket_mode_is_the_default_and_the_agent_view_is_the_new_one() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert "agent_view" in MANIFEST["features"]
    assert "assistant_view" not in MANIFEST["features"]
