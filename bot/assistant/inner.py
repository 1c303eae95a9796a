"""Refusing an inner fact: in the same words whether one is on record or not (contract.md)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from kam_knowledge.access import Audience, decide
from kam_knowledge.store.models import Account


def refuse_inner(context: SkillContext, composer: Composer, account: Account) -> None:
    """Says whose the inner facts are; whoever may see them alone is asked to come privately."""
    key = "denied_inner_here" if _sees_alone(context, account.id) else "denied_inner"
    composer.plain(key, account=account.name)


def _sees_alone(context: SkillContext, account_id: int) -> bool:
    """Whether the asker may see the account's inner facts where nobody else reads."""
    viewer = context.rights.viewer
    if viewer.person_id is None or context.rights.sole_reader == viewer.person_id:
        return False
    alone = decide(context.session, viewer, Audience.only(viewer.person_id), context.rights.today)
    return alone.sees_inner(account_id)
