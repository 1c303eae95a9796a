"""The app's manifest for api.slack.com: over Socket Mode, over HTTP, or for several workspaces."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from bot.slack.oauth.door import BACK
from bot.slack.transports import PATH
from kam_knowledge.errors import UsageError


def manifest(url: str | None = None, *, install: bool = False) -> dict[str, Any]:
    """What is pasted where the app is made; `url` is where Slack reaches `kam serve --http`.

    `install` lets workspaces add the app themselves, with tokens that are renewed. Raises
    UsageError for a URL that Slack would not take.
    """
    found: dict[str, Any] = json.loads(
        resources.files("bot.slack").joinpath("manifest.json").read_text(encoding="utf-8")
    )
    if url is None:
        if install:
            raise UsageError("workspaces install over HTTP.", "Say where with --url https://…")
        return found
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise UsageError(
            f"{url!r} is not where Slack could reach it.",
            "Write the address that leads to `kam serve --http`: https://kam.example.com.",
        )
    origin = f"https://{parts.netloc}"
    settings = found["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = origin + PATH
    settings["interactivity"]["request_url"] = origin + PATH
    for command in found["features"]["slash_commands"]:
        command["url"] = origin + PATH
    if install:
        settings["token_rotation_enabled"] = True
        found["oauth_config"]["redirect_urls"] = [origin + BACK]
    return found
