"""The workspace's data: teams, users, channels, messages, files, views, canvases, apps."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bot.local_workspace.errors import Json

ChannelKind = Literal["public", "private", "im", "mpim"]


@dataclass
class Team:
    """A workspace: ours, or a connected one. A connected Grid organisation's id begins with E."""

    id: str
    name: str
    domain: str


@dataclass
class User:
    """A member, a guest, somebody of a connected workspace, or the user of an app."""

    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None = None
    is_email_confirmed: bool = True
    title: str = ""
    tz: str = "Europe/London"
    locale: str = "en-US"
    deleted: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    updated: float = 0.0


@dataclass
class Stream:
    """The streaming state of a message."""

    live: bool = True
    chunks: list[Json] = field(default_factory=list)
    recipient: str | None = None
    stopped_by_user: bool = False


@dataclass
class Message:
    """A message, also an ephemeral one (then `only_for` names its one reader)."""

    ts: str
    channel: str
    user: str
    text: str = ""
    team: str = ""
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    files: list[str] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    username: str | None = None
    icons: Json | None = None
    metadata: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    edited: Json | None = None
    subtype: str | None = None
    only_for: str | None = None
    client_msg_id: str | None = None
    stream: Stream | None = None


@dataclass
class Channel:
    """A conversation of any kind; `connected` are the other teams that share it."""

    id: str
    kind: ChannelKind
    name: str = ""
    creator: str = ""
    created: int = 0
    members: list[str] = field(default_factory=list)
    topic: str = ""
    purpose: str = ""
    is_archived: bool = False
    is_general: bool = False
    connected: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    canvas_id: str | None = None
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)

    @property
    def is_ext_shared(self) -> bool:
        """Whether people of another company read here."""
        return bool(self.connected)

    def replies(self, ts: str) -> list[Message]:
        """The replies in a thread, oldest first."""
        return [one for one in self.messages.values() if one.thread_ts == ts and one.ts != ts]


@dataclass
class File:
    """A file: promised (no bytes yet), uploaded, or shared."""

    id: str
    name: str
    length: int
    user: str
    created: int
    origin: str
    title: str = ""
    alt_text: str | None = None
    snippet_type: str | None = None
    content: bytes | None = None
    ticket: str = ""
    complete: bool = False
    shares: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class View:
    """A modal or a Home; `spec` is what the app gave, `values` what the person has entered."""

    id: str
    app_id: str
    user: str
    spec: Json
    hash: str
    root: str
    previous: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)
    open: bool = True


@dataclass
class Canvas:
    """A canvas: its sections of Markdown, and who may open it."""

    id: str
    title: str
    owner: str
    channel: str | None = None
    sections: list[Json] = field(default_factory=list)
    access: dict[str, str] = field(default_factory=dict)


@dataclass
class AssistantThread:
    """What an agent has set on a thread of its direct messages."""

    status: str = ""
    session: str = ""
    loading: list[str] = field(default_factory=list)
    set_at: float = 0.0
    title: str = ""
    prompts: list[Json] = field(default_factory=list)
    prompts_title: str = ""


@dataclass
class Trigger:
    """A trigger id: three seconds, one use."""

    app_id: str
    user: str
    born: float
    used: bool = False
    view_id: str | None = None


@dataclass
class ResponseUrl:
    """A response_url: five uses in thirty minutes."""

    app_id: str
    user: str
    channel: str
    born: float
    uses: int = 0
    message_ts: str | None = None
    ephemeral: bool = False


@dataclass
class Token:
    """A token and what it opens; `expires` is the instant from which it opens nothing more."""

    kind: Literal["bot", "app"]
    app_id: str
    scopes: frozenset[str]
    revoked: bool = False
    expires: float | None = None


@dataclass
class Code:
    """What a person's yes to an app is exchanged for, once and within ten minutes."""

    app_id: str
    user: str
    scopes: frozenset[str]
    redirect_uri: str | None
    born: float


@dataclass
class SlackApp:
    """An installed app, as its manifest describes it."""

    id: str
    name: str
    client_id: str
    client_secret: str
    signing_secret: str
    bot_user: str
    bot_id: str
    bot_token: str
    app_token: str
    scopes: frozenset[str]
    manifest: Json
    request_url: str | None = None
    installed: bool = True


class State:
    """Everything the workspace knows. Look-ups only: the rules stand in the modules around it."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.teams: dict[str, Team] = {team.id: team}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[tuple[str, str], View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.canvases: dict[str, Canvas] = {}
        self.apps: dict[str, SlackApp] = {}
        self.tokens: dict[str, Token] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.threads: dict[tuple[str, str], AssistantThread] = {}
        self.functions: dict[str, Json] = {}
        self.codes: dict[str, Code] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.scheduled: dict[str, Json] = {}
        self._numbers = itertools.count(1)

    def new_id(self, prefix: str) -> str:
        """An id that nothing else has, in Slack's alphabet."""
        return f"{prefix}0W{next(self._numbers):08X}"

    @staticmethod
    def secret() -> str:
        """Something that nobody guesses."""
        return secrets.token_hex(16)

    def direct(self, *users: str) -> Channel | None:
        """The direct message of exactly these people, if there is one."""
        wanted = sorted(set(users))
        kind = "im" if len(wanted) <= 2 else "mpim"
        for channel in self.channels.values():
            if channel.kind == kind and sorted(set(channel.members)) == wanted:
                return channel
        return None

    def of_user(self, user: str) -> Iterator[Channel]:
        """The conversations somebody is in."""
        return (one for one in self.channels.values() if user in one.members)

    def by_email(self, email: str) -> User | None:
        """Our user with this email."""
        wanted = email.casefold()
        for user in self.users.values():
            if user.team_id == self.team.id and (user.email or "").casefold() == wanted:
                return user
        return None

    def by_bot(self, bot_id: str) -> User | None:
        """The user of a bot."""
        return next((one for one in self.users.values() if one.bot_id == bot_id), None)

    def stranger(self, user: User) -> bool:
        """Whether somebody belongs to another company."""
        return user.team_id != self.team.id
