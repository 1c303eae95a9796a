"""Which accounts are red or amber, and why (P-1)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.pictures import health_picture
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from bot.render.drawings import Picture
from kam_knowledge.analysis.health import Colour
from kam_knowledge.queries.health import AccountHealth, HealthReader
from kam_knowledge.queries.health_weeks import health_by_week

SHOWN = 12
"""Accounts of one colour that are told, each with its reasons."""


def accounts_at_risk(context: SkillContext, request: Request) -> Reply:
    """Accounts by colour, red first, with the gates and weak parts that make it so."""
    composer, records = Composer("health", request.language), context.records
    accounts = accounts_held_by_named(context, request)
    if not accounts:
        composer.plain("no_accounts")
        return composer.reply(Outcome.UNKNOWN, looked_at=["accounts"])
    if request.account_ids:
        reader = HealthReader(records, [account.id for account in accounts])
        return _named(context, composer, [reader.of(account) for account in accounts], request)
    everyone = HealthReader(records, [account.id for account in accounts], evidence=False)
    known = {account.id: everyone.of(account).health.colour for account in accounts}
    by_colour = {c: [one for one in accounts if known[one.id] is c] for c in Colour}
    asked = request.slots.get("colour")
    wanted = {Colour(asked)} if asked else set(Colour)
    if asked == Colour.RED and not by_colour[Colour.RED]:
        wanted.add(Colour.AMBER)  # who asks for the worst is told what comes nearest to it
    by_colour = {c: group if c in wanted else [] for c, group in by_colour.items()}
    shown = {colour: group[:SHOWN] for colour, group in by_colour.items()}
    reader = everyone.citing([one.id for group in shown.values() for one in group])
    for colour in (Colour.RED, Colour.AMBER):
        group = by_colour[colour]
        if colour not in wanted or (asked == Colour.RED != colour and not group):
            continue
        composer.heading(f"head_{colour}", n=len(group))
        if not group:
            _none(context, composer, colour)
        for account in shown[colour]:
            _line(context, composer, reader.of(account))
        composer.more(len(group) - len(shown[colour]))
    if group := shown[Colour.GREEN]:
        composer.blank()
        names = listed([one.name for one in group], request.language, most=len(group))
        sources = [computed(records, reader.of(account)) for account in group]
        composer.claim("names_green", sources, names=names)
        composer.more(len(by_colour[Colour.GREEN]) - len(group))
    if by_colour[Colour.GREY]:
        composer.heading("head_grey", n=len(by_colour[Colour.GREY]))
    for account in shown[Colour.GREY]:
        _grey(context, composer, reader.of(account))
    composer.more(len(by_colour[Colour.GREY]) - len(shown[Colour.GREY]))
    if asked and not by_colour[Colour(asked)] and not composer.citations:
        if asked in (Colour.GREEN, Colour.GREY):
            _none(context, composer, Colour(asked))
        looked = composer.text("looked", today=context.clock.today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    risky = by_colour[Colour.RED] + by_colour[Colour.AMBER]
    return composer.reply(
        accounts=[one.name for one in risky],
        focus={"account_ids": [one.id for one in by_colour[Colour.RED][:1]]},
    )


def _none(context: SkillContext, composer: Composer, colour: Colour) -> None:
    """Says that no account is of that colour: before others only of what all of them may see."""
    here = "" if context.rights.sole_reader is not None else "_here"
    composer.plain(f"none_{colour}{here}")


def _named(
    context: SkillContext, composer: Composer, found: list[AccountHealth], request: Request
) -> Reply:
    """The colour of each account that was asked about, with its reasons."""
    for one in found:
        if one.health.colour is Colour.GREY:
            _grey(context, composer, one)
        else:
            _line(context, composer, one, coloured=True)
    return composer.reply(
        accounts=[one.account.name for one in found],
        focus={"account_ids": [one.account.id for one in found], "contact_ids": []},
        pictures=_weeks(context, found, request),
    )


def _weeks(context: SkillContext, found: list[AccountHealth], request: Request) -> list[Picture]:
    """How the health of one account went over the last weeks, where a span of time is asked about:
    every week is computed from the records as they stood."""
    over_time = request.since or {"period", "metric"} & request.slots.keys()
    if len(found) != 1 or not over_time:
        return []
    account, today = found[0].account, context.clock.today
    weeks = health_by_week(context.records, account)
    drawn = health_picture(account, weeks, today, request.language)
    return [drawn] if drawn else []


def _grey(context: SkillContext, composer: Composer, one: AccountHealth) -> None:
    """Too little is known for a colour: what is, and the two facts that would decide it."""
    missing = [composer.text(f"part_{name}") for name in one.health.deciding]
    text = composer.text(
        "undecided", name=one.account.name, missing=listed(missing, composer.language)
    )
    parts = [composer.cited(text, [computed(context.records, one)])]
    parts += reasons(context.records, composer, one, most=2)
    composer.line("- " + composer.text("semicolon").join(parts))


def _line(
    context: SkillContext, composer: Composer, one: AccountHealth, *, coloured: bool = False
) -> None:
    score = one.health.score
    text = composer.text(
        "account_scored" if score is not None else "account", name=one.account.name, score=score
    )
    if coloured:
        text = composer.text("of_account", account=text, text=colour_word(composer, one))
    parts = [composer.cited(text, [computed(context.records, one)])]
    said = reasons(context.records, composer, one, most=5)
    if said:
        parts.append(composer.text("semicolon").join(said))
    composer.line("- " + composer.text("colon").join(parts))
