"""The SQL database: one `Store` a process, one session a unit of work."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from kam_knowledge.errors import StoreUnavailable, UsageError

_WRITES = "kam_writes"
_SHORT = 40
"""Characters of a list that is worth remembering."""
_FOLDER_STEP = "Check that the folder exists and may be written to, or set KAM_HOME."
_START_STEP = "Start it or correct KAM_DATABASE_URL, then try again; `kam doctor` checks it."
_STEPS = {
    "40": "Two writers blocked each other and nothing was half-written; try again.",
    "53100": "Free some space on the database's disk and try again; nothing was half-written.",
    "53300": "It takes no more connections: close some, or raise its limit, then try again.",
    "55P03": "Another process is writing; wait for it to finish, then try again.",
}
"""What to do next, by PostgreSQL's SQLSTATE or its class."""


class Store:
    """A SQLite file or a PostgreSQL database.

    `read()` and `write()` are units of work: a session that rolls back unless it is a write
    that ends well. On SQLite a write begins IMMEDIATE: a deferred one would fail at once with
    "database is locked" when two processes upgrade their locks together. `writing` is the engine
    of such transactions, for libraries that bring their own tables.
    """

    def __init__(self, url: URL | str) -> None:
        try:
            self.url = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise UsageError(  # without the address itself: it may hold a password
                "the database URL cannot be read.",
                "Set KAM_DATABASE_URL to something like postgresql://user@host/kam.",
            ) from error
        if self.url.get_backend_name() == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.engine = _engine(self.url)
        self.writing = self.engine.execution_options(**{_WRITES: True})

    @classmethod
    def at(cls, path: Path) -> Store:
        """The store in a SQLite file, which is created on the first write."""
        return cls(URL.create("sqlite", database=str(path)))

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None where the database is elsewhere."""
        name = self.url.database if self.dialect == "sqlite" else None
        return Path(name) if name and name != ":memory:" else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view; whatever is changed in it is rolled back."""
        with self.translated(), Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit of work: committed at the end, rolled back by any exception."""
        with self.translated(), Session(self.writing, expire_on_commit=False) as session:
            session.begin()
            session.connection()  # takes SQLite's write lock now, not at the first statement
            yield session
            session.commit()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turns a database's failure into one line that says what to do next."""
        try:
            yield
        except OperationalError as error:
            raise _unavailable(self, error) from error
        except DatabaseError as error:
            if isinstance(error.orig, sqlite3.DatabaseError) and "malformed" in str(error.orig):
                raise _unavailable(self, error) from error
            if "file is not a database" in str(error.orig):
                raise _unavailable(self, error) from error
            raise

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


def _engine(url: URL) -> Engine:
    # What people wrote is among the parameters, and an error's words end in a log.
    options: dict[str, Any] = {
        "pool_pre_ping": url.get_backend_name() != "sqlite",
        "hide_parameters": True,
    }
    options["json_deserializer"] = _read_json
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 10, "check_same_thread": False}
        if url.database and url.database != ":memory:":
            _make_folder(Path(url.database).parent)
    elif url.get_backend_name() == "postgresql":
        options["connect_args"] = {"connect_timeout": 10}
    else:
        raise UsageError(
            f"{url.get_backend_name()} is not a database this program runs on.",
            "Use SQLite (leave KAM_DATABASE_URL unset) or postgresql://…",
        )
    try:
        engine = create_engine(url, **options)
    except (NoSuchModuleError, ImportError) as error:
        raise UsageError(
            f"no driver for {url.drivername}: {error}.", "Write the address as postgresql://…"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return engine


def _read_json(stored: str | bytes) -> Any:
    """What a JSON column holds. Thousands of short lists of ids are read at once, most of them
    empty and many alike."""
    if stored == "[]":
        return []
    if isinstance(stored, str) and len(stored) < _SHORT and stored[:1] == "[":
        known = _numbers(stored)
        if known is not None:
            return list(known)
    return json.loads(stored)


@lru_cache(maxsize=20_000)
def _numbers(stored: str) -> tuple[int, ...] | None:
    """The list if it is one of whole numbers, of which a copy costs nothing."""
    held = json.loads(stored)
    return tuple(held) if all(type(item) is int for item in held) else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"the folder {folder} cannot be created: {error.strerror}.", _FOLDER_STEP
        ) from error


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 10000")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -16000")  # KiB; a book's rows and indices stay at hand
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _unavailable(store: Store, error: DatabaseError) -> StoreUnavailable:
    reason = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    if store.dialect == "postgresql":
        where = f"{store.url.host or 'localhost'}:{store.url.port or 5432}/{store.url.database}"
        state = getattr(error.orig, "sqlstate", None) or ""
        return StoreUnavailable(
            f"the database at {where} cannot be used: {reason}.",
            _STEPS.get(state, _STEPS.get(state[:2], _START_STEP)),
        )
    text = reason.lower()
    if "full" in text:
        step = "Free some space on the disk and try again; nothing was half-written."
    elif "locked" in text:
        step = "Another process is writing; wait for it to finish, then try again."
    elif "readonly" in text or "unable to open" in text:
        step = _FOLDER_STEP
    elif "malformed" in text or "not a database" in text:
        step = "Put the file aside and restore a backup with `kam restore FILE`."
    else:
        step = "`kam doctor` says more."
    return StoreUnavailable(f"the database {store.path} cannot be used: {reason}.", step)
