"""`kam ingest`: files become notes, and the notes are indexed in the same run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.app import App
from bot.operations.indexing import Progress, run_due
from bot.settings import Settings
from ingest.documents import Limits
from ingest.files import ingest_paths
from ingest.report import IngestReport
from kam_knowledge.errors import KamError

_MIB = 1 << 20


@dataclass(frozen=True)
class Ingested:
    """The report, and why the passages could not be indexed if they could not.

    They are found by their words all the same, and the jobs stay due.
    """

    report: IngestReport
    not_indexed: KamError | None = None


def ingest_and_index(app: App, paths: Sequence[Path], progress: Progress | None = None) -> Ingested:
    """Brings the notes to what the files hold, then the index to what the notes hold.

    Raises IndexMismatch where the full text is another tokeniser's, StoreUnavailable.
    """

    def reading(done: int, total: int, _place: str) -> None:
        if progress is not None:
            progress("reading", done, total)

    report = ingest_paths(
        app.store, paths, clock=app.clock(), limits=document_limits(app.settings), progress=reading
    )
    try:
        run_due(app, progress)
    except KamError as error:
        return Ingested(report, error)
    return Ingested(report)


def document_limits(settings: Settings) -> Limits:
    """What one document may cost, as the settings have it."""
    return Limits(
        file_bytes=settings.document_mib * _MIB,
        seconds=settings.document_seconds,
        cpu_seconds=settings.document_seconds,
        memory_bytes=settings.document_memory_mib * _MIB,
    )
