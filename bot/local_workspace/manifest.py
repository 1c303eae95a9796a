"""What an app's manifest says: scopes, subscriptions, commands, shortcuts, functions."""

from __future__ import annotations

from dataclasses import replace

from bot.local_workspace.errors import Impossible, Json
from bot.local_workspace.manifest_rules import problems
from bot.local_workspace.state import SlackApp, State, Token, User


def register(state: State, manifest: Json) -> SlackApp:
    """An app as its developer makes it from a manifest; it is installed nowhere yet.

    Raises Impossible for a manifest that Slack would not take.
    """
    if wrong := problems(manifest):
        raise Impossible(f"invalid_manifest: {'; '.join(wrong)}")
    app_id = state.new_id("A")
    return SlackApp(
        id=app_id,
        name=manifest["display_information"]["name"],
        client_id=f"{state.team.id[1:]}.{app_id[1:]}",
        client_secret=state.secret(),
        signing_secret=state.secret(),
        bot_user="",
        bot_id="",
        bot_token="",
        app_token=f"xapp-1-{app_id}-{state.secret()}",
        scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        manifest=manifest,
        installed=False,
    )


def install(state: State, app: SlackApp) -> SlackApp:
    """The app with a bot user of its own in this workspace; its bot token is still to be given."""
    bot_id, user_id = state.new_id("B"), state.new_id("U")
    name = app.manifest.get("features", {}).get("bot_user", {}).get("display_name", app.name)
    state.users[user_id] = User(
        id=user_id,
        team_id=state.team.id,
        name=name.casefold().replace(" ", "_"),
        real_name=name,
        is_bot=True,
        bot_id=bot_id,
        app_id=app.id,
    )
    found = replace(app, bot_user=user_id, bot_id=bot_id, bot_token="", installed=True)
    state.apps[app.id] = found
    state.tokens[app.app_token] = Token("app", app.id, frozenset({"connections:write"}))
    return found


def give_token(state: State, app: SlackApp) -> None:
    """A bot token that lasts, as for an app in its developer's own workspace."""
    app.bot_token = f"xoxb-{state.secret()}"
    state.tokens[app.bot_token] = Token("bot", app.id, app.scopes)


def subscribed(app: SlackApp) -> frozenset[str]:
    """The events that the app listens to, as `message.im`, `app_mention` and so on."""
    settings = app.manifest.get("settings", {})
    return frozenset(settings.get("event_subscriptions", {}).get("bot_events", []))


def interactive(app: SlackApp) -> bool:
    """Whether buttons, modals and shortcuts reach the app."""
    settings = app.manifest.get("settings", {})
    return bool(settings.get("interactivity", {}).get("is_enabled"))


def socket_mode(app: SlackApp) -> bool:
    """Whether the app listens over Socket Mode."""
    return bool(app.manifest.get("settings", {}).get("socket_mode_enabled"))


def rotates(app: SlackApp) -> bool:
    """Whether the app's tokens end after twelve hours and are renewed."""
    return bool(app.manifest.get("settings", {}).get("token_rotation_enabled"))


def redirect_urls(app: SlackApp) -> list[str]:
    """Where the app may have people sent back to after they allowed it."""
    return list(app.manifest.get("oauth_config", {}).get("redirect_urls", []))


def has_agent_view(app: SlackApp) -> bool:
    """Whether the app is an agent of the present kind, not of the legacy assistant surface."""
    return "agent_view" in app.manifest.get("features", {})


def app_of_command(state: State, command: str) -> SlackApp | None:
    """The installed app that answers a slash command."""
    for app in state.apps.values():
        commands = app.manifest.get("features", {}).get("slash_commands", [])
        if app.installed and any(one["command"] == command for one in commands):
            return app
    return None


def escapes(app: SlackApp, command: str) -> bool:
    """Whether Slack puts ids in the place of names in a command's text."""
    commands = app.manifest.get("features", {}).get("slash_commands", [])
    return any(one["command"] == command and one.get("should_escape") for one in commands)


def app_of_shortcut(state: State, callback_id: str, kind: str) -> SlackApp | None:
    """The installed app that has this shortcut; kind is `global` or `message`."""
    for app in state.apps.values():
        for one in app.manifest.get("features", {}).get("shortcuts", []):
            if app.installed and one["callback_id"] == callback_id and one["type"] == kind:
                return app
    return None


def app_of_function(state: State, callback_id: str) -> SlackApp | None:
    """The installed app that offers this step to Workflow Builder."""
    for app in state.apps.values():
        if app.installed and callback_id in app.manifest.get("functions", {}):
            return app
    return None
