"""Goals and actions in a plan: held to an owner, a date, a result, or returned (S1-12, S1-13)."""

from __future__ import annotations

from collections.abc import Iterable

from bot.assistant.plans.page import Page
from bot.assistant.wording import amount, listed
from kam_knowledge.analysis.goals import faults
from kam_knowledge.queries.commitments import Commitment, as_commitment, open_commitments
from kam_knowledge.queries.sources import Source
from kam_knowledge.store.models import Action, Goal, Person

HORIZONS = ("short", "mid", "long")
LOOSE, REFUSED = 8, 6


def goals(page: Page) -> None:
    """Goals by horizon, each with owner, date and measure; those that cannot be held go back to
    their authors with a better wording."""
    found = _open_goals(page)
    kept = [row for row in found if not _faults(page, row)]
    for horizon in HORIZONS:
        there = any(row.horizon == horizon for row in kept)
        page.met_or_gap(f"goal_{horizon}", there=there)
    if kept:
        page.heads("horizon", "goal", "measure", "value", "due", "owner")
    for row in sorted(kept, key=lambda row: (HORIZONS.index(row.horizon), row.due or page.today)):
        _goal(page, row)
    returned = [row for row in found if row not in kept]
    if returned:
        page.composer.plain("returned_goals")
    for row in returned[:REFUSED]:
        _returned(page, row)


def _open_goals(page: Page) -> list[Goal]:
    rows = page.records.all(Goal, account_ids=[page.account.id])
    return [row for row in rows if row.status not in ("done", "dropped")]


def _faults(page: Page, row: Goal) -> tuple[str, ...]:
    owner = page.records.people.get(row.owner_id or 0)
    return faults(
        row.goal,
        owner=owner is not None,
        owner_left=owner is not None and page.person(owner.id) is None,
        due=row.due,
        measured=bool(row.measure or row.value),
    )


def _goal(page: Page, row: Goal) -> None:
    owner = page.person(row.owner_id)
    assert owner is not None, "a goal without an owner was returned"
    sources: list[Source] = [
        page.records.source(
            row, ["goal", "horizon", "owner_id", "due", "value", "currency", "measure", "status"]
        ),
        page.person_source(owner),
    ]
    horizon = page.composer.text(f"horizon_{row.horizon}")
    page.row([horizon, row.goal, row.measure, _worth(page, row), row.due, owner.name], sources)


def _worth(page: Page, row: Goal) -> str:
    if row.value is None:
        return ""
    return amount(row.value, row.currency or page.account.currency, page.language)


def _returned(page: Page, row: Goal) -> None:
    """The goal with what it lacks, and how it would read if it were held."""
    lacking = _faults(page, row)
    owner = page.records.people.get(row.owner_id or 0)
    fields = ["goal", "horizon", "owner_id", "due", "value", "currency", "measure", "status"]
    sources: list[Source] = [page.records.source(row, fields)]
    if owner:
        sources.append(page.person_source(owner))
    why = [
        page.composer.text(f"lacks_{code}", owner=owner.name if owner else "") for code in lacking
    ]
    page.say(
        "returned",
        sources,
        goal=row.goal,
        why=listed(why, page.language),
        better=better(page, row, owner, lacking),
    )


def better(page: Page, row: Goal, owner: Person | None, lacking: Iterable[str]) -> str:
    """A wording that could be held, of what is on record; a blank where nothing is (S1-13)."""
    text, missing = page.composer.text, set(lacking)
    named = (
        owner.name if owner and not missing & {"no_owner", "owner_left"} else text("blank_owner")
    )
    seen = row.measure or _worth(page, row) or text("blank_measure")
    due = row.due or text("blank_date")
    return text("better", goal=row.goal.rstrip("。."), measure=seen, due=due, owner=named)


def actions(page: Page) -> None:
    """What is done for each goal, by horizon: actions with owner and date (S1-13)."""
    found = open_commitments(page.records, account_ids=[page.account.id])
    held = _open_goals(page)
    for horizon in HORIZONS:
        rows = [row for row in held if row.horizon == horizon]
        if rows:
            page.composer.plain("of_horizon", horizon=page.composer.text(f"horizon_{horizon}"))
        for row in rows:
            page.say("for_goal", [page.records.source(row, ["goal", "horizon"])], goal=row.goal)
            own = [one for one in found if one.action.goal_id == row.id]
            page.met_or_gap("action", there=bool(own), goal=row.goal)
            for one in own:
                _action(page, one)
    page.met_or_gap("strategy", there=bool(held))
    loose = [one for one in found if one.action.goal_id is None][:LOOSE]
    if loose:
        page.composer.plain("loose_actions")
    for one in loose:
        page.lines.commitment(one)
    _checked(page, found)


def _action(page: Page, one: Commitment) -> None:
    page.lines.commitment(one)
    page.composer.line("  " + page.composer.pop_line())


def _checked(page: Page, found: list[Commitment]) -> None:
    """Actions of ours that nobody could be held to."""
    for one in found:
        action = one.action
        if action.direction == "theirs":
            continue
        lacking = faults(
            action.action,
            owner=bool(one.owner),
            owner_left=action.owner_person_id is not None
            and page.person(action.owner_person_id) is None,
            due=action.due,
            measured=False,
        )
        for code in lacking:
            page.gap(f"action_{code}", action=action.action, owner=one.owner or "")


def help_needed(page: Page) -> None:
    """What our own departments owe the account: what, who, by when (S2-4, S2-5)."""
    found = [
        one
        for one in open_commitments(page.records, account_ids=page.reading.ids)
        if one.action.direction == "internal"
    ]
    page.met_or_gap("help", there=bool(found))
    for one in found[:LOOSE]:
        page.lines.commitment(one, labelled=False)


def both_sides(page: Page) -> None:
    """The open promises of both sides, nothing internal: the mutual list (P-6, P-7)."""
    found = [
        one
        for one in open_commitments(page.records, account_ids=[page.account.id])
        if one.action.direction != "internal"
    ]
    for direction in ("ours", "theirs"):
        there = any(one.action.direction == direction for one in found)
        page.met_or_gap(f"promise_{direction}", there=there)
    if not found:
        return
    page.heads("what", "side", "owner", "due")
    for one in sorted(found, key=lambda one: one.action.due or page.today.max):
        action = one.action
        sources: list[Source] = [page.lines.commitment_source(one)]
        person = page.records.people.get(action.owner_person_id or 0)
        if person:
            sources.append(page.person_source(person))
        side = page.composer.text(f"side_{action.direction}")
        page.row([action.action, side, _here(page, one), action.due], sources)


def _here(page: Page, one: Commitment) -> str:
    """Whose promise it is; somebody who left is named as such, and to a customer not at all."""
    gone = one.action.owner_person_id and page.person(one.action.owner_person_id) is None
    if not gone:
        return one.owner or ""
    return "" if page.reading.customer else page.composer.text("gone", name=one.owner)


def kept(page: Page) -> None:
    """What each side promised and kept in the period."""
    period = page.reading.period
    rows = [
        row
        for row in page.records.all(Action, account_ids=page.reading.ids)
        if row.direction != "internal" and row.done_on and period.first <= row.done_on <= page.today
    ]
    page.met_or_gap("kept", there=bool(rows), since=period.first)
    for row in sorted(rows, key=lambda row: row.done_on or page.today, reverse=True)[:LOOSE]:
        page.lines.commitment(as_commitment(page.records, row))
