"""The default brain: the intent picks the skill, refusals and questions come first."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.premise import corrected
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.registry import REGISTRY
from bot.assistant.understanding.request import Request
from bot.assistant.wording import listed


def answer(context: SkillContext, request: Request) -> Reply:
    """The reply to an understood message."""
    refused = refusal(context, request)
    if refused is not None:
        return refused
    skill = REGISTRY.get(request.intent)
    if skill is None:
        composer = Composer("shared", request.language)
        composer.plain("not_yet")
        return composer.reply(Outcome.UNKNOWN, looked_at=[request.intent])
    return _beside_hidden(request, corrected(context, request, skill(context, request)))


def refusal(context: SkillContext, request: Request) -> Reply | None:
    """A denial or a question that must come before any skill; None where there is neither.

    Who is outside an account's team is told so; who may see it, but not before these readers,
    is asked to come privately (contract.md, "Who may see what").
    """
    composer = Composer("clarifying", request.language)
    if not context.rights.inside:
        if request.intent == "methodology":
            return None
        composer.plain("denied_outside")
        return composer.reply(Outcome.DENIED)
    if request.hidden_accounts and not request.account_ids:
        account = listed(request.hidden_accounts, request.language)
        key = "denied_account" if request.hidden_from_asker else "denied_audience"
        composer.plain(key, account=account)
        return composer.reply(Outcome.DENIED)
    if request.missing and request.unknown_names:
        name = listed(request.unknown_names, request.language)
        composer.plain("unknown_account" if request.missing == "account" else "unknown", name=name)
        return composer.reply(Outcome.UNKNOWN, looked_at=[_searched(context, request)])
    if request.missing or request.choices:
        labels = [choice.label for choice in request.choices]
        key = f"which_{request.missing or 'one'}" if labels else f"which_{request.missing}_open"
        composer.plain(key, choices=listed(labels, request.language, between="or"))
        return composer.reply(Outcome.CLARIFY, suggestions=labels)
    return None


def _beside_hidden(request: Request, reply: Reply) -> Reply:
    """The reply, with a word on the accounts that were named too and are not for these readers:
    one half of a question must not pass for the whole of its answer."""
    names = listed(request.hidden_accounts, request.language)
    if not names or reply.outcome not in (Outcome.ANSWERED, Outcome.UNKNOWN):
        return reply
    key = "denied_account" if request.hidden_from_asker else "denied_audience"
    said = Composer("clarifying", request.language).text(key, account=names)
    return replace(reply, markdown=f"{reply.markdown}\n\n{said}", plain=(*reply.plain, said))


def _searched(context: SkillContext, request: Request) -> str:
    """Where a name was looked for, and as of which day."""
    table = "accounts" if request.missing == "account" else "contacts"
    return f"{table}, {context.clock.today.isoformat()}"
