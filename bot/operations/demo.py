"""The demo's home: the sample book, loaded once a day, apart from every real book."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, Any

from bot.app import App
from bot.operations.indexing import Progress
from bot.settings import Settings
from kam_knowledge.errors import KamError, UsageError
from kam_knowledge.store.migrate import REVISIONS

MARKER = "demo.json"
_KEPT = {MARKER, "demo.lock", "models", "logs", "chat_history"}
"""What a new load leaves in the home."""


def demo_settings(settings: Settings) -> Settings:
    """The same settings over a home of the demo's own, and never over a server.

    The home is KAM_HOME where it is set, else `.demo` in the project, else one beside the
    platform's user data folder.
    """
    home = settings.home or _project_home()
    if home is None:
        usual = settings.home_folder
        home = usual.with_name(f"{usual.name}-demo")
    return settings.model_copy(update={"home": home, "database_url": None, "chroma_url": None})


def _project_home() -> Path | None:
    import bot

    root = Path(next(iter(bot.__path__))).resolve().parent
    return root / ".demo" if (root / "pyproject.toml").is_file() else None


@contextmanager
def loaded(app: App, load: Callable[[App, Path, date], None]) -> Iterator[date]:
    """Keeps the sample book loaded in the app's home while the block runs; the book's day.

    It is loaded when the day or the book has changed since, unless another demo is running in
    the home: then it stays as it is. Raises UsageError when the home holds another book.
    """
    home = app.home
    home.mkdir(parents=True, exist_ok=True)
    with (home / "demo.lock").open("w") as lock:
        alone = _locked(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        marker = _marker(home)
        if not alone and not marker.get("ready"):
            _locked(lock, fcntl.LOCK_EX)  # somebody is loading it
            alone, marker = True, _marker(home)
        wanted = {"day": app.clock().today.isoformat(), "book": fingerprint(app.settings)}
        if alone and marker != wanted | {"ready": True}:
            if not marker and any(entry.name not in _KEPT for entry in home.iterdir()):
                raise UsageError(
                    f"{home} holds a book that is not the demo's.",
                    "Set KAM_HOME to another folder, or unset it.",
                )
            _write(home, wanted | {"ready": False})
            _clear(home)
            load(app, home / "book", app.clock().today)
            _write(home, wanted | {"ready": True})
            marker = wanted
        _locked(lock, fcntl.LOCK_SH)
        yield date.fromisoformat(marker["day"])


def load_sample_book(app: App, folder: Path, today: date, progress: Progress | None = None) -> None:
    """Writes the sample book, imports its workbook, ingests its notes and indexes them.

    Raises KamError when a part of it is refused: the book ships with the program.
    """
    from bot.operations.ingesting import ingest_and_index
    from ingest.crm import import_path
    from kam_knowledge.sample_book import materialise

    book = materialise(folder, today)
    imported = import_path(app.store, book.workbook, clock=app.clock())
    for problem in imported.problems:
        raise KamError(
            f"the sample book is wrong: {problem.where}: {problem.column}: {problem.problem}.",
            "Install kam anew.",
        )
    ingested = ingest_and_index(app, [book.notes_folder], progress)
    for failure in ingested.report.failed:
        raise KamError(
            f"the sample book is wrong: {failure.path}: {failure.problem}", "Install kam anew."
        )
    if ingested.not_indexed:
        raise ingested.not_indexed


def fingerprint(settings: Settings) -> str:
    """Changes with the book's files, the program, the schema and the embedding model."""
    digest = sha256(json.dumps([version("kam-assistant"), REVISIONS, settings.embeddings]).encode())
    for name, content in _files(resources.files("kam_knowledge.sample_book"), ""):
        digest.update(name.encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()


def _clear(home: Path) -> None:
    for entry in home.iterdir():
        if entry.name in _KEPT:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _marker(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(home: Path, marker: dict[str, Any]) -> None:
    partial = home / f"{MARKER}.partial"
    partial.write_text(json.dumps(marker), encoding="utf-8")
    partial.replace(home / MARKER)


def _locked(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how)
    except BlockingIOError:
        return False
    return True
