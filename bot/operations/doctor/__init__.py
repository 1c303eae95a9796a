"""`kam doctor`: looks at everything an installation stands on, and says how to mend it.

It changes nothing: a database is not migrated, an index not built. Only `online` makes it call
a model or a service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from bot.operations.doctor.check import Check, Level
from kam_knowledge.errors import KamError

if TYPE_CHECKING:
    from bot.app import App

__all__ = ["Check", "Level", "examine"]


def examine(app: App, *, mistakes: Iterable[Check] = (), online: bool = False) -> Iterator[Check]:
    """Every check in turn; `mistakes` are those of settings that could not be read.

    A check that breaks is itself a failure and never ends the others.
    """
    from bot.operations.doctor.book import check_book
    from bot.operations.doctor.choices import check_settings
    from bot.operations.doctor.index import check_index
    from bot.operations.doctor.machine import check_machine
    from bot.operations.doctor.models import check_models
    from bot.operations.doctor.slack import check_slack

    found = list(mistakes)
    yield from check_settings(app.settings, found)
    parts: tuple[tuple[str, Callable[[], Iterator[Check]]], ...] = (
        ("machine", lambda: check_machine(app)),
        ("store", lambda: check_book(app)),
        ("models", lambda: check_models(app, online=online)),
        ("index", lambda: check_index(app)),
        ("slack", lambda: check_slack(app, online=online)),
    )
    for name, part in parts:
        try:
            yield from part()
        except KamError as error:
            yield Check(name, Level.FAIL, error.message, error.next_step)
        except Exception as error:  # whatever is broken is what the doctor is there to tell
            yield Check(
                name,
                Level.FAIL,
                f"cannot be checked: {type(error).__name__}: {error}",
                "Report this line; the other checks stand.",
            )
