"""Migrations: from nothing, again, several at once, and never past what the program knows."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from kam_knowledge.errors import StoreUnavailable
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import REVISIONS, current, scripts, upgrade
from kam_knowledge.store.models import Base, State

AT_ONCE = 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        opened = Store.at(tmp_path / "new" / "kam.sqlite3")
        yield opened
        opened.close()
        return
    url = os.environ.get("KAM_TEST_POSTGRES_URL")
    if not url:
        pytest.skip("KAM_TEST_POSTGRES_URL is not set: nothing was tested on PostgreSQL")
    name = f"kam_empty_{secrets.token_hex(6)}"
    server = create_engine(
        make_url(url).set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    opened = Store(make_url(url).set(database=name))
    try:
        yield opened
    finally:
        opened.close()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts()))
    return config


def test_an_empty_database_is_brought_to_the_newest_revision_once(empty: Store) -> None:
    assert current(empty) is None
    assert upgrade(empty) is True
    assert current(empty) == REVISIONS[-1]
    assert upgrade(empty) is False
    with empty.write() as session:
        session.add(State(key="n", value=1))
    assert upgrade(empty) is False
    with empty.read() as session:
        assert session.get_one(State, "n").value == 1


def test_the_models_are_what_the_migrations_make(empty: Store) -> None:
    upgrade(empty)
    config = _config()
    with empty.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)  # raises with the differences


def test_the_way_back_leaves_nothing(empty: Store) -> None:
    upgrade(empty)
    config = _config()
    with empty.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    left = set(inspect(empty.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    assert left == set()
    assert upgrade(empty) is True


@pytest.mark.slow
def test_several_processes_at_once_migrate_it_once(empty: Store) -> None:
    script = (
        "import sys; from kam_knowledge.store.engine import Store;"
        "from kam_knowledge.store.migrate import upgrade;"
        "print(upgrade(Store(sys.argv[1])))"
    )
    url = empty.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(AT_ONCE)
    ]
    ended = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * AT_ONCE, ended
    assert sorted(out.strip() for out, _ in ended) == ["False"] * (AT_ONCE - 1) + ["True"]
    assert _tables(empty) >= set(Base.metadata.tables)


def test_several_threads_at_once_migrate_it_once(empty: Store) -> None:
    barrier = threading.Barrier(AT_ONCE, timeout=30)
    did: list[bool] = []
    failures: list[BaseException] = []

    def start() -> None:
        own = Store(empty.url)
        try:
            barrier.wait()
            did.append(upgrade(own))
        except BaseException as error:
            failures.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=start) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(did) == [False] * (AT_ONCE - 1) + [True]


def test_a_database_of_a_newer_program_is_refused_and_left_alone(empty: Store) -> None:
    upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer version of kam") as failure:
        upgrade(empty)
    assert "9999" in failure.value.message
    assert "Install the newer version" in failure.value.next_step
    assert current(empty) == "9999"


def test_mails_on_record_are_looked_at_once_and_those_who_were_there_get_their_rows(
    empty: Store,
) -> None:
    config = _config()
    with empty.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text(
                "INSERT INTO accounts (id, name, aliases, source, as_of, as_of_stated, confirmed, "
                "retracted, visibility, created_at, updated_at) VALUES (1, 'ACME', '[]', '', "
                "'2026-01-01', false, true, false, 'open', '2026-01-01', '2026-01-01')"
            )
        )
        for key, (title, body) in enumerate(
            [("Offer", "As we said."), ("Newsletter 4", ""), ("News", "点此退订。")], start=1
        ):
            connection.execute(
                text(
                    "INSERT INTO notes (id, key, account_id, kind, date, title, visibility, "
                    "language, text, content_hash, origin, format, inferred, removed, recorded_at, "
                    "updated_at) VALUES (:id, :key, 1, 'email', '2026-01-01', :title, 'open', "
                    "'en', :text, :key, 'file', 'text', '{}', false, '2026-01-01', '2026-01-01')"
                ),
                {"id": key, "key": f"n{key}", "title": title, "text": body},
            )
            connection.execute(
                text(
                    "INSERT INTO interactions (id, note_id, account_id, date, kind, contact_ids, "
                    "person_ids, unknown_names, assumed) VALUES (:id, :id, 1, '2026-01-01', "
                    "'email', '[7, 9]', '[]', '[]', false)"
                ),
                {"id": key},
            )
    assert upgrade(empty) is True
    with empty.engine.begin() as connection:
        marks = connection.execute(text("SELECT mass FROM interactions ORDER BY id")).scalars()
        assert [bool(mark) for mark in marks] == [False, True, True]
        rows = connection.execute(text("SELECT contact_id, touch_id FROM interaction_contacts"))
        assert set(map(tuple, rows)) == {(who, touch) for who in (7, 9) for touch in (1, 2, 3)}


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Store) -> None:
    """What stands in the way is told by the database; nothing of ours is left behind."""
    with empty.engine.begin() as connection:
        connection.execute(text("CREATE TABLE ledger (somebody_elses INTEGER)"))
    with pytest.raises(Exception, match="ledger"):
        upgrade(empty)
    assert _tables(empty) == {"ledger"}
    assert current(empty) is None


def _tables(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())
