"""The business date: what KAM_TODAY and --today may say, and in which zone it is meant."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam_knowledge.clock import Clock, clock, zone
from kam_knowledge.errors import UsageError


@pytest.fixture
def machine_in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.mark.parametrize(
    ("today", "time_zone", "moment"),
    [
        ("2026-11-21", "Asia/Shanghai", "2026-11-21T12:00:00+08:00"),
        (" 2026-11-21 ", "Europe/Berlin", "2026-11-21T12:00:00+01:00"),
        ("20261121", "UTC", "2026-11-21T12:00:00+00:00"),
        ("2026-11-21T23:30", "Asia/Shanghai", "2026-11-21T23:30:00+08:00"),
        ("2026-11-21 08:15:30", "Asia/Shanghai", "2026-11-21T08:15:30+08:00"),
        ("2026-11-21T20:00:00Z", "Asia/Shanghai", "2026-11-22T04:00:00+08:00"),
        ("2026-11-21T01:00:00+08:00", "America/New_York", "2026-11-20T12:00:00-05:00"),
    ],
)
def test_a_date_is_noon_and_a_moment_is_in_the_askers_zone(
    today: str, time_zone: str, moment: str
) -> None:
    found = clock(today, time_zone)
    assert found.moment.isoformat() == moment
    assert found.today == date.fromisoformat(moment[:10])
    assert found.fixed


@pytest.mark.usefixtures("machine_in_tokyo")
def test_without_a_zone_the_machines_counts() -> None:
    assert clock("2026-11-21").moment.isoformat() == "2026-11-21T12:00:00+09:00"
    assert clock("2026-11-21T20:00:00Z").moment.utcoffset() == timedelta(0)
    assert clock().moment.utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize("nothing", [None, "", "   "])
def test_without_a_date_it_is_now(nothing: str | None) -> None:
    before = datetime.now(UTC)
    found = clock(nothing, "Asia/Shanghai")
    assert before <= found.moment <= datetime.now(UTC)
    assert found.moment.utcoffset() == timedelta(hours=8)
    assert not found.fixed


@pytest.mark.parametrize(
    "bad",
    [
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "21.11.2026",
        "2026/11/21",
        "2026-11",
        "2026-11-21T25:00",
        "2026-11-21T12:00 Shanghai",
        "昨天",
        "0001-01-01",
        "0001-01-01T00:00+14:00",
        "3000-01-01",
        "9999-12-31T23:00-12:00",
    ],
)
def test_what_is_no_date_is_a_wrong_call_that_shows_the_right_form(bad: str) -> None:
    with pytest.raises(UsageError) as failure:
        clock(bad, "Asia/Shanghai")
    assert repr(bad) in failure.value.message
    assert "2026-11-21" in failure.value.next_step
    assert failure.value.exit_code == 2


@pytest.mark.parametrize(
    "bad", ["Mars/Olympus", "Asia", "../../etc/passwd", "+08:00", "/etc", "a\0b"]
)
def test_what_is_no_zone_is_a_wrong_call_that_shows_the_right_form(bad: str) -> None:
    with pytest.raises(UsageError) as failure:
        zone(bad)
    assert repr(bad) in failure.value.message
    assert "Asia/Shanghai" in failure.value.next_step
    with pytest.raises(UsageError):
        clock("2026-11-21", bad)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_zone_is_none(nothing: str | None) -> None:
    assert zone(nothing) is None


@given(st.text(max_size=25))
def test_any_text_is_a_date_or_a_wrong_call(text: str) -> None:
    try:
        found = clock(text, "UTC")
    except UsageError:
        return
    assert found.moment.tzinfo is not None
    assert found.fixed == bool(text.strip())


def test_instants_are_of_the_real_clock_in_utc() -> None:
    fixed = clock("2020-01-01", "Asia/Shanghai")
    assert fixed.now().utcoffset() == timedelta(0)
    assert abs(fixed.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert Clock.now() > fixed.moment
