"""`kam whitespace`, `kam health`, `kam handover`: of an account, or of one's whole book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bot.app import App
from bot.cli.ask import EXIT, AsOption, Desk, JsonOption, account_by_name, show_reply
from bot.cli.output import leave
from bot.cli.pictures import LANGUAGES, kind_of, save
from kam_knowledge.errors import UsageError

AccountArgument = Annotated[
    str | None, typer.Argument(metavar="ACCOUNT", help="The customer; without, your whole book.")
]
LanguageOption = Annotated[str | None, typer.Option(help="en or zh; otherwise the person's own.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @app.command()
    def whitespace(
        context: typer.Context,
        as_: AsOption,
        account: AccountArgument = None,
        language: LanguageOption = None,
        out: Annotated[
            Path | None,
            typer.Option("--out", help="Where an account's grid is drawn: FILE.png or FILE.svg."),
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Shows what a customer could still buy: units by products, largest potential first."""
        told_about(context.obj, "whitespace", as_, account, language, out=out, as_json=as_json)

    @app.command()
    def health(
        context: typer.Context,
        as_: AsOption,
        account: AccountArgument = None,
        language: LanguageOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Shows which accounts are red, amber, green or grey, and why."""
        told_about(context.obj, "accounts_at_risk", as_, account, language, as_json=as_json)

    @app.command()
    def handover(
        context: typer.Context,
        as_: AsOption,
        account: AccountArgument = None,
        person: Annotated[
            str | None,
            typer.Option(metavar="EMAIL", help="Or what hangs on this colleague."),
        ] = None,
        language: LanguageOption = None,
        as_json: JsonOption = False,
    ) -> None:
        """Writes what somebody who takes over must know."""
        about: dict[str, Any] = {}
        if person is not None:
            if account is not None:
                raise UsageError("an account or a colleague, not both.", "Leave one out.")
            about["person_ids"] = (context.obj.person(person).id,)
        told_about(context.obj, "handover", as_, account, language, as_json=as_json, **about)


def told_about(
    app: App,
    intent: str,
    email: str,
    account: str | None,
    language: str | None,
    *,
    out: Path | None = None,
    as_json: bool,
    **about: Any,
) -> None:
    """Prints what the skill of that intent says of one account, else of the person's own, and
    ends the command; `about` is what else the request names.

    Raises UsageError for an account, a language or a picture's name that there is not.
    """
    spoken = spoken_language(language)
    if out is not None:
        kind_of(out)
    account_id = account_by_name(app, account) if account else None
    turn = Desk(app).turn(account or intent, email)
    reply = app.assistant.about(turn, intent, account_id, spoken, **about)
    written = save(reply.pictures, out) if out is not None else []
    show_reply(reply, written, as_json=as_json)
    leave(EXIT.get(reply.outcome, 0))


def spoken_language(wanted: str | None) -> Literal["en", "zh"] | None:
    """The language asked for; None for the person's own. Raises UsageError for any other."""
    if wanted is not None and wanted not in LANGUAGES:
        raise UsageError(f"{wanted!r} is no language we speak.", "Use en or zh.")
    return LANGUAGES[wanted] if wanted else None
