"""The asker's day and week: what comes first, and why (P-2, P-4, P-11)."""

from __future__ import annotations

from datetime import date, timedelta

from bot.assistant.agenda_lines import AgendaLines
from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import covers
from bot.assistant.skills.week_report import week_report
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.analysis.urgency import Matter
from kam_knowledge.queries.agenda import Duties, Item, agenda, next_meeting, promises_due
from kam_knowledge.queries.seats import SPONSOR
from kam_knowledge.store.models import Activity, Cover, TeamSeat

SHOWN_DAY = 8
SHOWN_WEEK = 12
SHOWN_SOON = 3
WEEK = timedelta(days=6)
SOON = timedelta(days=7)


def my_day(context: SkillContext, request: Request) -> Reply:
    """What is late or due on the day asked about, today without one, most urgent first."""
    day = max(request.since or context.clock.today, context.clock.today)
    return _agenda(context, request, day, day, SHOWN_DAY)


def my_week(context: SkillContext, request: Request) -> Reply:
    """What is late, and what falls due in the week asked about, else in the next seven days."""
    today = context.clock.today
    if request.slots.get("kind") == "report":
        return week_report(context, request, duties_of(context))
    if request.slots.get("kind") == "digest":
        from bot.digest.written import digest  # it asks for duties, as this page does

        return digest(context).reply
    if request.until and request.until > today:
        first = max(request.since or today, today)
        return _agenda(context, request, first, request.until, SHOWN_WEEK)
    return _agenda(context, request, today, today + WEEK, SHOWN_WEEK)


def _agenda(context: SkillContext, request: Request, day: date, until: date, shown: int) -> Reply:
    composer, records = Composer("my_day", request.language), context.records
    duties = duties_of(context)
    found = [
        item
        for item in agenda(records, duties, day, until)
        if not request.account_ids or item.account.id in request.account_ids
    ]
    _away(context, composer)
    ahead = None
    if not any(item.matter is Matter.MEETING for item in found):
        ahead = next_meeting(records, duties, until)
    if not found:
        composer.plain("nothing_due", until=until)
    else:
        key = "title_day" if day == until else "title_week"
        composer.heading(key, date=day, since=day, until=until)
    lines = AgendaLines(records, composer, day)
    planned = [item for item in found if item.matter is Matter.MEETING and day != until]
    for item in sorted(planned, key=lambda item: -item.days):
        composer.line(f"- {lines.said(item)}")
    ranked = [item for item in found if item not in planned]
    if planned and ranked:
        composer.blank()
    for number, item in enumerate(ranked[:shown], start=1):
        composer.line(f"{number}. {lines.said(item)}")
    if len(ranked) > shown:
        composer.plain("more" if day == until else "more_week", n=len(ranked) - shown)
    elif day == until:
        _soon(composer, lines, promises_due(records, duties, day, day + SOON))
    if ahead and isinstance(ahead.evidence, Activity):
        composer.blank()
        text, sources = lines.meeting(ahead, ahead.evidence, "next_meeting")
        composer.line(composer.cited(text, sources))
    looked = [] if found else [composer.text("looked", until=until)]
    return composer.reply(
        Outcome.ANSWERED if composer.citations else Outcome.UNKNOWN,
        accounts=[item.account.name for item in found[:shown]],
        looked_at=looked,
        focus=_focus(found),
    )


def _soon(composer: Composer, lines: AgendaLines, items: list[Item]) -> None:
    """The asker's own promises that fall due in the next days: a short day has room for them."""
    ahead = [item for item in items if item.matter is Matter.OWN_PROMISE and item.days < 0]
    if ahead:
        composer.heading("soon")
    for item in sorted(ahead, key=lambda item: -item.days)[:SHOWN_SOON]:
        composer.line(f"- {lines.said(item)}")


def _focus(found: list[Item]) -> dict[str, list[int]]:
    """The next turn may ask on about the first item's account."""
    return {"account_ids": [item.account.id for item in found[:1]], "contact_ids": []}


def duties_of(context: SkillContext) -> Duties:
    """What falls to the asker: own accounts, those led or sponsored, and covers (P-11)."""
    records, rights = context.records, context.rights
    person_id = rights.viewer.person_id or 0
    asker = records.people.get(person_id)
    leads = asker is not None and asker.role in ("leader", "manager")
    stands_in = {one.person.id: one.account_ids for one in covers(context)}
    held = {a.id for a in records.accounts.values() if a.owner_id == person_id}
    held |= {
        seat.account_id
        for seat in records.all(TeamSeat, now=[TeamSeat.person_id == person_id])
        if seat.person_id == person_id and seat.seat in (SPONSOR, "account_manager")
    }
    held |= {
        account.id
        for covered, ids in stands_in.items()
        for account in records.accounts.values()
        if account.id in ids and account.owner_id == covered
    }
    if leads:
        held |= set(rights.inner)
    return Duties(person_id, frozenset(held), stands_in, leads)


def _away(context: SkillContext, composer: Composer) -> None:
    """Says so when the asker is away today, and who stands in."""
    records, today = context.records, context.clock.today
    for row in records.all(Cover):
        if row.person_id != context.rights.viewer.person_id:
            continue
        name = records.people.get(row.cover_id)
        if row.from_date <= today <= row.to_date and name:
            visible = [records.accounts[k].name for k in row.account_ids if k in records.accounts]
            composer.claim(
                "away",
                [
                    records.source(row, ["person_id", "cover_id", "from_date", "to_date"]),
                    records.source(name, ["email", "name"]),
                ],
                until=row.to_date,
                name=name.name,
                places=listed(visible, composer.language) or composer.text("all_accounts"),
            )
