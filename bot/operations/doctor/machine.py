"""What the installation stands on: Python, SQLite, the home and the disk under it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path

from packaging.requirements import Requirement

from bot.app import App
from bot.operations.doctor.check import Check, fail, ok, warn

_MIB = 1 << 20
_LITTLE, _TOO_LITTLE = 1024 * _MIB, 100 * _MIB

_DISTRIBUTION = "kam-assistant"


def check_machine(app: App) -> Iterator[Check]:
    """Python and its packages, SQLite, the home, the space left."""
    yield ok("Python", ".".join(map(str, sys.version_info[:3])))
    missing = _missing_packages()
    if missing:
        yield fail(
            "packages",
            f"missing: {', '.join(missing)}",
            "Run `make setup`, or `pip install --no-deps --require-hashes -r requirements.lock`.",
        )
    else:
        yield ok("packages", "all there")
    yield _sqlite()
    yield from _home(app.home)


def _missing_packages() -> list[str]:
    """What the project itself declares that it needs and that is not installed."""
    declared = [Requirement(line) for line in requires(_DISTRIBUTION) or []]
    needed = (one.name for one in declared if one.marker is None or one.marker.evaluate())
    return sorted(name for name in needed if not _installed(name))


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _sqlite() -> Check:
    memory = sqlite3.connect(":memory:")
    try:
        options = {row[0] for row in memory.execute("PRAGMA compile_options")}
    finally:
        memory.close()
    if sqlite3.sqlite_version_info < (3, 35) or "ENABLE_FTS5" not in options:
        return fail(
            "SQLite",
            f"{sqlite3.sqlite_version}, which is too old or lacks FTS5",
            "Use a Python whose SQLite is 3.35 or newer with FTS5, or PostgreSQL.",
        )
    return ok("SQLite", f"{sqlite3.sqlite_version} with FTS5")


def _home(home: Path) -> Iterator[Check]:
    above = next(folder for folder in (home, *home.parents) if folder.exists())
    if not above.is_dir():
        yield fail("home", f"{above} is a file", "Set KAM_HOME to a folder.")
        return
    writable = _writable(above)
    if home.exists() and writable:
        yield ok("home", str(home))
        if home.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield warn("home", "other users of this machine can read it", f"chmod 700 {home}")
    elif writable:
        yield ok("home", f"{home}, which the first command creates")
    else:
        yield fail("home", f"{above} cannot be written to", "Set KAM_HOME to a folder of your own.")
    yield _space("disk", above)
    if above.stat().st_dev != Path(tempfile.gettempdir()).stat().st_dev:
        yield _space("temporary files", Path(tempfile.gettempdir()))


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _space(name: str, folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    finding = f"{free / _MIB:,.0f} MiB free under {folder}"
    if free < _TOO_LITTLE:
        return fail(name, finding, "Free some space before anything is written.")
    if free < _LITTLE:
        return warn(name, finding, "Free some space soon.")
    return ok(name, finding)
