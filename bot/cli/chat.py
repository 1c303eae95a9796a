"""`kam chat`: the assistant on a terminal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.app import App
from bot.assistant.reply import Outcome, Reply
from bot.cli.ask import Desk
from bot.cli.chat_lines import history, lines
from bot.cli.chat_screen import Screen
from bot.cli.failures import explain
from bot.cli.output import warn
from bot.cli.pictures import save
from bot.cli.reading import terminal
from kam_knowledge.store.models import Person

if TYPE_CHECKING:
    from rich.console import Console

COMMANDS = (
    "/help", "/sources", "/picture", "/confirm", "/cancel", "/undo", "/new", "/as", "/quit",
)  # fmt: skip


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
        self.screen = Screen(self.console, lambda: self._language)
        self._begin()

    def _begin(self) -> None:
        self.thread = f"chat-{secrets.token_hex(6)}"
        self._last: Reply | None = None
        self._proposed: str | None = None
        self._asked: set[str] = set()
        self._suggested: tuple[str, ...] = ()

    def welcome(self) -> None:
        """Says who is asking, and what they can ask."""
        self.screen.say("welcome", name=self.person.name)
        self.answer("你能做什么？" if self._language == "zh" else "What can you do?")
        self.screen.say("hint")

    def run(self) -> None:
        """Answers line by line until the input ends or somebody leaves."""
        with history(self.app.home / "chat_history", COMMANDS):
            for line in lines():
                if line.startswith("/"):
                    if not self._command(line):
                        break
                elif line and (question := self._picked(line)):
                    self.answer(question)
        self.screen.say("bye")

    def answer(self, question: str) -> None:
        """Answers one message, or says in a line why not. Ctrl-C stops the answer alone."""
        writing = None
        try:
            with self.screen.writing() as writing:
                reply = self.desk.answer(question, self.email, None, self.thread, writing)
        except KeyboardInterrupt:
            self.screen.stopped(writing.text if writing else "")
        except BrokenPipeError:
            raise
        except Exception as error:
            warn(explain(error, self.app.home, "kam chat")[0])
        else:
            self._asked.add(question)
            self._show(reply)

    def _show(self, reply: Reply) -> None:
        self._last = reply
        if reply.outcome is Outcome.PROPOSED and reply.proposal:
            self._proposed = str(reply.proposal["id"])
        self._suggested = tuple(one for one in reply.suggestions if one not in self._asked)
        self.screen.reply(reply, self._suggested)

    def _picked(self, line: str) -> str | None:
        """The suggestion of that number, else the line as it is; None for a number of none."""
        number = line.rstrip(".。)、") if line.isascii() or line[:-1].isdecimal() else ""
        if not number.isdecimal():
            return line
        if 1 <= int(number) <= len(self._suggested):
            question = self._suggested[int(number) - 1]
            self.screen.asked(question)
            return question
        said = "no_such_choice" if self._suggested else "nothing_to_choose"
        self.screen.say(said, number=number, last=len(self._suggested))
        return None

    def _command(self, line: str) -> bool:
        """Does what a line that begins with / asks for; False to leave."""
        name, _, rest = line.partition(" ")
        match name.lower():
            case "/quit" | "/exit" | "/q":
                return False
            case "/help" | "/?":
                self.screen.say("help")
            case "/new":
                self._begin()
                self.screen.say("new_thread")
            case "/as":
                self._become(rest.strip())
            case "/sources" | "/source":
                self.screen.sources(self._last, rest.strip())
            case "/picture":
                self._picture(rest.strip())
            case "/confirm" | "/yes":
                self._settle("confirm")
            case "/cancel" | "/no":
                self._settle("cancel")
            case "/undo":
                self._do(lambda: self.app.assistant.take_back(self.desk.turn(line, self.email)))
            case _:
                self.screen.say("unknown_command", command=name)
        return True

    def _picture(self, path: str) -> None:
        """Saves the pictures of the last answer."""
        pictures = self._last.pictures if self._last else ()
        if not pictures or not path:
            self.screen.say("picture_where" if pictures else "no_picture")
            return
        try:
            written = save(pictures, Path(path).expanduser())
        except Exception as error:
            warn(explain(error, self.app.home, "kam chat")[0])
            return
        for where in written:
            self.screen.say("picture_saved", path=where)

    def _settle(self, what: Literal["confirm", "cancel"]) -> None:
        proposal = self._proposed
        if proposal is None:
            self.screen.say("nothing_proposed")
            return
        turn = self.desk.turn(proposal, self.email)
        self._do(lambda: self.app.assistant.settle(turn, proposal, what))

    def _do(self, act: Callable[[], Reply]) -> None:
        try:
            reply = act()
        except Exception as error:
            warn(explain(error, self.app.home, "kam chat")[0])
        else:
            self._show(reply)

    def _become(self, email: str) -> None:
        if not email:
            self.screen.say("as_whom")
            return
        try:
            self.person = self.desk.person(email)
        except Exception as error:
            warn(explain(error, self.app.home, "kam chat")[0])
            return
        self.email = email
        self._begin()
        self.screen.say("now_as", name=self.person.name)

    @property
    def _language(self) -> str:
        chosen = self.person.language or self.app.settings.language
        return chosen if chosen in ("en", "zh") else "en"
