"""Why an account has its class and its score, who set them, and what changed (S1-1, S1-3)."""

from __future__ import annotations

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.development_lines import change_sources
from bot.assistant.reply import Outcome, Reply
from bot.assistant.score_lines import scoring_sources, size_source
from bot.assistant.understanding.request import Request
from bot.assistant.values import field_label, field_value
from bot.assistant.wording import listed, word
from kam_knowledge.analysis.scoring import TOO_MUCH_SIZE
from kam_knowledge.queries.developments import Development, changed_values
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.scores import Scoring, scorings
from kam_knowledge.store.models import Account

MOVES = 4


def account_class(context: SkillContext, request: Request) -> Reply:
    """Class with its reason, the changes of it, the latest score against the one before."""
    composer, records = Composer("account_class", request.language), context.records
    account = records.accounts[request.account_ids[0]]
    focus = {"account_ids": [account.id], "contact_ids": []}
    composer.heading("title", account=account.name)
    _class(context, composer, account)
    _moved(context, composer, account)
    known = scorings(records, [account.id]).get(account.id, [])
    if known:
        _score(context, composer, account, known)
    else:
        composer.plain("no_score", today=context.clock.today)
    looked = composer.text("looked", account=account.name, today=context.clock.today)
    return composer.reply(
        Outcome.ANSWERED if composer.citations else Outcome.UNKNOWN,
        accounts=[account.name],
        looked_at=[] if composer.citations else [looked],
        focus=focus,
    )


def _class(context: SkillContext, composer: Composer, account: Account) -> None:
    records, language = context.records, composer.language
    if account.account_class:
        told_for = records.provenance(account, ["account_class"]).get("account_class")
        fields = ["name", "account_class", "tier"]
        composer.bullet(
            "class",
            [records.source(account, fields)],
            kind=word(f"class_{account.account_class}", language),
            tier=composer.text("tier", tier=account.tier) if account.tier else "",
            date=told_for.as_of if told_for else account.as_of,
        )
    else:
        composer.plain("no_class")
    if account.key_reason:
        source = records.source(account, ["name", "key_reason"])
        composer.bullet("reason", [source], reason=account.key_reason)
    elif account.notes:
        source = records.source(account, ["name", "notes"])
        composer.bullet("noted", [source], notes=account.notes)
    elif account.account_class == "key":
        composer.plain("no_reason")
    if account.relationship:  # None for whoever is not of the team
        target = account.relationship_target
        composer.bullet(
            "relationship",
            [records.source(account, ["name", "relationship", "relationship_target"])],
            level=word(f"relationship_{account.relationship}", language),
            target=composer.text("target", target=word(f"relationship_{target}", language))
            if target and target != account.relationship
            else "",
        )


def _moved(context: SkillContext, composer: Composer, account: Account) -> None:
    """Every change of class, tier or relationship that the ledger knows, newest first."""
    found = [
        one
        for one in changed_values(
            context.records, [account], [Account], context.clock.moment.tzinfo
        )
        if one.change and one.change.name in ("account_class", "tier", "relationship")
    ]
    for one in found[:MOVES]:
        _move(context, composer, one)
    if not found and account.account_class:
        composer.plain("never_moved")


def _move(context: SkillContext, composer: Composer, one: Development) -> None:
    change = one.change
    assert change is not None, "only changed fields come here"
    records, language = context.records, composer.language
    person = records.people.get(change.actor_id or 0)
    composer.bullet(
        "moved",
        change_sources(records, one, change),
        date=one.day,
        field=field_label(change.name, language),
        old=field_value(records, one.row, change.name, change.old, language),
        new=field_value(records, one.row, change.name, change.new, language),
        who=composer.text("by_person", name=person.name) if person else "",
    )


def _score(
    context: SkillContext, composer: Composer, account: Account, known: list[Scoring]
) -> None:
    now = known[0]
    parts = [
        composer.text("criterion", name=row.criterion, score=f"{row.score:f}") for row in now.rows
    ]
    who = listed([person.name for person in now.by], composer.language)
    composer.bullet(
        "score",
        scoring_sources(context.records, account.name, now),
        value=now.weighted.value,
        day=_day(composer, now),
        who=composer.text("by_person", name=who) if who else "",
        parts=listed(parts, composer.language),
    )
    if len(known) > 1:
        _before(context, composer, account, now, known[1])
    weights = {name: one for name, one in now.weights.items() if one is not None}
    where = tuple(context.records.where(row) for row in now.rows)
    share, source = size_source(account.name, context.clock.today, weights, where)
    if share > TOO_MUCH_SIZE:
        composer.bullet("size", [source], share=percent(share))


def _before(
    context: SkillContext, composer: Composer, account: Account, now: Scoring, earlier: Scoring
) -> None:
    held = {row.criterion: row.score for row in earlier.rows}
    moves = [
        composer.text(
            "move", name=row.criterion, old=f"{held[row.criterion]:f}", new=f"{row.score:f}"
        )
        for row in now.rows
        if row.criterion in held and held[row.criterion] != row.score
    ]
    sources = scoring_sources(context.records, account.name, earlier)
    composer.bullet(
        "before" if moves else "before_same",
        [*sources, *scoring_sources(context.records, account.name, now)[:1]],
        value=earlier.weighted.value,
        day=_day(composer, earlier),
        moves=listed(moves, composer.language),
    )


def _day(composer: Composer, scoring: Scoring) -> str:
    return composer.text("scored_on", date=scoring.day) if scoring.day else ""
