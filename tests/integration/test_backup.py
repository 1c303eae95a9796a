"""Backups: every row comes back, on either database, or nothing is touched."""

from __future__ import annotations

import json
import os
import secrets
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    Table,
    create_engine,
    func,
    insert,
    null,
    select,
    text,
)
from sqlalchemy.engine import make_url

from bot.operations.archive import ATTACHMENTS, ArchiveWriter, BackupError, Manifest, open_archive
from bot.operations.backup import back_up
from bot.operations.restore import restore
from bot.operations.rows import shapes
from kam_knowledge.errors import BookEmpty, KamError, StoreUnavailable, UsageError
from kam_knowledge.methodology.catalogue import sync
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import REVISIONS, current, upgrade
from kam_knowledge.store.models import Base, Person
from kam_knowledge.store.types import ExactDecimal, UtcDateTime

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
NOW = datetime(2026, 11, 21, 9, 30, 15, 123456, tzinfo=UTC)

Open = Callable[[str], Store]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens databases without any table, of either kind."""
    opened: list[Store] = []
    created: list[tuple[str, str]] = []

    def open_store(kind: str) -> Store:
        if kind == "sqlite":
            store = Store.at(tmp_path / secrets.token_hex(4) / "kam.sqlite3")
        else:
            url = os.environ.get("KAM_TEST_POSTGRES_URL")
            if not url:
                pytest.skip("KAM_TEST_POSTGRES_URL is not set: nothing was tested on PostgreSQL")
            name = f"kam_backup_{secrets.token_hex(6)}"
            _admin(url, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
            created.append((url, name))
            store = Store(make_url(url).set(database=name))
        opened.append(store)
        return store

    yield open_store
    for store in opened:
        store.close()
    for url, name in created:
        _admin(url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def book(empty: Open, tmp_path: Path) -> Store:
    """A SQLite store with rows of every kind in every table, and its home's attachments."""
    store = empty("sqlite")
    fill(store)
    assert store.path is not None
    folder = store.path.parent / "attachments" / "2026"
    folder.mkdir(parents=True)
    (folder / "方案.pdf").write_bytes(bytes(range(256)) * 500)
    (folder / "empty").touch()
    return store


@pytest.mark.parametrize("target", DATABASES)
@pytest.mark.parametrize("source", DATABASES)
def test_every_row_comes_back_whichever_database_it_came_from(
    source: str, target: str, empty: Open, tmp_path: Path
) -> None:
    first, second = empty(source), empty(target)
    fill(first)
    saved = back_up(first, tmp_path / "first", tmp_path / "kam.zip")
    brought_back = restore(second, tmp_path / "second", tmp_path / "kam.zip")

    assert saved.rows == brought_back.rows
    assert current(second) == REVISIONS[-1]
    before, after = every_row(first), every_row(second)
    assert all(before[table.name] for table in Base.metadata.sorted_tables), "a table is untested"
    for name in before:
        assert after[name] == before[name], name


def test_a_second_backup_of_the_restored_book_holds_the_same(
    book: Store, empty: Open, tmp_path: Path
) -> None:
    home = _home(book)
    back_up(book, home, tmp_path / "one.zip")
    other = empty("sqlite")
    restore(other, _home(other), tmp_path / "one.zip")
    back_up(other, _home(other), tmp_path / "two.zip")
    with open_archive(tmp_path / "one.zip") as one, open_archive(tmp_path / "two.zip") as two:
        assert one.manifest.members == two.manifest.members
        assert len(one.manifest.attachments) == 2


@pytest.mark.parametrize("kind", DATABASES)
def test_rows_written_after_a_restore_get_ids_of_their_own(
    kind: str, book: Store, empty: Open, tmp_path: Path
) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    store = empty(kind)
    restore(store, tmp_path / "other", tmp_path / "kam.zip")
    with store.write() as session:
        person = Person(
            email="new@example.com", name="New", as_of=NOW.date(), created_at=NOW, updated_at=NOW
        )
        session.add(person)
        session.flush()
        highest = session.scalar(select(func.max(Person.id)))
    assert person.id == highest == 4


@pytest.mark.parametrize("kind", DATABASES)
def test_full_text_finds_what_was_restored(
    kind: str, empty: Open, tmp_path: Path, book: Store
) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    store = empty(kind)
    restore(store, tmp_path / "other", tmp_path / "kam.zip")
    statement = (
        "SELECT rowid FROM passage_fts WHERE passage_fts MATCH '续约'"
        if kind == "sqlite"
        else "SELECT id FROM passages WHERE lexemes @@ '续约'::tsquery"
    )
    with store.read() as session:
        assert len(session.execute(text(statement)).all()) == 3


