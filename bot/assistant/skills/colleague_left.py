"""A colleague who left: who has taken over, and what nobody has taken over yet (P-8, P-10)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.lines import Lines
from bot.assistant.reply import Outcome, Reply
from bot.assistant.understanding.request import Request
from bot.assistant.wording import in_brackets, word
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.handover import hanging_on, left
from kam_knowledge.queries.mentions import mentions_of
from kam_knowledge.store.models import Person, TeamSeat

SHOWN = 4


def colleague_left(context: SkillContext, request: Request) -> Reply:
    """When the colleague left, what still bears the name, and who is to find an owner.

    Of somebody who is still here: that no departure is on record, and where they sit.
    """
    records, today = context.records, context.clock.today
    composer = Composer("colleague_left", request.language)
    person = records.people[request.person_ids[0]]
    source = records.source(person, ["email", "name", "title", "left_on"])
    title = in_brackets(person.title, request.language)
    gone = left(records, person.id)
    if gone is None:
        composer.claim("here", [source], name=person.name, title=title)
        _seats(context, composer, request, person)
        composer.plain("not_left", name=person.name, today=today)
        return composer.reply(focus={"account_ids": list(request.account_ids)})
    composer.claim("left", [source], name=person.name, title=title, date=person.left_on)
    account_ids = list(request.account_ids) or None
    hanging = hanging_on(records, person, account_ids)
    lines = Lines(records, composer, name_account=len(request.account_ids) != 1)
    composer.plain("nobody", name=person.name, today=today)
    if hanging.seats or hanging.commitments or hanging.deals:
        composer.heading("still_his", name=person.name)
    for seat in hanging.seats[:SHOWN]:
        composer.bullet(
            "seat",
            [records.source(seat, ["account_id", "person_id", "seat"]), source],
            account=records.accounts[seat.account_id].name,
            seat=word(f"seat_{seat.seat}", request.language),
        )
    for commitment in hanging.commitments[:SHOWN]:
        lines.commitment(commitment)
    for deal in hanging.deals[:SHOWN]:
        lines.deal(deal)
    asked = _to_be_found(context, person, account_ids)
    if asked:
        composer.heading("being_settled")
    for commitment in asked[:SHOWN]:
        lines.commitment(commitment)
    names = [records.accounts[key].name for key in sorted(hanging.account_ids)]
    return composer.reply(
        Outcome.ANSWERED,
        accounts=[records.accounts[key].name for key in request.account_ids] or names,
        focus={"account_ids": list(request.account_ids)},
    )


def _seats(context: SkillContext, composer: Composer, request: Request, person: Person) -> None:
    """Where the colleague sits, of the accounts asked about or all."""
    records = context.records
    wanted = list(request.account_ids) or None
    for seat in records.all(TeamSeat, account_ids=wanted):
        if seat.person_id == person.id:
            composer.bullet(
                "seat",
                [
                    records.source(seat, ["account_id", "person_id", "seat"]),
                    records.source(person, ["email", "name", "title", "left_on"]),
                ],
                account=records.accounts[seat.account_id].name,
                seat=word(f"seat_{seat.seat}", request.language),
            )


def _to_be_found(
    context: SkillContext, person: Person, account_ids: list[int] | None
) -> list[Commitment]:
    """Open tasks that speak of the one who left, and are not theirs."""
    named = mentions_of([person.name, *person.aliases])
    return [
        one
        for one in open_commitments(context.records, account_ids=account_ids)
        if one.action.owner_person_id != person.id and named(one.action.action)
    ]
