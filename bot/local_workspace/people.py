"""The people of a running workspace, for tests, trials and the demo: plain calls that return.

people = People("http://127.0.0.1:8101")
li_na = people.person("li.na@example.com")
asked = li_na.says("#acme", "@KAM what's our status with ACME's CTO?")
reply = li_na.waits_for(asked, from_="KAM")
"""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.local_workspace.errors import Impossible, Json

PATIENCE = 10.0


@dataclass(frozen=True)
class Spoken:
    """Where a message stands."""

    channel: str
    ts: str
    thread_ts: str | None = None

    @property
    def thread(self) -> str:
        """The thread that answers go to."""
        return self.thread_ts or self.ts


class People:
    """Everybody, and whoever runs the workspace; `team` says which where there are several."""

    def __init__(self, url: str, team: str = "") -> None:
        self._address = urlsplit(url).netloc
        self._team = team

    def do(self, deed: str, **given: Any) -> Any:
        """Does a deed by its name (see `people_side`). Raises Impossible."""
        connection = http.client.HTTPConnection(self._address, timeout=90)
        try:
            body = json.dumps(given)
            headers = {"Content-Type": "application/json"}
            connection.request("POST", f"/control/{deed}?team={self._team}", body, headers)
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if not answer["ok"]:
            raise Impossible(answer["problem"])
        return answer["found"]

    def person(self, name: str) -> Person:
        """Somebody by id, email or name."""
        return Person(self, name)

    def install_app(self, manifest: Json) -> Json:
        """Installs an app: tokens, secrets, ids."""
        return dict(self.do("install_app", manifest=manifest))

    def register_app(self, manifest: Json) -> Json:
        """Makes an app that is installed through "Add to Slack": secrets and ids, no token."""
        return dict(self.do("register_app", manifest=manifest))

    def move_on(self, seconds: float) -> None:
        """Lets time pass in the workspace."""
        self.do("move_on", seconds=seconds)

    def settle(self, quiet: float = 0.2, seconds: float = PATIENCE) -> bool:
        """Waits until nothing happens any more; False when it never became quiet."""
        return bool(self.do("settle", quiet=quiet, seconds=seconds)["quiet"])

    def fail(self, method: str, kind: str, times: int = 1, **how: Any) -> None:
        """The next calls of a method fail: see `faults.Fault`."""
        self.do("add_fault", method=method, kind=kind, times=times, **how)

    def journal(self, kind: str | None = None, after: int = 0, **like: Any) -> list[Json]:
        """The journal's entries of a kind (`call`, `delivery`, `socket`, `response`)."""
        return list(self.do("journal", kind=kind, after=after, like=like))

    def calls(self, method: str) -> list[Json]:
        """The calls of a method of the Web API."""
        return self.journal("call", method=method)

    def waits_until(self, what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """Looks again after every change until there is something. Raises TimeoutError."""
        deadline, version = time.monotonic() + seconds, 0
        while True:
            if found := what():
                return found
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"nothing within {seconds} seconds")
            # Deliveries change nothing that people see, so the wait is short.
            answer = self.do("changes", after=version, seconds=min(left, 0.1))
            version = int(answer["version"])


