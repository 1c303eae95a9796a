"""Who has been silent beyond the cadence of their class and role (P-2)."""

from __future__ import annotations

from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed, word
from kam_knowledge.queries.silence import Silence, last_met, quiet_accounts, silences
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Account, Contact

SHOWN = 8
ROLES = {"deciders": ("decision_maker", "economic_buyer"), "champions": ("champion",)}
"""Roles in the decision by what people call them."""
FIRST = ("decision_maker", "economic_buyer", "champion")


def cadence_gaps(context: SkillContext, request: Request) -> Reply:
    """Accounts gone quiet where accounts are asked about; else people over their days, those
    who decide first. Contacts without a role never alert."""
    accounts = accounts_held_by_named(context, request)
    days = int(request.slots.get("days") or 0) or None
    if request.slots.get("level") == "account" and not request.account_ids:
        return _accounts(context, request, accounts, days)
    composer, records = Composer("cadence_gaps", request.language), context.records
    today = context.clock.today
    found = silences(records, accounts, days=days)
    if roles := ROLES.get(request.slots.get("role", "")):
        found = [one for one in found if one.contact.decision_role in roles]
    found.sort(key=lambda one: one.contact.decision_role not in FIRST)
    place = places(accounts, request.language, most=6)
    if not found:
        key = "none_longer" if days else "none"
        composer.plain(key, place=place, today=today, days=days)
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


def _accounts(
    context: SkillContext, request: Request, accounts: list[Account], days: int | None
) -> Reply:
    """The accounts without two-way contact for too long, and whom we last spoke to."""
    composer, records = Composer("cadence_gaps", request.language), context.records
    today = context.clock.today
    found = quiet_accounts(records, accounts, days=days)
    quiet = [one for one in found if one.last]
    never = [one.account.name for one in found if not one.last]
    place = places(accounts, request.language, most=6)
    met = last_met(records, quiet[:SHOWN])
    for one in quiet[:SHOWN]:
        touch = met[one.account.id]
        people = [row for key in touch.contact_ids if (row := records.get(Contact, key))]
        with_whom = listed([row.name for row in people], request.language)
        formula = f"{one.account.name}: {today} - {one.last} = {one.days} days"
        formula += f" > {one.limit}; with {'; '.join(row.name for row in people)}"
        source = ComputedSource("quiet_accounts (P-2)", one.account.name, today, formula)
        composer.bullet(
            "quiet" if people else "quiet_plain",
            [source],
            account=one.account.name,
            last=one.last,
            days=one.days,
            people=with_whom,
            kind=word(f"kind_{touch.kind}", request.language),
        )
    composer.more(len(quiet) - SHOWN)
    if never:
        composer.plain("never_met", accounts=listed(never, request.language), today=today)
    if not found:
        key = "no_quiet_days" if days else "no_quiet"
        composer.plain(key, place=place, today=today, days=days)
    looked = composer.text("looked", place=place, today=today)
    return composer.reply(
        Outcome.ANSWERED if quiet else Outcome.UNKNOWN,
        accounts=[one.account.name for one in quiet[:SHOWN]],
        looked_at=[] if quiet else [looked],
        focus={"account_ids": [one.account.id for one in quiet[:1]]},
    )


def _line(context: SkillContext, composer: Composer, one: Silence, today: date) -> None:
    records, language = context.records, composer.language
    contact = one.contact
    row = records.source(contact, ["name", "account_id", "title", "decision_role"])
    counted = f"{today} - {one.last} = {one.days} days" if one.last else "no contact on record"
    source = ComputedSource(
        "silences (P-2)",
        contact.name,
        today,
        f"{contact.name} ({contact.decision_role}, {one.account.name}): {counted}; "
        f"cadence {one.cadence} days",
        (row.where,),
    )
    composer.bullet(
        "silent" if one.last else "never",
        [source],
        name=contact.name,
        role=word(f"role_{contact.decision_role}", language),
        account=one.account.name,
        last=one.last,
        days=one.days,
        cadence=one.cadence,
    )
