"""What the assistant can do, shown with this person's own accounts."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Reply
from bot.assistant.skills.elsewhere import elsewhere
from bot.assistant.understanding.request import Request
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact


def show_help(context: SkillContext, request: Request) -> Reply:
    """Examples that would work for whoever asks; fewer where the world at large is asked about."""
    if request.slots.get("strange"):
        return elsewhere(context, request)
    composer = Composer("help", request.language)
    viewer = context.rights.viewer.person_id
    accounts = sorted(
        context.records.accounts.values(), key=lambda row: (row.owner_id != viewer, row.id)
    )
    composer.plain("intro")
    examples = []
    for account in accounts[:2]:
        titled = [
            row
            for row in context.records.all(Contact, account_ids=[account.id])
            if row.title and not has_left(row, context.clock.today)
        ]
        if titled:
            examples.append(
                composer.text("ask_person", account=account.name, title=titled[0].title)
            )
        if account is accounts[0]:
            examples.append(composer.text("ask_notes", account=account.name))
            examples.append(composer.text("ask_changes", account=account.name))
    if accounts and accounts[0].owner_id == viewer:
        examples += [composer.text(key) for key in ("ask_day", "ask_week_report", "ask_forecast")]
        examples.append(composer.text("ask_handover", account=accounts[0].name))
    examples.append(composer.text("ask_method"))
    for example in examples:
        composer.unclaimed(f"- {example}")
    return composer.reply(suggestions=examples)
