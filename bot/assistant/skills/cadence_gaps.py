"""Who has been silent beyond the cadence of their class and role (P-2)."""

from __future__ import annotations

from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import word
from kam_knowledge.queries.silence import Silence, silences
from kam_knowledge.queries.sources import ComputedSource

SHOWN = 12


def cadence_gaps(context: SkillContext, request: Request) -> Reply:
    """Contacts over their days, longest first; contacts without a role never alert."""
    composer, records = Composer("cadence_gaps", request.language), context.records
    accounts = accounts_in_scope(context, request)
    today = context.clock.today
    found = silences(records, accounts, days=int(request.slots.get("days") or 0) or None)
    place = places(accounts, request.language, most=6)
    if not found:
        composer.plain("none", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    for one in found[:SHOWN]:
        _line(context, composer, one, today)
    if len(found) > SHOWN:
        composer.plain("more", n=len(found) - SHOWN)
    return composer.reply(
        accounts=[one.account.name for one in found[:SHOWN]],
        people=[one.contact.name for one in found[:SHOWN]],
        focus={"account_ids": [found[0].account.id]},
    )


def _line(context: SkillContext, composer: Composer, one: Silence, today: date) -> None:
    records, language = context.records, composer.language
    contact = one.contact
    counted = f"{today} - {one.last} = {one.days} days" if one.last else "no contact on record"
    source = ComputedSource(
        "silences (P-2)",
        contact.name,
        today,
        f"{contact.name}: {counted}; cadence {one.cadence} days",
    )
    composer.bullet(
        "silent" if one.last else "never",
        [records.source(contact, ["name", "account_id", "title", "decision_role"]), source],
        name=contact.name,
        role=word(f"role_{contact.decision_role}", language),
        account=one.account.name,
        last=one.last,
        days=one.days,
        cadence=one.cadence,
    )
