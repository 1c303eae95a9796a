"""The real Slack face over the sample book, in a local workspace with the book's own people."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from bot.app import App
from bot.local_workspace.people import People, Person
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import from_workbook
from bot.operations.backup import back_up
from bot.operations.restore import restore
from bot.settings import load_settings
from bot.slack.face import Access, SlackFace
from bot.slack.transports import over_http
from kam_knowledge.sample_book import SampleBook
from kam_knowledge.store.engine import Store
from tests.integration import conftest as books

MANIFEST = Path(__file__).resolve().parents[3] / "bot" / "slack" / "manifest.json"
TODAY = date(2026, 11, 21)
kam, sample_book, sample_home = books.kam, books.sample_book, books.sample_home


class Minutes:
    """The seconds by which the face believes what Slack told it; they can be moved on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@dataclass
class Office:
    """A running workspace, the face in it, and its people."""

    people: People
    face: SlackFace
    app: App
    credentials: dict[str, str]
    minutes: Minutes
    url: str | None = None
    """Where it takes signed requests."""

    def person(self, name: str) -> Person:
        """Somebody by email, name or id."""
        return self.people.person(name)

    def ask(self, who: str, channel: str, text: str, in_thread: str | None = None) -> Any:
        """Says something and waits for the bot's next message there."""
        person = self.person(who)
        spoken = person.says(channel, text, in_thread)
        return person.waits_for(spoken, from_="KAM", seconds=20)

    def dm(self, who: str, text: str) -> Any:
        """The answer to a direct message."""
        return self.ask(who, self.person(who).opens(tab="messages"), text)

    def hears(self, body: dict[str, Any]) -> int:
        """Brings a payload to the face as Slack would; the status that comes back."""
        return int(self.face.bolt.dispatch(BoltRequest(body=body, mode="socket_mode")).status)

    def channel(self, name: str, *members: str, private: bool = False) -> str:
        """A new channel of Li Na's with the bot and these people in it."""
        li_na = self.person("li.na@example.com")
        made = str(li_na.do("create_channel", name=name, private=private)["id"])
        for one in (self.credentials["bot_user"], *members):
            li_na.do("invite", channel=made, who=one)
        return made

    def adds(self, name: str, email: str | None = None, **more: Any) -> str:
        """A new user of the workspace."""
        return str(self.people.do("add_user", name=name, email=email, **more)["id"])

    def asks_bot(self, who: str, channel: str, text: str) -> str:
        """What is answered to a mention, in its thread."""
        return text_of(self.ask(who, channel, f"{mention(self)} {text}"))

    def from_bot(self, who: str, channel: str, thread: str | None = None) -> list[str]:
        """What the bot has said there, as that person reads it."""
        found = self.person(who).reads(channel, thread)
        return [text_of(one) for one in found if one.get("bot_id")]

    def settled(self) -> None:
        """Waits until nothing is due any more, here and in the workspace."""
        self.people.settle(quiet=0.05)


def text_of(message: dict[str, Any]) -> str:
    """Everything a person reads in a message."""
    return json.dumps(message.get("blocks") or message["text"], ensure_ascii=False)


def mention(office: Office) -> str:
    """How one writes to the bot in a channel."""
    return f"<@{office.credentials['bot_user']}>"


@contextmanager
def opened(
    home: Path, book: SampleBook, transport: str = "socket", **settings: Any
) -> Iterator[Office]:
    """A workspace of its own, with the face connected."""
    with ExitStack() as stack:
        workspace = from_workbook(book.workbook, TODAY, limits=False)
        running = stack.enter_context(RunningWorkspace(workspace))
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
        manifest["settings"]["socket_mode_enabled"] = transport == "socket"
        credentials = running.people.install_app(manifest)
        given = {"home": home, "today": TODAY.isoformat(), "embeddings": "none", **settings}
        app = App(load_settings(**given))
        stack.callback(app.close)
        access = Access(credentials["bot_token"], credentials["signing_secret"], running.api_url)
        minutes = Minutes()
        face = SlackFace(app, access, time_of=minutes)
        url = None
        if transport == "socket":
            handler = SocketModeHandler(face.bolt, credentials["app_token"], ping_interval=0.3)
            handler.connect()  # type: ignore[no-untyped-call]
            running.people.waits_until(lambda: running.people.do("connections"))
            stack.callback(_closed, handler)
        else:
            url = stack.enter_context(over_http(face.bolt, 0, "127.0.0.1"))
            running.people.do("set_request_url", url=url)
        face.workers.start()
        stack.callback(face.workers.stop, 5)
        yield Office(running.people, face, app, credentials, minutes, url)


def _closed(handler: SocketModeHandler) -> None:
    """Closes beside the tests, for the SDK takes seconds to close, and connects no more."""
    handler.client.auto_reconnect_enabled = False
    ThreadPoolExecutor(1).submit(handler.close)


@pytest.fixture
def open_office(
    tmp_path: Path,
    sample_home: Path,
    sample_book: SampleBook,
) -> Callable[..., Any]:
    """Opens an office on a copy of the sample home."""
    home = tmp_path / "kam"
    shutil.copytree(sample_home, home)
    return lambda transport="socket": opened(home, sample_book, transport)


POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])
"""Everything once more with PostgreSQL as the store."""


@pytest.fixture(scope="module", params=["sqlite", POSTGRESQL])
def http_office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sample_home: Path,
    sample_book: SampleBook,
) -> Iterator[Office]:
    """An office shared by a module's tests, where the transport makes no difference."""
    with (
        founded(request.param, sample_home, tmp_path_factory) as (home, settings),
        opened(home, sample_book, "http", **settings) as found,
    ):
        yield found


@pytest.fixture(scope="module", params=["socket", "http", POSTGRESQL])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sample_home: Path,
    sample_book: SampleBook,
) -> Iterator[Office]:
    """An office shared by a module's tests, over each transport; over PostgreSQL by socket."""
    transport = "http" if request.param == "http" else "socket"
    with (
        founded(request.param, sample_home, tmp_path_factory) as (home, settings),
        opened(home, sample_book, transport, **settings) as found,
    ):
        yield found


@contextmanager
def founded(
    store: str, sample_home: Path, folders: pytest.TempPathFactory
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A home of its own with the sample book, in a file or where `store` is postgresql; and the
    settings that lead there."""
    home = folders.mktemp("office") / "kam"
    if store != "postgresql":
        shutil.copytree(sample_home, home)
        yield home, {}
        return
    with in_postgresql(sample_home, home) as url:
        yield home, {"database_url": url}


@contextmanager
def in_postgresql(sample_home: Path, home: Path) -> Iterator[str]:
    """A database with the sample book in it, moved there as people move theirs; its address."""
    given = os.environ.get("KAM_TEST_POSTGRES_URL")
    if not given:
        pytest.skip("KAM_TEST_POSTGRES_URL is not set: nothing was tested on PostgreSQL")
    name = f"kam_face_{secrets.token_hex(6)}"
    server = create_engine(
        make_url(given).set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    url = make_url(given).set(database=name).render_as_string(hide_password=False)
    try:
        home.mkdir()
        book = Store.at(sample_home / "kam.sqlite3")
        back_up(book, sample_home, home / "book.zip")
        book.close()
        moved = Store(url)
        restore(moved, home, home / "book.zip")
        moved.close()
        yield url
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Nobody else can write into the inbox meanwhile."""
    store = office.app.store
    with store.writing.begin() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("LOCK TABLE inbox IN EXCLUSIVE MODE"))
        yield
