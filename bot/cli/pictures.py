"""`kam map`, and where the pictures of an answer are saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kam_knowledge.errors import UsageError

if TYPE_CHECKING:
    from bot.render.drawings import Picture

LANGUAGES: dict[str, Literal["en", "zh"]] = {"en": "en", "zh": "zh"}


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command("map")
    def draw_map(
        context: typer.Context,
        account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The customer.")],
        as_: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who asks.")],
        out: Annotated[Path, typer.Option("--out", help="Where to: FILE.png or FILE.svg.")],
        language: Annotated[
            str | None, typer.Option(help="en or zh; otherwise the person's own.")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
    ) -> None:
        """Draws the relationship map of an account."""
        from bot.cli.reviews import told_about

        told_about(
            context.obj, "relationship_map", as_, account, language, out=out, as_json=as_json
        )


def kind_of(path: Path) -> str:
    """`png` or `svg`, by the file's ending. Raises UsageError for any other."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in ("png", "svg"):
        raise UsageError(f"{path.name!r} is no picture's name.", "End it in .png or .svg.")
    return kind


def save(pictures: Sequence[Picture], path: Path) -> list[Path]:
    """Draws the pictures into that file, numbered where there are several; the files written.

    Raises UsageError where it cannot be written.
    """
    kind, written = kind_of(path), []
    for number, picture in enumerate(pictures, start=1):
        from bot.render.draw import drawn

        where = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            where.write_bytes(drawn(picture, kind))
        except OSError as error:
            raise UsageError(
                f"{where} cannot be written: {error.strerror}.", "Name another file."
            ) from error
        written.append(where)
    return written


def told(found: dict[str, Any], written: Sequence[Path]) -> dict[str, Any]:
    """The JSON of a reply, with the file that each of its pictures was saved to."""
    for picture, where in zip(found.get("pictures", ()), written, strict=False):
        picture["saved"] = str(where)
    return found
