"""A weekly digest over Slack: set up in words, once at its local minute, paused, resumed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.slack.digests import Digests
from bot.slack.scheduled import Scheduled
from kam_knowledge import schedules
from kam_knowledge.clock import Clock
from kam_knowledge.schedules import Weekly
from kam_knowledge.store.models import Outbox, Person, Schedule
from tests.slack.face.conftest import Office, text_of
from tests.slack.face.watching import LI_NA, all_quiet, answers, room_of, said

TOM = "tom.becker@example.com"


class Watch:
    """The real clock, set to another hour."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def set(self, to: str) -> None:
        """It is that instant now, and time goes on from there."""
        self.ahead = datetime.fromisoformat(to) - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    found = Watch()
    monkeypatch.setattr(Clock, "now", staticmethod(found))
    return found


@pytest.fixture
def office(http_office: Office) -> Office:
    """The module's office, where no digest of a test before is due. Each test has weeks of its
    own: of one Monday there is one digest."""
    with http_office.app.store.write() as session:
        for row in session.scalars(select(Schedule).where(Schedule.kind == "digest")):
            schedules.drop(session, row.key)
    return http_office


def agreed(office: Office, text: str, who: str = LI_NA, yes: str = "yes") -> str:
    """What is answered to the yes for what a message proposes."""
    spoken = said(office, text, who)
    proposed = answers(office, spoken, who)[-1]
    assert "kam confirm" in proposed, proposed
    office.person(who).says(spoken.channel, yes, spoken.thread)
    return answers(office, spoken, who)[-1]


def schedule(office: Office, who: str = LI_NA) -> Schedule:
    """Somebody's schedule as it stands."""
    with office.app.store.read() as session:
        person = session.scalars(select(Person.id).where(Person.email == who)).one()
        found = session.scalars(select(Schedule).where(Schedule.key == f"digest:{person}")).one()
        session.expunge_all()
        return found


def got(office: Office, who: str = LI_NA) -> list[str]:
    """The digests that somebody was sent by direct message."""
    found = office.from_bot(who, room_of(office, who))
    return [one for one in found if "Digest 20" in one or "周报摘要，" in one]


def worked_off(office: Office) -> None:
    """Lets the workers look once more."""
    before = Scheduled(office.app, Digests(office.app).does)
    while before.work("test"):
        pass
    all_quiet(office)


def test_it_comes_at_the_local_minute_before_and_after_the_clocks_change(
    office: Office, watch: Watch
) -> None:
    watch.set("2027-03-17T12:00:00+00:00")
    done = agreed(office, "Weekly digest Mondays 8:30 Berlin, DM, tier 1 only", TOM)
    assert "2027-03-22" in done
    assert schedule(office, TOM).payload["tier"] == 1
    for minute, expected in (
        ("2027-03-22T07:29:30+00:00", 0),
        ("2027-03-22T07:30:01+00:00", 1),
        ("2027-03-29T06:29:30+00:00", 1),  # clocks were put forward on the 28th
        ("2027-03-29T06:30:01+00:00", 2),
        ("2027-03-29T07:30:01+00:00", 2),
    ):
        watch.set(minute)
        worked_off(office)
        assert len(got(office, TOM)) == expected, minute


def test_it_is_set_up_paused_and_resumed_in_chinese(office: Office, watch: Watch) -> None:
    watch.set("2026-11-18T04:00:00+00:00")
    done = agreed(office, "每周一 8:30 私信发周报摘要，上海时间", yes="确认")
    assert "2026-11-23" in done
    assert schedule(office).next_due_at == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

    before = len(got(office))
    agreed(office, "暂停摘要", yes="确认")
    watch.set("2026-12-15T04:00:00+00:00")
    worked_off(office)
    assert len(got(office)) == before, "it rests"

    agreed(office, "恢复摘要", yes="确认")
    worked_off(office)
    assert len(got(office)) == before, "what was missed while it rested is not made up for"
    watch.set("2026-12-21T00:30:01+00:00")
    worked_off(office)
    assert len(got(office)) == before + 1
    assert "周报摘要" in got(office)[-1]


def test_after_an_outage_of_weeks_one_comes_and_then_the_next_in_its_turn(
    office: Office, watch: Watch
) -> None:
    watch.set("2027-01-06T04:00:00+00:00")
    agreed(office, "Weekly digest Mondays 8:30 Shanghai")
    before = len(got(office))
    watch.set("2027-02-03T04:00:00+00:00")
    worked_off(office)
    assert len(got(office)) == before + 1
    assert schedule(office).next_due_at == datetime(2027, 2, 8, 0, 30, tzinfo=UTC)


def test_of_several_workers_one_writes_it(office: Office, watch: Watch) -> None:
    watch.set("2027-02-10T04:00:00+00:00")
    agreed(office, "Weekly digest Mondays 8:30 Shanghai")
    before = len(got(office))
    watch.set("2027-02-15T00:30:01+00:00")
    others = [Scheduled(office.app, Digests(office.app).does) for _ in range(3)]
    threads = [threading.Thread(target=one.work, args=(f"w{n}",)) for n, one in enumerate(others)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    all_quiet(office)
    assert len(got(office)) == before + 1


def test_a_worker_that_is_too_late_writes_nothing(office: Office, watch: Watch) -> None:
    watch.set("2027-02-17T04:00:00+00:00")
    agreed(office, "Weekly digest Mondays 8:30 Shanghai")
    monday = datetime(2027, 2, 22, 0, 31, tzinfo=UTC)
    late = schedules.claim(office.app.store, "late", {"digest"}, now=monday)
    assert late is not None
    # Its lease runs out, another one does it, and then it comes to its end.
    watch.set("2027-02-22T00:40:00+00:00")
    worked_off(office)
    with office.app.store.read() as session:
        written = len(session.scalars(select(Outbox)).all())
    with pytest.raises(schedules.NotOurs):
        Digests(office.app).send(late)
    with office.app.store.read() as session:
        assert len(session.scalars(select(Outbox)).all()) == written


def test_whoever_left_gets_none_and_the_schedule_rests(office: Office, watch: Watch) -> None:
    with office.app.store.write() as session:
        gone = session.scalars(select(Person).where(Person.left_on.is_not(None))).first()
        assert gone is not None
        key = f"digest:{gone.id}"
        now = datetime(2026, 11, 18, tzinfo=UTC)
        rule = Weekly((0,), time(8, 30), "Asia/Shanghai")
        to = {"team": office.face.team, "user": "U0GONE"}
        schedules.weekly(session, key, "digest", rule, {"person": gone.id, "to": to}, now=now)
    watch.set("2026-11-30T00:31:00+00:00")
    worked_off(office)
    with office.app.store.read() as session:
        assert not schedules.is_set(session, key)
        rows = session.scalars(select(Outbox.conversation)).all()
    assert not any("U0GONE" in one for one in rows)


@pytest.mark.parametrize(
    ("text", "says"),
    [("digest", "2026-W47"), ("digest mondays 8:30 Shanghai", "kam confirm")],
)
def test_the_command_shows_it_or_sets_it_up(office: Office, text: str, says: str) -> None:
    channel = office.channel(f"digest-{len(text)}")
    office.person(LI_NA).commands(channel, f"/kam {text}")
    (told,) = office.people.waits_until(lambda: office.from_bot(LI_NA, channel), 20)
    assert says in told


def test_my_digest_is_answered_in_the_language_of_the_question(office: Office) -> None:
    assert "Suggested next" in text_of(office.dm(LI_NA, "my digest"))
    assert "建议下一步" in text_of(office.dm(LI_NA, "我的周报摘要"))
