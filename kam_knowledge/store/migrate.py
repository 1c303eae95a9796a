"""Brings a database to this program's schema, under a lock, and refuses a newer one."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from kam_knowledge.errors import StoreUnavailable
from kam_knowledge.store.engine import Store

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
"""Every revision, oldest first: what a start-up check needs without loading Alembic."""

_LOCK = 0x6B616D  # "kam": PostgreSQL's advisory lock for migrations


def current(store: Store) -> str | None:
    """The revision the database is at, None for an empty database."""
    with store.translated(), store.engine.connect() as connection:
        return _revision(connection)


def upgrade(store: Store) -> bool:
    """Migrates to the newest revision if need be; returns whether it did.

    Raises StoreUnavailable when the database was written by a newer program.
    """
    if _checked(current(store)) == REVISIONS[-1]:
        return False
    with locked(store):
        if _checked(current(store)) == REVISIONS[-1]:
            return False  # another process was faster
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(scripts()))
        with store.translated(), store.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return True


def scripts() -> Path:
    """The folder of the migration scripts."""
    return Path(str(resources.files("kam_knowledge.store") / "migrations"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _checked(revision: str | None) -> str | None:
    if revision is not None and revision not in REVISIONS:
        raise StoreUnavailable(
            f"the database was written by a newer version of kam (schema {revision}; "
            f"this one knows {REVISIONS[-1]}).",
            "Install the newer version, or restore a backup made by this one.",
        )
    return revision


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Within the block no other process changes the schema."""
    if store.dialect == "postgresql":
        with store.translated(), store.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        return
    path = store.path
    if path is None:
        yield
        return
    with path.with_suffix(".migrating").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
