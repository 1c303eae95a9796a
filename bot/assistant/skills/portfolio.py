"""The leader's view: load, and accounts without sponsor, plan or contact (S0-3, S1-16, S0-9)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from bot.assistant.compose import Composer, Fact
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, in_brackets, listed, word
from kam_knowledge.queries.last_touches import last_touches
from kam_knowledge.queries.plans import accounts_with_plan
from kam_knowledge.queries.revenue import year_of_sales
from kam_knowledge.queries.seats import SPONSOR, team_seats
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Account, Contact

DEFAULT_DAYS = 30
SHOWN, MOST_LISTED = 10, 40
"""Accounts below one heading, and in a bare list of all."""
GAPS = ("sponsor", "plan", "contact")
ROLES = ("decision_maker", "economic_buyer", "champion")
"""Gaps that are told when they are asked for (P-1, P-13)."""
MANY = 10
"""Key accounts of one person above which a leader is told (S0-3): ours, no source's."""


def portfolio(context: SkillContext, request: Request) -> Reply:
    """What each account lacks, and how many key accounts each of ours holds.

    Counts of contacts by person are nobody's here: activity of colleagues is not ranked.
    """
    composer, records = Composer("portfolio", request.language), context.records
    accounts = _narrowed(context, request)
    today = context.clock.today
    if not accounts:
        composer.plain("nothing_on_record", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=["accounts"])
    asked = [name for name in (*GAPS, *ROLES) if request.slots.get(f"missing_{name}")]
    ask = request.slots.get("ask")
    if (ask == "list" and not asked) or (request.person_ids and not asked and ask is None):
        return _listed(context, composer, accounts, revenue=bool(request.slots.get("revenue")))
    days = int(request.slots.get("days") or DEFAULT_DAYS)
    seats = {one.account.id: one for one in team_seats(records, accounts)}
    planned = accounts_with_plan(records, accounts)
    last = last_touches(records, [account.id for account in accounts]).by_account
    recent = today - timedelta(days=days)
    groups = {
        "sponsor": [a for a in accounts if seats[a.id].empty((SPONSOR,))],
        "plan": [a for a in accounts if a.id not in planned],
        "contact": [a for a in accounts if a.id not in last or last[a.id] < recent],
    }
    loaded = ask == "load"
    if asked or loaded:
        groups |= _without_roles(context, accounts) if set(asked) & set(ROLES) else {}
        groups = {name: groups[name] for name in asked}
    for name, group in groups.items():
        composer.heading(f"head_{name}", days=days, n=len(group))
        if not group:
            composer.plain(f"none_{name}", days=days)
        for account in group[:SHOWN]:
            _account(context, composer, account, name, last)
        composer.more(len(group) - SHOWN)
    if loaded or not asked:
        _load(context, composer, accounts)
    named = [account.name for group in groups.values() for account in group]
    return composer.reply(accounts=named)


def _without_roles(context: SkillContext, accounts: list[Account]) -> dict[str, list[Account]]:
    """By role in the decision, the accounts where nobody who is still there is known to have it."""
    ids, today = [account.id for account in accounts], context.clock.today
    held = {
        (row.account_id, row.decision_role)
        for row in context.records.all(Contact, account_ids=ids)
        if not has_left(row, today)
    }
    return {role: [a for a in accounts if (a.id, role) not in held] for role in ROLES}


def _narrowed(context: SkillContext, request: Request) -> list[Account]:
    """The accounts in scope, of the class and the owners that were asked for."""
    accounts = accounts_held_by_named(context, request)
    if wanted := request.slots.get("class"):
        accounts = [account for account in accounts if account.account_class == wanted]
    return accounts


def _listed(
    context: SkillContext, composer: Composer, accounts: list[Account], *, revenue: bool
) -> Reply:
    """Each account with its owner and class; with `revenue`, twelve months' sales to it (S1-12)."""
    records, language = context.records, composer.language
    years = year_of_sales(records, accounts) if revenue else {}
    composer.heading("head_list", n=len(accounts))
    told = []
    for account in accounts[:MOST_LISTED]:
        owner = records.people.get(account.owner_id or 0)
        sources: list[Source] = [records.source(account, ["name", "account_class", "owner_id"])]
        if owner:
            sources.append(records.source(owner, ["email", "name"]))
        kind = word(f"class_{account.account_class}", language) if account.account_class else ""
        sales = ""
        if year := years.get(account.id):
            sales = amount(year.revenue, year.currency, language)
            sources.append(revenue_source(records, year))
        keeper = owner.name if owner else composer.text("no_owner")
        text = composer.text(
            "listed",
            name=account.name,
            kind=in_brackets(kind, language),
            owner=keeper,
            sales=composer.text("sales", amount=sales) if sales else "",
        )
        cells = (account.name, kind, keeper, *([sales] if revenue else []))
        told.append(Fact(text, cells, sources))
    heads = ("col_account", "col_class", "col_owner", *(["col_sales"] if revenue else []))
    composer.facts(heads, told)
    composer.more(len(accounts) - MOST_LISTED)
    return composer.reply(accounts=[account.name for account in accounts[:MOST_LISTED]])


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
    loads: list[ComputedSource] = []
    told = []
    heaviest = sorted(held.items(), key=lambda pair: (-key[pair[0]], -pair[1]))
    for owner_id, n in heaviest[:SHOWN]:
        owned = [account for account in accounts if account.owner_id == owner_id]
        person = people[owner_id or 0]
        source = ComputedSource(
            "accounts_per_owner (S0-3)",
            composer.text("load_title"),
            context.clock.today,
            f"{person.name}: {n} accounts, {key[owner_id]} key",
            tuple(context.records.where(account) for account in owned),
        )
        loads.append(source)
        text = composer.text("load", name=person.name, n=n, key=key[owner_id])
        told.append(Fact(text, (person.name, n, key[owner_id]), [source]))
    composer.facts(("col_owner", "col_accounts", "col_key"), told)
    if len(heaviest) > SHOWN:
        composer.plain("more_people", n=len(heaviest) - SHOWN)
    if held and max(key[owner_id] for owner_id in held) <= MANY:
        most = max(key[owner_id] for owner_id in held)
        none_above = ComputedSource(
            "accounts_per_owner (S0-3)",
            composer.text("load_title"),
            context.clock.today,
            f"most key accounts of one person: {most}; a leader is told above {MANY}",
            tuple(where for one in loads for where in one.inputs),
        )
        composer.bullet("load_fine", [none_above], many=MANY)
    nobody = [account for account in accounts if account.owner_id not in people]
    if nobody:
        names = listed([account.name for account in nobody], composer.language, most=6)
        found = [context.records.source(account, ["name", "owner_id"]) for account in nobody]
        composer.bullet("load_nobody", found, n=len(nobody), names=names)
