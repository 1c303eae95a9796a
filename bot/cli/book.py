"""`kam import`, `kam ingest`: what the assistant knows comes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import App
from bot.cli.output import leave, print_json, warn
from bot.cli.reading import harmless
from kam_knowledge.errors import UsageError

if TYPE_CHECKING:
    from bot.operations.ingesting import Ingested
    from ingest.crm.report import ImportReport
    from ingest.report import IngestReport

JsonOption = Annotated[bool, typer.Option("--json", help="JSON for programs.")]

_SHOWN = 20
"""Lines of a kind that a person is shown; `--json` has them all."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @app.command("import")
    def import_(
        context: typer.Context,
        path: Annotated[Path, typer.Argument(help="A folder of CSV files, or an .xlsx.")],
        format_: Annotated[
            str,
            typer.Option(
                "--format",
                metavar="FORMAT",
                help="workbook, salesforce, hubspot, fxiaoke, dynamics, or a mapping's .yaml.",
            ),
        ] = "workbook",
        as_of: Annotated[
            str | None, typer.Option(metavar="DATE", help="The day the data stands for.")
        ] = None,
        strict: Annotated[bool, typer.Option("--strict", help="All rows or none.")] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Takes account data in. Importing twice changes nothing."""
        from ingest.crm import import_path

        app: App = context.obj
        stated_for = _day(as_of)
        report = import_path(
            app.store,
            path,
            format=format_,
            as_of=stated_for,
            strict=strict,
            clock=app.clock(),
        )
        if as_json:
            print_json(report.as_json())
        else:
            _show_import(report)
        app.learn_intents()
        leave(0 if report.clean else 3)

    @app.command()
    def ingest(
        context: typer.Context,
        paths: Annotated[list[Path], typer.Argument(help="Folders and files.")],
        as_json: JsonOption = False,
    ) -> None:
        """Takes notes and documents in, and indexes them."""
        from bot.cli.progress import bar
        from bot.operations.ingesting import ingest_and_index

        app: App = context.obj
        with bar() as progress:
            ingested = ingest_and_index(app, paths, progress)
        report = ingested.report
        if as_json:
            print_json(report.as_json())
        else:
            _show_ingest(report)
        if ingested.not_indexed is not None:
            warn(f"the notes are in, and found by their words; {ingested.not_indexed}")
        app.learn_intents()
        leave(_ingest_code(ingested))


def _show_import(report: ImportReport) -> None:
    _listed(
        "could not go in",
        # What is wrong with a whole file is in no column.
        [": ".join(filter(None, (p.where, p.column, p.problem))) for p in report.problems],
    )
    _listed(
        "changed both there and here; both values are kept",
        [
            f"{one.where}: {one.table} {one.key}: {one.column}: "
            f"there {one.imported}, here {one.current}"
            for one in report.conflicts
        ],
    )
    _listed("not understood and left out", report.unknown)
    if report.refused:
        print("Nothing was imported: --strict takes all rows or none.")
        return
    print(
        f"Imported: {report.created:,} new, {report.updated:,} changed, "
        f"{report.unchanged:,} as they were."
    )


def _show_ingest(report: IngestReport) -> None:
    _listed("could not be read", [f"{one.path}: {one.problem}" for one in report.failed])
    _listed("left out", [f"{one.path}: {one.reason}" for one in report.skipped])
    _listed(
        "found, not stated",
        [
            f"{one.path}: {one.field} = {one.value or ' or '.join(one.candidates) or '?'} "
            f"(from the {one.source})"
            for one in report.inferred
        ],
    )
    print(
        f"Ingested: {report.added:,} new, {report.updated:,} changed, {report.unchanged:,} as they "
        f"were, {report.removed:,} gone; {report.passages:,} passages written."
    )


def _listed(what: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    print(f"{len(lines):,} {what}:")
    for line in lines[:_SHOWN]:
        print(f"  {harmless(line)}")
    if len(lines) > _SHOWN:
        print(f"  … and {len(lines) - _SHOWN:,} more; --json has them all.")
    print()


def _ingest_code(ingested: Ingested) -> int:
    report = ingested.report
    if report.failed and not (report.added or report.updated or report.unchanged):
        return 1
    return 3 if report.failed or ingested.not_indexed else 0


def _day(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError as error:
        raise UsageError(f"{value!r} is not a date.", "Write --as-of as 2026-11-21.") from error
