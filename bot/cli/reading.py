"""How a person reads a reply: the answer, and below it where each claim stands."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.assistant.reply import Reply
from kam_knowledge.queries.sources import RecordSource
from prompts import replies

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_MARKS = re.compile(r"((?:\[\d+\])+)")
_QUOTED = 160
"""Characters of a quote or passage that are shown; the JSON has all."""

# Whoever wrote a note must not steer the terminal of whoever reads it: no control characters
# but the newline and the tab, and no marks that reverse the order of the letters after them.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def show(reply: Reply, console: Console | None = None) -> None:
    """Prints a reply: Markdown on a terminal, plain text elsewhere, then its sources."""
    console = console or terminal()
    text, sources = harmless(reply.markdown).strip(), source_lines(reply)
    if console is None:
        print(text, *([""] if sources else []), *sources, sep="\n")
        return
    from rich.padding import Padding
    from rich.text import Text

    console.print(marked(text))
    if sources:
        console.print()
    for line in sources:
        indent = 4 if line.startswith(" ") else 0
        console.print(Padding(Text(line.strip(), style="dim"), (0, 0, 0, indent)))


def show_pictures(reply: Reply, written: Sequence[Path] = (), *, key: str = "picture") -> None:
    """Says what the pictures show, and where they were saved or how one saves them.

    `key` is the text of `chat.yaml` that says how.
    """
    for number, picture in enumerate(reply.pictures):
        if number < len(written):
            said = replies("chat")["picture_saved"][reply.language].format(path=written[number])
        else:
            said = replies("chat")[key][reply.language].format(alt=one_line(picture.alt))
        print(f"\n{said}" if number == 0 else said)


def marked(markdown: str) -> RenderableType:
    """Markdown to print on a terminal, its markers `[n]` set back."""
    from rich.console import ConsoleOptions, RenderResult
    from rich.markdown import Markdown
    from rich.segment import Segment
    from rich.style import Style

    # Markdown runs lines together; ours end where they are meant to.
    drawn = Markdown(re.sub(r"(?<=\S)\n(?=\S)", "  \n", harmless(markdown).strip()))
    faint = Style(dim=True)

    class Marked:
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for segment in console.render(drawn, options):
                if segment.control:
                    yield segment
                    continue
                for part in _MARKS.split(segment.text):
                    style = segment.style
                    if _MARKS.fullmatch(part):
                        style = style + faint if style else faint
                    yield Segment(part, style)

    return Marked()


def source_lines(reply: Reply) -> list[str]:
    """`[1] title · date · where`, and the quote in short, indented, below each.

    A record is one line: its place says its title, and its quote says the answer once more.
    """
    lines = []
    for citation in reply.citations:
        source = citation.source
        day = source.date.isoformat() if source.date else ""
        if isinstance(source, RecordSource):
            quote = shortened(source.quote, _QUOTED // 2)
            lines.append(f"[{citation.n}] {one_line(source.where)} · {day}: {quote}")
            continue
        parts = (one_line(part) for part in (source.title, day, source.where))
        lines.append(f"[{citation.n}] " + " · ".join(part for part in parts if part))
        if quote := shortened(source.quote):
            lines.append(f"    “{quote}”")
    return lines


def show_passages(found: Sequence[Mapping[str, Any]], console: Console | None = None) -> None:
    """Prints passages in the contract's shape, best first."""
    console = console or terminal()
    lines: list[tuple[str, str]] = []
    for number, hit in enumerate(found, start=1):
        parts = (hit["title"], hit["account"], hit["date"], hit["where"])
        head = " · ".join(one_line(str(part)) for part in parts if part)
        lines.append((f"{number}. {head}", shortened(hit["text"], 2 * _QUOTED)))
    if not lines:
        lines = [(replies("chat")["nothing_found"]["en"], "")]
    for head, text in lines:
        if console is None:
            print(head)
            if text:
                print(f"   {text}")
        else:
            from rich.padding import Padding
            from rich.text import Text

            console.print(Text(head, style="bold"))
            if text:
                console.print(Padding(Text(text), (0, 0, 0, 3)))


def terminal() -> Console | None:
    """A console on standard output when a person is looking at it, else None."""
    if not sys.stdout.isatty():
        return None
    from rich.console import Console

    return Console(highlight=False)


def harmless(text: str) -> str:
    """The text without what would steer a terminal."""
    return _STEERING.sub("", text.replace("\r\n", "\n"))


def shortened(text: str, length: int = _QUOTED) -> str:
    """The beginning of a text in one line, cut between words where it has any."""
    line = one_line(text)
    if len(line) <= length:
        return line
    cut = line[:length]
    at = cut.rfind(" ")
    return (cut[:at] if at > length * 2 // 3 else cut).rstrip(" ,;:，；：、") + "…"


def one_line(text: str) -> str:
    """The text on one line, without what would steer a terminal."""
    return " ".join(harmless(text).split())
