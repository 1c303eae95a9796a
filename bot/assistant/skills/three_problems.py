"""Gartner's three problems, held against the book: which of them are ours (S0-2, S0-3, S0-4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from bot.assistant.compose import Composer
from bot.assistant.context import SkillContext
from bot.assistant.health_lines import revenue_source
from bot.assistant.reply import Reply
from bot.assistant.scope import accounts_in_scope
from bot.assistant.score_lines import size_source
from bot.assistant.understanding.cues import cues, longest, phrases, plain
from bot.assistant.understanding.request import Request
from bot.assistant.wording import amount, listed
from kam_knowledge.analysis.scoring import TOO_MUCH_SIZE, Criterion, share_of_size
from kam_knowledge.methodology.catalogue import Topic
from kam_knowledge.queries.commitments import Commitment, open_commitments
from kam_knowledge.queries.revenue import percent, twelve_months
from kam_knowledge.queries.scores import Scoring, scorings
from kam_knowledge.queries.seats import SPONSOR, TRIANGLE, team_seats
from kam_knowledge.queries.sources import ComputedSource, MethodSource, Source
from kam_knowledge.store.models import Account, Investment

THREE_PROBLEMS = "s0-three-problems"
MANY = 10
"""Key accounts of one person above which a leader is told (S0-3): ours, not Gartner's."""


def asks_about_us(text: str) -> bool:
    """Whether it is asked which of the problems are our own."""
    folded = plain(text)
    return all(longest(folded, phrases(cues()[cue])) for cue in ("ourselves", "the_problems"))


def three_problems(context: SkillContext, request: Request, topic: Topic) -> Reply:
    """A verdict a problem, with the figures it rests on; "not known" where none is on record.

    It looks at the accounts of the asker, or of their line, as far as all readers may see them.
    """
    composer = Composer("three_problems", request.language)
    accounts = accounts_in_scope(context, request)
    sections = {section.ordinal: section for section in topic.sections}
    method = MethodSource(sections[1].key, topic.cited_title, sections[1].text)
    ours = MethodSource(sections[2].key, topic.cited_title, sections[2].text)
    composer.heading("title", title=topic.cited_title)
    _first(context, composer, accounts, method)
    _second(context, composer, accounts, method)
    _third(context, composer, accounts, method)
    composer.blank()
    composer.claim("caveat", [ours])
    return composer.reply(accounts=[account.name for account in accounts])


def _first(
    context: SkillContext, composer: Composer, accounts: Sequence[Account], method: MethodSource
) -> None:
    """Whether size decides: the share of the weight that spend and revenue hold."""
    known = scorings(context.records, [account.id for account in accounts])
    by_share: defaultdict[Decimal, list[Scoring]] = defaultdict(list)
    for rows in known.values():
        criteria = [Criterion(r.criterion, r.score, r.weight) for r in rows[0].rows]
        share = share_of_size(criteria)
        if share is not None:
            by_share[share].append(rows[0])
    if not by_share:
        composer.plain("first_unknown", today=context.clock.today)
        return
    # The matrix that most accounts are scored with.
    _, scored = max(by_share.items(), key=lambda item: (len(item[1]), item[0]))
    one = scored[0]
    share, source = size_source(
        context.records.accounts[one.account_id].name,
        context.clock.today,
        {name: weight for name, weight in one.weights.items() if weight is not None},
        tuple(context.records.where(row) for row in one.rows),
    )
    key = "first_yes" if share > TOO_MUCH_SIZE else "first_no"
    composer.claim(key, [source, method], share=f"{percent(share).normalize():f}")


