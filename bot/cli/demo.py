"""`kam demo`: the assistant over the sample book."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.cli.chat import Conversation
from bot.cli.output import leave
from bot.cli.progress import bar
from bot.journal import open_log
from bot.operations.demo import demo_settings, load_sample_book, loaded
from prompts import load


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @app.command()
    def demo(
        context: typer.Context,
        script: Annotated[
            bool, typer.Option("--script", help="Print five questions with their answers, and end.")
        ] = False,
    ) -> None:
        """Loads a sample book into a home of its own and opens a chat over it."""
        inner = App(demo_settings(context.obj.settings))
        context.call_on_close(inner.close)
        open_log(inner.home, inner.settings.log_level)
        with loaded(inner, _load) as day:
            texts = load("demo.yaml")
            print(texts["intro"].format(day=day))
            conversation = Conversation(inner, texts["as"])
            if script or not (sys.stdin.isatty() and sys.stdout.isatty()):
                for question in texts["questions"]:
                    print(f"› {question}", flush=True)
                    conversation.answer(question)
                leave(0)
            conversation.welcome()
            conversation.run()


def _load(app: App, folder: Path, today: date) -> None:
    print(load("demo.yaml")["loading"].format(day=today), file=sys.stderr, flush=True)
    with bar() as progress:
        load_sample_book(app, folder, today, progress)
