"""Which ordinary accounts look ready to become key accounts, and why (S1-15, S2-20)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed, word
from kam_knowledge.queries.promotion import ENOUGH, Candidate, promotion_candidates, readiness
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, team_seats
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Account

SHOWN = 8


def candidates(context: SkillContext, request: Request) -> Reply:
    """Ordinary accounts and prospects with at least two signs, most signs first; of a named
    account what speaks for it and what does not, and the seats that are missing."""
    composer, records = Composer("promotion", request.language), context.records
    accounts = accounts_in_scope(context, request)
    today = context.clock.today
    if request.account_ids:
        return _named(context, composer, accounts)
    found = promotion_candidates(records, accounts)
    place = places(accounts, request.language, most=6)
    if not found:
        composer.plain("none", place=place, today=today)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    for one in found[:SHOWN]:
        _line(context, composer, one)
    composer.more(len(found) - SHOWN)
    return composer.reply(
        accounts=[one.account.name for one in found[:SHOWN]],
        focus={"account_ids": [found[0].account.id]},
    )


def _named(context: SkillContext, composer: Composer, accounts: list[Account]) -> Reply:
    """Each account with its class, the count of signs, the signs, and the empty seats."""
    records, today = context.records, context.clock.today
    for one in readiness(records, accounts):
        account, kind = one.account, one.account.account_class
        counted = ComputedSource(
            "readiness (S1-15)",
            account.name,
            today,
            f"growth of 20 % or more: {_yes(one.grows)}; satisfaction high or rising: "
            f"{_yes(one.pleased)}; open growth deals: {len(one.deals)}; signs {one.signs} of 3",
        )
        key = "ready" if one.grows and one.signs >= ENOUGH else "not_ready"
        composer.claim(
            f"{key}_key" if kind == "key" else key,
            [records.source(account, ["name", "account_class"]), counted],
            name=account.name,
            kind=word(f"class_{kind}", composer.language) if kind else "",
            n=one.signs,
        )
        _line(context, composer, one)
        if account.share_of_wallet is not None:
            composer.bullet(
                "wallet",
                [records.source(account, ["name", "share_of_wallet"])],
                share=f"{percent(account.share_of_wallet):f}",
            )
        for seats in team_seats(records, [account]):
            if empty := seats.empty((*TRIANGLE, SPONSOR)):
                composer.bullet(
                    "seats",
                    [
                        ComputedSource(
                            "team_seats (S3-5, S1-16)",
                            account.name,
                            today,
                            f"empty: {', '.join(empty)}",
                            tuple(records.where(row) for row in seats.rows),
                        )
                    ],
                    seats=listed(
                        [word(f"seat_{seat}", composer.language) for seat in empty],
                        composer.language,
                    ),
                )
    names = [account.name for account in accounts]
    focus = {"account_ids": [account.id for account in accounts[:1]]}
    return composer.reply(accounts=names, focus=focus)


def _yes(sign: bool) -> str:
    return "yes" if sign else "no"


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
    if parts:
        composer.line(f"- {name}{composer.text('colon')}{composer.text('semicolon').join(parts)}")
