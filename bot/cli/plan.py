"""`kam plan`: account plans and the other documents, drafted, checked, compared, exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.assistant.reply import Outcome, Reply
from bot.cli.ask import EXIT, AsOption, Desk, JsonOption, account_by_name
from bot.cli.output import leave, print_json, warn
from kam_knowledge.errors import UsageError

if TYPE_CHECKING:
    from bot.assistant.context import SkillContext
    from bot.assistant.plans.asking import PlanWish
    from bot.assistant.plans.presenting import Presented
    from bot.assistant.turn import Turn
    from bot.render.documents.content import Paper
    from kam_knowledge.language.names import NameIndex

FORMATS = ("md", "docx", "pptx")


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def plan(
        context: typer.Context,
        as_: AsOption,
        account: Annotated[str | None, typer.Argument(help="The account's name.")] = None,
        template: Annotated[str, typer.Option(help="Which document.")] = "key_account",
        section: Annotated[str | None, typer.Option(help="One section only.")] = None,
        about: Annotated[str, typer.Option(help="The deal it is of, where it is of one.")] = "",
        period: Annotated[
            str | None, typer.Option(help="2026-Q4, 2026-11, 2026-W47 or 2026.")
        ] = None,
        language: Annotated[str | None, typer.Option(help="en or zh; else the person's.")] = None,
        format_: Annotated[
            str | None,
            typer.Option("--format", help="md, docx or pptx; else by the file's ending."),
        ] = None,
        out: Annotated[Path | None, typer.Option(help="The file it is written to.")] = None,
        for_customer: Annotated[
            bool, typer.Option("--for-customer", help="Only what the customer may read.")
        ] = False,
        check: Annotated[
            bool, typer.Option("--check", help="What is missing in it, and what is stale.")
        ] = False,
        since: Annotated[
            str | None, typer.Option(help="What changed since that day or period.")
        ] = None,
        edit: Annotated[
            Path | None, typer.Option(help="A file with the section as it should read.")
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Drafts a plan from what is on record, and keeps it as a version."""
        from bot.assistant.plans.asking import PlanWish

        kind = format_of(format_, out)
        desk = Desk(context.obj)
        turn = desk.turn(f"plan {account or ''}".strip(), as_)
        wish = PlanWish(
            account_by_name(desk.app, account) if account else None,
            template,
            section,
            period,
            spoken_by(desk, as_, language),
            for_customer,
            about,
        )
        wish.check()
        if edit is not None:
            _edited(desk, turn, wish, edit, as_json=as_json)
        elif check or since:
            _checked(desk, turn, wish, since, as_json=as_json)
        else:
            _drafted(desk, turn, wish, out, kind, as_json=as_json)


def spoken_by(desk: Desk, email: str, wanted: str | None) -> Literal["en", "zh"]:
    """The language asked for, else the person's, else the company's."""
    if wanted not in (None, "en", "zh"):
        raise UsageError(f"{wanted!r} is no language of ours.", "Use en or zh.")
    usual = wanted or desk.person(email).language or desk.app.settings.language
    return "zh" if usual == "zh" else "en"


def format_of(wanted: str | None, out: Path | None) -> str:
    """The format asked for, else that of the file's ending. Raises UsageError for one there is not,
    for a file whose ending says another, and for a file that cannot be there."""
    ending = out.suffix.lower().removeprefix(".") if out else ""
    known = ", ".join(FORMATS)
    if wanted is not None and wanted not in FORMATS:
        raise UsageError(f"{wanted!r} is no format.", f"Use {known}.")
    if out is None:
        if wanted not in (None, "md"):
            raise UsageError(f"{wanted} is a file's format.", f"Add --out FILE.{wanted}.")
        return "md"
    if ending not in FORMATS:
        endings = ", ".join(f".{one}" for one in FORMATS)
        raise UsageError(f"{out.name!r} has no ending of ours.", f"End it in {endings}.")
    if wanted not in (None, ending):
        raise UsageError(f"{out.name!r} is no {wanted} file.", f"End it in .{wanted}.")
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError(f"{out} cannot be written: no such folder.", "Check the folder.")
    return ending


