"""What a message leaves open: what to ask back, with which choices, what the thread keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.assistant.understanding.hearing import Heard
from bot.assistant.understanding.intent import intent
from bot.assistant.understanding.people import choice_of
from bot.assistant.understanding.request import Choice, Missing
from bot.assistant.understanding.settling import Settled
from bot.assistant.understanding.thread import Pick, scope_of
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import TeamSeat

OFFERED = 8
"""Accounts or people offered when one is missing."""


def missing_from(
    name: str, heard: Heard, found: Settled, records: Records, *, again: bool
) -> tuple[Missing, tuple[Choice, ...]]:
    """What the intent cannot do without, and what to offer for it.

    "And Wayne Enterprises?" asks about an account even where the intent could do without one.
    """
    needs = intent(name).get("needs", "nothing")
    if needs == "nothing" and again and heard.unknown and not heard.named:
        needs = "person" if "contact" in {slot for *_, slot in heard.spans} else "account"
    if needs == "nothing" or found.choices or (heard.hidden and not found.accounts):
        return "", ()
    if needs == "person" and found.accounts and not (found.contacts or found.title):
        return "person", _people_at(found.accounts[0], records)
    if found.accounts or (needs == "party" and (found.people or scope_of(heard.text) == "mine")):
        return "", ()
    unknown_person = needs == "party" and "contact" in {slot for *_, slot in heard.spans}
    if heard.unknown and (needs == "person" or unknown_person):
        return "person", ()
    return "account", _own_accounts(records)


def _own_accounts(records: Records) -> tuple[Choice, ...]:
    """The asker's own accounts, by name."""
    person = records.rights.viewer.person_id
    seated = {row.account_id for row in records.all(TeamSeat) if row.person_id == person}
    rows = [row for row in records.accounts.values() if row.owner_id == person or row.id in seated]
    rows.sort(key=lambda row: (row.owner_id != person, row.name))
    return tuple(Choice("account", row.id, row.name) for row in rows[:OFFERED])


def _people_at(account: int, records: Records) -> tuple[Choice, ...]:
    """The people on record at the account who are still there."""
    today = records.rights.today
    rows = [row for row in records.contacts(account) if not has_left(row, today)]
    rows.sort(key=lambda row: (row.decision_role is None, row.id))
    return tuple(choice_of(row, records) for row in rows[:OFFERED])


def pending_of(
    choices: tuple[Choice, ...],
    missing: Missing,
    chosen: tuple[Pick, ...],
    earlier: Mapping[str, Any] | None,
) -> dict[str, Any] | None:
    """What the thread has to keep until our question is answered; None where we ask nothing."""
    if not choices and not missing:
        return None
    kept: dict[str, Any] = {
        "choices": [{"kind": choice.kind, "key": choice.key} for choice in choices],
        "missing": missing,
        "chosen": [list(pick) for pick in chosen],
    }
    if earlier and "turn" in earlier:
        kept["turn"] = earlier["turn"]
    return kept
