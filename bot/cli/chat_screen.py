"""What the chat shows: the answer, where it stands, and what one may ask next.

On a terminal the answer is drawn, and only as many sources as fit below it; a pipe gets all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.assistant.reply import Citation, Outcome, Reply
from bot.cli.chat_lines import PROMPT
from bot.cli.reading import harmless, marked, one_line, show, show_pictures, source_lines
from kam_knowledge.queries.sources import ComputedSource, RecordSource
from prompts import replies

if TYPE_CHECKING:
    from rich.console import Console

SOURCES = 8
"""Sources that are shown below an answer; `/sources` shows all."""


class Screen:
    """The terminal, or the pipe, that one chat is held on; `console` is None for a pipe."""

    def __init__(self, console: Console | None, language: Callable[[], str]) -> None:
        self._console = console
        self._language = language

    def say(self, key: str, **values: object) -> None:
        """A sentence of the chat's own."""
        text = harmless(self._text(key).strip("\n").format(**values))
        if self._console is None:
            print(text, flush=True)
            return
        from rich.text import Text

        self._console.print(Text(text))

    def asked(self, question: str) -> None:
        """A question that was picked by its number."""
        print(f"{PROMPT}{harmless(one_line(question))}", flush=True)

    def reply(self, reply: Reply, suggested: Sequence[str]) -> None:
        """An answer, its sources in short, and its suggestions by number."""
        console = self._console
        if console is None:
            show(replace(reply, markdown=_numbered(reply.markdown, suggested)))
            show_pictures(reply, key="picture_in_chat")
            self._suggestions(reply, suggested)
            print(flush=True)
            return
        from rich.padding import Padding
        from rich.text import Text

        console.print(marked(_numbered(reply.markdown, suggested)))
        if reply.citations:
            console.print()
        lines = [short_source(one) for one in reply.citations]
        # One line more costs as much room as saying that there is one.
        shown = lines if len(lines) <= SOURCES + 1 else lines[:SOURCES]
        for line in shown:
            text = Text(line, style="dim", no_wrap=True, overflow="ellipsis")
            console.print(Padding(text, (0, 0, 0, 2)))
        if len(lines) > len(shown):
            rest = replies("chat")["more_sources"][reply.language]
            rest = rest.format(n=len(lines) - len(shown))
            console.print(Padding(Text(rest, style="dim italic"), (0, 0, 0, 2)))
        show_pictures(reply, key="picture_in_chat")
        self._suggestions(reply, suggested)
        console.print()

    def sources(self, reply: Reply | None, which: str) -> None:
        """All sources of an answer with their quotes, or one of them in full."""
        if reply is None or not reply.citations:
            self.say("no_sources")
            return
        if not which:
            lines = source_lines(reply)
        else:
            number = which.strip("[]")
            chosen = [one for one in reply.citations if str(one.n) == number]
            if not chosen:
                self.say("no_such_source", n=number)
                return
            lines = list(self._in_full(chosen[0]))
        if self._console is None:
            print(*lines, sep="\n", flush=True)
            return
        from rich.padding import Padding
        from rich.text import Text

        for line in lines:
            indent = len(line) - len(line.lstrip())
            self._console.print(Padding(Text(line.strip()), (0, 0, 0, indent)))

    @contextmanager
    def writing(self) -> Iterator[Writing | None]:
        """A place for an answer that is being written; gone when the block ends."""
        if self._console is None:
            yield None
            return
        from rich.live import Live
        from rich.spinner import Spinner

        waiting = Spinner("dots", style="dim")
        with Live(
            waiting,
            console=self._console,
            refresh_per_second=10,
            transient=True,
            vertical_overflow="visible",
        ) as live:
            yield Writing(live, waiting)

    def stopped(self, so_far: str) -> None:
        """What was written of an answer that somebody stopped; it was checked like any other."""
        if so_far and self._console is not None:
            self._console.print(marked(so_far))
        self.say("stopped")

    def _suggestions(self, reply: Reply, suggested: Sequence[str]) -> None:
        """Suggestions by number, but not those that the answer itself lists (see `_numbered`)."""
        listed = reply.markdown.split("\n")
        left = [
            (number, harmless(one_line(text)))
            for number, text in enumerate(suggested, start=1)
            if f"- {text}" not in listed
        ]
        if not left:
            return
        key = "choose" if reply.outcome is Outcome.CLARIFY else "ask_next"
        head = replies("chat")[key][reply.language]
        if self._console is None:
            print("", head, *(f"  {number}. {text}" for number, text in left), sep="\n")
            return
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        rows = Table.grid(padding=(0, 1))
        rows.add_column(no_wrap=True, style="bold cyan")
        rows.add_column(overflow="fold")
        for number, text in left:
            rows.add_row(str(number), Text(text))
        self._console.print()
        self._console.print(Text(head, style="dim"))
        self._console.print(Padding(rows, (0, 0, 0, 2)))

    def _in_full(self, citation: Citation) -> Iterator[str]:
        source = citation.source
        day = source.date.isoformat() if source.date else ""
        head = " · ".join(one_line(part) for part in (source.title, day, source.where) if part)
        yield f"[{citation.n}] {head}"
        for line in harmless(source.quote).splitlines():
            if line.strip():
                yield f"    {line.strip()}"
        if isinstance(source, ComputedSource) and source.inputs:
            places = "; ".join(map(one_line, source.inputs))
            yield f"    {self._text('inputs').format(places=places)}"

    def _text(self, key: str) -> str:
        return replies("chat")[key][self._language()]


class Writing:
    """Draws an answer as it grows; it implements the assistant's Draft."""

    def __init__(self, live: object, waiting: object) -> None:
        self._live = live
        self._waiting = waiting
        self.text = ""

    def said(self, text: str) -> None:
        """Adds a checked piece."""
        from rich.console import Group
        from rich.live import Live

        self.text += text
        assert isinstance(self._live, Live)
        self._live.update(Group(marked(self.text), self._waiting))  # type: ignore[arg-type]

    def withdrawn(self) -> None:
        """Clears what was drawn."""
        from rich.live import Live

        self.text = ""
        assert isinstance(self._live, Live)
        self._live.update(self._waiting)  # type: ignore[arg-type]


def short_source(citation: Citation) -> str:
    """A source in one line, its day in front: `[2] 2026-11-12 Call with Dana Wu`."""
    source = citation.source
    day = source.date.isoformat() if source.date else ""
    if isinstance(source, RecordSource):
        what = source.where.replace(":", ": ", 1)
    elif isinstance(source, ComputedSource):
        what = f"{source.where}: {source.title}"
    else:
        title = source.title.removeprefix(day).lstrip("-_ ") if day else source.title
        what = title if day and title else f"{source.title} · {source.where}"
    return " ".join(one_line(part) for part in (f"[{citation.n}]", day, what) if part)


def _numbered(markdown: str, suggested: Sequence[str]) -> str:
    """The markdown with the suggestions that it lists under the numbers they are picked by."""
    numbers = {f"- {text}": f"{n}. {text}" for n, text in enumerate(suggested, start=1)}
    return "\n".join(numbers.get(line, line) for line in markdown.split("\n"))
