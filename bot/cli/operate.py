"""`kam init`, `reindex`, `backup`, `restore`, `doctor`: running an installation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import App
from bot.cli.output import leave, print_json, warn
from bot.cli.progress import bar
from kam_knowledge.errors import KamError

if TYPE_CHECKING:
    from bot.operations.backup import BackupReport
    from bot.operations.doctor import Check

JsonOption = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @app.command()
    def init(
        context: typer.Context,
        email: Annotated[str, typer.Option(help="Your email, by which you sign in.")],
        name: Annotated[str, typer.Option(help="Your name.")],
        role: Annotated[str, typer.Option(help="admin, leader, manager or member.")] = "admin",
    ) -> None:
        """Puts the first person on record, who may then sign in."""
        from bot.operations.first_person import Enrolment, enrol

        found = enrol(context.obj, email, name, role)
        who = f"{found.name} <{found.email}>"
        if found.how is Enrolment.UNCHANGED:
            print(f"{who} is on record already, as {found.role}: nothing to do.")
            return
        how = "is on record" if found.how is Enrolment.CREATED else "was on record and is now"
        print(f"{who} {how} as {found.role}.")
        print(
            "\nNext:\n"
            "  kam import PATH      the accounts: a folder of CSV files, an .xlsx, a CRM export\n"
            "  kam ingest PATH      notes and documents: a folder, or single files\n"
            f'  kam ask "What can you do?" --as {found.email}\n'
            "  kam doctor           checks the installation"
        )

    @app.command()
    def reindex(context: typer.Context) -> None:
        """Builds the vector index anew, from what SQL holds."""
        from bot.operations.indexing import rebuild

        with bar() as progress:
            rebuilt = rebuild(context.obj, progress)
        if context.obj.settings.embeddings == "none":
            print("The full text is up to date. There are no vectors: KAM_EMBEDDINGS is none.")
            return
        print(
            f"The index holds {rebuilt.indexed:,} passages; {rebuilt.embedded:,} were embedded, "
            f"{rebuilt.retokenised:,} cut into words anew."
        )
        if rebuilt.failed:
            warn(f"the model failed on {rebuilt.failed:,} passages. `kam doctor` says more.")
            leave(3)

    @app.command()
    def backup(
        context: typer.Context,
        file: Annotated[Path, typer.Argument(help="The archive to write.")],
        as_json: JsonOption = False,
    ) -> None:
        """Writes everything that cannot be derived into one file."""
        from bot.operations.backup import back_up

        app: App = context.obj
        _tell("Saved", back_up(app.unchecked_store, app.home, file), as_json=as_json)

    @app.command()
    def restore(
        context: typer.Context,
        file: Annotated[Path, typer.Argument(help="An archive that `kam backup` wrote.")],
        force: Annotated[
            bool, typer.Option("--force", help="Replace a book that is there.")
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Brings a backup back, into an empty home or database."""
        from bot.operations.indexing import rebuild
        from bot.operations.restore import restore as bring_back

        app: App = context.obj
        report = bring_back(app.unchecked_store, app.home, file, force=force)
        _tell("Restored", report, as_json=as_json)
        try:
            with bar() as progress:
                rebuild(app, progress)
        except KamError as error:
            warn(f"the book is restored, the index is not: {error}")
            leave(3)

    @app.command()
    def doctor(
        context: typer.Context,
        online: Annotated[
            bool, typer.Option("--online", help="Also call the models that are configured.")
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Checks the settings, the stores, the models and the index, with the mend for each."""
        from bot.operations.doctor import Level, examine

        app: App = context.obj
        found = examine(app, mistakes=context.meta.get("mistakes", ()), online=online)
        checks = list(found) if as_json else _listed(found)
        failed = any(check.level is Level.FAIL for check in checks)
        if as_json:
            print_json({"ok": not failed, "checks": [check.as_json() for check in checks]})
        leave(1 if failed else 0)


def _listed(checks: Iterable[Check]) -> list[Check]:
    """Prints the checks as they come, and gives them back."""
    from rich.console import Console
    from rich.text import Text

    from bot.operations.doctor import Level

    style = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}
    console = Console(highlight=False, soft_wrap=True)
    seen: list[Check] = []
    for check in checks:
        seen.append(check)
        line = Text.assemble((f"{check.level:<5}", style[check.level]), f"{check.name}: ")
        console.print(line + Text(check.finding.rstrip(".") + "."))
        if check.mend:
            console.print(f"     → {check.mend}", markup=False)
    counts = Counter(check.level for check in seen)
    console.print(
        f"\n{counts[Level.OK]} ok, {counts[Level.WARN]} to look at, {counts[Level.FAIL]} failed."
    )
    return seen


def _tell(verb: str, report: BackupReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "file": str(report.path),
                "schema": report.schema,
                "made_at": report.made_at.isoformat(),
                "rows": report.rows,
                "attachments": report.attachments,
                "bytes": report.size,
            }
        )
        return
    rows = report.rows
    print(
        f"{verb}: {rows.get('accounts', 0):,} accounts, {rows.get('contacts', 0):,} contacts, "
        f"{rows.get('notes', 0):,} notes, {sum(rows.values()):,} rows in all, "
        f"{report.attachments:,} attachments.\n"
        f"{report.path}: {report.size:,} bytes, schema {report.schema}, "
        f"of {report.made_at:%Y-%m-%d %H:%M} UTC."
    )
