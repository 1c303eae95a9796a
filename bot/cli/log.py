"""`kam log`: a note about a customer, from the command line."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.assistant.reply import Outcome
from bot.assistant.turn import Told
from bot.cli.ask import Desk, JsonOption, batch_fields, batch_lines
from bot.cli.output import leave, print_json, warn
from kam_knowledge.errors import KamError, UsageError

if TYPE_CHECKING:
    from bot.assistant.skills.log_note import Logged
    from ingest.notes.from_files import NoteFile

_PLAIN = frozenset({".txt", ".text", ".log"})
"""Suffixes of files that are taken as they are."""
_ASKED = 3
"""Something must be answered before the note can be saved."""


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def log(
        context: typer.Context,
        text: Annotated[
            str | None, typer.Argument(help="The note; without it, or as -, it is read from input.")
        ] = None,
        as_: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who logs.")] = None,
        file: Annotated[
            Path | None,
            typer.Option(help="A file that holds it: text, DOCX, PDF, VTT, EML, a chat."),
        ] = None,
        extract: Annotated[
            bool, typer.Option("--extract", help="Show what is understood; propose nothing.")
        ] = False,
        yes: Annotated[
            bool, typer.Option("--yes", help="Save it, unless something must be asked first.")
        ] = False,
        visibility: Annotated[
            str, typer.Option(help="Who may read it: team, author or open.")
        ] = "team",
        keep_names: Annotated[
            bool, typer.Option("--keep-names", help="Keep names that nobody knows as written.")
        ] = False,
        batch: Annotated[
            Path | None, typer.Option(help="A JSONL file of notes; one JSON line each, none saved.")
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Logs a note: proposes it, or saves it with --yes."""
        from bot.assistant.note_taking import VISIBILITIES
        from bot.assistant.skills.log_note import Wish

        desk = Desk(context.obj)
        if batch is not None:
            leave(_ASKED if _batch(desk, batch) else 0)
        if not as_:
            raise UsageError("who logs it?", "Add --as EMAIL.")
        if visibility not in VISIBILITIES:
            raise UsageError(f"{visibility!r} is no visibility.", f"Use {', '.join(VISIBILITIES)}.")
        if extract and yes:
            raise UsageError("--extract saves nothing.", "Leave out --yes.")
        said = _said(text, file)
        wish = Wish(yes, visibility, keep_names, extract)
        turn = desk.turn(said.text, as_)
        if said.day is not None and said.day <= turn.clock.today:
            turn = replace(turn, told=Told(on=said.day))
        logged = desk.app.assistant.log(turn, wish)
        _shown(logged, as_json=as_json)
        leave(_code(logged, save=yes))


def _said(text: str | None, file: Path | None) -> NoteFile:
    """The note: given, from a file, or from the input.

    Raises UsageError for one too long, DocumentError for a file that cannot be read.
    """
    from ingest.documents import SUPPORTED_SUFFIXES, Reader
    from ingest.notes import LONGEST
    from ingest.notes.from_files import NoteFile, note_file

    if text is not None and text != "-":
        if file is not None:
            raise UsageError("two notes at once.", "Give the text, or --file.")
        return NoteFile(text)
    # A character has four bytes at the most: beyond that nothing need be read.
    most = 4 * LONGEST + 4
    if file is not None and file.is_file() and file.suffix.lower() in SUPPORTED_SUFFIXES - _PLAIN:
        with Reader() as reader:
            return note_file(reader.read(file))
    if file is not None:
        try:
            with file.open("rb") as opened:
                raw = opened.read(most)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(f"{file} cannot be read: {reason}.", "Check the path.") from error
        return NoteFile(raw.decode("utf-8-sig", errors="replace"))
    if sys.stdin.isatty():
        warn("write the note, then end it with Ctrl-D.")
    return NoteFile(sys.stdin.read(most))


def _batch(desk: Desk, path: Path) -> int:
    """What each line would be logged as, one JSON line each; returns how many lines failed."""
    failed = 0
    for number, line in batch_lines(path):
        identifier: Any = None
        try:
            asked = batch_fields(line, number, "text", "as")
            identifier = asked.get("id")
            found = desk.app.assistant.understood_note(desk.turn(asked["text"], asked["as"]))
            answer = found.as_json()
        except KamError as error:
            failed += 1
            warn(str(error))
            answer = {"problem": str(error), "saved": False}
        print_json({"id": identifier} | answer, indent=None)
    return failed


def _shown(logged: Logged, *, as_json: bool) -> None:
    if as_json:
        print_json(logged.as_json())
        return
    from bot.cli.reading import show

    show(logged.reply)


def _code(logged: Logged, *, save: bool) -> int:
    outcome = logged.reply.outcome
    if outcome is Outcome.DENIED:
        return 4
    if outcome is Outcome.CLARIFY:
        # A text that cannot be a note at all is a wrong call; a question matters to who saves.
        return _ASKED * save if logged.notes else 2
    return 0
