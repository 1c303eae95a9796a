"""The customer's people in a plan: who is who, who could derail us, where ties are thin (S1-10)."""

from __future__ import annotations

from bot.assistant.lines import note_source
from bot.assistant.plans.page import Page
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.excerpts import excerpt
from kam_knowledge.queries.handover import known_only_to
from kam_knowledge.queries.relations import single_threads
from kam_knowledge.queries.silence import silences
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.tenders import quiet_deals
from kam_knowledge.queries.touches import notes_mentioning
from kam_knowledge.store.models import Contact

WANTED = ("decision_maker", "economic_buyer", "champion")
AGAINST = ("non_supporter", "enemy")
MOST, SHORT, QUOTED, READ = 14, 4, 160, 6


def stakeholders(page: Page) -> None:
    """Every stakeholder with title, decision role, stance, contact and who of us knows them."""
    people = page.reading.contacts
    page.met_or_gap("people", there=bool(people))
    for role in WANTED:
        held = any(row.decision_role == role for row in people)
        page.met_or_gap(role, there=held)
    unknown = [row.name for row in people if not row.decision_role]
    if people:
        page.met_or_gap("roles", there=not unknown, names=listed(unknown, page.language, most=6))
    if not people:
        return
    stance = ("stance", "contact") if page.inner else ("contact",)
    page.heads("person", "title", "role", *stance, "reports_to", "known_by")
    for row in people[:MOST]:
        _stakeholder(page, row)
    if len(people) > MOST:
        page.composer.plain("more_people", n=len(people) - MOST)


def deciders(page: Page) -> None:
    """Who decides, pays and wants us to win, a line each: for a page that has no room for all."""
    people = [row for row in page.reading.contacts if row.decision_role in WANTED]
    for role in WANTED:
        held = any(row.decision_role == role for row in people)
        page.met_or_gap(role, there=held)
    for row in people[:SHORT]:
        fields = ["name", "title", "decision_role", *(["support"] if page.inner else [])]
        sources: list[Source] = [page.records.source(row, fields)]
        touch = page.reading.last_touch(row)
        if touch:
            sources.append(page.contact_source(touch, row.name))
        stance = page.word("support", row.support) if page.inner else ""
        last = page.composer.text("last", date=touch.date) if touch else page.composer.text("never")
        clause = word("clause", page.language)
        said = [page.word("role", row.decision_role), stance, last]
        title = in_brackets(row.title, page.language)
        text = clause.join(part for part in said if part)
        page.say("decider", sources, name=row.name, title=title, what=text)


def _stakeholder(page: Page, row: Contact) -> None:
    boss = page.records.get(Contact, row.reports_to_id)
    known = [one for key in row.known_by_ids if (one := page.person(key))]
    touch = page.reading.last_touch(row)
    fields = ["name", "title", "department", "decision_role", "reports_to_id", "known_by_ids"]
    fields += ["support", "coverage"] if page.inner else []
    sources: list[Source] = [page.records.source(row, fields)]
    sources += [page.person_source(one) for one in known]
    last = str(touch.date) if touch else page.composer.text("never")
    if touch:
        sources.append(page.contact_source(touch, row.name))
    coverage = page.word("coverage", row.coverage) if page.inner else ""
    clause = word("clause", page.language)
    cells = [row.name, row.title, page.word("role", row.decision_role)]
    if page.inner:
        cells.append(_stance(page, row))
    cells += [
        clause.join(part for part in (coverage, last) if part),
        boss.name if boss else "",
        page.listed([one.name for one in known]),
    ]
    page.row(cells, sources)


def _stance(page: Page, row: Contact) -> str:
    """The stance with the day it was stated for: without one it is a memory."""
    if not row.support:
        return ""
    told = page.records.provenance(row, ["support"]).get("support")
    stance = word(f"support_{row.support}", page.language)
    if told is None or not told.as_of_stated:
        return page.composer.text("undated", what=stance)
    return page.composer.text("as_of", what=stance, date=told.as_of)


def derail(page: Page) -> None:
    """Who could derail what we plan, and what a note last said of them. For the team alone."""
    if not page.inner:
        return
    against = [
        row
        for row in page.reading.contacts
        if row.support in AGAINST or row.decision_role == "blocker"
    ]
    if page.reading.contacts:
        page.met_or_gap("blocker", there=bool(against))
    for row in against[:SHORT]:
        stance = f"support_{row.support}" if row.support in AGAINST else "role_blocker"
        fields = ["name", "title", "decision_role", "support"]
        page.say(
            "against",
            [page.records.source(row, fields)],
            name=row.name,
            title=in_brackets(row.title, page.language),
            stance=word(stance, page.language),
        )
        _said_of(page, row)


