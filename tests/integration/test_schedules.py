"""What is due by the clock is done once: by any worker, after a kill, after a long pause."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kam_knowledge import schedules
from kam_knowledge.schedules import Due, NotOurs, Weekly
from kam_knowledge.store.engine import Store
from kam_knowledge.store.migrate import upgrade
from kam_knowledge.store.models import Schedule, State

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store.at(tmp_path / "kam.sqlite3")
    upgrade(found)
    yield found
    found.close()


def put(store: Store, key: str = "one", at: datetime = NOW) -> None:
    """Something that is to be done once."""
    with store.write() as session:
        schedules.once(session, key, "test", at, {"n": 1})


def take(store: Store, owner: str = "me", at: datetime = NOW) -> Due | None:
    """What a worker gets at that instant."""
    return schedules.claim(store, owner, {"test"}, now=at)


def finishes(store: Store, due: Due) -> None:
    """Writes something and marks it done."""
    with store.write() as session:
        session.add(State(key=f"by {due.owner}", value=1))
        schedules.finish(session, due)


def row(store: Store, key: str = "one") -> Schedule:
    """The schedule as it stands."""
    with store.read() as session:
        found = session.scalars(select(Schedule).where(Schedule.key == key)).one()
        session.expunge_all()
        return found


def test_nothing_is_given_out_before_its_time_or_to_whom_it_is_not_for(store: Store) -> None:
    put(store, at=NOW + HOUR)
    assert take(store) is None
    assert schedules.claim(store, "me", {"other"}, now=NOW + 2 * HOUR) is None
    found = take(store, at=NOW + HOUR)
    assert found is not None
    assert (found.key, found.payload, found.due_at) == ("one", {"n": 1}, NOW + HOUR)


def test_one_of_many_workers_gets_it(store: Store) -> None:
    put(store)
    got: list[Due] = []

    def work(owner: str) -> None:
        found = take(store, owner)
        if found is not None:
            got.append(found)

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(got) == 1


def test_what_was_done_is_never_due_again(store: Store) -> None:
    put(store)
    found = take(store)
    assert found is not None
    with store.write() as session:
        schedules.finish(session, found)
    assert take(store, at=NOW + 100 * HOUR) is None


def test_whoever_lost_the_lease_writes_nothing(store: Store) -> None:
    put(store)
    slow = take(store, "slow")
    assert take(store, "fast") is None
    fast = take(store, "fast", at=NOW + schedules.LEASE + timedelta(seconds=1))
    assert slow is not None
    assert fast is not None
    with pytest.raises(NotOurs):
        finishes(store, slow)
    finishes(store, fast)
    with store.read() as session:
        assert [one.key for one in session.scalars(select(State))] == ["by fast"]


def test_what_is_set_anew_meanwhile_is_done_at_its_new_time(store: Store) -> None:
    put(store)
    found = take(store)
    put(store, at=NOW + HOUR)
    assert found is not None
    with pytest.raises(NotOurs), store.write() as session:
        schedules.finish(session, found)
    assert take(store) is None
    assert take(store, at=NOW + HOUR) is not None


def test_what_was_dropped_is_not_done(store: Store) -> None:
    put(store)
    with store.write() as session:
        assert schedules.is_set(session, "one")
        assert schedules.drop(session, "one")
        assert not schedules.drop(session, "one")
        assert not schedules.is_set(session, "one")
    assert take(store) is None


def test_what_goes_on_is_due_at_its_next_step(store: Store) -> None:
    put(store)
    found = take(store)
    assert found is not None
    with store.write() as session:
        schedules.finish(session, found, again_at=NOW + HOUR, payload={"n": 2})
    assert take(store) is None
    again = take(store, at=NOW + HOUR)
    assert again is not None
    assert (again.payload, again.attempts) == ({"n": 2}, 1)


def test_weeks_that_were_missed_are_made_up_for_once(store: Store) -> None:
    rule = Weekly((0,), time(9), "Asia/Shanghai")
    with store.write() as session:
        schedules.weekly(session, "one", "test", rule, {}, now=NOW - timedelta(weeks=5))
    late = take(store)
    assert late is not None
    with store.write() as session:
        schedules.finish(session, late, now=NOW)
    assert take(store) is None
    assert row(store).next_due_at == datetime(2026, 11, 30, 1, tzinfo=UTC)


def test_what_keeps_failing_is_given_up_and_comes_next_week_where_it_is_weekly(
    store: Store,
) -> None:
    now, ahead = datetime.now(UTC), timedelta()
    yesterday = now - timedelta(days=1)
    with store.write() as session:
        rule = Weekly((yesterday.weekday(),), yesterday.time(), "UTC")
        schedules.weekly(session, "weekly", "test", rule, {}, now=now - timedelta(days=2))
    put(store, "once", now - HOUR)
    while (found := take(store, at=now + ahead)) is not None:
        schedules.put_back(store, found)
        ahead += timedelta(minutes=2)
        assert ahead < HOUR
    assert row(store, "once").state == "failed"
    assert row(store, "weekly").state == "due"
    assert row(store, "weekly").attempts == 0


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Asia/Shanghai", "2026-11-20T06:59Z", "2026-11-20T07:00Z"),
        ("Asia/Shanghai", "2026-11-20T07:00Z", "2026-11-27T07:00Z"),
        ("America/Los_Angeles", "2026-11-20T22:00Z", "2026-11-20T23:00Z"),
        ("Europe/Berlin", "2026-10-23T14:00Z", "2026-10-30T14:00Z"),  # clocks go back between
        ("Pacific/Auckland", "2026-11-19T12:00Z", "2026-11-20T02:00Z"),
    ],
)
def test_friday_afternoon_is_where_somebody_lives(zone: str, now: str, expected: str) -> None:
    found = Weekly((4,), time(15), zone).next_after(datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(expected)


def test_a_time_that_the_clocks_leave_out_comes_that_much_later() -> None:
    rule = Weekly((6,), time(2, 30), "Europe/Berlin")
    found = rule.next_after(datetime(2027, 3, 27, tzinfo=UTC))
    assert found == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert Weekly.of_json(rule.as_json()) == rule
