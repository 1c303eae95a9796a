"""What a model asks for in plain names becomes a Request, under the rights of the turn.

A model knows no ids and has no say in whose rights apply: it writes an account, a person, words
and days; what they mean is looked up among the rows that the asker and all readers may see.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.assistant.context import SkillContext
from bot.assistant.skills.registry import REGISTRY
from bot.assistant.skills.writing import WRITERS
from bot.assistant.understanding.intent import intent
from bot.assistant.understanding.people import choice_of
from bot.assistant.understanding.request import Choice, Request
from bot.assistant.understanding.slots import cue_slots, number_slots
from bot.assistant.understanding.thread import scope_of
from kam_knowledge.access import Rights
from kam_knowledge.language.names import NameIndex, NameMatch
from kam_knowledge.language.titles import find_titles
from kam_knowledge.language.tokens import query_tokens
from kam_knowledge.queries.offices import holders, one_a_person
from kam_knowledge.store.models import Contact
from prompts import load

SURE = 0.5
"""Below this score a name is not taken for the entry."""
NEAR = 0.1
"""Entries this near the best one's score could be meant as well."""


def is_for_models(name: str) -> bool:
    """Whether a model may answer that intent: a skill reads for it that models are told of."""
    return name in REGISTRY and name not in WRITERS and name in load("model/tools.yaml")


@dataclass(frozen=True)
class Asked:
    """What one call of a tool names."""

    about: str = ""
    """The part of the question in words; empty for the whole."""
    account: str = ""
    person: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def request_for(
    name: str,
    asked: Asked,
    *,
    context: SkillContext,
    asker: Rights,
    names: NameIndex,
    question: Request,
) -> Request:
    """The request for the skill of that intent. `asker` tells denied from hidden here."""
    text = asked.about.strip() or question.text
    slots = number_slots(text) | cue_slots(name, text)
    scope = scope_of(text)
    if scope:
        slots["scope"] = scope
    if asked.since or asked.until:
        slots["period"] = "yes"
    request = Request(
        text,
        question.language,
        name,
        since=asked.since,
        until=asked.until,
        terms=tuple(query_tokens(text)),
        slots=slots,
    )
    if asked.account.strip():
        request = _account(request, asked.account.strip(), context, asker, names)
    if asked.person.strip() and not request.hidden_accounts:
        request = _person(request, asked.person.strip(), context, names)
    return _complete(request)


def _account(
    request: Request, name: str, context: SkillContext, asker: Rights, names: NameIndex
) -> Request:
    found = [match for match in names.best(name, ["account"]) if match.score >= SURE]
    if not found:
        return replace(request, unknown_names=(*request.unknown_names, name), missing="account")
    seen = _nearest([match for match in found if context.rights.sees(match.entry.key)])
    if not seen:
        hidden = not all(asker.sees(match.entry.key) for match in found)
        return replace(request, hidden_accounts=(name,), hidden_from_asker=hidden)
    if len(seen) > 1:
        choices = tuple(Choice("account", one.entry.key, one.entry.name) for one in seen)
        return replace(request, choices=choices, missing="account")
    return replace(request, account_ids=(seen[0].entry.key,))


def _person(request: Request, name: str, context: SkillContext, names: NameIndex) -> Request:
    records = context.records
    scope = request.account_ids[0] if request.account_ids else None
    found = [m for m in names.best(name, ["contact", "person"], scope) if m.score >= SURE]
    visible = _nearest([match for match in found if _may_see(match, context)])
    ours = [one.entry.key for one in visible if one.entry.kind == "person"]
    rows = [
        row
        for one in visible
        if one.entry.kind == "contact" and (row := records.get(Contact, one.entry.key))
    ]
    if not rows and not ours and scope is not None:
        titles = [title for title in find_titles(name) if title.kind == "role"]
        if titles:
            rows = holders(records.contacts(scope), titles[0], records.rights.today)
    rows = one_a_person(rows)
    if not rows and not ours:
        return replace(request, unknown_names=(*request.unknown_names, name), missing="person")
    if len(rows) > 1:
        return replace(request, choices=tuple(choice_of(row, records) for row in rows))
    if rows:
        accounts = request.account_ids or (rows[0].account_id,)
        request = replace(request, contact_ids=(rows[0].id,), account_ids=accounts)
    return replace(request, person_ids=tuple(ours[:1]))


def _complete(request: Request) -> Request:
    """Says what the skill cannot do without and was not named."""
    needs = intent(request.intent).get("needs", "nothing")
    if request.missing or request.choices or request.hidden_accounts or needs == "nothing":
        return request
    if needs == "person" and not request.contact_ids:
        return replace(request, missing="person")
    if needs == "account" and not request.account_ids:
        return replace(request, missing="account")
    if needs == "party" and not (request.account_ids or request.person_ids):
        return replace(request, missing="account")
    return request


def _may_see(match: NameMatch, context: SkillContext) -> bool:
    entry = match.entry
    if entry.kind == "contact":
        return context.rights.sees(entry.scope)
    return context.rights.inside


def _nearest(found: list[NameMatch]) -> list[NameMatch]:
    return [match for match in found if match.score >= found[0].score - NEAR]
