"""Which ordinary accounts look ready to become key accounts, and why (S1-15, S2-20)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount
from kam_knowledge.queries.promotion import Candidate, promotion_candidates
from kam_knowledge.queries.revenue import percent


def candidates(context: SkillContext, request: Request) -> Reply:
    """Ordinary accounts and prospects with at least two signs, most signs first."""
    composer, records = Composer("promotion", request.language), context.records
    accounts = accounts_in_scope(context, request)
    today = context.clock.today
    found = promotion_candidates(records, accounts)
    place = places(accounts, request.language, most=6)
    if not found:
        composer.plain("none", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    for one in found:
        _line(context, composer, one)
    return composer.reply(
        accounts=[one.account.name for one in found],
        focus={"account_ids": [found[0].account.id]},
    )


def _line(context: SkillContext, composer: Composer, one: Candidate) -> None:
    records = context.records
    record = records.source(one.account, ["name", "account_class"])
    name = composer.cited(one.account.name, [record])
    parts: list[str] = []
    if one.year and one.year.growth is not None:
        parts.append(
            composer.cited(
                composer.text(
                    "growth",
                    change=f"{percent(one.year.growth):+f}",
                    amount=amount(one.year.revenue, one.year.currency, composer.language),
                ),
                [revenue_source(records, one.year)],
            )
        )
    if one.surveys:
        values = ", ".join(f"{row.value:f}" for row in one.surveys)
        parts.append(
            composer.cited(
                composer.text("satisfaction", kind=one.surveys[-1].kind.upper(), values=values),
                [records.source(row, ["date", "kind", "value"]) for row in one.surveys],
            )
        )
    if one.deals:
        parts.append(
            composer.cited(
                composer.text("deals", n=len(one.deals)),
                [records.source(row, ["name", "amount", "stage"]) for row in one.deals],
            )
        )
    composer.line(f"- {name}{composer.text('colon')}{composer.text('semicolon').join(parts)}")
