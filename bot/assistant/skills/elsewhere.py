"""What has nothing to do with accounts: said so, with what can be asked instead."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.said_about import said_about
from bot.assistant.understanding.elsewhere import WORLDLY
from bot.assistant.understanding.request import Request
from kam_knowledge.language.tokens import tokens


def elsewhere(context: SkillContext, request: Request) -> Reply:
    """That this is nothing the assistant keeps; unless a note speaks of its strange words."""
    strange = request.slots.get("strange")
    if strange and strange != WORLDLY and context.rights.inside:
        words = tuple(strange.split())
        said = said_about(context, replace(request, text=strange, terms=words))
        quoted = [set(tokens(one.source.quote)) for one in said.citations]
        if any(quote.issuperset(words) for quote in quoted):
            return said
    composer = Composer("elsewhere", request.language)
    composer.plain("outside")
    viewer = context.rights.viewer.person_id
    own = [row for row in context.records.accounts.values() if row.owner_id == viewer]
    examples = [composer.text("account", account=own[0].name)] if own else []
    examples += [composer.text("day"), composer.text("method")]
    for example in examples:
        composer.unclaimed(f"- {example}")
    looked = f"notes, {context.clock.today.isoformat()}"
    return composer.reply(Outcome.UNKNOWN, looked_at=[looked], suggestions=examples)
