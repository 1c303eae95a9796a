"""The database: whether it answers, its schema, its soundness, and who may sign in."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.app import App
from bot.operations.doctor.check import Check, fail, ok, warn
from kam_knowledge.clock import zone
from kam_knowledge.errors import KamError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import REVISIONS, current
from kam_knowledge.store.models import Account, Base, Note, Person


def readable_store(app: App) -> Store | None:
    """The store, when it is there and of this program's schema."""
    if _absent(app):
        return None
    store = app.unchecked_store
    return store if current(store) == REVISIONS[-1] else None


def _absent(app: App) -> bool:
    """Whether there is no local file: opening the store would create its folder."""
    return not app.settings.database_url and not (app.home / "kam.sqlite3").exists()


def check_book(app: App) -> Iterator[Check]:
    """The database from the outside in."""
    if _absent(app):
        yield warn(
            "store",
            f"{app.home} holds no book yet",
            "Run `kam init`, `kam import` or `kam demo`.",
        )
        return
    store = app.unchecked_store
    where = str(store.path or store.url.render_as_string(hide_password=True))
    revision = current(store)
    yield ok("store", f"{where} answers")
    if revision is None:
        yield warn("schema", "the database is empty", "Run `kam init` or `kam import`.")
        return
    if revision not in REVISIONS:
        yield fail(
            "schema",
            f"{revision}, of a newer version of kam (this one knows {REVISIONS[-1]})",
            "Install the newer version.",
        )
        return
    if revision != REVISIONS[-1]:
        yield warn(
            "schema",
            f"{revision}; the next command brings it to {REVISIONS[-1]}",
            "Run `kam backup FILE` first.",
        )
        return
    yield ok("schema", revision)
    with store.read() as session:
        yield from _tables(session)
        yield from _sound(store, session)
        yield from _people(session)
        accounts = session.scalar(select(func.count()).select_from(Account)) or 0
        notes = session.scalar(select(func.count()).where(Note.removed.is_(False))) or 0
        if accounts:
            yield ok("book", f"{accounts:,} accounts, {notes:,} notes")
        else:
            yield warn("book", "no account yet", "Run `kam import PATH`.")


def _tables(session: Session) -> Iterator[Check]:
    present = set(inspect(session.connection()).get_table_names())
    if missing := sorted(set(Base.metadata.tables) - present):
        yield fail("tables", f"missing: {', '.join(missing)}", "Restore a backup.")


def _sound(store: Store, session: Session) -> Iterator[Check]:
    if store.dialect != "sqlite":
        version = session.scalar(text("SHOW server_version"))
        encoding = session.scalar(text("SHOW server_encoding"))
        if encoding == "UTF8":
            yield ok("soundness", f"PostgreSQL {version}, {encoding}")
        else:
            yield fail(
                "soundness",
                f"the database's encoding is {encoding}",
                "Create it with ENCODING 'UTF8', then restore a backup.",
            )
        return
    mend = "Stop every kam, put the file aside, and restore a backup with `kam restore FILE`."
    found = session.execute(text("PRAGMA integrity_check(5)")).scalars().all()
    if found != ["ok"]:
        yield fail("soundness", "; ".join(found), mend)
        return
    orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    if orphans:
        tables = ", ".join(sorted({str(row[0]) for row in orphans}))
        yield fail("soundness", f"{len(orphans)} rows point to nothing, in {tables}", mend)
        return
    try:
        session.execute(
            text("INSERT INTO passage_fts(passage_fts, rank) VALUES ('integrity-check', 1)")
        )
    except DatabaseError as error:
        if "malformed" in str(error.orig):
            yield fail("full text", "it does not agree with the passages", "Run `kam reindex`.")
            return
        raise  # locked, for instance: the caller says so
    yield ok("soundness", "every page, reference and full-text entry is sound")


def _people(session: Session) -> Iterator[Check]:
    people = session.scalars(
        select(Person).where(Person.retracted.is_(False), Person.listed.is_(True))
    ).all()
    if not people:
        yield warn("people", "nobody may sign in", "Run `kam init --email YOU --name NAME`.")
        return
    if any(person.role == "admin" for person in people):
        yield ok("people", f"{len(people):,} of ours, with an admin")
    else:
        yield warn(
            "people", f"{len(people):,} of ours, no admin", "Run `kam init --email … --name …`."
        )
    for person in people:
        try:
            zone(person.time_zone)
        except KamError as error:
            yield warn("people", f"{person.email}: {error.message}", "Correct the people sheet.")
