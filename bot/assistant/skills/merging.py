""" "Merge D. Wu and Dana Wu": two records of one person become one, and can be two again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.proposing import field_change, proposed
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed
from kam_knowledge.changes.merging import moved_by_merging
from kam_knowledge.changes.values import facts
from kam_knowledge.store.models import Contact

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk

_TOLD = ("title", "department", "email", "phone", "decision_role", "left_on")


def merge_contacts(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes to merge the two contacts that the message names: the fuller record stays."""
    composer = Composer("merging", request.language)
    rows = [row for key in request.contact_ids if (row := context.records.get(Contact, key))]
    if len(rows) != 2:
        composer.plain("which_two")
        return composer.reply(Outcome.CLARIFY)
    if rows[0].account_id != rows[1].account_id:
        places = [context.records.accounts[row.account_id].name for row in rows]
        composer.plain("two_accounts", accounts=listed(places, request.language))
        return composer.reply(Outcome.CLARIFY, accounts=places)
    account = context.records.accounts[rows[0].account_id]
    if not context.rights.sees_inner(account.id):
        composer.plain("not_yours", account=account.name)
        return composer.reply(Outcome.DENIED, accounts=[account.name])
    keep, gone = sorted(rows, key=lambda row: (-_fullness(row), row.id))
    kept, lost = (context.session.get_one(Contact, row.id) for row in (keep, gone))
    moved = moved_by_merging(context.session, kept, lost)
    for row in (keep, gone):
        source = context.records.source(row, ["name", "aliases", *_TOLD])
        title = in_brackets(row.title, request.language)
        composer.bullet("record", [source], name=row.name, title=title, account=account.name)
    fields = [name for row, name, _ in moved if row is kept]
    others = sum(row is not kept for row, _, _ in moved)
    composer.plain("takes_over", keep=keep.name, gone=gone.name, n=len(fields), others=others)
    summary = composer.text("summary", keep=keep.name, gone=gone.name, account=account.name)
    return proposed(
        context,
        composer,
        desk,
        "merge",
        summary,
        [field_change(context, row, name, value) for row, name, value in moved],
        sources=[context.records.source(keep, ["name", "title"])],
        more={"merges": [gone.id, keep.id]},
        account_ids=[account.id],
        people=[keep.name, gone.name],
    )


def _fullness(row: Contact) -> int:
    """How much is on record of the person."""
    return sum(getattr(row, name) not in (None, []) for name in facts(Contact))
