"""Deals in a plan: the period's projects, and one deal looked at closely (S2-5, P-9)."""

from __future__ import annotations

from bot.assistant.plans.page import Page
from bot.assistant.wording import amount, in_brackets
from kam_knowledge.analysis.goals import SIGNING, counted_back
from kam_knowledge.language.normalise import fold
from kam_knowledge.queries.commitments import open_commitments
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.queries.tenders import quiet_deals
from kam_knowledge.queries.whitespace import grid
from kam_knowledge.store.models import Action, Contact, Opportunity

SHOWN, SHORT = 10, 6
TENDER = ("tender", "bid", "rfp", "招标", "投标", "标书", "述标", "开标", "评标")


def projects(page: Page) -> None:
    """Every open deal: product, amount, stage, close date, rival, next step."""
    deals = page.reading.deals
    page.met_or_gap("open_deals", there=bool(deals))
    if deals:
        page.heads("deal", "amount", "stage", "close", "rival", "next_step")
    for row in deals[:SHOWN]:
        page.row(
            [row.name, _worth(page, row), row.stage, row.close_date, row.competitor, row.next_step],
            [_source(page, row)],
        )
        page.met_or_gap("next_step", there=bool(row.next_step), deal=row.name)
        page.met_or_gap("close_date", there=row.close_date is not None, deal=row.name)


def project(page: Page) -> None:
    """The one deal the document is of: what, how much, by when, with whom, against whom."""
    deal = page.reading.deal
    page.met_or_gap("deal", there=deal is not None)
    if deal is None:
        return
    page.say("project", [_source(page, deal)], name=deal.name)
    facts = {
        "unit": deal.unit,
        "product": deal.product,
        "amount": _worth(page, deal),
        "stage": deal.stage,
        "close_date": deal.close_date,
        "next_step": deal.next_step,
    }
    for code, value in facts.items():
        page.met_or_gap(code, there=bool(value), deal=deal.name)
        if value:
            page.say(f"its_{code}", [_source(page, deal)], value=value)
    owner = page.person(deal.owner_id)
    page.met_or_gap("lead", there=owner is not None, deal=deal.name)
    if owner:
        sources: list[Source] = [
            page.records.source(deal, ["name", "owner_id"]),
            page.person_source(owner),
        ]
        page.say("its_lead", sources, value=owner.name)


def chances(page: Page) -> None:
    """Probability, forecast and rival of the deal, as its owner judged. For ourselves alone."""
    deal = page.reading.deal
    if deal is None:
        return
    page.met_or_gap("probability", there=deal.probability is not None, deal=deal.name)
    if deal.probability is not None:
        source = page.records.source(deal, ["name", "probability", "forecast"])
        page.say("its_probability", [source], value=f"{percent(deal.probability):f}")
    page.met_or_gap("deal_rival", there=bool(deal.competitor), deal=deal.name)
    if deal.competitor:
        source = page.records.source(deal, ["name", "competitor"])
        page.say("its_rival", [source], value=deal.competitor)


def deciding(page: Page) -> None:
    """Who decides on the deal: its own contact, and the account's people with a say."""
    deal = page.reading.deal
    contact = page.records.get(Contact, deal.contact_id) if deal else None
    if deal:
        page.met_or_gap("deal_contact", there=contact is not None, deal=deal.name)
    if deal and contact:
        sources = [
            page.records.source(deal, ["name", "contact_id"]),
            page.records.source(contact, ["name", "title"]),
        ]
        title = in_brackets(contact.title, page.language)
        page.say("its_contact", sources, name=contact.name, title=title)


def steps(page: Page) -> None:
    """What is agreed to be done for the deal: action, side, owner, date."""
    deal = page.reading.deal
    if deal is None:
        return
    found = [
        one
        for one in open_commitments(page.records, account_ids=[page.account.id])
        if one.action.opportunity_id == deal.id
        and not (page.reading.customer and one.action.direction == "internal")
    ]
    page.met_or_gap("steps", there=bool(found), deal=deal.name)
    if found:
        page.heads("what", "side", "owner", "due")
    for one in sorted(found, key=lambda one: one.action.due or page.today.max)[:SHOWN]:
        page.row(*step_row(page, one.action, one.owner))
    theirs = any(one.action.direction == "theirs" for one in found)
    if found:
        page.met_or_gap("their_step", there=theirs, deal=deal.name)


