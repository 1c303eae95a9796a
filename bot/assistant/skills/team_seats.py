"""The account's team: who sits where, which seats of the iron triangle are empty (S3-5, S1-16)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.scope import accounts_held_by_named, places
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, listed, word
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, Seats, team_seats
from kam_knowledge.queries.sources import ComputedSource, Source


def seats_of_teams(context: SkillContext, request: Request) -> Reply:
    """Empty seats, key accounts first; for one named account its whole team, and where it is
    asked who holds a seat, the holders at every account before the gaps."""
    composer = Composer("team_seats", request.language)
    accounts = accounts_held_by_named(context, request)
    found = team_seats(context.records, accounts)
    wanted = _wanted(request)
    gaps = "gap" in request.slots
    told = {"seat", "holders"} <= set(request.slots) and not (gaps or request.account_ids)
    if request.account_ids and not gaps:
        for one in found:
            if len(found) > 1:
                composer.heading("team_of", account=one.account.name)
            _team(context, composer, one, wanted if "seat" in request.slots else tuple(one.held))
    elif told:
        _holders(context, composer, found, wanted)
    empty = [one for one in found if one.empty(wanted)]
    empty.sort(key=lambda one: (one.account.account_class != "key", one.account.name))
    for one in empty:
        _line(context, composer, one, wanted)
    focus = {"account_ids": [one.account.id for one in empty[:1]]}
    if not empty:
        place = places(accounts, request.language, most=12)
        seats = [word(f"seat_{seat}", request.language) for seat in wanted]
        if not (composer.citations and "seat" in request.slots):
            composer.plain(
                "none",
                place=place,
                today=context.clock.today,
                seats=listed(seats, request.language),
            )
        looked = composer.text("looked", place=place, today=context.clock.today)
        if not composer.citations:
            return composer.reply(Outcome.UNKNOWN, looked_at=[looked], focus=focus)
    named = [one for one in found if any(map(one.held.get, wanted))] if told else empty
    return composer.reply(accounts=[one.account.name for one in named], focus=focus)


def _wanted(request: Request) -> tuple[str, ...]:
    seat = request.slots.get("seat", "")
    if seat in TRIANGLE:
        return (seat,)
    return {"sponsor": (SPONSOR,), "triangle": TRIANGLE}.get(seat, (*TRIANGLE, SPONSOR))


def _holders(
    context: SkillContext, composer: Composer, found: list[Seats], wanted: tuple[str, ...]
) -> None:
    """Account by account who holds the seats asked about, where each account has one."""
    source = context.records.source
    for one in found:
        for seat in wanted:
            people = one.held.get(seat, [])
            if not people:
                continue
            rows = [row for row in one.rows if row.seat == seat]
            owns = ["name", "owner_id"] if seat == "account_manager" else ["name"]
            composer.bullet(
                "holds",
                [
                    *(source(row, ["account_id", "person_id", "seat"]) for row in rows),
                    source(one.account, owns),
                    *(source(person, ["email", "name"]) for person in people),
                ],
                account=one.account.name,
                seat=word(f"seat_{seat}", composer.language),
                people=listed([person.name for person in people], composer.language),
            )


def _team(context: SkillContext, composer: Composer, one: Seats, wanted: tuple[str, ...]) -> None:
    """Who sits in those seats; the owner of the account is its account manager."""
    source = context.records.source
    for seat, people in one.held.items():
        if seat not in wanted:
            continue
        rows = [row for row in one.rows if row.seat == seat]
        owns = [one.account] if seat == "account_manager" else []
        composer.bullet(
            "sits",
            [
                *(source(row, ["account_id", "person_id", "seat"]) for row in rows),
                *(source(account, ["name", "owner_id"]) for account in owns),
                *(source(person, ["email", "name"]) for person in people),
            ],
            seat=word(f"seat_{seat}", composer.language),
            people=listed([person.name for person in people], composer.language),
        )


def _line(context: SkillContext, composer: Composer, one: Seats, wanted: tuple[str, ...]) -> None:
    records, language = context.records, composer.language
    parts, sources = [], list[Source]()
    for seat in one.empty(wanted):
        text = word(f"seat_{seat}", language)
        for person in one.gone.get(seat, []):
            text += composer.text("since_left", name=person.name, date=person.left_on)
            sources.append(records.source(person, ["email", "name", "left_on"]))
        parts.append(text)
    held = "; ".join(
        f"{seat}: {', '.join(person.email for person in people)}"
        for seat, people in sorted(one.held.items())
    )
    sources.append(
        ComputedSource(
            "team_seats (S3-5, S1-16)",
            one.account.name,
            context.clock.today,
            f"seats held: {held or 'none'}; empty: {', '.join(one.empty(wanted))}",
            tuple(records.where(row) for row in one.rows),
        )
    )
    kind = one.account.account_class
    composer.bullet(
        "empty",
        sources,
        name=one.account.name,
        kind=in_brackets(word(f"class_{kind}", language) if kind else None, language),
        seats=listed(parts, language),
    )
