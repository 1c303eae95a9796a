"""`kam ask`, `kam search`, `kam channel`: questions and their replies."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app import App
from bot.assistant.reply import Outcome, Reply
from bot.assistant.turn import Turn
from bot.cli.output import leave, print_json, warn
from bot.cli.pictures import kind_of, save, told
from kam_knowledge.errors import KamError, UsageError
from kam_knowledge.store.models import Person

if TYPE_CHECKING:
    from bot.assistant.brains.drafts import Draft

EXIT = {Outcome.DENIED: 4, Outcome.FAILED: 1}

AsOption = Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who asks.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""

    @app.command()
    def ask(
        context: typer.Context,
        question: Annotated[str | None, typer.Argument(help="The question.")] = None,
        as_: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who asks.")] = None,
        channel: Annotated[str | None, typer.Option(help="Where the reply is read.")] = None,
        thread: Annotated[str | None, typer.Option(help="A conversation to go on with.")] = None,
        batch: Annotated[
            Path | None, typer.Option(help="A JSONL file of questions; one JSON line each.")
        ] = None,
        picture: Annotated[
            Path | None, typer.Option(help="Where its picture is saved: FILE.png or FILE.svg.")
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Answers a question, with its sources."""
        desk = Desk(context.obj)
        if picture is not None:
            kind_of(picture)
        if batch is not None:
            leave(3 if desk.batch(batch) else 0)
        if not question or not question.strip():
            raise UsageError("there is no question.", 'Write it: kam ask "…" --as EMAIL.')
        if not as_:
            raise UsageError("who asks?", "Add --as EMAIL.")
        started = time.perf_counter()
        reply = desk.answer(question, as_, channel, thread)
        written = save(reply.pictures, picture) if picture is not None else []
        show_reply(reply, written, as_json=as_json, elapsed_ms=_since(started))
        leave(EXIT.get(reply.outcome, 0))

    @app.command()
    def search(
        context: typer.Context,
        query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
        as_: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who asks.")] = None,
        k: Annotated[int, typer.Option("--k", min=1, max=1000, help="How many passages.")] = 10,
        account: Annotated[str | None, typer.Option(help="Only this account.")] = None,
        kind: Annotated[
            str | None, typer.Option(help="note, methodology or document only.")
        ] = None,
        batch: Annotated[
            Path | None, typer.Option(help="A JSONL file of queries; one JSON line each.")
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Finds passages of notes, documents and the method."""
        desk = Desk(context.obj)
        if batch is not None:
            leave(3 if desk.search_batch(batch, k) else 0)
        if not query or not query.strip() or not as_:
            raise UsageError("what to look for, and for whom?", 'kam search "…" --as EMAIL.')
        found = desk.search(query, as_, k=k, account=account, kind=kind)
        if as_json:
            print_json(found)
        else:
            from bot.cli.reading import show_passages

            show_passages(found)

    @app.command()
    def confirm(
        context: typer.Context,
        proposal: Annotated[str, typer.Argument(metavar="ID", help="The proposal.")],
        as_: AsOption,
        only: Annotated[
            str | None, typer.Option(metavar="1,3", help="Which of its steps; else those ticked.")
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        """Writes what was proposed; a second time returns the first receipt."""
        turn = Desk(context.obj).turn(proposal, as_)
        chosen = _numbers(only)
        _settled(
            context.obj.assistant.settle(turn, proposal, "confirm", only=chosen), as_json=as_json
        )

    @app.command()
    def cancel(
        context: typer.Context,
        proposal: Annotated[str, typer.Argument(metavar="ID", help="The proposal.")],
        as_: AsOption,
        as_json: JsonOption = False,
    ) -> None:
        """Takes a proposal off the table."""
        turn = Desk(context.obj).turn(proposal, as_)
        _settled(context.obj.assistant.settle(turn, proposal, "cancel"), as_json=as_json)

    @app.command()
    def undo(context: typer.Context, as_: AsOption, as_json: JsonOption = False) -> None:
        """Takes your last write back."""
        _settled(
            context.obj.assistant.take_back(Desk(context.obj).turn("undo", as_)), as_json=as_json
        )

    @app.command()
    def channel(
        context: typer.Context,
        key: Annotated[str, typer.Argument(metavar="ID", help="The channel.")],
        members: Annotated[
            str | None, typer.Option(help="Emails of all who read it; without: everybody.")
        ] = None,
        account: Annotated[str | None, typer.Option(help="Its default account.")] = None,
    ) -> None:
        """Describes who reads a channel."""
        app: App = context.obj
        emails = None
        if members is not None:
            emails = [part.strip() for part in members.replace(";", ",").split(",") if part.strip()]
        bound = account_by_name(app, account) if account else None
        row = app.describe_channel(key, emails, bind=bound)
        print_json(
            {
                "channel": row.key,
                "reach": row.reach,
                "members": len(row.person_ids),
                "outsiders": row.outsiders,
            }
        )


@dataclass
class Desk:
    """Asks on behalf of people; each email is looked up once a run."""

    app: App

    def __post_init__(self) -> None:
        self._people: dict[str, Person] = {}

    def person(self, email: str) -> Person:
        """Whoever has this email. Raises UnknownPerson."""
        if email not in self._people:
            self._people[email] = self.app.person(email)
        return self._people[email]

    def answer(
        self,
        text: str,
        email: str,
        channel: str | None,
        thread: str | None,
        draft: Draft | None = None,
    ) -> Reply:
        """The reply to one message; `draft` is shown it while a model writes it."""
        person = self.person(email)
        audience, bound = self.app.audience(person, channel)
        turn = Turn(text, self.app.viewer(person), audience, self.app.clock(person), thread, bound)
        return self.app.assistant.answer(turn, draft)

    def turn(self, text: str, email: str) -> Turn:
        """A turn of the command line's own, outside any thread."""
        person = self.person(email)
        audience, _ = self.app.audience(person, None)
        return Turn(text, self.app.viewer(person), audience, self.app.clock(person))

    def search(
        self, query: str, email: str, *, k: int, account: str | None, kind: str | None
    ) -> list[dict[str, Any]]:
        """Passages in the contract's shape, best first."""
        from kam_knowledge.access import Audience, decide

        if kind not in (None, "note", "methodology", "document"):
            raise UsageError(f"{kind!r} is no kind.", "Use note, methodology or document.")
        person = self.person(email)
        only = [account_by_name(self.app, account)] if account else None
        with self.app.store.read() as session:
            rights = decide(
                session,
                self.app.viewer(person),
                Audience.only(person.id),
                self.app.clock(person).today,
            )
            kinds = [kind] if kind else None
            hits = self.app.search.search(
                session, rights, query, k=k, account_ids=only, kinds=kinds
            )
        return [
            {
                "where": hit.where,
                "title": hit.title,
                "kind": hit.kind,
                "date": hit.date.isoformat() if isinstance(hit.date, date) else None,
                "account": hit.account,
                "score": round(hit.score, 6),
                "text": hit.text,
            }
            for hit in hits
        ]

    def batch(self, path: Path) -> int:
        """Answers a file of questions, one JSON line each; returns how many lines failed."""
        failed = 0
        for number, line in batch_lines(path):
            started = time.perf_counter()
            identifier = None
            try:
                asked = batch_fields(line, number, "question", "as")
                identifier = asked.get("id")
                reply = self.answer(
                    asked["question"], asked["as"], asked.get("channel"), asked.get("thread")
                )
                print_json(
                    reply.as_json(elapsed_ms=_since(started), identifier=identifier), indent=None
                )
                failed += reply.outcome is Outcome.FAILED
            except KamError as error:
                failed += 1
                warn(str(error))
                print_json(_failure(identifier, error, _since(started)), indent=None)
        return failed

    def search_batch(self, path: Path, k: int) -> int:
        """Searches for a file of queries; returns how many lines failed."""
        failed = 0
        for number, line in batch_lines(path):
            started = time.perf_counter()
            identifier = None
            try:
                asked = batch_fields(line, number, "query", "as")
                identifier = asked.get("id")
                found = self.search(
                    asked["query"],
                    asked["as"],
                    k=int(asked.get("k") or k),
                    account=asked.get("account"),
                    kind=asked.get("kind"),
                )
                answer = {"id": identifier, "results": found, "elapsed_ms": _since(started)}
                print_json(answer, indent=None)
            except KamError as error:
                failed += 1
                warn(str(error))
                answer = {"id": identifier, "results": [], "problem": str(error)}
                print_json(answer | {"elapsed_ms": _since(started)}, indent=None)
        return failed


def _numbers(only: str | None) -> list[int] | None:
    """`1,3` as places from 0; None for None. Raises UsageError."""
    if only is None:
        return None
    parts = [part.strip() for part in only.replace("，", ",").split(",") if part.strip()]
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise UsageError(f"{only!r} is no list of numbers.", "Write it as --only 1,3.")
    return [int(part) - 1 for part in parts]


def _settled(reply: Reply, *, as_json: bool) -> None:
    if as_json:
        print_json(reply.as_json(elapsed_ms=0))
    else:
        print(reply.markdown)
    leave(EXIT.get(reply.outcome, 0))


def show_reply(
    reply: Reply, written: Sequence[Path] = (), *, as_json: bool, elapsed_ms: int = 0
) -> None:
    """Prints a reply, and where its pictures were saved or how they are."""
    if as_json:
        print_json(told(reply.as_json(elapsed_ms=elapsed_ms), written))
        return
    from bot.cli.reading import show, show_pictures

    show(reply)
    show_pictures(reply, written)


def account_by_name(app: App, name: str) -> int:
    """The id of the account with this name or alias. Raises UsageError for none or several."""
    from kam_knowledge.queries.book import accounts_named

    with app.store.read() as session:
        found = accounts_named(session, name)
    if len(found) != 1:
        raise UsageError(
            f"{'several accounts are' if found else 'no account is'} called {name!r}.",
            "Write the name as the records have it.",
        )
    return found[0]


def _failure(identifier: Any, error: KamError, elapsed_ms: int) -> dict[str, Any]:
    reply = Reply(str(error), "en", Outcome.FAILED)
    return reply.as_json(elapsed_ms=elapsed_ms) | {"id": identifier}


def batch_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a JSONL file that hold something, with their numbers. Raises UsageError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Give a UTF-8 JSONL file.") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line


def batch_fields(line: str, number: int, *needed: str) -> dict[str, Any]:
    """The object of a line, with these texts in it. Raises UsageError."""
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise UsageError(f"line {number} is not JSON: {error}.", "") from error
    if not isinstance(found, dict):
        raise UsageError(f"line {number} is not a JSON object.", "")
    missing = [name for name in needed if not isinstance(found.get(name), str)]
    if missing:
        raise UsageError(f"line {number} lacks {', '.join(missing)}.", "")
    return found


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