def step_row(page: Page, action: Action, owner: str | None) -> tuple[list[object], list[Source]]:
    """The cells of an action with whose it is, and what they rest on."""
    fields = ["action", "direction", "owner", "due", "status"]
    title = action.action + in_brackets(owner, page.language)
    sources: list[Source] = [page.records.source(action, fields, title=title)]
    person = page.records.people.get(action.owner_person_id or 0)
    if person:
        sources.append(page.person_source(person))
    side = page.composer.text(f"side_{action.direction}")
    return [action.action, side, owner, action.due], sources


def milestones(page: Page) -> None:
    """Counted back from the day of signature: what must be done by when; owners are to be named
    on both sides (P-7)."""
    deal = page.reading.deal
    if deal is None or deal.close_date is None or deal.close_date < page.today:
        page.gap("signing_day")
        return
    page.met.append("signing_day")
    page.say("project", [page.records.source(deal, ["name", "close_date"])], name=deal.name)
    where = page.records.source(deal, ["name", "close_date"])
    page.heads("milestone", "date", "back")
    for one in counted_back(deal.close_date, SIGNING):
        weeks = dict(SIGNING)[one.step]
        computed = ComputedSource(
            "counted_back (P-7)", deal.name, page.today, one.formula, (where.where,)
        )
        past = one.due < page.today
        day = page.composer.text("already_past", date=one.due) if past else str(one.due)
        name = page.composer.text(f"milestone_{one.step}")
        back = page.composer.text("weeks_back", n=weeks) if weeks else "0"
        page.row([name, day, back], [computed, where])
    page.gap("milestone_owners")


def tenders(page: Page) -> None:
    """Bids that run, with stage, dates, partner and whether the quiet period holds (P-9)."""
    found = [row for row in page.reading.deals if _is_bid(row)]
    quiet = quiet_deals(page.records, [page.account.id])
    page.met_or_gap("tender", there=bool(found))
    for row in found:
        page.say("project", [_source(page, row)], name=row.name)
        for code, value in (
            ("stage", row.stage),
            ("amount", _worth(page, row)),
            ("close_date", row.close_date),
            ("next_step", row.next_step),
        ):
            if value:
                page.below(f"its_{code}", [_source(page, row)], value=value)
        if row.id in {one.id for one in quiet.values()}:
            page.below("tender_quiet", [_source(page, row)], name=row.name)
        for one in open_commitments(page.records, account_ids=[page.account.id]):
            if one.action.opportunity_id == row.id:
                page.lines.commitment(one)
                page.composer.line("  " + page.composer.pop_line())
        for code in ("registration", "questions", "bond", "submission", "opening", "go"):
            page.gap(f"tender_{code}", deal=row.name)


def registrations(page: Page) -> None:
    """Deals that a partner brings, with the partner: registrations and their expiry (P-9)."""
    found = [row for row in page.reading.deals if row.via_id]
    for row in found[:SHORT]:
        via = page.records.accounts.get(row.via_id or 0)
        if via is None:
            continue
        source = page.records.source(row, ["name", "via_id", "product", "unit"])
        page.say("via_partner", [source], deal=row.name, partner=via.name)
        page.gap("registration_end", deal=row.name, partner=via.name)


def demand(page: Page) -> None:
    """What the customer may need, by unit and product, and what is ours of it (S2-5)."""
    cells = grid(page.records, [page.account])
    page.met_or_gap("grid", there=bool(cells))
    if cells:
        page.heads("unit", "product", "state", "potential", "deal")
    for cell in cells:
        row = cell.row
        if row.state == "not_applicable":
            continue
        sources: list[Source] = [
            page.records.source(
                row, ["unit", "product", "state", "competitor", "potential", "currency"]
            )
        ]
        worth = ""
        if row.potential is not None:
            worth = amount(row.potential, cell.currency, page.language)
            if not row.currency:
                sources.append(page.records.source(cell.account, ["name", "currency"]))
        state = page.word("state", row.state)
        if row.state == "competitor" and row.competitor:
            state = row.competitor
        names = [deal.name for deal in cell.deals]
        sources += [page.records.source(deal, ["name", "product", "unit"]) for deal in cell.deals]
        page.row([row.unit, row.product, state, worth, page.listed(names)], sources)
    page.gap("driver")


def _is_bid(row: Opportunity) -> bool:
    said = fold(f"{row.stage or ''} {row.next_step or ''} {row.name}")
    return any(word in said for word in TENDER)


def _worth(page: Page, row: Opportunity) -> str:
    if row.amount is None:
        return ""
    return amount(row.amount, row.currency or page.account.currency, page.language)


def _source(page: Page, row: Opportunity) -> Source:
    fields = ["name", "unit", "product", "amount", "currency", "stage", "close_date", "next_step"]
    if not page.reading.customer:
        fields.append("competitor")
    return page.records.source(row, fields)
