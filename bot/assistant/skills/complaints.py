"""Open complaints and how long they have been open (S2-29)."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.understanding.request import Request
from kam_knowledge.store.membership import among
from kam_knowledge.store.models import Complaint

SHOWN = 12


def open_complaints(context: SkillContext, request: Request) -> Reply:
    """Complaints open on the business day, severe and old ones first; or those closed."""
    composer, records = Composer("complaints", request.language), context.records
    accounts = accounts_held_by_named(context, request)
    today = context.clock.today
    closed = request.slots.get("state") == "closed"
    days = 0 if closed or request.since else int(request.slots.get("days") or 0)
    severity = request.slots.get("severity")
    needed = ("id", "account_id", "raised_on", "closed_on", "severity")
    found = [
        row
        for row in records.fields(Complaint, needed, account_ids=[one.id for one in accounts])
        if row.raised_on <= today - timedelta(days=days + 1 if days else 0)
        and (row.closed_on is not None and row.closed_on <= today) is closed
        and (severity is None or row.severity == severity)
        and _in_span(row.closed_on if closed else row.raised_on, request)
    ]
    found.sort(key=lambda row: (row.severity != "high", row.raised_on))
    place = places(accounts, request.language, most=12)
    if not found:
        key = "none_closed" if closed else "none_older" if days else "none"
        composer.plain(key, place=place, days=days, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    lines = Lines(records, composer, name_account=True)
    shown = records.all(Complaint, among(Complaint.id, [row.id for row in found[:SHOWN]]))
    by_id = {row.id: row for row in shown}
    for row in found[:SHOWN]:
        lines.complaint(by_id[row.id])
    composer.more(len(found) - SHOWN)
    return composer.reply(
        accounts=[records.accounts[row.account_id].name for row in found[:SHOWN]],
        focus={"account_ids": [found[0].account_id]},
    )


def _in_span(day: date | None, request: Request) -> bool:
    """Whether the day lies in the span asked about; a side that was not said is open."""
    if day is None:
        return False
    after = request.since is None or request.since <= day
    return after and (request.until is None or day <= request.until)
