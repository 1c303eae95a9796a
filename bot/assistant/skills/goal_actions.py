"""A goal such as "meet their CTO in January" becomes actions with owners and dates (S1-14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.note_taking import proposal_json
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets
from kam_knowledge.analysis.goals import Backwards, steps_to_a_meeting
from kam_knowledge.changes import proposals
from kam_knowledge.clock import Clock
from kam_knowledge.language.titles import find_titles
from kam_knowledge.queries.offices import holders
from kam_knowledge.queries.paths import Path, best_paths
from kam_knowledge.queries.seats import team_seats
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.tenders import quiet_deals
from kam_knowledge.store.models import Account, Contact, Person

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk

SHORT_TERM = 183
"""Days up to which a goal is short-term (S1-12: the horizons are house practice)."""


@dataclass(frozen=True)
class _Step:
    """One action to be proposed."""

    text: str
    owner: Person
    back: Backwards
    sources: tuple[Source, ...]


def goal_actions(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes the goal and three actions, each with an owner and a day counted back: strengthen
    whoever opens the door, build the value proposition, have the meeting arranged.

    It asks for what it does not know: the account, the person, the day; and says where no record
    tells who could open the door.
    """
    words = Composer("goal_actions", request.language)
    records, today = context.records, context.clock.today
    account = records.accounts.get(request.account_ids[0]) if request.account_ids else None
    if account is None:
        words.plain("which_account")
        return words.reply(Outcome.CLARIFY)
    if not context.rights.sees_inner(account.id):
        words.plain("not_yours", account=account.name)
        return words.reply(Outcome.DENIED, accounts=[account.name])
    focus = {"account_ids": [account.id]}
    target = _target(context, request, account)
    if target is None:
        words.plain("which_person", account=account.name)
        return words.reply(Outcome.CLARIFY, accounts=[account.name], focus=focus)
    day = request.since or request.until
    if day is None or max(day, request.until or day) <= today:
        words.plain("which_day", name=target.name)
        return words.reply(Outcome.CLARIFY, accounts=[account.name], focus=focus)
    quiet = quiet_deals(records, [account.id]).get(account.id)
    if quiet is not None:
        source = records.source(quiet, ["name", "stage", "next_step", "outcome"])
        words.claim("quiet", [source], deal=quiet.name)
        return words.reply(accounts=[account.name], focus=focus)
    day = max(day, today)
    return _proposed(context, request, words, desk, _Meeting(account, target, day))


@dataclass(frozen=True)
class _Meeting:
    account: Account
    target: Contact
    day: date


def _target(context: SkillContext, request: Request, account: Account) -> Contact | None:
    named = [row for key in request.contact_ids if (row := context.records.get(Contact, key))]
    if named:
        return named[0]
    rows = context.records.contacts(account.id)
    for title in find_titles(request.text):
        held = holders(rows, title, context.clock.today) if title.kind == "role" else []
        if held:
            return held[0]
    return None


def _proposed(
    context: SkillContext, request: Request, words: Composer, desk: Desk, meeting: _Meeting
) -> Reply:
    account, target, day = meeting.account, meeting.target, meeting.day
    until = max(request.until or day, day)
    person = context.rights.viewer.person_id
    asker = context.records.people.get(person or 0)
    assert asker is not None, "nobody outside gets this far"
    owner = request.person_ids and context.records.people.get(request.person_ids[0])
    owner = owner or asker
    steps = _steps(context, words, meeting, owner)
    title = in_brackets(target.title, request.language)
    goal = words.text("goal", name=target.name, title=title)
    sources: list[Source] = [
        context.records.source(target, ["name", "title"]),
        context.records.source(owner, ["email", "name"]),
        ComputedSource("steps_to_a_meeting (S1-14)", goal, context.clock.today, f"until {until}"),
    ]
    words.claim("the_goal", sources, goal=goal, due=until, owner=owner.name)
    for number, step in enumerate(steps, start=1):
        text = words.text("step", what=step.text, owner=step.owner.name, due=step.back.due)
        words.line(f"{number}. {words.cited(text, step.sources)}")
    if len(steps) < len(("strengthen", "value", "arrange")):
        words.plain("no_door", name=target.name)
    summary = words.text("summary", account=account.name, goal=goal, n=len(steps))
    proposal = proposals.propose(
        context.session,
        person_id=asker.id,
        kind="goal",
        summary=summary,
        changes=[],
        now=Clock.now(),
        thread_id=desk.thread_id,
        more={"creates": _creates(context, meeting, goal, until, owner, steps)},
    )
    words.blank()
    words.plain("say_yes", id=proposal.key)
    reply = words.reply(
        Outcome.PROPOSED,
        accounts=[account.name],
        people=[target.name],
        focus={"account_ids": [account.id], "contact_ids": [target.id]},
    )
    return replace(reply, proposal=proposal_json(proposal))


