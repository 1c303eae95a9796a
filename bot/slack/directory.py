"""Who the workspace's people are: users as Slack tells them, kept for a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

KEPT_SECONDS = 60.0


class NotTold(Exception):
    """Slack did not say, and what was known is too old: nobody may be let in on a guess."""


@dataclass(frozen=True)
class Member:
    """A user of the workspace."""

    id: str
    team: str
    email: str | None
    name: str
    locale: str | None
    tz: str | None
    """The time zone of their settings, `Asia/Shanghai`."""
    is_bot: bool
    deleted: bool
    outside: bool
    """A guest, a stranger, or somebody of another workspace."""


@dataclass(frozen=True)
class Room:
    """A conversation, and who is in it."""

    id: str
    direct: bool
    public: bool
    shared_outside: bool
    members: tuple[str, ...]
    """Ids of everybody in it; empty for a direct message."""


class Directory:
    """Users and conversations of one workspace. Safe to share between threads."""

    def __init__(
        self, client: WebClient, team: str, *, time_of: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._team = team
        self._time_of = time_of
        self._lock = threading.Lock()
        self._users: dict[str, tuple[float, Member]] = {}
        self._rooms: dict[str, tuple[float, Room]] = {}
        self._listed_at = float("-inf")
        self._changes = 0

    def member(self, user_id: str) -> Member:
        """A user. Raises NotTold."""
        kept: Member | None = self._kept(self._users, user_id)
        if kept is not None:
            return kept
        before = self._changes
        found = self._ask(self._client.users_info, user=user_id, include_locale=True)["user"]
        return self._keep_user(found, before)

    def members(self, user_ids: tuple[str, ...]) -> list[Member]:
        """Several users; the whole workspace is asked for once where that is cheaper.

        Raises NotTold.
        """
        unknown = [one for one in user_ids if self._kept(self._users, one) is None]
        if len(unknown) > 5 and self._time_of() - self._listed_at > KEPT_SECONDS:
            self._list_all()
        return [self.member(one) for one in user_ids]

    def room(self, channel_id: str) -> Room:
        """A conversation. Raises NotTold."""
        kept: Room | None = self._kept(self._rooms, channel_id)
        if kept is not None:
            return kept
        before = self._changes
        found = self._ask(self._client.conversations_info, channel=channel_id)["channel"]
        direct = bool(found.get("is_im"))
        room = Room(
            id=channel_id,
            direct=direct,
            public=not (direct or found.get("is_private") or found.get("is_mpim")),
            shared_outside=any(
                found.get(flag)
                for flag in ("is_shared", "is_ext_shared", "is_pending_ext_shared", "is_org_shared")
            ),
            members=() if direct else self._inside(channel_id),
        )
        self._keep(self._rooms, channel_id, room, before)
        return room

    def forget_user(self, user_id: str) -> None:
        """The user changed."""
        with self._lock:
            self._changes += 1
            self._users.pop(user_id, None)

    def forget_room(self, channel_id: str) -> None:
        """Somebody came or went, or the conversation was shared."""
        with self._lock:
            self._changes += 1
            self._rooms.pop(channel_id, None)

    def _inside(self, channel_id: str) -> tuple[str, ...]:
        found: list[str] = []
        cursor = ""
        while True:
            page = self._ask(
                self._client.conversations_members, channel=channel_id, limit=1000, cursor=cursor
            )
            found += page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return tuple(found)

    def _list_all(self) -> None:
        cursor, before = "", self._changes
        while True:
            page = self._ask(self._client.users_list, limit=200, cursor=cursor, include_locale=True)
            for user in page["members"]:
                self._keep_user(user, before)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        self._listed_at = self._time_of()

    def _keep_user(self, user: dict[str, Any], before: int) -> Member:
        profile = user.get("profile") or {}
        member = Member(
            id=user["id"],
            team=user.get("team_id") or "",
            # Until it is confirmed it is what somebody says of themselves.
            email=profile.get("email") if user.get("is_email_confirmed", True) else None,
            name=user.get("real_name") or profile.get("real_name") or user.get("name") or "",
            locale=user.get("locale"),
            tz=user.get("tz"),
            is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
            deleted=bool(user.get("deleted")),
            outside=user.get("team_id") != self._team
            or any(
                user.get(flag) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger")
            ),
        )
        self._keep(self._users, member.id, member, before)
        return member

    def _keep(self, cache: dict[str, Any], key: str, found: Any, before: int) -> None:
        """Keeps what was told, unless something changed while Slack was asked."""
        with self._lock:
            if self._changes == before:
                cache[key] = (self._time_of(), found)

    def _kept(self, cache: dict[str, Any], key: str) -> Any:
        with self._lock:
            found = cache.get(key)
        if found is None or self._time_of() - found[0] > KEPT_SECONDS:
            return None
        return found[1]

    def _ask(self, call: Callable[..., Any], **given: Any) -> Any:
        try:
            return call(**given)
        except (SlackApiError, SlackClientError, HTTPException, OSError) as error:
            raise NotTold(f"{given}: {error}") from error
