"""What stands in Slack and is to be kept as a note: a message, or a thread with who said what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack.blocks.mrkdwn import mentioned, plain
from bot.slack.delivery import code
from bot.slack.directory import Directory, NotTold
from bot.slack.identity import Identities

_NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "thread_not_found", "missing_scope"})
MOST = 1_000
"""Messages of a thread that are kept."""


@dataclass(frozen=True)
class Line:
    """A message as it was said."""

    ts: str
    who: str
    person_id: int | None
    """Whoever of ours said it."""
    text: str


@dataclass(frozen=True)
class Originals:
    """Reads the messages of one workspace. Safe to share between threads."""

    client: WebClient
    directory: Directory
    identities: Identities
    team: str

    def thread(self, channel: str, ts: str, *, without: str) -> list[Line] | None:
        """All that was said in a thread but by that user, its parent first; None where we are not
        in the channel.

        Raises NotTold where Slack does not answer.
        """
        found: list[Line] = []
        cursor = ""
        while len(found) < MOST:
            try:
                page: Any = self.client.conversations_replies(
                    channel=channel, ts=ts, limit=200, cursor=cursor
                )
            except SlackApiError as error:
                if code(error) in _NOT_THERE:
                    return None
                raise NotTold(f"the thread {ts}: {code(error)}") from error
            except OSError as error:
                raise NotTold(f"the thread {ts}: {error}") from error
            found += [self.line(one) for one in page["messages"] if one.get("user") != without]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return [one for one in found if one.text]

    def line(self, message: dict[str, Any]) -> Line:
        """One message, in the words that people see. Raises NotTold."""
        text = str(message.get("text") or "")
        names = {user: self.directory.member(user).name for user in mentioned(text)}
        user = message.get("user")
        if not user or message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            who = str(message.get("username") or profile.get("name") or "")
            return Line(str(message["ts"]), who, None, plain(text, names))
        asker = self.identities.asker(
            user, message.get("user_team") or message.get("team") or self.team, self.team
        )
        name = asker.person.name if asker.person else self.directory.member(user).name
        person = asker.person.id if asker.person else None
        return Line(str(message["ts"]), name, person, plain(text, names))


def said_at(ts: str, zone: str | None) -> datetime:
    """The instant of a message, in that zone, else in the machine's."""
    instant = datetime.fromtimestamp(float(ts)).astimezone()
    return instant.astimezone(ZoneInfo(zone)) if zone else instant
