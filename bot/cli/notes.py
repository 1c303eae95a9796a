"""`kam drafts`, `kam recap`, `kam crm`: notes that wait, and notes that were saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.ask import AsOption, Desk, JsonOption
from bot.cli.output import leave, print_json
from kam_knowledge.errors import UsageError

if TYPE_CHECKING:
    from bot.assistant.context import SkillContext
    from bot.assistant.reply import Reply
    from kam_knowledge.changes.logged import LoggedNote

NoteArgument = Annotated[str, typer.Argument(metavar="ID", help="The note, or its proposal.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @app.command()
    def drafts(context: typer.Context, as_: AsOption, as_json: JsonOption = False) -> None:
        """Lists your notes that were never confirmed; nothing of them is stored."""
        from bot.assistant.compose import Composer
        from bot.assistant.note_drafts import waiting
        from kam_knowledge.clock import Clock

        desk = Desk(context.obj)
        person = desk.person(as_)
        with context.obj.store.read() as session:
            found = waiting(session, person.id, Clock.now())
        if as_json:
            keys = ("proposal", "summary", "until", "draft")
            rows = [(one.key, one.summary, one.until.isoformat(), one.aside) for one in found]
            print_json([dict(zip(keys, row, strict=True)) for row in rows])
            return
        language = person.language or context.obj.settings.language
        composer = Composer("note_drafts", language if language in ("en", "zh") else "en")
        composer.plain("list_head" if found else "none")
        for one in found:
            line = composer.text("listed", summary=one.summary, id=one.key, date=one.until.date())
            composer.unclaimed(f"- {line}")
        if found:
            composer.plain("how")
        print(composer.reply().markdown)

    @app.command()
    def recap(
        context: typer.Context,
        note: NoteArgument,
        as_: AsOption,
        language: Annotated[
            str | None, typer.Option(help="en or zh; else the attendees' language.")
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Drafts the recap of a saved note for those who were there; nothing is sent."""
        from bot.assistant.recaps import Language
        from bot.assistant.skills.note_copies import recap_reply

        chosen: dict[str | None, Language | None] = {None: None, "en": "en", "zh": "zh"}
        if language not in chosen:
            raise UsageError(f"{language!r} is no language.", "Use en or zh.")
        _copied(
            context,
            note,
            as_,
            lambda there, logged: recap_reply(there, logged, chosen[language]),
            as_json=as_json,
        )

    @app.command()
    def crm(
        context: typer.Context, note: NoteArgument, as_: AsOption, as_json: JsonOption = False
    ) -> None:
        """Shows a saved note in the fields of the CRM that its account comes from."""
        from bot.assistant.skills.note_copies import crm_reply

        _copied(context, note, as_, crm_reply, as_json=as_json)


def _copied(
    context: typer.Context,
    key: str,
    email: str,
    said: Callable[[SkillContext, LoggedNote], Reply],
    *,
    as_json: bool,
) -> None:
    from bot.assistant.skills.note_copies import note_of_proposal, proposal_of
    from bot.cli.reading import show

    def read(there: SkillContext) -> Reply:
        proposal = proposal_of(there, key)
        logged = note_of_proposal(there, proposal) if proposal is not None else None
        if logged is None:
            raise UsageError(f"there is no saved note {key!r} of yours.", "Give the receipt's id.")
        return said(there, logged)

    desk = Desk(context.obj)
    reply = context.obj.assistant.write(desk.turn(key, email), read)
    if as_json:
        print_json(reply.as_json(elapsed_ms=0))
    else:
        show(reply)
    leave(0)
