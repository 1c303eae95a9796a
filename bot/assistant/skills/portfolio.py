"""The leader's view: load, and accounts without sponsor, plan or contact (S0-3, S1-16, S0-9)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed
from kam_knowledge.queries.plans import accounts_with_plan
from kam_knowledge.queries.seats import SPONSOR, team_seats
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Account

DEFAULT_DAYS = 30


def portfolio(context: SkillContext, request: Request) -> Reply:
    """What each account lacks, and how many key accounts each of ours holds.

    Counts of contacts by person are nobody's here: activity of colleagues is not ranked.
    """
    composer, records = Composer("portfolio", request.language), context.records
    accounts = accounts_in_scope(context, request)
    today = context.clock.today
    if not accounts:
        composer.plain("nothing_on_record", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=["accounts"])
    days = int(request.slots.get("days") or DEFAULT_DAYS)
    seats = {one.account.id: one for one in team_seats(records, accounts)}
    planned = accounts_with_plan(records, accounts)
    last: dict[int, date] = {}
    for touch in touches(records, account_ids=[account.id for account in accounts]):
        if touch.two_way:
            last.setdefault(touch.account_id, touch.date)
    recent = today - timedelta(days=days)
    groups = {
        "sponsor": [a for a in accounts if seats[a.id].empty((SPONSOR,))],
        "plan": [a for a in accounts if a.id not in planned],
        "contact": [a for a in accounts if a.id not in last or last[a.id] < recent],
    }
    loaded = request.slots.get("ask") == "load"
    asked = [name for name in groups if request.slots.get(f"missing_{name}")]
    if asked or loaded:
        groups = {name: groups[name] for name in asked}
    for name, group in groups.items():
        composer.heading(f"head_{name}", days=days, n=len(group))
        if not group:
            composer.plain(f"none_{name}", days=days)
        for account in group:
            _account(context, composer, account, name, last)
    if loaded or not asked:
        _load(context, composer, accounts)
    named = [account.name for group in groups.values() for account in group]
    return composer.reply(accounts=named)


def _account(
    context: SkillContext,
    composer: Composer,
    account: Account,
    name: str,
    last: dict[int, date],
) -> None:
    record = context.records.source(account, ["name", "account_class", "owner_id"])
    owner = context.records.people.get(account.owner_id or 0)
    sources: list[Source] = [record]
    if owner:
        sources.append(context.records.source(owner, ["email", "name"]))
    since = ""
    if name == "contact":
        day = last.get(account.id)
        since = composer.text("last", date=day) if day else composer.text("never")
        sources.append(
            ComputedSource(
                "last_contact (P-2)",
                account.name,
                context.clock.today,
                f"last contact on record with {account.name}: {day or 'none'}",
            )
        )
    composer.bullet(
        "account",
        sources,
        name=account.name,
        owner=in_brackets(owner.name if owner else None, composer.language),
        since=since,
    )


def _load(context: SkillContext, composer: Composer, accounts: list[Account]) -> None:
    """Accounts each of us owns, and how many of them are key accounts (S0-3)."""
    people = context.records.people
    held = Counter(a.owner_id for a in accounts if a.owner_id in people)
    key = Counter(a.owner_id for a in accounts if a.account_class == "key")
    composer.heading("head_load")
    for owner_id, n in sorted(held.items(), key=lambda pair: (-key[pair[0]], -pair[1])):
        owned = [account for account in accounts if account.owner_id == owner_id]
        person = people[owner_id or 0]
        source = ComputedSource(
            "accounts_per_owner (S0-3)",
            composer.text("load_title"),
            context.clock.today,
            f"{person.name}: {n} accounts, {key[owner_id]} key",
            tuple(
                context.records.source(account, ["name", "account_class", "owner_id"]).where
                for account in owned
            ),
        )
        composer.bullet("load", [source], name=person.name, n=n, key=key[owner_id])
    nobody = [account for account in accounts if account.owner_id not in people]
    if nobody:
        names = listed([account.name for account in nobody], composer.language, most=6)
        found = [context.records.source(account, ["name", "owner_id"]) for account in nobody]
        composer.bullet("load_nobody", found, n=len(nobody), names=names)
