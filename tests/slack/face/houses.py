"""Several workspaces behind one face, which they install themselves; their ids are the same."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.app import App
from bot.local_workspace.people import People
from bot.local_workspace.running import RunningWorkspace
from bot.local_workspace.seed import from_workbook
from bot.local_workspace.state import Team
from bot.settings import load_settings
from bot.slack.access import OAuthAccess
from bot.slack.face import SlackFace
from bot.slack.manifest import manifest
from bot.slack.transports import over_http
from kam_knowledge.sample_book import SampleBook
from tests.slack.face.conftest import TODAY, Minutes, Office

HOME, SISTER, STRANGE = "T0HOME", "T0SISTER", "T0STRANGE"


@dataclass
class Page:
    """What a browser got."""

    status: int
    text: str
    where: str
    cookie: str


def get(url: str, cookie: str = "") -> Page:
    """One step of a browser."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookie})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    set_cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
    return Page(answer.status, text, answer.headers["Location"] or "", set_cookie)


def adds(url: str, team: str, *, deny: bool = False, cookie: bool = True) -> Page:
    """The admin of a workspace follows "Add to Slack" at that address: the page at its end."""
    begun = get(f"{url}/slack/install?team={team}")
    assert begun.status == 302
    allowed = get(begun.where + ("&deny=1" if deny else ""))
    assert allowed.status == 302, allowed.text
    return get(allowed.where, begun.cookie if cookie else "")


@dataclass
class Houses:
    """The workspaces, and the face that serves those of them that are listed."""

    running: RunningWorkspace
    face: SlackFace
    app: App
    made: dict[str, str]
    url: str
    """Where the face listens."""
    minutes: Minutes = field(default_factory=Minutes)

    def people(self, team: str) -> People:
        """Those who live in one of them."""
        return self.running.people_of(team)

    def adds(self, team: str, *, deny: bool = False, cookie: bool = True) -> Page:
        """The admin of a workspace follows "Add to Slack"."""
        return adds(self.url, team, deny=deny, cookie=cookie)

    def at(self, team: str) -> Office:
        """One of them, as the other tests know an office."""
        people = self.people(team)
        found = people.do("app")
        return Office(people, self.face, self.app, found, self.minutes, f"{self.url}/slack/events")

    def kept(self) -> list[dict[str, Any]]:
        """The rows that are kept of installs, as the database has them."""
        with self.app.store.read() as session:
            connection = session.connection()
            return [
                dict(row)
                for table in ("slack_bots", "slack_installations")
                for row in connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()
            ]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def manifest_for(url: str) -> dict[str, Any]:
    """The manifest of an app that workspaces install over HTTP, with tokens that end."""
    made = manifest("https://kam.example.com", install=True)
    made["oauth_config"]["redirect_urls"] = [f"{url}/slack/oauth_redirect"]
    return made


def neighbourhood(book: SampleBook) -> RunningWorkspace:
    """Three workspaces with the same people and channels, by the same ids."""
    return RunningWorkspace(
        *(
            from_workbook(book.workbook, TODAY, team=Team(one, one, one.lower()), limits=False)
            for one in (HOME, SISTER, STRANGE)
        )
    )


@contextmanager
def houses(home: Path, book: SampleBook, **settings: Any) -> Iterator[Houses]:
    """Three workspaces, two of them listed; none has installed the app yet."""
    with ExitStack() as stack:
        running = stack.enter_context(neighbourhood(book))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        made = running.people.register_app(manifest_for(url))
        given = {"home": home, "today": TODAY.isoformat(), "embeddings": "none", **settings}
        app = App(load_settings(**given))
        stack.callback(app.close)
        access = OAuthAccess(
            made["client_id"],
            made["client_secret"],
            made["signing_secret"],
            (HOME, SISTER),
            api_url=running.api_url,
        )
        found = Houses(running, None, app, made, url)  # type: ignore[arg-type]
        found.face = face = SlackFace(app, access, time_of=found.minutes)
        stack.enter_context(over_http(face.bolt, port, "127.0.0.1", installing=face.door))
        running.people.do("set_request_url", url=f"{url}/slack/events")
        face.workers.start()
        stack.callback(face.workers.stop, 5)
        yield found
