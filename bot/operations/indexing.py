"""The index of an installation: what is due is done, or everything is made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.app import App
from bot.journal import untold

if TYPE_CHECKING:
    from ingest.indexer import Indexer
    from ingest.reindex import Rebuilt

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


def run_due(app: App, progress: Progress | None = None) -> int:
    """Does the index jobs that are due; how many were done.

    Raises IndexMismatch, ModelFileError, StoreUnavailable: the jobs are then due as before.
    """
    tell = (lambda done, total: progress("indexing", done, total)) if progress else None
    return _indexer(app).run_due(progress=tell)


def rebuild(app: App, progress: Progress | None = None) -> Rebuilt:
    """Makes the tokens, the vectors and the index anew where they are not this program's.

    Raises StoreUnavailable when another process owns the index, and what the model raises.
    """
    with untold():  # that the index is another's is raised here
        return _indexer(app).rebuild(progress=progress)


def _indexer(app: App) -> Indexer:
    from ingest.indexer import Indexer

    return Indexer(app.store, lambda: app.search.embedder(), lambda: app.search.vectors())
