"""The store: units of work, column types, and what a broken database is told as."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import StatementError

from kam_knowledge.errors import StoreUnavailable, UsageError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Change, Rate, State

ON_POSTGRESQL = pytest.mark.parametrize(
    "store", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
_PROPERTY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _value(store: Store, key: str) -> object:
    with store.read() as session:
        return session.scalar(select(State.value).where(State.key == key))


# --- units of work -----------------------------------------------------------------------------


def test_a_write_that_ends_well_is_kept(store: Store) -> None:
    with store.write() as session:
        session.add(State(key="n", value=1))
    assert _value(store, "n") == 1


def test_an_exception_rolls_the_whole_write_back(store: Store) -> None:
    def fail_midway() -> None:
        with store.write() as session:
            session.add(State(key="n", value=1))
            session.flush()
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        fail_midway()
    assert _value(store, "n") is None


def test_what_is_changed_in_a_read_is_rolled_back(store: Store) -> None:
    with store.read() as session:
        session.add(State(key="n", value=1))
        session.flush()
    assert _value(store, "n") is None


def test_rows_stay_usable_after_their_unit_of_work(store: Store) -> None:
    with store.write() as session:
        row = State(key="n", value=[1, 2])
        session.add(row)
    assert row.value == [1, 2]


def test_two_threads_incrementing_a_value_lose_no_update(store: Store) -> None:
    with store.write() as session:
        session.add(State(key="n", value=0))
    failures: list[BaseException] = []

    def increment() -> None:
        try:
            for _ in range(20):
                with store.write() as session:
                    row = session.get_one(State, "n", with_for_update=True)
                    row.value += 1
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert _value(store, "n") == 40


def test_on_sqlite_a_write_takes_the_lock_before_it_reads(sqlite_store: Store) -> None:
    """A deferred BEGIN would let two writers read the same value and one of them fail."""
    _impatient(sqlite_store.engine)
    with (
        sqlite_store.write(),
        pytest.raises(StoreUnavailable, match="locked"),
        sqlite_store.write(),
    ):
        pass


def test_a_reader_is_not_kept_waiting_by_a_writer(store: Store) -> None:
    with store.write() as session:
        session.add(State(key="n", value=1))
        session.flush()
        assert _value(store, "n") is None


def test_a_writer_is_not_kept_waiting_by_a_reader(store: Store) -> None:
    if store.dialect == "sqlite":
        _impatient(store.engine)
    with store.read() as reading:
        assert reading.get(State, "n") is None
        with store.write() as session:
            session.add(State(key="n", value=1))
    assert _value(store, "n") == 1


# --- column types ------------------------------------------------------------------------------

_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
_INSTANTS = st.datetimes(
    min_value=datetime(1900, 1, 2),  # noqa: DTZ001
    max_value=datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=_OFFSETS,
)
_DECIMALS = st.decimals(
    allow_nan=False, allow_infinity=False, places=None, min_value=-(10**18), max_value=10**18
).filter(lambda d: -12 <= d.as_tuple().exponent <= 12)  # type: ignore[operator]


@given(instant=_INSTANTS)
@_PROPERTY
def test_an_instant_comes_back_as_the_same_instant_in_utc(store: Store, instant: datetime) -> None:
    with store.read() as session:
        change = Change(key="c", cause="note", recorded_at=instant)
        session.add(change)
        session.flush()
        session.expire(change)
        assert change.recorded_at == instant
        assert change.recorded_at.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(store: Store) -> None:
    with store.read() as session:
        session.add(Change(key="c", cause="note", recorded_at=datetime(2026, 11, 21, 12)))  # noqa: DTZ001
        with pytest.raises(StatementError, match="needs a zone"):
            session.flush()


def _rate(value: object) -> Rate:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    return Rate(
        currency="EUR",
        to="CNY",
        rate=value,
        as_of=date(2026, 11, 21),
        created_at=now,
        updated_at=now,
    )


@given(value=_DECIMALS)
@_PROPERTY
def test_a_decimal_comes_back_to_the_digit_and_with_its_scale(store: Store, value: Decimal) -> None:
    with store.read() as session:
        row = _rate(value)
        session.add(row)
        session.flush()
        session.expire(row)
        assert row.rate == value
        written = max(0, -int(value.as_tuple().exponent))
        assert max(0, -int(row.rate.as_tuple().exponent)) == written


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), float("nan")])
def test_what_is_not_a_finite_number_is_no_amount(store: Store, value: object) -> None:
    with store.read() as session:
        session.add(_rate(value))
        with pytest.raises(StatementError, match="not a finite number"):
            session.flush()


# --- a database that cannot be used ------------------------------------------------------------


def _impatient(engine: Engine) -> None:
    """Waits for a lock for a moment only; the product waits ten seconds."""
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 30"))


def test_a_postgresql_that_does_not_listen_is_told_with_its_address() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = Store(f"postgresql://kam:secret@127.0.0.1:{port}/kam")
    with pytest.raises(StoreUnavailable) as failure, store.read() as session:
        session.execute(text("SELECT 1"))
    store.close()
    assert f"127.0.0.1:{port}/kam" in failure.value.message
    assert "KAM_DATABASE_URL" in failure.value.next_step
    assert "secret" not in str(failure.value)


@ON_POSTGRESQL
def test_a_connection_that_postgresql_cuts_is_told(store: Store) -> None:
    with pytest.raises(StoreUnavailable) as failure, store.write() as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert failure.value.next_step
    assert _value(store, "n") is None, "the next unit of work gets a new connection"


@ON_POSTGRESQL
def test_two_postgresql_writers_that_block_each_other_are_told_to_try_again(store: Store) -> None:
    with store.write() as session:
        session.add_all([State(key="a", value=0), State(key="b", value=0)])
    holding = threading.Barrier(2, timeout=30)
    told: list[StoreUnavailable] = []

    def crossing(first: str, second: str) -> None:
        try:
            with store.write() as session:
                session.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
                session.get_one(State, first, with_for_update=True)
                holding.wait()
                session.get_one(State, second, with_for_update=True)
        except StoreUnavailable as error:
            told.append(error)

    threads = [threading.Thread(target=crossing, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert "again" in told[0].next_step
    assert "Start it" not in told[0].next_step


def _scrambled(path: Path) -> None:
    path.write_bytes(b"This is no database at all. " * 200)


def _torn(path: Path) -> None:
    """A page in the middle was overwritten; the header is still good."""
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", [_scrambled, _torn])
def test_a_damaged_file_is_told_with_the_way_to_a_backup(
    sqlite_store: Store, damage: Callable[[Path], None]
) -> None:
    path = sqlite_store.path
    assert path is not None
    sqlite_store.close()
    damage(path)
    with pytest.raises(StoreUnavailable) as failure, sqlite_store.read() as session:
        session.execute(select(State)).all()
    assert str(path) in failure.value.message
    assert "kam restore" in failure.value.next_step


def test_a_file_that_may_not_be_written_is_told(sqlite_store: Store) -> None:
    sqlite_store.close()
    event.listen(
        sqlite_store.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON")
    )
    with pytest.raises(StoreUnavailable, match="readonly") as failure, sqlite_store.write() as s:
        s.add(State(key="n", value=1))
    assert "KAM_HOME" in failure.value.next_step


def test_a_home_that_cannot_be_created_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable) as failure:
        Store.at(tmp_path / "home" / "kam.sqlite3")
    assert "KAM_HOME" in failure.value.next_step


def test_a_folder_that_went_away_is_told(home: Path) -> None:
    store = Store.at(home / "kam.sqlite3")
    home.rmdir()
    with pytest.raises(StoreUnavailable) as failure, store.read() as session:
        session.execute(text("SELECT 1"))
    assert "KAM_HOME" in failure.value.next_step


def test_a_database_that_stays_locked_is_told(sqlite_store: Store) -> None:
    _impatient(sqlite_store.engine)
    other = sqlite3.connect(str(sqlite_store.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as failure, sqlite_store.write():
        pass
    other.rollback()
    other.close()
    assert "Another process is writing" in failure.value.next_step
    with sqlite_store.write() as session:
        session.add(State(key="n", value=1))
    assert _value(sqlite_store, "n") == 1


def test_a_full_disk_is_told_and_nothing_is_half_written(sqlite_store: Store) -> None:
    with sqlite_store.write() as session:
        session.add(State(key="before", value=1))
    sqlite_store.close()

    def fill(raw: sqlite3.Connection, _: object) -> None:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(sqlite_store.engine, "connect", fill)
    with pytest.raises(StoreUnavailable, match="full") as failure, sqlite_store.write() as session:
        session.add_all(State(key=f"k{n}", value="x" * 5_000) for n in range(200))
    assert "space" in failure.value.next_step
    assert _value(sqlite_store, "before") == 1
    assert _value(sqlite_store, "k0") is None


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["not a url", "mysql://u@h/db", "postgresql://u@h:port/db", "oracle+nothing://x"]
)
def test_an_address_that_is_none_is_a_wrong_call(url: str) -> None:
    with pytest.raises(UsageError) as failure:
        Store(url)
    assert failure.value.next_step


def test_a_wrong_address_does_not_print_its_password() -> None:
    with pytest.raises(UsageError) as failure:
        Store("postgresql://kam:hunter2@h:port/db")
    assert "hunter2" not in str(failure.value)


def test_a_plain_postgresql_address_is_driven_by_psycopg() -> None:
    store = Store("postgresql://kam@db.example.com/kam")
    assert (store.dialect, store.url.drivername) == ("postgresql", "postgresql+psycopg")
    assert store.path is None
    store.close()
