"""When somebody is seen next: what is planned, soonest first (S1-9)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed
from kam_knowledge.queries.meetings import planned
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Account, Contact

SHOWN = 3


def next_contact(
    context: SkillContext,
    request: Request,
    contacts: Sequence[Contact],
    accounts: Sequence[Account],
) -> Reply:
    """The planned meetings and calls; where none is, that, and when the last contact was."""
    records, today = context.records, context.clock.today
    composer = Composer("next_contact", request.language)
    ids = [account.id for account in accounts]
    found = planned(records, today, account_ids=ids, contact_ids=[row.id for row in contacts])
    who = listed([row.name for row in contacts] or [a.name for a in accounts], request.language)
    lines = Lines(records, composer, name_account=len(accounts) != 1)
    for row in found[:SHOWN]:
        lines.planned(row)
    if not found:
        composer.plain("none", who=who, today=today)
        wanted = {row.id for row in contacts}
        last = next(
            (
                touch
                for touch in touches(records, account_ids=ids)
                if touch.two_way and (not wanted or wanted & set(touch.contact_ids))
            ),
            None,
        )
        if last is not None:
            names = [name for row in contacts for name in (row.name, *row.aliases)]
            lines.touch(last, names, theirs=not contacts)
            composer.line(composer.text("last") + composer.pop_line())
    looked = [] if found else [composer.text("looked", who=who, today=today)]
    return composer.reply(
        Outcome.ANSWERED if found else Outcome.UNKNOWN,
        accounts=[account.name for account in accounts],
        people=[row.name for row in contacts],
        looked_at=looked,
        focus={"account_ids": ids, "contact_ids": [row.id for row in contacts]},
    )