def test_a_book_is_not_replaced_unless_forced(book: Store, empty: Open, tmp_path: Path) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    other = empty("sqlite")
    upgrade(other)
    _add_person(other, "somebody@example.com")
    before = every_row(other)
    with pytest.raises(UsageError, match="people"):
        restore(other, _home(other), tmp_path / "kam.zip")
    assert every_row(other) == before

    restore(other, _home(other), tmp_path / "kam.zip", force=True)
    assert every_row(other) == every_row(book)


def test_the_passages_of_the_method_alone_do_not_make_a_book(
    book: Store, empty: Open, tmp_path: Path
) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    other = empty("sqlite")
    upgrade(other)
    sync(other)
    restore(other, _home(other), tmp_path / "kam.zip")
    assert every_row(other) == every_row(book)


def test_attachments_come_back_byte_for_byte_and_replace_what_was_there(
    book: Store, empty: Open, tmp_path: Path
) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    other = empty("sqlite")
    stale = _home(other) / "attachments" / "stale.txt"
    stale.parent.mkdir(parents=True)
    stale.write_text("of another book")
    with pytest.raises(UsageError, match="attachments"):
        restore(other, _home(other), tmp_path / "kam.zip")
    restore(other, _home(other), tmp_path / "kam.zip", force=True)
    assert _files(_home(other)) == _files(_home(book))


def _flip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("tables/people.jsonl")
    data = bytearray(path.read_bytes())
    data[member.header_offset + 30 + len(member.filename) + member.compress_size // 2] ^= 0xFF
    path.write_bytes(data)


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def _change_a_row(path: Path) -> None:
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["tables/people.jsonl"] = members["tables/people.jsonl"].replace(b"person", b"nobody")
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)


def _lose_a_member(path: Path) -> None:
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            if name != "tables/accounts.jsonl":
                new.writestr(name, content)


def _break_the_manifest(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", '{"format": 1, "tables": "none"}')


def _be_something_else(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")


@pytest.mark.parametrize(
    "damage",
    [_flip, _cut, _change_a_row, _lose_a_member, _break_the_manifest, _be_something_else],
)
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    damage: Callable[[Path], None], book: Store, tmp_path: Path
) -> None:
    path = tmp_path / "kam.zip"
    back_up(book, _home(book), path)
    damage(path)
    before, files = every_row(book), _files(_home(book))
    with pytest.raises(BackupError) as refused:
        restore(book, _home(book), path, force=True)
    assert str(path) in str(refused.value)
    assert every_row(book) == before
    assert _files(_home(book)) == files


@pytest.mark.parametrize("kind", DATABASES)
def test_a_restore_that_fails_half_way_leaves_the_old_state(
    kind: str, book: Store, empty: Open, tmp_path: Path
) -> None:
    back_up(book, _home(book), tmp_path / "good.zip")

    def orphan(name: str, lines: list[Any]) -> None:
        if name == "passages":  # one of the last tables: most rows are in by then
            lines[-1][1] = 999_999  # a note that does not exist

    _rewritten(tmp_path / "good.zip", tmp_path / "bad.zip", rows=orphan)
    store, home = empty(kind), tmp_path / "standing"
    upgrade(store)
    _add_person(store, "somebody@example.com")
    (home / "attachments").mkdir(parents=True)
    (home / "attachments" / "mine.txt").write_text("stays")
    before = every_row(store)
    with pytest.raises(BackupError, match=r"passages of .* cannot go into this database"):
        restore(store, home, tmp_path / "bad.zip", force=True)
    assert every_row(store) == before
    assert current(store) == REVISIONS[-1]
    assert _files(home) == {"attachments/mine.txt": b"stays"}


def test_a_backup_of_a_newer_schema_is_refused(book: Store, tmp_path: Path) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    _rewritten(tmp_path / "kam.zip", tmp_path / "newer.zip", schema="9999")
    before = every_row(book)
    with pytest.raises(BackupError, match="newer version"):
        restore(book, _home(book), tmp_path / "newer.zip", force=True)
    assert every_row(book) == before


def test_a_database_of_a_newer_schema_is_not_replaced(book: Store, tmp_path: Path) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    with book.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailable, match="newer version"):
        restore(book, _home(book), tmp_path / "kam.zip", force=True)
    assert current(book) == "9999"


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "a/../../outside.txt"])
def test_an_attachment_is_never_written_outside_the_home(
    name: str, book: Store, empty: Open, tmp_path: Path
) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    _rewritten(tmp_path / "kam.zip", tmp_path / "evil.zip", extra=ATTACHMENTS + name)
    other = empty("sqlite")
    with pytest.raises(BackupError, match="outside the home"):
        restore(other, _home(other), tmp_path / "evil.zip")
    assert not list(tmp_path.rglob("outside.txt"))


