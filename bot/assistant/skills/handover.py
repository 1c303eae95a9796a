"""Handing an account over, or what hangs on a person who leaves or is away (P-10, P-11)."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.handover_pages import AccountPage
from bot.assistant.handover_person import PersonPage
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import own_accounts
from bot.assistant.understanding.request import Request
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.handover import hanging_on
from kam_knowledge.queries.records import Records
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.queries.stakeholder import is_open
from kam_knowledge.store.models import Account, Contract, Opportunity

SHOWN = 10


def handover(context: SkillContext, request: Request) -> Reply:
    """The account's page; what hangs on the person named; or one's own book, a line each.

    It is read as somebody would who is not its writer: notes that are the asker's own never
    stand in it (P-10).
    """
    shared = replace(context.rights, sole_reader=None)
    context = replace(context, rights=shared, records=Records(context.session, shared))
    composer = Composer("handover", request.language)
    if request.person_ids and not request.account_ids:  # with an account it is whom it goes to
        return _person(context, request, composer)
    if request.account_ids:
        return _accounts(context, request, composer)
    return _book(context, composer)


def _accounts(context: SkillContext, request: Request, composer: Composer) -> Reply:
    accounts = [context.records.accounts[key] for key in request.account_ids]
    for account in accounts:
        AccountPage(context, composer, account).write()
    composer.blank()
    composer.plain("private")
    return composer.reply(
        accounts=[account.name for account in accounts],
        focus={"account_ids": [account.id for account in accounts], "contact_ids": []},
    )


def _person(context: SkillContext, request: Request, composer: Composer) -> Reply:
    records, today = context.records, context.clock.today
    people = [records.people[key] for key in request.person_ids if key in records.people]
    found = [hanging_on(records, person) for person in people]
    named: list[str] = []
    for one in found:
        if one.anything or one.cover:
            named += PersonPage(context, composer, one).write()
        else:
            composer.plain("nothing_hangs", name=one.person.name, today=today)
    if not composer.citations:
        looked = composer.text("looked", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    composer.blank()
    composer.plain("private")
    return composer.reply(accounts=named)


def _book(context: SkillContext, composer: Composer) -> Reply:
    records, today = context.records, context.clock.today
    # who stands in today hands nothing over that is not theirs
    accounts = [
        account
        for account in own_accounts(context)
        if account.owner_id == context.rights.viewer.person_id
    ] or own_accounts(context)
    if not accounts:
        composer.plain("no_accounts", today=today)
        looked = composer.text("looked", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    composer.heading("title_book")
    for account in accounts[:SHOWN]:
        _line(context, records, composer, account)
    composer.blank()
    composer.plain("private")
    return composer.reply(
        accounts=[account.name for account in accounts],
        suggestions=[composer.text("ask_account", name=account.name) for account in accounts[:3]],
    )


def _line(context: SkillContext, records: Records, composer: Composer, account: Account) -> None:
    today = context.clock.today
    ours = [
        one
        for one in open_commitments(records, account_ids=[account.id])
        if one.action.direction == "ours"
    ]
    late = [one for one in ours if one.overdue_days]
    deals = [
        row for row in records.all(Opportunity, account_ids=[account.id]) if is_open(row, today)
    ]
    days = sorted(
        day
        for row in records.all(Contract, account_ids=[account.id])
        for day in (row.notice_by, row.end)
        if day and day >= today
    )
    where = [records.where(one.action) for one in ours]
    where += [records.where(row) for row in deals]
    source = ComputedSource(
        "hanging (P-10)",
        account.name,
        today,
        f"promises of ours open: {len(ours)}, late: {len(late)}; open deals: {len(deals)}; "
        f"next contract date: {days[0] if days else 'none'}",
        tuple(where),
    )
    composer.bullet(
        "book",
        [source, records.source(account, ["name", "owner_id"])],
        name=account.name,
        ours=len(ours),
        late=len(late),
        deals=len(deals),
        renewal=composer.text("book_renewal", date=days[0]) if days else "",
    )
