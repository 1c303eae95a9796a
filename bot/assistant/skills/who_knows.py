"""Who of ours knows somebody at an account: a person, a department, or anyone (S4-1)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.topic import spoken_of, strangers
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.language.titles import find_titles
from kam_knowledge.queries.relations import KnownContact, who_knows
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.stakeholder import has_left
from kam_knowledge.queries.touches import touches
from kam_knowledge.store.models import Account, Contact

SHOWN = 8


def knows_whom(context: SkillContext, request: Request) -> Reply:
    """Colleagues by contact: entered ties first, those assumed from touches marked so.

    Without an account, whom those of ours know whom the question names, else the asker.
    """
    composer, records = Composer("who_knows", request.language), context.records
    if not request.account_ids:
        return _known_by(context, composer, request)
    account = records.accounts[request.account_ids[0]]
    today = context.clock.today
    here = [row for row in records.contacts(account.id) if not has_left(row, today)]
    named = [row for row in here if row.id in request.contact_ids]
    if not named and (strange := strangers(request, records, here, _office)):
        return _stranger(context, composer, account, strange)
    asked, place = _asked(context, composer, request, account, here)
    known = [one for one in who_knows(records, asked) if one.by]
    focus = {"account_ids": [account.id], "contact_ids": [row.id for row in asked][:1]}
    if not known:
        composer.plain("nobody", place=place, today=today)
        for row in asked[:SHOWN]:
            composer.bullet(
                "is_there",
                [records.source(row, ["name", "title", "department"])],
                name=row.name,
                title=in_brackets(row.title, request.language),
            )
        met = [_met_once(context, composer, row) for row in asked[:SHOWN]]
        if any(met):
            names = [row.name for row, once in zip(asked, met, strict=False) if once]
            return composer.reply(accounts=[account.name], people=names, focus=focus)
        looked = composer.text("looked", place=place, today=today)
        return composer.reply(
            Outcome.UNKNOWN, accounts=[account.name], looked_at=[looked], focus=focus
        )
    stance = request.slots.get("ask") == "stance" and records.rights.sees_inner(account.id)
    for one in known[:SHOWN]:
        _line(context, composer, one, stance=stance)
    return composer.reply(
        accounts=[account.name], people=[one.contact.name for one in known], focus=focus
    )


def _known_by(context: SkillContext, composer: Composer, request: Request) -> Reply:
    """Whom one of ours knows, at whichever account: the strongest ties first."""
    records, today = context.records, context.clock.today
    ids = set(request.person_ids) or {context.rights.viewer.person_id or 0}
    people = [person.name for key in ids if (person := records.people.get(key))]
    ours = listed(people, request.language)
    here = [row for row in records.all(Contact) if not has_left(row, today)]
    if strange := strangers(request, records, here, _office):
        composer.plain("stranger_anywhere", name=listed(strange, request.language), today=today)
        return composer.reply(
            Outcome.UNKNOWN, looked_at=[composer.text("looked_at_ties", people=ours, today=today)]
        )
    found = []
    for one in who_knows(records, here):
        ties = tuple(tie for tie in one.by if tie.person.id in ids)
        if ties and one.contact.account_id in records.accounts:
            found.append(KnownContact(one.contact, ties))
    found.sort(key=lambda one: one.by[0].strength, reverse=True)
    if not found:
        composer.plain("knows_nobody", people=ours, today=today)
        return composer.reply(
            Outcome.UNKNOWN, looked_at=[composer.text("looked_at_ties", people=ours, today=today)]
        )
    for one in found[:SHOWN]:
        _line(context, composer, one, stance=False, of=records.accounts[one.contact.account_id])
    composer.more(len(found) - SHOWN)
    return composer.reply(
        accounts=list(
            dict.fromkeys(records.accounts[one.contact.account_id].name for one in found[:SHOWN])
        ),
        people=[one.contact.name for one in found[:SHOWN]],
        focus={"person_ids": list(request.person_ids)},
    )


def _met_once(context: SkillContext, composer: Composer, row: Contact) -> bool:
    """Says who met somebody last whom nobody knows: a tie rests on newer touches (decision 8)."""
    records = context.records
    of_theirs = (
        touch
        for touch in touches(records, account_ids=[row.account_id], contact_id=row.id)
        if touch.two_way and touch.person_ids
    )
    if (last := next(of_theirs, None)) is None:
        return False
    people = [one for key in last.person_ids if (one := records.people.get(key))]
    names = listed([one.name for one in people], composer.language)
    formula = f"{row.name}: last two-way contact {last.date}, {names}"
    source = ComputedSource("touches (P-2)", row.name, context.clock.today, formula)
    composer.bullet(
        "met_once",
        [source, *(records.source(one, ["email", "name"]) for one in people)],
        name=row.name,
        people=names,
        date=last.date,
    )
    return bool(people)


def _asked(
    context: SkillContext,
    composer: Composer,
    request: Request,
    account: Account,
    here: list[Contact],
) -> tuple[list[Contact], str]:
    """Whom the question is about, and how they are called together."""
    records, code = context.records, request.title_code
    named = [row for row in here if row.id in request.contact_ids]
    if named and request.slots.get("besides"):
        names = listed([row.name for row in named], request.language)
        others = [row for row in here if row not in named]
        return others, composer.text("besides", account=account.name, names=names)
    asked = named
    if code and any(match.kind == "department" for match in find_titles(request.title_text or "")):
        asked += [row for row in here if row not in named and _is_of(row, code)]
    if not code or len(asked) > 1:
        asked = spoken_of(request, records, asked or here, _office) or asked
    if asked:
        return asked, listed([row.name for row in asked], request.language)
    if not code:
        return here, account.name
    place = composer.text(
        "department_of", account=account.name, department=request.title_text or ""
    )
    return [row for row in here if _is_of(row, code)], place


def _office(row: Contact) -> tuple[str | None, ...]:
    return (row.title, row.department)


def _stranger(
    context: SkillContext, composer: Composer, account: Account, names: list[str]
) -> Reply:
    """Somebody of whom no record at the account knows: nobody else is told of instead."""
    today = context.clock.today
    name = listed(names, composer.language)
    composer.plain("stranger", name=name, account=account.name, today=today)
    looked = composer.text("looked", place=account.name, today=today)
    return composer.reply(
        Outcome.UNKNOWN,
        accounts=[account.name],
        looked_at=[looked],
        focus={"account_ids": [account.id], "contact_ids": []},
    )


def _is_of(row: Contact, code: str) -> bool:
    """Whether the title or the department says this function."""
    said = " ; ".join(part for part in (row.title, row.department) if part)
    return any(match.code == code for match in find_titles(said))


def _line(
    context: SkillContext,
    composer: Composer,
    one: KnownContact,
    *,
    stance: bool,
    of: Account | None = None,
) -> None:
    """A contact and who knows them; `of` names the account where several are told of."""
    records = context.records
    contact = one.contact
    fields = ["name", "title", "department", "known_by_ids", *(["support"] if stance else [])]
    sources: list[Source] = [records.source(contact, fields)]
    parts = []
    told = contact.title
    if stance and contact.support:
        stands = word(f"support_{contact.support}", composer.language)
        told = word("clause", composer.language).join(filter(None, (contact.title, stands)))
    if of is not None:
        told = word("clause", composer.language).join(filter(None, (told, of.name)))
        sources.append(records.source(of, ["name"]))
    for acquaintance in one.by[:3]:
        person = acquaintance.person
        sources.append(records.source(person, ["email", "name"]))
        if acquaintance.last:
            parts.append(
                composer.text(
                    "by_touch" if acquaintance.entered else "by_touch_assumed",
                    name=person.name,
                    n=composer.text(
                        "one_day" if acquaintance.touches == 1 else "days", n=acquaintance.touches
                    ),
                    last=acquaintance.last,
                )
            )
            sources.append(
                ComputedSource(
                    "who_knows (S3-4)",
                    f"{person.name} – {contact.name}",
                    context.clock.today,
                    f"{person.name} and {contact.name}: {acquaintance.touches} days in touch "
                    f"within 180 days, last {acquaintance.last}",
                )
            )
        else:
            parts.append(composer.text("by_entry", name=person.name))
    composer.bullet(
        "knows",
        sources,
        name=contact.name,
        title=in_brackets(told, composer.language),
        people=composer.text("semicolon").join(parts),
    )
