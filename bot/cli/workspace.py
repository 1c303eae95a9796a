"""`kam workspace`: a Slack workspace on this machine, to run the bot against."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.output import print_json
from kam_knowledge.errors import UsageError


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def workspace(
        context: typer.Context,
        port: Annotated[int, typer.Option(help="Where it listens; 0 takes any free port.")] = 8101,
        manifest: Annotated[
            list[Path] | None, typer.Option(help="An app's manifest.json to install.")
        ] = None,
        book: Annotated[
            Path | None, typer.Option(help="A folder with people.csv and accounts.csv.")
        ] = None,
        limits: Annotated[bool, typer.Option(help="Slack's rate limits.")] = True,
    ) -> None:
        """Runs a local Slack workspace until Ctrl-C; prints its address and tokens as JSON."""
        from bot.local_workspace.errors import Impossible
        from bot.local_workspace.running import run
        from bot.local_workspace.seed import from_workbook

        today = context.obj.clock().today
        manifests = [_manifest(path) for path in manifest or []]
        with tempfile.TemporaryDirectory() as scratch:
            folder = book or _sample_book(Path(scratch), today)
            try:
                seeded = from_workbook(folder, today, limits=limits)
            except FileNotFoundError as error:
                raise UsageError(
                    f"{error.filename} is missing.",
                    "A book has people.csv and accounts.csv: see the workbook in the README.",
                ) from error
        try:
            run(seeded, port=port, manifests=manifests, ready=_say)
        except Impossible as error:
            raise UsageError(str(error), "Mend the manifest.") from error
        except OSError as error:
            raise UsageError(
                f"Port {port} can't be used ({error.strerror}).", "Give another with --port."
            ) from error


def _sample_book(folder: Path, today: date) -> Path:
    from kam_knowledge.sample_book import materialise

    return materialise(folder, today).workbook


def _say(where: dict[str, Any]) -> None:
    print_json(where, indent=None)


def _manifest(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path}: not a manifest ({error}).", "Give the manifest.json of a Slack app."
        ) from error
    return dict(found)
