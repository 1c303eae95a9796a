"""The manifest asks for what the listeners hear and the code calls: no less, and no more."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import bot.slack
from bot.assistant.note_cards import NoteCard
from bot.assistant.note_offers import Offer
from bot.assistant.reply import Outcome, Reply
from bot.local_workspace.manifest_rules import problems
from bot.local_workspace.scopes import FAMILY
from bot.local_workspace.web_api.table import methods
from bot.slack.blocks.home import AccountCard, home_view
from bot.slack.blocks.note_card import deleted_original, note_card
from bot.slack.blocks.note_form import edit_form, new_form
from bot.slack.blocks.reply import messages
from bot.slack.listeners import actions, commands, events, notes, steps
from bot.slack.manifest import manifest
from ingest.notes import MeetingNote
from kam_knowledge.errors import UsageError

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
        self.shortcuts: set[str] = set()
        self.views: set[str] = set()

    def event(self, name: str, middleware: object = None) -> Any:
        return self._keep(self.events.add, name)

    def command(self, name: str) -> Any:
        return self._keep(self.commands.add, name)

    def function(self, name: str, **_: Any) -> Any:
        return self._keep(self.functions.add, name)

    def action(self, name: re.Pattern[str] | str) -> Any:
        return self._keep(self.actions.append, re.compile(name))

    def shortcut(self, name: str) -> Any:
        return self._keep(self.shortcuts.add, name)

    def view(self, name: str) -> Any:
        return self._keep(self.views.add, name)

    @staticmethod
    def _keep(keep: Any, name: Any) -> Any:
        keep(name)
        return lambda listener: listener


@pytest.fixture(scope="module")
def registered() -> Registered:
    found: Any = Registered()
    events.register(found, None)  # type: ignore[arg-type]
    notes.register(found, None)  # type: ignore[arg-type]
    for one in (commands, actions, steps):
        one.register(found)
    return found  # type: ignore[no-any-return]


def called() -> set[str]:
    """The methods of the Web API that the code calls."""
    source = "\n".join(one.read_text(encoding="utf-8") for one in SOURCE.rglob("*.py"))
    found = re.findall(r"client\.([a-z]+(?:_[a-zA-Z]+)+)", source)
    if "files_upload_v2" in source:  # the SDK's own name for two methods
        found += ["files_getUploadURLExternal", "files_completeUploadExternal"]
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
    shortcuts = {one["callback_id"] for one in MANIFEST["features"]["shortcuts"]}
    assert registered.shortcuts == shortcuts
    assert "function_executed" in EVENTS
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]


def test_every_button_that_we_send_has_a_listener(registered: Registered) -> None:
    asked = Reply("?", "en", Outcome.PROPOSED, proposal={"id": "proposal-1"})
    told = Reply("!", "en", Outcome.ANSWERED, suggestions=("And now?",))
    blocks = [one for reply in (asked, told) for one in messages(reply)[-1]["blocks"]]
    blocks += home_view([AccountCard("ACME", "red", None, 1)], "en")["blocks"]
    saved = Reply("!", "en", Outcome.DONE, proposal={"id": "proposal-1", "kind": "note"})
    blocks += messages(saved)[-1]["blocks"]
    for visibility in ("team", "author"):
        blocks += note_card(a_card(visibility))["blocks"]
    blocks += deleted_original(a_card())["blocks"]
    sent = set(re.findall(r'"action_id": "([^"]+)"', json.dumps(blocks)))
    assert sent == {
        "settle:confirm", "settle:cancel", "ask_again:0", "feedback", "note:confirm", "note:edit",
        "note:cancel", "note:see_author", "note:see_team", "note:tick:proposal-1", "note:undo",
        "note:keep",
    }  # fmt: skip
    for one in sent:
        assert any(pattern.search(one) for pattern in registered.actions), one


def a_card(visibility: str = "team") -> NoteCard:
    note = MeetingNote("Met Dana.", 1, "ACME", date(2026, 11, 21), False, "meeting")
    offer = Offer("support", "Dana Wu", "Dana supports us", None, "supporter", {}).as_payload()
    return NoteCard("proposal-1", "waiting", note, visibility, (offer,), "en", "A note", "")


def test_every_form_that_we_open_has_a_listener(registered: Registered) -> None:
    opened = {
        edit_form(a_card(), {})["callback_id"],
        new_form("en", date(2026, 11, 21))["callback_id"],
    }
    assert registered.views == opened


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


def test_the_manifest_for_http_leads_everything_to_the_one_address() -> None:
    made = manifest("https://kam.example.com/")
    where = "https://kam.example.com/slack/events"
    settings = made["settings"]
    assert not settings["socket_mode_enabled"]
    assert settings["event_subscriptions"]["request_url"] == where
    assert settings["interactivity"]["request_url"] == where
    assert [one["url"] for one in made["features"]["slash_commands"]] == [where]
    assert "redirect_urls" not in made["oauth_config"]
    assert not settings.get("token_rotation_enabled"), "a token in a setting must not end"
    assert problems(made) == problems(manifest()) == []


def test_the_manifest_for_several_workspaces_leads_them_back_and_renews_their_tokens() -> None:
    made = manifest("https://kam.example.com", install=True)
    assert made["oauth_config"]["redirect_urls"] == ["https://kam.example.com/slack/oauth_redirect"]
    assert made["settings"]["token_rotation_enabled"]
    assert set(made["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert problems(made) == []


@pytest.mark.parametrize("url", ["http://kam.example.com", "kam.example.com", "https://x.y/kam"])
def test_an_address_that_slack_would_not_take_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        manifest(url)
