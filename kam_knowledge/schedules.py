"""Schedules: what is to be done at a time, exactly once however many workers look (decision 10).

A schedule is a row with `next_due_at`. A worker claims what is due by lease, writes what it does,
and finishes the row in the same transaction, so that a kill leaves either both or nothing. What
was missed while nobody looked is done once, then it is due when it comes next. The real clock
governs, never the business date.

    schedules.once(session, "card:42", "note_card", at, {"user": "U1"})
    schedules.weekly(session, "digest:7", "digest", Weekly((0,), time(8), "Asia/Shanghai"), {})

    found = schedules.claim(store, owner, kinds)          # None where nothing is due
    with store.write() as session:
        ...                                               # what is to be done
        schedules.finish(session, found)                  # raises NotOurs: all is rolled back
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kam_knowledge.clock import Clock
from kam_knowledge.errors import KamError
from kam_knowledge.store.engine import Store
from kam_knowledge.store.models import Schedule

DUE, DONE, FAILED = "due", "done", "failed"
LEASE = timedelta(minutes=2)
ATTEMPTS = 5
_AGAIN = timedelta(minutes=1)
_LOOKED_AT = 20


class NotOurs(KamError):
    """Another worker did it, or it was set anew meanwhile: what was begun is rolled back."""


@dataclass(frozen=True)
class Weekly:
    """Some days of every week at one time of the day, where somebody lives."""

    days: tuple[int, ...]
    """0 is Monday."""
    at: time
    zone: str

    def next_after(self, now: datetime) -> datetime:
        """The first such instant after `now`, in UTC. A time that a change of clocks leaves out
        comes as much later as the clocks were put forward."""
        here = now.astimezone(ZoneInfo(self.zone))
        for ahead in range(8):
            day = here.date() + timedelta(days=ahead)
            found = datetime.combine(day, self.at, ZoneInfo(self.zone)).astimezone(UTC)
            if day.weekday() in self.days and found > now:
                return found
        raise ValueError(f"{self.days!r} names no day of the week")

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return {"days": list(self.days), "at": self.at.isoformat("minutes"), "zone": self.zone}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Weekly:
        """The inverse of `as_json`."""
        return cls(tuple(kept["days"]), time.fromisoformat(kept["at"]), kept["zone"])


@dataclass(frozen=True)
class Due:
    """A schedule whose time has come, claimed by `owner`."""

    id: int
    key: str
    kind: str
    payload: dict[str, Any]
    due_at: datetime
    owner: str
    attempts: int
    """Counting this one."""


def once(session: Session, key: str, kind: str, at: datetime, payload: dict[str, Any]) -> None:
    """Has it done at that instant; what stands under the key already is set anew."""
    _set(session, key, kind, at, payload, None)


def weekly(
    session: Session,
    key: str,
    kind: str,
    rule: Weekly,
    payload: dict[str, Any],
    *,
    now: datetime | None = None,
) -> None:
    """Has it done every week; what stands under the key already is set anew."""
    _set(session, key, kind, rule.next_after(now or Clock.now()), payload, rule.as_json())


def standing(session: Session, key: str) -> dict[str, Any] | None:
    """A weekly schedule as JSON keeps it, for `stand`; None where none was ever set. `on` is
    False while it rests."""
    row = session.scalars(select(Schedule).where(Schedule.key == key)).one_or_none()
    if row is None or row.rule is None:
        return None
    return {
        "kind": row.kind,
        "rule": row.rule,
        "payload": row.payload,
        "on": row.state == DUE,
        "next": row.next_due_at.isoformat(),
    }


def stand(
    session: Session, key: str, kept: dict[str, Any] | None, *, now: datetime | None = None
) -> None:
    """Has a weekly schedule stand as it is kept: due at its `next`, the first time after now
    where that is over, or at rest."""
    if kept is None:
        drop(session, key)
        return
    now = now or Clock.now()
    at = datetime.fromisoformat(kept["next"])
    if at <= now:
        at = Weekly.of_json(kept["rule"]).next_after(now)
    _set(session, key, kept["kind"], at, kept["payload"], kept["rule"])
    if not kept["on"]:
        drop(session, key)


def tell(session: Session, key: str, **told: Any) -> None:
    """Adds to what a schedule keeps; when it is due stays as it is."""
    row = session.scalars(select(Schedule).where(Schedule.key == key)).one_or_none()
    if row is not None:
        row.payload = {**row.payload, **told}
        session.flush()


def drop(session: Session, key: str) -> bool:
    """Takes a schedule off the list; whether it was due still."""
    gone = session.execute(
        update(Schedule)
        .where(Schedule.key == key, Schedule.state == DUE)
        .values(state=DONE, lease_owner=None, lease_until=None)
    )
    return bool(getattr(gone, "rowcount", 0))


def is_set(session: Session, key: str) -> bool:
    """Whether something of that key is still to be done."""
    found = select(Schedule.id).where(Schedule.key == key, Schedule.state == DUE)
    return session.scalar(found) is not None


def claim(
    store: Store, owner: str, kinds: Collection[str], *, now: datetime | None = None
) -> Due | None:
    """The one of those kinds that is due for longest, leased to `owner`; None for none."""
    now = now or Clock.now()
    free = or_(Schedule.lease_until.is_(None), Schedule.lease_until < now)
    waiting = (Schedule.state == DUE, Schedule.next_due_at <= now, free)
    with store.read() as session:
        found = session.scalars(
            select(Schedule.id)
            .where(*waiting, Schedule.kind.in_(sorted(kinds)))
            .order_by(Schedule.next_due_at, Schedule.id)
            .limit(_LOOKED_AT)
        ).all()
    for number in found:
        with store.write() as session:
            row = session.scalars(
                update(Schedule)
                .where(Schedule.id == number, *waiting)
                .values(lease_owner=owner, lease_until=now + LEASE, attempts=Schedule.attempts + 1)
                .returning(Schedule)
                .execution_options(synchronize_session=False)
            ).first()
            if row is not None:
                session.refresh(row)
                return Due(
                    row.id, row.key, row.kind, row.payload, row.next_due_at, owner, row.attempts
                )
    return None


def finish(
    session: Session,
    due: Due,
    *,
    again_at: datetime | None = None,
    payload: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """Marks it done, in the transaction of what was done. `again_at` and `payload` have it done
    once more; what comes every week is due the first time after now: what was missed is not made
    up for twice.

    Raises NotOurs.
    """
    row = session.get_one(Schedule, due.id)
    if again_at is None and row.rule is not None:
        again_at = Weekly.of_json(row.rule).next_after(max(now or Clock.now(), due.due_at))
    values: dict[str, Any] = {"lease_owner": None, "lease_until": None, "attempts": 0}
    values |= {"state": DONE} if again_at is None else {"next_due_at": again_at}
    values |= {} if payload is None else {"payload": payload}
    taken = session.execute(_held(due).values(**values))
    if not getattr(taken, "rowcount", 0):
        raise NotOurs(f"the schedule {due.key} was done or set anew meanwhile.")


def put_back(store: Store, due: Due, *, after: timedelta = _AGAIN) -> bool:
    """Gives back what could not be done, to be tried later; False where it has failed for good:
    what comes every week then waits for its next time."""
    with store.write() as session:
        row = session.get_one(Schedule, due.id)
        values: dict[str, Any] = {"lease_owner": None, "lease_until": None}
        if due.attempts < ATTEMPTS:
            values["lease_until"] = Clock.now() + after
        elif row.rule is not None:
            values |= {"next_due_at": Weekly.of_json(row.rule).next_after(Clock.now())}
            values |= {"attempts": 0}
        else:
            values["state"] = FAILED
        session.execute(_held(due).values(**values))
    return due.attempts < ATTEMPTS


def _held(due: Due) -> Any:
    """An update of the row, as long as it is as it was claimed."""
    return update(Schedule).where(
        Schedule.id == due.id,
        Schedule.state == DUE,
        Schedule.lease_owner == due.owner,
        Schedule.next_due_at == due.due_at,
    )


def _set(
    session: Session,
    key: str,
    kind: str,
    at: datetime,
    payload: dict[str, Any],
    rule: dict[str, Any] | None,
) -> None:
    values: dict[str, Any] = {
        "kind": kind,
        "payload": payload,
        "rule": rule,
        "state": DUE,
        "next_due_at": at,
        "attempts": 0,
        "lease_owner": None,
        "lease_until": None,
    }
    anew = update(Schedule).where(Schedule.key == key).values(**values)
    if getattr(session.execute(anew), "rowcount", 0):
        return
    try:
        with session.begin_nested():
            session.add(Schedule(key=key, created_at=Clock.now(), **values))
    except IntegrityError:  # another worker was faster
        session.execute(anew)
