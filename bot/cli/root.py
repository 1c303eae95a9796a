"""Puts the command groups together. Commands import what is heavy when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.settings import load_settings


def build() -> typer.Typer:
    """The whole command line."""
    from bot.cli import (
        ask,
        book,
        chat,
        demo,
        digest,
        evaluate,
        log,
        notes,
        operate,
        people,
        pictures,
        plan,
        reviews,
        score,
        serve,
        workspace,
    )

    app = typer.Typer(
        name="kam",
        help="The assistant for key account managers: account records, notes and the method, "
        "answered with sources.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def root(
        context: typer.Context,
        home: Annotated[
            Path | None, typer.Option(help="The folder of everything local (KAM_HOME).")
        ] = None,
        today: Annotated[
            str | None, typer.Option(help="The business date, as 2026-11-21 (KAM_TODAY).")
        ] = None,
    ) -> None:
        from bot.journal import close_log, open_log

        if context.invoked_subcommand == "doctor":
            from bot.operations.doctor.choices import settings_or_mistakes

            # It is there to tell every mistake, so the first must not end it.
            settings, mistakes = settings_or_mistakes(home=home, today=today)
            context.meta["mistakes"] = mistakes
        else:
            settings = load_settings(home=home, today=today)
        app = App(settings)
        context.obj = app
        open_log(app.home, app.settings.log_level)
        context.call_on_close(close_log)
        context.call_on_close(app.close)

    for group in (
        ask,
        log,
        notes,
        book,
        chat,
        demo,
        digest,
        evaluate,
        operate,
        people,
        pictures,
        plan,
        reviews,
        score,
        serve,
        workspace,
    ):
        group.register(app)
    return app
