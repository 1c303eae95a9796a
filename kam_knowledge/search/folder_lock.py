"""One process owns a local index folder; a lock in it says who (design.md, decision 6)."""

from __future__ import annotations

import fcntl
import json
import os
import platform
from pathlib import Path
from typing import IO

from kam_knowledge.errors import StoreUnavailable

LOCK = "owner.lock"


class FolderInUse(StoreUnavailable):
    """Another process owns the folder; `pid` and `host` name it where it said so."""

    def __init__(self, folder: Path, pid: int | None, host: str | None) -> None:
        who = f"process {pid} on {host}" if pid else "another process"
        super().__init__(
            f"the vector index in {folder} is in use by {who}.",
            "Searching goes on without it, over the full text and the vectors in SQL.",
        )
        self.pid = pid
        self.host = host


class FolderLock:
    """Held from `take` to `release`, or until the process ends, however it ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, folder: Path) -> FolderLock:
        """The lock on the folder, which is created. Raises FolderInUse when somebody has it."""
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            owner = _owner(file.read())
            file.close()
            raise FolderInUse(folder, *owner) from error
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "host": platform.node()}))
        file.flush()
        return cls(file)

    @classmethod
    def owned(cls, folder: Path) -> FolderInUse | None:
        """Who owns the folder, None where nobody does; nothing is created or kept."""
        try:
            file = (folder / LOCK).open(encoding="utf-8")
        except OSError:
            return None
        with file:
            try:
                # Shared: two that look at once see no owner in each other.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return FolderInUse(folder, *_owner(file.read()))
        return None

    def release(self) -> None:
        """Lets another process take the folder."""
        if not self._file.closed:
            self._file.truncate(0)
            self._file.close()


def _owner(written: str) -> tuple[int | None, str | None]:
    try:
        said = json.loads(written)
        return int(said["pid"]), str(said["host"])
    except (ValueError, KeyError, TypeError):
        return None, None
