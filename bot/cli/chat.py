"""`kam chat`: the assistant on a terminal."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app import App
from bot.cli.ask import Desk
from bot.cli.failures import explain
from bot.cli.output import warn
from bot.cli.reading import show, terminal
from kam_knowledge.store.models import Person
from prompts import replies

if TYPE_CHECKING:
    from rich.console import Console

_PROMPT = "› "
_REMEMBERED = 500
"""Lines of the history that the next chat can call up."""


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def chat(
        context: typer.Context,
        as_: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who asks.")],
    ) -> None:
        """Opens a conversation on the terminal."""
        conversation = Conversation(context.obj, as_)
        conversation.welcome()
        conversation.run()


@dataclass
class Conversation:
    """One person's chat; whatever goes wrong in a turn is said, and the next turn goes on.

    Raises UnknownPerson or BookEmpty at the start, when nobody could be answered.
    """

    app: App
    email: str
    console: Console | None = field(default_factory=terminal)

    def __post_init__(self) -> None:
        self.desk = Desk(self.app)
        self.person: Person = self.desk.person(self.email)
        self.thread = _new_thread()

    def welcome(self) -> None:
        """Says who is asking, and what they can ask."""
        self._say("welcome", name=self.person.name)
        self.answer("你能做什么？" if self._language == "zh" else "What can you do?")
        self._say("help")

    def run(self) -> None:
        """Answers line by line until the input ends or somebody leaves."""
        with _history(self.app.home / "chat_history"):
            for line in _lines():
                if line.startswith("/"):
                    if not self._command(line):
                        break
                elif line:
                    self.answer(line)
        self._say("bye")

    def answer(self, question: str) -> None:
        """Answers one message, or says in a line why not."""
        try:
            with _patience(self.console):
                reply = self.desk.answer(question, self.email, None, self.thread)
            show(reply, self.console)
            print(flush=True)
        except BrokenPipeError:
            raise
        except (Exception, KeyboardInterrupt) as error:
            warn(explain(error, self.app.home, "kam chat")[0])

    def _command(self, line: str) -> bool:
        """Does what a line that begins with / asks for; False to leave."""
        name, _, rest = line.partition(" ")
        match name.lower():
            case "/quit" | "/exit" | "/q":
                return False
            case "/help" | "/?":
                self._say("help")
            case "/new":
                self.thread = _new_thread()
                self._say("new_thread")
            case "/as":
                self._become(rest.strip())
            case _:
                self._say("unknown_command", command=name)
        return True

    def _become(self, email: str) -> None:
        if not email:
            self._say("as_whom")
            return
        try:
            self.person = self.desk.person(email)
        except Exception as error:
            warn(explain(error, self.app.home, "kam chat")[0])
            return
        self.email = email
        self._say("now_as", name=self.person.name)

    def _say(self, key: str, **values: Any) -> None:
        print(replies("chat")[key][self._language].strip("\n").format(**values), flush=True)

    @property
    def _language(self) -> str:
        chosen = self.person.language or self.app.settings.language
        return chosen if chosen in ("en", "zh") else "en"


def _new_thread() -> str:
    return f"chat-{secrets.token_hex(6)}"


def _lines() -> Iterator[str]:
    """What the person types; from a pipe, each line is shown as if it had been typed."""
    if not sys.stdin.isatty():
        for line in sys.stdin:
            print(f"{_PROMPT}{line.strip()}", flush=True)
            yield line.strip()
        return
    while True:
        try:
            yield input(_PROMPT).strip()
        except EOFError:
            print()
            return
        except KeyboardInterrupt:
            print()  # a line given up, as shells have it


@contextmanager
def _history(path: Path) -> Iterator[None]:
    """Lines of earlier chats under the arrow keys, where readline is there."""
    try:
        import readline
    except ImportError:
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        readline.set_history_length(_REMEMBERED)
        with suppress(OSError):
            path.touch(mode=0o600)
            readline.write_history_file(path)


@contextmanager
def _patience(console: Console | None) -> Iterator[None]:
    if console is None:
        yield
        return
    with console.status("…"):
        yield
