"""A false premise is corrected before the question is answered: "since we lost ACME in May"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Citation, Outcome, Reply
from bot.assistant.understanding.request import Request
from kam_knowledge.queries.contracts import is_running, notice_is_given
from kam_knowledge.queries.sources import Source
from kam_knowledge.store.models import Account, Contract, Opportunity


def corrected(context: SkillContext, request: Request, reply: Reply) -> Reply:
    """The reply, headed by what the records say where the question presumes what is not so."""
    if request.slots.get("presumes") != "lost" or reply.outcome not in _MAY_BE_HEADED:
        return reply
    account = context.records.accounts.get(request.account_ids[0])
    if account is None or _was_lost(context, account):
        return reply
    composer = Composer("premise", reply.language)
    runs = _running(context, account)
    key = "not_lost"
    sources: list[Source] = [context.records.source(account, ["name", "account_class"])]
    end: date | None = None
    if runs is not None:
        key, end = ("runs" if runs.end else "runs_on"), runs.end
        sources = [context.records.source(runs, ["contract", "end", "status"])]
    text = composer.text(key, account=account.name, contract=runs.contract if runs else "", end=end)
    return _headed(reply, text, sources, account.name)


_MAY_BE_HEADED = (Outcome.ANSWERED, Outcome.UNKNOWN)


def _was_lost(context: SkillContext, account: Account) -> bool:
    """Whether anything on record says so: a renewal lost, or every contract at its end."""
    today = context.clock.today
    deals = context.records.all(Opportunity, account_ids=[account.id])
    if any(deal.kind == "renewal" and deal.outcome == "lost" for deal in deals):
        return True
    contracts = context.records.all(Contract, account_ids=[account.id])
    return bool(contracts) and not any(_is_kept(row, today) for row in contracts)


def _running(context: SkillContext, account: Account) -> Contract | None:
    today = context.clock.today
    found = [
        row
        for row in context.records.all(Contract, account_ids=[account.id])
        if _is_kept(row, today)
    ]
    return max(found, key=lambda row: row.end or date.max, default=None)


def _is_kept(contract: Contract, today: date) -> bool:
    return is_running(contract, today) and not notice_is_given(contract)


def _headed(reply: Reply, text: str, sources: list[Source], account: str) -> Reply:
    """The reply under a first line whose sources are numbered after its own."""
    first = max((one.n for one in reply.citations), default=0) + 1
    added = tuple(Citation(first + n, source) for n, source in enumerate(sources))
    marks = "".join(f"[{one.n}]" for one in added)
    return replace(
        reply,
        markdown=f"{text} {marks}\n\n{reply.markdown}",
        outcome=Outcome.ANSWERED,
        citations=(*reply.citations, *added),
        accounts=reply.accounts or (account,),
    )
