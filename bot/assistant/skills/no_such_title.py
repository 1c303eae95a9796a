"""Nobody with the office asked for is on record: said so, with who comes nearest (S1-10)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed
from kam_knowledge.language.titles import find_titles
from kam_knowledge.queries.offices import codes_of, one_a_person
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Account, Contact

SHOWN = 4
_WEIGHT = ("decision_maker", "economic_buyer", "champion", "influencer", "gatekeeper", "blocker")


def no_such_title(context: SkillContext, request: Request, account: Account) -> Reply:
    """That the account has nobody of that office on record; who of the same field is there."""
    composer = Composer("no_such_title", request.language)
    today = context.clock.today
    title = request.title_text or ""
    composer.plain("nobody", title=title, account=account.name, today=today)
    wanted = {code for match in find_titles(title) for code in match.codes} - _RANKS
    rows = one_a_person(context.records.contacts(account.id))
    here = [row for row in rows if not has_left(row, today)]
    near = [row for row in here if wanted & codes_of(row)]
    shown = sorted(near or here, key=_weight)[:SHOWN]
    if shown:
        names = [row.name + in_brackets(row.title, request.language) for row in shown]
        composer.claim(
            "nearest" if near else "there",
            [context.records.source(row, ["name", "title"]) for row in shown],
            people=listed(names, request.language),
        )
    looked = composer.text("looked", account=account.name, today=today)
    return composer.reply(
        Outcome.UNKNOWN,
        accounts=[account.name],
        looked_at=[looked],
        suggestions=[composer.text("ask", name=row.name) for row in shown[:2]],
        focus={"account_ids": [account.id]},
    )


_RANKS = frozenset(
    {"head", "director", "manager", "vp", "svp", "evp", "deputy", "specialist", "executive"}
)
"""Codes of a rank alone: two directors have nothing else in common."""


def _weight(row: Contact) -> tuple[int, int]:
    role = row.decision_role
    return (_WEIGHT.index(role) if role in _WEIGHT else len(_WEIGHT), row.id)
