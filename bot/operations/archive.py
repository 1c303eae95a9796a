"""The file of a backup: a ZIP with a manifest, a JSON-lines file a table, and the attachments.

    manifest.json              what made it, of which schema, every member's rows and SHA-256
    tables/NAME.jsonl          see `rows`
    attachments/…              as they lie in the home

The vector index is not in it: it is derived, and its vectors are rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from bot.operations.rows import TableShape
from kam_knowledge.errors import KamError

MANIFEST = "manifest.json"
ATTACHMENTS = "attachments/"
_FORMAT = 1
_CHUNK = 1 << 20


class BackupError(KamError):
    """A file that is no backup, a damaged one, or one that this program cannot restore."""


@dataclass(frozen=True)
class Member:
    """A file in the archive; `rows` of a table's, None for an attachment."""

    name: str
    sha256: str
    size: int
    rows: int | None = None


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    schema: str
    program: str
    database: str
    made_at: datetime
    tables: tuple[TableShape, ...]
    members: dict[str, Member]

    def as_json(self) -> dict[str, Any]:
        """As it stands in the archive."""
        return {
            "format": _FORMAT,
            "schema": self.schema,
            "program": self.program,
            "database": self.database,
            "made_at": self.made_at.isoformat(),
            "tables": [shape.as_json() for shape in self.tables],
            "members": [vars(member) for member in self.members.values()],
        }

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        found = {shape.name: self.members[member_of(shape)].rows for shape in self.tables}
        return {name: count or 0 for name, count in found.items()}

    @property
    def attachments(self) -> list[Member]:
        """The files that lay in the home's attachments."""
        return [one for one in self.members.values() if one.name.startswith(ATTACHMENTS)]


def member_of(shape: TableShape) -> str:
    """The name of the table's file in the archive."""
    return f"tables/{shape.name}.jsonl"


class ArchiveWriter:
    """Writes members, and remembers what the manifest has to say of them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.members: dict[str, Member] = {}

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            # Else it would try to finish the file when it is collected, and complain on stderr.
            with suppress(OSError, ValueError):
                self._zip.close()

    def add(self, name: str, chunks: Iterable[bytes], *, lines: bool = False) -> None:
        """Writes a member; with `lines`, a chunk is a row."""
        digest, size, count = hashlib.sha256(), 0, 0
        with self._zip.open(name, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                count += 1
        self.members[name] = Member(name, digest.hexdigest(), size, count if lines else None)

    def finish(self, manifest: Manifest) -> None:
        """Writes the manifest and the directory."""
        written = json.dumps(manifest.as_json(), ensure_ascii=False, indent=1)
        self._zip.writestr(MANIFEST, written)
        self._zip.close()


class Archive:
    """A backup to read from."""

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self.path = path
        self._zip = opened
        self.manifest = self._manifest()

    def verify(self) -> None:
        """Reads every member and compares it with the manifest. Raises BackupError."""
        for member in self.manifest.members.values():
            digest, size = hashlib.sha256(), 0
            for chunk in self.chunks(member.name):
                digest.update(chunk)
                size += len(chunk)
            if (digest.hexdigest(), size) != (member.sha256, member.size):
                raise self._damaged(f"{member.name} is not what was written")

    def chunks(self, name: str) -> Iterator[bytes]:
        """A member's bytes, piece by piece. Raises BackupError where they are damaged."""
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise self._damaged(f"{name} cannot be read") from error

    def lines(self, shape: TableShape) -> Iterator[bytes]:
        """A table's rows."""
        try:
            with self._zip.open(member_of(shape)) as member:
                yield from member
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise self._damaged(f"{shape.name} cannot be read") from error

    def _manifest(self) -> Manifest:
        try:
            found = json.loads(b"".join(self.chunks(MANIFEST)))
            if found["format"] != _FORMAT:
                raise BackupError(
                    f"{self.path} is a backup of a newer kind ({found['format']}).",
                    "Restore it with the version of kam that made it, or a newer one.",
                )
            members = [Member(**member) for member in found["members"]]
            manifest = Manifest(
                str(found["schema"]),
                str(found["program"]),
                str(found["database"]),
                datetime.fromisoformat(found["made_at"]),
                tuple(TableShape.from_json(shape) for shape in found["tables"]),
                {member.name: member for member in members},
            )
            manifest.rows  # noqa: B018 - every table has its member
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._damaged("its manifest makes no sense") from error
        for member in manifest.attachments:
            if not _stays_inside(member.name.removeprefix(ATTACHMENTS)):
                raise self._damaged(f"{member.name!r} would be written outside the home")
        return manifest

    def _damaged(self, what: str) -> BackupError:
        return BackupError(
            f"{self.path} is damaged: {what}.", "Use another backup; nothing was changed."
        )


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Opens a backup for reading. Raises BackupError when the file is missing or is none."""
    try:
        opened = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise BackupError(f"there is no file {path}.", "Check the path.") from error
    except IsADirectoryError as error:
        raise BackupError(f"{path} is a folder.", "Give the backup's file.") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise BackupError(
            f"{path} is no backup of kam, or only a part of one.",
            "Give a file that `kam backup` wrote; nothing was changed.",
        ) from error
    with opened:
        if MANIFEST not in opened.namelist():
            raise BackupError(
                f"{path} is no backup of kam.", "Give a file that `kam backup` wrote."
            )
        yield Archive(path, opened)


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only once it is whole, readable by its owner alone."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts
