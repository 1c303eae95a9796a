"""Which files a PATH holds, what each is called there, and which of them are gone.

A file's identity is its resolved path; its place is relative to the parent of the PATH given,
POSIX, NFC. Hidden files and folders, editors' and systems' own files are passed over, links are
never followed: one that stays inside would give the same file twice, one that leaves would read
what nobody meant to give.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.documents import is_junk
from ingest.report import Failure, Skipped


@dataclass(frozen=True)
class Root:
    """A PATH to ingest: where it lies, and what the places of its files begin with."""

    path: Path
    """Resolved."""
    name: str

    @classmethod
    def of(cls, given: Path) -> Root:
        """The root that a PATH names, whether or not it is there."""
        # The name as given: a link to a folder is shown under the link's own name.
        return cls(given.resolve(), _shown(Path(os.path.abspath(given)).name))  # noqa: PTH100

    @property
    def identity(self) -> str:
        """The resolved path, as it is stored."""
        return identity(self.path)

    def holds(self, path: Path) -> bool:
        """Whether a resolved path is this one or lies below it."""
        return path == self.path or self.path in path.parents

    def place(self, path: Path) -> str:
        """What people are shown for a resolved path at or below the root."""
        below = _shown(path.relative_to(self.path).as_posix())
        return self.name if below == "." else f"{self.name}/{below}".lstrip("/")


@dataclass(frozen=True)
class SourceFile:
    """A file to ingest."""

    path: Path
    """Resolved."""
    root: Root
    place: str

    @property
    def identity(self) -> str:
        """The resolved path, as it is stored."""
        return identity(self.path)


def identity(path: Path) -> str:
    """The path as text; bytes that are no text in the file system's encoding are spelled out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def roots(given: Iterable[Path]) -> list[Root]:
    """The PATHs without those that another one holds: a file then has one place."""
    found: dict[Path, Root] = {}
    for path in given:
        root = Root.of(path)
        found.setdefault(root.path, root)
    return [
        root
        for root in found.values()
        if not root.path.exists()  # its own walk must miss it
        or not any(other is not root and _reaches(other, root.path) for other in found.values())
    ]


def _reaches(root: Root, path: Path) -> bool:
    """Whether the walk of the root comes by the path: it lies below, and not in hiding."""
    return root.holds(path) and not any(
        _is_hidden(part) or is_junk(Path(part)) for part in path.relative_to(root.path).parts
    )


def files_of(root: Root) -> Iterator[SourceFile | Failure | Skipped]:
    """What is at the root, files in the order of their places; nothing when it is not there."""
    try:
        is_folder = stat.S_ISDIR(root.path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield _unopened(root.name, error)
        return
    if is_folder:
        yield from _below(root.path, root)
    else:
        yield SourceFile(root.path, root, root.name)


def is_gone(path: str) -> bool:
    """Whether no file stands any more at a path as stored; a doubt counts as no."""
    try:
        return not stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False


def _below(folder: Path, root: Root) -> Iterator[SourceFile | Failure | Skipped]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: (_shown(entry.name), entry.name))
    except OSError as error:
        yield _unopened(root.place(folder), error)
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            if not _is_hidden(entry.name):
                yield from _below(path, root)
        elif is_junk(Path(entry.name)):
            continue
        elif entry.is_symlink():
            target = path.resolve()
            if not root.holds(target):
                yield Skipped(root.place(path), "It is a link that leaves the folder.")
        elif not entry.is_file(follow_symlinks=False):
            yield Skipped(root.place(path), "It is neither a file nor a folder.")
        elif not path.suffix:
            yield Skipped(root.place(path), "Its name has no extension that says what it is.")
        else:
            yield SourceFile(path, root, root.place(path))


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "__MACOSX"


def _unopened(place: str, error: OSError) -> Failure:
    reason = error.strerror or str(error)
    return Failure(place, f"It cannot be opened: {reason}. Check its rights and try again.")


def _shown(name: str) -> str:
    """The name in NFC; bytes that are no text become the replacement character."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)
