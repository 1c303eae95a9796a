"""The relationship map of an account: a few lines with sources, and the picture (S1-10, S3-4)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.pictures import map_picture
from bot.assistant.reply import Outcome, Reply
from bot.assistant.skills.single_threaded import thread_reasons
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.relationship_map import DECIDING, AccountMap, account_map
from kam_knowledge.queries.sources import ComputedSource
from kam_knowledge.store.models import Contact

SHOWN = 6


def relationship_map(context: SkillContext, request: Request) -> Reply:
    """Who decides, who is against us, whom nobody knows, what it hangs on; and the map itself."""
    composer, records = Composer("relationship_map", request.language), context.records
    account = records.accounts[request.account_ids[0]]
    today = context.clock.today
    found = account_map(records, account)
    focus = {"account_ids": [account.id], "contact_ids": []}
    if not found.people:
        composer.plain("none", account=account.name, today=today)
        looked = composer.text("looked", account=account.name, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=[looked], focus=focus
        )
    counted = _counted(context, found)
    composer.claim(
        "counted_one" if len(found.people) == 1 else "counted",
        [counted],
        account=account.name,
        n=len(found.people),
        known=len(found.known),
    )
    for role in DECIDING:
        name = word(f"role_{role}", request.language)
        _people(context, composer, "role", found.in_role(role), ["decision_role"], role=name)
    fields = ["decision_role", "support"] if found.inner else ["decision_role"]
    _people(context, composer, "against", found.against, fields)
    if found.strangers:
        names = listed([row.name for row in found.strangers], request.language, most=SHOWN)
        composer.bullet("nobody", [counted], people=names)
    if found.thread:
        why, sources = thread_reasons(context, request.language, found.thread)
        composer.bullet("thread", sources, why=why)
    missing = [role for role in DECIDING if not found.in_role(role)]
    if missing:
        roles = [word(f"role_{role}", request.language) for role in missing]
        composer.plain("missing", roles=listed(roles, request.language, between="or"))
    composer.plain("attached_inner" if found.inner else "attached")
    return composer.reply(
        accounts=[account.name],
        people=[row.name for role in DECIDING for row in found.in_role(role)],
        focus=focus,
        pictures=[map_picture(found, today, request.language)],
    )


def _counted(context: SkillContext, found: AccountMap) -> ComputedSource:
    strangers = ", ".join(row.name for row in found.strangers)
    formula = (
        f"{found.account.name}: people here on {context.clock.today}: {len(found.people)}; "
        f"known to somebody of ours: {len(found.known)}"
    )
    return ComputedSource(
        "account_map (S1-10)",
        found.account.name,
        context.clock.today,
        formula + (f"; known to nobody of ours: {strangers}" if strangers else ""),
        tuple(context.records.where(one.contact) for one in found.people),
    )


def _people(
    context: SkillContext,
    composer: Composer,
    key: str,
    rows: Sequence[Contact],
    fields: list[str],
    **values: str,
) -> None:
    """People with their titles, each cited."""
    if not rows:
        return
    told = [row.name + in_brackets(row.title, composer.language) for row in rows]
    sources = [context.records.source(row, ["name", "title", *fields]) for row in rows[:SHOWN]]
    people = listed(told[:SHOWN], composer.language) + ("…" if len(told) > SHOWN else "")
    composer.bullet(key, sources, people=people, **values)
