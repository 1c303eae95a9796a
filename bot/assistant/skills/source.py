"""What the last answer rests on: its citations, read again under the rights of now."""

from __future__ import annotations

import re

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply, citation_kind
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed, word
from kam_knowledge.queries.cited import read_again
from kam_knowledge.queries.sources import ComputedSource, RecordSource, Source

SHOWN = 8
QUOTED = 300
_NUMBER = re.compile(
    r"\[(\d{1,3})\]|(?:source|number|no\.|来源|编号|第)\s*(\d{1,3})", re.IGNORECASE
)


def source(context: SkillContext, request: Request) -> Reply:
    """Title, place, date and words of each source; of one, if its number was asked for.

    What these readers may not see any more is left out without a word.
    """
    composer = Composer("source", request.language)
    previous = context.previous
    today = context.clock.today
    looked = composer.text("looked", today=today)
    if previous is None:
        composer.plain("no_answer")
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    citations = list(previous.get("citations", ()))
    if not citations:
        composer.plain("no_source")
        if previous.get("looked_at"):
            places = word("semicolon", request.language).join(previous["looked_at"])
            composer.plain("searched", places=places)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    found = read_again(context.records, citations, previous.get("accounts", ()))
    asked = _NUMBER.search(request.text)
    if asked:
        number = int(asked[1] or asked[2])
        found = [pair for pair in found if pair[0] == number]
        if not found:
            composer.plain("no_such", n=number)
            return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    if not found:
        composer.plain("nothing_on_record", today=today)
        return composer.reply(Outcome.UNKNOWN, looked_at=[looked])
    composer.plain("title")
    for number, one in found:
        composer.numbered(one, number)
    found.sort(key=lambda pair: _only_a_name(pair[1]))
    for _, one in found[:SHOWN]:
        _line(composer, one)
    rest = [one for _, one in found[SHOWN:]]
    if rest:
        places = listed(dict.fromkeys(one.where for one in rest), request.language, most=len(rest))
        composer.claim("more", rest, places=places)
    visible = {account.name for account in context.records.accounts.values()}
    return composer.reply(accounts=[a for a in previous.get("accounts", ()) if a in visible])


def _only_a_name(one: Source) -> bool:
    """Whether the record only says what a colleague is called: it comes last."""
    return isinstance(one, RecordSource) and one.table == "people"


def _line(composer: Composer, one: Source) -> None:
    quote = one.quote if len(one.quote) <= QUOTED else f"{one.quote[:QUOTED].rstrip()}…"
    stated = isinstance(one, RecordSource | ComputedSource)
    composer.bullet(
        citation_kind(one),
        [one],
        title=one.title,
        where=one.where,
        date=composer.text("as_of" if stated else "dated", date=one.date) if one.date else "",
        quote=quote,
    )
