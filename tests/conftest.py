"""Shared fixtures: an empty home, and a store on each database the product runs on."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from kam_knowledge.clock import Clock, clock
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Base

TODAY = date(2026, 11, 21)

# A shell's background job ignores Ctrl-C, and so would every command that a test starts from one.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All state of a test lives here; nothing of the machine's own settings reaches it."""
    for name in list(os.environ):
        if name.startswith("KAM_") and not name.startswith("KAM_TEST_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("KAM_HOME", str(folder))
    return folder


@pytest.fixture
def saturday() -> Clock:
    """21 November 2026, noon in Shanghai."""
    return clock(TODAY.isoformat(), "Asia/Shanghai")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("migrated") / "kam.sqlite3"
    opened = Store.at(path)
    upgrade(opened)
    opened.close()
    return path


@pytest.fixture(scope="session")
def migrated_database() -> Iterator[Engine]:
    """A migrated, empty PostgreSQL database, or a skip that says what is missing."""
    url = os.environ.get("KAM_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("KAM_TEST_POSTGRES_URL is not set: nothing was tested on PostgreSQL")
    name = f"kam_test_{secrets.token_hex(6)}"
    _admin(url, f"CREATE DATABASE {name}", f"ALTER DATABASE {name} SET synchronous_commit = off")
    opened = Store(make_url(url).set(database=name))
    try:
        upgrade(opened)
        yield opened.engine
    finally:
        opened.close()
        _admin(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    """An empty, migrated store; the test runs once on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    engine = request.getfixturevalue("migrated_database")
    opened = Store(engine.url)
    try:
        yield opened
    finally:
        opened.close()
        _empty(engine)


@pytest.fixture
def sqlite_store(home: Path, migrated_file: Path) -> Iterator[Store]:
    """An empty, migrated SQLite store, for tests that have nothing to do with the database."""
    home.mkdir(parents=True, exist_ok=True)
    opened = Store.at(Path(shutil.copy(migrated_file, home / "kam.sqlite3")))
    yield opened
    opened.close()


def _empty(engine: Engine) -> None:
    """Empties the database for the next test, with the ids starting at 1 again."""
    tables = Base.metadata.sorted_tables
    restart = ", ".join(
        f"setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), 1, false)"
        for table in tables
        if "id" in table.columns
    )
    with engine.begin() as connection:
        connection.execute(  # a test that failed may have left one open
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        for table in reversed(tables):
            connection.execute(table.delete())
        connection.execute(text(f"SELECT {restart}"))


def _admin(url: str, *statements: str) -> None:
    server = make_url(url).set(drivername="postgresql+psycopg", database="postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
