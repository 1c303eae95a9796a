"""Puts a person's digest together: seven lines, three steps, or two lines where nothing is new."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome
from bot.assistant.scope import own_accounts, tier_of
from bot.assistant.skills.my_day import duties_of
from bot.digest.changes import ChangeLines
from bot.digest.composed import Digest, Told
from bot.digest.duties import DutyLines, worded
from bot.digest.line import Line
from bot.digest.portfolio import concentrated
from bot.digest.ranking import chosen, steps
from bot.digest.weeks import week_of
from kam_knowledge import digests
from kam_knowledge.queries.health import HealthReader
from kam_knowledge.queries.sources import Source
from kam_knowledge.store.models import Account

WEEK, AHEAD, LONGEST = timedelta(days=7), timedelta(days=6), timedelta(days=28)
"""How far back it looks where no digest went before, how far ahead, and how far back at most."""


def compose(context: SkillContext, tier: int | None = None) -> Digest:
    """The digest of the asker's week, for those who read it, of accounts of one tier where that
    is wished; nothing is written."""
    day = context.clock.today
    week, duties = week_of(day), duties_of(context)
    since, until = _since(context, week, day), day + AHEAD
    found = list(_lines(context, own_accounts(context), since, until))
    if tier is not None:
        accounts = context.records.accounts
        found = [one for one in found if tier_of(accounts[one.account_id]) == tier]
    states = {one.key: one.state for one in found}
    person = context.rights.sole_reader
    folded = digests.folded(context.session, person, week, states) if person is not None else set()
    shown = chosen(found, folded)
    edition = "portfolio" if duties.leads else "person"
    composer = Composer("digest", context.language)
    composer.heading("title_portfolio" if duties.leads else "title", week=week, date=day)
    if not shown:
        key = "nothing_new" if folded else "nothing"
        composer.plain(key, since=since, until=until, n=len(folded))
        looked = [composer.text("looked", since=since, until=until)]
        reply = composer.reply(Outcome.UNKNOWN, looked_at=looked)
        return Digest(reply, week, edition, since, until, folded=len(folded))
    lines = [_told(composer, number, one) for number, one in enumerate(shown, start=1)]
    more = len(found) - len(folded) - len(shown)
    if more > 0:
        composer.plain("more", n=more)
    if folded:
        composer.plain("folded", n=len(folded))
    composer.heading("steps")
    advised = [
        _step(context, composer, number, ones)
        for number, ones in enumerate(steps(found, shown), start=1)
    ]
    accounts = context.records.accounts
    reply = composer.reply(
        accounts=dict.fromkeys(accounts[one.account_id].name for one in shown),
        focus={"account_ids": [shown[0].account_id], "contact_ids": []},
    )
    if person is not None:
        kept = {one.key: one.state for one in shown}
        reply = replace(reply, digest=digests.Shown(person, week, kept))
    return Digest(
        reply, week, edition, since, until, tuple(lines), tuple(advised), len(folded), more
    )


def _since(context: SkillContext, week: str, day: date) -> date:
    """The day from which changes count: a week back, or the last digest before where that is
    longer ago, within reason."""
    person = context.rights.sole_reader
    last = digests.last_week(context.session, person, week) if person is not None else None
    usual = day - WEEK
    if last is None:
        return usual
    year, number = last.split("-W")
    monday = date.fromisocalendar(int(year), int(number), 1)
    return max(day - LONGEST, min(usual, monday))


def _lines(
    context: SkillContext, accounts: list[Account], since: date, until: date
) -> Iterator[Line]:
    records, duties, day = context.records, duties_of(context), context.clock.today
    wanted = {account.id for account in accounts} | set(duties.answers_for)
    health = HealthReader(records, sorted(wanted), evidence=False)
    yield from DutyLines(records, duties, health, day, until).found()
    zone = context.clock.moment.tzinfo
    yield from ChangeLines(records, accounts, health, since, zone, duties.leads).found()
    if duties.leads:
        yield from concentrated(context, accounts)


def _told(composer: Composer, number: int, line: Line) -> Told:
    text, sources = line.say(composer)
    said = composer.text(
        "line", text=composer.cited(text, sources), do=composer.text(f"do_{line.kind}")
    )
    composer.line(f"{number}. {said}")
    return Told(said, line)


def _step(context: SkillContext, composer: Composer, number: int, ones: list[Line]) -> Told:
    """What to do next at an account, and what speaks for it."""
    first, language = ones[0], composer.language
    values = [worded(one, language) for one in ones]
    sources: list[Source] = []
    for one in ones:
        sources += one.say(composer)[1]
    why = [
        composer.text(f"because_{one.kind}", **slots)
        for one, slots in zip(ones, values, strict=True)
    ]
    text = composer.text(
        "step",
        account=context.records.accounts[first.account_id].name,
        step=composer.text(f"step_{first.kind}", **values[0]),
        why=composer.text("semicolon").join(why),
    )
    said = composer.cited(text, sources)
    composer.line(f"{number}. {said}")
    return Told(said, first)
