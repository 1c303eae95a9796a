"""A note as people read it before it is saved, and the receipt that pays its writer back."""

from __future__ import annotations

import datetime as dt

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.wording import listed, word
from ingest.notes import MeetingNote, NoteAction, Question
from kam_knowledge.changes.logged import LoggedNote
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.goals import goals_touched
from kam_knowledge.queries.silence import silences

SHOWN, GOALS = 5, 2


def card(composer: Composer, note: MeetingNote, visibility: str, *, words: bool = False) -> None:
    """What will be stored, line by line, and what to look at first; with `words` also those of
    the note that each promise rests on."""
    language = composer.language
    for one in note.delicate:
        about = composer.text(f"about_{one.kind}")
        composer.plain("sensitive", kind=about, words=one.words)
    composer.heading(
        "head",
        account=note.account or composer.text("no_account"),
        date=_day(composer, note),
        kind=kind(composer, note),
    )
    if note.account and note.account_from in ("conversation", "channel"):
        composer.plain(f"account_of_{note.account_from}", account=note.account)
    if note.attendees:
        _say(composer, "from_them", who=listed(note.attendees, language, most=20))
    if note.ours:
        _say(composer, "from_us", who=listed(note.ours, language, most=20))
    _say(composer, "summary", text=note.summary)
    for action in note.actions:
        rests = f" (“{action.words}”)" if words and action.words else ""
        line = composer.text("action", **action_values(composer, action))
        composer.unclaimed(f"- {line}{rests}")
    for text in note.decisions:
        _say(composer, "decision", text=text)
    for text in note.concerns:
        _say(composer, "concern", text=text)
    if note.competitors:
        _say(composer, "rival", names=listed(note.competitors, language))
    if note.sentiment:
        _say(composer, "mood", mood=composer.text(f"mood_{note.sentiment}"))
    for signal in note.signals:
        _say(composer, "signal", type=composer.text(f"signal_{signal.type}"), text=signal.text)
    composer.plain(f"seen_by_{visibility}")


def kind(composer: Composer, note: MeetingNote) -> str:
    """The kind of note as a word."""
    return composer.text(f"kind_{note.kind}")


def question(composer: Composer, asked: Question) -> str:
    """What is asked, with its choices."""
    labels = [choice.label for choice in asked.choices]
    key = (
        "no_account_named"
        if asked.code == "no_account" or not (labels or asked.about)
        else asked.code
    )
    if asked.code in ("which_account", "which_person") and not labels:
        key = "no_account_named"
    choices = listed(labels, composer.language, between="or")
    return composer.text(key, about=asked.about, choices=choices)


def action_values(composer: Composer, action: NoteAction) -> dict[str, str]:
    """What the template of an action takes."""
    return {
        "whose": composer.text(f"whose_{action.direction}"),
        "action": action.action,
        "owner": composer.text("action_owner", owner=action.owner) if action.owner else "",
        "due": composer.text("action_due", date=action.due) if action.due else "",
    }


def receipt(composer: Composer, context: SkillContext, logged: LoggedNote) -> None:
    """What the note pays back: what is open with the account, what is still missing."""
    records = context.records
    account = records.accounts.get(logged.draft.account_id or 0)
    if account is None:
        return
    found = open_commitments(records, account_ids=[account.id])
    if found:
        composer.heading("head_open", account=account.name)
        lines = Lines(records, composer)
        for one in found[:SHOWN]:
            lines.commitment(one)
        if len(found) > SHOWN:
            composer.plain("more_open", n=len(found) - SHOWN)
    said = [str(one["action"]) for one in logged.actions]
    goals = goals_touched(records, account.id, logged.draft.text, said)
    if goals:
        composer.heading("head_goal")
    for goal in goals[:GOALS]:
        source = records.source(goal, ["goal", "horizon", "due", "owner_id", "status"])
        due = composer.text("action_due", date=goal.due) if goal.due else ""
        composer.bullet("goal", [source], goal=goal.goal, due=due)
    missing = _missing(composer, context, logged, account.id)
    if missing:
        composer.heading("head_missing")
        for line in missing:
            composer.unclaimed(f"- {line}")


def _missing(
    composer: Composer, context: SkillContext, logged: LoggedNote, account_id: int
) -> list[str]:
    """No next step, no date, no owner, a stakeholder not seen for long (P-2)."""
    found = [] if logged.actions else [composer.text("missing_step")]
    for values in logged.actions:
        if not values.get("due"):
            found.append(composer.text("missing_due", action=values["action"]))
        if not values.get("owner"):
            found.append(composer.text("missing_owner", action=values["action"]))
    records = context.records
    account = records.accounts[account_id]
    quiet = [
        one
        for one in silences(records, [account])
        if one.contact.id not in logged.draft.contact_ids
    ]
    for one in quiet[:2]:
        role = word(f"role_{one.contact.decision_role}", composer.language)
        key = "missing_person" if one.last else "missing_never"
        found.append(composer.text(key, name=one.contact.name, role=role, date=one.last))
    return found


def _day(composer: Composer, note: MeetingNote) -> str:
    if note.date is None:
        return composer.text("day_unknown")
    return composer.text("date_assumed", date=note.date) if note.date_assumed else str(note.date)


def _say(composer: Composer, key: str, /, **values: str | dt.date) -> None:
    composer.unclaimed("- " + composer.text(key, **values))
