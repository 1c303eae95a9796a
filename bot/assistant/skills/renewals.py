"""Renewals ahead by risk, with both dates where sources differ, and the reasons (P-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.renewal_lines import RenewalLines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed, word
from kam_knowledge.queries.contracts import is_running
from kam_knowledge.queries.money import Exchange
from kam_knowledge.queries.renewals import Renewal, lapsed_contracts, renewals
from kam_knowledge.store.models import Account, Contract

DEFAULT_DAYS = 90
SHOWN = 8
LONGEST = 3650
JUST_OVER, LONG_OVER = timedelta(days=90), timedelta(days=730)
"""How long ago a contract that none follows may have ended: in a list, of a named account."""


def renewal_outlook(context: SkillContext, request: Request) -> Reply:
    """Renewals within the asked window, riskiest first."""
    composer, records = Composer("renewals", request.language), context.records
    accounts = accounts_held_by_named(context, request)
    today = context.clock.today
    days = DEFAULT_DAYS
    if request.until and request.until > today:
        days = (request.until - today).days
    elif request.account_ids:
        days = LONGEST  # a named account's next renewal, however far
    if request.slots.get("ask") == "terms" and request.account_ids:
        return _terms(context, request, composer, accounts)
    auto = None if request.account_ids else request.slots.get("auto")
    if auto and not request.until:
        days = LONGEST
    found = renewals(records, accounts, timedelta(days=days))
    if auto:
        found = _by_themselves(found, yes=auto == "yes")
    if request.since and request.until and request.since > today:
        found = [one for one in found if _falls_in(one, request.since, request.until)]
    match request.slots.get("sort"):
        case "date":
            found.sort(key=lambda renewal: renewal.deadline)
        case "value":
            to = context.company.currency or accounts[0].currency
            found.sort(key=lambda renewal: _worth(context, renewal, to), reverse=True)
    names = [account.name for account in accounts] if request.account_ids else []
    place = listed(names, request.language) or _whose(context, request)
    lapsed = lapsed_contracts(records, accounts, LONG_OVER if request.account_ids else JUST_OVER)
    if not found:
        key = "none" if not request.account_ids else "none_named"
        composer.plain(key, days=days, place=place, today=today)
        _lapsed(context, composer, lapsed)
        looked = composer.text("looked", place=place, today=today)
        outcome = Outcome.ANSWERED if composer.citations else Outcome.UNKNOWN
        focus = {"account_ids": list(request.account_ids)}
        return composer.reply(outcome, accounts=names, looked_at=[looked], focus=focus)
    shown = found[:SHOWN]
    page = RenewalLines(context, composer, shown, brief=len(found) > 1)
    for renewal in shown:
        page.one(renewal)
    if len(found) > SHOWN:
        composer.blank()
        composer.plain("more", n=len(found) - SHOWN)
    page.total(found)
    if not request.since:
        _lapsed(context, composer, lapsed)
    return composer.reply(
        accounts=[renewal.account.name for renewal in found],
        focus={"account_ids": list(request.account_ids)},
    )


def _by_themselves(found: list[Renewal], *, yes: bool) -> list[Renewal]:
    """Those whose contracts renew by themselves, or do not, with these contracts alone."""
    chosen = [
        replace(one, contracts=tuple(row for row in one.contracts if row.auto_renews is yes))
        for one in found
    ]
    return [one for one in chosen if one.contracts]


def _whose(context: SkillContext, request: Request) -> str:
    """Your accounts, or those of the colleagues who are named."""
    people = [context.records.people[key].name for key in request.person_ids]
    composer = Composer("renewals", request.language)
    if not people:
        return composer.text("your_accounts")
    return composer.text("accounts_of", people=listed(people, request.language))


def _falls_in(renewal: Renewal, since: date, until: date) -> bool:
    """Whether one of its dates lies in those days: "next quarter" begins later than today."""
    days = [day for row in renewal.contracts for day in (row.notice_by, row.end)]
    days += [renewal.stated, *(deal.close_date for deal in renewal.opportunities)]
    return any(day is not None and since <= day <= until for day in days)


def _lapsed(context: SkillContext, composer: Composer, rows: list[Contract]) -> None:
    """Contracts that ended and that none follows."""
    if rows:
        composer.heading("head_lapsed")
    for row in rows:
        composer.bullet(
            "lapsed",
            [context.records.source(row, ["contract", "end", "status"])],
            account=context.records.accounts[row.account_id].name,
            contract=row.contract,
            end=row.end,
        )


def _worth(context: SkillContext, renewal: Renewal, to: str | None) -> Decimal:
    """What the contracts come to in that currency, for sorting alone.

    An amount for which no rate is on record counts as it stands.
    """
    exchange, worth = Exchange(context.records), Decimal()
    for contract in renewal.contracts:
        currency = contract.currency or renewal.account.currency
        value = contract.value or Decimal()
        rated = exchange.convert(value, currency, to) if currency and to else None
        worth += rated[0] if rated else value
    return worth


def _terms(
    context: SkillContext, request: Request, composer: Composer, accounts: list[Account]
) -> Reply:
    """What each running contract says: term, notice, payment, and for the team the price clause."""
    records, today = context.records, context.clock.today
    names = [account.name for account in accounts]
    rows = records.all(Contract, account_ids=[account.id for account in accounts])
    running = [row for row in rows if is_running(row, today)]
    running.sort(key=lambda row: (row.end or date.max, row.id))
    for row in running:
        _contract(context, composer, row)
    if not running:
        place = listed(names, request.language)
        composer.plain("no_contract", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, accounts=names, looked_at=[looked])
    return composer.reply(accounts=names, focus={"account_ids": list(request.account_ids)})


def _contract(context: SkillContext, composer: Composer, row: Contract) -> None:
    records, language = context.records, composer.language
    account = records.accounts[row.account_id]
    currency = row.currency or account.currency
    worth = amount(row.value, currency, language) if row.value is not None else ""
    composer.heading("contract", account=account.name, contract=row.contract)
    terms = ["contract", "start", "end", "notice_by", "auto_renews", "status", "value", "currency"]
    renews = {True: "renews", False: "ends_then", None: "renews_unknown"}[row.auto_renews]
    unknown = word("unknown", language)
    composer.bullet(
        "term",
        [records.source(row, terms)],
        start=row.start or unknown,
        end=row.end or unknown,
        notice=row.notice_by or unknown,
        renews=composer.text(renews),
        worth=composer.text("worth", amount=worth) if worth else "",
    )
    if row.status == "notice_given":
        composer.bullet("notice_was_given", [records.source(row, ["contract", "status"])])
    if row.payment_terms:
        source = records.source(row, ["contract", "payment_terms"])
        composer.bullet("payment", [source], terms=row.payment_terms)
    if not records.rights.sees_inner(account.id):
        composer.plain("prices_withheld", account=account.name)
        return
    if row.price_clause:
        source = records.source(row, ["contract", "price_clause"])
        composer.bullet("price_clause", [source], clause=row.price_clause)
    if row.last_increase_on and row.last_increase_pct is not None:
        composer.bullet(
            "last_increase",
            [records.source(row, ["contract", "last_increase_on", "last_increase_pct"])],
            date=row.last_increase_on,
            percent=f"{row.last_increase_pct:f}",
        )
    else:
        composer.plain("no_increase")
