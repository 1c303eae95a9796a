"""Events that need no answer: Home, prompts, and what makes our knowledge of people stale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import App as Bolt

from bot.slack.desks import Desks


def register(bolt: Bolt, desks: Desks) -> None:
    """Every event of the manifest has a listener: one without is never acked and comes again."""

    @bolt.event("app_home_opened")
    def opened(event: dict[str, Any], context: Any) -> None:
        home = desks.of(context.team_id).home
        if event.get("tab") == "messages":
            home.suggest(event["user"], event["channel"], context.team_id)
        else:
            home.publish(event["user"], context.team_id)

    @bolt.event("user_change")
    def user_changed(event: dict[str, Any], context: Any) -> None:
        desks.of(context.team_id).directory.forget_user(event["user"]["id"])

    def room_changed(event: dict[str, Any], context: Any) -> None:
        desks.of(context.team_id).directory.forget_room(event["channel"])

    for name in (
        "member_joined_channel",
        "member_left_channel",
        "channel_shared",
        "channel_unshared",
    ):
        bolt.event(name)(room_changed)

    @bolt.event("app_uninstalled")
    def taken_out(body: dict[str, Any], context: Any) -> None:
        desks.leave(context.team_id, float(body["event_time"]))

    @bolt.event("tokens_revoked")
    def revoked(event: dict[str, Any], body: dict[str, Any], context: Any) -> None:
        if event["tokens"].get("bot"):
            desks.leave(context.team_id, float(body["event_time"]))

    def taken(event: dict[str, Any]) -> None:
        """The inbox has it, or it is not for us."""

    for name in ("app_mention", "message", "app_context_changed"):
        bolt.event(name)(taken)

    def stopped(event: dict[str, Any], context: Any, next: Callable[[], Any]) -> None:
        # Before it is acked: an answer may be done the next moment.
        desks.of(context.team_id).streams.stop(event.get("streaming_message_ts") or ())
        next()

    bolt.event("agent_session_stopped", middleware=[stopped])(taken)
