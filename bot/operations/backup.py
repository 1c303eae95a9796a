"""`kam backup`: everything that cannot be derived, in one file, as it stood at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bot.operations.archive import (
    ATTACHMENTS,
    ArchiveWriter,
    BackupError,
    Manifest,
    member_of,
    open_archive,
    written_whole,
)
from bot.operations.rows import dump, shapes
from kam_knowledge.errors import BookEmpty, UsageError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import REVISIONS, current, upgrade

_CHUNK = 1 << 20


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds, or a restore brought back."""

    path: Path
    schema: str
    made_at: datetime
    rows: dict[str, int]
    attachments: int
    size: int
    """In bytes."""


def back_up(store: Store, home: Path, path: Path) -> BackupReport:
    """Writes the store and the home's attachments to `path`, and reads the file back to be sure.

    The rows are those of one moment, however long it takes and whoever writes meanwhile. The file
    is replaced only by a whole one. Raises BookEmpty when there is no database, UsageError when
    `path` is something else than a backup, StoreUnavailable, OSError.
    """
    _check(path)
    if (store.path is not None and not store.path.exists()) or current(store) is None:
        raise BookEmpty("there is nothing to back up: the book is empty.", "Check KAM_HOME.")
    upgrade(store)
    tables = shapes()
    with written_whole(path) as file, ArchiveWriter(file) as writer:
        with store.read() as session:
            if store.dialect == "postgresql":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            connection = session.connection()
            for shape in tables:
                writer.add(member_of(shape), dump(connection, shape), lines=True)
        # After the rows: a file is written before the row that names it.
        for attachment, name in _attachments(home / "attachments"):
            writer.add(name, _read(attachment))
        manifest = Manifest(
            REVISIONS[-1],
            version("kam-assistant"),
            store.dialect,
            datetime.now(UTC),
            tuple(tables),
            writer.members,
        )
        writer.finish(manifest)
    with open_archive(path) as archive:
        archive.verify()
    return BackupReport(
        path,
        manifest.schema,
        manifest.made_at,
        manifest.rows,
        len(manifest.attachments),
        path.stat().st_size,
    )


def _check(path: Path) -> None:
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}.", "Create it, or name another file.")
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", f"Name a file, such as {path / 'kam.zip'}.")
    if path.exists() and path.stat().st_size:
        try:
            with open_archive(path):
                pass
        except BackupError as error:
            raise UsageError(
                f"{path} exists and is no backup of kam; it was left alone.",
                "Name another file, or remove it first.",
            ) from error


def _attachments(folder: Path) -> Iterator[tuple[Path, str]]:
    for found in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if found.is_file() and not found.is_symlink():
            yield found, ATTACHMENTS + found.relative_to(folder).as_posix()


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