class Person:
    """What one person does and sees."""

    def __init__(self, people: People, name: str) -> None:
        self._people = people
        self.name = name

    def do(self, deed: str, **given: Any) -> Any:
        """Does a deed as this person. Raises Impossible."""
        return self._people.do(deed, user=self.name, **given)

    def says(self, channel: str, text: str, in_thread: str | None = None) -> Spoken:
        """Writes to a channel (`#name`, id) or a person or app (name, email, id)."""
        return Spoken(**self.do("say", channel=channel, text=text, thread_ts=in_thread))

    def edits(self, spoken: Spoken, text: str) -> None:
        """Changes a message."""
        self.do("edit_message", channel=spoken.channel, ts=spoken.ts, text=text)

    def deletes(self, spoken: Spoken) -> None:
        """Deletes a message."""
        self.do("delete_message", channel=spoken.channel, ts=spoken.ts)

    def uploads(
        self, channel: str, name: str, content: bytes, text: str = "", in_thread: str | None = None
    ) -> Json:
        """Uploads a file; `channel`, `ts`, `file_id` come back."""
        coded = base64.b64encode(content).decode()
        given = {"channel": channel, "name": name, "content": coded, "text": text}
        return dict(self.do("upload", **given, thread_ts=in_thread))

    def reacts(self, spoken: Spoken, name: str, *, add: bool = True) -> None:
        """Puts an emoji on a message, or takes it back."""
        self.do("react_to", channel=spoken.channel, ts=spoken.ts, name=name, add=add)

    def presses(
        self, message: Json | Spoken, action_id: str, value: Any = None, **where: Any
    ) -> Json:
        """Presses a button of a message that was read in a channel, or chooses from a menu."""
        if isinstance(message, Spoken):
            where |= {"channel": message.channel, "ts": message.ts}
        else:
            where |= {"ts": message["ts"]}
            where.setdefault("channel", message.get("channel"))
        return dict(self.do("press", action_id=action_id, value=value, **where))

    def presses_in_modal(self, action_id: str, value: Any = None) -> Json:
        """Presses or changes something in the modal on top."""
        return dict(self.do("press_in_view", action_id=action_id, value=value))

    def presses_at_home(self, action_id: str, value: Any = None, *, app: str) -> Json:
        """Presses something on an app's Home."""
        return dict(self.do("press_in_view", action_id=action_id, value=value, home_of=app))

    def submits(self, **values: Any) -> Json:
        """Fills the modal on top (by action id) and submits it: `errors`, `problem`."""
        return dict(self.do("submit", values=values))

    def closes_modal(self, *, everything: bool = False) -> None:
        """Closes the modal on top, or all."""
        self.do("close_modal", everything=everything)

    def commands(self, channel: str, text: str) -> Json:
        """Sends a slash command."""
        return dict(self.do("command", channel=channel, text=text))

    def uses_shortcut(self, callback_id: str, on: Spoken | None = None) -> Json:
        """Uses a global shortcut, or one on a message."""
        where = {} if on is None else {"channel": on.channel, "ts": on.ts}
        return dict(self.do("shortcut", callback_id=callback_id, **where))

    def opens(self, app: str | None = None, tab: str = "home") -> str:
        """Opens an app's `home` or `messages`; the direct message's id comes back."""
        return str(self.do("open_app", app=app, tab=tab)["channel"])

    def reads(self, channel: str, thread: str | None = None) -> list[Json]:
        """What this person sees in a conversation or a thread, oldest first."""
        found = self.do("messages", channel=channel, thread_ts=thread)
        where = channel
        return [{**one, "channel": where} for one in found]

    def home(self, app: str | None = None) -> Json | None:
        """What this person sees on an app's Home."""
        found = self.do("home", app=app)
        return None if found is None else dict(found)

    def modal(self) -> Json | None:
        """The modal on top."""
        found = self.do("modals")
        return dict(found[-1]) if found else None

    def thread(self, channel: str, thread_ts: str = "") -> Json:
        """Status, title and prompts that an agent has set."""
        return dict(self.do("thread", channel=channel, thread_ts=thread_ts))

    def waits_for(
        self,
        after: Spoken,
        *,
        from_: str | None = None,
        saying: str = "",
        seconds: float = PATIENCE,
    ) -> Json:
        """The next message after one's own, in its thread or beside it, once it has come.

        A stream counts when it has ended. Raises TimeoutError.
        """

        def come() -> Json | None:
            for thread in (after.thread, None):
                for one in self.reads(after.channel, thread):
                    author = one.get("bot_profile", {}).get("name") or one["user"]
                    if (
                        float(one["ts"]) > float(after.ts)
                        and from_ in (None, author)
                        and saying in json.dumps(one, ensure_ascii=False)
                        and one.get("streaming_state") != "in_progress"
                    ):
                        return one
            return None

        return dict(self._people.waits_until(come, seconds))

    def waits_for_modal(self, seconds: float = PATIENCE) -> Json:
        """The modal on top, once there is one."""
        return dict(self._people.waits_until(self.modal, seconds))
