"""Who is who at an account: roles, stance, reporting line, gaps (S1-10)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.inner import refuse_inner
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.slots import JOINT
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.language.titles import title_key
from kam_knowledge.queries.offices import one_a_person
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.store.models import Contact

SHOWN = 12
FEW = 4
"""Of so few people it is also said who of ours knows them."""
ROLES = (
    "decision_maker", "economic_buyer", "champion", "blocker", "influencer", "gatekeeper", "user",
)  # fmt: skip
SIDES = {
    "for": ("mentor", "supporter"),
    "against": ("non_supporter", "enemy"),
}


def stakeholders(context: SkillContext, request: Request) -> Reply:
    """The people on record there, in order of weight; those for or against us, if asked."""
    composer, records = Composer("stakeholders", request.language), context.records
    account = records.accounts[request.account_ids[0]]
    today = context.clock.today
    inner = records.rights.sees_inner(account.id)
    people = one_a_person(row for row in records.contacts(account.id) if not has_left(row, today))
    side = request.slots.get("stance")
    if side and not inner:
        refuse_inner(context, composer, account)
        return composer.reply(Outcome.DENIED, accounts=[account.name])
    if sides := [one for one in (side or "").split(JOINT) if one in SIDES]:
        people = [row for row in people if any(_stands(row, one) for one in sides)]
    if role := request.slots.get("role"):
        people = [row for row in people if row.decision_role in role.split(JOINT)]
    if department := request.slots.get("department"):
        people = [row for row in people if department in _departments(row)]
    people.sort(key=_weight)
    focus = {"account_ids": [account.id], "contact_ids": [row.id for row in people][:1]}
    if not people:
        composer.plain(
            f"none_{side}" if side in SIDES else "none", account=account.name, today=today
        )
        looked = composer.text("looked", account=account.name, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=[looked], focus=focus
        )
    composer.heading("title", account=account.name)
    for row in people[:SHOWN]:
        _person(context, composer, row, inner, known_by=len(people) <= FEW)
    if len(people) > SHOWN:
        composer.plain("more", n=len(people) - SHOWN)
    if not (side or role or department):
        _gaps(composer, people)
    return composer.reply(
        accounts=[account.name], people=[row.name for row in people[:SHOWN]], focus=focus
    )


def _stands(row: Contact, side: str) -> bool:
    """Whether the person is for us or against us, by stance or by role."""
    role = "blocker" if side == "against" else "champion"
    return row.support in SIDES[side] or row.decision_role == role


def _departments(row: Contact) -> frozenset[str]:
    """Codes of the department and the title, in which either language names it."""
    return title_key(row.department or "") | title_key(row.title or "")


def _weight(row: Contact) -> tuple[int, str]:
    role = row.decision_role
    return (ROLES.index(role) if role in ROLES else len(ROLES), row.name)


def _person(
    context: SkillContext, composer: Composer, row: Contact, inner: bool, *, known_by: bool
) -> None:
    language, records = composer.language, context.records
    said = [word(f"role_{row.decision_role}", language)] if row.decision_role else []
    if inner and row.support:
        told = records.provenance(row, ["support"]).get("support")
        day = told.as_of if told else row.as_of
        stance = word(f"support_{row.support}", language)
        said.append(composer.text("as_of", stance=stance, date=day) if day else stance)
    if inner and row.coverage:
        said.append(word(f"coverage_{row.coverage}", language))
    if boss := records.get(Contact, row.reports_to_id):
        said.append(composer.text("reports_to_plain", boss=boss.name))
    fields = ["name", "title", "department", "decision_role", "reports_to_id", "known_by_ids"]
    if inner:
        fields += ["support", "coverage"]
    sources = [records.source(row, fields)]
    here = [one for key in row.known_by_ids if (one := records.people.get(key))]
    here = [one for one in here if not (one.left_on and one.left_on <= context.clock.today)]
    if known_by and here:
        said.append(composer.text("known_by", people=listed([one.name for one in here], language)))
        sources += [records.source(one, ["email", "name"]) for one in here]
    composer.bullet(
        "person",
        sources,
        name=row.name,
        title=in_brackets(row.title, language),
        said=composer.text("colon") + word("clause", language).join(said) if said else "",
    )


def _gaps(composer: Composer, people: list[Contact]) -> None:
    held = {row.decision_role for row in people}
    missing = [
        word(f"role_{role}", composer.language)
        for role in ("decision_maker", "economic_buyer", "champion")
        if role not in held
    ]
    if missing:
        composer.blank()
        composer.plain("missing", roles=word("comma", composer.language).join(missing))