def test_a_database_that_is_none_any_more_makes_room_and_stays_beside(
    book: Store, empty: Open, tmp_path: Path
) -> None:
    back_up(book, _home(book), tmp_path / "kam.zip")
    expected = every_row(book)
    book.close()
    assert book.path is not None
    book.path.write_bytes(b"not a database " * 1000)
    with pytest.raises(StoreUnavailable, match="aside"):
        restore(book, _home(book), tmp_path / "kam.zip")
    restore(book, _home(book), tmp_path / "kam.zip", force=True)
    assert every_row(book) == expected
    aside = list(_home(book).glob("kam.sqlite3.damaged-*/kam.sqlite3"))
    assert [path.read_bytes()[:14] for path in aside] == [b"not a database"]


def test_a_backup_holds_one_moment_while_others_write(book: Store, tmp_path: Path) -> None:
    """Every write adds a thread and a product together; a backup never holds one without."""
    ended = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not ended.is_set():
            with book.write() as session:
                row = {"as_of": NOW.date(), "created_at": NOW, "updated_at": NOW, "source": ""}
                tables = Base.metadata.tables
                session.execute(
                    insert(tables["products"]),
                    row | {"product": f"both {written}", "as_of_stated": False, "confirmed": True,
                           "retracted": False},
                )  # fmt: skip
                session.execute(
                    insert(tables["threads"]),
                    {"key": f"both {written}", "focus": {}, "updated_at": NOW},
                )
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while written < 3:
            ended.wait(0.01)
        for number in range(3):
            back_up(book, _home(book), tmp_path / f"{number}.zip")
    finally:
        ended.set()
        writer.join()
    held = []
    for number in range(3):
        with open_archive(tmp_path / f"{number}.zip") as archive:
            by_name = {shape.name: shape for shape in archive.manifest.tables}
            together = [
                {json.loads(line)[list(by_name[table].columns).index(column)] for line in
                 archive.lines(by_name[table]) if b'"both ' in line}
                for table, column in (("products", "product"), ("threads", "key"))
            ]  # fmt: skip
            assert together[0] == together[1]
            held.append(len(together[0]))
    assert held[0] >= 3
    assert held[-1] < written or held[0] < held[-1], "nothing was written meanwhile"


def test_what_is_no_backup_is_never_overwritten(book: Store, tmp_path: Path) -> None:
    letter = tmp_path / "letter.docx"
    letter.write_bytes(b"PK but not ours")
    with pytest.raises(UsageError, match="no backup of kam"):
        back_up(book, _home(book), letter)
    assert letter.read_bytes() == b"PK but not ours"
    with pytest.raises(UsageError, match="is a folder"):
        back_up(book, _home(book), tmp_path)
    with pytest.raises(UsageError, match="no folder"):
        back_up(book, _home(book), tmp_path / "nowhere" / "kam.zip")


def test_an_earlier_backup_is_replaced_and_only_its_owner_may_read_it(
    book: Store, tmp_path: Path
) -> None:
    path = tmp_path / "kam.zip"
    back_up(book, _home(book), path)
    _add_person(book, "later@example.com")
    path.chmod(0o644)
    assert back_up(book, _home(book), path).rows["people"] == 4
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir() if "partial" in entry.name] == []


def test_an_absent_book_is_not_backed_up_as_an_empty_one(empty: Open, tmp_path: Path) -> None:
    store = empty("sqlite")
    with pytest.raises(BookEmpty):
        back_up(store, tmp_path, tmp_path / "kam.zip")
    assert not (tmp_path / "kam.zip").exists()
    assert store.path is not None
    assert not store.path.exists()