def _second(
    context: SkillContext, composer: Composer, accounts: Sequence[Account], method: MethodSource
) -> None:
    """Whether anybody stands alone: load, sponsors, seats, internal requests."""
    records = context.records
    keys = [account for account in accounts if account.account_class == "key"]
    held = Counter(a.owner_id for a in keys if a.owner_id in records.people)
    if not held:
        composer.plain("second_unknown", today=context.clock.today)
        return
    owner_id, most = max(held.items(), key=lambda pair: (pair[1], -(pair[0] or 0)))
    person = records.people[owner_id or 0]
    load = ComputedSource(
        "accounts_per_owner (S0-3)",
        person.name,
        context.clock.today,
        f"{person.name}: {most} key accounts, of {len(keys)}",
        tuple(records.where(account) for account in keys if account.owner_id == owner_id),
    )
    seats = team_seats(records, keys)
    alone = [one.account for one in seats if one.empty((SPONSOR,))]
    gaps = [one.account for one in seats if one.empty(TRIANGLE)]
    late = [
        one
        for one in open_commitments(records, account_ids=[account.id for account in keys])
        if one.action.direction == "internal" and one.overdue_days
    ]
    key = "second_load" if most > MANY else "second_yes" if alone or gaps or late else "second_no"
    composer.blank()
    composer.claim(key, [load, method], name=person.name, n=most)
    for name, found in (("no_sponsor", alone), ("empty_seats", gaps)):
        if found:
            source = ComputedSource(
                "team_seats (S3-5)",
                composer.text(name, names=listed([a.name for a in found], composer.language)),
                context.clock.today,
                f"{name}: {', '.join(account.name for account in found)}",
                tuple(records.where(account) for account in found),
            )
            names = listed([account.name for account in found], composer.language)
            composer.bullet(name, [source], names=names)
    if late:
        action = late[0].action
        rows = [records.source(one.action, ["action", "direction", "due"]) for one in late]
        composer.bullet(
            "internal_late",
            [*rows, _lateness(context, late[0], [row.where for row in rows])],
            n=len(late),
            days=late[0].overdue_days,
            what=action.action,
        )


def _lateness(context: SkillContext, oldest: Commitment, inputs: Sequence[str]) -> ComputedSource:
    """How long the oldest of several overdue commitments has been due (S1-13)."""
    action, today = oldest.action, context.clock.today
    return ComputedSource(
        "overdue_days (S1-13)",
        action.action,
        today,
        f"{len(inputs)} overdue; {today} - {action.due} = {oldest.overdue_days} days",
        tuple(inputs),
    )


def _third(
    context: SkillContext, composer: Composer, accounts: Sequence[Account], method: MethodSource
) -> None:
    """Whether money goes where nothing grows: what was invested, beside the growth of revenue."""
    records, rights = context.records, context.rights
    seen = [account for account in accounts if rights.sees_inner(account.id)]
    years = twelve_months(records, seen)
    spent: defaultdict[int, list[Investment]] = defaultdict(list)
    for row in records.all(Investment, account_ids=[account.id for account in seen]):
        if row.cost is not None:
            spent[row.account_id].append(row)
    known: list[tuple[Account, Decimal, str, list[Source]]] = []
    for account in seen:
        year = years.get(account.id)
        rows = spent.get(account.id, [])
        currencies = {row.currency or account.currency for row in rows}
        if year is None or year.growth is None or len(currencies) != 1:
            continue
        total = sum((row.cost or Decimal(0) for row in rows), Decimal(0))
        sources: list[Source] = [
            *(records.source(row, ["kind", "cost", "currency", "period"]) for row in rows),
            revenue_source(records, year),
        ]
        said = composer.text(
            "invested",
            account=account.name,
            amount=amount(total, currencies.pop(), composer.language),
            growth=f"{percent(year.growth):+f}",
        )
        known.append((account, year.growth, said, sources))
    composer.blank()
    if not known:
        composer.plain("third_unknown")
        return
    shrank = [one for one in known if one[1] < 0]
    shown = sorted(shrank or known, key=lambda one: one[1])[:4]
    names = listed([one[2] for one in shown], composer.language)
    sources = [source for one in shown for source in one[3]]
    composer.claim("third_yes" if shrank else "third_no", [*sources, method], names=names)
