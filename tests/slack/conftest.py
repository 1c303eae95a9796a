"""A local workspace with people and one app, alone or with a Bolt app on either transport."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.local_workspace.manifest_rules import NEEDED
from bot.local_workspace.people import People, Person
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.state import Team
from bot.local_workspace.workspace import Workspace
from tests.slack.tiny_bot import Heard, bolt_app, over_http, over_socket_mode

SCOPES = """
    app_mentions:read assistant:write channels:read channels:history channels:manage channels:join
    groups:read groups:history groups:write im:read im:write im:history mpim:read mpim:write
    mpim:history chat:write commands files:read files:write canvases:read canvases:write
    reactions:read reactions:write users:read users:read.email team:read
"""
EVENTS = """
    app_home_opened app_mention message.im message.channels message.groups message.mpim
    agent_session_stopped app_context_changed channel_shared channel_unshared file_shared
    member_joined_channel member_left_channel reaction_added user_change function_executed
    tokens_revoked app_uninstalled
"""


def manifest(*, socket: bool = True, scopes: list[str] | None = None) -> dict[str, Any]:
    """An app that may do and hear everything, or what the scopes allow."""
    held = set(SCOPES.split() if scopes is None else scopes)
    events = [
        one for one in EVENTS.split() if not NEEDED.get(one) or held.intersection(NEEDED[one])
    ]
    found: dict[str, Any] = {
        "display_information": {"name": "Tiny"},
        "features": {
            "bot_user": {"display_name": "Tiny", "always_online": True},
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "agent_view": {"agent_description": "A tiny agent."},
            "slash_commands": [{"command": "/kam", "description": "Ask", "should_escape": True}],
            "shortcuts": [
                {"name": "Log", "type": "global", "callback_id": "log_note"},
                {"name": "File", "type": "message", "callback_id": "file_note"},
            ],
        },
        "functions": {
            "summarise": {
                "title": "Summarise",
                "input_parameters": {"account": {"type": "string"}},
                "output_parameters": {"summary": {"type": "string", "is_required": True}},
            }
        },
        "oauth_config": {"scopes": {"bot": sorted(held)}},
        "settings": {
            "socket_mode_enabled": socket,
            "interactivity": {"is_enabled": True},
            "event_subscriptions": {"bot_events": events},
        },
    }
    if "commands" not in held:
        del found["features"]["slash_commands"], found["features"]["shortcuts"]
    if "assistant:write" not in held:
        del found["features"]["agent_view"]
    return found


@dataclass
class Office:
    """A running workspace with Li Na, Tom and one app; `heard` is what a Bolt app was told."""

    running: RunningWorkspace
    people: People
    app: dict[str, str]
    client: WebClient
    li_na: Person
    tom: Person
    heard: Heard

    def channel(self, name: str, *, private: bool = False, with_app: bool = True) -> str:
        """A new channel of Li Na's, with Tom in it."""
        made = self.li_na.do("create_channel", name=name, private=private)
        self.li_na.do("invite", channel=made["id"], who="Tom Becker")
        if with_app:
            self.li_na.do("invite", channel=made["id"], who=self.app["bot_user"])
        return str(made["id"])

    def id_of(self, name: str) -> str:
        """The user id of somebody."""
        return next(str(one["id"]) for one in self.people.do("users") if one["real_name"] == name)

    def client_of(self, credentials: dict[str, str]) -> WebClient:
        """The SDK with another app's token."""
        return WebClient(token=credentials["bot_token"], base_url=self.running.api_url)

    def trigger(self) -> str:
        """A trigger id, fresh from Li Na's hand, though nobody listens."""
        self.li_na.uses_shortcut("log_note")
        return str(self.people.journal("delivery", type="shortcut")[-1]["payload"]["trigger_id"])


@contextmanager
def open_office(*, limits: bool = False, socket: bool = True) -> Iterator[Office]:
    """A workspace of its own."""
    with RunningWorkspace(Workspace(Team("T0HOME", "Home", "home"), limits=limits)) as running:
        people = running.people
        people.do("add_user", name="Li Na", email="li.na@example.com")
        people.do("add_user", name="Tom Becker", email="tom.becker@example.com")
        app = people.install_app(manifest(socket=socket))
        client = WebClient(token=app["bot_token"], base_url=running.api_url)
        li_na, tom = people.person("li.na@example.com"), people.person("tom.becker@example.com")
        yield Office(running, people, app, client, li_na, tom, Heard())


@pytest.fixture
def office() -> Iterator[Office]:
    """A workspace whose app listens to nothing: for the Web API alone."""
    with open_office() as found:
        yield found


@pytest.fixture
def strict_office() -> Iterator[Office]:
    """The same, with Slack's rate limits."""
    with open_office(limits=True) as found:
        yield found


@pytest.fixture(scope="session", params=["socket", "http"])
def bolted(request: pytest.FixtureRequest, closing: ThreadPoolExecutor) -> Iterator[Office]:
    """A workspace and a Bolt app that listens over Socket Mode, or over signed HTTP.

    Tests share it: each takes a channel of its own.
    """
    with ExitStack() as stack:
        found = stack.enter_context(open_office(socket=request.param == "socket"))
        app, found.heard = bolt_app(found.client, found.app["signing_secret"])
        if request.param == "socket":
            stack.enter_context(
                over_socket_mode(app, found.app["app_token"], found.people, closing)
            )
        else:
            stack.enter_context(over_http(app, found.people))
        yield found


@pytest.fixture(scope="session")
def closing() -> Iterator[ThreadPoolExecutor]:
    """Closes what takes the SDK seconds to close, all at once and beside the tests."""
    with ThreadPoolExecutor(16) as pool:
        yield pool


@pytest.fixture
def socket_client(
    office: Office, closing: ThreadPoolExecutor
) -> Iterator[Callable[..., SocketModeClient]]:
    """Connects the SDK's Socket Mode client; `ack` says which requests it acks."""
    opened: list[SocketModeClient] = []

    def connect(
        requests: list[SocketModeRequest], ack: Callable[[SocketModeRequest], bool]
    ) -> SocketModeClient:
        client = SocketModeClient(
            office.app["app_token"], web_client=office.client, ping_interval=0.3
        )

        def listen(client: SocketModeClient, request: SocketModeRequest) -> None:
            requests.append(request)
            if ack(request):
                client.send_socket_mode_response(SocketModeResponse(request.envelope_id))

        client.socket_mode_request_listeners.append(listen)
        opened.append(client)
        client.connect()
        office.people.waits_until(lambda: office.people.do("connections") == len(opened))
        return client

    yield connect
    for client in opened:
        client.auto_reconnect_enabled = False
        closing.submit(client.close)


@pytest.fixture
def refused() -> Callable[..., Any]:
    """Calls and gives back what Slack says no with."""

    def call(act: Callable[..., Any], *args: Any, **given: Any) -> Any:
        with pytest.raises(SlackApiError) as caught:
            act(*args, **given)
        return caught.value.response

    return call