def _steps(context: SkillContext, words: Composer, meeting: _Meeting, owner: Person) -> list[_Step]:
    """The three steps; without the first and with another last one where we know the person
    ourselves or nobody on record opens the door."""
    backs = {one.step: one for one in steps_to_a_meeting(meeting.day, context.clock.today)}
    paths = best_paths(context.records, owner, meeting.account, [meeting.target])
    door, friend = _door(paths[0]) if paths else (None, None)
    found = []
    if door is not None and friend is not None:
        text = words.text("strengthen", name=door.name, target=meeting.target.name)
        found.append(_step(context, text, friend, backs["strengthen"], door, meeting.target))
    seats = team_seats(context.records, [meeting.account])[0].held
    writer = (seats.get("solution_manager") or [owner])[0]
    text = words.text("value", target=meeting.target.name)
    found.append(_step(context, text, writer, backs["value"], meeting.target))
    if door is not None and friend is not None:
        text = words.text("arrange", name=door.name, target=meeting.target.name)
        found.append(_step(context, text, friend, backs["arrange"], door, meeting.target))
    elif friend is not None:
        text = words.text("invite", target=meeting.target.name)
        found.append(_step(context, text, friend, backs["arrange"], meeting.target))
    return found


def _door(path: Path) -> tuple[Contact | None, Person | None]:
    """Who of theirs stands last before the person, and who of ours knows whoever comes first."""
    friend = next(
        (one.start for one in reversed(path.steps) if isinstance(one.start, Person)), None
    )
    last = path.steps[-1].start
    return (last if isinstance(last, Contact) else None), friend


def _step(
    context: SkillContext, text: str, owner: Person, back: Backwards, *rows: Contact
) -> _Step:
    records = context.records
    sources: list[Source] = [records.source(row, ["name", "title"]) for row in rows]
    sources.append(records.source(owner, ["email", "name"]))
    sources.append(
        ComputedSource("steps_to_a_meeting (S1-14)", text, context.clock.today, back.formula)
    )
    return _Step(text, owner, back, tuple(dict.fromkeys(sources)))


def _creates(
    context: SkillContext,
    meeting: _Meeting,
    goal: str,
    until: date,
    owner: Person,
    steps: list[_Step],
) -> list[dict[str, Any]]:
    """The goal, and its actions that refer to it."""
    near = (until - context.clock.today).days <= SHORT_TERM
    rows: list[dict[str, Any]] = [
        {
            "table": "goals",
            "values": {
                "account_id": meeting.account.id,
                "goal": goal,
                "horizon": "short" if near else "mid",
                "owner_id": owner.id,
                "due": until.isoformat(),
                "status": "open",
            },
        }
    ]
    for step in steps:
        values = {
            "account_id": meeting.account.id,
            "action": step.text,
            "direction": "internal",  # nothing of it was promised to the customer
            "owner": step.owner.email,
            "owner_person_id": step.owner.id,
            "due": step.back.due.isoformat(),
            "status": "open",
        }
        rows.append({"table": "actions", "values": values, "refers": {"goal_id": 0}})
    return rows
