"""`kam eval`: measurements on files of questions whose answers are known."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.app import App
from bot.cli.failures import explain
from bot.cli.output import leave, print_json
from bot.cli.progress import bar as progress_bar
from kam_knowledge.errors import UsageError
from kam_knowledge.search.embeddings import open_embedder

if TYPE_CHECKING:
    from bot.evaluation.asking import Report, Verdict
    from bot.evaluation.notes import NotesReport
    from bot.evaluation.retrieval import RetrievalReport

_HELP = """\
kam eval QUESTIONS.jsonl…      asks the questions of the files and judges the answers;
                               docs/evaluation.md describes their format
kam eval --log NOTES.jsonl     how well notes are understood: account, date, people, promises
kam eval --retrieval FOLDER    how well search ranks: FOLDER holds corpus.jsonl,
                               queries.jsonl and qrels.tsv"""


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command("eval")
    def evaluate(
        context: typer.Context,
        questions: Annotated[
            list[Path] | None,
            typer.Argument(metavar="QUESTIONS.jsonl…", help="Questions with expectations."),
        ] = None,
        sample: Annotated[
            bool, typer.Option("--sample", help="Ask over the sample book, not the home's book.")
        ] = False,
        group: Annotated[
            list[str] | None, typer.Option(metavar="NAME", help="Only questions of this group.")
        ] = None,
        bar: Annotated[
            float | None,
            typer.Option(
                min=0, max=1, help="Exit code 1 when a group in a language is under this share."
            ),
        ] = None,
        show: Annotated[bool, typer.Option("--show", help="The wrong answers, too.")] = False,
        retrieval: Annotated[
            Path | None,
            typer.Option(
                metavar="FOLDER",
                help="Search quality on corpus.jsonl, queries.jsonl and qrels.tsv.",
            ),
        ] = None,
        log: Annotated[
            list[Path] | None,
            typer.Option(metavar="NOTES.jsonl", help="How well notes are understood."),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="JSON for programs.")] = False,
    ) -> None:
        """Measures the assistant: answers to questions of yours, notes logged, how search ranks."""
        if sum(map(bool, (retrieval, questions, log))) > 1:
            raise UsageError("two measurements at once.", "Give one of the three.")
        if log:
            _notes(context.obj, log, sample=sample, bar=bar, as_json=as_json)
        elif questions:
            _questions(context.obj, questions, sample, group or [], bar, show, as_json)
        elif retrieval is not None:
            _retrieval(context.obj, retrieval, as_json)
        else:
            print(_HELP)


def _questions(
    app: App,
    paths: list[Path],
    sample: bool,
    groups: list[str],
    bar: float | None,
    show: bool,
    as_json: bool,
) -> None:
    from bot.evaluation.asking import evaluate, sample_book_app
    from bot.evaluation.questions import read_questions

    asked = read_questions(paths)
    if groups:
        there = dict.fromkeys(question.group for question in asked)
        if unknown := [name for name in groups if name not in there]:
            raise UsageError(
                f"no group is called {unknown[0]!r}.", f"There are {', '.join(there)}."
            )
        asked = [question for question in asked if question.group in groups]
    with ExitStack() as stack:
        progress = stack.enter_context(progress_bar())
        over = app
        if sample:
            over = stack.enter_context(sample_book_app(app.settings, progress))
        report = evaluate(
            over, asked, lambda error: explain(error, app.home, "kam eval")[0], progress
        )
    if as_json:
        print_json(report.as_json())
    else:
        _show_questions(report, bar, show)
    if bar is not None and report.under(bar):
        leave(1)
    leave(3 if report.wrong else 0)


def _show_questions(report: Report, bar: float | None, show: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    right = len(report.verdicts) - len(report.wrong)
    table = Table("group", "", title=f"{right} of {len(report.verdicts)} right")
    for heading in ("asked", "right", "share"):
        table.add_column(heading, justify="right")
    under = set() if bar is None else set(report.under(bar))
    for (group, language), score in report.by_group.items():
        low = " <" if (group, language) in under else ""
        style = "bold" if low else ""
        figures = (str(score.asked), str(score.right), f"{score.share:.0%}{low}")
        table.add_row(group, language, *figures, style=style)
    table.add_section()
    for language, score in report.by_language.items():
        table.add_row("all", language, str(score.asked), str(score.right), f"{score.share:.1%}")
    Console(highlight=False).print(table)
    for verdict in report.wrong:
        _show_wrong(verdict, show)


def _show_wrong(verdict: Verdict, show: bool) -> None:
    from bot.cli.reading import harmless

    question = verdict.question
    print(f"\n{question.id}  {question.text}")
    for reason in verdict.reasons:
        print(f"  - {reason}")
    if show and verdict.reply is not None:
        answer = harmless(verdict.reply.markdown)
        print("\n".join(f"  | {line}" for line in answer.splitlines()))


def _notes(app: App, paths: list[Path], *, sample: bool, bar: float | None, as_json: bool) -> None:
    from bot.evaluation.asking import sample_book_app
    from bot.evaluation.notes import evaluate_notes, read_notes, under

    labelled = read_notes(paths)
    with ExitStack() as stack:
        progress = stack.enter_context(progress_bar())
        over = app
        if sample:
            over = stack.enter_context(sample_book_app(app.settings, progress))
        report = evaluate_notes(over, labelled, progress)
    if as_json:
        print_json(report.as_json())
    else:
        _show_notes(report)
    if bar is not None and under(report, dict.fromkeys(_NOTE_SHARES, bar)):
        leave(1)
    leave(3 if report.wrong else 0)


_NOTE_SHARES = ("account", "date", "attendee_f1", "action_recall", "owner_and_due")


def _show_notes(report: NotesReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("notes", title=f"{report.tallies['all'].notes} notes")
    for heading in (*_NOTE_SHARES, "invented"):
        table.add_column(heading.replace("_", " "), justify="right")
    for name, tally in report.tallies.items():
        found = tally.as_json()
        shares = ("" if found[key] is None else f"{found[key]:.1%}" for key in _NOTE_SHARES)
        table.add_row(name, *shares, f"{tally.invented} of {tally.without_actions}")
    Console(highlight=False).print(table)
    for name, said in report.wrong.items():
        print(f"\n{name}")
        for one in said:
            print(f"  - {one}")


def _retrieval(app: App, folder: Path, as_json: bool) -> None:
    from bot.evaluation.retrieval import evaluate as measure

    if app.settings.embeddings == "none":
        raise UsageError("without embeddings there is nothing to compare.", "Unset KAM_EMBEDDINGS.")
    report = measure(folder, open_embedder(app.settings.embeddings, app.home / "models"))
    if as_json:
        print_json(report.as_json())
    else:
        _show(report)


def _show(report: RetrievalReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("ranking", title=f"{report.queries} queries, {report.passages} passages")
    for heading in ("nDCG@10", "recall@10", "MRR"):
        table.add_column(heading, justify="right")
    rows = {
        "vectors alone": report.vectors,
        "BM25 alone": report.bm25,
        "naive fusion": report.fusion,
        "kam": report.ours,
    }
    for name, figures in rows.items():
        values = (f"{value:.3f}" for value in (figures.ndcg, figures.recall, figures.mrr))
        table.add_row(name, *values, style="bold" if figures is report.ours else "")
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{report.gain:.2f} times the best of the three, with {report.model}.")
