"""Where an account hangs on one person (P-13)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.queries.relations import SingleThread, single_threads
from kam_knowledge.queries.sources import ComputedSource, Source

SHOWN = 12


def single_threaded(context: SkillContext, request: Request) -> Reply:
    """Accounts with one thread, and which of the three tests each fails."""
    composer = Composer("single_threaded", request.language)
    accounts = accounts_in_scope(context, request)
    found, total = single_threads(context.records, accounts, SHOWN)
    place = places(accounts, request.language, most=12)
    if not found:
        composer.plain("none", place=place, today=context.clock.today)
        looked = composer.text("looked", place=place, today=context.clock.today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    for one in found:
        _line(context, composer, one)
    composer.more(total - len(found))
    return composer.reply(
        accounts=[one.account.name for one in found],
        focus={"account_ids": [one.account.id for one in found[:1]]},
    )


def _line(context: SkillContext, composer: Composer, one: SingleThread) -> None:
    why, sources = thread_reasons(context, composer.language, one)
    composer.bullet("account", sources, name=one.account.name, why=why)


def thread_reasons(
    context: SkillContext, language: str, one: SingleThread
) -> tuple[str, list[Source]]:
    """Why an account hangs on one thread (P-13), in words, and what says so."""
    records, composer = context.records, Composer("single_threaded", language)
    theirs = listed([row.name for row in one.contacts], language)
    ours = listed([person.name for person in one.people], language)
    deal = one.deals[0][0].name if one.deals else ""
    reasons = [composer.text(code, theirs=theirs, ours=ours, deal=deal) for code in one.reasons]
    formula = (
        f"customer people in touch within 180 days: {len(one.contacts)} ({theirs}); "
        f"ours: {len(one.people)} ({ours})"
    )
    sources: list[Source] = [
        ComputedSource(
            "single_threads (P-13)",
            one.account.name,
            context.clock.today,
            formula,
            tuple(records.where(row) for row in one.contacts),
        )
    ]
    fields = ["name", "amount", "currency", "contact_id"]
    for offered, supporter in one.deals:
        sources += [
            records.source(offered, fields),
            records.source(supporter, ["name", "support"]),
        ]
    return composer.text("semicolon").join(reasons), sources
