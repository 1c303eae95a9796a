"""`kam restore`: a backup becomes the book again, or everything stays as it was."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import DecimalException
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Inspector, inspect, literal_column, select, table, text
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.operations.archive import ATTACHMENTS, Archive, BackupError, open_archive
from bot.operations.backup import BackupReport
from bot.operations.rows import Loading
from kam_knowledge.errors import StoreUnavailable, UsageError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import REVISIONS, current, scripts
from kam_knowledge.store.models import Base

_FILLED_BY_US = {"state", "passages", "passage_vectors", "index_jobs"}
"""Tables that have rows in an empty book too: those of the method."""


def restore(store: Store, home: Path, path: Path, *, force: bool = False) -> BackupReport:
    """Puts a backup in the place of an empty book, or of any book with `force`.

    The checksums are verified before anything is touched. The rows go in within one transaction,
    on either database whichever the backup came from; when it fails, the old state stands. The
    index is not restored: rebuild it afterwards.
    Raises BackupError for a file that is no backup, is damaged or of a newer schema; UsageError
    for a book that is not empty; StoreUnavailable, OSError.
    """
    with open_archive(path) as archive:
        manifest = archive.manifest
        if manifest.schema not in REVISIONS:
            raise BackupError(
                f"{path} was made by a newer version of kam (schema {manifest.schema}; "
                f"this one knows {REVISIONS[-1]}).",
                "Install the newer version, then restore; nothing was changed.",
            )
        archive.verify()
        attachments = home / "attachments"
        with _damaged_aside(store, force):
            if not force:
                _refuse_unless_empty(store, attachments)
            # The exchange is the outer one, so that a failing commit takes it back too.
            with (
                _extracted(archive, home) as files,
                _Exchange(files, attachments) as exchange,
                store.write() as session,
                _explained(archive, "its tables"),
            ):
                _replace_rows(session.connection(), archive)
                exchange.swap()
    return BackupReport(
        path,
        manifest.schema,
        manifest.made_at,
        manifest.rows,
        len(manifest.attachments),
        path.stat().st_size,
    )


def _refuse_unless_empty(store: Store, attachments: Path) -> None:
    filled = []
    if (store.path is None or store.path.exists()) and current(store) is not None:
        with store.read() as session:
            present = inspect(session.connection()).get_table_names()
            for name in sorted(set(present) & set(Base.metadata.tables) - _FILLED_BY_US):
                if session.execute(select(literal_column("1")).select_from(table(name))).first():
                    filled.append(name)
    if attachments.is_dir() and any(attachments.iterdir()):
        filled.append("attachments")
    if filled:
        raise UsageError(
            f"the book is not empty: there are {', '.join(filled)}.",
            "Restore into an empty home or database, or add --force to replace what is there.",
        )


def _replace_rows(connection: Connection, archive: Archive) -> None:
    manifest = archive.manifest
    if connection.dialect.name == "postgresql":
        # Whoever is at work in these tables would otherwise keep us waiting for ever.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    config.attributes["connection"] = connection
    held = _revision(connection)
    if held is not None:
        if held not in REVISIONS:
            raise StoreUnavailable(
                f"the database was written by a newer version of kam (schema {held}).",
                "Restore into an empty home or database; nothing was changed.",
            )
        command.downgrade(config, "base")
    command.upgrade(config, manifest.schema)
    _refuse_unknown(inspect(connection), archive)
    loading = Loading(connection)
    for shape in manifest.tables:
        with _explained(archive, shape.name):
            count = loading.load(shape, archive.lines(shape))
        if count != manifest.rows[shape.name]:
            raise BackupError(f"{archive.path} is damaged: rows of {shape.name} are missing.")
    loading.settle(manifest.tables)
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _refuse_unknown(inspector: Inspector, archive: Archive) -> None:
    present = set(inspector.get_table_names())
    for shape in archive.manifest.tables:
        columns = (
            {column["name"] for column in inspector.get_columns(shape.name)}
            if shape.name in present
            else set()
        )
        if unknown := set(shape.columns) - columns:
            raise BackupError(
                f"{archive.path} is damaged: schema {archive.manifest.schema} has no "
                f"{shape.name}.{min(unknown)}.",
                "Use another backup; nothing was changed.",
            )


@contextmanager
def _explained(archive: Archive, what: str) -> Iterator[None]:
    """What can go wrong while rows go in, as one line."""
    try:
        yield
    except OperationalError as error:
        if "lock" not in str(error.orig):
            raise
        raise StoreUnavailable(
            "another process is at work in the database.",
            "Stop every other kam, then try again; nothing was changed.",
        ) from error
    except (DBAPIError, ValueError, TypeError, KeyError, DecimalException) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = (str(cause) or type(cause).__name__).splitlines()[0]
        raise BackupError(
            f"{what} of {archive.path} cannot go into this database: {reason}.",
            "Nothing was changed.",
        ) from error


@contextmanager
def _damaged_aside(store: Store, force: bool) -> Iterator[None]:
    """With `force`, a SQLite file that is no database any more makes room, and stays beside."""
    path = store.path
    if path is None or not path.exists() or not force:
        yield
        return
    moved: list[tuple[Path, Path]] = []
    try:
        with store.read() as session:
            damaged = session.execute(text("PRAGMA quick_check(1)")).scalar() != "ok"
    except StoreUnavailable:
        damaged = True
    if damaged:
        store.close()
        aside = Path(tempfile.mkdtemp(prefix=f"{path.name}.damaged-", dir=path.parent))
        for suffix in ("", "-wal", "-shm"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                moved.append((part, part.rename(aside / part.name)))
    try:
        yield
    except BaseException:
        if moved:
            store.close()
            for part, held in moved:
                held.replace(part)
        raise


@contextmanager
def _extracted(archive: Archive, home: Path) -> Iterator[Path]:
    """The backup's attachments in a folder beside their place."""
    home.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".restoring-", dir=home))
    try:
        files = scratch / "attachments"
        files.mkdir()
        for member in archive.manifest.attachments:
            target = files / member.name.removeprefix(ATTACHMENTS)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                for chunk in archive.chunks(member.name):
                    file.write(chunk)
        yield files
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Exchange:
    """Puts one folder in the place of another, and takes it back when the block fails."""

    def __init__(self, new: Path, place: Path) -> None:
        self._new, self._place = new, place
        self._old = new.with_name("replaced")
        self._swapped = False

    def __enter__(self) -> _Exchange:
        return self

    def swap(self) -> None:
        """Exchanges the folders."""
        if self._place.exists():
            self._place.rename(self._old)
        self._swapped = True
        if any(self._new.iterdir()):
            self._new.rename(self._place)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or not self._swapped:
            return
        if self._place.exists():
            self._place.rename(self._new)
        if self._old.exists():
            self._old.rename(self._place)