def test_a_file_that_is_not_there_is_said_to_be_so(empty: Open, tmp_path: Path) -> None:
    with pytest.raises(KamError, match="no file"):
        restore(empty("sqlite"), tmp_path, tmp_path / "none.zip")


def test_every_column_of_the_book_has_a_kind_that_a_backup_knows() -> None:
    for shape in shapes():
        table = Base.metadata.tables[shape.name]
        assert list(shape.columns) == [column.name for column in table.columns]
        copied = shape.table()
        for column in table.columns:
            assert copied.c[column.name].type.python_type is column.type.python_type


def fill(store: Store) -> None:
    """Three rows in every table: values of each kind, references forwards and to themselves."""
    upgrade(store)
    with store.write() as session:
        connection = session.connection()
        for table in Base.metadata.sorted_tables:
            connection.execute(insert(table), [_row(table, number) for number in (1, 2, 3)])
        for table in Base.metadata.sorted_tables:
            _point_at_each_other(connection, table)


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(table, column, number) for column in table.columns}


def _value(table: Table, column: Column[Any], number: int) -> Any:
    nothing = number == 2 and column.nullable
    if column.foreign_keys:
        ahead = any(key.column.table is table for key in column.foreign_keys)
        return None if ahead or nothing else number
    match column.type:
        case JSON():
            if nothing:
                return null()
            return [{"名": ["a", 1, None, 2.5, True]}, JSON.NULL, [number]][number - 1]
        case UtcDateTime():
            return None if nothing else NOW.replace(microsecond=number - 1)
        case ExactDecimal():
            return (
                None
                if nothing
                else Decimal(["-0.50", "0", "12345678901234567890.1200"][number - 1])
            )
        case LargeBinary():
            return bytes([0, 255, number])
        case Boolean():
            return number == 1
        case Date():
            return None if nothing else date(2026, 2, 27 + number % 2)
        case Integer():
            return number
    if table.name == "passages" and column.name == "tokens":
        return f"续约 renewal {number}"
    length = getattr(column.type, "length", None)
    words = "p" if length and length < 40 else 'person “李娜” \n\t\\ "𠮷"'
    written = f"{words} {number}"
    return None if nothing else written


def _point_at_each_other(connection: Connection, table: Table) -> None:
    for column in table.columns:
        if any(key.column.table is table for key in column.foreign_keys):
            connection.execute(table.update().where(table.c.id == 1).values({column.name: 3}))
            connection.execute(table.update().where(table.c.id == 3).values({column.name: 3}))


def every_row(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All tables, by name; JSON's null and SQL's NULL told apart."""
    found = {}
    with store.read() as session:
        for table in Base.metadata.sorted_tables:
            flags = [
                column.is_(null()) for column in table.columns if isinstance(column.type, JSON)
            ]
            rows = session.execute(
                select(*table.columns, *flags).order_by(*table.primary_key.columns)
            )
            found[table.name] = [
                tuple(str(value) if isinstance(value, Decimal) else value for value in row)
                for row in rows
            ]
    return found


def _rewritten(
    source: Path,
    target: Path,
    *,
    rows: Callable[[str, list[Any]], None] = lambda *_: None,
    schema: str | None = None,
    extra: str | None = None,
) -> None:
    """A copy whose checksums are right and whose content is another."""
    with (
        open_archive(source) as archive,
        target.open("wb") as file,
        ArchiveWriter(file) as writer,
    ):
        for shape in archive.manifest.tables:
            lines = [json.loads(line) for line in archive.lines(shape)]
            rows(shape.name, lines)
            encoded = (json.dumps(line).encode() + b"\n" for line in lines)
            writer.add(f"tables/{shape.name}.jsonl", encoded, lines=True)
        if extra:
            writer.add(extra, [b"out"])
        held = archive.manifest
        writer.finish(
            Manifest(
                schema or held.schema,
                held.program,
                held.database,
                held.made_at,
                held.tables,
                writer.members,
            )
        )


def _add_person(store: Store, email: str) -> None:
    with store.write() as session:
        session.add(Person(email=email, name="P", as_of=NOW.date(), created_at=NOW, updated_at=NOW))


def _home(store: Store) -> Path:
    assert store.path is not None
    return store.path.parent


def _files(home: Path) -> dict[str, bytes]:
    """The home's files besides the database's own."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith(("kam.sqlite3", "kam.migrating"))
    }


def _admin(url: str, statement: str) -> None:
    server = make_url(url).set(drivername="postgresql+psycopg", database="postgres")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
