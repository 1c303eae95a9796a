"""A section of a plan, or the whole, drafted from what is on record (S1-10 to S1-14, S2-5)."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.plans.asking import asked_of
from bot.assistant.plans.presenting import Presented, document_of, presented
from bot.assistant.plans.templates import wanted
from bot.assistant.reply import Reply
from bot.assistant.understanding.request import Request


def plan_draft(context: SkillContext, request: Request) -> Reply:
    """What the message asks for as a document; a question where no account is meant.

    Before the account's team it is kept as a version of the plan.
    """
    named = wanted(request.text)
    asked = asked_of(context, request, named.template)
    if isinstance(asked, Reply):
        return asked
    chosen = [named.section] if named.section else list(named.template.sections)
    return plan_reply(context, presented(context, asked, chosen))


def plan_reply(context: SkillContext, shown: Presented) -> Reply:
    """The document as an answer."""
    account = shown.asked.account
    document = document_of(context, shown)
    if not shown.keeps:
        document.add(Composer("plans", shown.asked.language).text("not_kept"))
    reply = document.reply(
        accounts=(account.name,) if account else (),
        focus={"account_ids": [account.id] if account else [], "contact_ids": []},
    )
    return replace(reply, drafted=shown.draft)