def _drafted(
    desk: Desk, turn: Turn, wish: PlanWish, out: Path | None, kind: str, *, as_json: bool
) -> None:
    from bot.assistant.plans.presenting import as_json as shape
    from bot.assistant.plans.presenting import document_of, presented

    assistant = desk.app.assistant

    def work(context: SkillContext, names: NameIndex) -> Presented | Reply:
        asked = wish.asked(context)
        return asked if isinstance(asked, Reply) else presented(context, asked, wish.chosen, names)

    shown = assistant.read(turn, wish.language, work)
    if isinstance(shown, Reply):
        _said(shown, as_json=as_json)
        return
    kept = None
    if shown.draft is not None:
        kept = assistant.keep(turn, wish.language, shown.draft)
        shown = assistant.read(turn, wish.language, work)
        assert not isinstance(shown, Reply), "what was drafted a moment ago can be drafted"
    final = shown

    def write(context: SkillContext, _: NameIndex) -> tuple[str, Paper | None, dict[str, Any]]:
        from bot.assistant.plans.paper import paper_of

        markdown = document_of(context, final, headed=True, appendix=True).markdown
        paper = None if kind == "md" else paper_of(context, final)
        return markdown, paper, shape(final, markdown)

    markdown, paper, found = assistant.read(turn, wish.language, write)
    if out is not None:
        to_file(out, _bytes(paper, kind) if paper else markdown)
    if as_json:
        print_json(found | {"saved": kept.change if kept and kept.fresh else None})
    elif out is None:
        print(markdown)
    if shown.left_out:
        warn(f"lines left out because they are not for a customer: {shown.left_out}.")
    if kept is not None and not as_json:
        said = f"saved as version {kept.number} ({kept.change}); `kam undo` takes it back."
        warn(said if kept.fresh else f"nothing has changed: version {kept.number} stands.")


def _bytes(paper: Paper, kind: str) -> bytes:
    if kind == "docx":
        from bot.render.documents.word import docx_of

        return docx_of(paper)
    from bot.render.documents.slides import pptx_of

    return pptx_of(paper)


def _checked(desk: Desk, turn: Turn, wish: PlanWish, since: str | None, *, as_json: bool) -> None:
    from bot.assistant.skills.plan_changes import changes_reply
    from bot.assistant.skills.plan_gaps import gaps_reply

    def work(context: SkillContext, names: NameIndex) -> Reply:
        asked = wish.asked(context)
        if isinstance(asked, Reply):
            return asked
        if since:
            return changes_reply(context, asked, since, names)
        return gaps_reply(context, asked, names)

    _said(desk.app.assistant.answered(turn, wish.language, work), as_json=as_json)


def _edited(desk: Desk, turn: Turn, wish: PlanWish, path: Path, *, as_json: bool) -> None:
    from bot.assistant.plans.editing import proposed

    if wish.section is None:
        raise UsageError("which section?", "Add --section.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Give a UTF-8 file.") from error

    def work(context: SkillContext) -> Reply:
        context = replace(context, language=wish.language)
        asked = wish.asked(context)
        return asked if isinstance(asked, Reply) else proposed(context, asked, wish.chosen[0], text)

    _said(desk.app.assistant.write(turn, work), as_json=as_json)


def to_file(path: Path, content: str | bytes) -> None:
    """Writes a document. Raises UsageError where that cannot be."""
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} cannot be written: {reason}.", "Check the folder.") from error


def _said(reply: Reply, *, as_json: bool) -> None:
    if as_json:
        print_json(reply.as_json(elapsed_ms=0))
    else:
        from bot.cli.reading import show

        show(reply)
    clarify = 2 if reply.outcome is Outcome.CLARIFY else 0
    leave(EXIT.get(reply.outcome, clarify))
