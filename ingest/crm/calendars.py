"""Calendars (.ics): events with people of an account become activities.

Which account an event belongs to, its attendees say: contacts by their address, then the address's
domain, then a name in the title. An event with nobody of an account is counted, not imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ingest.crm.cells import Reference
from ingest.crm.columns import Settled, address
from ingest.crm.limits import MOST_BYTES
from ingest.crm.report import Problem
from ingest.crm.sheets import SourceColumn, SourceSheet
from ingest.crm.spec import workbook
from ingest.crm.tabular import clean, unicode_name
from kam_knowledge.clock import Clock

SYSTEM = "ics"
_PAST, _AHEAD = timedelta(days=730), timedelta(days=60)
"""How far from today an event that repeats is followed."""
_MOST_REPEATS = 1_000
_LONGEST_UID = 120


@dataclass(frozen=True)
class _Event:
    line: int
    uid: str
    start: date | datetime
    subject: str
    emails: tuple[str, ...]


def read_calendar(
    path: Path, clock: Clock, unknown: list[str], problems: list[Problem]
) -> SourceSheet | None:
    """The calendar's events as rows of `activities`; None when it cannot be read.

    Cancelled and private events are left out and counted in `unknown`.
    """
    import icalendar

    place = unicode_name(path)
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        problems.append(Problem(place, "", f"has more than {MOST_BYTES // 2**20} MB"))
        return None
    try:
        calendars = icalendar.Calendar.from_ical(data, multiple=True)
        components = [event for each in calendars for event in each.walk("VEVENT")]
    except (ValueError, IndexError, TypeError, KeyError) as error:
        problems.append(Problem(place, "", f"is no calendar: {' '.join(str(error).split())}"))
        return None
    lines = [
        number
        for number, line in enumerate(data.splitlines(), start=1)
        if line.strip().upper() == b"BEGIN:VEVENT"
    ]
    kept, hidden = [], 0
    for line, component in zip(lines, components, strict=False):
        if _text(component, "STATUS") == "CANCELLED" or _text(component, "CLASS") in (
            "PRIVATE",
            "CONFIDENTIAL",
        ):
            hidden += 1
            continue
        kept.append((line, component))
    if hidden:
        unknown.append(f"{place}: {hidden} cancelled or private events left out")
    moved = {
        (_text(component, "UID"), _moment(component, "RECURRENCE-ID"))
        for _, component in kept
        if "RECURRENCE-ID" in component
    }
    events = [
        event
        for line, component in kept
        for event in _events(component, line, place, clock, moved, problems)
    ]
    return _sheet(place, events, clock)


def _events(
    component: Any,
    line: int,
    place: str,
    clock: Clock,
    moved: set[tuple[str, Any]],
    problems: list[Problem],
) -> Iterator[_Event]:
    start = _moment(component, "DTSTART")
    uid = _text(component, "UID")
    subject = clean(_text(component, "SUMMARY"))
    if start is None or not uid:
        problems.append(Problem(f"{place}:{line}", "", "an event without a start or a UID"))
        return
    if len(uid) > _LONGEST_UID:
        uid = hashlib.sha256(uid.encode()).hexdigest()
    emails = _attendees(component)
    if "RECURRENCE-ID" in component:
        original = _moment(component, "RECURRENCE-ID")
        yield _Event(line, f"{uid}:{_stamp(original)}", start, str(subject or ""), emails)
        return
    if "RRULE" not in component:
        yield _Event(line, uid, start, str(subject or ""), emails)
        return
    raw = _text(component, "UID")
    try:
        moments = list(_repeats(component, start, clock))
    except (ValueError, TypeError) as error:
        problems.append(Problem(f"{place}:{line}", "RRULE", f"cannot be followed: {error}"))
        return
    for moment in moments:
        if (raw, moment) not in moved:
            yield _Event(line, f"{uid}:{_stamp(moment)}", moment, str(subject or ""), emails)


def _repeats(component: Any, start: date | datetime, clock: Clock) -> Iterator[date | datetime]:
    """The starts of an event that repeats, near enough to today."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    whole_day = not isinstance(start, datetime)
    first = start if isinstance(start, datetime) else datetime.combine(start, time())
    rule = rrulestr(_rule(component, first), dtstart=first)
    zone = first.tzinfo
    today = datetime.combine(clock.today, time(), zone)
    skipped = set(_excluded(component))
    found = 0
    for moment in rule.xafter(max(first, today - _PAST), inc=True):
        if moment > today + _AHEAD or found >= _MOST_REPEATS:
            return
        shown = moment.date() if whole_day else moment
        if shown in skipped:
            continue
        found += 1
        yield shown


def _rule(component: Any, first: datetime) -> str:
    text = str(component["RRULE"].to_ical().decode())
    if first.tzinfo is None:  # a floating start cannot be held against an end in UTC
        parts = (
            part.rstrip("Z") if part.startswith("UNTIL=") else part for part in text.split(";")
        )
        return ";".join(parts)
    return text


def _excluded(component: Any) -> Iterator[Any]:
    dates = component.get("EXDATE")
    for each in dates if isinstance(dates, list) else [dates] if dates is not None else []:
        for moment in each.dts:
            yield moment.dt


def _attendees(component: Any) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("ORGANIZER", "ATTENDEE"):
        value = component.get(name)
        for each in value if isinstance(value, list) else [value] if value is not None else []:
            if str(each.params.get("PARTSTAT", "")).upper() == "DECLINED":
                continue
            if email := address(str(each)):
                found.append(email)
    return tuple(dict.fromkeys(found))


def _sheet(place: str, events: list[_Event], clock: Clock) -> SourceSheet:
    zone = clock.moment.tzinfo or UTC
    cells: dict[str, list[Any]] = {
        name: []
        for name in (
            "account", "date", "kind", "status", "contacts", "people", "subject", "external_id",
        )
    }  # fmt: skip
    for event in events:
        start = event.start
        if isinstance(start, datetime):
            moment = start if start.tzinfo else start.replace(tzinfo=zone)
            day, ahead = moment.astimezone(zone).date(), moment > clock.moment
        else:
            day, ahead = start, start > clock.today
        named = tuple(Reference(email, optional=True) for email in event.emails)
        called = event.subject.casefold().startswith(("call", "phone", "电话"))
        cells["account"].append(Reference(event.subject, emails=event.emails, optional=True))
        cells["date"].append(day)
        cells["kind"].append("call" if called else "meeting")
        cells["status"].append("planned" if ahead else "done")
        cells["contacts"].append(named)
        cells["people"].append(named)
        cells["subject"].append(event.subject or None)
        cells["external_id"].append(f"event:{event.uid}")
    spec = workbook()["activities"]
    columns = [
        SourceColumn(spec.by_name[name], name, values, Settled()) for name, values in cells.items()
    ]
    lines = [event.line for event in events]
    return SourceSheet(spec, place, 1, lines, columns, system=SYSTEM)


def _text(component: Any, name: str) -> str:
    value = component.get(name)
    return "" if value is None else str(value).strip()


def _moment(component: Any, name: str) -> Any:
    value = component.get(name)
    return getattr(value, "dt", None)


def _stamp(moment: Any) -> str:
    if isinstance(moment, datetime):
        return moment.strftime("%Y%m%dT%H%M%S")
    return str(moment).replace("-", "")
