"""Scores by message: "score ACME fit=8 revenue=9", 给 ACME 打分:契合 8 (S1-3).

A proposal, with the scorer and the day. All accounts are scored by the same three to five criteria:
those in use, or a ready set of the method that the message names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.reply import Outcome, Reply
from bot.assistant.score_lines import (
    names_of,
    scoring_sources,
    short,
    size_source,
    weighted_names,
)
from bot.assistant.skills.proposing import field_change, proposed
from bot.assistant.understanding.request import Request
from bot.assistant.understanding.scores import spoken_scores, spoken_set
from bot.assistant.wording import listed
from kam_knowledge.analysis.scoring import (
    FEWEST,
    MOST,
    TOO_MUCH_SIZE,
    Criterion,
    Weighted,
    even_weights,
    on_scale,
    weighted_score,
)
from kam_knowledge.methodology.catalogue import source_name
from kam_knowledge.methodology.criteria import label, presets
from kam_knowledge.queries.revenue import percent
from kam_knowledge.queries.scores import Scoring, matrices, scorings
from kam_knowledge.queries.sources import ComputedSource, Source
from kam_knowledge.store.models import Account

if TYPE_CHECKING:
    from bot.assistant.skills.writing import Desk

_LIKELY = ("8", "7", "6", "9", "5")


@dataclass(frozen=True)
class _Standing:
    """How an account and the company stand before it is scored."""

    account: Account
    latest: Scoring | None
    weights: Mapping[str, Decimal | None]
    """The criteria that it is to be scored by; none where no set is in use yet."""


def score_account(context: SkillContext, request: Request, desk: Desk) -> Reply:
    """Proposes the scores; asks for what is missing, and refuses what is off the scale or no
    criterion of the set."""
    words, records = Composer("scoring", request.language), context.records
    account = records.accounts.get(request.account_ids[0]) if request.account_ids else None
    if account is None:
        words.plain("which_account")
        return words.reply(Outcome.CLARIFY)
    if not context.rights.sees_inner(account.id):
        words.plain("not_yours", account=account.name)
        return words.reply(Outcome.DENIED, accounts=[account.name])
    standing = _standing(context, request, account)
    text = request.slots.get("scores") or request.text
    said = spoken_scores(text, standing.weights, [account.name, *(account.aliases or ())])
    given = {**said.given, **said.unknown}
    if not given:
        return _asked_for(context, words, standing)
    if _refused(words, standing, given):
        return words.reply(Outcome.CLARIFY, focus={"account_ids": [account.id]})
    return _proposed(context, words, desk, standing, given)


def _standing(context: SkillContext, request: Request, account: Account) -> _Standing:
    records = context.records
    known = scorings(records, records.accounts)
    latest = known.get(account.id, [None])[0]
    named = request.slots.get("set") or spoken_set(request.text)
    if named is not None and named in presets():
        return _Standing(account, latest, presets()[named].weights)
    in_use = matrices(known)
    if not in_use:
        return _Standing(account, None, {})
    weights: dict[str, Decimal | None] = dict(in_use[0].weights)
    return _Standing(account, latest, dict.fromkeys(weights) if in_use[0].even else weights)


def _refused(words: Composer, standing: _Standing, given: Mapping[str, Decimal]) -> bool:
    """Says what cannot be of these scores, if anything cannot."""
    language, used = words.language, standing.weights
    if off := [one for one in given.items() if not on_scale(one[1])]:
        what = [
            words.text("off_one", name=label(one, language), score=short(score))
            for one, score in off
        ]
        words.plain("off_scale", what=listed(what, language))
    elif used and (strange := [name for name in given if name not in used]):
        said = weighted_names(words, even_weights(used))
        words.plain("not_criteria", names=names_of(strange, language), used=said)
    elif not used and len(given) > MOST:
        words.plain("too_many", n=len(given))
    elif not used and len(given) < FEWEST:
        _ready_sets(words, standing.account.name)
    else:
        return False
    return True


def _ready_sets(words: Composer, account: str) -> None:
    """The sets of the method that one may begin with."""
    words.plain("too_few")
    for key, ready in presets().items():
        line = words.text(
            "preset",
            key=key,
            source=source_name(key.partition("-")[0], words.language),
            version=ready.version,
            criteria=weighted_names(words, even_weights(ready.weights)),
        )
        words.unclaimed(f"- {line}")
    words.plain("preset_how", account=account)


def _asked_for(context: SkillContext, words: Composer, standing: _Standing) -> Reply:
    """Nothing was scored yet: how it stands, and how to say it."""
    account, language = standing.account, words.language
    focus = {"account_ids": [account.id], "contact_ids": []}
    if standing.latest:
        one = standing.latest
        parts = [
            words.text("part", name=label(name, language), score=short(score))
            for name, score in one.scores.items()
        ]
        words.claim(
            "stands",
            scoring_sources(context.records, account.name, one),
            day=one.day or words.text("undated"),
            parts=listed(parts, language),
            value=one.weighted.value,
        )
    if not standing.weights:
        _ready_sets(words, account.name)
        return words.reply(Outcome.CLARIFY, accounts=[account.name], focus=focus)
    sample = zip(standing.weights, _LIKELY, strict=False)
    example = ", ".join(f"{label(name, language)}={score}" for name, score in sample)
    used = weighted_names(words, even_weights(standing.weights))
    words.plain("give_scores", account=account.name, example=example, used=used)
    return words.reply(Outcome.CLARIFY, accounts=[account.name], focus=focus)


def _proposed(
    context: SkillContext,
    words: Composer,
    desk: Desk,
    standing: _Standing,
    given: Mapping[str, Decimal],
) -> Reply:
    account, language, today = standing.account, words.language, context.clock.today
    records = context.records
    weights = standing.weights or dict.fromkeys(given)
    before = _on_record(standing, weights)
    earlier = standing.latest if before else None
    rows = {row.criterion: row for row in (earlier.rows if earlier else ())}
    fresh = {name for name, row in rows.items() if row.scored_on == today}
    if all(name in fresh and before[name] == score for name, score in given.items()):
        assert earlier is not None
        words.claim("same", scoring_sources(records, account.name, earlier), account=account.name)
        return words.reply(accounts=[account.name], focus={"account_ids": [account.id]})
    after = {name: {**before, **given}[name] for name in weights if name in {**before, **given}}
    new = weighted_score(Criterion(name, score, weights[name]) for name, score in after.items())
    assert new is not None
    sources = _sources(context, account, earlier, new)
    for name, score in given.items():
        same = before.get(name) == score
        key = "as_before" if same else "change" if name in before else "first"
        old = short(before[name]) if name in before else ""
        words.bullet(key, sources, name=label(name, language), old=old, new=short(score))
    words.bullet(
        "result" if earlier else "result_first",
        sources,
        account=account.name,
        old=earlier.weighted.value if earlier else "",
        new=new.value,
    )
    if missing := [name for name in weights if name not in after]:
        words.plain("missing", names=names_of(missing, language), account=account.name)
    share, source = size_source(account.name, today, even_weights(weights))
    if share > TOO_MUCH_SIZE:
        words.bullet("too_much_size", [source], share=short(percent(share)))
    words.blank()
    parts = [
        words.text("part", name=label(name, language), score=short(score))
        for name, score in given.items()
    ]
    summary = words.text("summary", account=account.name, date=today, parts=listed(parts, language))
    changes = []
    for name in given.keys() & fresh:
        changes.append(field_change(context, rows[name], "score", given[name]))
        if rows[name].scored_by_id != context.rights.viewer.person_id:
            scorer = context.rights.viewer.person_id
            changes.append(field_change(context, rows[name], "scored_by_id", scorer))
    creates = [
        _row(context, account, name, score, weights[name])
        for name, score in given.items()
        if name not in fresh
    ]
    return proposed(
        context,
        words,
        desk,
        "score",
        summary,
        changes,
        sources=sources,
        more={"creates": creates},
        account_ids=[account.id],
    )


def _on_record(standing: _Standing, weights: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """The latest scores on these criteria; none where the account was scored by others."""
    if standing.latest is None or not standing.latest.weights.items() <= weights.items():
        return {}
    return standing.latest.scores


def _sources(
    context: SkillContext, account: Account, earlier: Scoring | None, new: Weighted
) -> list[Source]:
    """How the new score comes about, and the one before."""
    today = context.clock.today
    found: list[Source] = [
        ComputedSource("weighted_score (S1-3)", account.name, today, new.formula),
        context.records.source(account, ["name"]),
    ]
    return found + (scoring_sources(context.records, account.name, earlier)[:1] if earlier else [])


def _row(
    context: SkillContext, account: Account, name: str, score: Decimal, weight: Decimal | None
) -> dict[str, Any]:
    """A score that is to be put on record, with its scorer and day."""
    today = context.clock.today.isoformat()
    return {
        "table": "scores",
        "key": f"{account.name} / {name} / {today}",
        "values": {
            "account_id": account.id,
            "criterion": name,
            "score": f"{score:f}",
            "weight": None if weight is None else f"{weight:f}",
            "scored_by_id": context.rights.viewer.person_id,
            "scored_on": today,
        },
    }
