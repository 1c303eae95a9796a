"""What a review with the customer holds: what runs, next meetings, the days before it (P-6)."""

from __future__ import annotations

from datetime import timedelta

from bot.assistant.plans.page import Page
from bot.assistant.wording import word
from kam_knowledge.queries.meetings import planned
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Activity, Contact, Installed, Person

PREPARATION = ((21, "prepare"), (14, "draft"), (7, "rehearse"), (5, "check"))
"""Days before a review, and what is done on them (P-6)."""
SHOWN = 6


def running(page: Page) -> None:
    """Which products of ours run at which unit: what the customer has of us."""
    rows = [
        row
        for row in page.records.all(Installed, account_ids=[page.account.id])
        if row.state == "ours"
    ]
    page.met_or_gap("running", there=bool(rows))
    for row in rows:
        source = page.records.source(row, ["unit", "product", "state"])
        page.say("runs", [source], unit=row.unit, product=row.product)


def meetings(page: Page) -> None:
    """Meetings that are planned with the customer."""
    rows = planned(page.records, page.today, account_ids=[page.account.id])
    page.met_or_gap("meetings", there=bool(rows))
    for row in rows[:SHOWN]:
        _meeting(page, row)


def _meeting(page: Page, row: Activity) -> None:
    ours = [one for key in row.person_ids if (one := page.records.get(Person, key))]
    theirs = [who for key in row.contact_ids if (who := page.records.get(Contact, key))]
    fields = ["date", "kind", "status", "contact_ids", "person_ids", "subject"]
    sources: list[Source] = [page.records.source(row, fields)]
    sources += [page.person_source(one) for one in ours]
    people = page.listed([*(one.name for one in ours), *(one.name for one in theirs)])
    page.say(
        "meets",
        sources,
        date=row.date,
        kind=word(f"kind_{row.kind}", page.language),
        people=page.composer.text("with_people", people=people) if people else "",
        subject=page.composer.text("about_subject", subject=row.subject) if row.subject else "",
    )


def preparation(page: Page) -> None:
    """What is to be done on which day before the next planned meeting. For ourselves alone."""
    ahead = planned(page.records, page.today, account_ids=[page.account.id])
    meeting = next((row for row in ahead if row.kind == "meeting"), None)
    page.met_or_gap("review_day", there=meeting is not None)
    if meeting is None:
        return
    where = page.records.source(meeting, ["date", "kind", "status", "subject"])
    for days, step in PREPARATION:
        day = meeting.date - timedelta(days=days)
        source = ComputedSource(
            "preparation (P-6)",
            meeting.subject or str(meeting.date),
            page.today,
            f"{meeting.date} - {days} days = {day}",
            (where.where,),
        )
        past = page.composer.text("already_past", date=day) if day < page.today else str(day)
        page.say(f"prepare_{step}", [source, where], day=past, n=days)