def _said_of(page: Page, row: Contact) -> None:
    names = [row.name, *row.aliases]
    found = notes_mentioning(page.records, page.account.id, names, limit=READ)
    for note in sorted(found, key=lambda note: note.kind == "document"):
        quote = excerpt(note.text, names, longest=QUOTED)
        if quote and "|" not in quote:  # a table's row says nothing outside of it
            source = note_source(note, quote)
            key = "said" if note.date else "said_undated"
            page.below(key, [source], date=note.date, title=page.title_of(note), quote=quote)
            return


def ties(page: Page) -> None:
    """Where ties are thin: deciders out of touch, people whom one of us alone knows (P-2, P-13)."""
    account = page.account
    quiet = quiet_deals(page.records, [account.id]).get(account.id)
    if quiet is not None:
        bid = page.records.source(quiet, ["name", "stage", "next_step", "outcome"])
        page.say("quiet_period", [bid], deal=quiet.name)
    found = [] if quiet is not None else silences(page.records, [account])
    shown = [one for one in found if one.contact.decision_role in WANTED] or found
    for one in [one for one in shown if one.last is not None][:SHORT]:
        last = one.last
        assert last is not None
        source = ComputedSource(
            "silences (P-2)",
            one.contact.name,
            page.today,
            f"{page.today} - {last} = {one.days} days; cadence {one.cadence} days",
            (page.records.source(one.contact, ["name", "decision_role"]).where,),
        )
        row = page.records.source(one.contact, ["name", "title", "decision_role"])
        page.say(
            "silent",
            [row, source],
            name=one.contact.name,
            title=in_brackets(one.contact.title, page.language),
            date=last,
            n=one.days,
            cadence=one.cadence,
        )
    never = [one.contact.name for one in shown if one.last is None]
    if quiet is None and page.reading.touches:
        page.met_or_gap("met_all", there=not never, names=listed(never, page.language, most=6))
    _hangs_on_one(page)


def _hangs_on_one(page: Page) -> None:
    threads, _ = single_threads(page.records, [page.account], 1)
    for one in threads if page.inner else []:
        theirs, ours = (
            page.listed([person.name for person in side]) for side in (one.contacts, one.people)
        )
        formula = (
            f"customer people in touch within 180 days: {len(one.contacts)} ({theirs}); "
            f"ours: {len(one.people)} ({ours})"
        )
        inputs = tuple(page.records.source(row, ["name"]).where for row in one.contacts)
        title = page.account.name
        sources: list[Source] = [
            ComputedSource("single_threads (P-13)", title, page.today, formula, inputs, inner=True)
        ]
        for deal, supporter in one.deals:
            sources.append(page.records.source(deal, ["name", "contact_id"]))
            sources.append(page.records.source(supporter, ["name", "support"]))
        named = one.deals[0][0].name if one.deals else ""
        words = page.composer.speaking("single_threaded")
        why = [words.text(code, theirs=theirs, ours=ours, deal=named) for code in one.reasons]
        page.say("one_thread", sources, why=word("semicolon", page.language).join(why))
    owner = page.person(page.account.owner_id)
    alone = known_only_to(page.records, owner, [page.account.id]) if owner else []
    if owner and alone:
        fields = ["name", "account_id", "known_by_ids"]
        rows: list[Source] = [page.records.source(row, fields) for row in alone]
        page.say(
            "known_alone",
            [*rows, page.person_source(owner)],
            name=owner.name,
            people=listed([row.name for row in alone], page.language, most=len(alone)),
        )


def counterparts(page: Page) -> None:
    """Who meets whom: their people and ours, without a word on their role or stance (P-6)."""
    seats = page.account.owner_id
    people = [
        row for row in page.reading.contacts if row.known_by_ids or page.reading.last_touch(row)
    ]
    page.met_or_gap("people", there=bool(people))
    if not people:
        return
    page.heads("person", "title", "ours")
    for row in people[:MOST]:
        known = [one for key in row.known_by_ids if (one := page.person(key))]
        owner = page.person(seats)
        ours = known or ([owner] if owner else [])
        sources: list[Source] = [page.records.source(row, ["name", "title", "known_by_ids"])]
        sources += [page.person_source(one) for one in ours]
        if not known and owner:
            sources.append(page.records.source(page.account, ["name", "owner_id"]))
        page.row([row.name, row.title, page.listed([one.name for one in ours])], sources)
