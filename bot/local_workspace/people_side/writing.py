"""How Slack's client sends what a person types: escaped, linked, mentions resolved."""

from __future__ import annotations

import re
import uuid

from bot.local_workspace.errors import Json
from bot.local_workspace.state import State

_KEPT = re.compile(r"<(?:[@#!][^<>\s]+|https?://[^<>\s]+|mailto:[^<>\s]+)>")
_LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"，。；：！？）】》]")
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_KIND = {"@": ("user", "user_id"), "#": ("channel", "channel_id"), "!": ("broadcast", "range")}


def as_sent(state: State, text: str) -> str:
    """The text of the message: `&<>` escaped, addresses in `<…>`, `@Name` as `<@ID>`."""
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [_plain(state, text[end : kept.start()]), kept.group()]
        end = kept.end()
    return "".join([*parts, _plain(state, text[end:])])


def as_commanded(state: State, text: str) -> str:
    """A command's text for an app that wants ids: `@Name` as `<@ID|name>`, `#name` likewise."""
    for user in sorted(state.users.values(), key=lambda one: -len(one.real_name)):
        text = text.replace(f"@{user.real_name}", f"<@{user.id}|{user.name}>")
    for channel in sorted(state.channels.values(), key=lambda one: -len(one.name)):
        if channel.name:
            text = text.replace(f"#{channel.name}", f"<#{channel.id}|{channel.name}>")
    return text


def rich(sent: str) -> list[Json]:
    """The rich text block that comes with every message of a person, made from its text."""
    elements: list[Json] = []
    end = 0
    for kept in _KEPT.finditer(sent):
        elements += _words(sent[end : kept.start()])
        target, _, shown = kept.group()[1:-1].partition("|")
        if target[0] in _KIND:
            kind, name = _KIND[target[0]]
            elements.append({"type": kind, name: target[1:]})
        else:
            link = {"type": "link", "url": target}
            elements.append(link | ({"text": shown} if shown else {}))
        end = kept.end()
    elements += _words(sent[end:])
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": uuid.uuid4().hex[:5], "elements": [section]}]


def _words(text: str) -> list[Json]:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": plain}] if plain else []


def _plain(state: State, text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _LINK.sub(lambda found: f"<{found.group()}>", text)
    text = _MAIL.sub(lambda found: f"<mailto:{found.group()}|{found.group()}>", text)
    for user in sorted(state.users.values(), key=lambda one: -len(one.real_name)):
        text = text.replace(f"@{user.real_name}", f"<@{user.id}>")
    return text
