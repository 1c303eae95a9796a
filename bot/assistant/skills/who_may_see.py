"""Who of ours may see an account, and whether somebody may: contract.md, "Who may see what"."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.access import Audience, Viewer, decide
from kam_knowledge.circles import Grant, grants
from kam_knowledge.language.chinese_names import surname_of
from kam_knowledge.language.normalise import has_han
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Account, Contact, Cover, Person, TeamSeat

OWNERS = "account_manager"
"""The seat that the owner holds without a row of its own."""


def who_may_see(context: SkillContext, request: Request) -> Reply:
    """The account's circle, its team each with the reason; of somebody named whether they are in
    it. What anybody would see is never said."""
    composer, records = Composer("who_may_see", request.language), context.records
    accounts = [records.accounts[key] for key in request.account_ids if key in records.accounts]
    people = [records.people[key] for key in request.person_ids if key in records.people]
    contacts = [row for key in request.contact_ids if (row := records.get(Contact, key))]
    viewer = records.people.get(context.rights.viewer.person_id or 0)
    if not people and not contacts and viewer and request.slots.get("whom") == "asker":
        people = [viewer]
    named = [person.name for person in people] + [row.name for row in contacts]
    if request.unknown_names and not named:
        today = context.clock.today
        composer.plain("nobody_called", name=listed(request.unknown_names, request.language))
        return composer.reply(
            Outcome.UNKNOWN,
            accounts=[account.name for account in accounts],
            looked_at=[composer.text("looked", today=today)],
        )
    if request.slots.get("told") and len(accounts) > 1 and not contacts:
        return _between_customers(context, composer, accounts)
    for account in accounts:
        for person in people:
            _may(context, composer, account, person)
        for row in contacts:
            fields = ["name", "account_id"]
            composer.claim("contact", [records.source(row, fields)], name=row.name)
        if not named:
            _circle(context, composer, account)
    return composer.reply(
        accounts=[account.name for account in accounts],
        people=named,
        focus={"account_ids": [account.id for account in accounts], "contact_ids": []},
    )


def _between_customers(context: SkillContext, composer: Composer, accounts: list[Account]) -> Reply:
    """Whether one customer may hear what is on record about another: never."""
    first, *others = [account.name for account in accounts]
    composer.claim(
        "customers",
        [context.records.source(account, ["name", "visibility"]) for account in accounts],
        account=first,
        others=listed(others, composer.language),
    )
    return composer.reply(accounts=[first, *others])


def _may(context: SkillContext, composer: Composer, account: Account, person: Person) -> None:
    """Whether the person may see the account, and whether its inner facts too."""
    today = context.clock.today
    alone = decide(context.session, Viewer(person.id), Audience.only(person.id), today)
    key = "hidden"
    if alone.sees_inner(account.id):
        key = "inner"
    elif alone.sees(account.id):
        key = "open"
    grant = next((one for one in _team(context, account) if one.person_id == person.id), None)
    reason, sources = _reason(context, composer, account, grant) if grant else ("", [])
    composer.claim(
        f"may_{key}",
        [
            context.records.source(account, ["name", "visibility", "owner_id"]),
            context.records.source(person, ["email", "name", "aliases", "left_on"]),
            *sources,
        ],
        name=_called(person, composer.language),
        account=account.name,
        reason=reason,
    )


def _circle(context: SkillContext, composer: Composer, account: Account) -> None:
    """Whom the account is open to, then its team, a line each."""
    records = context.records
    key = "open" if account.visibility == "open" else "team"
    team = _team(context, account)
    about = records.source(account, ["name", "visibility", "owner_id"])
    composer.claim(f"circle_{key}", [about], account=account.name)
    composer.heading("head_team")
    for grant in team:
        person = records.people.get(grant.person_id)
        if person is None:
            continue
        reason, sources = _reason(context, composer, account, grant)
        composer.bullet(
            "one",
            [records.source(person, ["email", "name", "aliases", "role", "manager_id"]), *sources],
            name=_called(person, composer.language),
            reason=reason,
        )


def _called(person: Person, language: str) -> str:
    """The name on record, in Chinese with the Chinese one where there is one."""
    if language != "zh" or has_han(person.name):
        return person.name
    chinese = next((alias for alias in person.aliases if surname_of(alias)), None)
    return person.name + in_brackets(chinese, language)


def _team(context: SkillContext, account: Account) -> list[Grant]:
    return grants(context.session, account.id, context.clock.today)


def _reason(
    context: SkillContext, composer: Composer, account: Account, grant: Grant
) -> tuple[str, list[Source]]:
    """Why somebody belongs to the team, and the records that say so."""
    records, language = context.records, composer.language
    of = records.people.get(grant.of or 0)
    if grant.why == "seated":
        rows = records.all(TeamSeat, account_ids=[account.id])
        rows = [row for row in rows if row.person_id == grant.person_id]
        owns = account.owner_id == grant.person_id
        seats = [row.seat for row in rows if row.seat and not (owns and row.seat == OWNERS)]
        held = [word(f"seat_{seat}", language) for seat in seats]
        sources: list[Source] = [records.source(row, ["person_id", "seat"]) for row in rows]
        if owns:
            held.insert(0, composer.text("of_account_owner"))
            sources.append(records.source(account, ["name", "owner_id"]))
        return listed(list(dict.fromkeys(held)), language), sources
    if grant.why == "leader" or of is None:
        return composer.text("leader"), []
    sources = [records.source(of, ["email", "name", "manager_id"])]
    if grant.why == "manager":
        sources.append(_chain(context, account, grant, of))
        return composer.text("manager", name=of.name), sources
    today = context.clock.today
    covers = [
        row
        for row in records.all(Cover)
        if row.person_id == of.id
        and row.cover_id == grant.person_id
        and row.from_date <= today <= row.to_date
    ]
    fields = ["person_id", "cover_id", "from_date", "to_date"]
    sources += [records.source(row, fields) for row in covers]
    until = max((row.to_date for row in covers), default=today)
    return composer.text("cover", name=of.name, until=until), sources


def _chain(context: SkillContext, account: Account, grant: Grant, below: Person) -> ComputedSource:
    """The line of managers from somebody of the team up to the one who may see it too."""
    people = context.records.people
    steps, at, seen = [below], below, {below.id}
    while at.id != grant.person_id and (above := people.get(at.manager_id or 0)):
        if above.id in seen:
            break
        seen.add(above.id)
        steps.append(above)
        at = above
    return ComputedSource(
        "managers (contract, rights)",
        account.name,
        context.clock.today,
        " < ".join(person.name for person in steps),
        tuple(context.records.where(person) for person in steps),
    )
