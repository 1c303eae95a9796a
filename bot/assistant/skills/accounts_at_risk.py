"""Which accounts are red or amber, and why (P-1)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import colour_word, computed, reasons
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.analysis.health import Colour
from kam_knowledge.queries.health import AccountHealth, HealthReader


def accounts_at_risk(context: SkillContext, request: Request) -> Reply:
    """Accounts by colour, red first, with the gates and weak parts that make it so."""
    composer, records = Composer("health", request.language), context.records
    accounts = accounts_in_scope(context, request)
    if not accounts:
        composer.plain("no_accounts")
        return composer.reply(Outcome.UNKNOWN, looked_at=["accounts"])
    reader = HealthReader(records, [account.id for account in accounts])
    found = [reader.of(account) for account in accounts]
    by_colour = {colour: [one for one in found if one.health.colour is colour] for colour in Colour}
    asked = request.slots.get("colour")
    if request.account_ids:
        return _named(context, composer, found)
    if asked:
        by_colour = {c: group if c == asked else [] for c, group in by_colour.items()}
    for colour in (Colour.RED, Colour.AMBER):
        group = by_colour[colour]
        if asked not in (None, colour):
            continue
        composer.heading(f"head_{colour}", n=len(group))
        if not group:
            composer.plain(f"none_{colour}")
        for one in group:
            _line(context, composer, one)
    group = by_colour[Colour.GREEN]
    if group:
        composer.blank()
        names = listed([one.account.name for one in group], request.language, most=len(group))
        composer.claim("names_green", [computed(records, one) for one in group], names=names)
    if by_colour[Colour.GREY]:
        composer.heading("head_grey", n=len(by_colour[Colour.GREY]))
    for one in by_colour[Colour.GREY]:
        _grey(context, composer, one)
    if asked and not by_colour[Colour(asked)] and not composer.citations:
        if asked in (Colour.GREEN, Colour.GREY):
            composer.plain(f"none_{asked}")
        looked = composer.text("looked", today=context.clock.today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    risky = by_colour[Colour.RED] + by_colour[Colour.AMBER]
    return composer.reply(
        accounts=[one.account.name for one in risky],
        focus={"account_ids": [one.account.id for one in by_colour[Colour.RED][:1]]},
    )


def _named(context: SkillContext, composer: Composer, found: list[AccountHealth]) -> Reply:
    """The colour of each account that was asked about, with its reasons."""
    for one in found:
        if one.health.colour is Colour.GREY:
            _grey(context, composer, one)
        else:
            _line(context, composer, one, coloured=True)
    return composer.reply(
        accounts=[one.account.name for one in found],
        focus={"account_ids": [one.account.id for one in found], "contact_ids": []},
    )


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
