"""Competitors in a plan: where they stand, what they will do, and our counter-moves (S2-13)."""

from __future__ import annotations

from bot.assistant.lines import note_source
from bot.assistant.plans.page import Page
from bot.assistant.wording import word
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.queries.touches import latest_mentions
from kam_knowledge.store.models import Competitor, Goal, Installed

SHOWN, QUOTED, LATEST = 6, 180, 3


def rivals(page: Page) -> None:
    """Each rival: strength, weakness, where it is installed, which deals it is in."""
    rows = page.records.all(Competitor, account_ids=[page.account.id])
    page.met_or_gap("rivals", there=bool(rows))
    for row in rows[:SHOWN]:
        said = [
            page.composer.text(f"rival_{name}", what=told)
            for name in ("strength", "weakness")
            if (told := getattr(row, name))
        ]
        fields = ["competitor", "strength", "weakness", "expected_move"]
        text = word("semicolon", page.language).join(said)
        source = page.records.source(row, fields)
        page.say("rival", [source], name=row.competitor, what=_after_colon(page, text))
        _stands(page, row.competitor)


def _after_colon(page: Page, text: str) -> str:
    return word("colon", page.language) + text if text else ""


def _stands(page: Page, rival: str) -> None:
    for cell in page.records.all(Installed, account_ids=[page.account.id]):
        if cell.state == "competitor" and fold(cell.competitor or "") == fold(rival):
            source = page.records.source(cell, ["unit", "product", "state", "competitor"])
            page.below("rival_holds", [source], product=cell.product, unit=cell.unit)
    for deal in page.reading.deals:
        if fold(deal.competitor or "") == fold(rival):
            source = page.records.source(deal, ["name", "stage", "competitor"])
            page.below("rival_wants", [source], deal=deal.name)


def counter(page: Page) -> None:
    """The move we expect of each rival, and what on record answers it; a gap where nothing does."""
    rows = page.records.all(Competitor, account_ids=[page.account.id])
    promises = open_commitments(page.records, account_ids=[page.account.id])
    goals = [
        row
        for row in page.records.all(Goal, account_ids=[page.account.id])
        if row.status not in ("done", "dropped")
    ]
    for row in rows[:SHOWN]:
        page.met_or_gap("move", there=bool(row.expected_move), rival=row.competitor)
        if not row.expected_move:
            continue
        source = page.records.source(row, ["competitor", "expected_move"])
        page.say("move", [source], name=row.competitor, what=row.expected_move)
        names = mentions_of([row.competitor])
        answers = [one for one in promises if names(one.action.action)]
        aims = [goal for goal in goals if names(goal.goal) or names(goal.measure or "")]
        for one in answers:
            page.lines.commitment(one)
            page.composer.line("  " + page.composer.pop_line())
        for goal in aims:
            page.below("counter_goal", [page.records.source(goal, ["goal"])], goal=goal.goal)
        page.met_or_gap(
            "counter", there=bool(answers or aims), rival=row.competitor, move=row.expected_move
        )


def rivals_said(page: Page) -> None:
    """What notes last said of rivals here, in their own words."""
    rows = page.records.all(Competitor, account_ids=[page.account.id])
    names = [row.competitor for row in rows]
    shown = 0
    for _, note in latest_mentions(page.records, [page.account.id], names) if names else ():
        quote = excerpt(note.text, names, longest=QUOTED, alone=True)
        if not quote or "|" in quote:
            continue
        key = "said" if note.date else "said_undated"
        source = note_source(note, quote)
        page.say(key, [source], date=note.date, title=page.title_of(note), quote=quote)
        shown += 1
        if shown == LATEST:
            return
