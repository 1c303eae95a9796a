"""`kam digest` and `kam onboard`: the week in one screen, and what a new book lacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.assistant.reply import Reply
from bot.cli.ask import EXIT, AsOption, Desk, JsonOption
from bot.cli.output import leave, print_json
from bot.cli.plan import spoken_by, to_file
from kam_knowledge.errors import UsageError

if TYPE_CHECKING:
    from bot.assistant.context import SkillContext
    from bot.assistant.turn import Turn
    from bot.digest.composed import Digest
    from kam_knowledge.language.names import NameIndex

LanguageOption = Annotated[str | None, typer.Option(help="en or zh; else the person's.")]
FormatOption = Annotated[str, typer.Option("--format", help="text, md or html.")]
OutOption = Annotated[Path | None, typer.Option(help="The file it is written to.")]
FORMATS = ("text", "md", "html")


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @app.command()
    def digest(
        context: typer.Context,
        as_: AsOption,
        week: Annotated[str | None, typer.Option(help="2026-W47; without: this week.")] = None,
        language: LanguageOption = None,
        format_: FormatOption = "text",
        out: OutOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """What changed, what is due and what to do first: at most seven lines."""
        from bot.digest.weeks import as_of
        from bot.digest.written import digest as written

        desk = Desk(context.obj)
        turn = desk.turn("digest", as_)
        turn = replace(turn, clock=as_of(turn.clock, week))
        spoken = spoken_by(desk, as_, language)
        _shown(desk, turn, spoken, written, format_, out, as_json=as_json)

    @app.command()
    def onboard(
        context: typer.Context,
        as_: AsOption,
        language: LanguageOption = None,
        format_: FormatOption = "text",
        out: OutOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """What a book lacks, and the three questions that come first."""
        from bot.digest.book_check import check

        desk = Desk(context.obj)
        turn = desk.turn("onboard", as_)
        spoken = spoken_by(desk, as_, language)
        _shown(desk, turn, spoken, check, format_, out, as_json=as_json)


def _shown(
    desk: Desk,
    turn: Turn,
    language: Literal["en", "zh"],
    work: Callable[[SkillContext], Digest],
    format_: str,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from bot.digest.pages import as_html
    from bot.digest.pages import as_json as shape

    if format_ not in FORMATS:
        raise UsageError(f"{format_!r} is no format.", f"Use {', '.join(FORMATS)}.")
    made: list[Digest] = []

    def reply_of(context: SkillContext, _: NameIndex) -> Reply:
        made.append(work(context))
        return made[0].reply

    reply = desk.app.assistant.answered(turn, language, reply_of)
    page = as_html(reply) if format_ == "html" else f"{reply.markdown.strip()}\n"
    if out is not None:
        to_file(out, page)
    if as_json:
        print_json(shape(made[0], reply))
    elif out is None and format_ == "text":
        from bot.cli.reading import show

        show(reply)
    elif out is None:
        print(page, end="")
    leave(EXIT.get(reply.outcome, 0))
