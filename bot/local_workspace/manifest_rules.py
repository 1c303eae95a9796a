"""What Slack asks of a manifest before an app is installed with it."""

from __future__ import annotations

from bot.local_workspace.errors import Json

NEEDED: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "channel_shared": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "channel_unshared": ("channels:read", "groups:read", "im:read", "mpim:read"),
    "file_shared": ("files:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "user_change": ("users:read",),
}
"""Which scopes an event needs; one of them is enough. Events without an entry need none."""


def problems(manifest: Json) -> list[str]:
    """What is wrong with a manifest; an app is installed only when there is nothing."""
    found = []
    if not manifest.get("display_information", {}).get("name"):
        found.append("display_information.name is missing")
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = set(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))
    if scopes and "bot_user" not in features:
        found.append("features.bot_user is missing, though there are bot scopes")
    for event in settings.get("event_subscriptions", {}).get("bot_events", []):
        needed = NEEDED.get(event, ())
        if needed and not scopes.intersection(needed):
            found.append(f"the event {event} needs the scope {' or '.join(needed)}")
    commanding = features.get("slash_commands") or features.get("shortcuts")
    if commanding and "commands" not in scopes:
        found.append("slash commands and shortcuts need the scope commands")
    if features.get("shortcuts") and not settings.get("interactivity", {}).get("is_enabled"):
        found.append("shortcuts need settings.interactivity.is_enabled")
    if ("agent_view" in features or "assistant_view" in features) and (
        "assistant:write" not in scopes
    ):
        found.append("agent_view needs the scope assistant:write")
    if "agent_view" in features and "assistant_view" in features:
        found.append("agent_view and assistant_view exclude each other")
    return found
